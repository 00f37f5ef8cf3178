/* datum - one value while an expression is computed: struct value's sibling for evaluation. Where a
 * struct value is what came over the wire (decimals and dates as text, borrowed), a datum is what
 * arithmetic works on: decimals as numbers, dates as fields, 24 bytes and no text to parse again.
 * Character set and collation of a string are those of the expression's type, not the datum's.
 * Plain data; decimal and string point into an arena or to whatever else outlives it. */
#ifndef DATA_DATUM_H
#define DATA_DATUM_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/str.h"
#include "src/data/decimal.h"
#include "src/data/temporal.h"

enum datum_kind {
	DATUM_NULL,
	DATUM_INT, /* i; as uint64_t when is_unsigned */
	DATUM_REAL,
	DATUM_DECIMAL,
	DATUM_STRING,
	DATUM_TIME, /* any temporal */
};

struct datum {
	uint8_t kind; /* enum datum_kind */
	bool is_unsigned;
	union {
		int64_t i;
		double d;
		const struct decimal *dec; /* borrowed */
		struct str s;		   /* borrowed */
		struct temporal t;
	};
};
#endif
