/* Questions about trees, new nodes. */
#include "sql/ast/ast_build.h"
#include "sql/ast/ast_info.h"
#include "sql/ast/ast_json.h"
#include "sql/ast/ast_print.h"
#include "sql/lex/keyword.h"
#include "sql/parse/parse.h"
#include "test/lib/tap.h"

static struct arena arena;
static const struct lex_opts opts;

static struct ast_node *parse(const char *sql)
{
	struct parse_result r;
	struct err e;

	if (parse_statement(&arena, &opts, str_of(sql), NULL, &r, &e)) {
		printf("# %s: %s\n", sql, e.msg);
		return NULL;
	}
	return r.root;
}

static const char *tables(const char *sql)
{
	static struct buf b;
	struct ast_list l = {0};
	static struct err e;

	buf_reset(&b);
	if (ast_info_tables(&arena, parse(sql), &l, &e))
		return e.msg;
	for (uint32_t i = 0; i < l.n; i++) {
		const struct ast_table *t = AST_AS(table, l.v[i]);

		buf_printf(&b, "%s%.*s%s%.*s", i ? " " : "", STR_ARG(t->db), t->db.p ? "." : "",
			   STR_ARG(t->name));
	}
	return buf_cstr(&b);
}

static void table_lists(void)
{
	CHECK_STR(tables("select * from a, b.c join d on 1 where x in (select 1 from e)"),
		  "a b.c d e");
	CHECK_STR(tables("with a as (select 1 from b) select * from a, c, x.a"), "b c x.a");
	CHECK_STR(tables("with a as (select 1 from a) select 1 from a"), "a");
	CHECK_STR(tables("with recursive a as (select 1 from a) select 1 from a"), "");
	CHECK_STR(tables("with a as (select 1), b as (select * from a) select * from b, c"), "c");
	CHECK_STR(tables("select * from (with a as (select 1) select * from a) x, a"), "a");
	CHECK_STR(tables("insert into a select * from b"), "a b");
	CHECK_STR(tables("update a, b set a.x = (select 1 from c)"), "a b c");
	CHECK_STR(tables("delete x from a as x join b where exists (select 1 from c)"), "a b c");
	CHECK_STR(tables("delete from a where b in (select 1 from c)"), "a c");
	CHECK_STR(tables("select 1 from a for update of a"), "a");
	CHECK_STR(tables("select 1 union select 2 from a"), "a");
	CHECK_STR(tables("explain select 1 from a"), "a");
	CHECK_STR(tables("create view v as select 1 from a"), "v a");
	CHECK_STR(tables("alter table a rename to b"), "a b");
	CHECK_STR(tables("lock tables a read, b write"), "a b");
	CHECK_STR(tables("describe a"), "a");
}

static unsigned has(const char *sql)
{
	struct err e;
	struct ast_node *n = parse_expr(&arena, &opts, str_of(sql), &e);

	return n ? ast_info_has(n) : ~0u;
}

static void features(void)
{
	CHECK_INT(has("sum(a)"), AST_HAS_AGGREGATE | AST_HAS_COLUMN);
	CHECK_INT(has("sum(a) over ()"), AST_HAS_WINDOW | AST_HAS_COLUMN);
	CHECK_INT(has("rank() over ()"), AST_HAS_WINDOW);
	CHECK_INT(has("(select sum(1))"), AST_HAS_SUBQUERY | AST_HAS_LITERAL);
	CHECK_INT(has("@a"), AST_HAS_USER_VAR);
	CHECK_INT(has("@a := ?"),
		  AST_HAS_USER_VAR | AST_HAS_USER_VAR_SET | AST_HAS_PARAM | AST_HAS_LITERAL);
	CHECK_INT(has("@@a"), AST_HAS_SYS_VAR);
	CHECK_INT(has("rand()"), AST_HAS_NONDET_FN);
	CHECK_INT(has("now()"), AST_HAS_NOW_FN);
	CHECK_INT(has("current_timestamp"), AST_HAS_NOW_FN);
	CHECK_INT(has("unix_timestamp()"), AST_HAS_NOW_FN);
	CHECK_INT(has("unix_timestamp(a)"), AST_HAS_COLUMN);
	CHECK_INT(has("last_insert_id()"), AST_HAS_SESSION_FN);
	CHECK_INT(has("get_lock('a', 1)"), AST_HAS_LOCK_FN | AST_HAS_NONDET_FN | AST_HAS_LITERAL);
	CHECK_INT(has("my_fn()"), AST_HAS_UNKNOWN_FN);
	CHECK_INT(has("db.sum(a)"), AST_HAS_UNKNOWN_FN | AST_HAS_COLUMN);
	CHECK_INT(has("lower(a)"), AST_HAS_COLUMN);
	CHECK_INT(ast_info_has(parse("select 1")), AST_HAS_LITERAL);
	CHECK_INT(ast_info_has(parse("select a into @b from t")),
		  AST_HAS_COLUMN | AST_HAS_USER_VAR | AST_HAS_USER_VAR_SET);
}

static void building(void)
{
	struct ast_node *x = ast_build_binary(&arena, AST_OP_EQ,
					      ast_build_column(&arena, STR_LIT("t"), STR_LIT("id")),
					      ast_build_int(&arena, -5));
	struct ast_node *call = ast_build_call(
		&arena, FN_SUM, ast_build_column(&arena, (struct str){0}, STR_LIT("a")), NULL);
	struct buf b;

	buf_init(&b);
	ast_print(&b, ast_build_and(&arena, x, ast_build_and(&arena, NULL, x)), NULL);
	buf_puts(&b, " ");
	ast_print(&b, ast_build_item(&arena, call, STR_LIT("s x")), NULL);
	buf_puts(&b, " ");
	ast_print_operand(&b, x, NULL);
	CHECK_STR(buf_cstr(&b), "t.id = -5 AND t.id = -5 SUM(a) AS `s x` (t.id = -5)");
	CHECK(!ast_build_item(&arena, NULL, STR_LIT("x")));
	buf_reset(&b);
	ast_print_string(&b, STR_LIT("a'b\\c"), true);
	ast_print_string(&b, STR_LIT("a'b\\c"), false);
	CHECK_STR(buf_cstr(&b), "'a''b\\\\c''a''b\\c'");
	buf_fini(&b);
}

static void json(void)
{
	struct json_out o;
	struct buf b;

	buf_init(&b);
	json_out_init(&o, &b, false);
	ast_json(&o, NULL, parse("select a + 1 x"));
	CHECK_STR(
		buf_cstr(&b),
		"{\"kind\":\"select\",\"at\":[0,14],\"items\":[{\"kind\":\"item\",\"at\":[7,14],"
		"\"expr\":{\"kind\":\"binary\",\"op\":\"+\",\"at\":[7,12],\"left\":{\"kind\":"
		"\"column\",\"at\":[7,8],\"name\":\"a\"},\"right\":{\"kind\":\"literal\",\"op\":3,"
		"\"at\":[11,12],\"text\":\"1\"}},\"alias\":\"x\"}]}");
	buf_fini(&b);
}

int main(void)
{
	arena_init(&arena, 0);
	table_lists();
	features();
	building();
	json();
	arena_fini(&arena);
	return TAP_DONE();
}
