/* collation - how text compares: weights, PAD SPACE, hashing, LIKE, upper and lower case.
 *
 * A collation here gives every character a sequence of 16-bit weights (none for ignorable ones);
 * texts compare as their sequences do. With PAD SPACE the shorter one goes on in weights of spaces.
 * The tables are a server's (gen_collation.py). A collation that is not in collation.def is unknown
 * (NULL): its users leave the work to a server and never guess. Any thread. */
#ifndef DATA_COLLATION_H
#define DATA_COLLATION_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/str.h"
#include "src/data/charset.h"

enum { COLLATION_MAX_WEIGHTS = 24 }; /* of one character */

enum collation_kind {
	COLLATION_BYTES,
	COLLATION_CODE,
	COLLATION_BYTE_TABLE,
	COLLATION_GENERAL,
	COLLATION_UCA400,
	COLLATION_UCA520,
};

struct collation {
	uint16_t id;
	const char *name;
	enum charset_id charset;
	enum collation_kind kind;
	bool pad;
	const uint8_t *table; /* of COLLATION_BYTE_TABLE */
};

/* NULL: not known here. */
const struct collation *collation_get(uint16_t id);
const struct collation *collation_find(struct str name);
/* A _bin collation or binary. */
bool collation_is_bin(const struct collation *c);
/* The order of two texts of the collation's character set: <0, 0, >0. */
int collation_compare(const struct collation *c, struct str a, struct str b);
/* The same for equal texts (as collation_compare() says), and seldom the same for others. */
uint64_t collation_hash(const struct collation *c, struct str s);
/* The weights of character @cp; returns how many. */
size_t collation_weights(const struct collation *c, uint32_t cp,
			 uint32_t out[COLLATION_MAX_WEIGHTS]);
/* Whether @s is like @pattern; @escape is a code point (UINT32_MAX: none). */
bool collation_like(const struct collation *c, struct str s, struct str pattern, uint32_t escape);
/* Where in @s, at or after byte @from, begin as many bytes as @needle has that compare as equal to it, or
 * SIZE_MAX; *length tells how many. (As the server does it: an equal text of another length is not found.) */
size_t collation_search(const struct collation *c, struct str s, struct str needle, size_t from,
			size_t *length);
/* @s in upper or lower case. Binary text stays. false: out of memory. */
bool collation_fold(struct arena *a, const struct collation *c, bool upper, struct str s,
		    struct str *out);
/* One character in upper or lower case. */
uint32_t collation_fold_char(const struct collation *c, bool upper, uint32_t cp);
#endif
