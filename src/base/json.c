/* json - reading: cJSON parses, we look up. Writing is json_out.c. */
#include "src/base/json.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static unsigned line_at(struct str text, const char *at)
{
	unsigned line = 1;

	for (const char *p = text.p; p < at && p < text.p + text.n; p++)
		line += *p == '\n';
	return line;
}

struct cJSON *json_parse(struct str text, struct err *e)
{
	const char *end = NULL;
	char *copy = str_dup(text); /* cJSON wants a terminator to check for trailing rubbish */
	cJSON *doc;

	if (!copy) {
		err_set(e, ERR_NOMEM, "out of memory for %zu bytes of JSON", text.n);
		return NULL;
	}
	doc = cJSON_ParseWithLengthOpts(copy, text.n + 1, &end, 1);
	if (!doc)
		err_set(e, ERR_PARSE, "invalid JSON at line %u",
			line_at(str_make(copy, text.n), end ? end : copy));
	free(copy);
	return doc;
}

void json_free(struct cJSON *doc)
{
	cJSON_Delete(doc);
}

enum json_type json_type(JSON *v)
{
	if (!v)
		return JSON_NONE;
	switch (v->type & 0xff) {
	case cJSON_NULL:
		return JSON_NULL;
	case cJSON_False:
	case cJSON_True:
		return JSON_BOOL;
	case cJSON_Number:
		return JSON_NUMBER;
	case cJSON_String:
		return JSON_STRING;
	case cJSON_Array:
		return JSON_ARRAY;
	case cJSON_Object:
		return JSON_OBJECT;
	}
	return JSON_NONE;
}

JSON *json_get(JSON *v, const char *key)
{
	return cJSON_IsObject(v) ? cJSON_GetObjectItemCaseSensitive(v, key) : NULL;
}

JSON *json_at(JSON *v, size_t i)
{
	JSON *m = json_type(v) == JSON_ARRAY ? v->child : NULL;

	while (m && i--)
		m = m->next;
	return m;
}

size_t json_len(JSON *v)
{
	size_t n = 0;

	for (JSON *m = json_first(v); m; m = m->next)
		n++;
	return n;
}

JSON *json_first(JSON *v)
{
	return cJSON_IsObject(v) || cJSON_IsArray(v) ? v->child : NULL;
}

JSON *json_next(JSON *v)
{
	return v ? v->next : NULL;
}

const char *json_key(JSON *v)
{
	return v ? v->string : NULL;
}

const char *json_string(JSON *v, const char *def)
{
	return cJSON_IsString(v) ? v->valuestring : def;
}

bool json_bool(JSON *v, bool def)
{
	return cJSON_IsBool(v) ? cJSON_IsTrue(v) != 0 : def;
}

double json_number(JSON *v, double def)
{
	return cJSON_IsNumber(v) ? v->valuedouble : def;
}

int64_t json_int(JSON *v, int64_t def)
{
	int64_t i;

	if (cJSON_IsString(v) && str_to_i64(str_of(v->valuestring), &i))
		return i;
	if (cJSON_IsNumber(v) && fabs(v->valuedouble) <= 9007199254740992.0)
		return (int64_t)v->valuedouble;
	return def;
}

static void print_value(JSON *v, const char *key, struct json_out *o)
{
	switch (json_type(v)) {
	case JSON_OBJECT:
		json_out_object(o, key);
		for (JSON *m = json_first(v); m; m = json_next(m))
			print_value(m, json_key(m), o);
		json_out_end_object(o);
		return;
	case JSON_ARRAY:
		json_out_array(o, key);
		for (JSON *m = json_first(v); m; m = json_next(m))
			print_value(m, NULL, o);
		json_out_end_array(o);
		return;
	case JSON_STRING:
		json_out_strz(o, key, json_string(v, ""));
		return;
	case JSON_NUMBER:
		/* Whole numbers with all their digits, not as 1.79e+15. */
		if (fabs(v->valuedouble) <= 9007199254740992.0 && v->valuedouble == trunc(v->valuedouble))
			json_out_int(o, key, (int64_t)v->valuedouble);
		else
			json_out_double(o, key, v->valuedouble);
		return;
	case JSON_BOOL:
		json_out_bool(o, key, json_bool(v, false));
		return;
	case JSON_NULL:
	case JSON_NONE:
		json_out_null(o, key);
		return;
	}
}

void json_print(JSON *v, bool indent, struct buf *out)
{
	struct json_out o;

	json_out_init(&o, out, indent);
	print_value(v, NULL, &o);
}

/* A walk over JSON text known to be valid, which cJSON has no positions for. */
struct walk {
	const char *p, *end;
};

static void skip_space(struct walk *w)
{
	while (w->p < w->end && strchr(" \t\r\n", *w->p))
		w->p++;
}

static struct str skip_string(struct walk *w)
{
	const char *start = ++w->p;

	while (w->p < w->end && *w->p != '"')
		w->p += *w->p == '\\' ? 2 : 1;
	w->p++;
	return str_make(start, w->p <= w->end ? (size_t)(w->p - 1 - start) : 0);
}

static void skip_value(struct walk *w)
{
	unsigned depth = 0;

	do {
		skip_space(w);
		if (w->p >= w->end)
			return;
		if (*w->p == '"') {
			skip_string(w);
		} else if (strchr("{[", *w->p)) {
			depth++;
			w->p++;
		} else if (strchr("}]", *w->p)) {
			depth--;
			w->p++;
		} else if (strchr(",:", *w->p)) {
			w->p++;
		} else {
			while (w->p < w->end && !strchr(",:]} \t\r\n", *w->p))
				w->p++;
		}
		skip_space(w);
	} while (depth && w->p < w->end);
}

/* Moves into the container at @w to the member or element @step; false if it is not there. */
static bool step_into(struct walk *w, const char *step, const char **member)
{
	uint64_t want = 0;
	bool array;

	skip_space(w);
	if (w->p >= w->end || !strchr("{[", *w->p))
		return false;
	array = *w->p++ == '[';
	if (array && !str_to_u64(str_of(step), &want))
		return false;
	for (uint64_t i = 0;; i++) {
		bool found = array && i == want;

		skip_space(w);
		if (w->p >= w->end || strchr("}]", *w->p))
			return false;
		*member = w->p;
		if (!array) {
			found = str_eqz(skip_string(w), step);
			skip_space(w);
			w->p++; /* the colon */
		}
		if (found)
			return true;
		skip_value(w);
		if (w->p < w->end && *w->p == ',')
			w->p++;
	}
}

unsigned json_line(struct str text, const char *const *path, size_t depth)
{
	struct walk w = {text.p, text.p + text.n};
	const char *member = text.p;

	for (size_t i = 0; i < depth; i++)
		if (!step_into(&w, path[i], &member))
			return 0;
	return line_at(text, member);
}
