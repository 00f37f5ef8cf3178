/* json_reader - strict reading of JSON documents into structs: a field that is not in the table is
 * an error that names its path and line. Strings go to an arena. One document, one thread. */
#ifndef SHARD_JSON_READER_H
#define SHARD_JSON_READER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/err.h"
#include "src/base/json.h"

enum { JSON_READER_DEPTH = 16 };

struct json_reader {
	struct str text;     /* borrowed: for line numbers */
	struct arena *arena; /* borrowed */
	struct err *e;	     /* borrowed; may be NULL */
	bool lenient;	     /* unknown fields are passed over, for records of newer programs */
	const char *path[JSON_READER_DEPTH];
	char index[JSON_READER_DEPTH][12];
	size_t depth;
};

enum json_field_kind {
	FIELD_STRING, /* const char *, in the arena */
	FIELD_CHARS,  /* char[size]; longer text is an error */
	FIELD_BOOL,   /* bool */
	FIELD_INT,    /* int32_t; also from a string of digits */
	FIELD_INT64,  /* int64_t; written as a string by those who need all digits */
	FIELD_FN,     /* by its function */
};
typedef int (*json_field_fn)(struct json_reader *r, JSON *v, void *object);
struct json_field {
	const char *name; /* snake_case; the lowerCamelCase form is accepted too */
	enum json_field_kind kind;
	size_t offset; /* in the object; not for FIELD_FN */
	size_t size;   /* of FIELD_CHARS */
	json_field_fn fn;
};
/* Elements of a field table. */
#define JSON_FIELD(kind, type, member, json)                                                       \
	{                                                                                          \
		json, kind, offsetof(type, member), 0, NULL                                        \
	}
#define JSON_FIELD_CHARS(type, member, json)                                                       \
	{                                                                                          \
		json, FIELD_CHARS, offsetof(type, member), sizeof(((type *)NULL)->member), NULL    \
	}
#define JSON_FIELD_CALL(fn, json)                                                                  \
	{                                                                                          \
		json, FIELD_FN, 0, 0, fn                                                           \
	}

/* Fills @object from @v by @fields; null leaves a field as it is. */
int json_reader_object(struct json_reader *r, JSON *v, const struct json_field *fields,
		       size_t count, void *object) MUST_CHECK;
/* Calls @fn(r, item, object) for each item of array @v. */
int json_reader_array(struct json_reader *r, JSON *v, json_field_fn fn, void *object) MUST_CHECK;
/* Calls @fn(r, value, object) for each member of object @v; json_key(value) is its name. */
int json_reader_map(struct json_reader *r, JSON *v, json_field_fn fn, void *object) MUST_CHECK;
int json_reader_string(struct json_reader *r, JSON *v, const char **out) MUST_CHECK;
/* Sets the error "line N: path: message" for the place that is being read. Returns -1. */
int json_reader_fail(struct json_reader *r, enum err_code code, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
int json_reader_nomem(struct json_reader *r);
/* The path to a place, for checks after the reading: the depth to go back to with _leave(). */
size_t json_reader_enter(struct json_reader *r, const char *name);
void json_reader_leave(struct json_reader *r, size_t depth);
#endif
