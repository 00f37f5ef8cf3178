/* client_conn - a connection to a MySQL or MariaDB server, non-blocking, on a worker: connects, logs
 * in (native, caching_sha2, clear over TLS), sends commands, and hands responses on as the raw bytes
 * they are, for relays. Several commands may be written one behind the other; their responses come
 * in that order.
 *
 * Thread: one worker. Any callback may call any function here, client_conn_close() included: the
 * memory goes at the end of the loop turn. */
#ifndef WIRE_CLIENT_CONN_H
#define WIRE_CLIENT_CONN_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "src/base/err.h"
#include "src/base/str.h"
#include "src/wire/result_scan.h"

struct client_conn;
struct tls;
struct worker;

enum { CLIENT_CONN_PIPELINE = 8 }; /* commands under way at once */

/* Borrowed, with all it points to, until the connection is ready or closed. */
struct client_conn_config {
	const char *address; /* as for stream_connect() */
	struct str user, password, database;
	struct tls *tls;         /* NULL: no TLS; else a server without TLS is an error */
	const char *server_name; /* to check the certificate against; NULL: not checked */
	uint64_t caps;           /* wanted besides the usual ones: CAP_FOUND_ROWS, CAP_LOCAL_FILES, ... */
	uint64_t no_caps;        /* usual ones not wanted (CAP_DEPRECATE_EOF, CAP_SESSION_TRACK) */
	uint8_t charset;         /* collation id; 0: utf8mb4_general_ci */
	struct str attrs;        /* connection attributes (handshake_put_attr()) */
	uint64_t timeout_us;     /* for connecting and logging in; 0: 10 s */
};

struct client_conn_handler {
	/* Logged in. */
	void (*ready)(void *arg);
	/* The connection is lost or was refused; responses under way will not end. Nothing more is
	 * called; call client_conn_close(). @why is never ERR_OK. */
	void (*closed)(void *arg, const struct err *why);
	/* Room again after client_conn_congested(); may be NULL. */
	void (*drained)(void *arg);
};

/* Who receives the response to a command; each slot may be NULL. */
struct client_conn_sink {
	/* Each part as it is recognised, before its bytes go to data(). */
	void (*part)(void *arg, const struct scan_part *part);
	/* The response's bytes, in order, in pieces as large as they came. */
	void (*data)(void *arg, const uint8_t *p, size_t n);
	/* The response is over; @last is its final part. */
	void (*end)(void *arg, const struct scan_part *last);
};

/* Starts connecting; the outcome comes by @h, never from inside this call. NULL with @e. */
struct client_conn *client_conn_open(struct worker *w, const struct client_conn_config *config,
				     const struct client_conn_handler *h, void *arg, struct err *e);
/* Closes at once (which kills what runs, except on servers that notice late); no more callbacks.
 * NULL is fine. */
void client_conn_close(struct client_conn *c);
/* Whether the command under way is one whose answer is swallowed: a KILL would hit it, and what follows
 * would run without it. */
bool client_conn_swallows(const struct client_conn *c);
/* Says COM_QUIT first. */
void client_conn_quit(struct client_conn *c);
/* Changes who is told. */
void client_conn_set_handler(struct client_conn *c, const struct client_conn_handler *h, void *arg);

/* Sends the command whose payload is @parts (the command byte first); copied. Without @sink the
 * response is swallowed, and an ERR in it closes the connection: for commands that are put before
 * another one and cannot fail. -1: the pipeline is full, or the connection is not ready. */
int client_conn_send(struct client_conn *c, const struct iovec *parts, int count,
		     const struct client_conn_sink *sink, void *arg, struct err *e) MUST_CHECK;
/* The same for a payload of @total bytes that comes in pieces: client_conn_append() until all are
 * given; no other command in between. @first is the command byte, part of @total. */
int client_conn_begin(struct client_conn *c, uint8_t first, uint64_t total,
		      const struct client_conn_sink *sink, void *arg, struct err *e) MUST_CHECK;
void client_conn_append(struct client_conn *c, const void *p, size_t n);
/* Bytes as they are, packet headers included: the file after SCAN_INFILE. */
void client_conn_raw(struct client_conn *c, const void *p, size_t n);

/* Stops and resumes reading the response. */
void client_conn_pause(struct client_conn *c);
void client_conn_resume(struct client_conn *c);
bool client_conn_congested(const struct client_conn *c);

bool client_conn_is_ready(const struct client_conn *c);
/* Commands whose response has not ended. */
unsigned client_conn_under_way(const struct client_conn *c);
uint64_t client_conn_caps(const struct client_conn *c);
/* The server's id of this connection, for KILL. */
uint32_t client_conn_id(const struct client_conn *c);
/* "10.11.6-MariaDB"; lives as long as the connection. */
const char *client_conn_version(const struct client_conn *c);
/* Status flags of the last OK or EOF packet. */
uint16_t client_conn_status(const struct client_conn *c);
#endif
