/* aggregate - SUM and AVG over values of one kind, as the server adds them: integers and decimals
 * exactly, everything else as doubles. For merging the partial sums and counts of several shards as
 * well as for adding up single values. Plain data; any thread. */
#ifndef DATA_AGGREGATE_H
#define DATA_AGGREGATE_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/err.h"
#include "src/data/decimal.h"
#include "src/data/value.h"

struct aggregate {
	enum value_type kind; /* VALUE_NULL: nothing yet; else VALUE_DECIMAL or VALUE_DOUBLE */
	struct decimal sum;
	double real;
	uint64_t count; /* values that were not NULL */
};

void aggregate_init(struct aggregate *a);
/* Adds @v; NULL changes nothing. -1: ERR_OUT_OF_RANGE (more than 65 digits, or an infinite sum), or
 * ERR_BAD_VALUE (a decimal that does not parse). */
int aggregate_add(struct aggregate *a, const struct value *v, struct err *e) MUST_CHECK;
/* The sum: NULL when nothing was added, else a decimal or a double; a decimal's text goes into
 * @text. A sum of integers is a decimal without a point. */
void aggregate_sum(const struct aggregate *a, char text[DECIMAL_TEXT], struct value *out);
/* The sum divided by @count (a partial COUNT's sum, or a->count): AVG, a decimal one with @scale digits
 * behind the point (at most DECIMAL_MAX_SCALE). NULL when @count is 0 or nothing was added. */
int aggregate_average(const struct aggregate *a, uint64_t count, unsigned scale,
		      char text[DECIMAL_TEXT], struct value *out, struct err *e) MUST_CHECK;
#endif
