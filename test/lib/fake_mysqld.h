/* fake_mysqld - a server that answers by a script: what a statement's text says is what happens. It
 * speaks the protocol with src/wire over a unix socket, one blocking thread for each connection.
 *
 *	SELECT x        one row with x            FAIL      error 1064
 *	BIG             2000 rows of 1 kB         DEADLOCK  error 1213, the transaction is gone
 *	HANG            until KILL QUERY          DIE       closes the connection
 *	LATE            until KILL QUERY, then OK as if that had come too late
 *	WARN            OK with a warning         ... bad   error 1193
 *	BEGIN, COMMIT, ROLLBACK, anything else    OK
 */
#ifndef TEST_LIB_FAKE_MYSQLD_H
#define TEST_LIB_FAKE_MYSQLD_H
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "src/base/buf.h"
#include "src/wire/caps.h"
#include "src/wire/handshake.h"
#include "src/wire/packet.h"
#include "src/wire/prepared.h"
#include "src/wire/reply.h"

enum { FAKE_CONNS = 512, FAKE_BIG_ROWS = 2000 };

static struct fake_conn {
	unsigned id; /* 0: none */
	int fd;
	bool killed, in_txn;
	uint64_t caps;
	uint32_t stmts;
	struct buf out;
	uint8_t seq;
} fake_conn[FAKE_CONNS];

static struct {
	char path[108], address[128];
	int fd;
	pthread_t thread;
	pthread_mutex_t m;
	pthread_cond_t changed;
	unsigned conns, live, commits, rollbacks, resets, kills, prepares; /* guarded by m */
	unsigned hanging;
	bool stop;
} fake;

static bool fake_read(int fd, void *p, size_t n)
{
	for (size_t at = 0; at < n;) {
		ssize_t got = recv(fd, (uint8_t *)p + at, n - at, 0);

		if (got <= 0)
			return false;
		at += (size_t)got;
	}
	return true;
}

static bool fake_flush(struct fake_conn *c)
{
	bool ok = !c->out.failed;

	for (size_t at = 0; ok && at < c->out.len;) {
		ssize_t n = send(c->fd, c->out.p + at, c->out.len - at, MSG_NOSIGNAL);

		ok = n > 0;
		at += ok ? (size_t)n : 0;
	}
	buf_reset(&c->out);
	return ok;
}

static void fake_packet(struct fake_conn *c, struct buf *payload)
{
	packet_append(&c->out, payload->p, payload->len, &c->seq);
	buf_fini(payload);
}

static uint16_t fake_status(const struct fake_conn *c)
{
	return (uint16_t)(STATUS_AUTOCOMMIT | (c->in_txn ? STATUS_IN_TRANS : 0));
}

static void fake_ok(struct fake_conn *c, uint16_t warnings)
{
	struct reply_ok ok = {.status = fake_status(c), .warnings = warnings};
	struct buf b;

	buf_init(&b);
	reply_build_ok(&b, c->caps, &ok);
	fake_packet(c, &b);
}

static void fake_err(struct fake_conn *c, unsigned code, const char *sqlstate)
{
	struct buf b;

	buf_init(&b);
	reply_build_err(&b, code, sqlstate, STR_LIT("scripted"));
	fake_packet(c, &b);
}

static void fake_column(struct fake_conn *c)
{
	static const uint8_t fixed[] = {0x0c, 45, 0, 0, 1, 0, 0, 253, 0, 0, 0, 0, 0};
	struct buf b;

	buf_init(&b);
	packet_put_lenenc_str(&b, STR_LIT("def"));
	for (int i = 0; i < 5; i++)
		packet_put_lenenc_str(&b, STR_LIT("a"));
	buf_append(&b, fixed, sizeof(fixed));
	fake_packet(c, &b);
}

/* @rows rows, each with @columns times @value. */
static void fake_rows(struct fake_conn *c, unsigned columns, unsigned rows, struct str value)
{
	struct buf b;

	buf_init(&b);
	packet_put_lenenc(&b, columns);
	fake_packet(c, &b);
	for (unsigned i = 0; i < columns; i++)
		fake_column(c);
	for (unsigned r = 0; r < rows; r++) {
		buf_init(&b);
		for (unsigned i = 0; i < columns; i++)
			packet_put_lenenc_str(&b, value);
		fake_packet(c, &b);
	}
	buf_init(&b);
	reply_build_end(&b, c->caps, 0, fake_status(c));
	fake_packet(c, &b);
}

static void fake_count(unsigned *counter)
{
	pthread_mutex_lock(&fake.m);
	++*counter;
	pthread_cond_broadcast(&fake.changed);
	pthread_mutex_unlock(&fake.m);
}

