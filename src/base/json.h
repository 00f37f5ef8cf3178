/* json - reading and writing JSON. cJSON does the parsing; its type stays behind this header.
 * Numbers are doubles: 64-bit integers travel as strings. */
#ifndef BASE_JSON_H
#define BASE_JSON_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"

/* A value of a parsed document; borrowed from it, never freed by itself. */
struct cJSON;
#define JSON const struct cJSON

enum json_type { JSON_NONE, JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* Parses the whole text; the caller frees it with json_free(). NULL: @e names the line. */
struct cJSON *json_parse(struct str text, struct err *e);
void json_free(struct cJSON *doc);

/* JSON_NONE for NULL, so that look-ups can be chained. */
enum json_type json_type(JSON *v);
/* Member @key of an object (case matters), element @i of an array; NULL if there is none. */
JSON *json_get(JSON *v, const char *key);
JSON *json_at(JSON *v, size_t i);
/* Elements or members; 0 for anything else. */
size_t json_len(JSON *v);
/* First child, next sibling: for (JSON *m = json_first(o); m; m = json_next(m)). */
JSON *json_first(JSON *v);
JSON *json_next(JSON *v);
/* The name of a member. */
const char *json_key(JSON *v);
/* The value, or @def when it is missing or of another type. Integers also from strings. */
const char *json_string(JSON *v, const char *def);
bool json_bool(JSON *v, bool def);
double json_number(JSON *v, double def);
int64_t json_int(JSON *v, int64_t def);
/* Appends the value as JSON text; @indent: for people. */
void json_print(JSON *v, bool indent, struct buf *out);
/* The line (from 1) on which the member at @path ("tables", "t1", "column_vindexes", "0", ...)
 * of @text starts; 0 when there is none. For messages that must name a line. */
unsigned json_line(struct str text, const char *const *path, size_t depth);

/* Writing: a state for commas and indentation over a buf. */
struct json_out {
	struct buf *b; /* borrowed */
	bool indent, comma;
	unsigned depth;
};
void json_out_init(struct json_out *o, struct buf *b, bool indent);
/* In an object, @key comes first; in an array and at the top it is NULL. */
void json_out_object(struct json_out *o, const char *key);
void json_out_array(struct json_out *o, const char *key);
void json_out_end_object(struct json_out *o);
void json_out_end_array(struct json_out *o);
void json_out_str(struct json_out *o, const char *key, struct str s);
void json_out_strz(struct json_out *o, const char *key, const char *z); /* NULL: null */
void json_out_int(struct json_out *o, const char *key, int64_t v);
void json_out_double(struct json_out *o, const char *key, double v);
void json_out_bool(struct json_out *o, const char *key, bool v);
void json_out_null(struct json_out *o, const char *key);
/* @json is JSON text already. */
void json_out_raw(struct json_out *o, const char *key, struct str json);
/* Appends @s as a quoted JSON string. Bytes that are not UTF-8 become U+FFFD. */
void json_quote(struct buf *b, struct str s);
#endif
