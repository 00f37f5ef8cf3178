/* http_conn - the connections of an http_server, and the limits on what they hold: their number,
 * the bytes of their requests, the time that a request takes.
 *
 * evhttp owns a connection and tells of its end only; the bytes are counted on the input buffer of
 * the socket, which is ours to make (evhttp_set_bevcb). Thread: the server's worker. */
#ifndef NET_HTTP_CONN_H
#define NET_HTTP_CONN_H
#include "src/net/http_server.h"

struct bufferevent;
struct event_base;
struct evhttp_connection;
struct http_conn;

struct http_conns {
	struct http_limits limits;
	struct http_conn *first; /* owned */
	unsigned count;
	size_t held;
};

/* For evhttp_set_bevcb(); @conns is a struct http_conns. */
struct bufferevent *http_conn_new(struct event_base *base, void *conns);
struct http_conn *http_conn_of(struct http_conns *cs, struct evhttp_connection *evcon);
/* A whole request has come; its handler has it now. False: the connection is being cut, and no
 * handler gets it. */
bool http_conn_begin(struct http_conn *c);
/* It is answered: its bytes are given back. */
void http_conn_end(struct http_conn *c);
/* @closed runs when the connection ends before the answer does; NULL: not any more. */
void http_conn_watch(struct http_conn *c, void (*closed)(void *arg), void *arg);
/* After the end of evhttp. */
void http_conn_free_all(struct http_conns *cs);
#endif
