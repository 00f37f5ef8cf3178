/* Parser and printer: round trips, trees, errors, limits, slots. */
#include <stdlib.h>

#include "sql/ast/ast_print.h"
#include "sql/lex/keyword.h"
#include "sql/norm/fingerprint.h"
#include "sql/parse/parse.h"
#include "test/lib/tap.h"
#include "test/unit/sql_statements.h"
#include "test/unit/sql_tree.h"

static struct fingerprint fp;

static struct ast_node *parse(const char *sql)
{
	return tree_parse(sql, &fp);
}

static void round_trips(void)
{
	for (size_t i = 0; i < sizeof(mariadb_statements) / sizeof(mariadb_statements[0]); i++)
		tree_round_trip(mariadb_statements[i], &fp);
	for (size_t i = 0; i < sizeof(other_statements) / sizeof(other_statements[0]); i++)
		tree_round_trip(other_statements[i], &fp);
}

static const char *printed(const char *sql)
{
	return tree_printed(parse(sql));
}

static void prints(void)
{
	/* White space before the parenthesis: a stored function, but for IGNORE_SPACE. */
	CHECK_STR(printed("select max (a), max(b), avg (c) from t"),
		  "SELECT `max`(a), max(b), avg(c) FROM t");
	CHECK_STR(printed("select A+1*2 x from T"), "SELECT A + 1 * 2 AS x FROM T");
	CHECK_STR(printed("select (a+1)*2"), "SELECT (a + 1) * 2");
	CHECK_STR(printed("select a and (b or c)"), "SELECT a AND (b OR c)");
	CHECK_STR(printed("select a - -5, -(a)"), "SELECT a - -5, - a");
	CHECK_STR(printed("select `select`, `a b`"), "SELECT `select`, `a b`");
	CHECK_STR(printed("select 1 union (select 2 limit 1)"),
		  "SELECT 1 UNION (SELECT 2 LIMIT 1)");
	CHECK_STR(printed("insert t value(1),(2)"), "INSERT INTO t VALUES (1), (2)");
	CHECK_STR(printed("select a from t limit 1,2"), "SELECT a FROM t LIMIT 2 OFFSET 1");
	CHECK_STR(printed("select not a = b"), "SELECT NOT a = b");
	opts.mode = LEX_HIGH_NOT_PRECEDENCE;
	CHECK_STR(printed("select not a = b, c not in (1)"), "SELECT !a = b, c NOT IN (1)");
	opts.mode = LEX_PIPES_AS_CONCAT;
	CHECK_STR(printed("select a || b + c"), "SELECT a || b + c");
	opts.mode = LEX_ANSI_QUOTES;
	CHECK_STR(printed("select \"a b\" from \"t\""), "SELECT `a b` FROM t");
	opts.mode = 0;
	CHECK_STR(printed("select a || b"), "SELECT a OR b");
}

static void syntax_errors(void)
{
	static const char *const bad[] = {
		"selec 1",
		"select",
		"select from t",
		"select 1 1",
		"select count (*) from t",
		"select max (distinct a) from t",
		"select cast (a as char) from t",
		"select rank () over () from t",
		"select foo(*) from t",
		"select foo(distinct a) from t",
		"select foo(a) over () from t",
		"select date_add (a, interval 1 day)",
		"set names = 'utf8'",
		"select a, * from t",
		"select 1 as 'a' 'b'",
		"select (1",
		"select 1)",
		"select a from",
		"select a b c",
		"select * from t where",
		"select a from t limit -1",
		"select a from t limit a + 1",
		"insert t",
		"insert into t values",
		"insert into t values (1",
		"update t",
		"update t set a",
		"delete t",
		"select 'a",
		"select 1 /* x",
		"select a.b.c.d",
		"select * * from t",
		"commit and",
		"set",
		"set a",
		"set @@foo.bar.baz = 1",
		"show",
		"use",
		"use a b",
		"use `a` b",
		"create",
		"create table",
		"create table t (",
		"create table t (a int))",
		"drop table",
		"drop index i",
		"rename table t",
		"select 1 union",
		"select 1 order by 1 union select 2",
		"with x as select 1 select 2",
		"select a in ()",
		"select case end",
		"select count(* ) from t where )",
		"kill",
		"select a into @x from t into @y",
		"explain",
		"select a from t join",
		"lock tables t",
		"select \x01",
		"values",
		"call",
		"insert into t (a, b values (1)",
		"select `a",
		"flush",
		"analyze table",
		"show columns",
		"show create table",
		"select interval 1 day",
		"select @@a.b.c",
		"select {d '2020-01-01'",
		"prepare s",
		"load data",
		"truncate",
		"create view v as selec 1",
		"create table t as select",
		"show tables where",
		"show tables from",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct ast_node *n;
		struct err e1 = {0};

		n = parse(bad[i]);
		e1 = err;
		/* The fingerprint alone stops some of them; the parser must too. */
		if (!n)
			n = parse_statement(&arena, &opts, str_of(bad[i]), NULL, &result, &err)
				    ? NULL
				    : result.root;
		if (!tap_ok(!n && e1.code == ERR_SYNTAX && e1.mysql_errno == 1064, bad[i], __FILE__,
			    __LINE__))
			printf("# %s\n", e1.msg);
	}
	parse("select a\nfrom t\nwhere and b");
	CHECK_STR(err.msg,
		  "You have an error in your SQL syntax; check the manual that corresponds to your "
		  "MariaDB server version for the right syntax to use near 'and b' at line 3");
	CHECK(!parse("") && err.mysql_errno == 1065);
	CHECK(!parse("  -- x") && err.mysql_errno == 1065);
	CHECK(parse_statement(&arena, &opts, STR_LIT("select 1; select 2"), NULL, &result, &err) ==
	      -1);
	CHECK(parse_statement(&arena, &opts, STR_LIT("select 1; "), NULL, &result, &err) == 0);
	CHECK(!parse("select * from (select 1)") && err.mysql_errno == 1248);
}

