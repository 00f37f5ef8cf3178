/* users - who may log in, from a JSON file:
 *
 *	{"app": {"password": "*94BD..." | "$A$005$..." | "", "hosts": ["127.0.0.1"], "tls": true,
 *		 "owner": true, "admin": true, "process": true, "query_timeout": "30s",
 *		 "idle_timeout": "10m", "net_write_timeout": "20s"}}
 *
 * ("owner": only over the unix socket, from a process of the user that runs the gate; "admin": may
 * administer the servers behind the gate; "process": sees and may kill the sessions of all users;
 *times that are not said are those of the gate's options)
 *
 * or, short, {"app": "*94BD..."}. Passwords are hashes of mysql_native_password or of
 * caching_sha2_password, or empty. Published as a snapshot, read again on SIGHUP. Any thread. */
#ifndef SESSION_USERS_H
#define SESSION_USERS_H
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "gate/base/gate_settings.h"
#include "src/base/err.h"
#include "src/base/hmap.h"
#include "src/base/snapshot.h"
#include "src/base/str.h"

enum { USERS_FAST = 32 };

struct user {
	char *name, *hash; /* owned */
	bool require_tls;
	bool admin;
	bool owner_only; /* only from a process of the gate's own user, over the unix socket */
	bool process;	 /* PROCESSLIST and KILL reach the sessions of all users */
	char **hosts;	 /* owned, numeric addresses; none: from anywhere */
	size_t host_count;
	struct user_limit {
		bool own; /* else the gate's */
		int64_t us;
	} query, idle, net_write;
	/* The caching_sha2 cache: learned at a full login. Guarded by the snapshot's lock. */
	uint8_t fast[USERS_FAST];
	bool have_fast;
};

struct users {
	struct snapshot snap;
	struct hmap by_name;
	pthread_mutex_t m;
};

/* Parses @text; every mistake is an error that names the user. One reference, the caller's. */
struct users *users_parse(struct str text, struct err *e);
/* The same from a file. */
struct users *users_load(const char *path, struct err *e);
/* NULL when there is none of that name, or none from @host (an address without port, or "" for a
 * unix socket, which every user may use). */
struct user *users_find(struct users *u, struct str name, struct str host);
/* What holds for the user's sessions; @gate: for those that have nothing of their own. */
struct gate_limits user_limits(const struct user *u, const struct gate_limits *gate);
/* Whether the user has the right "process". */
bool users_may_process(const struct users *u, struct str name);
/* The cached fast hash into @out; false when there is none. */
bool users_fast_get(struct users *u, struct user *user, uint8_t out[USERS_FAST]);
void users_fast_put(struct users *u, struct user *user, const uint8_t fast[USERS_FAST]);
#endif
