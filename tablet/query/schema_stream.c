#include "tablet/query/schema_stream.h"

#include <stdlib.h>

#include "src/rpc/rpc_server.h"
#include "tablet/query/query_worker.h"
#include "tablet/schema/schema.h"
#include "tablet/state/tablet.h"

enum { PIECE = 64 * 1024 };

struct schema_stream {
	struct rpc_reply *r;
	struct schema_snapshot *snap; /* ref */
	size_t at;
};

static void end(struct schema_stream *s)
{
	snapshot_put(&s->snap->snapshot);
	rpc_reply_end(s->r, NULL, 0);
	free(s);
}

static void on_writable(void *arg)
{
	struct schema_stream *s = arg;
	struct str all = s->snap->packed;

	while (s->at < all.n) {
		size_t n = all.n - s->at < PIECE ? all.n - s->at : PIECE;

		s->at += n;
		if (!rpc_reply_data(s->r, all.p + s->at - n, n) && s->at < all.n)
			return;
	}
	end(s);
}

static void on_cancel(void *arg, const struct err *why)
{
	(void)why;
	end(arg);
}

void schema_stream_start(void *arg, struct rpc_reply *r, struct str request)
{
	static const struct rpc_reply_handler handler = {.cancel = on_cancel,
							 .writable = on_writable};
	struct query_worker *q = arg;
	struct schema_snapshot *snap = schema_get(q->tablet->schema);
	struct schema_stream *s = calloc(1, sizeof(*s));
	struct err e;

	(void)request;
	if (!snap || !s) {
		if (!snap)
			err_set(&e, ERR_UNAVAILABLE, "tablet %s has not read its schema yet",
				q->tablet->alias);
		else
			err_set(&e, ERR_NOMEM, "out of memory");
		if (snap)
			snapshot_put(&snap->snapshot);
		free(s);
		rpc_reply_error(r, &e);
		return;
	}
	s->r = r;
	s->snap = snap;
	rpc_reply_set_handler(r, &handler, s);
	on_writable(s);
}
