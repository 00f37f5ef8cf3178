/* base64 - RFC 4648 with padding. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H
#include "src/base/buf.h"
#include "src/base/str.h"

/* The four characters of a group of @n (1 to 3) bytes, padded. */
void base64_group(const void *p, size_t n, char out[4]);
/* The value of a digit, -1: it is none. */
int base64_digit(char c);
/* Appends the base64 text of @s. */
void base64_encode(struct buf *b, struct str s);
/* Appends the bytes of base64 text @s. -1 when it is not that; @b then has some of them. */
int base64_decode(struct buf *b, struct str s);
#endif
