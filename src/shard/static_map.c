/* static_map - json.h gives numbers as doubles, which lose digits above 2^53; so the numbers are
 * read from the text again, in the order of the members. */
#include "src/shard/static_map.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/buf.h"
#include "src/base/hmap.h"
#include "src/base/json.h"

struct static_map {
	struct hmap keys; /* to elements of value */
	uint64_t *value;  /* owned */
};

enum { FILE_MAX_BYTES = 16 << 20 };

/* Skips a JSON string that starts at @p; the text is known to be valid. */
static const char *skip_string(const char *p)
{
	for (p++; *p != '"'; p++) {
		if (*p == '\\')
			p++;
	}
	return p + 1;
}

/* The next member's number in the text of a flat object, starting at *@at. */
static bool next_number(const char **at, const char *end, uint64_t *out)
{
	const char *p = memchr(*at, '"', (size_t)(end - *at)), *from;

	if (!p)
		return false;
	p = skip_string(p);
	p = memchr(p, ':', (size_t)(end - p));
	if (!p)
		return false;
	for (p++; p < end && strchr(" \t\r\n", *p); p++)
		;
	for (from = p; p < end && !strchr(" \t\r\n,}", *p); p++)
		;
	*at = p;
	return str_to_u64(str_make(from, (size_t)(p - from)), out);
}

static int fill(struct static_map *m, JSON *doc, struct str text, struct err *e)
{
	const char *at = text.p, *end = text.p + text.n;
	size_t i = 0;

	for (JSON *v = json_first(doc); v; v = json_next(v), i++) {
		if (json_type(v) != JSON_NUMBER || !next_number(&at, end, &m->value[i]))
			return err_set(e, ERR_PARSE, "value of \"%s\" is no unsigned 64-bit number",
				       json_key(v));
		if (hmap_put(&m->keys, str_of(json_key(v)), &m->value[i], NULL) < 0)
			return err_set(e, ERR_NOMEM, "out of memory");
	}
	return 0;
}

struct static_map *static_map_new(struct str json, struct err *e)
{
	struct cJSON *doc = json_parse(json, e);
	struct static_map *m = NULL;

	if (!doc)
		return NULL;
	if (json_type(doc) != JSON_OBJECT) {
		err_set(e, ERR_PARSE, "expected a JSON object");
		goto out;
	}
	m = calloc(1, sizeof(*m));
	if (!m || !(m->value = calloc(json_len(doc) + 1, sizeof(m->value[0])))) {
		free(m);
		m = NULL;
		err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	hmap_init(&m->keys);
	if (fill(m, doc, json, e) < 0) {
		static_map_free(m);
		m = NULL;
	}
out:
	json_free(doc);
	return m;
}

struct static_map *static_map_load(const char *path, struct err *e)
{
	struct static_map *m = NULL;
	struct buf b;
	FILE *f = fopen(path, "re");
	size_t n = 1;

	if (!f) {
		err_set_errno(e, ERR_IO, errno, "cannot open %s", path);
		return NULL;
	}
	buf_init(&b);
	while (n > 0 && b.len <= FILE_MAX_BYTES && buf_reserve(&b, 65536)) {
		n = fread(b.p + b.len, 1, 65536, f);
		b.len += n;
	}
	if (ferror(f))
		err_set_errno(e, ERR_IO, errno, "cannot read %s", path);
	else if (b.len > FILE_MAX_BYTES)
		err_set(e, ERR_TOO_BIG, "%s is larger than 16 MB", path);
	else if (buf_check(&b, e) == 0)
		m = static_map_new(buf_slice(&b), e);
	if (!m)
		err_wrap(e, "%s", path);
	buf_fini(&b);
	fclose(f);
	return m;
}

void static_map_free(struct static_map *m)
{
	if (!m)
		return;
	hmap_fini(&m->keys, NULL);
	free(m->value);
	free(m);
}

bool static_map_get(const struct static_map *m, struct str key, uint64_t *value)
{
	const uint64_t *v = hmap_get(&m->keys, key);

	if (v)
		*value = *v;
	return v != NULL;
}

int static_map_check_numbers(const struct static_map *m, struct err *e)
{
	const struct hmap_slot *s;
	size_t it = 0;
	uint64_t num;

	while ((s = hmap_next(&m->keys, &it))) {
		if (!str_to_u64(str_make(s->key, s->n), &num))
			return err_set(e, ERR_PARSE, "key \"%.*s\" is no unsigned 64-bit number",
				       (int)s->n, s->key);
	}
	return 0;
}
