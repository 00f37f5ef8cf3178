#include "gate/exec/resolve.h"

#include <string.h>

#include "gate/exec/statement.h"
#include "gate/plan/plan.h"
#include "gate/vars/client_charset.h"
#include "sql/lex/literal.h"
#include "src/data/charset.h"
#include "src/data/number.h"
#include "src/shard/keyrange.h"
#include "src/shard/vindex.h"
#include "topo/graph.h"

enum { RESOLVE_MAX_COLUMNS = 16, RESOLVE_MAX_TARGETS = 0xfff0 };

static int int_literal(struct str text, struct value *out)
{
	bool negative;
	uint64_t u;

	if (!literal_int(text, &negative, &u) || (negative && u > (uint64_t)INT64_MAX + 1)) {
		*out = (struct value){.type = VALUE_DECIMAL, .s = text};
	} else if (negative || u <= INT64_MAX) {
		*out = (struct value){.type = VALUE_INT,
				      .i = negative ? (int64_t)(0 - u) : (int64_t)u};
	} else {
		*out = (struct value){.type = VALUE_UINT, .u = u};
	}
	return 0;
}

static int param_value(struct statement *st, uint32_t lit, struct value *out, struct err *e)
{
	char *room = arena_alloc(&st->arena, PREPARED_TMP);

	if (!st->lit_param || !room)
		return err_set(e, ERR_INTERNAL, "a parameter without a value");
	return prepared_value(&st->param[st->lit_param[lit]], room, out, e);
}

static int literal_value(struct statement *st, uint32_t lit, struct value *out, struct err *e)
{
	const struct fingerprint_lit *l = &st->fp.lits.v[lit];
	struct str text = str_make((char *)st->text.p + l->start, l->len);

	switch (l->type) {
	case FP_NULL:
		*out = (struct value){.type = VALUE_NULL};
		return 0;
	case FP_TRUE:
	case FP_FALSE:
		*out = (struct value){.type = VALUE_INT, .i = l->type == FP_TRUE};
		return 0;
	case FP_INT:
		return int_literal(text, out);
	case FP_DECIMAL:
		*out = (struct value){.type = VALUE_DECIMAL, .s = text};
		return 0;
	case FP_FLOAT:
		*out = (struct value){.type = VALUE_DOUBLE, .s = text};
		if (!number_parse_double(text, &out->d))
			return err_set(e, ERR_BAD_VALUE, "%.*s is no number", STR_ARG(text));
		return 0;
	case FP_STRING:
	case FP_NSTRING:
		*out = (struct value){.type = VALUE_TEXT};
		return literal_string(text, &st->conn->vars.lex, &st->arena, &out->s, e);
	case FP_HEX:
	case FP_BIT:
		*out = (struct value){.type = VALUE_BYTES};
		return literal_bytes(text, &st->arena, &out->s, e);
	default:
		return param_value(st, lit, out, e);
	}
}

/* The literal (or parameter) that a plan's value is, SIZE_MAX: it is a constant of the plan. */
static size_t literal_of(const struct statement *st, const struct plan_value *v, uint32_t row)
{
	switch (v->kind) {
	case PLAN_VALUE_SLOT:
		return fingerprint_lit_at(&st->fp, v->slot, 0, 0);
	case PLAN_VALUE_ELEMENT:
		return fingerprint_lit_at(&st->fp, v->slot, row, v->column);
	case PLAN_VALUE_CONST:
		break;
	}
	return SIZE_MAX;
}

int resolve_value(struct statement *st, const struct plan_value *v, uint32_t row, struct value *out,
		  struct err *e)
{
	size_t lit = literal_of(st, v, row);

	if (lit != SIZE_MAX)
		return literal_value(st, (uint32_t)lit, out, e);
	*out = v->constant;
	return 0;
}

/* Marks in a bitmap which shards hold (part of) what the vindex says; *one is the index of the last
 * shard found, *count how many. */
struct found {
	uint8_t *mark; /* one byte per shard of the keyspace */
	unsigned one, count;
};

/* The shards that serve what the session asks for. */
static const struct graph_partition *partition(const struct statement *st)
{
	return &st->keyspace->serving[st->target.tablet_type];
}

static void mark_all(const struct graph_partition *part, struct found *f)
{
	memset(f->mark, 1, part->count);
	f->count = (unsigned)part->count;
}

static void mark_shard(struct found *f, unsigned i)
{
	f->mark[i] = 1;
	f->one = i;
	f->count++;
}

