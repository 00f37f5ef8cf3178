#include "src/shard/json_reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *kind_name(enum json_field_kind kind)
{
	switch (kind) {
	case FIELD_STRING:
	case FIELD_CHARS:
		return "a string";
	case FIELD_BOOL:
		return "true or false";
	case FIELD_INT:
	case FIELD_INT64:
		return "an integer";
	case FIELD_FN:
		break;
	}
	return "another type";
}

static void print_path(const struct json_reader *r, char *out, size_t cap)
{
	size_t n = 0;

	out[0] = 0;
	for (size_t i = 0; i < r->depth && n < cap; i++) {
		int len = r->path[i] == r->index[i]
				  ? snprintf(out + n, cap - n, "[%s]", r->path[i])
				  : snprintf(out + n, cap - n, "%s%s", i ? "." : "", r->path[i]);

		n += len > 0 ? (size_t)len : 0;
	}
}

int json_reader_fail(struct json_reader *r, enum err_code code, const char *fmt, ...)
{
	char path[200], msg[280];
	unsigned line = json_line(r->text, r->path, r->depth);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	print_path(r, path, sizeof(path));
	if (line > 0 && *path)
		return err_set(r->e, code, "line %u: %s: %s", line, path, msg);
	return err_set(r->e, code, "%s%s%s", path, *path ? ": " : "", msg);
}

int json_reader_nomem(struct json_reader *r)
{
	return err_set(r->e, ERR_NOMEM, "out of memory");
}

size_t json_reader_enter(struct json_reader *r, const char *name)
{
	size_t depth = r->depth;

	if (r->depth < JSON_READER_DEPTH)
		r->path[r->depth++] = name;
	return depth;
}

void json_reader_leave(struct json_reader *r, size_t depth)
{
	r->depth = depth;
}

/* "column_vindexes" is also "columnVindexes", as in protobuf's JSON. */
static bool name_matches(const char *name, const char *key)
{
	const char *n = name, *k = key;

	if (strcmp(name, key) == 0)
		return true;
	for (; *n && *k; n++, k++) {
		if (*n == '_') {
			n++;
			if (*k != *n - 'a' + 'A')
				return false;
		} else if (*n != *k) {
			return false;
		}
	}
	return !*n && !*k;
}

int json_reader_string(struct json_reader *r, JSON *v, const char **out)
{
	const char *s = json_string(v, NULL);

	if (json_type(v) != JSON_STRING || !s)
		return json_reader_fail(r, ERR_PARSE, "expected a string");
	*out = arena_dup(r->arena, s, strlen(s));
	return *out ? 0 : json_reader_nomem(r);
}

static int read_int(struct json_reader *r, JSON *v, int64_t *out)
{
	enum json_type t = json_type(v);
	double d = json_number(v, 0);

	if (t == JSON_STRING && str_to_i64(str_of(json_string(v, "")), out))
		return 0;
	if (t != JSON_NUMBER || d != (double)(int64_t)d)
		return json_reader_fail(r, ERR_PARSE, "expected an integer");
	*out = (int64_t)d;
	return 0;
}

static int read_chars(struct json_reader *r, JSON *v, char *out, size_t size)
{
	const char *s = json_string(v, NULL);

	if (json_type(v) != JSON_STRING || !s)
		return json_reader_fail(r, ERR_PARSE, "expected a string");
	if (strlen(s) >= size)
		return json_reader_fail(r, ERR_PARSE, "longer than %zu bytes", size - 1);
	memcpy(out, s, strlen(s) + 1);
	return 0;
}

static int read_field(struct json_reader *r, JSON *v, const struct json_field *f, void *object)
{
	char *at = (char *)object + f->offset;
	int64_t i = 0;

	switch (f->kind) {
	case FIELD_STRING:
		return json_reader_string(r, v, (const char **)(void *)at);
	case FIELD_CHARS:
		return read_chars(r, v, at, f->size);
	case FIELD_BOOL:
		if (json_type(v) != JSON_BOOL)
			break;
		*(bool *)(void *)at = json_bool(v, false);
		return 0;
	case FIELD_INT:
		if (read_int(r, v, &i) < 0)
			return -1;
		if (i < INT32_MIN || i > INT32_MAX)
			return json_reader_fail(r, ERR_PARSE, "out of range");
		*(int32_t *)(void *)at = (int32_t)i;
		return 0;
	case FIELD_INT64:
		return read_int(r, v, (int64_t *)(void *)at);
	case FIELD_FN:
		return f->fn(r, v, object);
	}
	return json_reader_fail(r, ERR_PARSE, "expected %s", kind_name(f->kind));
}

static int read_member(struct json_reader *r, JSON *m, const struct json_field *fields,
		       size_t count, void *object)
{
	for (size_t i = 0; i < count; i++) {
		if (!name_matches(fields[i].name, json_key(m)))
			continue;
		return json_type(m) == JSON_NULL ? 0 : read_field(r, m, &fields[i], object);
	}
	if (r->lenient)
		return 0;
	return json_reader_fail(r, ERR_PARSE, "unknown field \"%s\"", json_key(m));
}

int json_reader_object(struct json_reader *r, JSON *v, const struct json_field *fields,
		       size_t count, void *object)
{
	if (json_type(v) != JSON_OBJECT)
		return json_reader_fail(r, ERR_PARSE, "expected an object");
	for (JSON *m = json_first(v); m; m = json_next(m)) {
		size_t depth = json_reader_enter(r, json_key(m));

		if (read_member(r, m, fields, count, object) < 0)
			return -1;
		json_reader_leave(r, depth);
	}
	return 0;
}

int json_reader_array(struct json_reader *r, JSON *v, json_field_fn fn, void *object)
{
	size_t i = 0;

	if (json_type(v) != JSON_ARRAY)
		return json_reader_fail(r, ERR_PARSE, "expected an array");
	for (JSON *m = json_first(v); m; m = json_next(m), i++) {
		size_t depth = r->depth;

		if (depth < JSON_READER_DEPTH) {
			snprintf(r->index[depth], sizeof(r->index[depth]), "%zu", i);
			json_reader_enter(r, r->index[depth]);
		}
		if (fn(r, m, object) < 0)
			return -1;
		json_reader_leave(r, depth);
	}
	return 0;
}

int json_reader_map(struct json_reader *r, JSON *v, json_field_fn fn, void *object)
{
	if (json_type(v) != JSON_OBJECT)
		return json_reader_fail(r, ERR_PARSE, "expected an object");
	for (JSON *m = json_first(v); m; m = json_next(m)) {
		size_t depth = json_reader_enter(r, json_key(m));

		if (fn(r, m, object) < 0)
			return -1;
		json_reader_leave(r, depth);
	}
	return 0;
}
