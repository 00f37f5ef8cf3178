/* binary_value - single values of the binary protocol, as rows and parameters carry them. "Raw" is
 * a value's bytes without its length prefix; a NULL has .p == NULL. */
#ifndef WIRE_BINARY_VALUE_H
#define WIRE_BINARY_VALUE_H
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"
#include "src/data/type.h"
#include "src/data/value.h"
#include "src/wire/wire_reader.h"

/* Room for a temporal value's text. */
enum { BINARY_VALUE_TMP = 48 };

/* The raw bytes of the next value of @type. */
struct str binary_value_read(struct wire_reader *r, uint8_t type);
/* Puts raw bytes back with their prefix. */
void binary_value_put_raw(struct buf *b, uint8_t type, struct str raw);
/* A raw value in comparable form. Text is borrowed from @raw, or for dates and times from @tmp.
 * -1: malformed. */
int binary_value_decode(const struct type_meta *m, struct str raw, char tmp[BINARY_VALUE_TMP],
			struct value *out) MUST_CHECK;
/* Puts @v, not NULL, as a value of type @m. -1: it does not convert. */
int binary_value_put(struct buf *b, const struct type_meta *m, const struct value *v) MUST_CHECK;
#endif
