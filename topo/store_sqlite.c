/* store_sqlite - the topology store in one SQLite file, for the processes of one machine.
 *
 * Every change is one transaction: it takes the next revision, changes table kv and appends to
 * table log, from which watches read what is new. They sleep until the database's file is touched,
 * which a writer does after its commit, or the write-ahead log is written (by who does not touch;
 * what was written may be seen a moment later, so they look a few times), a lease runs out, or
 * LOOK_MS passed. The log keeps the last LOG_KEEP changes; meta.trimmed is the last revision that
 * is no longer in it.
 *
 * Leases are rows with an expiry on the monotonic clock, which all processes of the machine share;
 * one from before a reboot has another boot id and counts as expired. Whoever writes, or polls,
 * first deletes the keys of expired leases.
 *
 * Threads: one connection per store object, under a mutex. Callbacks run without it. */
#include <inttypes.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/clk.h"
#include "topo/file_watch.h"
#include "topo/lock.h"
#include "topo/store_int.h"

enum { LOG_KEEP = 10000, LOOK_MS = 2000, BATCH = 500, FORMAT = 1 };

struct sqlite_store {
	struct store base; /* must be first */
	pthread_mutex_t m;
	sqlite3 *db; /* owned; guarded by m */
	char boot[40];
	char *path, *wal; /* owned; of the database and its log */
	bool writing;	  /* a transaction that changes something; guarded by m */
};

static const char schema[] =
	"CREATE TABLE IF NOT EXISTS kv(key TEXT PRIMARY KEY, value TEXT NOT NULL,"
	" version INTEGER NOT NULL, lease INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS log(revision INTEGER PRIMARY KEY, key TEXT NOT NULL, value "
	"TEXT);"
	"CREATE TABLE IF NOT EXISTS lease(id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" ttl_us INTEGER NOT NULL, expires_us INTEGER NOT NULL, boot TEXT NOT NULL);"
	"CREATE TABLE IF NOT EXISTS meta(one INTEGER PRIMARY KEY CHECK (one = 1),"
	" revision INTEGER NOT NULL, trimmed INTEGER NOT NULL);"
	"INSERT OR IGNORE INTO meta VALUES(1, 0, 0);";

static struct sqlite_store *sqlite_of(struct store *s)
{
	return (struct sqlite_store *)s;
}

static int fail(struct sqlite_store *q, int rc, struct err *e)
{
	enum err_code code = ERR_UNAVAILABLE;

	if ((rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB)
		code = ERR_IO;
	else if ((rc & 0xff) == SQLITE_NOMEM)
		code = ERR_NOMEM;
	return err_set(e, code, "topology store: %s",
		       q->db ? sqlite3_errmsg(q->db) : sqlite3_errstr(rc));
}

/* Arguments of a statement, by type: i = int64_t, s = const char *, S = struct str *. */
struct arg {
	char type;
	int64_t i;
	struct str s;
};
#define INT(v) ((struct arg){.type = 'i', .i = (v)})
#define TEXT(z) ((struct arg){.type = 's', .s = str_of(z)})
#define STR(v) ((struct arg){.type = 's', .s = (v)})
#define END ((struct arg){.type = 0})
#define ARGS(...) ((const struct arg[]){__VA_ARGS__, END})
#define NONE ((const struct arg[]){END})

static sqlite3_stmt *prepare(struct sqlite_store *q, const char *sql, const struct arg *args,
			     struct err *e)
{
	sqlite3_stmt *st;
	int rc = sqlite3_prepare_v2(q->db, sql, -1, &st, NULL);

	for (int i = 1; rc == SQLITE_OK && args->type; i++, args++) {
		rc = args->type == 'i' ? sqlite3_bind_int64(st, i, args->i)
				       : sqlite3_bind_text64(st, i, args->s.p ? args->s.p : "",
							     args->s.n, SQLITE_STATIC, SQLITE_UTF8);
	}
	if (rc == SQLITE_OK)
		return st;
	fail(q, rc, e);
	sqlite3_finalize(st);
	return NULL;
}

/* Runs a statement that gives no rows. */
static int run(struct sqlite_store *q, const char *sql, const struct arg *args, struct err *e)
{
	sqlite3_stmt *st = prepare(q, sql, args, e);
	int rc;

	if (!st)
		return -1;
	rc = sqlite3_step(st);
	if (rc != SQLITE_DONE && rc != SQLITE_ROW)
		fail(q, rc, e);
	sqlite3_finalize(st);
	return rc == SQLITE_DONE || rc == SQLITE_ROW ? 0 : -1;
}

/* The first two columns, integers, of the first row. 1, 0 when there is no row, or -1. */
static int query(struct sqlite_store *q, const char *sql, const struct arg *args, int64_t out[2],
		 struct err *e)
{
	sqlite3_stmt *st = prepare(q, sql, args, e);
	int rc;

	if (!st)
		return -1;
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW) {
		out[0] = sqlite3_column_int64(st, 0);
		out[1] = sqlite3_column_count(st) > 1 ? sqlite3_column_int64(st, 1) : 0;
	} else if (rc != SQLITE_DONE) {
		fail(q, rc, e);
	}
	sqlite3_finalize(st);
	return rc == SQLITE_ROW ? 1 : rc == SQLITE_DONE ? 0 : -1;
}

