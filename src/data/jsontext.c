#include "src/data/jsontext.h"

#include <string.h>

#include "src/base/arena.h"

enum { LONGEST_ESCAPE = 6, HEX_DIGITS = 4, HIGH_SURROGATE = 0xd800, LOW_SURROGATE = 0xdc00 };

struct scan {
	struct arena *a;
	const char *p, *end;
	enum jsontext_error e;
};

static void skip_space(struct scan *k)
{
	while (k->p < k->end && (*k->p == ' ' || *k->p == '\t' || *k->p == '\n' || *k->p == '\r'))
		k->p++;
}

static bool bad(struct scan *k)
{
	if (k->e == JSONTEXT_OK)
		k->e = JSONTEXT_BAD;
	return false;
}

static bool is_digit(const struct scan *k)
{
	return k->p < k->end && *k->p >= '0' && *k->p <= '9';
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Four digits at @p; false: there are no four. */
static bool hex4(const char *p, const char *end, uint32_t *out)
{
	*out = 0;
	if (end - p < HEX_DIGITS)
		return false;
	for (int i = 0; i < HEX_DIGITS; i++) {
		int v = hex_value(p[i]);

		if (v < 0)
			return false;
		*out = *out << 4 | (uint32_t)v;
	}
	return true;
}

/* The code point of "XXXX", or of "XXXX\uXXXX" for what needs two, at *p; moves *p. */
static bool unicode_escape(const char **p, const char *end, uint32_t *cp)
{
	uint32_t low;

	if (!hex4(*p, end, cp))
		return false;
	*p += HEX_DIGITS;
	if (*cp < HIGH_SURROGATE || *cp >= LOW_SURROGATE + 0x400)
		return true;
	if (*cp >= LOW_SURROGATE || end - *p < 2 || (*p)[0] != '\\' || (*p)[1] != 'u' ||
	    !hex4(*p + 2, end, &low) || low < LOW_SURROGATE || low >= LOW_SURROGATE + 0x400)
		return false;
	*p += 2 + HEX_DIGITS;
	*cp = 0x10000 + ((*cp - HIGH_SURROGATE) << 10) + (low - LOW_SURROGATE);
	return true;
}

/* Behind the opening quote, to behind the closing one. */
static bool skip_string(struct scan *k)
{
	uint32_t cp;

	for (; k->p < k->end; k->p++) {
		if (*k->p == '"') {
			k->p++;
			return true;
		}
		if ((uint8_t)*k->p < ' ')
			return bad(k);
		if (*k->p != '\\')
			continue;
		if (++k->p == k->end || (uint8_t)*k->p < ' ')
			return bad(k);
		if (*k->p == 'u') {
			k->p++;
			if (!unicode_escape(&k->p, k->end, &cp))
				return bad(k);
			k->p--;
		}
	}
	return bad(k);
}

static bool skip_digits(struct scan *k)
{
	bool any = is_digit(k);

	while (is_digit(k))
		k->p++;
	return any;
}

static bool skip_number(struct scan *k)
{
	k->p += *k->p == '-';
	if (!is_digit(k))
		return bad(k);
	if (*k->p == '0')
		k->p++;
	else
		skip_digits(k);
	if (k->p < k->end && *k->p == '.') {
		k->p++;
		skip_digits(k); /* "1." is fine */
	}
	if (k->p < k->end && (*k->p == 'e' || *k->p == 'E')) {
		k->p++;
		k->p += k->p < k->end && (*k->p == '+' || *k->p == '-');
		if (!skip_digits(k))
			return bad(k);
	}
	return true;
}

static bool skip_word(struct scan *k, const char *word)
{
	for (; *word; word++, k->p++)
		if (k->p == k->end || *k->p != *word)
			return bad(k);
	return true;
}

struct jsontext *jsontext_new(struct arena *a, enum jsontext_type type, struct str raw)
{
	struct jsontext *j = arena_zalloc(a, sizeof(*j));

	if (!j)
		return NULL;
	j->type = (uint8_t)type;
	j->raw = raw;
	j->whole = true;
	return j;
}

void jsontext_append(struct jsontext *j, struct jsontext *child)
{
	child->parent = j;
	child->next = NULL;
	if (j->last)
		j->last->next = child;
	else
		j->child = child;
	j->last = child;
	j->count++;
}

static int type_at(char c)
{
	switch (c) {
	case '{':
		return JSONTEXT_OBJECT;
	case '[':
		return JSONTEXT_ARRAY;
	case '"':
		return JSONTEXT_STRING;
	case 't':
		return JSONTEXT_TRUE;
	case 'f':
		return JSONTEXT_FALSE;
	case 'n':
		return JSONTEXT_NULL;
	default:
		return c == '-' || (c >= '0' && c <= '9') ? JSONTEXT_NUMBER : -1;
	}
}

/* A scalar, or the start of an array or object; NULL: there is none. */
static struct jsontext *read_value(struct scan *k)
{
	const char *start;
	struct jsontext *j;
	int type;

	skip_space(k);
	start = k->p;
	type = k->p < k->end ? type_at(*k->p) : -1;
	if (type < 0) {
		bad(k);
		return NULL;
	}
	j = jsontext_new(k->a, (enum jsontext_type)type, (struct str){0});
	if (!j) {
		k->e = JSONTEXT_NOMEM;
		return NULL;
	}
	j->whole = false;
	switch (type) {
	case JSONTEXT_STRING:
		k->p++;
		j->whole = skip_string(k);
		break;
	case JSONTEXT_NUMBER:
		j->whole = skip_number(k);
		break;
	case JSONTEXT_TRUE:
		j->whole = skip_word(k, "true");
		break;
	case JSONTEXT_FALSE:
		j->whole = skip_word(k, "false");
		break;
	case JSONTEXT_NULL:
		j->whole = skip_word(k, "null");
		break;
	default:
		k->p++;
		break;
	}
	j->raw = str_make(start, (size_t)(k->p - start));
	return j;
}

/* "key" : */
static bool read_key(struct scan *k, struct str *key)
{
	const char *start;

	skip_space(k);
	if (k->p == k->end || *k->p != '"')
		return bad(k);
	start = ++k->p;
	if (!skip_string(k))
		return false;
	*key = str_make(start, (size_t)(k->p - 1 - start));
	skip_space(k);
	if (k->p == k->end || *k->p != ':')
		return bad(k);
	k->p++;
	return true;
}

static char closing(const struct jsontext *j)
{
	return j->type == JSONTEXT_OBJECT ? '}' : ']';
}

/* Closes @j and those around it as far as the text does; the next open one, or NULL. */
static struct jsontext *close_all(struct scan *k, struct jsontext *j)
{
	while (j) {
		skip_space(k);
		if (k->p == k->end || *k->p != closing(j))
			return j;
		k->p++;
		j->raw.n = (size_t)(k->p - j->raw.p);
		j->whole = true;
		j = j->parent;
	}
	return NULL;
}

/* The next item of @j, behind a comma unless it is the first. */
static struct jsontext *read_item(struct scan *k, struct jsontext *j)
{
	struct str key = {0};
	struct jsontext *item;

	skip_space(k);
	if (j->child) {
		if (k->p == k->end || *k->p != ',') {
			bad(k);
			return NULL;
		}
		k->p++;
	}
	if (j->type == JSONTEXT_OBJECT && !read_key(k, &key))
		return NULL;
	item = read_value(k);
	if (!item)
		return NULL;
	item->key = item->name = key;
	jsontext_append(j, item);
	return item;
}

bool jsontext_is_scalar(const struct jsontext *j)
{
	return j->type != JSONTEXT_OBJECT && j->type != JSONTEXT_ARRAY;
}

static struct jsontext *parse(struct scan *k)
{
	struct jsontext *root = read_value(k), *open;
	unsigned depth = 1;

	if (!root || jsontext_is_scalar(root))
		return root;
	for (open = close_all(k, root); open;) {
		struct jsontext *item = read_item(k, open);

		if (!item || k->e != JSONTEXT_OK)
			break;
		if (!jsontext_is_scalar(item)) {
			open = item;
			depth = 1;
			for (struct jsontext *up = item; up->parent; up = up->parent)
				depth++;
			if (depth > JSONTEXT_MAX_DEPTH) {
				bad(k);
				break;
			}
		}
		open = close_all(k, open);
	}
	return root;
}

struct jsontext *jsontext_parse_first(struct arena *a, struct str s, enum jsontext_error *e)
{
	struct scan k = {.a = a, .p = s.p, .end = s.p + s.n};
	struct jsontext *j = parse(&k);

	*e = k.e;
	return j;
}

struct jsontext *jsontext_parse(struct arena *a, struct str s, enum jsontext_error *e)
{
	struct scan k = {.a = a, .p = s.p, .end = s.p + s.n};
	struct jsontext *j = parse(&k);

	skip_space(&k);
	if (k.e == JSONTEXT_OK && k.p < k.end)
		bad(&k);
	*e = k.e;
	return j;
}

unsigned jsontext_depth(const struct jsontext *j)
{
	unsigned most = 0;

	for (const struct jsontext *c = j->child; c; c = c->next) {
		unsigned depth = jsontext_depth(c);

		most = depth > most ? depth : most;
	}
	return most + 1;
}

/* --- printing --- */

/* Counts into *n, and writes when @to is there. */
static void put(char *to, size_t *n, struct str s)
{
	if (to && s.n)
		memcpy(to + *n, s.p, s.n);
	*n += s.n;
}

static void print(const struct jsontext *j, bool loose, char *to, size_t *n)
{
	bool object = j->type == JSONTEXT_OBJECT;

	if (jsontext_is_scalar(j)) {
		put(to, n, j->raw);
		return;
	}
	put(to, n, object ? STR_LIT("{") : STR_LIT("["));
	for (const struct jsontext *c = j->child; c; c = c->next) {
		if (object) {
			put(to, n, STR_LIT("\""));
			put(to, n, c->key);
			put(to, n, loose ? STR_LIT("\": ") : STR_LIT("\":"));
		}
		print(c, loose, to, n);
		if (c->next)
			put(to, n, loose ? STR_LIT(", ") : STR_LIT(","));
	}
	put(to, n, object ? STR_LIT("}") : STR_LIT("]"));
}

bool jsontext_print(const struct jsontext *j, bool loose, struct arena *a, struct str *out)
{
	size_t n = 0;
	char *to;

	print(j, loose, NULL, &n);
	to = arena_alloc(a, n + 1);
	if (!to)
		return false;
	n = 0;
	print(j, loose, to, &n);
	*out = str_make(to, n);
	return true;
}

/* --- escapes --- */

static const char escapes[] = "\bb\ff\nn\rr\tt";

struct str jsontext_inside(const struct jsontext *j)
{
	return j->raw.n < 2 ? (struct str){"", 0} : str_make(j->raw.p + 1, j->raw.n - 2);
}

/* The character of an escape behind the backslash at *p; moves *p. */
static bool escaped(const char **p, const char *end, uint32_t *cp)
{
	char c = *(*p)++;

	if (c == 'u')
		return unicode_escape(p, end, cp);
	*cp = (uint8_t)c;
	for (const char *e = escapes; *e; e += 2)
		if (e[1] == c)
			*cp = (uint8_t)e[0];
	return true;
}

bool jsontext_unescape(struct arena *a, struct str s, enum charset_id cs, struct str *out,
		       bool *bad)
{
	uint8_t *to = arena_alloc(a, s.n + 1);
	const char *p = s.p, *end = s.p + s.n;
	size_t n = 0;

	*bad = false;
	if (!to)
		return false;
	while (p < end) {
		uint32_t cp;
		size_t len = 0;

		if (*p != '\\' || end - p < 2) {
			to[n++] = (uint8_t)*p++;
			continue;
		}
		p++;
		/* No character is longer than its escape. */
		if (escaped(&p, end, &cp))
			len = charset_encode(cs, cp, to + n);
		*bad = *bad || !len;
		n += len;
	}
	*out = str_make(to, n);
	return true;
}

struct jsontext *jsontext_following(struct jsontext *j)
{
	if (j->child)
		return j->child;
	while (j && !j->next)
		j = j->parent;
	return j ? j->next : NULL;
}

bool jsontext_unescape_keys(struct arena *a, struct jsontext *root, enum charset_id cs)
{
	bool bad;

	for (struct jsontext *j = root; j; j = jsontext_following(j))
		if (j->key.n && memchr(j->key.p, '\\', j->key.n) &&
		    !jsontext_unescape(a, j->key, cs, &j->name, &bad))
			return false;
	return true;
}

static size_t unicode_escape_of(uint32_t unit, char *out)
{
	static const char hex[] = "0123456789ABCDEF";

	out[0] = '\\';
	out[1] = 'u';
	for (unsigned i = 0; i < HEX_DIGITS; i++)
		out[2 + i] = hex[unit >> (12 - 4 * i) & 15];
	return LONGEST_ESCAPE;
}

/* @cp between quotes in @cs; what that does not have is written by number. */
static size_t escape_one(uint32_t cp, enum charset_id cs, char out[2 * LONGEST_ESCAPE])
{
	char one[LONGEST_ESCAPE];
	size_t n;

	for (const char *e = escapes; *e; e += 2) {
		if ((uint32_t)*e == cp) {
			out[0] = '\\';
			out[1] = e[1];
			return 2;
		}
	}
	if (cp < ' ')
		return unicode_escape_of(cp, out);
	if (cp == '"' || cp == '\\') {
		out[0] = '\\';
		out[1] = (char)cp;
		return 2;
	}
	if (cs == CHARSET_BINARY && cp < 256) {
		out[0] = (char)cp;
		return 1;
	}
	n = cs == CHARSET_BINARY ? 0 : charset_encode(cs, cp, (uint8_t *)out);
	if (n)
		return n;
	if (cp < 0x10000)
		return unicode_escape_of(cp, out);
	/* The second half without \u is a server's mistake, and what it gives. */
	cp -= 0x10000;
	n = unicode_escape_of(HIGH_SURROGATE + (cp >> 10), out);
	unicode_escape_of(LOW_SURROGATE + (cp & 0x3ff), one);
	memcpy(out + n, one + 2, HEX_DIGITS);
	return n + HEX_DIGITS;
}

static size_t escape_all(struct str s, enum charset_id from, enum charset_id to, char *out)
{
	char one[2 * LONGEST_ESCAPE];
	size_t n = 0;

	for (size_t at = 0, len; at < s.n; at += len) {
		uint32_t cp = (uint8_t)s.p[at];
		size_t got;

		len = from == CHARSET_BINARY ? 1 : charset_decode(from, s.p + at, s.n - at, &cp);
		if (!len) {
			cp = '?';
			len = 1;
		}
		got = escape_one(cp, to, one);
		if (out)
			memcpy(out + n, one, got);
		n += got;
	}
	return n;
}

bool jsontext_escape(struct arena *a, struct str s, enum charset_id from, enum charset_id to,
		     struct str *out)
{
	size_t n = escape_all(s, from, to, NULL);
	char *p = arena_alloc(a, n + 1);

	if (!p)
		return false;
	escape_all(s, from, to, p);
	*out = str_make(p, n);
	return true;
}
