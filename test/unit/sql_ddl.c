/* Definitions: forms, trees of tables, bodies of stored programs, limits, memory. */
#include <stdlib.h>

#include "sql/ast/ast_print.h"
#include "sql/lex/keyword.h"
#include "sql/norm/fingerprint.h"
#include "sql/parse/form.h"
#include "sql/parse/parse.h"
#include "test/lib/tap.h"
#include "test/unit/sql_ddl_statements.h"
#include "test/unit/sql_tree.h"

static struct ast_node *parse(const char *sql)
{
	return tree_parse(sql, NULL);
}

static void accepted(void)
{
	opts = (struct lex_opts){.mysql = true, .version = 80036};
	for (size_t i = 0; i < sizeof(mysql_ddl) / sizeof(mysql_ddl[0]); i++)
		tree_round_trip(mysql_ddl[i], NULL);
	opts = (struct lex_opts){0};
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		tree_round_trip(bodies[i], NULL);
}

static void refused(void)
{
	for (size_t i = 0; i < sizeof(bad_ddl) / sizeof(bad_ddl[0]); i++) {
		struct ast_node *n = parse(bad_ddl[i]);

		tap_ok(!n && err.mysql_errno == 1064, bad_ddl[i], __FILE__, __LINE__);
	}
	parse("create table t (a int, b itn(5) foo)");
	CHECK_STR(strstr(err.msg, "near"), "near 'foo)' at line 1");
	parse("grant select on t\nto u with foo");
	CHECK_STR(strstr(err.msg, "near"), "near 'foo' at line 2");
}

static void prints(void)
{
	CHECK_STR(tree_printed(
			  parse("create table T (A INT not null default 5 comment 'x' key, b "
				"varchar ( 10 ) charset latin1 collate latin1_bin) engine innodb "
				"comment='y', charset utf8mb4")),
		  "CREATE TABLE T (A INT DEFAULT 5 NOT NULL PRIMARY KEY COMMENT 'x', b VARCHAR(10) "
		  "CHARACTER SET latin1 COLLATE latin1_bin) ENGINE = innodb COMMENT 'y' CHARSET = "
		  "utf8mb4");
	CHECK_STR(tree_printed(parse("alter table t add a int after b, drop key `k`, rename d.u")),
		  "ALTER TABLE t ADD COLUMN a INT AFTER b, DROP KEY k, RENAME TO d.u");
	CHECK_STR(tree_printed(parse("/*!50001 create view v as */ /* x */ select 1")),
		  "create view v as select 1");
}

/* sql_mode=ORACLE. */
static void oracle(void)
{
	opts = (struct lex_opts){.mode = LEX_ORACLE | LEX_PIPES_AS_CONCAT};
	tree_round_trip("select a from t minus select b from u", NULL);
	tree_round_trip("select * from (select 1), (select a as minus_a from t) where a > 0", NULL);
	tree_round_trip("select unique a from t", NULL);
	tree_round_trip("begin not atomic declare i int := 5; begin select i; end; end", NULL);
	tree_round_trip("call db.pkg.p(1)", NULL);
	opts = (struct lex_opts){0};
	CHECK(!parse("select a from t minus select b from u"));
	CHECK(!parse("select unique a from t"));
	tree_round_trip("call db.pkg.p", NULL);
	tree_round_trip("select db.pkg.f(1, 2) + db.f()", NULL);
}

/* Programs in other languages, which MySQL 9 has. */
static void foreign(void)
{
	static const char sql[] = "create function f(a int) returns int language javascript as "
				  "$js$ return a; /* it's; */ -- $$ $js$";

	CHECK(!parse(sql));
	opts = (struct lex_opts){.mysql = true, .version = 90100};
	tree_round_trip(sql, NULL);
	tree_round_trip("create procedure p() language javascript as 'f(\\'x\\')'", NULL);
	tree_round_trip("create procedure p() deterministic begin select 1; end", NULL);
	CHECK(!parse("create procedure p() language javascript as $$ x"));
	CHECK(!parse("select $$x$$"));
	opts = (struct lex_opts){0};
}

