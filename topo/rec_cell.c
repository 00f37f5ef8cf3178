#include "topo/rec_cell.h"

#include <stdio.h>

static const struct json_field fields[] = {
	JSON_FIELD_CHARS(struct rec_cell, name, "name"),
	JSON_FIELD_CHARS(struct rec_cell, comment, "comment"),
};

static int check_cell(const void *rec, struct err *e)
{
	return rec_check_name("cell", ((const struct rec_cell *)rec)->name, e);
}

const struct rec_kind rec_cell_kind = {
	.what = "cell",
	.size = sizeof(struct rec_cell),
	.fields = fields,
	.count = sizeof(fields) / sizeof(fields[0]),
	.check = check_cell,
};

void rec_cell_key(const char *cell, char key[REC_KEY])
{
	snprintf(key, REC_KEY, REC_CELL_PREFIX "%s", cell);
}

int rec_cell_get(struct store *s, const char *cell, struct rec_cell *out, int64_t *version,
		 struct err *e)
{
	char key[REC_KEY];

	rec_cell_key(cell, key);
	return rec_get(s, &rec_cell_kind, key, out, version, e);
}

int rec_cell_put(struct store *s, const struct rec_cell *r, int64_t expect, struct err *e)
{
	char key[REC_KEY];
	struct store_write w = {.key = key, .expect = expect};

	rec_cell_key(r->name, key);
	return rec_put(s, &rec_cell_kind, r, &w, e);
}
