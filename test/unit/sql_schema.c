/* The catalog made of statements; types are compared with a server's by
 * test/compare/test_schema.py. */
#include "sql/sema/schema_ddl.h"
#include "test/lib/tap.h"

static struct schema_ddl schema;
static struct err err;

static uint16_t number_of(struct str charset, struct str collation)
{
	if (collation.p)
		return str_ieqz(collation, "utf8mb4_bin") ? 46 : 0;
	return charset.p && str_ieqz(charset, "latin1") ? 8 : 45;
}

static int read_text(const char *sql)
{
	struct lex_opts opts = {0};

	schema_ddl_fini(&schema);
	schema_ddl_init(&schema);
	schema.collation = number_of;
	err_clear(&err);
	return schema_ddl_read(&schema, &opts, str_of(sql), &err);
}

static const struct schema_table *table(const char *db, const char *name)
{
	return schema_ddl_find(&schema, str_of(db), str_of(name));
}

/* "a b c": the columns' names. */
static const char *names(const struct schema_table *t)
{
	static char out[200];
	size_t n = 0;

	out[0] = 0;
	for (uint32_t i = 0; t && i < t->column_count; i++)
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%.*s", i ? " " : "",
				      STR_ARG(t->columns[i].name));
	return out;
}

static void a_dump(void)
{
	const struct schema_table *t;
	const struct schema_column *c;

	CHECK_INT(
		read_text(
			"-- a dump\n/*!40101 SET NAMES utf8 */;\nCREATE DATABASE d;\nUSE d;\n"
			"DROP TABLE IF EXISTS `t`;\n"
			"CREATE TABLE `t` (`id` int unsigned NOT NULL AUTO_INCREMENT, `n` "
			"varchar(20) "
			"DEFAULT 'a;b', `x` varchar(5) COLLATE utf8mb4_bin, PRIMARY KEY (`id`), "
			"KEY `k` "
			"(`n`)) ENGINE=InnoDB DEFAULT CHARSET=latin1;\n"
			"INSERT INTO t VALUES (1,'CREATE TABLE no (a int)', 2);\n"
			"DELIMITER ;;\nCREATE PROCEDURE p() BEGIN SELECT 1; END ;;\nDELIMITER ;\n"
			"CREATE VIEW v (p, q) AS SELECT 1, 2;\nALTER TABLE t ADD y date AFTER id;"),
		0);
	CHECK_STR(err.msg, "");
	t = table("d", "T");
	CHECK_STR(names(t), "id y n x");
	if (!t)
		return;
	CHECK(table("", "t") == t && !table("e", "t") && !table("d", "no"));
	c = schema_ddl_column(t, STR_LIT("ID"));
	CHECK(c && c->meta.type == TYPE_LONG && c->length == 10);
	CHECK(c && c->meta.flags == (TYPE_FLAG_NOT_NULL | TYPE_FLAG_PRI_KEY | TYPE_FLAG_UNSIGNED |
				     TYPE_FLAG_AUTO_INCREMENT));
	c = schema_ddl_column(t, STR_LIT("n"));
	CHECK(c && c->meta.type == TYPE_VAR_STRING && c->length == 20 && c->meta.charset == 8 &&
	      str_eqz(c->charset, "latin1") && (c->meta.flags & TYPE_FLAG_MULTIPLE_KEY));
	c = schema_ddl_column(t, STR_LIT("x"));
	CHECK(c && c->meta.charset == 46 && (c->meta.flags & TYPE_FLAG_BINARY));
	CHECK(!schema_ddl_column(t, STR_LIT("z")));
	CHECK_INT(t->key_count, 2);
	t = table("d", "v");
	CHECK(t && t->query && t->names->n == 2 && t->column_count == 0);
}

