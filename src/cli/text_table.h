/* text_table - columns for people: as wide as their widest cell, two spaces apart. */
#ifndef CLI_TEXT_TABLE_H
#define CLI_TEXT_TABLE_H
#include <stddef.h>

#include "src/base/buf.h"
#include "src/base/json.h"

enum { TEXT_TABLE_COLUMNS = 12 };

struct text_table {
	size_t columns;
	struct {
		char **v; /* owned cells, row by row */
		size_t len, cap;
	} cells;
	bool failed;
};

void text_table_init(struct text_table *t, size_t columns);
void text_table_fini(struct text_table *t);
/* The next cell; NULL is empty. What is not printable becomes '?'. */
void text_table_add(struct text_table *t, const char *text);
void text_table_addf(struct text_table *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
void text_table_print(const struct text_table *t, struct buf *out);

struct text_table_column {
	const char *heading, *field;
};
/* A row per object of @array, a cell per field. */
void text_table_json(JSON *array, const struct text_table_column *columns, size_t count,
		     struct buf *out);
#endif
