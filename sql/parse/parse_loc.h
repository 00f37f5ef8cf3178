/* parse_loc - the grammar's locations: byte spans of the text. */
#ifndef PARSE_PARSE_LOC_H
#define PARSE_PARSE_LOC_H
#include <stdint.h>

struct parse_loc {
	uint32_t start, end;
};

/* The span of the symbols rhs[0..n), without empty ones at its ends; with n == 0, an empty span at
 * the end of rhs[0], which then is the symbol before. */
static inline struct parse_loc parse_loc_span(const struct parse_loc *rhs, int n)
{
	int first = 0, last = n - 1;

	if (n == 0)
		return (struct parse_loc){rhs[0].end, rhs[0].end};
	while (first < last && rhs[first].start == rhs[first].end)
		first++;
	while (last > first && rhs[last].start == rhs[last].end)
		last--;
	return (struct parse_loc){rhs[first].start, rhs[last].end};
}
#endif