static char *repeated(const char *before, const char *what, size_t n, const char *after)
{
	size_t b = strlen(before), w = strlen(what), a = strlen(after);
	char *z = malloc(b + w * n + a + 1);

	memcpy(z, before, b);
	for (size_t i = 0; i < n; i++)
		memcpy(z + b + i * w, what, w);
	memcpy(z + b + w * n, after, a + 1);
	return z;
}

static void out_of_memory(void)
{
	static const char sql[] =
		"select a, b + 1 from t join u on t.a = u.a where c in (1,2) order by d";

	CHECK(fingerprint_scan(&fp, &opts, STR_LIT(sql), 0, 7, &err) == 0);
	for (size_t limit = 1000; limit < 60000; limit += 400) {
		struct arena small;

		arena_init(&small, limit);
		if (parse_statement(&small, &opts, STR_LIT(sql), &fp, &result, &err) &&
		    err.code != ERR_NOMEM)
			CHECK_INT(err.code, ERR_NOMEM);
		arena_fini(&small);
	}
}

static void limits(void)
{
	static const struct {
		const char *before, *what;
		size_t n;
		const char *after;
		enum err_code code;
	} v[] = {
		{"select ", "(", 100000, "1", ERR_TOO_DEEP},
		{"select ", "((select ", 20000, "1", ERR_TOO_DEEP},
		{"select 1", "+1", 100000, "", ERR_TOO_DEEP},
		{"select ", "- ", 100000, "a", ERR_TOO_DEEP},
		{"select ", "not ", 100000, "a", ERR_TOO_DEEP},
		{"select ", "f(", 100000, "a", ERR_TOO_DEEP},
		{"select * from ", "(", 100000, "a", ERR_TOO_DEEP},
		{"select ", "interval(", 100000, "a", ERR_TOO_DEEP},
		{"select 1", "+1", 1900, "", ERR_OK},
		{"select ", "(", 500, "1", ERR_SYNTAX},
		{"select a = 1", " or a = 2", 20000, "", ERR_OK},
		{"select 1", " union all select 2", 20000, "", ERR_OK},
		{"select 1", ", 2", 50000, "", ERR_OK},
		{"insert into t values (1)", ", (2)", 50000, "", ERR_OK},
		{"select * from t", " join u on a = b", 1500, "", ERR_OK},
	};

	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		char *z = repeated(v[i].before, v[i].what, v[i].n, v[i].after);
		bool ok = parse(z) != NULL;

		if (ok && v[i].code == ERR_OK) {
			struct buf b;

			buf_init(&b);
			ast_print(&b, result.root, NULL);
			CHECK(b.len > 100);
			buf_fini(&b);
		}
		CHECK_INT(err.code, v[i].code);
		free(z);
	}
	out_of_memory();
}

