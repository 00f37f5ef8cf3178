/* rec_cell - a cell: a failure domain (a data centre, a rack) that tablets and gates belong to. */
#ifndef TOPO_REC_CELL_H
#define TOPO_REC_CELL_H
#include "topo/rec.h"

struct rec_cell {
	char name[REC_NAME];
	char comment[200];
};

#define REC_CELL_PREFIX "global/cells/"
extern const struct rec_kind rec_cell_kind;
void rec_cell_key(const char *cell, char key[REC_KEY]);
int rec_cell_get(struct store *s, const char *cell, struct rec_cell *out, int64_t *version,
		 struct err *e) MUST_CHECK;
/* @expect as in struct store_write. */
int rec_cell_put(struct store *s, const struct rec_cell *r, int64_t expect,
		 struct err *e) MUST_CHECK;
#endif
