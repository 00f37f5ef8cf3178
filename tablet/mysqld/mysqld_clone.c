#include "tablet/mysqld/mysqld_clone.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/file.h"
#include "src/base/log.h"
#include "src/base/str.h"
#include "src/net/worker.h"
#include "src/proto/methods.h"
#include "src/proto/tablet.pb-c.h"
#include "src/rpc/rpc_client.h"
#include "tablet/mysqld/control_conn.h"
#include "tablet/mysqld/mysqld_command.h"

enum { LOOK_US = 200000, PATH = 4096 };

/* The stream being received; everything on the manager's thread, in a loop of its own. */
struct receiver {
	const struct mysqld_clone *o;
	struct worker *worker;
	struct worker_timer *look;
	struct rpc_call *call;
	struct err *e;
	struct buf *gtid; /* the position, when it is not in the backup */
	uint64_t bytes;
	int out; /* to mbstream */
	int rc;
};

static void give_up(struct receiver *r)
{
	rpc_call_cancel(r->call);
	r->call = NULL;
	worker_stop(r->worker);
}

static void on_look(void *arg)
{
	struct receiver *r = arg;

	if (atomic_load(r->o->stop)) {
		err_set(r->e, ERR_SHUTDOWN, "the tablet is shutting down");
		give_up(r);
		return;
	}
	r->o->progress(r->o->arg, r->bytes);
	worker_timer_arm(r->look, LOOK_US);
}

static void on_data(void *arg, const uint8_t *p, size_t n, bool frame_end)
{
	struct receiver *r = arg;
	size_t at = 0;

	(void)frame_end;
	while (r->call && at < n) {
		ssize_t w = write(r->out, p + at, n - at); /* blocks: this loop has nothing else */

		if (w < 0 && errno != EINTR) {
			err_set_errno(r->e, ERR_IO, errno, "mbstream does not take the data");
			give_up(r);
			return;
		}
		at += w > 0 ? (size_t)w : 0;
	}
	r->bytes += n;
	if (r->call)
		rpc_call_grant(r->call, n);
}

static void on_end(void *arg, const struct err *e, struct str trailer)
{
	struct receiver *r = arg;

	buf_str(r->gtid, trailer);
	r->call = NULL;
	r->rc = e ? err_set(r->e, e->code, "%s", e->msg) : 0;
	worker_stop(r->worker);
}

static int call(struct receiver *r, struct rpc_client *client)
{
	static const struct rpc_call_handler handler = {on_data, on_end, NULL};
	Sluice__BackupRequest m = SLUICE__BACKUP_REQUEST__INIT;
	struct iovec part;
	uint8_t packed[512];

	m.keyspace = (char *)(uintptr_t)r->o->keyspace;
	m.shard = (char *)(uintptr_t)r->o->shard;
	if (sluice__backup_request__get_packed_size(&m) > sizeof(packed))
		return err_set(r->e, ERR_INVALID, "the shard's name is too long");
	part = (struct iovec){packed, sluice__backup_request__pack(&m, packed)};
	r->call = rpc_call_start(client, METHOD_BACKUP, &part, 1, 0, &handler, r, r->e);
	if (!r->call)
		return -1;
	worker_timer_arm(r->look, LOOK_US);
	worker_run(r->worker);
	return r->rc;
}

static int receive(const struct mysqld_clone *o, int out, struct buf *gtid, struct err *e)
{
	struct receiver r = {.o = o, .e = e, .out = out, .gtid = gtid, .rc = -1};
	struct rpc_peer peer = {.address = o->source, .tls = o->rpc.client, .secret = o->rpc.secret};
	struct rpc_client *client = NULL;
	int rc = -1;

	r.worker = worker_new("clone", e);
	if (!r.worker)
		return -1;
	r.look = worker_timer_new(r.worker, on_look, &r);
	if (!r.look)
		err_set(e, ERR_NOMEM, "out of memory");
	else
		client = rpc_client_open(r.worker, &peer, NULL, NULL, e);
	if (client)
		rc = call(&r, client);
	rpc_client_free(client);
	worker_timer_free(r.look);
	worker_free(r.worker);
	return rc;
}