/* 5.0 as a double (some clients send every number so) is 5. */
static void settle_double(struct value *v)
{
	const double exact = 9007199254740992.0; /* 2^53 */

	if (v->type == VALUE_DOUBLE && v->d >= -exact && v->d <= exact &&
	    (double)(int64_t)v->d == v->d)
		*v = (struct value){.type = VALUE_INT, .i = (int64_t)v->d};
}

/* And so is the decimal 5.0, where numbers are stored. */
static void settle_decimal(struct value *v)
{
	struct str whole, fraction;

	if (v->type != VALUE_DECIMAL || !str_cut(v->s, '.', &whole, &fraction))
		return;
	while (fraction.n && fraction.p[fraction.n - 1] == '0')
		fraction.n--;
	if (!fraction.n && whole.n)
		int_literal(whole, v);
}

/* 0x3 and b'11' are numbers where numbers are stored (a parameter's bytes are text). */
static void settle_hex(const struct statement *st, const struct plan_value *from, uint32_t row,
		       struct value *v)
{
	size_t lit = literal_of(st, from, row);
	uint64_t n = 0;

	if (v->type != VALUE_BYTES || v->s.n > sizeof(n) || lit == SIZE_MAX ||
	    (st->fp.lits.v[lit].type != FP_HEX && st->fp.lits.v[lit].type != FP_BIT))
		return;
	for (size_t i = 0; i < v->s.n; i++)
		n = n << 8 | (uint8_t)v->s.p[i];
	*v = n <= INT64_MAX ? (struct value){.type = VALUE_INT, .i = (int64_t)n}
			    : (struct value){.type = VALUE_UINT, .u = n};
}

static enum plan_column_class class_of(const struct plan_route *r, uint32_t column)
{
	return r->column_class ? r->column_class[column] : PLAN_COLUMN_NUMBER;
}

/* Trailing spaces, where they do not count or would not be found again. */
static int settle_spaces(const struct plan_route *r, uint32_t column, struct value *v,
			 struct err *e)
{
	enum plan_column_class class = class_of(r, column);
	bool write = r->op == ROUTE_ROWS;

	if (class != PLAN_COLUMN_CHAR && class != PLAN_COLUMN_PADDED)
		return 0;
	/* Bytes compare as bytes, but are stored as text. */
	if (v->type != VALUE_TEXT && !(write && v->type == VALUE_BYTES))
		return 0;
	if (!v->s.n || v->s.p[v->s.n - 1] != ' ')
		return 0;
	if (class == PLAN_COLUMN_PADDED && write)
		return err_set(e, ERR_BAD_VALUE,
			       "a sharding key may not end with spaces: its collation takes it for "
			       "equal to the text without them, vindex %s does not",
			       vindex_name(r->vindex));
	while (v->s.n && v->s.p[v->s.n - 1] == ' ')
		v->s.n--;
	return 0;
}

/* Keys are mapped as utf8mb4, whatever the client writes. True: done; false: the value stays as it
 * is, and nobody here knows which characters it has. */
static bool settle_charset(struct statement *st, struct value *v)
{
	int from = st->conn->vars.client_charset;
	size_t bad = 0;

	if (v->type != VALUE_TEXT || (charset_is_ascii(v->s) && from != CLIENT_CHARSET_SWE7) ||
	    from == CHARSET_UTF8MB4 || from == CHARSET_UTF8MB3 || from == CHARSET_BINARY)
		return true;
	return from >= 0 &&
	       charset_convert(&st->arena, (enum charset_id)from, CHARSET_UTF8MB4, v->s, &v->s,
			       &bad) &&
	       !bad;
}

/* A value of a kind that MySQL would compare as numbers with a text column, or the like, does not
 * find its row by the vindex of the text: every shard may hold a match. */
static bool comparable(const struct plan_route *r, uint32_t column, const struct value *v)
{
	enum plan_column_class want = class_of(r, column);
	bool number = v->type == VALUE_INT || v->type == VALUE_UINT || v->type == VALUE_DOUBLE ||
		      v->type == VALUE_DECIMAL;

	if (v->type == VALUE_NULL)
		return true;
	return want == PLAN_COLUMN_NUMBER ? v->type != VALUE_DOUBLE : !number;
}

