/* The push operators one by one: rows in, rows out, in both protocols. */
#include <stdlib.h>

#include "gate/plan/plan.h"
#include "gate/exec/op.h"
#include "gate/exec/row.h"
#include "src/base/arena.h"
#include "src/wire/binary_row.h"
#include "src/wire/text_row.h"
#include "test/lib/tap.h"

enum { COLS = 4 };

/* name (text), n (int), amount (decimal; as an average it has six digits), weight of name */
static const struct type_meta metas[COLS] = {
	{.type = TYPE_VAR_STRING, .charset = TYPE_CHARSET_UTF8MB4},
	{.type = TYPE_LONGLONG, .charset = TYPE_CHARSET_BINARY},
	{.type = TYPE_NEWDECIMAL, .decimals = 6, .charset = TYPE_CHARSET_BINARY},
	{.type = TYPE_VAR_STRING, .charset = TYPE_CHARSET_BINARY},
};
static struct row_shape shape = {.columns = COLS, .meta = metas};

/* Collects what comes out as text: "a,1,2.50;b,NULL,...;". */
struct collect {
	struct op op;
	struct buf out;
	unsigned rows, stop_after;
	bool ended;
};

static int take(struct op *op, const struct row *row, struct err *e)
{
	struct collect *c = (struct collect *)op;

	(void)e;
	for (uint32_t i = 0; i < row->shape->columns; i++) {
		char tmp[ROW_TMP];
		struct value v;

		if (i)
			buf_u8(&c->out, ',');
		if (row_value(row, i, tmp, &v) < 0)
			buf_puts(&c->out, "?");
		else if (v.type == VALUE_NULL)
			buf_puts(&c->out, "NULL");
		else if (v.type == VALUE_INT)
			buf_printf(&c->out, "%lld", (long long)v.i);
		else
			buf_str(&c->out, v.s);
	}
	buf_u8(&c->out, ';');
	return ++c->rows == c->stop_after;
}

static int done(struct op *op, struct err *e)
{
	(void)e;
	((struct collect *)op)->ended = true;
	return 0;
}

static void nothing(struct op *op)
{
	(void)op;
}

struct in {
	const char *name;
	int64_t n;
	const char *amount, *weight; /* NULL: NULL */
};

static int push(struct op *op, const struct in *in, struct err *e)
{
	struct str col[COLS];
	struct binary_row br;
	struct row row;
	struct buf b;
	int rc;

	buf_init(&b);
	if (shape.binary) {
		struct value v[COLS] = {
			{.type = VALUE_TEXT, .s = str_of(in->name)},
			{.type = VALUE_INT, .i = in->n},
			{.type = in->amount ? VALUE_DECIMAL : VALUE_NULL, .s = str_of(in->amount)},
			{.type = VALUE_BYTES, .s = str_of(in->weight)}};

		binary_row_begin(&br, &b, COLS);
		for (int i = 0; i < COLS; i++)
			if (binary_row_put(&br, &metas[i], &v[i]) < 0)
				abort();
	} else {
		char n[32];

		snprintf(n, sizeof(n), "%lld", (long long)in->n);
		text_row_put(&b, str_of(in->name));
		text_row_put(&b, str_of(n));
		if (in->amount)
			text_row_put(&b, str_of(in->amount));
		else
			text_row_put_null(&b);
		text_row_put(&b, str_of(in->weight));
	}
	rc = row_split(&shape, buf_slice(&b), col, &row, e);
	if (rc == 0)
		rc = op->push(op, &row, e);
	buf_fini(&b);
	return rc;
}

static const char *run(struct op *op, const struct in *in, size_t n)
{
	static char text[4096];
	struct collect c = {.op = {.push = take, .end = done, .resume = done, .free = nothing}};
	struct err e;
	int rc = 0;

	buf_init(&c.out);
	op->next = &c.op;
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = push(op, &in[i], &e);
	if (rc < 0 || op->end(op, &e) < 0)
		buf_printf(&c.out, "error %u", e.mysql_errno);
	CHECK(rc < 0 || c.ended);
	snprintf(text, sizeof(text), "%s%s", buf_cstr(&c.out), rc > 0 ? "enough" : "");
	op->free(op);
	buf_fini(&c.out);
	return text;
}

static struct plan_key by_name = {
	.column = 0, .weight = 3, .pad_space = true, .space_weight = {" ", 1}};
static struct plan_key by_n_desc = {.column = 1, .weight = -1, .descending = true};

static void test_aggregate(struct arena *a)
{
	struct plan_agg agg[] = {{.op = AGG_FIRST, .column = 0},
				 {.op = AGG_COUNT, .column = 1},
				 {.op = AGG_SUM, .column = 2, .sum = 2},
				 {.op = AGG_FIRST, .column = 3}};
	struct plan_merge m = {.order = &by_name,
			       .order_count = 1,
			       .group_count = 1,
			       .aggregate = true,
			       .agg = agg,
			       .agg_count = 4};
	struct in rows[] = {{"a", 1, "1.50", "A"},
			    {"A ", 2, "2.25", "A "},
			    {"b", 3, NULL, "B"},
			    {"b", 4, NULL, "B"}};

	CHECK_STR(run(op_aggregate_new(a, &m), rows, 4), "a,3,3.75,A;b,7,NULL,B;");
	CHECK_STR(run(op_aggregate_new(a, &m), rows, 0), "");
	m.group_count = 0;
	CHECK_STR(run(op_aggregate_new(a, &m), rows, 3), "a,6,3.75,A;");
	agg[1].op = AGG_MAX;
	agg[1].key = (struct plan_key){.column = 1, .weight = -1};
	agg[2].op = AGG_MIN;
	agg[2].key = (struct plan_key){.column = 2, .weight = -1};
	CHECK_STR(run(op_aggregate_new(a, &m), rows, 4), "a,4,1.50,A;");
	agg[2] = (struct plan_agg){.op = AGG_AVG, .column = 2, .sum = 2, .count = 1};
	CHECK_STR(run(op_aggregate_new(a, &m), rows, 2), "a,2,1.250000,A;");
}

static void test_sort_distinct_limit(struct arena *a)
{
	struct plan_key both[] = {by_n_desc, by_name};
	struct plan_merge m = {.sort = both, .sort_count = 2, .order = &by_name, .order_count = 1};
	struct in rows[] = {
		{"b", 1, "1", "B"}, {"a", 9, "1", "A"}, {"c", 9, "1", "C"}, {"b", 5, "1", "B"}};
	struct in dups[] = {{"a", 1, "1", "A"}, {"a ", 2, "1", "A "}, {"b", 3, "1", "B"}};

	CHECK_STR(run(op_sort_new(a, &m, 1 << 20), rows, 4), "a,9,1,A;c,9,1,C;b,5,1,B;b,1,1,B;");
	CHECK_STR(run(op_sort_new(a, &m, 300), rows, 4), "error 1040");
	CHECK_STR(run(op_distinct_new(a, &m), dups, 3), "a,1,1,A;b,3,1,B;");
	CHECK_STR(run(op_limit_new(a, 1, 2), rows, 4), "a,9,1,A;c,9,1,C;enough");
	CHECK_STR(run(op_limit_new(a, 0, 0), rows, 4), "enough");
	CHECK_STR(run(op_limit_new(a, 10, 2), rows, 4), "");
}

int main(void)
{
	struct arena a;

	arena_init(&a, 0);
	for (int binary = 0; binary < 2; binary++) {
		shape.binary = binary;
		test_aggregate(&a);
		test_sort_distinct_limit(&a);
	}
	arena_fini(&a);
	return TAP_DONE();
}