static void fake_hang(struct fake_conn *c)
{
	pthread_mutex_lock(&fake.m);
	fake.hanging++;
	pthread_cond_broadcast(&fake.changed);
	while (!c->killed && !fake.stop)
		pthread_cond_wait(&fake.changed, &fake.m);
	c->killed = false;
	fake.hanging--;
	pthread_mutex_unlock(&fake.m);
}

static void fake_kill(unsigned id)
{
	pthread_mutex_lock(&fake.m);
	fake.kills++;
	for (unsigned i = 0; i < FAKE_CONNS; i++)
		if (fake_conn[i].id == id)
			fake_conn[i].killed = true;
	pthread_cond_broadcast(&fake.changed);
	pthread_mutex_unlock(&fake.m);
}

/* False: close. */
static bool fake_query(struct fake_conn *c, struct str sql)
{
	static const char row[1024] = "x";
	uint64_t id;

	if (str_starts(sql, "SELECT ")) {
		fake_rows(c, 1, 1, str_make(sql.p + 7, sql.n - 7));
	} else if (str_starts(sql, "SHOW WARNINGS")) {
		fake_rows(c, 3, 1, STR_LIT("7"));
	} else if (str_eqz(sql, "BIG")) {
		fake_rows(c, 1, FAKE_BIG_ROWS, str_make(row, sizeof(row)));
	} else if (str_eqz(sql, "FAIL")) {
		fake_err(c, 1064, "42000");
	} else if (str_eqz(sql, "DEADLOCK")) {
		c->in_txn = false;
		fake_err(c, 1213, "40001");
	} else if (str_eqz(sql, "DIE")) {
		return false;
	} else if (str_eqz(sql, "HANG")) {
		fake_hang(c);
		fake_err(c, 1317, "70100");
	} else if (str_eqz(sql, "LATE")) {
		fake_hang(c);
		fake_ok(c, 0);
	} else if (str_starts(sql, "KILL QUERY ") &&
		   str_to_u64(str_make(sql.p + 11, sql.n - 11), &id)) {
		fake_kill((unsigned)id);
		fake_ok(c, 0);
	} else if (sql.n >= 3 && !memcmp(sql.p + sql.n - 3, "bad", 3)) {
		fake_err(c, 1193, "HY000");
	} else {
		if (str_eqz(sql, "BEGIN"))
			c->in_txn = true;
		if (c->in_txn && (str_eqz(sql, "COMMIT") || str_eqz(sql, "ROLLBACK"))) {
			fake_count(str_eqz(sql, "COMMIT") ? &fake.commits : &fake.rollbacks);
			c->in_txn = false;
		}
		fake_ok(c, str_eqz(sql, "WARN"));
	}
	return true;
}

static void fake_prepare(struct fake_conn *c, struct str sql)
{
	struct prepared_ok ok = {.stmt_id = ++c->stmts};
	struct buf b;

	fake_count(&fake.prepares);
	for (size_t i = 0; i < sql.n; i++)
		ok.params = (uint16_t)(ok.params + (sql.p[i] == '?'));
	buf_init(&b);
	prepared_build_ok(&b, &ok);
	fake_packet(c, &b);
	for (unsigned i = 0; i < ok.params; i++)
		fake_column(c);
}

/* False: close. */
static bool fake_command(struct fake_conn *c, struct str p)
{
	struct str rest = str_make(p.p + 1, p.n - 1);

	switch ((uint8_t)p.p[0]) {
	case CMD_QUIT:
		return false;
	case CMD_QUERY:
		return fake_query(c, rest);
	case CMD_STMT_PREPARE:
		if (str_eqz(rest, "FAIL"))
			fake_err(c, 1064, "42000");
		else
			fake_prepare(c, rest);
		return true;
	case CMD_STMT_CLOSE:
		return true;
	case CMD_INIT_DB:
		if (str_eqz(rest, "nowhere"))
			fake_err(c, 1049, "42000");
		else
			fake_ok(c, 0);
		return true;
	case CMD_RESET_CONNECTION:
		fake_count(&fake.resets);
		if (c->in_txn)
			fake_count(&fake.rollbacks);
		c->in_txn = false;
		fake_ok(c, 0);
		return true;
	default:
		fake_ok(c, 0);
		return true;
	}
}

