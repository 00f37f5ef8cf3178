#include "tablet/pool/killer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/log.h"
#include "src/base/metrics.h"
#include "src/net/worker.h"
#include "src/wire/caps.h"
#include "src/wire/client_conn.h"

struct kill {
	struct kill *next;
	struct killer *killer;
	uint32_t id;
	killer_fn done;
	void *arg;
};

struct killer {
	struct worker *worker;
	const struct client_conn_config *config; /* borrowed */
	struct client_conn *conn;		 /* owned; NULL: none */
	struct kill *head, **tail;		 /* oldest first; the first @sent are with mysqld */
	unsigned sent;
	unsigned m_kills;
	struct worker_defer retry; /* callbacks never come from inside killer_kill() */
};

static void pump(struct killer *k);

static void finish_first(struct killer *k, bool asked)
{
	struct kill *one = k->head;

	k->head = one->next;
	if (!k->head)
		k->tail = &k->head;
	if (k->sent)
		k->sent--;
	one->done(one->arg, asked);
	free(one);
}

static void on_kill_end(void *arg, const struct scan_part *last)
{
	struct killer *k = arg;

	(void)last; /* an error says that the connection is gone already */
	finish_first(k, true);
	pump(k);
}

static void on_ready(void *arg)
{
	pump(arg);
}

static void on_closed(void *arg, const struct err *why)
{
	struct killer *k = arg;
	unsigned n = 0;

	for (struct kill *one = k->head; one; one = one->next)
		n++;
	if (n)
		log_warn("tablet.killer", "event=lost waiting=%u reason=\"%s\"", n, why->msg);
	client_conn_close(k->conn);
	k->conn = NULL;
	k->sent = 0;
	while (n-- > 0)
		finish_first(k, false);
}

static const struct client_conn_handler conn_handler = {.ready = on_ready, .closed = on_closed};
static const struct client_conn_sink kill_sink = {.end = on_kill_end};

static void send_next(struct killer *k, struct kill *one)
{
	char text[40];
	struct iovec part = {text, 0};
	struct err e;

	part.iov_len = (size_t)snprintf(text, sizeof(text), "%cKILL QUERY %u", CMD_QUERY, one->id);
	if (client_conn_send(k->conn, &part, 1, &kill_sink, k, &e) == 0)
		k->sent++;
}

static void pump(struct killer *k)
{
	struct kill *one = k->head;
	struct err e;

	if (!k->head)
		return;
	if (!k->conn) {
		k->conn = client_conn_open(k->worker, k->config, &conn_handler, k, &e);
		if (!k->conn)
			on_closed(k, &e);
		return;
	}
	if (!client_conn_is_ready(k->conn))
		return;
	for (unsigned i = 0; i < k->sent && one; i++)
		one = one->next;
	while (one && k->sent < CLIENT_CONN_PIPELINE) {
		send_next(k, one);
		one = one->next;
	}
}

static void run_pump(void *arg)
{
	pump(arg);
}

struct killer *killer_new(struct worker *w, const struct client_conn_config *config)
{
	struct killer *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;
	k->worker = w;
	k->config = config;
	k->tail = &k->head;
	k->retry = (struct worker_defer){.fn = run_pump, .arg = k};
	k->m_kills = metrics_id(METRIC_COUNTER, "sluice_tablet_kills_total", "",
				"Statements killed because they were canceled");
	return k;
}

void killer_free(struct killer *k)
{
	if (!k)
		return;
	client_conn_close(k->conn);
	k->conn = NULL;
	k->sent = 0;
	while (k->head)
		finish_first(k, false);
	worker_undefer(k->worker, &k->retry);
	free(k);
}

int killer_kill(struct killer *k, uint32_t id, killer_fn done, void *arg)
{
	struct kill *one = malloc(sizeof(*one));

	if (!one)
		return -1;
	*one = (struct kill){.killer = k, .id = id, .done = done, .arg = arg};
	*k->tail = one;
	k->tail = &one->next;
	metrics_add(k->m_kills, 1);
	worker_defer(k->worker, &k->retry);
	return 0;
}
