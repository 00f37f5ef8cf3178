#include "tablet/manager/backup.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/clk.h"
#include "src/base/log.h"
#include "src/net/blocking.h"
#include "src/net/worker.h"
#include "src/proto/tablet.pb-c.h"
#include "src/rpc/rpc_server.h"
#include "tablet/mysqld/control_conn.h"
#include "tablet/mysqld/mysqld_command.h"
#include "tablet/mysqld/mysqld_manager.h"
#include "tablet/query/query_worker.h"
#include "tablet/state/tablet.h"

enum { PIECE = 256 * 1024, AT_ONCE = 3, OPTION = 4200, GTID = 512 };

/* The piece is the worker's from the post on until sent is set. */
struct backup {
	struct tablet *t;
	struct worker *worker;
	struct rpc_reply *r; /* the worker's */
	_Atomic bool sent, room, canceled;
	size_t len;
	struct err error; /* ERR_OK: none */
	char dir[OPTION], log[OPTION];
	char gtid[GTID], after[GTID]; /* see backup.h */
	uint8_t piece[PIECE];
};

static void on_cancel(void *arg, const struct err *why)
{
	(void)why;
	atomic_store(&((struct backup *)arg)->canceled, true);
}

static void on_writable(void *arg)
{
	atomic_store(&((struct backup *)arg)->room, true);
}

/* On the worker. */
static void send_piece(void *arg)
{
	struct backup *b = arg;

	if (!atomic_load(&b->canceled))
		atomic_store(&b->room, rpc_reply_data(b->r, b->piece, b->len));
	atomic_store(&b->sent, true);
}

