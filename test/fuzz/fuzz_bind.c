/* Any statement that parses, bound over a fixed schema: what is found is in range, and binding the
 * tree once more finds the same. The first byte chooses dialect, case of names, types, sql_mode. */
#include "sql/eval/eval.h"
#include "sql/parse/parse.h"
#include "sql/sema/bind.h"
#include "sql/sema/schema_ddl.h"
#include "test/fuzz/fuzz.h"

static const char SCHEMA[] =
	"CREATE DATABASE d; USE d;"
	"CREATE TABLE t (a INT, b INT, c VARCHAR(10));"
	"CREATE TABLE u (b INT PRIMARY KEY, d BIGINT UNSIGNED NOT NULL, e TEXT, f DECIMAL(10,2));"
	"CREATE TABLE w (a DATE, x ENUM('a','b'), y DOUBLE, z BIT(5), hidden INT INVISIBLE);"
	"CREATE VIEW v AS SELECT a, b + 1 AS s, c FROM t;"
	"CREATE VIEW n (m, k) AS SELECT s, c FROM v;"
	"CREATE VIEW g AS SELECT a, COUNT(*), 'x ', 1, 1 FROM t GROUP BY a;"
	"CREATE VIEW j AS SELECT t.a, u.d FROM t LEFT JOIN u USING (b);"
	"CREATE VIEW c1 AS SELECT * FROM t; CREATE OR REPLACE VIEW c2 AS SELECT * FROM c1;"
	"CREATE OR REPLACE VIEW c1 AS SELECT * FROM c2";

static struct schema_ddl schema;

static void open_schema(void)
{
	const struct lex_opts o = {0};
	static bool done;
	struct err e;

	if (done)
		return;
	done = true;
	schema_ddl_init(&schema);
	FUZZ_CHECK(schema_ddl_read(&schema, &o, STR_LIT(SCHEMA), &e) == 0);
}

/* A definition, read behind the others. */
static void define(struct str text, const struct lex_opts *o)
{
	struct schema_ddl s;
	struct err e = {0};

	schema_ddl_init(&s);
	s.arena.limit = 64 << 20;
	FUZZ_CHECK(schema_ddl_read(&s, &(struct lex_opts){0}, STR_LIT(SCHEMA), &e) == 0);
	FUZZ_CHECK(schema_ddl_read(&s, o, text, &e) == 0 || (e.msg[0] && e.mysql_errno));
	schema_ddl_fini(&s);
}

static int look(struct ast_node *n, void *arg)
{
	const struct bind *b = arg;
	const struct bind_ref *r = n->kind == AST_COLUMN ? bind_ref_of(b, AST_AS(column, n)) : NULL;

	if (r && r->table)
		FUZZ_CHECK(r->column < r->table->column_count);
	else if (r)
		FUZZ_CHECK(r->column < r->query->output_count);
	return AST_GO_ON;
}

static void check(const struct bind *b, const struct bind_query *q, struct ast_node *root)
{
	ast_walk(root, look, (void *)(uintptr_t)b);
	for (uint32_t i = 0; i < q->output_count; i++) {
		const struct bind_output *o = &q->outputs[i];

		FUZZ_CHECK(!o->table || o->column < o->table->column_count);
		FUZZ_CHECK(!o->typed || (o->type.collation && expr_type_name(&o->type)));
		FUZZ_CHECK(!o->typed || b->session);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct expr_session session;
	struct lex_opts o = {0};
	struct parse_result r;
	struct catalog c;
	struct arena a;
	struct eval v;

	if (size == 0)
		return 0;
	open_schema();
	catalog_of_ddl(&c, &schema);
	c.names = data[0] & 3 ? (enum catalog_case)((data[0] & 3) - 1) : CATALOG_AS_WRITTEN;
	o.mysql = data[0] & 4;
	o.mode = data[0] >> 4;
	expr_session_init(&session);
	arena_init(&a, 64 << 20);
	eval_init(&v, &a, &session);
	if (parse_statement(&a, &o, str_make(data + 1, size - 1), NULL, &r, NULL) == 0) {
		uint32_t outputs = 0;

		if (r.root->kind == AST_DDL)
			define(str_make(data + 1, size - 1), &o);
		for (int round = 0; round < 2; round++) {
			struct bind b = {.arena = &a,
					 .catalog = &c,
					 .opts = &o,
					 .text = str_make(data + 1, size - 1),
					 .session = data[0] & 8 ? NULL : &session,
					 .compute = eval_compute,
					 .compute_arg = &v};
			struct err e = {0};
			const struct bind_query *q = bind_statement(&b, r.root, &e);

			FUZZ_CHECK(q || (e.msg[0] && e.mysql_errno && b.at <= b.text.n));
			if (q)
				check(&b, q, r.root);
			FUZZ_CHECK(!round || !q || outputs == q->output_count);
			outputs = q ? q->output_count : 0;
		}
	}
	arena_fini(&a);
	return 0;
}