/* For writes into a text column a number is stored as its text. */
static int as_text(struct statement *st, struct value *v, struct err *e)
{
	const char *z = NULL;

	if (v->type == VALUE_INT)
		z = arena_printf(&st->arena, "%lld", (long long)v->i);
	else if (v->type == VALUE_UINT)
		z = arena_printf(&st->arena, "%llu", (unsigned long long)v->u);
	else if (v->type != VALUE_DECIMAL)
		return err_set(e, ERR_UNSUPPORTED,
			       "a floating-point number as the sharding key of a text "
			       "column is not supported yet: write it as a string");
	v->s = z ? str_of(z) : v->s;
	v->type = VALUE_TEXT;
	return 0;
}

static int no_place(const struct plan_route *r, const struct vindex_result *v, struct err *e)
{
	if (v->kind == VINDEX_NONE)
		return err_set(e, ERR_BAD_NULL,
			       "the sharding key (vindex %s) may not be NULL or unmapped",
			       vindex_name(r->vindex));
	return err_set(e, ERR_BAD_VALUE,
		       "the sharding key's value cannot be mapped by vindex %s (%s)",
		       vindex_name(r->vindex), vindex_type(r->vindex));
}

/* One look-up of @columns values. */
static int look_up(struct statement *st, const struct plan_route *r, const struct plan_value *value,
		   uint32_t row, struct found *f, struct err *e)
{
	const struct graph_partition *part = partition(st);
	const struct graph_shard *shard;
	struct value v[RESOLVE_MAX_COLUMNS];
	struct vindex_result res;
	bool write = r->op == ROUTE_ROWS;

	for (uint32_t i = 0; i < r->columns; i++) {
		if (resolve_value(st, &value[i], row, &v[i], e) < 0)
			return -1;
		settle_double(&v[i]);
		if (class_of(r, i) == PLAN_COLUMN_NUMBER) {
			settle_decimal(&v[i]);
			settle_hex(st, &value[i], row, &v[i]);
		}
		if (!settle_charset(st, &v[i])) {
			if (write)
				return err_set(e, ERR_UNSUPPORTED,
					       "a sharding key with other characters than ASCII "
					       "needs character_set_client utf8mb4 or latin1");
			mark_all(part, f);
			return 0;
		}
		if (settle_spaces(r, i, &v[i], e) < 0)
			return -1;
		if (comparable(r, i, &v[i]))
			continue;
		if (!write) {
			mark_all(part, f);
			return 0;
		}
		if (class_of(r, i) != PLAN_COLUMN_NUMBER && as_text(st, &v[i], e) < 0)
			return -1;
	}
	if (vindex_map(r->vindex, v, r->columns, &res, e) < 0)
		return -1;
	switch (res.kind) {
	case VINDEX_KSID:
		shard = graph_route(st->keyspace, st->target.tablet_type, res.ksid);
		for (unsigned i = 0; i < part->count; i++)
			if (part->shards[i] == shard)
				mark_shard(f, i);
		return 0;
	case VINDEX_RANGE:
		for (unsigned i = 0; i < part->count; i++)
			if (keyrange_meets(&part->shards[i]->range, res.ksid, res.end))
				mark_shard(f, i);
		return 0;
	case VINDEX_NONE:
		return write ? no_place(r, &res, e) : 0;
	case VINDEX_MISFIT:
		if (write)
			return no_place(r, &res, e);
		mark_all(part, f);
		return 0;
	}
	return 0;
}

/* IN and ROWS: each row's shard (as an index into the keyspace's shards) into row_target. */
static int look_up_rows(struct statement *st, const struct plan_route *r, uint8_t *all,
			struct err *e)
{
	size_t shards = partition(st)->count;
	struct resolved *out = &st->resolved;
	uint32_t rows = r->rows;
	struct found f;

	if (r->group >= 0)
		rows = fingerprint_group_of(&st->fp, (uint32_t)r->group)->rows;
	f.mark = arena_alloc(&st->arena, shards);
	out->row_target = arena_array(&st->arena, rows, sizeof(*out->row_target));
	out->rows = rows;
	if (!f.mark || !out->row_target)
		return err_set(e, ERR_NOMEM, "the statement needs more memory than allowed");
	for (uint32_t i = 0; i < rows; i++) {
		const struct plan_value *v = r->group >= 0 ? r->value : r->value + i * r->columns;

		memset(f.mark, 0, shards);
		f.count = 0;
		if (look_up(st, r, v, i, &f, e) < 0)
			return r->op == ROUTE_ROWS && rows > 1 ? err_wrap(e, "row %u", i + 1) : -1;
		if (r->op == ROUTE_ROWS && f.count != 1)
			return err_set(e, ERR_BAD_VALUE,
				       "row %u does not belong to exactly one shard", i + 1);
		out->row_target[i] = (uint16_t)(f.count == 0   ? RESOLVED_NOWHERE
						: f.count == 1 ? f.one
							       : RESOLVED_EVERYWHERE);
		for (unsigned k = 0; k < shards; k++)
			all[k] |= f.mark[k];
	}
	return 0;
}