static void trees(void)
{
	const struct ast_create_table *t;
	const struct ast_column_def *c;
	const struct ast_key_def *k;
	struct ast_node *n = parse(
		"create table db.t (a decimal(10,2) unsigned not null default -1.5, b int as (a * "
		"2) stored, constraint x foreign key y (a) references u (b, c) on delete set "
		"null) partition by range (a) (partition p values less than (5))");
	struct ast_ddl *d = n ? AST_AS(ddl, n) : NULL;

	CHECK(d && d->object == KW_TABLE && d->tables.n == 2 && d->target_count == 1);
	if (!d)
		return;
	t = AST_AS(create_table, d->def);
	CHECK_INT(t->elements.n, 3);
	c = AST_AS(column_def, t->elements.v[0]);
	CHECK(str_eqz(c->name, "a") && (c->n.flags & AST_COL_NOT_NULL) && c->value);
	CHECK(str_eqz(AST_AS(data_type, c->type)->length, "10") &&
	      str_eqz(AST_AS(data_type, c->type)->decimals, "2") &&
	      (c->type->flags & AST_TYPE_UNSIGNED));
	c = AST_AS(column_def, t->elements.v[1]);
	CHECK(c->generated && c->generated->kind == AST_BINARY && (c->n.flags & AST_COL_STORED));
	k = AST_AS(key_def, t->elements.v[2]);
	CHECK(k->n.op == AST_KEY_FOREIGN && str_eqz(k->constraint, "x") && str_eqz(k->name, "y"));
	CHECK(AST_AS(references, k->references)->on_delete == KW_SET &&
	      AST_AS(references, k->references)->columns.n == 2);
	CHECK(AST_AS(partition_by, t->partition)->n.op == AST_PARTITION_RANGE);
	n = parse("alter table t add foreign key (a) references u (b), rename to v, exchange "
		  "partition p with table w");
	CHECK(!n); /* EXCHANGE stands alone */
	n = parse("alter table t add foreign key (a) references u (b), rename to v");
	CHECK(n && AST_AS(ddl, n)->tables.n == 3 && AST_AS(ddl, n)->target_count == 1);
	n = parse("create view v (x, y) as select 1, 2");
	CHECK(n && AST_AS(ddl, n)->columns.n == 2 && AST_AS(ddl, n)->query);
	n = parse("drop trigger if exists db.t");
	CHECK(n && AST_AS(ddl, n)->tables.n == 0 && str_eqz(AST_AS(ddl, n)->db, "db") &&
	      (n->flags & AST_IF_EXISTS));
	n = parse("set statement a = 1, b = 2 for alter table t add c int");
	CHECK(n && n->kind == AST_SET_STATEMENT && AST_AS(set_statement, n)->items.n == 2 &&
	      AST_AS(set_statement, n)->statement->kind == AST_DDL);
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

static void limits(void)
{
	static const struct {
		const char *before, *what;
		size_t n;
		const char *after;
		enum err_code code;
	} v[] = {
		{"create procedure p() ", "begin ", 50000, "", ERR_TOO_DEEP},
		{"create procedure p() begin ", "if a then ", 50000, "", ERR_TOO_DEEP},
		{"create procedure p() ", "create procedure p() ", 50000, "", ERR_TOO_DEEP},
		{"", "set statement a = 1 for ", 50000, "select 1", ERR_TOO_DEEP},
		{"create table t (a int default ", "(", 50000, "1", ERR_TOO_DEEP},
		{"create table t (a int check ", "(", 50000, "1", ERR_TOO_DEEP},
		{"create table t (a int", ", b int", 20000, ")", ERR_OK},
		{"create table t (a enum('x'", ", 'y'", 20000, "))", ERR_OK},
		{"drop table t", ", u", 20000, "", ERR_OK},
		{"grant select on t to u", ", v identified by 'x'", 5000, "", ERR_OK},
		{"create procedure p() begin ", "select 1; ", 20000, "end", ERR_OK},
		{"alter table t force", ", force", 20000, "", ERR_OK},
		{"create user a", ", b", 20000, " foo", ERR_SYNTAX},
	};

	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		char *z = repeated(v[i].before, v[i].what, v[i].n, v[i].after);
		bool ok = parse(z) != NULL;

		if (!tap_ok(ok == (v[i].code == ERR_OK) && err.code == v[i].code, v[i].what,
			    __FILE__, __LINE__))
			printf("# %d %s\n", err.code, err.msg);
		free(z);
	}
}

static void out_of_memory(void)
{
	static const char *const sql[] = {
		"create table t (a int default 1, key (a), foreign key (a) references u (b)) "
		"engine=x "
		"partition by hash (a) select a from v",
		"alter table t add a int, drop b, rename to u",
		"create procedure p() begin declare a int; if a then select 1; end if; end",
		"create view v (a) as select 1",
		"/*! grant select on t to u */",
	};

	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		bool done = false;

		for (size_t limit = 0; limit < 400000 && !done; limit += 512) {
			struct arena small;

			arena_init(&small, limit);
			err_clear(&err);
			done = parse_statement(&small, &opts, str_of(sql[i]), NULL, &result,
					       &err) == 0;
			if (!done && err.code != ERR_NOMEM)
				CHECK_INT(err.code, ERR_NOMEM);
			arena_fini(&small);
		}
		CHECK(done);
	}
}

int main(void)
{
	const char *unknown = form_unknown_name();

	arena_init(&arena, 0);
	CHECK_STR(unknown ? unknown : "", "");
	accepted();
	foreign();
	oracle();
	refused();
	prints();
	trees();
	limits();
	out_of_memory();
	arena_fini(&arena);
	return TAP_DONE();
}
