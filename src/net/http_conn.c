#include "src/net/http_conn.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { SMALL = 64 * 1024 }; /* a connection that holds no more is never cut for room */

struct http_conn {
	struct http_conns *all;
	struct http_conn *next, **link;
	struct bufferevent *bev; /* a reference of ours */
	struct event *late;	 /* owned; due at first, then while a request is incomplete */
	size_t held;
	bool known;   /* evhttp has it, and tells of its end */
	bool handled; /* a handler has a request of it */
	bool cut;
	void (*closed)(void *arg);
	void *closed_arg;
};

static void on_input(struct evbuffer *b, const struct evbuffer_cb_info *info, void *arg);

static void free_conn(struct http_conn *c)
{
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	c->all->count--;
	c->all->held -= c->held;
	event_free(c->late);
	evbuffer_remove_cb(bufferevent_get_input(c->bev), on_input, c);
	bufferevent_decref(c->bev);
	free(c);
}

static void on_end(struct evhttp_connection *evcon, void *arg)
{
	struct http_conn *c = arg;

	(void)evcon;
	if (c->closed)
		c->closed(c->closed_arg);
	free_conn(c);
}

static void hold(struct http_conn *c, size_t n)
{
	c->all->held += n - c->held;
	c->held = n;
}

/* Ends it; evhttp sees the end of the socket, soon: its bytes count no more. */
static void cut(struct http_conn *c, bool say)
{
	static const char text[] = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n"
				   "Connection: close\r\n\r\n";
	/* Closed at once: a client that is still sending would wait for room in a full window. */
	struct linger now = {.l_onoff = 1};
	evutil_socket_t fd = bufferevent_getfd(c->bev);

	if (c->cut)
		return;
	c->cut = true;
	hold(c, 0);
	if (say && send(fd, text, sizeof(text) - 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		say = false; /* then without a word */
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	shutdown(fd, SHUT_RDWR);
}

static bool is_idle(const struct http_conn *c)
{
	return c->known && !c->cut && !c->handled && !c->held;
}

/* New connections are put in front: the last idle one is the oldest. */
static void make_room(struct http_conn *new)
{
	struct http_conn *oldest = NULL;

	if (new->all->count <= new->all->limits.connections)
		return;
	for (struct http_conn *c = new->next; c; c = c->next)
		if (is_idle(c))
			oldest = c;
	cut(oldest ? oldest : new, !oldest);
}

/* evhttp is its reader's owner from its first turn on; NULL when it did not want it. */
static void get_known(struct http_conn *c)
{
	void *evcon = NULL;

	bufferevent_getcb(c->bev, NULL, NULL, NULL, &evcon);
	if (!evcon) {
		free_conn(c);
		return;
	}
	c->known = true;
	evhttp_connection_set_closecb(evcon, on_end, c);
	make_room(c);
}

static void on_late(evutil_socket_t fd, short what, void *arg)
{
	struct http_conn *c = arg;

	(void)fd;
	(void)what;
	if (!c->known)
		get_known(c);
	else
		cut(c, false);
}

static void start_clock(struct http_conn *c)
{
	unsigned ms = c->all->limits.request_ms;
	struct timeval t = {.tv_sec = ms / 1000, .tv_usec = (int)(ms % 1000) * 1000};

	if (!event_pending(c->late, EV_TIMEOUT, NULL))
		event_add(c->late, &t);
}

static void on_input(struct evbuffer *b, const struct evbuffer_cb_info *info, void *arg)
{
	struct http_conn *c = arg;

	(void)b;
	if (!info->n_added || c->cut)
		return;
	hold(c, c->held + info->n_added);
	if (!c->handled && c->known)
		start_clock(c);
	if (c->all->held > c->all->limits.held && c->held > SMALL && !c->handled)
		cut(c, true);
}

struct bufferevent *http_conn_new(struct event_base *base, void *conns)
{
	struct http_conns *cs = conns;
	struct http_conn *c = calloc(1, sizeof(*c));
	struct bufferevent *bev = bufferevent_socket_new(base, -1, 0);

	if (c && bev)
		c->late = event_new(base, -1, 0, on_late, c);
	if (!c || !bev || !c->late || !evbuffer_add_cb(bufferevent_get_input(bev), on_input, c)) {
		if (c && c->late)
			event_free(c->late);
		free(c);
		return bev; /* evhttp's alone, or NULL: it makes one, or gives up */
	}
	c->all = cs;
	c->bev = bev;
	bufferevent_incref(bev);
	c->next = cs->first;
	c->link = &cs->first;
	if (c->next)
		c->next->link = &c->next;
	cs->first = c;
	cs->count++;
	event_active(c->late, EV_TIMEOUT, 0);
	return bev;
}

struct http_conn *http_conn_of(struct http_conns *cs, struct evhttp_connection *evcon)
{
	const struct bufferevent *bev = evhttp_connection_get_bufferevent(evcon);
	struct http_conn *c = cs->first;

	while (c && c->bev != bev)
		c = c->next;
	return c;
}

bool http_conn_begin(struct http_conn *c)
{
	if (c->cut)
		return false;
	c->handled = true;
	event_del(c->late);
	return true;
}

void http_conn_end(struct http_conn *c)
{
	size_t next = evbuffer_get_length(bufferevent_get_input(c->bev));

	c->handled = false;
	hold(c, next);
	if (next)
		start_clock(c);
}

void http_conn_watch(struct http_conn *c, void (*closed)(void *arg), void *arg)
{
	c->closed = closed;
	c->closed_arg = arg;
}

void http_conn_free_all(struct http_conns *cs)
{
	while (cs->first)
		free_conn(cs->first);
}
