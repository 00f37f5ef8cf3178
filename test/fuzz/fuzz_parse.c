/* Any bytes that parse: the printed tree parses to an equal tree and prints the same; slots are
 * sound. */
#include "sql/ast/ast_info.h"
#include "sql/ast/ast_print.h"
#include "sql/norm/fingerprint.h"
#include "sql/parse/parse.h"
#include "test/fuzz/fuzz.h"
#include "test/fuzz/fuzz_sql.h"

static void round_trip(struct arena *a, const struct lex_opts *o, struct ast_node *root)
{
	static struct fingerprint fp;
	const struct ast_print p = {.charset = o->charset};
	struct parse_result again;
	struct err e = {0};
	struct buf b, c;

	buf_init(&b);
	buf_init(&c);
	ast_print(&b, root, &p);
	if (fingerprint_scan(&fp, o, buf_slice(&b), 0, 1, &e) ||
	    parse_statement(a, o, buf_slice(&b), &fp, &again, &e)) {
		fprintf(stderr, "printed: %s\n%s\n", buf_cstr(&b), e.msg);
		/* Parentheses that make precedence visible may go over the depth limit. */
		FUZZ_CHECK(e.code == ERR_NOMEM || e.code == ERR_TOO_DEEP);
	} else {
		ast_print(&c, again.root, &p);
		if (!ast_equal(root, again.root))
			fprintf(stderr, "printed: %s\nthen:    %s\n", buf_cstr(&b), buf_cstr(&c));
		FUZZ_CHECK(ast_equal(root, again.root));
		FUZZ_CHECK(str_eq(buf_slice(&b), buf_slice(&c)));
	}
	buf_fini(&b);
	buf_fini(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fingerprint fp;
	struct lex_opts o;
	struct parse_result r;
	struct ast_list tables = {0};
	struct arena a;
	struct str text;

	if (size == 0)
		return 0;
	o = fuzz_sql_opts(data[0], size);
	text = str_make(data + 1, size - 1);
	arena_init(&a, 64 << 20);
	if (fingerprint_scan(&fp, &o, text, 0, 1, NULL) == 0 &&
	    parse_statement(&a, &o, text, &fp, &r, NULL) == 0) {
		FUZZ_CHECK(ast_equal(r.root, ast_clone(&a, r.root, true)));
		for (uint32_t i = 0; i < r.fixed_count; i++)
			FUZZ_CHECK(r.fixed[i] < fp.slots);
		FUZZ_CHECK(ast_info_tables(&a, r.root, &tables, NULL) == 0);
		ast_info_has(r.root);
		round_trip(&a, &o, r.root);
	}
	arena_fini(&a);
	return 0;
}
