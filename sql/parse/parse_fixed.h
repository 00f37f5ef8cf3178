/* parse_fixed - which slots of a fingerprint the tree does not hold as values. */
#ifndef PARSE_PARSE_FIXED_H
#define PARSE_PARSE_FIXED_H
#include "sql/parse/parse.h"

/* Fills out->fixed and fixed_count from out->root. */
int parse_fixed_slots(struct arena *a, const struct fingerprint *fp, struct parse_result *out,
		      struct err *e) MUST_CHECK;
#endif
