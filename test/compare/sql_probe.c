/* sql_probe - reads statements that end in a zero byte, prints each parsed and printed again as
 * "ok TEXT" or "error ERRNO MESSAGE" with a zero byte after it, for test_sql_roundtrip.py and
 * corpus.py; "error 0 ..." when what was printed does not parse back to an equal tree. Arguments:
 * the sql_mode bits (enum lex_mode), the character set class (enum lex_charset). */
#include <stdio.h>
#include <stdlib.h>

#include "sql/ast/ast_print.h"
#include "sql/parse/parse.h"

static void one(const char *sql, const struct lex_opts *opts)
{
	struct arena a;
	const struct ast_print print = {.charset = opts->charset};
	struct parse_result r, again;
	struct err e;
	struct buf b;

	arena_init(&a, 0);
	buf_init(&b);
	if (parse_statement(&a, opts, str_of(sql), NULL, &r, &e)) {
		printf("error %u %s", e.mysql_errno, e.msg);
	} else {
		ast_print(&b, r.root, &print);
		if (parse_statement(&a, opts, buf_slice(&b), NULL, &again, &e))
			printf("error 0 printed does not parse: %s; ", e.msg);
		else
			printf(ast_equal(r.root, again.root) ? "ok "
							     : "error 0 printed is another tree: ");
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

	if (argc > 2)
		opts.charset = (enum lex_charset)strtoul(argv[2], NULL, 10);
	while (getdelim(&line, &cap, 0, stdin) > 0)
		one(line, &opts);
	free(line);
	return 0;
}
