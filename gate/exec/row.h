/* row - one row of a shard's answer, text or binary, cut into columns where it lies. */
#ifndef EXEC_ROW_H
#define EXEC_ROW_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/err.h"
#include "src/base/str.h"
#include "src/data/type.h"
#include "src/data/value.h"

struct plan_key;

/* What rows of one source look like. */
struct row_shape {
	uint32_t columns;
	const struct type_meta *meta; /* of each column */
	bool binary;
};
struct row {
	const struct row_shape *shape;
	struct str payload;
	struct str *col; /* raw columns, p NULL: NULL; borrowed with the payload */
};

/* Cuts @payload into @col (room for shape->columns). */
int row_split(const struct row_shape *shape, struct str payload, struct str *col, struct row *out,
	      struct err *e) MUST_CHECK;
/* Column @i as a value; text made on the way goes into @tmp. NULL when the column does not read as
 * its type. */
enum { ROW_TMP = 48 };
int row_value(const struct row *r, uint32_t i, char tmp[ROW_TMP], struct value *out) MUST_CHECK;
/* The order of two rows by @count keys: <0, 0, >0. */
int row_compare(const struct row *a, const struct row *b, const struct plan_key *key,
		uint32_t count);
#endif
