/* schema_probe - reads statements from standard input, prints the columns of all tables as the
 * catalog has them, one a line: table, column, type, flags, length, decimals; for test_schema.py.
 */
#include <stdio.h>

#include "sql/sema/schema_ddl.h"
#include "src/base/buf.h"

int main(void)
{
	static struct schema_ddl s;
	struct lex_opts opts = {0};
	struct hmap_slot *slot;
	struct err e = {0};
	struct buf b;
	char part[4096];
	size_t n, it = 0;

	buf_init(&b);
	while ((n = fread(part, 1, sizeof(part), stdin)) > 0)
		buf_append(&b, part, n);
	schema_ddl_init(&s);
	if (schema_ddl_read(&s, &opts, buf_slice(&b), &e)) {
		printf("error %u %s\n", e.mysql_errno, e.msg);
	} else {
		while ((slot = hmap_next(&s.tables, &it))) {
			const struct schema_table *t = slot->value;

			for (uint32_t i = 0; i < t->column_count; i++) {
				const struct schema_column *c = &t->columns[i];

				printf("%.*s\t%.*s\t%u\t%u\t%llu\t%u\n", STR_ARG(t->name),
				       STR_ARG(c->name), c->meta.type, c->meta.flags,
				       (unsigned long long)c->length, c->meta.decimals);
			}
		}
	}
	schema_ddl_fini(&s);
	buf_fini(&b);
	return 0;
}
