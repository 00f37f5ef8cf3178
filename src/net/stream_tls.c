/* stream_tls - TLS between the socket and the handler, over memory BIOs: records off the socket go
 * into one, records for the socket come out of the other and take the plain stream's way out. */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include "src/net/net_int.h"
#include "src/net/stream_int.h"
#include "src/net/tls.h"

struct stream_tls {
	struct tls *config; /* ref */
	SSL *ssl;	    /* owned */
	struct buf
		plain; /* written before the handshake was over, or reserved and not yet sealed */
	struct worker_defer seal;
	bool done; /* the handshake is over */
};

static void fail_tls(struct stream *s, const char *what)
{
	struct err e;

	tls_error(&e, what);
	err_wrap(&e, "connection to %s", s->peer);
	e.code = ERR_UNAVAILABLE;
	stream_fail(s, &e);
}

/* Moves finished records from OpenSSL to the stream's output. */
static void take_records(struct stream *s)
{
	BIO *out = SSL_get_wbio(s->tls->ssl);
	char *p;
	long n = BIO_get_mem_data(out, &p);

	if (n <= 0)
		return;
	stream_write_raw(s, (const uint8_t *)p, (size_t)n);
	(void)BIO_reset(out);
}

static void seal_plain(struct stream *s)
{
	struct stream_tls *t = s->tls;
	size_t at = 0;

	if (!t->done || s->state >= STREAM_STATE_CLOSED)
		return;
	while (at < t->plain.len) {
		size_t written = 0;

		if (SSL_write_ex(t->ssl, t->plain.p + at, t->plain.len - at, &written) != 1) {
			fail_tls(s, "TLS write");
			return;
		}
		at += written;
	}
	buf_fini(&t->plain);
	take_records(s);
}

void stream_tls_seal_last(struct stream *s)
{
	struct stream_tls *t = s->tls;
	size_t written;

	if (!t->done || !t->plain.len || s->state != STREAM_STATE_OPEN)
		return;
	ERR_clear_error();
	if (SSL_write_ex(t->ssl, t->plain.p, t->plain.len, &written) == 1)
		take_records(s);
	buf_fini(&t->plain);
}

static void on_seal(void *arg)
{
	struct stream *s = arg;

	seal_plain(s);
}

int stream_tls_attach(struct stream *s, struct tls *config, const char *server_name, struct err *e)
{
	struct stream_tls *t = calloc(1, sizeof(*t));

	if (!t)
		return err_set(e, ERR_NOMEM, "out of memory for TLS");
	t->ssl = tls_session(config, server_name, e);
	if (!t->ssl) {
		free(t);
		return -1;
	}
	t->config = tls_get(config);
	t->seal = (struct worker_defer){.fn = on_seal, .arg = s};
	s->tls = t;
	return 0;
}

void stream_tls_detach(struct stream *s)
{
	struct stream_tls *t = s->tls;

	if (!t)
		return;
	worker_undefer(s->worker, &t->seal);
	SSL_free(t->ssl);
	tls_put(t->config);
	buf_fini(&t->plain);
	free(t);
	s->tls = NULL;
}

/* True when the handshake is over. */
static bool shake_hands(struct stream *s)
{
	struct stream_tls *t = s->tls;
	int rc;

	if (t->done)
		return true;
	ERR_clear_error();
	rc = SSL_do_handshake(t->ssl);
	take_records(s);
	if (rc != 1) {
		int why = SSL_get_error(t->ssl, rc);

		if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
			fail_tls(s, "TLS handshake");
		return false;
	}
	t->done = true;
	seal_plain(s);
	stream_handshake_done(s);
	return s->state == STREAM_STATE_OPEN;
}

void stream_tls_pump(struct stream *s)
{
	uint8_t *at = net_scratch_plain(net_scratch_of(s->worker));

	if (!at) {
		s->send_errno = ENOMEM;
		worker_defer(s->worker, &s->flush);
		return;
	}
	at += NET_STASH_COPY;
	if (!shake_hands(s))
		return;
	while (s->state == STREAM_STATE_OPEN && !s->paused) {
		size_t got = 0;
		int rc;

		ERR_clear_error();
		rc = SSL_read_ex(s->tls->ssl, at, NET_READ_SIZE, &got);
		if (rc != 1) {
			int why = SSL_get_error(s->tls->ssl, rc);
			struct err e;

			err_clear(&e);
			take_records(s);
			if (why == SSL_ERROR_ZERO_RETURN)
				stream_fail(s, &e);
			else if (why != SSL_ERROR_WANT_READ)
				fail_tls(s, "TLS read");
			return;
		}
		stream_plain_input(s, at, got);
	}
}

void stream_tls_input(struct stream *s, const uint8_t *p, size_t n)
{
	if (BIO_write(SSL_get_rbio(s->tls->ssl), p, (int)n) != (int)n) {
		fail_tls(s, "TLS buffer");
		return;
	}
	stream_tls_pump(s);
}

void stream_tls_write(struct stream *s, const uint8_t *p, size_t n)
{
	struct stream_tls *t = s->tls;

	buf_append(&t->plain, p, n);
	if (t->plain.failed)
		s->send_errno = ENOMEM;
	if (t->done)
		worker_defer(s->worker, &t->seal);
}

uint8_t *stream_tls_reserve(struct stream *s, size_t n)
{
	struct stream_tls *t = s->tls;
	uint8_t *at = buf_reserve(&t->plain, n);

	if (!at) {
		s->send_errno = ENOMEM;
		worker_defer(s->worker, &s->flush);
		return NULL;
	}
	t->plain.len += n;
	if (t->done)
		worker_defer(s->worker, &t->seal);
	return at;
}

int stream_start_tls(struct stream *s, struct tls *tls, bool server, const char *server_name,
		     const uint8_t *rest, size_t n, struct err *e)
{
	if (s->tls || s->state != STREAM_STATE_OPEN)
		return err_set(e, ERR_INTERNAL, "TLS cannot start on this connection");
	if (stream_tls_attach(s, tls, server ? NULL : server_name, e) < 0)
		return -1;
	s->state = STREAM_STATE_HANDSHAKE;
	if (n && BIO_write(SSL_get_rbio(s->tls->ssl), rest, (int)n) != (int)n)
		return err_set(e, ERR_NOMEM, "out of memory for TLS");
	worker_defer(s->worker, &s->show);
	return 0;
}
