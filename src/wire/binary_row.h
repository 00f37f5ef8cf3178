/* binary_row - rows of the binary protocol (prepared statements): 0x00, a NULL bitmap that starts
 * at bit 2, then the values that are not NULL. */
#ifndef WIRE_BINARY_ROW_H
#define WIRE_BINARY_ROW_H
#include <stddef.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"
#include "src/data/type.h"
#include "src/data/value.h"

/* Raw values (binary_value.h) of all @n columns, without copying; NULL: .p == NULL. */
int binary_row_split(struct str payload, const struct type_meta *m, struct str *col,
		     size_t n) MUST_CHECK;
/* Column @i alone. */
int binary_row_column(struct str payload, const struct type_meta *m, size_t n, size_t i,
		      struct str *out) MUST_CHECK;

/* Building: begin with the number of columns, then put each in order. */
struct binary_row {
	struct buf *b; /* borrowed */
	size_t bitmap, at;
};
void binary_row_begin(struct binary_row *r, struct buf *b, size_t n);
int binary_row_put(struct binary_row *r, const struct type_meta *m, const struct value *v) MUST_CHECK;
/* A raw value; .p == NULL is NULL. */
void binary_row_put_raw(struct binary_row *r, const struct type_meta *m, struct str raw);
#endif