static struct str column(sqlite3_stmt *st, int i)
{
	const void *p = sqlite3_column_text(st, i);

	return str_make(p, (size_t)sqlite3_column_bytes(st, i));
}

/* ---- transactions; the caller holds the mutex ---- */

static int begin(struct sqlite_store *q, struct err *e)
{
	q->writing = true;
	return run(q, "BEGIN IMMEDIATE", NONE, e);
}

/* Commits when @rc is 0, else rolls back. Returns what came of it. */
static int finish(struct sqlite_store *q, int rc, struct err *e)
{
	if (rc == 0)
		rc = run(q, "COMMIT", NONE, e);
	if (rc < 0)
		sqlite3_exec(q->db, "ROLLBACK", NULL, NULL, NULL);
	else if (q->writing)
		file_watch_touch(q->path);
	q->writing = false;
	return rc;
}

/* Takes the next revision and logs the change; @value NULL: deleted. */
static int log_change(struct sqlite_store *q, struct str key, const struct str *value,
		      int64_t *revision, struct err *e)
{
	int64_t v[2];

	if (query(q, "UPDATE meta SET revision = revision + 1 RETURNING revision, trimmed", NONE, v,
		  e) != 1)
		return -1;
	*revision = v[0];
	if (run(q,
		value ? "INSERT INTO log VALUES(?1, ?2, ?3)"
		      : "INSERT INTO log VALUES(?1, ?2, NULL)",
		value ? ARGS(INT(v[0]), STR(key), STR(*value)) : ARGS(INT(v[0]), STR(key)), e) < 0)
		return -1;
	if (v[0] - v[1] <= 2 * LOG_KEEP)
		return 0;
	if (run(q, "DELETE FROM log WHERE revision <= ?1", ARGS(INT(v[0] - LOG_KEEP)), e) < 0)
		return -1;
	return run(q, "UPDATE meta SET trimmed = ?1", ARGS(INT(v[0] - LOG_KEEP)), e);
}

/* Deletes key @key, which is there. */
static int delete_key(struct sqlite_store *q, struct str key, struct err *e)
{
	int64_t revision;

	if (run(q, "DELETE FROM kv WHERE key = ?1", ARGS(STR(key)), e) < 0)
		return -1;
	return log_change(q, key, NULL, &revision, e);
}

/* Deletes the keys of lease @id, then the lease. */
static int end_lease(struct sqlite_store *q, int64_t id, struct err *e)
{
	for (;;) {
		sqlite3_stmt *st =
			prepare(q, "SELECT key FROM kv WHERE lease = ?1 LIMIT 1", ARGS(INT(id)), e);
		char *key;
		int rc;

		if (!st)
			return -1;
		rc = sqlite3_step(st);
		key = rc == SQLITE_ROW ? str_dup(column(st, 0)) : NULL;
		sqlite3_finalize(st);
		if (rc == SQLITE_DONE)
			break;
		if (rc != SQLITE_ROW || !key) {
			free(key);
			return fail(q, rc == SQLITE_ROW ? SQLITE_NOMEM : rc, e);
		}
		rc = delete_key(q, str_of(key), e);
		free(key);
		if (rc < 0)
			return -1;
	}
	return run(q, "DELETE FROM lease WHERE id = ?1", ARGS(INT(id)), e);
}

