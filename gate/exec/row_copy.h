/* row_copy - a row that outlives its source's buffer. */
#ifndef EXEC_ROW_COPY_H
#define EXEC_ROW_COPY_H
#include "gate/exec/row.h"
#include "src/base/buf.h"

/* A row and the memory it lives in; zeroed is empty. */
struct row_copy {
	struct row row;
	struct buf bytes; /* owned */
	struct str *col;  /* owned */
	bool full;
};
/* Replaces the content. */
int row_copy_set(struct row_copy *c, const struct row *from, struct err *e) MUST_CHECK;
void row_copy_fini(struct row_copy *c);
#endif
