/* session - one client's connection and its state machine.
 *
 * States: GREETED -> (SECURING ->) AUTH -> IDLE <-> BUSY -> CLOSED. In BUSY a command runs and
 * what the client sends meanwhile waits in the stream's stash. An idle session owns no buffers.
 * Thread: one worker. */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H
#include <stdbool.h>
#include <stdint.h>

#include "gate/conn/conn.h"
#include "src/wire/packet.h"

struct gate_worker;
struct login;
struct session;
struct statement;

enum session_state {
	SESSION_GREETED,  /* greeting sent */
	SESSION_SECURING, /* TLS handshake */
	SESSION_AUTH,	  /* proving who it is */
	SESSION_IDLE,
	SESSION_BUSY,
	SESSION_CLOSED,
};

/* What a session hands its client's packets to; gate_worker sets them. */
struct session_ops {
	void (*command)(struct session *s, struct str payload); /* of a client that has logged in */
	int (*greet)(struct session *s, bool unix_socket);	/* -1: out of memory */
	void (*login)(struct session *s, struct str payload);
	/* After each packet of the login: TLS is to begin; @rest are bytes behind the packet. */
	bool (*wants_tls)(const struct session *s);
	void (*start_tls)(struct session *s, const uint8_t *rest, size_t n);
	void (*secured)(struct session *s);
	void (*drop_login)(struct session *s); /* the session closes */
};

struct session {
	struct conn conn;	/* first: statements know only it */
	struct gate_worker *gw; /* borrowed: outlives the session */
	const struct session_ops *ops;
	enum session_state state;
	struct packet_join join;
	struct login *login;	     /* owned, until logged in */
	struct statement *statement; /* owned while BUSY; NULL: the command is no statement */
	uint64_t since_us;	     /* when the state began */
	size_t pending;		     /* bytes that waited for the client at the last tick */
	uint64_t stalled_us;	     /* since when it has taken none of them; 0: it takes */
	struct session *prev, *next; /* the worker's list */
};

/* Takes over an accepted socket and sends the greeting. The fd is closed on failure. */
void session_accept(struct gate_worker *gw, int fd, bool unix_socket);
/* Ends the session at once: what it holds on tablets is rolled back and released, but a COMMIT
 * under way goes on. */
void session_close(struct session *s, const char *why);
/* The only writer of s->state. */
void session_set_state(struct session *s, enum session_state to);
/* The command is answered: ready for the next one. */
void session_done(struct session *s);
/* Back to a fresh session (COM_RESET_CONNECTION, COM_CHANGE_USER): variables, statements; the
 * target stays; the transaction must be released before. */
void session_reset(struct session *s);
/* The session with this connection id on this worker, or NULL. */
struct session *session_find(struct gate_worker *gw, uint32_t id);
/* The login is over and answered: commands may come. */
void session_ready(struct session *s);
/* The client has proved who it is: OK, and commands may come. */
void session_logged_in(struct session *s);
#endif