static void trees(void)
{
	const struct ast_select *s;
	const struct ast_item *item;
	const char *sql =
		"select a + 1 , (b) x, t.c from db.t as y where a in (5, 6) and b = 'q' limit 3";
	struct ast_node *n = parse(sql);

	CHECK(n && n->kind == AST_SELECT);
	s = AST_AS(select, n);
	CHECK_INT(s->items.n, 3);
	item = AST_AS(item, s->items.v[0]);
	CHECK(str_eqz(ast_print_item_name(item, str_of(sql)), "a + 1"));
	CHECK(str_eqz(ast_print_item_name(AST_AS(item, s->items.v[1]), str_of(sql)), "x"));
	CHECK(str_eqz(ast_print_item_name(AST_AS(item, s->items.v[2]), str_of(sql)), "c"));
	CHECK_INT(AST_AS(literal, AST_AS(binary, item->expr)->right)->lit, 0);
	CHECK(s->where->kind == AST_LOGIC && AST_AS(logic, s->where)->args.n == 2);
	CHECK_INT(AST_AS(literal, AST_AS(in, AST_AS(logic, s->where)->args.v[0])->list.v[1])->lit,
		  2);
	CHECK_INT(AST_AS(literal, AST_AS(limit, s->limit)->count)->lit, 4);
	{
		const struct ast_table *t = AST_AS(table, s->from.v[0]);

		CHECK(str_eqz(t->db, "db") && str_eqz(t->name, "t") && str_eqz(t->alias, "y"));
		CHECK(!strncmp(sql + t->name_start, "db.t", t->name_end - t->name_start));
	}
	CHECK_INT(result.fixed_count, 0);
	n = parse("create table t (a int references u (x)) select * from v where a = 1");
	CHECK(n && n->kind == AST_DDL && AST_AS(ddl, n)->tables.n == 2 && AST_AS(ddl, n)->query);
	CHECK(n && AST_AS(ddl, n)->object == KW_TABLE && AST_AS(ddl, n)->target_count == 1);
	n = parse("rename table a.b to c, d to e");
	CHECK(n && AST_AS(ddl, n)->tables.n == 4);
	n = parse("drop view if exists v, w");
	CHECK(n && AST_AS(ddl, n)->tables.n == 2 && (n->flags & AST_IF_EXISTS));
	n = parse("create or replace view v as select 1 with check option");
	CHECK(n && AST_AS(ddl, n)->query && (n->flags & AST_OR_REPLACE));
	n = parse("select /*vt+ QUERY_TIMEOUT_MS=100 EXEC_ERRORS_AS_WARNINGS */ 1");
	CHECK(n && result.directive_count == 2 &&
	      str_eqz(result.directives[0].name, "QUERY_TIMEOUT_MS") &&
	      str_eqz(result.directives[0].value, "100") && result.directives[1].value.n == 0);
	n = parse("select /*+ MAX_EXECUTION_TIME(5) */ 1");
	CHECK(n && str_eqz(AST_AS(select, n)->hint, "MAX_EXECUTION_TIME(5)"));
	n = parse("use ks:-80@replica");
	CHECK(n && str_eqz(AST_AS(use, n)->target, "ks:-80@replica"));
	n = parse("show full columns from t from db like 'x'");
	CHECK(n && n->op == AST_SHOW_COLUMNS && str_eqz(AST_AS(show, n)->db, "db") &&
	      AST_AS(show, n)->like);
}

/* Slots that no literal node stands for. */
static void fixed_slots(void)
{
	CHECK(parse("select a 'x', cast(b as char(10)), 5 from t") && result.fixed_count == 2);
	CHECK(result.fixed_count == 2 && result.fixed[0] == 0 && result.fixed[1] == 1);
	CHECK(parse("select a from t where b in (1,2) and c in ((1,2),(3,4)) limit 5") &&
	      result.fixed_count == 0);
	CHECK(parse("select position('a' in ('b')) from t") && result.fixed_count == 1 &&
	      result.fixed[0] == 1);
	CHECK(parse("insert into t values (1,2),(3,4),(now(),5) on duplicate key update a = 6") &&
	      result.fixed_count == 0);
	CHECK(parse("insert into t values (1,null),(true,'x')") && result.fixed_count == 0);
	CHECK(parse("insert into value (a) values (1)") && result.fixed_count == 1);
	CHECK(parse("create table t (a varchar(10))") && result.fixed_count == 1);
	CHECK(parse("set names 'utf8'") && result.fixed_count == 1);
	CHECK(parse("insert into t values (null, 1)") &&
	      AST_AS(literal, AST_AS(row, AST_AS(insert, result.root)->rows.v[0])->items.v[0])
			      ->lit == 0);
}

