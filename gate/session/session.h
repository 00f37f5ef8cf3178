/* session - one client's connection.
 *
 * States: GREETED -> (SECURING ->) AUTH -> IDLE <-> BUSY -> CLOSED. In BUSY a statement runs and
 * what the client sends meanwhile waits in the stream's stash. An idle session owns no buffers.
 * Thread: one worker. */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H
#include <stdbool.h>
#include <stdint.h>

#include "gate/session/warning_list.h"
#include "gate/txn/txn.h"
#include "sql/lex/lex.h"
#include "src/base/err.h"
#include "src/base/hmap.h"
#include "src/base/str.h"
#include "src/wire/packet.h"
#include "src/wire/reply.h"

struct gate;
struct gate_worker;
struct login;
struct query;
struct stmt;
struct stream;

enum session_state {
	SESSION_GREETED,  /* greeting sent */
	SESSION_SECURING, /* TLS handshake */
	SESSION_AUTH,	  /* proving who it is */
	SESSION_IDLE,
	SESSION_BUSY,
	SESSION_CLOSED,
};

/* What USE and the connect database choose: "ks", "ks:-80", "ks@replica", "ks:-80@replica". */
struct session_target {
	char keyspace[65], shard[65]; /* shard empty: by vindex */
	uint8_t tablet_type;	      /* enum tablet_type of topo: primary, replica, rdonly */
};

struct session {
	struct gate_worker *gw; /* borrowed: outlives the session */
	struct stream *stream;	/* owned; NULL once closed */
	enum session_state state;
	uint32_t id;
	uint64_t caps; /* agreed with the client */
	uint8_t charset, seq;
	bool autocommit, killed;
	struct lex_opts lex;   /* sql_mode and character set, as far as they change reading SQL */
	int8_t client_charset; /* of the statements: enum charset_id, or CLIENT_CHARSET_OTHER... */
	uint32_t client_charset_changes;
	struct packet_join join;
	struct login *login; /* owned, until logged in */
	char *user;	     /* owned */
	char peer[48];	     /* "127.0.0.1", or "" over the unix socket */
	struct session_target target;
	struct txn txn;
	/* SET variables as the text behind SET, NULL: none. */
	char *settings;	       /* owned */
	struct hmap *sysvars;  /* owned; name -> value text; NULL: none set */
	struct hmap *uservars; /* owned; name -> literal text; NULL: none set */
	char *next_isolation;  /* owned; SET TRANSACTION for the next one, NULL: none */
	uint64_t last_insert_id, found_rows;
	int64_t row_count;
	uint16_t warnings;
	struct warning_list warning_list;
	struct err *last_error; /* owned: what SHOW WARNINGS tells after an error; NULL: none */
	struct stmt **stmt;	/* owned, by id - 1; NULL: closed */
	uint32_t stmt_count, stmt_open, next_stmt;
	struct query *query;	     /* owned while BUSY */
	uint64_t since_us;	     /* when the state began */
	struct session *prev, *next; /* the worker's list */
};

/* Takes over an accepted socket and sends the greeting. The fd is closed on failure. */
void session_accept(struct gate_worker *gw, int fd, bool unix_socket);
/* Ends the session at once: what it holds on tablets is rolled back and released. */
void session_close(struct session *s, const char *why);
/* The only writer of s->state. */
void session_set_state(struct session *s, enum session_state to);

/* --- answering; each ends in the client's next sequence number --- */

/* One packet of @n payload bytes. */
void session_send(struct session *s, const void *payload, size_t n);
void session_send_ok(struct session *s, const struct reply_ok *ok);
/* OK with the session's status and these counts. */
void session_send_done(struct session *s, uint64_t affected, uint64_t insert_id, bool more);
void session_send_error(struct session *s, const struct err *e);
/* SERVER_STATUS_* bits as they are now. */
uint16_t session_status(const struct session *s);
/* The command is answered: ready for the next one. */
void session_done(struct session *s);

/* --- session values --- */

/* All conditions of the last statement, and the errors among them. */
unsigned session_warning_count(const struct session *s);
unsigned session_error_count(const struct session *s);
void session_forget_warnings(struct session *s);

/* Back to a fresh session (COM_RESET_CONNECTION, COM_CHANGE_USER): variables, statements, target
 * stays; the transaction must be released before. */
void session_reset(struct session *s);
/* The target of clients that name none. */
void session_default_target(struct session *s);
/* "ks:-80@replica" into s->target; ERR_BAD_DB when there is no such keyspace or shard. */
int session_use(struct session *s, struct str target, struct err *e) MUST_CHECK;
/* Called by COM_ handlers of dispatch.c when the client has logged in. */
void session_logged_in(struct session *s);
#endif
