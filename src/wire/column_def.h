/* column_def - the ColumnDefinition41 packet of resultset headers. Payloads only. */
#ifndef WIRE_COLUMN_DEF_H
#define WIRE_COLUMN_DEF_H
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"
#include "src/data/type.h"

struct column_def {
	struct str catalog, schema, table, org_table, name, org_name; /* borrowed */
	uint32_t length;
	struct type_meta meta;
};
int column_def_parse(struct str payload, struct column_def *out, struct err *e) MUST_CHECK;
/* An empty catalog is sent as "def". */
void column_def_build(struct buf *b, const struct column_def *c);
/* Only what reading values takes; skips the names. */
int column_def_peek(struct str payload, struct type_meta *out, struct err *e) MUST_CHECK;
/* The resultset header before the definitions. */
void column_def_build_count(struct buf *b, uint64_t columns);
#endif
