/* sql_probe - reads statements that end in a zero byte, prints each parsed and printed again as
 * "ok TEXT" or "error ERRNO MESSAGE" with a zero byte after it, for test_sql_roundtrip.py. The
 * first argument is the sql_mode bits (enum lex_mode). */
#include <stdio.h>
#include <stdlib.h>

#include "sql/ast/ast_print.h"
#include "sql/parse/parse.h"

static void one(const char *sql, const struct lex_opts *opts)
{
	struct arena a;
	struct parse_result r;
	struct err e;
	struct buf b;

	arena_init(&a, 0);
	buf_init(&b);
	if (parse_statement(&a, opts, str_of(sql), NULL, &r, &e)) {
		printf("error %u %s", e.mysql_errno, e.msg);
	} else {
		ast_print(&b, r.root, NULL);
		printf("ok ");
		fwrite(b.p, 1, b.len, stdout);
	}
	putchar(0);
	buf_fini(&b);
	arena_fini(&a);
}

int main(int argc, char **argv)
{
	struct lex_opts opts = {.mode = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0};
	char *line = NULL;
	size_t cap = 0;

	while (getdelim(&line, &cap, 0, stdin) > 0)
		one(line, &opts);
	free(line);
	return 0;
}
