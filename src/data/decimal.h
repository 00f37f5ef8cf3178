/* decimal - exact decimal numbers as MySQL's DECIMAL has them: up to 65 digits that count, of which
 * up to 38 stand behind the point.
 *
 * A number is an integer in words of base 10^9, and how many of its digits stand behind the point;
 * sums align the scales first. Plain data; any thread. */
#ifndef DATA_DECIMAL_H
#define DATA_DECIMAL_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/str.h"

enum {
	DECIMAL_WORDS = 16,	  /* room for products and quotients on the way */
	DECIMAL_MAX_DIGITS = 65,  /* of a result, as in MySQL */
	DECIMAL_MAX_SCALE = 38,	  /* MariaDB's; MySQL has 30 */
	DECIMAL_TEXT = 160,	  /* room for any number as text */
};

struct decimal {
	uint32_t w[DECIMAL_WORDS]; /* least first; digits beyond n are zero */
	uint8_t n;		   /* words used, 0 for zero */
	uint8_t scale;		   /* digits behind the point */
	bool negative;		   /* of zeros: only of a remainder's, as servers have it */
};

void decimal_zero(struct decimal *d);
void decimal_from_i64(struct decimal *d, int64_t v);
void decimal_from_u64(struct decimal *d, uint64_t v);
/* "-12.50", "1e3"; false when @s is no number or has too many digits. Digits past the largest scale
 * are rounded away. */
bool decimal_parse(struct decimal *d, struct str s);
/* Text with exactly d->scale digits behind the point; returns its length. */
size_t decimal_print(const struct decimal *d, char out[DECIMAL_TEXT]);
/* <0, 0, >0 by value: 1.50 equals 1.5. */
int decimal_cmp(const struct decimal *a, const struct decimal *b);
/* out may be a or b. false: the result has more than DECIMAL_MAX_DIGITS digits. Scales: the larger
 * of both (add, sub), their sum (mul, at most DECIMAL_MAX_SCALE), as given (div). Results are
 * rounded half away from zero. Division by zero is false. */
bool decimal_add(struct decimal *out, const struct decimal *a, const struct decimal *b);
bool decimal_sub(struct decimal *out, const struct decimal *a, const struct decimal *b);
bool decimal_mul(struct decimal *out, const struct decimal *a, const struct decimal *b);
bool decimal_div(struct decimal *out, const struct decimal *a, const struct decimal *b,
	uint8_t scale);
/* The quotient with all the digits the server goes on computing with: at least @more behind those of a. */
bool decimal_div_whole(struct decimal *out, const struct decimal *a, const struct decimal *b,
		       unsigned more);
/* a - b * trunc(a / b), with the sign of a (-1 % 0.5 is -0.0); false when b is zero. */
bool decimal_mod(struct decimal *out, const struct decimal *a, const struct decimal *b);
/* The number that @s begins with (after white space); how many bytes were used, 0 for none (then *d is
 * zero). *range: it has too many digits and is the largest there is. */
size_t decimal_scan(struct decimal *d, struct str s, bool *range);
/* By the shortest text that reads back the same; false: too large. */
bool decimal_from_double(struct decimal *d, double v);
double decimal_to_double(const struct decimal *d);
/* Rounded half away from zero. false: out of range, and *out is the nearest. */
bool decimal_to_i64(const struct decimal *d, int64_t *out);
bool decimal_to_u64(const struct decimal *d, uint64_t *out);
/* Digits before the point, 0 for 0.x. */
unsigned decimal_int_digits(const struct decimal *d);
/* The largest DECIMAL(precision, scale). */
void decimal_max(struct decimal *d, unsigned precision, unsigned scale);
/* Makes it a DECIMAL(precision, scale), rounded; false: it did not fit and became the largest. */
bool decimal_fit(struct decimal *d, unsigned precision, unsigned scale);
void decimal_negate(struct decimal *d);
/* Cuts digits behind the point to @scale, without rounding; adds zeros if there are fewer. */
bool decimal_truncate(struct decimal *d, uint8_t scale);
/* Zeroes the last @digits digits before the point, rounding or (@cut) cutting. The scale becomes 0. */
void decimal_round_up(struct decimal *d, unsigned digits, bool cut);
void decimal_floor(struct decimal *d);
void decimal_ceiling(struct decimal *d);
/* Changes the scale; half away from zero when digits go. */
bool decimal_round(struct decimal *d, uint8_t scale);
#endif
