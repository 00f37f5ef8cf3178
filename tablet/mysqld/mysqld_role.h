/* mysqld_role - what a tablet's mysqld is to be, and how it must recover from a crash for that.
 *
 * After a crash a MariaDB server finds transactions at the end of its binary log that InnoDB has
 * only prepared. A normal recovery commits them: they may have been acknowledged. With
 * --init-rpl-role=SLAVE they are cut off the binary log and rolled back. That is right for one
 * server alone: a primary under semi-sync that comes back as a replica of another primary. There
 * an acknowledged transaction is on the new primary, and one that is not would make this server
 * diverge. On every other server the option loses acknowledged commits. So the tablet remembers
 * beside the data directory what its mysqld was, and starts it only when it knows what it is to be.
 */
#ifndef MYSQLD_MYSQLD_ROLE_H
#define MYSQLD_MYSQLD_ROLE_H
#include <stdbool.h>

#include "src/base/err.h"
#include "tablet/mysqld/shard_identity.h"

enum { MYSQLD_ADDRESS = 300 };

enum mysqld_role_kind { MYSQLD_UNDECIDED, MYSQLD_PRIMARY, MYSQLD_REPLICA };

struct mysqld_role {
	enum mysqld_role_kind kind;
	bool semi_sync; /* the keyspace's durability: commits wait for a replica */
	/* Of a replica: the primary's mysqld, "host:port"; "": nobody has been named yet. */
	char source[MYSQLD_ADDRESS];
	char identity[SHARD_IDENTITY]; /* the shard's; "": it has not been initialised */
	/* Of a replica: the RPC address of the primary's tablet, to be made anew from; "": none. */
	char clone_from[MYSQLD_ADDRESS];
};

/* What the mysqld of a directory was when it last accepted writes or replicated. */
struct mysqld_role_note {
	bool primary, semi_sync;
};

/* But for clone_from, which changes nothing in mysqld. */
bool mysqld_role_equal(const struct mysqld_role *a, const struct mysqld_role *b);
/* "primary", "replica", "undecided". */
const char *mysqld_role_name(enum mysqld_role_kind kind);
/* Whether a mysqld that was @was and is to be @now must cut off what it has only prepared. */
bool mysqld_role_truncates(const struct mysqld_role_note *was, const struct mysqld_role *now);
/* Remembers in @dir/role. Must be lasting before mysqld accepts the first write of the role. */
int mysqld_role_write(const char *dir, const struct mysqld_role_note *n, struct err *e) MUST_CHECK;
/* Reads it back. Without the file *out is a primary without semi-sync, which nothing is cut off. */
int mysqld_role_read(const char *dir, struct mysqld_role_note *out, struct err *e) MUST_CHECK;
#endif