/* Gives a piece to the worker and waits until there is room for the next one. */
static int pass_on(struct backup *b, struct err *e)
{
	atomic_store(&b->sent, false);
	if (worker_post(b->worker, send_piece, b) < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	while (!atomic_load(&b->sent) || (!atomic_load(&b->room) && !atomic_load(&b->canceled) &&
					  !atomic_load(&b->t->draining)))
		clk_sleep_ms(1);
	if (atomic_load(&b->canceled))
		return err_set(e, ERR_CANCELED, "the replica does not wait any more");
	return atomic_load(&b->t->draining) ? err_set(e, ERR_SHUTDOWN, "the tablet shuts down") : 0;
}

static int stream(struct backup *b, const char *const *argv, struct err *e)
{
	struct mysqld_command c = {.argv = argv, .log = b->log};
	struct err second;
	int rc = 0;

	if (mysqld_command_start(&c, MYSQLD_COMMAND_READ, e) < 0)
		return -1;
	while (rc == 0) {
		ssize_t n = read(c.fd, b->piece, PIECE);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		b->len = (size_t)n;
		rc = pass_on(b, e);
	}
	if (mysqld_command_end(&c, rc < 0, &second) < 0 && rc == 0)
		rc = err_set(e, second.code, "%s", second.msg);
	return rc;
}

static struct control_conn *connect_mysqld(struct backup *b, struct err *e)
{
	struct control_login l;

	mysqld_manager_login(b->t->mysqld, &l);
	return control_conn_open(&l, e);
}

/* Where mysqld has its data: it need not be ours; and whether commits wait for a replica. */
static int look(struct backup *b, char *data, size_t room, bool *waits, struct err *e)
{
	struct semi_sync_status s = {.on = false};
	struct control_conn *c = connect_mysqld(b, e);
	int rc = c ? control_conn_value(c, "SELECT @@datadir", data, room, e) : -1;

	if (rc == 0)
		rc = semi_sync_read(c, &s, e);
	*waits = s.on && s.waiting;
	control_conn_close(c);
	return rc;
}

/* The GTID position of what InnoDB has committed. */
static int committed(struct backup *b, char out[GTID], struct err *e)
{
	struct control_conn *c = connect_mysqld(b, e);
	int rc = -1;

	if (c && control_conn_exec(c, e, "START TRANSACTION WITH CONSISTENT SNAPSHOT") == 0)
		rc = control_conn_value(
			c,
			"SELECT BINLOG_GTID_POS((SELECT variable_value FROM"
			" information_schema.session_status WHERE variable_name ="
			" 'BINLOG_SNAPSHOT_FILE'), (SELECT CAST(variable_value AS UNSIGNED) FROM"
			" information_schema.session_status WHERE variable_name ="
			" 'BINLOG_SNAPSHOT_POSITION'))",
			out, GTID, e);
	control_conn_close(c);
	return rc;
}

static void remove_dir(struct backup *b)
{
	const char *argv[] = {"rm", "-rf", b->dir, NULL};
	struct err e;

	if (mysqld_command_run(argv, b->log, &e) < 0)
		log_warn("tablet.backup", "event=remove problem=\"%s\"", e.msg);
}

static int make(struct backup *b, struct err *e)
{
	bool waits = false;
	char data[OPTION], datadir[OPTION + 20], socket[OPTION], user[200], password[200];
	char target[OPTION + 20];
	struct control_login l;
	const char *argv[] = {"mariadb-backup", "--no-defaults", "--backup", "--stream=mbstream",
			      "--log-copy-interval=100", target, datadir, socket, user,
			      "--ftwrl-wait-timeout=20", NULL, NULL};

	if (look(b, data, sizeof(data), &waits, e) < 0 || (waits && committed(b, b->gtid, e) < 0))
		return -1;
	if (waits)
		argv[9] = "--no-lock";
	mysqld_manager_login(b->t->mysqld, &l);
	snprintf(target, sizeof(target), "--target-dir=%s", b->dir);
	snprintf(datadir, sizeof(datadir), "--datadir=%s", data);
	snprintf(socket, sizeof(socket), "--socket=%s", l.socket);
	snprintf(user, sizeof(user), "--user=%s", l.user);
	snprintf(password, sizeof(password), "--password=%s", l.password ? l.password : "");
	if (l.password)
		argv[10] = password;
	if (mkdir(b->dir, 0700) < 0 && errno != EEXIST)
		return err_set_errno(e, ERR_IO, errno, "cannot make %s", b->dir);
	if (stream(b, argv, e) < 0 || (waits && committed(b, b->after, e) < 0))
		return -1;
	/* What came in between may be in the copy or not. */
	return strcmp(b->gtid, b->after) != 0
		       ? err_set(e, ERR_CONFLICT, "commits went on meanwhile, from %s to %s",
				 b->gtid, b->after)
		       : 0;
}

/* On a blocking thread. */
static void run(void *arg)
{
	struct backup *b = arg;

	if (make(b, &b->error) == 0)
		err_clear(&b->error);
	remove_dir(b);
}

/* On the worker. */
static void done(void *arg)
{
	struct backup *b = arg;

	atomic_fetch_sub(&b->t->backups, 1);
	if (b->error.code == ERR_OK) {
		log_info("tablet.backup", "event=done peer=%s", rpc_reply_peer(b->r));
		rpc_reply_end(b->r, b->gtid, strlen(b->gtid));
	} else {
		log_warn("tablet.backup", "event=failed peer=%s problem=\"%s\"",
			 rpc_reply_peer(b->r), b->error.msg);
		rpc_reply_error(b->r, &b->error);
	}
	free(b);
}

static int check(struct tablet *t, struct str request, struct err *e)
{
	Sluice__BackupRequest *m =
		sluice__backup_request__unpack(NULL, request.n, (const uint8_t *)request.p);
	int rc;

	if (!m)
		return err_set(e, ERR_PROTOCOL, "a request that does not parse");
	rc = tablet_check_target(t, m->keyspace, m->shard, TABLET_PRIMARY, e);
	sluice__backup_request__free_unpacked(m, NULL);
	return rc;
}

void backup_start(void *arg, struct rpc_reply *r, struct str request)
{
	static const struct rpc_reply_handler handler = {.cancel = on_cancel,
							 .writable = on_writable};
	static _Atomic unsigned number;
	struct query_worker *q = arg;
	struct tablet *t = q->tablet;
	struct backup *b = NULL;
	struct err e;

	if (check(t, request, &e) < 0) {
		rpc_reply_error(r, &e);
		return;
	}
	if (atomic_fetch_add(&t->backups, 1) >= AT_ONCE)
		err_set(&e, ERR_EXHAUSTED, "tablet %s makes %d backups already", t->alias, AT_ONCE);
	else if (!(b = calloc(1, sizeof(*b))))
		err_set(&e, ERR_NOMEM, "out of memory");
	if (b) {
		b->t = t;
		b->worker = q->worker;
		b->r = r;
		snprintf(b->dir, sizeof(b->dir), "%s.backup.%u", mysqld_manager_socket(t->mysqld),
			 atomic_fetch_add(&number, 1));
		snprintf(b->log, sizeof(b->log), "%s.backup.log", mysqld_manager_socket(t->mysqld));
		rpc_reply_set_handler(r, &handler, b);
		log_info("tablet.backup", "event=begin peer=%s", rpc_reply_peer(r));
		if (blocking_run(t->blocking, run, q->worker, done, b) == 0)
			return;
		err_set(&e, ERR_NOMEM, "out of memory");
		free(b);
	}
	atomic_fetch_sub(&t->backups, 1);
	rpc_reply_error(r, &e);
}