#define EXPIRED "SELECT id FROM lease WHERE expires_us <= ?1 OR boot <> ?2 LIMIT 1"

static int expire_leases(struct sqlite_store *q, struct err *e)
{
	int64_t id[2];
	int rc;

	while ((rc = query(q, EXPIRED, ARGS(INT((int64_t)clk_mono_us()), TEXT(q->boot)), id, e)) ==
	       1) {
		if (end_lease(q, id[0], e) < 0)
			return -1;
	}
	return rc;
}

/* ---- operations ---- */

static int sqlite_get(struct store *s, const char *key, struct buf *value, int64_t *version,
		      struct err *e)
{
	struct sqlite_store *q = sqlite_of(s);
	sqlite3_stmt *st;
	int rc = SQLITE_ERROR;

	pthread_mutex_lock(&q->m);
	/* What hangs on an expired lease is gone, even if nobody has come by to delete it. */
	st = prepare(q,
		     "SELECT value, version FROM kv WHERE key = ?1 AND (lease = 0 OR lease IN"
		     " (SELECT id FROM lease WHERE expires_us > ?2 AND boot = ?3))",
		     ARGS(TEXT(key), INT((int64_t)clk_mono_us()), TEXT(q->boot)), e);
	if (st)
		rc = sqlite3_step(st);
	if (rc == SQLITE_ROW && value)
		buf_str(value, column(st, 0));
	if (rc == SQLITE_ROW && version)
		*version = sqlite3_column_int64(st, 1);
	if (st && rc != SQLITE_ROW && rc != SQLITE_DONE)
		fail(q, rc, e);
	sqlite3_finalize(st);
	pthread_mutex_unlock(&q->m);
	if (rc == SQLITE_DONE)
		return err_set(e, ERR_NOT_FOUND, "there is no %s in the topology store", key);
	if (rc != SQLITE_ROW)
		return -1;
	return value ? buf_check(value, e) : 0;
}

static int check_guard(struct sqlite_store *q, const struct store_write *w, struct err *e)
{
	int64_t version[2];
	const char *key;
	int rc;

	if (!w->guard)
		return 0;
	key = lock_key(w->guard);
	rc = query(q, "SELECT version FROM kv WHERE key = ?1", ARGS(TEXT(key)), version, e);
	if (rc < 0 || (rc == 1 && version[0] == lock_fence(w->guard)))
		return rc < 0 ? -1 : 0;
	return err_set(e, ERR_TXN_LOST, "lock %s is lost: %s is not written", key, w->key);
}

static int check_expect(const struct store_write *w, bool there, int64_t version, bool del,
			struct err *e)
{
	if (w->expect == STORE_CREATE && there)
		return err_set(e, ERR_EXISTS, "%s exists already", w->key);
	if (del && !there && w->expect == STORE_ANY)
		return err_set(e, ERR_NOT_FOUND, "there is no %s in the topology store", w->key);
	if (w->expect > 0 && (!there || version != w->expect))
		return err_set(e, ERR_CONFLICT, "%s has been %s in the meantime", w->key,
			       there ? "changed" : "deleted");
	return 0;
}

static int write_locked(struct sqlite_store *q, struct store_write *w, bool del, struct err *e)
{
	int64_t version[2] = {0, 0};
	int there;

	if (expire_leases(q, e) < 0 || check_guard(q, w, e) < 0)
		return -1;
	there = query(q, "SELECT version FROM kv WHERE key = ?1", ARGS(TEXT(w->key)), version, e);
	if (there < 0 || check_expect(w, there == 1, version[0], del, e) < 0)
		return -1;
	if (del)
		return delete_key(q, str_of(w->key), e);
	if (w->lease &&
	    query(q, "SELECT id FROM lease WHERE id = ?1", ARGS(INT(w->lease)), version, e) != 1)
		return err_set(e, ERR_TXN_LOST, "the lease of %s has run out", w->key);
	if (log_change(q, str_of(w->key), &w->value, &w->version, e) < 0)
		return -1;
	return run(q, "INSERT OR REPLACE INTO kv VALUES(?1, ?2, ?3, ?4)",
		   ARGS(TEXT(w->key), STR(w->value), INT(w->version), INT(w->lease)), e);
}

