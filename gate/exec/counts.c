#include "gate/exec/counts.h"

#include "gate/exec/auto_id.h"
#include "gate/exec/statement.h"
#include "gate/plan/plan.h"
#include "sql/ast/ast.h"
#include "src/wire/reply.h"

enum { COUNTS_NUMBERS = 4 }; /* in an info text, more are added to the last */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Adds the numbers of one info text to @sum. */
static void add_numbers(struct str s, uint64_t sum[COUNTS_NUMBERS])
{
	unsigned k = 0;

	for (size_t at = 0; at < s.n && k < COUNTS_NUMBERS; k++) {
		uint64_t v = 0;

		while (at < s.n && !is_digit(s.p[at]))
			at++;
		while (at < s.n && is_digit(s.p[at]))
			v = v * 10 + (uint64_t)(s.p[at++] - '0');
		sum[k] += v;
	}
}

/* A shard that inserted one row says nothing about it; mysqld would add this much. */
static void add_one_row(const struct statement *st, const struct shard_call *c, uint64_t *sum)
{
	bool ignore = st->plan->tree && st->plan->tree->flags & AST_IGNORE;

	sum[0]++;
	if (ignore)
		sum[1] += c->affected == 0;
	else
		sum[1] += c->affected > 1 ? c->affected - 1 : 0;
	sum[2] += c->warnings;
}

/* "Records: 3  Duplicates: 0  Warnings: 0": the words of one shard, the sums of all. */
static void add_info(const struct statement *st, struct buf *out)
{
	bool inserts = st->fp.cls == FP_INSERT || st->fp.cls == FP_REPLACE;
	struct str words = {NULL, 0};
	uint64_t sum[COUNTS_NUMBERS] = {0};
	unsigned k = 0;

	if (inserts)
		words = STR_LIT("Records: 0  Duplicates: 0  Warnings: 0");
	for (unsigned i = 0; i < st->calls; i++) {
		struct str s = st->call[i].info;

		if (s.n && !words.n)
			words = s;
		if (inserts && !s.n)
			add_one_row(st, &st->call[i], sum);
		add_numbers(s, sum);
	}
	for (size_t at = 0; at < words.n;) {
		if (!is_digit(words.p[at])) {
			buf_u8(out, (uint8_t)words.p[at++]);
			continue;
		}
		buf_printf(out, "%llu", (unsigned long long)sum[k]);
		k += k + 1 < COUNTS_NUMBERS;
		while (at < words.n && is_digit(words.p[at]))
			at++;
	}
}

static void answer(struct statement *st)
{
	struct session_vars *v = &st->conn->vars;
	struct reply_ok ok = {.status = conn_status(st->conn, statement_has_more(st))};
	uint64_t warnings = 0;
	struct buf info;

	for (unsigned i = 0; i < st->calls; i++) {
		const struct shard_call *c = &st->call[i];

		ok.affected_rows += c->affected;
		warnings += c->warnings;
		if (c->insert_id && (!ok.insert_id || c->insert_id < ok.insert_id))
			ok.insert_id = c->insert_id;
	}
	buf_init(&info);
	add_info(st, &info);
	conditions_set_warnings(&v->conditions, warnings);
	v->row_count = (int64_t)ok.affected_rows;
	if (ok.insert_id && !auto_id_all_given(st))
		v->last_insert_id = ok.insert_id;
	ok.warnings = (uint16_t)(warnings < 65535 ? warnings : 65535);
	ok.info = buf_slice(&info);
	conn_send_ok(st->conn, &ok);
	buf_fini(&info);
}

const struct statement_kind counts_kind = {.name = "counts", .answer = answer};
