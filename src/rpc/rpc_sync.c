/* rpc_sync - an event loop of its own for each call: connecting costs more than that, and deadlines
 * and TLS are those of the asynchronous client. */
#include "src/rpc/rpc_sync.h"

#include "src/net/worker.h"
#include "src/rpc/rpc_client.h"

struct sync_call {
	struct worker *worker;
	struct buf *answer, *trailer; /* borrowed, may be NULL */
	struct rpc_call *call;
	struct err *e;
	int rc;
};

static void on_data(void *arg, const uint8_t *p, size_t n, bool frame_end)
{
	struct sync_call *k = arg;

	(void)frame_end;
	if (k->answer)
		buf_append(k->answer, p, n);
	rpc_call_grant(k->call, n);
}

static void on_end(void *arg, const struct err *e, struct str trailer)
{
	struct sync_call *k = arg;

	k->rc = 0;
	if (e)
		k->rc = err_set_mysql(k->e, e->code, e->mysql_errno, e->sqlstate, "%s", e->msg);
	else if (k->trailer)
		buf_str(k->trailer, trailer);
	worker_stop(k->worker);
}

int rpc_sync_call(const struct rpc_sync_target *to, unsigned method, struct str request,
		  struct buf *answer, struct buf *trailer, struct err *e)
{
	static const struct rpc_call_handler handler = {on_data, on_end, NULL};
	struct sync_call k = {.answer = answer, .trailer = trailer, .e = e, .rc = -1};
	struct iovec part = {(void *)request.p, request.n};
	struct rpc_peer peer = {to->address, to->tls, to->server_name, to->secret};
	struct rpc_client *client;

	k.worker = worker_new("rpc-sync", e);
	if (!k.worker)
		return -1;
	client = rpc_client_open(k.worker, &peer, NULL, NULL, e);
	if (client) {
		k.call = rpc_call_start(client, method, &part, 1, to->timeout_us, &handler, &k, e);
		if (k.call)
			worker_run(k.worker);
		rpc_client_free(client);
	}
	worker_free(k.worker);
	if (k.rc == 0 && answer)
		k.rc = buf_check(answer, e);
	if (k.rc == 0 && trailer)
		k.rc = buf_check(trailer, e);
	return k.rc;
}
