/* charset - the character sets that are understood here: decoding, encoding, counting, converting.
 * Others (gbk, sjis, latin2...) are unknown: who meets one leaves the work to a server. Any thread. */
#ifndef DATA_CHARSET_H
#define DATA_CHARSET_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/str.h"

enum charset_id {
	CHARSET_BINARY,
	CHARSET_ASCII,
	CHARSET_LATIN1, /* cp1252, as MySQL's latin1 is */
	CHARSET_UTF8MB3,
	CHARSET_UTF8MB4,
	CHARSET_UCS2,
	CHARSET_UTF16,
	CHARSET_UTF16LE,
	CHARSET_UTF32,
	CHARSET_COUNT,
};

struct charset {
	const char *name;
	uint8_t mbmin, mbmax;	/* bytes of a character */
	uint16_t default_collation, bin_collation;
	bool ascii;   /* bytes below 0x80 are ASCII */
	bool unicode; /* has every character */
};

const struct charset *charset_get(enum charset_id id);
/* By name, "utf8" being utf8mb3; false: unknown. */
bool charset_find(struct str name, enum charset_id *id);
/* The character at @p (@n > 0 bytes left) as a code point; its length, or 0 when malformed. */
size_t charset_decode(enum charset_id id, const void *p, size_t n, uint32_t *cp);
/* Writes @cp; its length, or 0 when the character set does not have it. */
size_t charset_encode(enum charset_id id, uint32_t cp, uint8_t out[4]);
/* The length in bytes of the character at @p; a malformed one is as long as mbmin (or what is left). */
size_t charset_char_length(enum charset_id id, const void *p, size_t n);
/* Characters in @s; malformed bytes count one each. */
size_t charset_count(enum charset_id id, struct str s);
/* The place in bytes of character @chars, or s.n when there are no so many. */
size_t charset_offset(enum charset_id id, struct str s, size_t chars);
/* How many bytes from the start are well-formed. */
size_t charset_valid_prefix(enum charset_id id, struct str s);
/* Only bytes below 0x80 (of character sets with ascii set). */
bool charset_is_ascii(struct str s);
/* @s from one character set into another; what @to does not have, or what is malformed, becomes a
 * question mark and counts in *bad. From and to binary the bytes stay. false: out of memory. */
bool charset_convert(struct arena *a, enum charset_id from, enum charset_id to, struct str s,
		     struct str *out, size_t *bad);
#endif
