/* text_row - rows of the text protocol: each column a length-encoded string, 0xfb for NULL.
 * Nothing is copied; a NULL column has .p == NULL, an empty one does not. */
#ifndef WIRE_TEXT_ROW_H
#define WIRE_TEXT_ROW_H
#include <stddef.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"
#include "src/data/type.h"
#include "src/data/value.h"

/* Cuts the payload into exactly @n columns; -1: it does not have so many, or is malformed. */
int text_row_split(struct str payload, struct str *col, size_t n) MUST_CHECK;
/* Column @i alone. */
int text_row_column(struct str payload, size_t i, struct str *out) MUST_CHECK;
/* A column's text as a value of its type, in comparable form; text is borrowed. -1: the text does
 * not fit the type (a server would not send it). */
int text_row_value(const struct type_meta *m, struct str text, struct value *out) MUST_CHECK;

/* Building. */
void text_row_put(struct buf *b, struct str text);
void text_row_put_null(struct buf *b);
/* The text MySQL would print for @v in a column of type @m (@m may be NULL: by the value alone). */
void text_row_put_value(struct buf *b, const struct type_meta *m, const struct value *v);
#endif
