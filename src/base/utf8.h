/* utf8 - decoding and checking UTF-8 (RFC 3629). */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The code point at @p (n > 0 bytes left) into *cp; returns its length 1-4, or 0 when malformed
 * (overlong, surrogate, above U+10FFFF, cut off). */
size_t utf8_decode(const void *p, size_t n, uint32_t *cp);
/* Writes @cp; returns its length. @out has room for 4. */
size_t utf8_encode(uint32_t cp, uint8_t *out);
bool utf8_valid(const void *p, size_t n);
/* Code points in a valid string. */
size_t utf8_length(const void *p, size_t n);
#endif
