/* value - one SQL value as the gate handles it: a literal, a parameter or a result column.
 * Plain data; text stays where it is and is borrowed. */
#ifndef DATA_VALUE_H
#define DATA_VALUE_H
#include <stdint.h>

#include "src/base/str.h"

enum value_type {
	VALUE_NULL,
	VALUE_INT,     /* i */
	VALUE_UINT,    /* u; only for what does not fit VALUE_INT */
	VALUE_DOUBLE,  /* d; s is its text when it came as text, else empty */
	VALUE_DECIMAL, /* s: decimal text, "-12.50" */
	VALUE_TEXT,    /* s: character data in the connection's character set */
	VALUE_BYTES,   /* s: binary data (x'', BLOB, VARBINARY) */
	VALUE_TIME,    /* s: DATE, TIME, DATETIME, TIMESTAMP as MySQL prints them */
};

struct value {
	enum value_type type;
	union {
		int64_t i;
		uint64_t u;
		double d;
	};
	struct str s; /* borrowed */
};
#endif
