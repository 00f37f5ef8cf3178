/* number - integers and doubles to text and back, digit for digit as MySQL and MariaDB print. */
#ifndef DATA_NUMBER_H
#define DATA_NUMBER_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/str.h"

/* Room for any text made here but number_format_fixed()'s, with its NUL. */
enum { NUMBER_TEXT = 40, NUMBER_FIXED_TEXT = 352 };

/* Shortest text that reads back as the same double: "0.1", "1e20", "-1.5e-20". Returns the length.
 * Infinities and NaN, which MySQL does not have, give "0". */
size_t number_format_double(double d, char out[NUMBER_TEXT]);
/* A FLOAT column: at most 6 significant digits. */
size_t number_format_float(double d, char out[NUMBER_TEXT]);
/* DOUBLE(M,D), FLOAT(M,D): @decimals (<= 30) digits after the point. */
size_t number_format_fixed(double d, unsigned decimals, char out[NUMBER_FIXED_TEXT]);
size_t number_format_i64(int64_t v, char out[NUMBER_TEXT]);
size_t number_format_u64(uint64_t v, char out[NUMBER_TEXT]);
/* The whole text as a double; false when it is not one (range errors saturate). */
bool number_parse_double(struct str s, double *out);
/* The number that @s begins with (after white space): how many bytes were used, 0 for none. *range:
 * it was too large and is the largest one there is. */
size_t number_scan_double(struct str s, double *out, bool *range);
/* The same for integers: sign and magnitude; too large ones become the largest uint64_t. */
size_t number_scan_integer(struct str s, bool *negative, uint64_t *out, bool *range);
/* Whether only white space is left from @at on. */
bool number_is_end(struct str s, size_t at);
#endif