static int sqlite_write(struct store *s, struct store_write *w, bool del, struct err *e)
{
	struct sqlite_store *q = sqlite_of(s);
	int rc;

	pthread_mutex_lock(&q->m);
	rc = begin(q, e);
	if (rc == 0)
		rc = finish(q, write_locked(q, w, del, e), e);
	pthread_mutex_unlock(&q->m);
	return rc;
}

static int list_locked(struct sqlite_store *q, const char *prefix, struct store_list *out,
		       struct err *e)
{
	sqlite3_stmt *st;
	int64_t revision[2];
	int rc;

	if (query(q, "SELECT revision FROM meta", NONE, revision, e) != 1)
		return -1;
	out->revision = revision[0];
	st = prepare(q,
		     "SELECT key, value, version FROM kv WHERE key >= ?1"
		     " AND substr(key, 1, length(?1)) = ?1 ORDER BY key",
		     ARGS(TEXT(prefix)), e);
	if (!st)
		return -1;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		struct str key = column(st, 0);

		if (store_list_add(out, key, column(st, 1), sqlite3_column_int64(st, 2)) < 0) {
			rc = SQLITE_NOMEM;
			break;
		}
	}
	if (rc != SQLITE_DONE)
		fail(q, rc, e);
	sqlite3_finalize(st);
	return rc == SQLITE_DONE ? 0 : -1;
}

static int sqlite_list(struct store *s, const char *prefix, struct store_list *out, struct err *e)
{
	struct sqlite_store *q = sqlite_of(s);
	int rc;

	pthread_mutex_lock(&q->m);
	/* Keys and revision must be of one moment. */
	rc = run(q, "BEGIN", NONE, e);
	if (rc == 0)
		rc = finish(q, list_locked(q, prefix, out, e), e);
	pthread_mutex_unlock(&q->m);
	return rc;
}

/* ---- following ---- */

/* One change of the log, copied, because callbacks run without the mutex. */
struct batch {
	struct {
		char *key, *value; /* owned; value NULL: deleted */
		size_t value_n;
		int64_t version;
	} v[BATCH];
	size_t n;
};

static void free_batch(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		free(b->v[i].key);
		free(b->v[i].value);
	}
	b->n = 0;
}

static int read_row(sqlite3_stmt *st, struct batch *b)
{
	bool deleted = sqlite3_column_type(st, 2) == SQLITE_NULL;
	struct str value = column(st, 2);
	size_t i = b->n++;

	b->v[i].version = sqlite3_column_int64(st, 0);
	b->v[i].key = str_dup(column(st, 1));
	b->v[i].value = deleted ? NULL : str_dup(value);
	b->v[i].value_n = value.n;
	return b->v[i].key && (deleted || b->v[i].value) ? SQLITE_ROW : SQLITE_NOMEM;
}

static int read_batch(struct sqlite_store *q, struct store_follower *f, struct batch *b,
		      struct err *e)
{
	int64_t meta[2];
	sqlite3_stmt *st;
	int rc;

	if (query(q, "SELECT revision, trimmed FROM meta", NONE, meta, e) != 1)
		return -1;
	if (f->revision < meta[1])
		return err_set(e, ERR_CONFLICT, "changes up to %" PRId64 " are no longer known",
			       meta[1]);
	if (f->revision >= meta[0])
		return 0;
	st = prepare(q,
		     "SELECT revision, key, value FROM log WHERE revision > ?1 ORDER BY revision "
		     "LIMIT ?2",
		     ARGS(INT(f->revision), INT(BATCH)), e);
	if (!st)
		return -1;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		rc = read_row(st, b);
		if (rc != SQLITE_ROW)
			break;
	}
	if (rc != SQLITE_DONE)
		fail(q, rc, e);
	sqlite3_finalize(st);
	return rc == SQLITE_DONE ? 0 : -1;
}

static int poll_once(struct sqlite_store *q, struct store_follower *f, struct batch *b,
		     struct err *e)
{
	int64_t id[2];
	int rc;