static int mark_route(struct statement *st, const struct plan_route *r, uint8_t *all, struct err *e)
{
	struct found f = {.mark = all};

	switch (r->op) {
	case ROUTE_NONE:
		return 0;
	case ROUTE_ANY:
	case ROUTE_UNSHARDED:
		all[0] = 1;
		return 0;
	case ROUTE_EQUAL:
		return look_up(st, r, r->value, 0, &f, e);
	case ROUTE_IN:
	case ROUTE_ROWS:
		return look_up_rows(st, r, all, e);
	case ROUTE_SCATTER:
		mark_all(partition(st), &f);
		return 0;
	}
	return err_set(e, ERR_INTERNAL, "a route of an unknown kind");
}

/* From marks over the keyspace's shards to the list of targets; rows are numbered anew. */
static int collect(struct statement *st, const uint8_t *all, struct err *e)
{
	const struct graph_partition *part = partition(st);
	struct resolved *out = &st->resolved;
	uint16_t *renumber = arena_array(&st->arena, part->count, sizeof(*renumber));

	out->target = arena_array(&st->arena, part->count, sizeof(*out->target));
	if (!out->target || !renumber)
		return err_set(e, ERR_NOMEM, "the statement needs more memory than allowed");
	for (unsigned i = 0; i < part->count; i++) {
		if (!all[i])
			continue;
		renumber[i] = (uint16_t)out->targets;
		out->target[out->targets++] = part->shards[i];
	}
	/* Nothing can match, but the client still wants the columns: any shard tells them. */
	if (!out->targets)
		out->target[out->targets++] = part->shards[0];
	for (uint32_t i = 0; i < out->rows; i++)
		if (out->row_target[i] < RESOLVE_MAX_TARGETS)
			out->row_target[i] = renumber[out->row_target[i]];
	return 0;
}

/* A session that chose a shard itself. */
static int targeted(struct statement *st, struct err *e)
{
	struct session_target *t = &st->target;
	const struct graph_shard *shard = graph_find_shard(st->keyspace, str_of(t->shard));
	struct resolved *out = &st->resolved;

	out->target = arena_alloc(&st->arena, sizeof(*out->target));
	if (!out->target)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (!shard)
		return err_set(e, ERR_UNAVAILABLE, "there is no shard %s/%s", t->keyspace,
			       t->shard);
	if (!graph_shard_serves(shard, t->tablet_type))
		return err_set(e, ERR_UNAVAILABLE, "shard %s/%s does not serve", t->keyspace,
			       t->shard);
	out->target[0] = shard;
	out->targets = 1;
	return 0;
}

int resolve_any(struct statement *st, struct err *e)
{
	const struct graph_partition *part = partition(st);

	memset(&st->resolved, 0, sizeof(st->resolved));
	if (st->target.shard[0] && !strcmp(st->keyspace->name, st->target.keyspace))
		return targeted(st, e);
	if (!part->count)
		return err_set(e, ERR_UNAVAILABLE, "keyspace %s is not served as %s: %s",
			       st->keyspace->name, rec_tablet_type_name(st->target.tablet_type),
			       part->problem ? part->problem : "no shards");
	st->resolved.target = arena_alloc(&st->arena, sizeof(*st->resolved.target));
	if (!st->resolved.target)
		return err_set(e, ERR_NOMEM, "out of memory");
	st->resolved.target[0] = part->shards[0];
	st->resolved.targets = 1;
	return 0;
}

int resolve_plan(struct statement *st, struct err *e)
{
	uint8_t *all;

	if (resolve_any(st, e) < 0)
		return -1;
	if (st->target.shard[0] && !strcmp(st->keyspace->name, st->target.keyspace))
		return 0;
	memset(&st->resolved, 0, sizeof(st->resolved));
	all = arena_zalloc(&st->arena, partition(st)->count);
	if (!all)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (uint32_t i = 0; i < st->plan->route_count; i++)
		if (mark_route(st, &st->plan->route[i], all, e) < 0)
			return -1;
	return collect(st, all, e);
}
