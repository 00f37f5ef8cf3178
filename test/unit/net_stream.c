/* Streams over socket pairs and loopback listeners, plain and TLS: order and completeness of bytes,
 * back-pressure, partial consumption, connect failures, closing from callbacks. */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "src/net/listener.h"
#include "src/net/stream.h"
#include "src/net/tls.h"
#include "src/net/worker.h"
#include "test/lib/tap.h"

enum { TOTAL = 24000000, CROWD = 2000, AT_ONCE = 300, SAYING = 3000 };

static enum worker_io io;

struct side {
	struct worker *w;
	struct stream *s;
	struct tls *tls;
	size_t sent, got, bad, calls, drained;
	bool closed, secured, pausing, greedy;
	enum err_code why;
	struct worker_timer *wake;
};

static uint8_t pattern(size_t i)
{
	return (uint8_t)(i * 7 + i / 251);
}

/* Uses bytes in odd portions, so that rests are stashed. */
static size_t take(void *arg, const uint8_t *p, size_t n)
{
	struct side *d = arg;
	size_t used = n > 3 ? n - n % 5 % 4 : n;

	if (d->got + n >= TOTAL || d->greedy)
		used = n;
	for (size_t i = 0; i < used; i++)
		d->bad += p[i] != pattern(d->got + i);
	d->got += used;
	if (d->pausing && ++d->calls % 3 == 0) {
		stream_pause(d->s);
		worker_timer_arm(d->wake, 500);
	}
	if (d->got >= TOTAL)
		worker_stop(d->w);
	return used;
}

static void wake(void *arg)
{
	struct side *d = arg;

	stream_resume(d->s);
}

static void produce(struct side *d)
{
	uint8_t chunk[70000];

	while (d->sent < TOTAL && !stream_congested(d->s)) {
		size_t n = d->sent % 3 ? 1000 + d->sent % 977 : sizeof(chunk);

		n = n < TOTAL - d->sent ? n : TOTAL - d->sent;
		for (size_t i = 0; i < n; i++)
			chunk[i] = pattern(d->sent + i);
		if (n == 1000)
			memcpy(stream_reserve(d->s, n), chunk, n);
		else
			stream_write(d->s, chunk, n);
		d->sent += n;
	}
}

static void happened(void *arg, enum stream_event ev, const struct err *why)
{
	struct side *d = arg;

	switch (ev) {
	case STREAM_CONNECTED:
		produce(d);
		break;
	case STREAM_SECURED:
		d->secured = true;
		break;
	case STREAM_DRAINED:
		d->drained++;
		produce(d);
		break;
	case STREAM_CLOSED:
		d->closed = true;
		d->why = why->code;
		stream_close(d->s);
		d->s = NULL;
		worker_stop(d->w);
		break;
	}
}

static const struct stream_handler handler = {take, happened};

static void accepted(void *arg, int fd)
{
	struct side *d = arg;
	struct err e;

	d->s = stream_new(d->w, fd, &handler, d, &e);
	if (d->tls)
		CHECK(stream_start_tls(d->s, d->tls, true, NULL, NULL, 0, &e) == 0);
}

static void transfer(struct tls *server_tls, struct tls *client_tls, const char *address)
{
	struct side server = {.tls = server_tls, .pausing = true}, client = {0};
	struct listener *l;
	struct err e;

	server.w = client.w = worker_new_io("t", io, &e);
	server.wake = worker_timer_new(server.w, wake, &server);
	l = listener_new(server.w, address, false, accepted, &server, &e);
	CHECK(l != NULL);
	client.s = stream_connect(client.w, listener_address(l), client_tls, "localhost", &handler,
				  &client, &e);
	CHECK(client.s != NULL);
	worker_run(server.w);
	CHECK_INT(server.got, TOTAL);
	CHECK_INT(server.bad, 0);
	CHECK(client.drained > 0);
	CHECK_INT(server.secured, server_tls != NULL);
	stream_close(server.s);
	stream_close(client.s);
	worker_timer_free(server.wake);
	listener_free(l);
	worker_free(server.w);
}