static void changes(void)
{
	CHECK_INT(
		read_text("create table t (a int, b int, c int); alter table t drop b, change c d "
			  "char(3) first, add (e int, f int), rename column a to z;"),
		0);
	CHECK_STR(names(table("", "t")), "d z e f");
	CHECK_INT(
		read_text(
			"create table t (a int); create table u like t; rename table u to v; alter "
			"table v rename w; drop table t; create or replace table w (q int)"),
		0);
	CHECK(!table("", "t") && !table("", "u") && !table("", "v"));
	CHECK_STR(names(table("", "w")), "q");
	CHECK_INT(read_text("create table if not exists t (a int); create table if not exists t (b "
			    "int); create table s select 1 as x"),
		  0);
	CHECK_STR(names(table("", "t")), "a");
	CHECK_STR(names(table("", "s")), "x");
	CHECK_INT(read_text("create table t (a int, b int as (a) stored, c int invisible)"), 0);
	CHECK(table("", "t")->columns[1].generated && table("", "t")->columns[1].stored &&
	      table("", "t")->columns[2].invisible);
}

static void errors(void)
{
	static const struct {
		const char *sql;
		unsigned number;
	} v[] = {
		{"create table t (a int", 1064},
		{"create table t (a int); create table t (a int)", 1050},
		{"create table t (a int, a int)", 1060},
		{"drop table t", 1146},
		{"alter table t add a int", 1146},
		{"create table t (a int); alter table t drop b", 1054},
		{"create table t (a int); alter table t add b int after x", 1054},
		{"create table t like u", 1146},
		{"rename table a to b", 1146},
	};

	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		CHECK_INT(read_text(v[i].sql), -1);
		CHECK_INT(err.mysql_errno, v[i].number);
	}
	CHECK_INT(
		read_text(
			"insert into t values (1); drop table if exists t; alter table if exists t "
			"force; select"),
		0);
}

/* Without forgetting what was read before. */
static int read_more(const char *sql)
{
	struct lex_opts opts = {0};

	err_clear(&err);
	return schema_ddl_read(&schema, &opts, str_of(sql), &err);
}

static void as_servers_do(void)
{
	CHECK_INT(read_text("create database q; use q; create table s select 1 as x"), 0);
	/* What the query brings comes behind what the definition has alone. */
	CHECK_INT(read_more("create table s2 (x bigint, y int) select x, 'a' as z, @v as n from s; "
			    "create table s3 select * from nope"),
		  0);
	CHECK_STR(names(table("", "s2")), "y x z n");
	CHECK_INT(table("", "s2")->columns[1].meta.type, TYPE_LONGLONG);
	CHECK_INT((long)table("", "s2")->columns[2].length, 1);
	CHECK(!table("", "s2")->open && table("", "s3")->open);
	CHECK_INT(read_more("create table s4 (primary key (x)) select 1 as x; alter table s2 add "
			    "unique (z), change z zz int"),
		  0);
	CHECK(table("", "s4")->columns[0].meta.flags & TYPE_FLAG_PRI_KEY);
	/* Actions of one ALTER TABLE name columns as they were before it. */
	CHECK_INT(read_more("create table sw (a int, b int, c int); alter table sw change a b int, "
			    "change b a int, rename column c to d, add c int after d"),
		  0);
	CHECK_STR(names(table("", "sw")), "b a d c");
	CHECK_INT(read_more("alter table sw add e int, change a b int"), -1);
	CHECK_STR(names(table("", "sw")), "b a d c");
	/* A temporary table hides another one until it is dropped. */
	CHECK_INT(read_more("create temporary table sw (z int)"), 0);
	CHECK_STR(names(table("", "sw")), "z");
	CHECK_INT(read_more("drop table sw"), 0);
	CHECK_STR(names(table("", "sw")), "b a d c");
	CHECK_INT(read_more("create database other; create table other.o (a int); drop database "
			    "other"),
		  0);
	CHECK(!table("other", "o"));
}

int main(void)
{
	schema_ddl_init(&schema);
	a_dump();
	changes();
	errors();
	as_servers_do();
	schema_ddl_fini(&schema);
	return TAP_DONE();
}
