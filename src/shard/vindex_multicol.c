/* vindex_multicol - type "multicol": the first bytes of each column's own hash, one behind the
 * other, 8 in all. Parameters: column_count (1-8), column_bytes "3,3,2" (what is left out shares
 * the rest), column_vindex "hash,xxhash" (hash where left out); all others go to those vindexes. */
#include <stdlib.h>
#include <string.h>

#include "src/shard/vindex_int.h"

enum { COLUMNS_MAX = 8, ID_BYTES = 8 };

struct state {
	struct vindex *column[COLUMNS_MAX]; /* owned */
	unsigned bytes[COLUMNS_MAX];
};

/* Element @i of the comma-separated @list (NULL: empty); empty past the end. */
static struct str element(const char *list, unsigned i)
{
	struct str head = {"", 0}, rest = str_of(list ? list : "");

	do
		str_cut(rest, ',', &head, &rest);
	while (i-- > 0);
	return head;
}

static unsigned count_elements(const char *list)
{
	unsigned n = list ? 1 : 0;

	for (; list && *list; list++)
		n += *list == ',';
	return n;
}

static int read_bytes(struct state *s, const char *list, unsigned columns, struct err *e)
{
	unsigned left = ID_BYTES, open = columns;
	bool given[COLUMNS_MAX] = {false};

	if (count_elements(list) > columns)
		return err_set(e, ERR_INVALID, "column_bytes has more elements than column_count");
	for (unsigned i = 0; i < columns; i++) {
		struct str item = element(list, i);
		uint64_t n;

		if (item.n == 0)
			continue;
		if (!str_to_u64(item, &n) || n > left)
			return err_set(
				e, ERR_INVALID,
				"column_bytes '%s': expected numbers that add up to at most 8",
				list);
		s->bytes[i] = (unsigned)n;
		given[i] = true;
		left -= (unsigned)n;
		open--;
	}
	if (open > left)
		return err_set(e, ERR_INVALID,
			       "column_bytes '%s' leaves too little for the other columns",
			       list ? list : "");
	for (unsigned i = 0; i < columns; i++) {
		if (given[i])
			continue;
		s->bytes[i] = (left + open - 1) / open;
		left -= s->bytes[i];
		open--;
	}
	return 0;
}

/* A copy of the parameters that are not multicol's own. */
static struct cJSON *sub_params(const struct vindex *v, struct err *e)
{
	struct cJSON *doc = NULL;
	struct json_out o;
	struct buf b;

	buf_init(&b);
	json_out_init(&o, &b, false);
	json_out_object(&o, NULL);
	for (size_t i = 0; i < v->params.len; i++) {
		if (!v->params.v[i].known)
			json_out_strz(&o, v->params.v[i].name, v->params.v[i].value);
	}
	json_out_end_object(&o);
	if (buf_check(&b, e) == 0)
		doc = json_parse(buf_slice(&b), e);
	buf_fini(&b);
	return doc;
}

static int make_columns(struct vindex *v, const char *types, JSON *params, struct err *e)
{
	struct state *s = v->state;

	for (unsigned i = 0; i < v->props.columns; i++) {
		struct str want = str_trim(element(types, i));
		char type[64] = "hash";

		if (want.n >= sizeof(type))
			return err_set(e, ERR_INVALID, "there is no vindex type '%.*s'",
				       STR_ARG(want));
		if (want.n > 0) {
			memcpy(type, want.p, want.n);
			type[want.n] = 0;
		}
		s->column[i] = vindex_new(type, type, params, NULL, e);
		if (!s->column[i])
			return -1;
		if (!s->column[i]->ops->hashing)
			return err_set(e, ERR_INVALID, "column_vindex %s cannot be used here",
				       type);
		v->props.cost += s->column[i]->props.cost;
	}
	return 0;
}

/* A parameter is known here when a column's vindex knows it. */
static void mark_known(struct vindex *v, const struct vindex *column)
{
	for (size_t i = 0; i < column->params.len; i++) {
		if (column->params.v[i].known)
			vindex_ask(v, column->params.v[i].name);
	}
}

static int multicol_init(struct vindex *v, struct err *e)
{
	const char *count = vindex_ask(v, "column_count"), *bytes = vindex_ask(v, "column_bytes");
	const char *types = vindex_ask(v, "column_vindex");
	struct state *s = v->state = calloc(1, sizeof(*s));
	struct cJSON *params;
	uint64_t n;
	int rc;

	if (!s)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (!count || !str_to_u64(str_of(count), &n) || n < 1 || n > COLUMNS_MAX)
		return err_set(e, ERR_INVALID, "column_count must be 1 to 8");
	v->props.columns = (unsigned)n;
	if (count_elements(types) > n)
		return err_set(e, ERR_INVALID, "column_vindex has more elements than column_count");
	if (read_bytes(s, bytes, (unsigned)n, e) < 0)
		return -1;
	params = sub_params(v, e);
	if (!params)
		return -1;
	rc = make_columns(v, types, params, e);
	json_free(params);
	for (unsigned i = 0; rc == 0 && i < n; i++)
		mark_known(v, s->column[i]);
	return rc;
}

static void multicol_fini(struct vindex *v)
{
	struct state *s = v->state;

	if (!s)
		return;
	for (unsigned i = 0; i < COLUMNS_MAX; i++)
		vindex_free(s->column[i]);
	free(s);
	v->state = NULL;
}

static int multicol_map(const struct vindex *v, const struct value *values, size_t n,
			struct vindex_result *out, struct err *e)
{
	const struct state *s = v->state;
	uint8_t id[ID_BYTES];
	size_t len = 0, least = 0;

	for (size_t i = 0; i < n; i++) {
		size_t take;

		if (s->column[i]->ops->map(s->column[i], &values[i], 1, out, e) < 0)
			return -1;
		if (out->kind != VINDEX_KSID)
			return vindex_out_kind(out, out->kind);
		/* A column before this one may have had a shorter hash than its share. */
		while (len < least)
			id[len++] = 0;
		take = out->ksid.n < s->bytes[i] ? out->ksid.n : s->bytes[i];
		memcpy(id + len, out->ksid.p, take);
		len += take;
		least += s->bytes[i];
	}
	if (n == v->props.columns)
		return vindex_out_ksid(out, id, len);
	memcpy(out->buf, id, len);
	return vindex_out_prefix(out, len);
}

static enum vindex_domain multicol_domain(const struct vindex *v, size_t column)
{
	const struct state *s = v->state;

	return s->column[column]->props.domain;
}

const struct vindex_ops vindex_multicol_ops = {
	.init = multicol_init,
	.fini = multicol_fini,
	.map = multicol_map,
	.domain = multicol_domain,
	.props = {.unique = true, .partial = true, .cost = 0, .columns = 0},
};