static void test_refused(void)
{
	struct side c = {0};
	struct err e;

	c.w = worker_new_io("t", io, &e);
	c.s = stream_connect(c.w, "127.0.0.1:1", NULL, NULL, &handler, &c, &e);
	CHECK(c.s && !c.closed);
	stream_write(c.s, "x", 1);
	worker_run(c.w);
	CHECK(c.closed && c.why == ERR_UNAVAILABLE);
	c.closed = false;
	worker_free(c.w);
	c.w = worker_new_io("t", io, &e);
	c.s = stream_connect(c.w, "unix:/nonexistent/x", NULL, NULL, &handler, &c, &e);
	worker_run(c.w);
	CHECK(c.closed && c.why == ERR_UNAVAILABLE);
	CHECK(stream_connect(c.w, "nonsense", NULL, NULL, &handler, &c, &e) == NULL);
	CHECK_INT(e.code, ERR_INVALID);
	worker_free(c.w);
}

static void test_end_and_linger(void)
{
	struct side a = {0}, b = {.greedy = true};
	static uint8_t big[400000];
	int fd[2];
	struct err e;

	a.w = b.w = worker_new_io("t", io, &e);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
	a.s = stream_new(a.w, fd[0], &handler, &a, &e);
	b.s = stream_new(b.w, fd[1], &handler, &b, &e);
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = pattern(i);
	stream_write(a.s, big, sizeof(big));
	CHECK(stream_pending(a.s) > 0);
	stream_close_when_sent(a.s, 5000000);
	worker_run(a.w);
	CHECK(b.closed && b.why == ERR_OK);
	CHECK_INT(b.got, sizeof(big));
	CHECK_INT(b.bad, 0);
	worker_free(a.w);
}

/* A self-signed certificate for localhost in two files. */
static void make_cert(const char *cert, const char *key)
{
	EVP_PKEY *k = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	FILE *f;

	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), -3600);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_set_pubkey(x, k);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
				   (const unsigned char *)"localhost", -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(x));
	X509_sign(x, k, EVP_sha256());
	f = fopen(cert, "w");
	PEM_write_X509(f, x);
	fclose(f);
	f = fopen(key, "w");
	PEM_write_PrivateKey(f, k, NULL, NULL, 0, NULL, NULL);
	fclose(f);
	X509_free(x);
	EVP_PKEY_free(k);
}

static void test_tls(const char *dir)
{
	char cert[128], key[128];
	struct tls *server, *client, *plain;
	struct side c = {0}, s = {0};
	struct listener *l;
	struct err e;

	snprintf(cert, sizeof(cert), "%s/c.pem", dir);
	snprintf(key, sizeof(key), "%s/k.pem", dir);
	make_cert(cert, key);
	server = tls_new_server(&(struct tls_config){.cert_file = cert, .key_file = key}, &e);
	client = tls_new_client(&(struct tls_config){.ca_file = cert}, &e);
	CHECK(server && client);
	transfer(server, client, "127.0.0.1:0");
	CHECK(tls_new_server(&(struct tls_config){.cert_file = key, .key_file = key}, &e) == NULL);
	CHECK(tls_new_server(&(struct tls_config){0}, &e) == NULL);

	/* A name that the certificate does not carry is refused. */
	s.w = c.w = worker_new_io("t", io, &e);
	s.tls = server;
	l = listener_new(s.w, "127.0.0.1:0", false, accepted, &s, &e);
	plain = tls_new_client(&(struct tls_config){.ca_file = cert}, &e);
	c.s = stream_connect(c.w, listener_address(l), plain, "other.example", &handler, &c, &e);
	worker_run(c.w);
	CHECK(c.closed || s.closed);
	CHECK(c.got == 0 && s.got == 0);
	stream_close(c.s);
	stream_close(s.s);
	listener_free(l);
	worker_free(s.w);
	tls_put(plain);
	tls_put(server);
	tls_put(client);
	unlink(cert);
	unlink(key);
}

/* Many clients that each say a little and go: sockets and buffers are used again and again, and
 * nobody gets another's bytes. */
struct crowd {
	struct worker *w;
	struct listener *l;
	unsigned started, finished, bad;
	struct member {
		struct crowd *crowd;
		struct stream *s;
		uint8_t id;
		size_t got;
		bool server;
	} member[2][CROWD];
	unsigned accepted;
};

static void member_start(struct crowd *c);

