/* conn_pool - connections to mysqld for the query path, kept and handed out again. The pool lends the
 * newest idle connection first, so that surplus ones grow old and are closed. A borrower that finds
 * none waits in line; the time and the length of the line are limited.
 *
 * A connection remembers what was done to it (settings, database, prepared statements, state left
 * behind). The pool resets a dirty connection before it lends it again. Thread: one worker. */
#ifndef POOL_CONN_POOL_H
#define POOL_CONN_POOL_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"
#include "src/wire/client_conn.h"
#include "tablet/pool/stmt_cache.h"

struct conn_pool;
struct killer;
struct pooled;
struct worker;

/* What cannot be changed after logging in: bits of pooled.kind. */
enum { POOLED_FOUND_ROWS = 1, POOLED_MULTI_STATEMENTS = 2, POOLED_KINDS = 4 };

struct conn_pool_config {
	struct worker *worker;
	const char *name;	     /* "reads", for metrics and logs */
	const char *address;	     /* "unix:/path/mysqld.sock" */
	const char *user, *password; /* borrowed: the password may be another at each connect */
	unsigned max, max_waiting;
	unsigned max_stmts; /* prepared statements per connection */
	uint64_t idle_us, wait_us;
	/* mysqld refused a login as @user; may be NULL. */
	void (*denied)(void *arg);
	void *arg;
};

enum pooled_state { POOLED_CONNECTING, POOLED_IDLE, POOLED_LENT, POOLED_GONE };

/* A connection as its borrower sees it. */
struct pooled {
	struct client_conn *conn; /* owned by the pool */
	struct conn_pool *pool;
	enum pooled_state state;
	uint8_t kind;
	bool dirty; /* state may be left behind: to be reset before anybody else has it */
	bool db_unknown;
	uint64_t settings_hash; /* of settings; 0: none */
	struct buf settings, database;
	struct stmt_cache stmts;
	uint64_t idle_since_us;
	struct pooled *next, *prev; /* idle: older, newer */
	/* The borrower is told when the connection breaks; it then calls conn_pool_discard(). */
	void (*closed)(void *arg, const struct err *why);
	void *arg;
};

/* A place in the line, embedded in the waiting request. */
struct conn_wait {
	struct conn_wait *next, *prev;
	struct conn_pool *pool; /* it is in this pool's line; NULL: in none */
	uint8_t kind;
	uint64_t settings_hash, until_us;
	/* Called once, not from inside conn_pool_get(): @c is lent, or NULL with @e. */
	void (*fn)(void *arg, struct pooled *c, const struct err *e);
	void *arg;
};

struct conn_pool_counts {
	unsigned lent, idle, connecting, waiting, max;
};

/* @c's texts are borrowed for the pool's life. NULL with @e. */
struct conn_pool *conn_pool_new(const struct conn_pool_config *c, struct err *e);
/* All connections must have been given back, and the line be empty. NULL is fine. */
void conn_pool_free(struct conn_pool *p);
/* A connection for @w->kind, if possible one that has @w->settings_hash already. 1: *out is lent;
 * 0: w is in the line (fn and arg must be set); -1: the line is full. */
int conn_pool_get(struct conn_pool *p, struct conn_wait *w, struct pooled **out,
		  struct err *e) MUST_CHECK;
/* Leaves the line, if it is in one. */
void conn_pool_cancel(struct conn_wait *w);
/* Gives it back; no command of the borrower may be under way. A dirty one is reset at once, which
 * also rolls back. */
void conn_pool_put(struct pooled *c);
/* Moves @c, which is lent, to the pool @to, if that has room: it counts there from now on. The two
 * pools differ in their limits only. */
void conn_pool_move(struct pooled *c, struct conn_pool *to);
/* Closes it instead. */
void conn_pool_discard(struct pooled *c);
/* Puts a reset in front of the next command; settings, statements and state are gone then. */
int conn_pool_reset(struct pooled *c, struct err *e) MUST_CHECK;
/* The hash of a settings text, 0 for an empty one. */
uint64_t conn_pool_settings_hash(struct str settings);
/* Remembers what the connection has now. -1: out of memory, nothing is remembered: discard it. */
int conn_pool_set_settings(struct pooled *c, struct str settings) MUST_CHECK;
int conn_pool_set_database(struct pooled *c, struct str database) MUST_CHECK;
struct conn_pool_counts conn_pool_counts(const struct conn_pool *p);
struct killer *conn_pool_killer(struct conn_pool *p);
/* Closes connections that were idle for too long, and ends waits that took too long; to be called about
 * every 100 ms. */
void conn_pool_tick(struct conn_pool *p);
#endif
