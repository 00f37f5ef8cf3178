/* bind_probe - binds the statements of standard input, each ended by a NUL byte, over the schema in
 * the file argv[1] (argv[2]: --lower-case-table-names=1); one that begins with byte 1 is read into
 * the schema. A line for each other: "ok", then for each column a tab, its name in hexadecimal
 * digits, a space and type code, length, decimals, unsigned, nullable, collation (or a question
 * mark); or "error", its number, its text in hexadecimal digits. For test_bind*.py. */
#include <stdio.h>
#include <string.h>

#include "sql/eval/eval.h"
#include "sql/norm/fingerprint.h"
#include "sql/parse/parse.h"
#include "sql/sema/bind.h"
#include "sql/sema/schema_ddl.h"
#include "src/base/buf.h"

static struct schema_ddl schema;
static struct lex_opts opts;
static enum catalog_case names;
static struct expr_session session;

static struct buf read_all(FILE *f)
{
	char part[4096];
	struct buf b;
	size_t n;

	buf_init(&b);
	while (f && (n = fread(part, 1, sizeof(part), f)) > 0)
		buf_append(&b, part, n);
	return b;
}

/* A tab and @s. */
static void hex(struct str s)
{
	printf("\t");
	for (size_t k = 0; k < s.n; k++)
		printf("%02x", (unsigned char)s.p[k]);
}

/* A tab, the name, a space and what is known of the type. */
static void output(const struct bind_output *o)
{
	const struct expr_type *t = &o->type;
	bool real = expr_result_of(t) == EXPR_REAL && t->decimals >= TYPE_NOT_FIXED_DECIMALS;

	hex(o->name);
	if (!o->typed)
		printf(" ?");
	else
		printf(" %u,%u,%u,%d,%d,%u", expr_wire_type(t), t->length,
		       real ? TYPE_NOT_FIXED_DECIMALS : t->decimals, t->is_unsigned, t->nullable,
		       t->collation->id);
}

static void one(struct str text)
{
	struct bind_query *q = NULL;
	struct parse_result r;
	struct catalog c;
	struct eval v;
	struct arena a;
	struct err e = {0};
	struct bind b;

	arena_init(&a, 0);
	catalog_of_ddl(&c, &schema);
	c.names = names;
	eval_init(&v, &a, &session);
	b = (struct bind){.arena = &a,
			  .catalog = &c,
			  .opts = &opts,
			  .text = text,
			  .session = &session,
			  .compute = eval_compute,
			  .compute_arg = &v};
	if (parse_statement(&a, &opts, text, NULL, &r, &e) == 0)
		q = bind_statement(&b, r.root, &e);
	if (!q) {
		printf("error\t%u", e.mysql_errno);
		hex(str_of(e.msg));
		printf("\n");
	} else {
		printf("ok");
		for (uint32_t i = 0; !q->into && i < q->output_count; i++)
			output(&q->outputs[i]);
		printf("\n");
	}
	arena_fini(&a);
}

static void read_ddl(struct str text)
{
	struct err e;

	if (schema_ddl_read(&schema, &opts, text, &e))
		fprintf(stderr, "%.*s: %s\n", STR_ARG(text), e.msg);
}

int main(int argc, char **argv)
{
	FILE *f = argc > 1 ? fopen(argv[1], "r") : NULL;
	struct buf ddl = read_all(f), all = read_all(stdin);
	struct str rest = buf_slice(&all), head;
	struct err e = {0};

	if (argc > 2 && strcmp(argv[2], "--lower-case-table-names=1") == 0)
		names = CATALOG_LOWER;
	expr_session_init(&session);
	schema_ddl_init(&schema);
	if (schema_ddl_read(&schema, &opts, buf_slice(&ddl), &e)) {
		printf("schema: %s\n", e.msg);
		return 1;
	}
	while (rest.n && str_cut(rest, 0, &head, &rest))
		if (head.n && head.p[0] == 1)
			read_ddl(str_make(head.p + 1, head.n - 1));
		else
			one(head);
	if (f)
		fclose(f);
	schema_ddl_fini(&schema);
	buf_fini(&ddl);
	buf_fini(&all);
	return 0;
}