static bool fake_login(struct fake_conn *c, struct buf *in)
{
	struct handshake_hello hello = {
		.version = STR_LIT("10.11.6-MariaDB"),
		.connection_id = c->id,
		.caps = CAP_LONG_PASSWORD | CAP_LONG_FLAG | CAP_PROTOCOL_41 | CAP_TRANSACTIONS |
			CAP_SECURE_CONNECTION | CAP_PLUGIN_AUTH | CAP_PLUGIN_AUTH_LENENC |
			CAP_MULTI_RESULTS | CAP_PS_MULTI_RESULTS | CAP_SESSION_TRACK |
			CAP_DEPRECATE_EOF | CAP_FOUND_ROWS | CAP_MULTI_STATEMENTS,
		.charset = 45,
		.status = STATUS_AUTOCOMMIT,
		.plugin = STR_LIT("mysql_native_password"),
	};
	struct handshake_reply reply;
	uint8_t head[PACKET_HEADER];
	struct buf b;
	struct err e;

	memset(hello.nonce, 'n', sizeof(hello.nonce));
	buf_init(&b);
	handshake_build_hello(&b, &hello);
	c->seq = 0;
	fake_packet(c, &b);
	if (!fake_flush(c) || !fake_read(c->fd, head, sizeof(head)) ||
	    !buf_reserve(in, packet_len(head)) || !fake_read(c->fd, in->p, packet_len(head)) ||
	    handshake_parse_reply(str_make(in->p, packet_len(head)), hello.caps, &reply, &e) < 0)
		return false;
	c->caps = reply.caps & hello.caps;
	c->seq = (uint8_t)(head[3] + 1);
	fake_ok(c, 0);
	return fake_flush(c);
}

static void *fake_serve(void *arg)
{
	struct fake_conn *c = arg;
	uint8_t head[PACKET_HEADER];
	struct buf in;

	buf_init(&in);
	if (fake_login(c, &in)) {
		while (fake_read(c->fd, head, sizeof(head))) {
			uint32_t n = packet_len(head);

			buf_reset(&in);
			if (!n || !buf_reserve(&in, n) || !fake_read(c->fd, in.p, n))
				break;
			c->seq = 1;
			if (!fake_command(c, str_make(in.p, n)) || !fake_flush(c))
				break;
		}
	}
	if (c->in_txn)
		fake_count(&fake.rollbacks);
	buf_fini(&in);
	buf_fini(&c->out);
	pthread_mutex_lock(&fake.m);
	close(c->fd);
	c->id = 0;
	fake.live--;
	pthread_cond_broadcast(&fake.changed);
	pthread_mutex_unlock(&fake.m);
	return NULL;
}

/* A place for a new connection; NULL: too many. */
static struct fake_conn *fake_place(int fd)
{
	struct fake_conn *c = NULL;

	pthread_mutex_lock(&fake.m);
	for (unsigned i = 0; i < FAKE_CONNS && !c; i++)
		if (!fake_conn[i].id)
			c = &fake_conn[i];
	if (c) {
		*c = (struct fake_conn){.fd = fd, .id = ++fake.conns};
		buf_init(&c->out);
		fake.live++;
	}
	pthread_mutex_unlock(&fake.m);
	return c;
}

static void *fake_accept(void *arg)
{
	int fd;

	(void)arg;
	while ((fd = accept(fake.fd, NULL, NULL)) >= 0) {
		struct fake_conn *c = fake_place(fd);
		pthread_t thread;

		if (!c || pthread_create(&thread, NULL, fake_serve, c))
			abort();
		pthread_detach(thread);
	}
	return NULL;
}

static void fake_start(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};

	snprintf(fake.path, sizeof(fake.path), "/tmp/sluice-fake-%d.sock", (int)getpid());
	snprintf(fake.address, sizeof(fake.address), "unix:%s", fake.path);
	snprintf(a.sun_path, sizeof(a.sun_path), "%s", fake.path);
	unlink(fake.path);
	pthread_mutex_init(&fake.m, NULL);
	pthread_cond_init(&fake.changed, NULL);
	fake.fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(fake.fd, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(fake.fd, 64) < 0 ||
	    pthread_create(&fake.thread, NULL, fake_accept, NULL))
		abort();
}

static void fake_stop(void)
{
	pthread_mutex_lock(&fake.m);
	fake.stop = true;
	pthread_cond_broadcast(&fake.changed);
	pthread_mutex_unlock(&fake.m);
	shutdown(fake.fd, SHUT_RDWR);
	pthread_join(fake.thread, NULL);
	close(fake.fd);
	unlink(fake.path);
	pthread_mutex_lock(&fake.m);
	for (unsigned i = 0; i < FAKE_CONNS; i++)
		if (fake_conn[i].id)
			shutdown(fake_conn[i].fd, SHUT_RDWR);
	while (fake.live)
		pthread_cond_wait(&fake.changed, &fake.m);
	pthread_mutex_unlock(&fake.m);
}

/* Waits until @counter has the value. */
static void fake_wait(unsigned *counter, unsigned value)
{
	pthread_mutex_lock(&fake.m);
	while (*counter < value)
		pthread_cond_wait(&fake.changed, &fake.m);
	pthread_mutex_unlock(&fake.m);
}
#endif