static int remove_tree(const char *path, const char *log, struct err *e)
{
	const char *argv[] = {"rm", "-rf", path, NULL};

	return mysqld_command_run(argv, log, e);
}

/* Receives the backup into @to. */
static int unpack(const struct mysqld_clone *o, const char *to, const char *log, struct buf *gtid,
		  struct err *e)
{
	const char *argv[] = {"mbstream", "-x", "-C", to, NULL};
	struct mysqld_command c = {.argv = argv, .log = log};
	struct err second;
	int rc;

	if (mysqld_command_start(&c, MYSQLD_COMMAND_WRITE, e) < 0)
		return -1;
	rc = receive(o, c.fd, gtid, e);
	if (mysqld_command_end(&c, rc < 0, &second) < 0 && rc == 0)
		rc = err_set(e, second.code, "%s", second.msg);
	return rc;
}

static int prepare(const char *data, const char *log, struct err *e)
{
	char target[PATH + 20], defaults[PATH + 40];
	const char *argv[] = {"mariadb-backup", defaults, "--prepare", target, NULL};

	snprintf(defaults, sizeof(defaults), "--defaults-file=%s/backup-my.cnf", data);
	snprintf(target, sizeof(target), "--target-dir=%s", data);
	return mysqld_command_run(argv, log, e);
}

/* A copy that was made while commits waited for a replica holds them prepared, and no binary log that
 * says what is to become of them: they are rolled back, and come by replication. */
static int roll_back(const char *data, const char *log, struct err *e)
{
	char datadir[PATH + 20], socket[PATH + 20], pid[PATH + 20];
	const char *argv[] = {"mariadbd",
			      "--no-defaults",
			      datadir,
			      socket,
			      pid,
			      "--innodb-data-file-path=ibdata1:4M:autoextend",
			      "--innodb-log-file-size=8M",
			      "--innodb-buffer-pool-size=32M",
			      "--innodb-buffer-pool-size-max=64M",
			      "--tc-heuristic-recover=ROLLBACK",
			      "--bootstrap", /* ends at once: there is nothing to read */
			      geteuid() == 0 ? "--user=root" : NULL,
			      NULL};

	snprintf(datadir, sizeof(datadir), "--datadir=%s", data);
	snprintf(socket, sizeof(socket), "--socket=%s/sock", data);
	snprintf(pid, sizeof(pid), "--pid-file=%s/pid", data);
	return mysqld_command_run(argv, log, e);
}

/* The position of a backup, @known or from its own "file position gtid", to a file that
 * mysqld_clone_set_position() reads. */
static int note_position(const char *data, struct str known, struct err *e)
{
	static const char *const names[] = {"mariadb_backup_binlog_info", "xtrabackup_binlog_info"};
	char path[PATH + 40];
	struct buf b;
	struct str text, word = str_make("", 0);
	int rc = known.n ? 0 : -1;

	buf_init(&b);
	for (size_t i = 0; i < 2 && rc < 0; i++) {
		snprintf(path, sizeof(path), "%s/%s", data, names[i]);
		buf_reset(&b);
		rc = file_read(path, &b, e);
	}
	text = str_trim(buf_slice(&b));
	/* The third word; missing when the primary has written nothing yet. */
	for (int tabs = 0; rc == 0 && text.n; text = str_make(text.p + 1, text.n - 1)) {
		if (*text.p == '\t' && ++tabs == 2) {
			word = str_trim(str_make(text.p + 1, text.n - 1));
			break;
		}
	}
	snprintf(path, sizeof(path), "%s/sluice.gtid", data);
	if (rc == 0)
		rc = file_write(path, known.n ? known : word, 0640, e);
	buf_fini(&b);
	return rc;
}