static size_t member_take(void *arg, const uint8_t *p, size_t n)
{
	struct member *m = arg;
	uint8_t reply[SAYING];

	if (m->server && !m->got)
		m->id = p[0];
	for (size_t i = 0; i < n; i++)
		m->crowd->bad += p[i] != m->id;
	m->got += n;
	if (m->got < SAYING)
		return n;
	if (m->server) {
		memset(reply, m->id, sizeof(reply));
		stream_write(m->s, reply, sizeof(reply));
		stream_close(m->s); /* what was written must still arrive */
		m->s = NULL;
		return n;
	}
	stream_close(m->s);
	m->s = NULL;
	if (++m->crowd->finished == CROWD)
		worker_stop(m->crowd->w);
	else if (m->crowd->started < CROWD)
		member_start(m->crowd);
	return n;
}

static void member_event(void *arg, enum stream_event ev, const struct err *why)
{
	struct member *m = arg;
	uint8_t hello[SAYING];

	(void)why;
	if (ev == STREAM_CLOSED) {
		m->crowd->bad += !m->server;
		stream_close(m->s);
		m->s = NULL;
	} else if (ev == STREAM_CONNECTED) {
		memset(hello, m->id, sizeof(hello));
		stream_write(m->s, hello, sizeof(hello));
	}
}

static const struct stream_handler member_handler = {member_take, member_event};

static void member_start(struct crowd *c)
{
	struct member *m = &c->member[0][c->started];
	struct err e;

	*m = (struct member){.crowd = c, .id = (uint8_t)(1 + c->started % 250)};
	c->started++;
	m->s = stream_connect(c->w, listener_address(c->l), NULL, NULL, &member_handler, m, &e);
}

static void member_accepted(void *arg, int fd)
{
	struct crowd *c = arg;
	struct member *m = &c->member[1][c->accepted++];
	struct err e;

	*m = (struct member){.crowd = c, .server = true};
	m->s = stream_new(c->w, fd, &member_handler, m, &e);
}

static void test_crowd(void)
{
	struct crowd *c = calloc(1, sizeof(*c));
	struct err e;

	c->w = worker_new_io("t", io, &e);
	c->l = listener_new(c->w, "127.0.0.1:0", false, member_accepted, c, &e);
	while (c->started < AT_ONCE)
		member_start(c);
	worker_run(c->w);
	CHECK_INT(c->finished, CROWD);
	CHECK_INT(c->bad, 0);
	listener_free(c->l);
	worker_free(c->w);
	free(c);
}

/* Someone who writes large and small pieces whether the stream is congested or not: when all has gone
 * it must not be congested any more, and have said so as often as it was. */
struct pushy {
	struct worker *w;
	struct stream *s[2];
	struct worker_timer *tick;
	size_t sent, got;
	unsigned seen, drained;
};

static void push(void *arg)
{
	static const uint8_t zeros[90000];
	struct pushy *p = arg;
	bool before;

	for (int i = 0; i < 30 && p->sent < TOTAL; i++) {
		size_t n = i % 3 ? 700 : sizeof(zeros);

		before = stream_congested(p->s[0]);
		stream_write(p->s[0], zeros, n);
		p->sent += n;
		p->seen += !before && stream_congested(p->s[0]);
	}
	if (p->got == p->sent)
		worker_stop(p->w);
	else
		worker_timer_arm(p->tick, 100);
}

static size_t pushed_take(void *arg, const uint8_t *b, size_t n)
{
	struct pushy *p = arg;

	(void)b;
	p->got += n;
	return n;
}

static void pushed_event(void *arg, enum stream_event ev, const struct err *why)
{
	(void)why;
	((struct pushy *)arg)->drained += ev == STREAM_DRAINED;
}

static void test_pushy(void)
{
	static const struct stream_handler h = {pushed_take, pushed_event};
	struct pushy p = {.w = NULL};
	struct err e;
	int fd[2];

	p.w = worker_new_io("t", io, &e);
	p.tick = worker_timer_new(p.w, push, &p);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
	for (int i = 0; i < 2; i++)
		p.s[i] = stream_new(p.w, fd[i], &h, &p, &e);
	worker_timer_arm(p.tick, 1);
	worker_run(p.w);
	CHECK(p.sent >= TOTAL && p.got == p.sent);
	CHECK(!stream_congested(p.s[0]));
	CHECK_INT(p.drained, p.seen);
	stream_close(p.s[0]);
	stream_close(p.s[1]);
	worker_timer_free(p.tick);
	worker_free(p.w);
}

