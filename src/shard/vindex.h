/* vindex - column values to keyspace ids. Types, parameters and results are those of Vitess, bit
 * for bit; one file per type. Immutable after vindex_new(), any thread; mapping does not allocate
 * (but for unicode_loose and binary_md5, where OpenSSL may). */
#ifndef SHARD_VINDEX_H
#define SHARD_VINDEX_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/err.h"
#include "src/base/json.h"
#include "src/base/str.h"
#include "src/data/value.h"

struct vindex;

/* Which columns a vindex is made for: those whose equal values always have one keyspace id. */
enum vindex_domain {
	VINDEX_EXACT, /* integers, text, bytes */
	VINDEX_INTEGERS,
	VINDEX_TEXT, /* with a character set */
	VINDEX_ANY,
};

struct vindex_props {
	enum vindex_domain domain; /* of each column, unless the type tells them apart */
	bool unique;		   /* a value maps to at most one keyspace id (or one range) */
	bool lookup;		   /* needs a lookup table: vindex_map() cannot be used */
	bool sequential;	   /* vindex_map_between() works: order of values is order of ids */
	bool reversible;	   /* vindex_reverse() works */
	bool partial;		   /* fewer values than columns map to a key range */
	bool prefix;		   /* vindex_map_prefix() works (LIKE 'abc%') */
	bool backfill; /* a lookup whose table is still being filled (write_only): do not read it */
	unsigned cost; /* a planner prefers the lower */
	unsigned columns; /* values a full mapping takes; 0 for lookups: as many as given */
};

enum vindex_kind {
	VINDEX_KSID,  /* the one id in @ksid */
	VINDEX_RANGE, /* all ids of [ksid, end); end empty: to the end; both empty: all shards */
	VINDEX_NONE,  /* no row can be there: a value is NULL, or the range is empty */
	/* The value is outside of the vindex's domain (for integers: text that is no number, 1.5,
	 * '-1' as text, bytes; a country that is not in the map; invalid UTF-8): no row with such a
	 * value can be stored. Vitess treats it as no match. MySQL, however, may call it equal to a
	 * stored value after conversion ('1x' = 1), so that a read should ask all shards and a
	 * write must fail. */
	VINDEX_MISFIT,
};

enum { VINDEX_BUF = 1056 };
struct vindex_result {
	enum vindex_kind kind;
	struct str ksid, end; /* into the buffers below or into the value that was mapped */
	uint8_t buf[VINDEX_BUF], end_buf[VINDEX_BUF];
};

/* A vindex of @type. @params (may be NULL) is an object of strings; @owner may be NULL. The caller
 * frees it with vindex_free(). NULL with @e: unknown type, missing or bad parameter, unreadable
 * file. Parameters that the type does not know are no error, see vindex_unknown_param(). */
struct vindex *vindex_new(const char *name, const char *type, JSON *params, const char *owner,
			  struct err *e);
void vindex_free(struct vindex *v); /* NULL is fine */
/* Whether there is such a type. */
bool vindex_known_type(const char *type);

const char *vindex_name(const struct vindex *v);
const char *vindex_type(const struct vindex *v);
const char *vindex_owner(const struct vindex *v); /* "" when none */
const struct vindex_props *vindex_props(const struct vindex *v);
/* Whether column number @column of the vindex may be of @type (enum type_id); @text: it has a
 * character set and is not binary. */
bool vindex_takes(const struct vindex *v, size_t column, uint8_t type, bool text);
/* The parameters as they were given: name and value of number @i, or NULL past the last. */
const char *vindex_param(const struct vindex *v, size_t i, const char **value);
/* The name of unknown parameter @i, NULL past the last; each deserves a warning. */
const char *vindex_unknown_param(const struct vindex *v, size_t i);

/* Maps @n values, one per column in order. Values must have the type of their column: a caller that
 * compares a number with a text column converts first. Text is in the column's character set.
 * -1: ERR_UNSUPPORTED for a lookup vindex, ERR_BAD_VALUE where Vitess reports an error (a cfc
 * value that is too short), ERR_INVALID for a wrong number of values. */
int vindex_map(const struct vindex *v, const struct value *values, size_t n,
	       struct vindex_result *out, struct err *e) MUST_CHECK;
/* The range of ids of all values in [low, high], both ends included. VINDEX_MISFIT when the order
 * of these two is not that of their ids (ask all shards). Sequential vindexes only. */
int vindex_map_between(const struct vindex *v, const struct value *low, const struct value *high,
		       struct vindex_result *out, struct err *e) MUST_CHECK;
/* The range of ids of all values that match LIKE @pattern. Vindexes with prefix only. */
int vindex_map_prefix(const struct vindex *v, struct str pattern, struct vindex_result *out,
		      struct err *e) MUST_CHECK;
/* The value that maps to @ksid, VALUE_UINT or VALUE_BYTES (borrowed from @ksid). Reversible
 * vindexes only; -1 when @ksid is not one of its results. */
int vindex_reverse(const struct vindex *v, struct str ksid, struct value *out,
		   struct err *e) MUST_CHECK;
#endif
