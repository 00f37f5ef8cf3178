/* compare - the order of two values of one column, as the server sorts them. Text that is not
 * binary has no order here: it is compared by the weights that the server computes
 * (compare_weights). Any thread. */
#ifndef DATA_COMPARE_H
#define DATA_COMPARE_H
#include <stdbool.h>

#include "src/base/str.h"
#include "src/data/value.h"

/* <0, 0, >0. NULL comes first and equals NULL. Numbers of any kind compare by value; TEXT, BYTES by
 * bytes; TIME by bytes too (MySQL's text of dates sorts so; TIME values with a sign and hours of
 * more than two digits are compared by value). */
int compare_values(const struct value *a, const struct value *b);
/* WEIGHT_STRING()s of a collation; with @pad_space the shorter one goes on in copies of @space, the
 * weights of one space. */
int compare_weights(struct str a, struct str b, bool pad_space, struct str space);
#endif