	pthread_mutex_lock(&q->m);
	rc = query(q, EXPIRED, ARGS(INT((int64_t)clk_mono_us()), TEXT(q->boot)), id, e);
	if (rc == 1) {
		rc = begin(q, e);
		if (rc == 0)
			rc = finish(q, expire_leases(q, e), e);
	}
	if (rc == 0)
		rc = run(q, "BEGIN", NONE, e);
	if (rc == 0)
		rc = finish(q, read_batch(q, f, b, e), e);
	pthread_mutex_unlock(&q->m);
	return rc;
}

static void tell(struct store_follower *f, const struct batch *b)
{
	size_t n = strlen(f->prefix);

	for (size_t i = 0; i < b->n; i++) {
		struct store_change c = {.deleted = !b->v[i].value,
					 .key = b->v[i].key,
					 .value = str_make(b->v[i].value, b->v[i].value_n),
					 .version = b->v[i].version};

		if (strncmp(c.key, f->prefix, n) == 0)
			f->change(f->arg, &c);
		f->revision = c.version;
	}
}

/* How long nothing happens by itself: until a lease runs out, but not longer than @most. */
static unsigned next_expiry_ms(struct sqlite_store *q, unsigned most)
{
	int64_t at[2], now = (int64_t)clk_mono_us();
	int rc;

	pthread_mutex_lock(&q->m);
	rc = query(q, "SELECT expires_us FROM lease ORDER BY 1 LIMIT 1", NONE, at, NULL);
	pthread_mutex_unlock(&q->m);
	if (rc != 1 || at[0] >= now + (int64_t)most * 1000)
		return most;
	return at[0] > now ? (unsigned)((at[0] - now) / 1000 + 1) : 1;
}

/* @looks counts the waits since the last sign of a change. */
static void wait_for_change(struct sqlite_store *q, struct store_follower *f, struct file_watch *w,
			    unsigned *looks)
{
	static const unsigned pause_ms[] = {100, LOOK_MS};
	unsigned last = sizeof(pause_ms) / sizeof(pause_ms[0]) - 1;
	unsigned ms = pause_ms[*looks < last ? *looks : last];

	*looks = file_watch_wait(w, f->wake_fd, next_expiry_ms(q, ms)) ? 0 : *looks + 1;
}

static int sqlite_follow(struct store *s, struct store_follower *f, struct err *e)
{
	struct sqlite_store *q = sqlite_of(s);
	struct batch *b = calloc(1, sizeof(*b));
	struct file_watch watch;
	unsigned looks = 0;
	int rc = 0;

	if (!b)
		return err_set(e, ERR_NOMEM, "out of memory");
	file_watch_init(&watch, q->path, q->wal);
	while (rc == 0 && !*f->stop) {
		rc = poll_once(q, f, b, e);
		if (rc == 0 && b->n > 0) {
			tell(f, b);
			if (b->n < BATCH)
				f->caught_up(f->arg);
		} else if (rc == 0) {
			wait_for_change(q, f, &watch, &looks);
		}
		free_batch(b);
	}
	file_watch_fini(&watch);
	free(b);
	return rc;
}

/* ---- leases ---- */

static int sqlite_lease_grant(struct store *s, unsigned ttl_s, int64_t *id, struct err *e)
{
	struct sqlite_store *q = sqlite_of(s);
	int64_t ttl = (int64_t)ttl_s * 1000000;
	int rc;

	pthread_mutex_lock(&q->m);
	rc = run(q, "INSERT INTO lease(ttl_us, expires_us, boot) VALUES(?1, ?2, ?3)",
		 ARGS(INT(ttl), INT((int64_t)clk_mono_us() + ttl), TEXT(q->boot)), e);
	*id = sqlite3_last_insert_rowid(q->db);
	pthread_mutex_unlock(&q->m);
	return rc;
}

static int sqlite_lease_renew(struct store *s, int64_t id, struct err *e)
{
	struct sqlite_store *q = sqlite_of(s);
	int64_t now = (int64_t)clk_mono_us();
	int rc;

	pthread_mutex_lock(&q->m);
	rc = run(q,
		 "UPDATE lease SET expires_us = ?1 + ttl_us"
		 " WHERE id = ?2 AND expires_us > ?1 AND boot = ?3",
		 ARGS(INT(now), INT(id), TEXT(q->boot)), e);
	if (rc == 0 && sqlite3_changes(q->db) == 0)
		rc = err_set(e, ERR_NOT_FOUND, "the lease has run out");
	pthread_mutex_unlock(&q->m);
	return rc;
}

