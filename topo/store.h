/* store - the topology store: a small, consistent tree of keys ("global/keyspaces/ks/keyspace")
 * with readable JSON values, shared by all processes of a cluster. Two back ends: etcd, and an
 * SQLite file for one machine.
 *
 * Every call blocks (blocking threads only), at most about store_config.timeout_ms; a store object
 * serves any number of threads. Errors: ERR_NOT_FOUND, ERR_EXISTS, ERR_CONFLICT as each call says;
 * ERR_UNAVAILABLE when the store cannot be reached (a write may or may not have happened then);
 * ERR_DENIED for wrong credentials. */
#ifndef TOPO_STORE_H
#define TOPO_STORE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"

struct store;
struct store_lock;

struct store_config {
	/* "sqlite:/path/to/file" or "etcd:http://127.0.0.1:2379,http://...", https for TLS. etcd
	 * keys get the prefix of the first endpoint's path ("/sluice/" when it has none). */
	const char *address;
	const char *user, *password_file;	    /* etcd: NULL without authentication */
	const char *ca_file, *cert_file, *key_file; /* etcd with https; NULL as for tls.h */
	unsigned timeout_ms;			    /* 0: 5000 */
};

/* NULL with @e: a bad address, unreadable files, or (SQLite) a file that cannot be opened. An etcd
 * that is away is no error yet. The caller closes it after all its locks and watches. */
struct store *store_open(const struct store_config *config, struct err *e);
void store_close(struct store *s); /* NULL is fine */
/* The address, without credentials: for people. */
const char *store_address(const struct store *s);

/* Appends the value to @value (NULL: not wanted); *version (NULL is fine) is what a later write may
 * ask for. -1: ERR_NOT_FOUND, ERR_UNAVAILABLE. */
int store_get(struct store *s, const char *key, struct buf *value, int64_t *version,
	      struct err *e) MUST_CHECK;

enum {
	STORE_ANY = -1,	  /* write whatever is there */
	STORE_CREATE = 0, /* the key must not exist */
};
struct store_write {
	const char *key;
	struct str value;
	int64_t expect; /* STORE_ANY, STORE_CREATE or the version that the key must have */
	/* If not NULL, the write happens only while this lock is held, in one step with it. */
	const struct store_lock *guard;
	int64_t version; /* out: the key's version after a put */
	int64_t lease;	 /* for lock.c: the key goes away with this lease; 0: it stays */
};
/* -1: ERR_EXISTS (STORE_CREATE), ERR_CONFLICT (another version, or gone), ERR_TXN_LOST (the guard
 * is not held any more), ERR_UNAVAILABLE. */
int store_put(struct store *s, struct store_write *w, struct err *e) MUST_CHECK;
/* Deletes; value is not used. -1: as store_put(), and ERR_NOT_FOUND. */
int store_delete(struct store *s, struct store_write *w, struct err *e) MUST_CHECK;

struct store_entry {
	char *key;   /* owned */
	char *value; /* owned, NUL after the end */
	size_t value_n;
	int64_t version;
};
struct store_list {
	struct {
		struct store_entry *v; /* owned; sorted by key */
		size_t len, cap;
	} entries;
	int64_t revision; /* the state of the store that this is */
};
/* All keys that start with @prefix, as of one moment. */
int store_list(struct store *s, const char *prefix, struct store_list *out,
	       struct err *e) MUST_CHECK;
void store_list_fini(struct store_list *l);
/* Forgets the history of changes up to now; watches that were behind then compare instead. etcd
 * does so by itself, if it is told to; for maintenance and tests. */
int store_compact(struct store *s, struct err *e) MUST_CHECK;
#endif