static bool slot_literal(void *arg, struct buf *out, const struct ast_literal *n)
{
	(void)arg;
	if (n->lit == AST_NO_LIT)
		return false;
	buf_printf(out, "<%u>", fingerprint_place(&fp, n->lit).slot);
	return true;
}

static bool slot_list(void *arg, struct buf *out, const struct ast_node *parent,
		      const struct ast_list *l)
{
	(void)arg;
	(void)l;
	buf_puts(out, parent->kind == AST_IN ? "<in>" : "<rows>");
	return true;
}

static bool renamed_table(void *arg, struct buf *out, const struct ast_table *n)
{
	(void)arg;
	buf_puts(out, "shard.");
	ast_print_name(out, n->name, LEX_CS_SAFE);
	return true;
}

static void templates(void)
{
	const struct ast_print p = {
		.literal = slot_literal,
		.list = slot_list,
		.table = renamed_table,
		.name_from = STR_LIT(
			"select a+1, max( b ), c from ks.t where d in (1,2) and e = 'x' limit 3"),
	};
	struct buf b;

	buf_init(&b);
	CHECK(parse(p.name_from.p) != NULL);
	ast_print(&b, result.root, &p);
	CHECK_STR(buf_cstr(&b),
		  "SELECT a + <0> AS `a+1`, max(b) AS `max( b )`, c FROM shard.t WHERE d IN (<in>) "
		  "AND e = <2> LIMIT <3>");
	buf_reset(&b);
	CHECK(parse("insert into t values (1),(2) on duplicate key update a = 3") != NULL);
	ast_print(&b, result.root, &p);
	CHECK_STR(buf_cstr(&b),
		  "INSERT INTO shard.t VALUES <rows> ON DUPLICATE KEY UPDATE a = <1>");
	buf_fini(&b);
}

static void parts(void)
{
	struct ast_node *n = parse_expr(&arena, &opts, STR_LIT("a = 1 and b"), &err);

	CHECK(n && n->kind == AST_LOGIC);
	CHECK(!parse_expr(&arena, &opts, STR_LIT("a = 1 b"), &err) && err.code == ERR_SYNTAX);
	n = parse_query(&arena, &opts, STR_LIT("(select 1) union select 2"), &err);
	CHECK(n && n->kind == AST_SETOP);
	CHECK(!parse_query(&arena, &opts, STR_LIT("insert into t values (1)"), &err));
}

/* Joins without a condition group to the left, as servers do, unless parentheses say otherwise. */
static void join_order(void)
{
	static const char *const same[][2] = {
		{"select 1 from a join b join c on x", "select 1 from (a join b) join c on x"},
		{"select 1 from a join b right join c on x",
		 "select 1 from (a join b) right join c on x"},
		{"select 1 from a join b natural join c",
		 "select 1 from (a join b) natural join c"},
		{"select 1 from a join b join c on x join d on y",
		 "select 1 from ((a join b) join c on x) join d on y"},
		{"select 1 from a join b join c join d using (e)",
		 "select 1 from ((a join b) join c) join d using (e)"},
		{"select 1 from z join (a join b) join c join d on x",
		 "select 1 from ((z join (a join b)) join c) join d on x"},
		{"select 1 from (a join b) join c join d on x",
		 "select 1 from ((a join b) join c) join d on x"},
		{"select 1 from a join b join c on x on y",
		 "select 1 from a join (b join c on x) on y"},
	};
	struct parse_result other;
	struct ast_node *n;

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		n = parse(same[i][0]);
		CHECK(n && !parse_statement(&arena, &opts, str_of(same[i][1]), NULL, &other, &err));
		CHECK(ast_equal(n, other.root));
		tree_round_trip(same[i][0], &fp);
	}
	n = parse("select 1 from a join (b join c on x)");
	CHECK(n && !parse_statement(&arena, &opts, str_of(same[0][0]), NULL, &other, &err));
	CHECK(!ast_equal(n, other.root));
	tree_round_trip("select 1 from a join (b join c on x)", &fp);
}

int main(void)
{
	arena_init(&arena, 0);
	fingerprint_init(&fp);
	round_trips();
	prints();
	syntax_errors();
	limits();
	trees();
	fixed_slots();
	templates();
	parts();
	join_order();
	fingerprint_fini(&fp);
	arena_fini(&arena);
	return TAP_DONE();
}