static int sqlite_lease_revoke(struct store *s, int64_t id, struct err *e)
{
	struct sqlite_store *q = sqlite_of(s);
	int rc;

	pthread_mutex_lock(&q->m);
	rc = begin(q, e);
	if (rc == 0)
		rc = finish(q, end_lease(q, id, e), e);
	pthread_mutex_unlock(&q->m);
	return rc;
}

static int sqlite_compact(struct store *s, struct err *e)
{
	struct sqlite_store *q = sqlite_of(s);
	int rc;

	pthread_mutex_lock(&q->m);
	rc = begin(q, e);
	if (rc == 0) {
		rc = run(q, "DELETE FROM log", NONE, e);
		if (rc == 0)
			rc = run(q, "UPDATE meta SET trimmed = revision", NONE, e);
		rc = finish(q, rc, e);
	}
	pthread_mutex_unlock(&q->m);
	return rc;
}

static void sqlite_close_store(struct store *s)
{
	struct sqlite_store *q = sqlite_of(s);

	sqlite3_close(q->db);
	pthread_mutex_destroy(&q->m);
	free(q->path);
	free(q->wal);
	free(q);
}

static const struct store_ops sqlite_ops = {
	.close = sqlite_close_store,
	.get = sqlite_get,
	.write = sqlite_write,
	.list = sqlite_list,
	.follow = sqlite_follow,
	.lease_grant = sqlite_lease_grant,
	.lease_renew = sqlite_lease_renew,
	.lease_revoke = sqlite_lease_revoke,
	.compact = sqlite_compact,
};

static int read_boot_id(struct sqlite_store *q, struct err *e)
{
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
	bool ok = f && fgets(q->boot, sizeof(q->boot), f) != NULL;

	if (f)
		fclose(f);
	return ok ? 0 : err_set(e, ERR_IO, "cannot read /proc/sys/kernel/random/boot_id");
}

static int set_up(struct sqlite_store *q, struct err *e)
{
	int64_t format[2];
	int rc;

	if (query(q, "PRAGMA user_version", NONE, format, e) != 1)
		return -1;
	if (format[0] > FORMAT)
		return err_set(e, ERR_INVALID, "it is of a newer version of Sluice");
	if (run(q, "PRAGMA journal_mode = WAL", NONE, e) < 0 ||
	    run(q, "PRAGMA synchronous = FULL", NONE, e) < 0)
		return -1;
	if (format[0] == FORMAT)
		return 0;
	/* Several processes may start at once: the first makes the tables. */
	if (begin(q, e) < 0)
		return -1;
	rc = sqlite3_exec(q->db, schema, NULL, NULL, NULL);
	rc = rc == SQLITE_OK ? 0 : fail(q, rc, e);
	if (rc == 0)
		rc = run(q, "PRAGMA user_version = 1", NONE, e);
	return finish(q, rc, e);
}

struct store *store_sqlite_open(const struct store_config *c, const char *rest, struct err *e)
{
	struct sqlite_store *q = calloc(1, sizeof(*q));
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, rc;

	if (!q) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	q->base.ops = &sqlite_ops;
	pthread_mutex_init(&q->m, NULL);
	q->path = str_dup(str_of(rest));
	q->wal = malloc(strlen(rest) + 5);
	if (!q->path || !q->wal) {
		err_set(e, ERR_NOMEM, "out of memory");
		sqlite_close_store(&q->base);
		return NULL;
	}
	snprintf(q->wal, strlen(rest) + 5, "%s-wal", rest);
	rc = *rest ? sqlite3_open_v2(rest, &q->db, flags, NULL) : SQLITE_CANTOPEN;
	if (rc != SQLITE_OK) {
		fail(q, rc, e);
	} else {
		sqlite3_busy_timeout(q->db, c->timeout_ms ? (int)c->timeout_ms : 5000);
		if (read_boot_id(q, e) == 0 && set_up(q, e) == 0)
			return &q->base;
	}
	err_wrap(e, "%s", rest);
	sqlite_close_store(&q->base);
	return NULL;
}
