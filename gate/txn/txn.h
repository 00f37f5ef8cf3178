/* txn - the connections that a session keeps on tablets: one per shard that its transaction touched
 * or that holds state for it (temporary tables, locks).
 * Thread: the session's worker. */
#ifndef TXN_TXN_H
#define TXN_TXN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/str.h"

struct txn_shard {
	char keyspace[65], shard[65], address[128]; /* address: of the tablet that has it */
	uint8_t tablet_type;
	uint64_t id;	   /* on the tablet */
	bool in_txn;	   /* inside the transaction */
	bool reserved;	   /* kept beyond it */
	bool wrote;	   /* a statement that may have written ran there */
	bool locked;	   /* LOCK TABLES ran there */
	size_t savepoints; /* of txn.savepoint already known there */
};

/* SET TRANSACTION without SESSION: what the next transaction is like. All zero: like the session. */
struct txn_traits {
	uint8_t isolation; /* enum txn_isolation */
	enum { TXN_ACCESS_SESSION, TXN_READ_ONLY, TXN_READ_WRITE } access;
};
enum txn_isolation {
	TXN_ISOLATION_SESSION,
	TXN_READ_UNCOMMITTED,
	TXN_READ_COMMITTED,
	TXN_REPEATABLE_READ,
	TXN_SERIALIZABLE,
};

struct txn {
	bool open;   /* BEGIN was said, or autocommit=0 and a statement ran */
	bool lost;   /* a participant is gone: only ROLLBACK is possible */
	bool read_only; /* START TRANSACTION READ ONLY */
	struct txn_traits traits; /* of this transaction or, while none is open, of the next */
	char *begin; /* owned: the text that opened it ("START TRANSACTION READ ONLY"), NULL: plain
		      */
	struct txn_shard *shard; /* owned */
	size_t len, cap;
	struct {
		char **v; /* owned statements: SAVEPOINT `x`, in order */
		size_t len, cap;
	} savepoint;
};

/* The connection kept on a shard, or NULL. */
struct txn_shard *txn_find(struct txn *t, const char *keyspace, const char *shard,
			   uint8_t tablet_type);
/* A new entry; NULL when out of memory. */
struct txn_shard *txn_add(struct txn *t, const char *keyspace, const char *shard,
			  uint8_t tablet_type);
void txn_remove(struct txn *t, struct txn_shard *s);
/* The transaction is over: entries that are not reserved go, savepoints and begin text too. */
void txn_clear(struct txn *t);
/* Everything goes. */
void txn_fini(struct txn *t);
/* True when a COMMIT or ROLLBACK has somebody to talk to. */
bool txn_has_participants(const struct txn *t);
/* True while LOCK TABLES holds on some shard. */
bool txn_has_locks(const struct txn *t);
/* Number of the savepoint of this statement ("SAVEPOINT `x`"), SIZE_MAX: there is none. */
size_t txn_find_savepoint(const struct txn *t, const char *statement);
/* The transaction or, outside of one, savepoints that wait for it: there is something to commit. */
bool txn_is_under_way(const struct txn *t);
/* The statement that gives the next transaction its traits; "": there are none. */
const char *txn_traits_text(const struct txn *t);
/* Forgets savepoint @at alone (its name is used again). */
void txn_forget_savepoint(struct txn *t, size_t at);
/* Forgets the savepoints from number @keep on. */
void txn_keep_savepoints(struct txn *t, size_t keep);
#endif