/* What was gathered while earlier output was on its way leaves together with a large piece, straight
 * from the writer's memory, before the end of the turn: that too is told. */
struct sudden {
	struct worker *w;
	struct stream *s[2];
	struct worker_defer more;
	struct worker_timer *end;
	size_t got, sent;
	unsigned drained;
};

static void gather(struct sudden *p, size_t total)
{
	static const uint8_t zeros[20000];

	for (size_t n = 0; n < total; n += sizeof(zeros)) {
		stream_write(p->s[0], zeros, sizeof(zeros));
		p->sent += sizeof(zeros);
	}
}

static void gather_more(void *arg)
{
	gather(arg, 160000); /* the flush came before */
}

static size_t sudden_take(void *arg, const uint8_t *b, size_t n)
{
	static const uint8_t zeros[40000];
	struct sudden *p = arg;

	(void)b;
	if (!p->got) {
		stream_write(p->s[0], zeros, sizeof(zeros));
		p->sent += sizeof(zeros);
	}
	p->got += n;
	return n;
}

static void sudden_event(void *arg, enum stream_event ev, const struct err *why)
{
	(void)why;
	((struct sudden *)arg)->drained += ev == STREAM_DRAINED;
}

static void sudden_end(void *arg)
{
	worker_stop(((struct sudden *)arg)->w);
}

static void test_sudden(void)
{
	static const struct stream_handler h = {sudden_take, sudden_event};
	struct sudden p = {.w = NULL};
	int fd[2], room = 8 << 20;
	struct err e;

	p.w = worker_new_io("t", io, &e);
	p.end = worker_timer_new(p.w, sudden_end, &p);
	p.more = (struct worker_defer){.fn = gather_more, .arg = &p};
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
	if (setsockopt(fd[0], SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)) < 0)
		printf("# not root: the socket takes less at once\n");
	for (int i = 0; i < 2; i++)
		p.s[i] = stream_new(p.w, fd[i], &h, &p, &e);
	gather(&p, 600000);
	CHECK(stream_congested(p.s[0]));
	worker_defer(p.w, &p.more);
	worker_timer_arm(p.end, 50000);
	worker_run(p.w);
	CHECK_INT(p.got, p.sent);
	CHECK(p.drained > 0 && !stream_congested(p.s[0]));
	stream_close(p.s[0]);
	stream_close(p.s[1]);
	worker_timer_free(p.end);
	worker_free(p.w);
}

/* What is written in the same turn but behind the flush, with nothing else to wake the loop: it leaves
 * without waiting for that. */
struct late {
	struct worker *w;
	struct stream *s;
	struct worker_defer more;
	struct worker_timer *end;
	int peer;
	ssize_t got;
};

static void write_late(void *arg)
{
	stream_write(((struct late *)arg)->s, "late", 4);
}

static void late_end(void *arg)
{
	struct late *l = arg;
	char b[16];

	l->got = recv(l->peer, b, sizeof(b), MSG_DONTWAIT);
	worker_stop(l->w);
}

static void test_late(void)
{
	static const struct stream_handler h = {pushed_take, pushed_event};
	struct late l = {.got = 0};
	struct err e;
	int fd[2];

	l.w = worker_new_io("t", io, &e);
	l.end = worker_timer_new(l.w, late_end, &l);
	l.more = (struct worker_defer){.fn = write_late, .arg = &l};
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
	l.s = stream_new(l.w, fd[0], &h, NULL, &e);
	l.peer = fd[1];
	stream_write(l.s, "early", 5);
	worker_defer(l.w, &l.more); /* runs after the flush */
	worker_timer_arm(l.end, 300000);
	worker_run(l.w);
	CHECK_INT(l.got, 9);
	stream_close(l.s);
	close(l.peer);
	worker_timer_free(l.end);
	worker_free(l.w);
}

/* A stream that is closed sends what is pending as far as the socket takes it, however much that is;
 * @late: closed while an earlier part is on its way. */
struct parting {
	struct worker *w;
	struct stream *s;
	struct worker_defer more;
	size_t last;
};

static void part(struct parting *p, size_t total)
{
	static const uint8_t zeros[20000];

	for (size_t n = 0; n < total; n += sizeof(zeros))
		stream_write(p->s, zeros, sizeof(zeros));
}