static int sync_dir(const char *path, bool all, struct err *e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 ? -1 : all ? syncfs(fd) : fsync(fd);

	if (rc < 0)
		err_set_errno(e, ERR_IO, errno, "cannot sync %s", path);
	if (fd >= 0)
		close(fd);
	return rc;
}

/* Puts the finished copy where the data is. */
static int swap(const struct mysqld_clone *o, const char *copy, const char *log, struct err *e)
{
	char data[PATH], old[PATH];

	snprintf(data, sizeof(data), "%s/data", o->dir);
	snprintf(old, sizeof(old), "%s/data.old", o->dir);
	if (sync_dir(copy, true, e) < 0)
		return -1;
	if (access(data, F_OK) == 0) {
		if (remove_tree(old, log, e) < 0)
			return -1;
		if (rename(data, old) < 0)
			return err_set_errno(e, ERR_IO, errno, "cannot rename %s", data);
	}
	if (rename(copy, data) < 0)
		return err_set_errno(e, ERR_IO, errno, "cannot rename %s", copy);
	if (sync_dir(o->dir, false, e) < 0)
		return -1;
	if (o->keep_old && access(old, F_OK) == 0)
		log_warn("tablet.clone",
			 "event=kept path=%s reason=\"it was written to as a primary\"", old);
	return o->keep_old ? 0 : remove_tree(old, log, e);
}

int mysqld_clone_run(const struct mysqld_clone *o, struct err *e)
{
	char copy[PATH], log[PATH];
	struct buf gtid;
	int rc;

	snprintf(copy, sizeof(copy), "%s/data.clone", o->dir);
	snprintf(log, sizeof(log), "%s/clone.log", o->dir);
	log_info("tablet.clone", "event=begin source=%s", o->source);
	if (mkdir(o->dir, 0750) < 0 && errno != EEXIST)
		return err_set_errno(e, ERR_IO, errno, "cannot make %s", o->dir);
	if (remove_tree(copy, log, e) < 0)
		return -1;
	if (mkdir(copy, 0750) < 0)
		return err_set_errno(e, ERR_IO, errno, "cannot make %s", copy);
	buf_init(&gtid);
	rc = unpack(o, copy, log, &gtid, e);
	if (rc == 0 && (buf_check(&gtid, e) < 0 || prepare(copy, log, e) < 0 ||
			(gtid.len && roll_back(copy, log, e) < 0) ||
			note_position(copy, buf_slice(&gtid), e) < 0 || swap(o, copy, log, e) < 0))
		rc = -1;
	buf_fini(&gtid);
	if (rc < 0)
		return err_wrap(e, "copying the primary's data (see %s)", log);
	log_info("tablet.clone", "event=done source=%s", o->source);
	return 0;
}

int mysqld_clone_set_position(const char *dir, struct control_conn *c, struct err *e)
{
	char path[PATH], data[PATH];
	struct buf b;
	int rc;

	snprintf(data, sizeof(data), "%s/data", dir);
	snprintf(path, sizeof(path), "%s/data/sluice.gtid", dir);
	if (access(path, F_OK) < 0)
		return 0;
	buf_init(&b);
	rc = file_read(path, &b, e);
	if (rc == 0 && !buf_cstr(&b))
		rc = err_set(e, ERR_NOMEM, "out of memory");
	if (rc == 0)
		rc = control_conn_exec(c, e, "SET GLOBAL gtid_slave_pos='%s'", buf_cstr(&b));
	if (rc == 0)
		log_info("tablet.clone", "event=position gtid=\"%s\"", buf_cstr(&b));
	buf_fini(&b);
	if (rc == 0 && unlink(path) < 0)
		rc = err_set_errno(e, ERR_IO, errno, "cannot remove %s", path);
	/* Were it there after a power failure, replication would begin at the copy once more. */
	return rc == 0 ? sync_dir(data, false, e) : -1;
}
