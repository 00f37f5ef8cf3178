/* json_out - writing JSON straight into a buf. */
#include <math.h>

#include "src/base/json.h"
#include "src/base/utf8.h"

void json_out_init(struct json_out *o, struct buf *b, bool indent)
{
	*o = (struct json_out){.b = b, .indent = indent};
}

static void newline(struct json_out *o)
{
	if (!o->indent)
		return;
	buf_u8(o->b, '\n');
	for (unsigned i = 0; i < o->depth; i++)
		buf_append(o->b, "  ", 2);
}

static void before(struct json_out *o, const char *key)
{
	if (o->comma)
		buf_u8(o->b, ',');
	if (o->depth)
		newline(o);
	o->comma = true;
	if (!key)
		return;
	json_quote(o->b, str_of(key));
	buf_puts(o->b, o->indent ? ": " : ":");
}

static void open_container(struct json_out *o, const char *key, uint8_t c)
{
	before(o, key);
	buf_u8(o->b, c);
	o->depth++;
	o->comma = false;
}

static void close_container(struct json_out *o, uint8_t c)
{
	bool empty = !o->comma;

	o->depth--;
	if (!empty)
		newline(o);
	buf_u8(o->b, c);
	o->comma = true;
}

void json_out_object(struct json_out *o, const char *key)
{
	open_container(o, key, '{');
}

void json_out_array(struct json_out *o, const char *key)
{
	open_container(o, key, '[');
}

void json_out_end_object(struct json_out *o)
{
	close_container(o, '}');
}

void json_out_end_array(struct json_out *o)
{
	close_container(o, ']');
}

void json_out_str(struct json_out *o, const char *key, struct str s)
{
	before(o, key);
	json_quote(o->b, s);
}

void json_out_strz(struct json_out *o, const char *key, const char *z)
{
	if (z)
		json_out_str(o, key, str_of(z));
	else
		json_out_null(o, key);
}

void json_out_int(struct json_out *o, const char *key, int64_t v)
{
	before(o, key);
	buf_printf(o->b, "%lld", (long long)v);
}

void json_out_double(struct json_out *o, const char *key, double v)
{
	before(o, key);
	if (isfinite(v))
		buf_printf(o->b, "%.15g", v);
	else
		buf_puts(o->b, "null");
}

void json_out_bool(struct json_out *o, const char *key, bool v)
{
	before(o, key);
	buf_puts(o->b, v ? "true" : "false");
}

void json_out_null(struct json_out *o, const char *key)
{
	before(o, key);
	buf_puts(o->b, "null");
}

void json_out_raw(struct json_out *o, const char *key, struct str json)
{
	before(o, key);
	buf_str(o->b, json);
}

static void quote_ascii(struct buf *b, unsigned char c)
{
	static const char names[] = "btnvfr"; /* 8..13; \v has no short form in JSON */

	if (c == '"' || c == '\\')
		buf_printf(b, "\\%c", c);
	else if (c >= 8 && c <= 13 && c != 11)
		buf_printf(b, "\\%c", names[c - 8]);
	else if (c < 32)
		buf_printf(b, "\\u%04x", c);
	else
		buf_u8(b, c);
}

void json_quote(struct buf *b, struct str s)
{
	const char *p = s.p, *end = s.p + s.n;

	buf_u8(b, '"');
	while (p < end) {
		uint32_t cp;
		size_t n = utf8_decode(p, (size_t)(end - p), &cp);

		if (n == 1)
			quote_ascii(b, (unsigned char)*p);
		else if (n > 1)
			buf_append(b, p, n);
		else
			buf_puts(b, "\xef\xbf\xbd");
		p += n ? n : 1;
	}
	buf_u8(b, '"');
}