static void part_late(void *arg)
{
	struct parting *p = arg;

	part(p, p->last);
	stream_close(p->s);
	worker_stop(p->w);
}

static void test_parting(bool late)
{
	static const struct stream_handler h = {pushed_take, pushed_event};
	static uint8_t b[65536];
	struct parting p = {.w = worker_new_io("t", io, NULL)};
	int fd[2], room = 8 << 20;
	size_t got = 0;
	struct err e;
	ssize_t n;

	p.more = (struct worker_defer){.fn = part_late, .arg = &p};
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
	if (setsockopt(fd[0], SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)) < 0) {
		printf("# not root: the socket does not take it all\n");
		close(fd[0]);
	} else {
		p.s = stream_new(p.w, fd[0], &h, NULL, &e);
		p.last = late ? 300000 : 600000;
		part(&p, 600000 - p.last);
		worker_defer(p.w, &p.more); /* runs after the flush */
		worker_run(p.w);
		while ((n = recv(fd[1], b, sizeof(b), MSG_DONTWAIT)) > 0)
			got += (size_t)n;
		CHECK_INT(got, 600000);
	}
	close(fd[1]);
	worker_free(p.w);
}

/* A peer that has said its last and reads nothing for a while, from a stream that does not read: waiting
 * for room costs no processor time, and when there is room all goes. */
struct stuck {
	struct worker *w;
	struct worker_timer *tick;
	int peer;
	size_t got;
	unsigned ticks;
	uint64_t waited_us; /* processor time until the peer began to read */
};

static uint64_t processor_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

static size_t stuck_take(void *arg, const uint8_t *p, size_t n)
{
	(void)arg, (void)p;
	return n;
}

static void stuck_event(void *arg, enum stream_event ev, const struct err *why)
{
	(void)arg, (void)ev, (void)why;
}

static void stuck_tick(void *arg)
{
	static uint8_t b[1 << 20];
	struct stuck *k = arg;
	ssize_t n;

	if (!k->ticks)
		k->waited_us = processor_us() - k->waited_us;
	while ((n = recv(k->peer, b, sizeof(b), MSG_DONTWAIT)) > 0)
		k->got += (size_t)n;
	if (k->got == 3000000 || ++k->ticks > 500)
		worker_stop(k->w);
	else
		worker_timer_arm(k->tick, 5000);
}

static void test_stuck(void)
{
	static const struct stream_handler h = {stuck_take, stuck_event};
	static const uint8_t zeros[10000];
	struct stuck k = {.w = worker_new_io("t", io, NULL)};
	struct stream *s;
	struct err e;
	int fd[2];

	k.tick = worker_timer_new(k.w, stuck_tick, &k);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
	k.peer = fd[1];
	s = stream_new(k.w, fd[0], &h, NULL, &e);
	stream_pause(s);
	for (int i = 0; i < 300; i++)
		stream_write(s, zeros, sizeof(zeros));
	CHECK(shutdown(k.peer, SHUT_WR) == 0);
	worker_timer_arm(k.tick, 400000);
	k.waited_us = processor_us();
	worker_run(k.w);
	CHECK(k.waited_us < 100000);
	CHECK_INT(k.got, 3000000);
	stream_close(s);
	close(k.peer);
	worker_timer_free(k.tick);
	worker_free(k.w);
}

static void test_all(const char *dir)
{
	char address[64];

	transfer(NULL, NULL, "127.0.0.1:0");
	snprintf(address, sizeof(address), "unix:%s/s", dir);
	transfer(NULL, NULL, address);
	test_refused();
	test_end_and_linger();
	test_tls(dir);
	test_crowd();
	test_pushy();
	test_sudden();
	test_late();
	test_parting(false);
	test_parting(true);
	test_stuck();
}

int main(void)
{
	char dir[] = "/tmp/sluice-net-XXXXXX";
	struct worker *w;
	struct err e;

	CHECK(mkdtemp(dir) != NULL);
	test_all(dir);
	w = worker_new_io("t", WORKER_URING, &e);
	if (w) {
		CHECK_STR(worker_io_name(w), "uring");
		worker_free(w);
		io = WORKER_URING;
		test_all(dir);
	} else {
		printf("# no io_uring here: %s\n", e.msg);
	}
	rmdir(dir);
	return TAP_DONE();
}
