/* store_int - between store.c, its back ends, lock.c and watch.c; nobody outside topo includes it.
 */
#ifndef TOPO_STORE_INT_H
#define TOPO_STORE_INT_H
#include "topo/store.h"

/* What store_ops.follow() tells. */
struct store_change {
	bool deleted;
	const char *key; /* borrowed for the call */
	struct str value;
	int64_t version;
};
struct store_follower {
	const char *prefix;
	int64_t revision; /* in: changes after this one; out: all up to this one have been told */
	void (*change)(void *arg, const struct store_change *c);
	void (*caught_up)(void *arg); /* after each batch, and when there turned out to be none */
	void *arg;
	const _Atomic int *stop;
	int wake_fd; /* readable once *stop is set */
};

/* A back end. All slots may be called from any thread at any time. None retries for longer than
 * store.timeout_ms. */
struct store_ops {
	void (*close)(struct store *s);
	int (*get)(struct store *s, const char *key, struct buf *value, int64_t *version,
		   struct err *e);
	/* @del: delete. */
	int (*write)(struct store *s, struct store_write *w, bool del, struct err *e);
	int (*list)(struct store *s, const char *prefix, struct store_list *out, struct err *e);
	/* Tells changes until *stop (returns 0) or an error; ERR_CONFLICT: the changes after
	 * f->revision are no longer known. */
	int (*follow)(struct store *s, struct store_follower *f, struct err *e);
	int (*lease_grant)(struct store *s, unsigned ttl_s, int64_t *id, struct err *e);
	/* ERR_NOT_FOUND: it has run out. */
	int (*lease_renew)(struct store *s, int64_t id, struct err *e);
	int (*lease_revoke)(struct store *s, int64_t id, struct err *e);
	int (*compact)(struct store *s, struct err *e);
};

struct store {
	const struct store_ops *ops;
	char *address; /* owned */
	unsigned timeout_ms;
};

/* The back ends' constructors: a struct that starts with struct store, ops set, or NULL with @e.
 * @rest is the address behind "sqlite:" or "etcd:". */
struct store *store_sqlite_open(const struct store_config *c, const char *rest, struct err *e);
struct store *store_etcd_open(const struct store_config *c, const char *rest, struct err *e);

/* Appends an entry to a list; copies. -1: out of memory. */
int store_list_add(struct store_list *l, struct str key, struct str value, int64_t version);
#endif
