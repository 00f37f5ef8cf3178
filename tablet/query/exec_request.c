/* exec_request - requests as they come over RPC: unpacked into the exec's arena, checked, started.
 */
#include "tablet/query/exec_request.h"

#include <string.h>

#include "src/base/buf.h"
#include "src/base/log.h"
#include "src/base/metrics.h"
#include "src/proto/execute_message.h"
#include "src/rpc/rpc_server.h"
#include "tablet/query/exec.h"
#include "tablet/query/query_worker.h"
#include "tablet/state/tablet.h"

enum { AUDIT_MAX = 1000 }; /* bytes of a statement in the log */

static void *arena_take(void *arg, size_t n)
{
	return arena_alloc(arg, n);
}

static void arena_keep(void *arg, void *p)
{
	(void)arg, (void)p;
}

static struct str bytes(ProtobufCBinaryData d)
{
	return str_make(d.data, d.len);
}

static struct exec *begin(struct query_worker *q, struct rpc_reply *r, enum exec_kind kind)
{
	struct exec *x = exec_new(q, r, kind);
	struct err e;

	if (!x) {
		err_set(&e, ERR_NOMEM, "out of memory for a request");
		rpc_reply_error(r, &e);
	}
	return x;
}

static void malformed(struct exec *x)
{
	struct err e;

	err_set(&e, ERR_PROTOCOL, "a request that does not parse, or no memory for it");
	exec_refuse(x, &e);
}

/* Runs @x if this is the tablet it is meant for. */
static void start(struct exec *x, const char *keyspace, const char *shard, uint32_t type)
{
	struct tablet *t = x->q->tablet;
	struct err e;

	if ((!x->session && tablet_check_open(t, &e) < 0) ||
	    tablet_check_target(t, keyspace, shard, type, &e) < 0 ||
	    (!x->session && tablet_check_replica(t, &e) < 0))
		exec_refuse(x, &e);
	else
		exec_start(x);
}

static int take_before(struct exec *x, const Sluice__ExecuteRequest *m)
{
	if (!m->n_before)
		return 0;
	x->before = arena_array(&x->arena, m->n_before, sizeof(*x->before));
	if (!x->before)
		return -1;
	for (size_t i = 0; i < m->n_before; i++)
		x->before[i] = bytes(m->before[i]);
	x->before_count = m->n_before;
	return 0;
}

/* Administration is in no session, so that no other statement gets its connection. */
static bool is_alone(const struct exec *x)
{
	const uint32_t others = SLUICE__EXECUTE_FLAGS__EXECUTE_BEGIN |
				SLUICE__EXECUTE_FLAGS__EXECUTE_RESERVE;

	return !x->session && !(x->flags & others);
}

/* Notes who administers the server, and by what; without texts, which may be passwords. */
static void audit(const struct query_worker *q, const char *user, struct str sql)
{
	struct buf b;

	buf_init(&b);
	for (size_t i = 0; i < sql.n && b.len < AUDIT_MAX; i++) {
		char c = sql.p[i], quote = c == '\'' || c == '"' ? c : 0;

		/* Where a text with a backslash ends depends on sql_mode. */
		if (quote && memchr(sql.p + i, '\\', sql.n - i))
			break;
		for (i += quote != 0; quote && i < sql.n && sql.p[i] != quote; i++)
			;
		buf_u8(&b, quote ? '?' : (uint8_t)c < ' ' ? ' ' : (uint8_t)c);
	}
	log_info("tablet.admin", "event=statement user=\"%s\" shard=%s/%s sql=\"%s\"", user,
		 q->tablet->keyspace, q->tablet->shard, buf_cstr(&b) ? buf_cstr(&b) : "");
	buf_fini(&b);
}

void exec_request_execute(void *arg, struct rpc_reply *r, struct str request)
{
	struct query_worker *q = arg;
	struct exec *x = begin(q, r, EXEC_RUN);
	Sluice__ExecuteRequest m;

	if (!x)
		return;
	metrics_add(q->m.executes, 1);
	if (execute_message_read(request, &x->arena, &m) < 0 || take_before(x, &m) < 0) {
		malformed(x);
		return;
	}
	x->session = m.session;
	x->sql = bytes(m.sql);
	x->settings = bytes(m.settings);
	x->database = str_of(m.database[0] ? m.database : q->tablet->keyspace);
	x->flags = m.flags;
	x->begin_sql = bytes(m.begin_sql);
	x->params = bytes(m.params);
	x->param_count = m.param_count;
	if (x->flags & SLUICE__EXECUTE_FLAGS__EXECUTE_ADMIN) {
		if (!is_alone(x)) {
			malformed(x);
			return;
		}
		audit(q, m.user, x->sql);
	}
	start(x, m.keyspace, m.shard, m.tablet_type);
}

void exec_request_prepare(void *arg, struct rpc_reply *r, struct str request)
{
	struct query_worker *q = arg;
	struct exec *x = begin(q, r, EXEC_PREPARE);
	ProtobufCAllocator memory = {arena_take, arena_keep, x ? &x->arena : NULL};
	Sluice__PrepareRequest *m;

	if (!x)
		return;
	metrics_add(q->m.prepares, 1);
	m = sluice__prepare_request__unpack(&memory, request.n, (const uint8_t *)request.p);
	if (!m) {
		malformed(x);
		return;
	}
	x->session = m->session;
	x->sql = bytes(m->sql);
	x->settings = bytes(m->settings);
	x->database = str_of(m->database[0] ? m->database : q->tablet->keyspace);
	start(x, m->keyspace, m->shard, m->tablet_type);
}

void exec_request_finish(void *arg, struct rpc_reply *r, struct str request)
{
	struct query_worker *q = arg;
	struct exec *x = begin(q, r, EXEC_FINISH);
	ProtobufCAllocator memory = {arena_take, arena_keep, x ? &x->arena : NULL};
	Sluice__FinishRequest *m;

	if (!x)
		return;
	metrics_add(q->m.finishes, 1);
	m = sluice__finish_request__unpack(&memory, request.n, (const uint8_t *)request.p);
	if (!m) {
		malformed(x);
		return;
	}
	x->session = m->session;
	x->keep_reserved = m->keep_reserved;
	if (m->action == SLUICE__FINISH_REQUEST__ACTION__RELEASE)
		x->kind = EXEC_RELEASE;
	else if (m->action == SLUICE__FINISH_REQUEST__ACTION__COMMIT)
		x->sql = m->sql.len ? bytes(m->sql) : STR_LIT("COMMIT");
	else
		x->sql = m->sql.len ? bytes(m->sql) : STR_LIT("ROLLBACK");
	exec_start(x);
}
