#include "gate/exec/uservars.h"

#include <stdlib.h>
#include <string.h>

#include "gate/exec/fetch.h"
#include "gate/exec/query.h"
#include "gate/plan/plan.h"
#include "gate/session/session.h"
#include "sql/ast/ast.h"
#include "src/proto/tablet.pb-c.h"

static void put_name(struct buf *b, struct str name)
{
	buf_puts(b, "@`");
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '`')
			buf_u8(b, '`');
		buf_u8(b, (uint8_t)name.p[i]);
	}
	buf_u8(b, '`');
}

int uservars_set(struct session *s, struct str name, const char *literal)
{
	char *copy = str_dup(str_of(literal));
	void *old = NULL;

	if (!s->uservars) {
		s->uservars = calloc(1, sizeof(*s->uservars));
		if (s->uservars)
			hmap_init_nocase(s->uservars);
	}
	if (!copy || !s->uservars || hmap_put(s->uservars, name, copy, &old) < 0) {
		free(copy);
		return -1;
	}
	free(old);
	return 0;
}

const char *uservars_get(const struct session *s, struct str name)
{
	const char *v = s->uservars ? hmap_get(s->uservars, name) : NULL;

	return v ? v : "NULL";
}

int uservars_statements(struct query *q, struct ProtobufCBinaryData **out, size_t *count,
			struct err *e)
{
	const struct session *s = q->session;
	struct hmap_slot *slot;
	size_t it = 0;
	struct str text;
	struct buf b;

	*count = 0;
	if (!s->uservars || !s->uservars->len)
		return 0;
	buf_init(&b);
	buf_puts(&b, "SET ");
	while ((slot = hmap_next(s->uservars, &it))) {
		if (b.len > 4)
			buf_u8(&b, ',');
		put_name(&b, str_make(slot->key, slot->n));
		buf_printf(&b, "=%s", (const char *)slot->value);
	}
	text = arena_str(&q->arena, buf_slice(&b));
	*out = arena_alloc(&q->arena, sizeof(**out));
	buf_fini(&b);
	if (!text.p || !*out)
		return err_set(e, ERR_NOMEM, "the statement needs more memory than allowed");
	**out = (struct ProtobufCBinaryData){text.n, (uint8_t *)(uintptr_t)text.p};
	*count = 1;
	return 0;
}

/* The names in the statement, each once, in the order of the text. */
struct names {
	struct str v[64];
	size_t n;
};

static int collect(struct ast_node *node, void *arg)
{
	struct names *names = arg;
	struct str name;

	if (node->kind != AST_USER_VAR)
		return AST_GO_ON;
	name = AST_AS(user_var, node)->name;
	for (size_t i = 0; i < names->n; i++)
		if (str_ieq(names->v[i], name))
			return AST_GO_ON;
	if (names->n < sizeof(names->v) / sizeof(names->v[0]))
		names->v[names->n++] = name;
	return AST_GO_ON;
}

struct read_back {
	struct names names;
	void (*then)(struct query *q);
	enum query_mode mode;
	struct call *call;
	unsigned calls;
};

static void took(struct query *q, const struct err *e)
{
	struct read_back *r = q->read_back;
	struct fetch *f = q->fetch;

	for (size_t i = 0; !e && f->have_row && i < r->names.n && i < f->columns; i++) {
		const char *literal = fetch_literal(q, &f->column[i]);

		if (!literal || uservars_set(q->session, r->names.v[i], literal) < 0)
			break;
	}
	/* The client's answer is that of the statement itself. */
	q->mode = r->mode;
	q->call = r->call;
	q->calls = r->calls;
	q->settings = NULL;
	err_clear(&q->error);
	if (e)
		q->error = *e;
	r->then(q);
}

void uservars_read_back(struct query *q, void (*then)(struct query *q))
{
	struct read_back *r = arena_zalloc(&q->arena, sizeof(*r));
	struct fetch_request f = {.done = took, .targets = 1};
	struct buf b;
	struct err e;

	if (r)
		ast_walk((struct ast_node *)(uintptr_t)q->plan->tree, collect, &r->names);
	if (!r || !r->names.n || q->resolved.targets != 1) {
		then(q);
		return;
	}
	r->then = then;
	r->mode = q->mode;
	r->call = q->call;
	r->calls = q->calls;
	q->read_back = r;
	q->calls = 0; /* the finished call stays as it is */
	buf_init(&b);
	for (size_t i = 0; i < r->names.n; i++) {
		buf_puts(&b, i ? "," : "SELECT ");
		put_name(&b, r->names.v[i]);
	}
	f.sql = arena_str(&q->arena, buf_slice(&b));
	f.target = q->resolved.target;
	buf_fini(&b);
	if (!f.sql.p || fetch_own_charsets(q, &f.settings, &e) < 0) {
		err_set(&e, ERR_NOMEM, "the statement needs more memory than allowed");
		took(q, &e);
		return;
	}
	fetch_start(q, &f);
}
