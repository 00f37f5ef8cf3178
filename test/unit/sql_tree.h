/* sql_tree - what the unit tests of parser, printer and binder share: one arena, one text at a
 * time.
 */
#ifndef UNIT_SQL_TREE_H
#define UNIT_SQL_TREE_H
#include <stdlib.h>

#include "sql/ast/ast_print.h"
#include "sql/norm/fingerprint.h"
#include "sql/parse/parse.h"
#include "test/lib/tap.h"

static struct arena arena;
static struct lex_opts opts;
static struct parse_result result;
static struct err err;

/* The tree of @sql, with slots when @fp is given. NULL: see err. */
static inline struct ast_node *tree_parse(const char *sql, struct fingerprint *fp)
{
	arena_reset(&arena);
	err_clear(&err);
	if (fp && fingerprint_scan(fp, &opts, str_of(sql), 0, 7, &err))
		return NULL;
	if (parse_statement(&arena, &opts, str_of(sql), fp, &result, &err))
		return NULL;
	return result.root;
}

/* @n as text, until the next call; NULL: the error. */
static inline const char *tree_printed(const struct ast_node *n)
{
	static struct buf b;

	buf_reset(&b);
	if (n)
		ast_print(&b, n, NULL);
	return n ? buf_cstr(&b) : err.msg;
}

/* A check: @sql is printed as what parses to an equal tree and prints the same; so is a clone. */
static inline void tree_round_trip(const char *sql, struct fingerprint *fp)
{
	struct ast_node *n = tree_parse(sql, fp);
	char *first = strdup(tree_printed(n));
	struct parse_result again;
	bool ok = n && parse_statement(&arena, &opts, str_of(first), NULL, &again, &err) == 0 &&
		  ast_equal(n, again.root) && !strcmp(first, tree_printed(again.root));

	if (ok) {
		struct ast_node *clone = ast_clone(&arena, n, true);

		ok = ast_equal(n, clone) && !strcmp(first, tree_printed(clone));
	}
	if (!tap_ok(ok, sql, __FILE__, __LINE__))
		printf("# printed: %s\n# error: %s\n", first, err.msg);
	free(first);
}
#endif
