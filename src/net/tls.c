#include "src/net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "src/net/net_int.h"

struct tls {
	SSL_CTX *ctx;
	bool server, check_peer;
	_Atomic unsigned refs;
};

int tls_error(struct err *e, const char *what)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = ERR_reason_error_string(code);

	err_set(e, ERR_IO, "%s: %s", what, reason ? reason : "unknown TLS error");
	ERR_clear_error();
	return -1;
}

static int load_files(struct tls *t, const struct tls_config *c, struct err *e)
{
	if (c->cert_file && SSL_CTX_use_certificate_chain_file(t->ctx, c->cert_file) != 1)
		return tls_error(e, c->cert_file);
	if (c->key_file && SSL_CTX_use_PrivateKey_file(t->ctx, c->key_file, SSL_FILETYPE_PEM) != 1)
		return tls_error(e, c->key_file);
	if (c->cert_file && SSL_CTX_check_private_key(t->ctx) != 1)
		return tls_error(e, "certificate and key do not belong together");
	if (c->ca_file && SSL_CTX_load_verify_locations(t->ctx, c->ca_file, NULL) != 1)
		return tls_error(e, c->ca_file);
	return 0;
}

static int set_up(struct tls *t, const struct tls_config *c, struct err *e)
{
	int version = TLS1_2_VERSION, verify = SSL_VERIFY_NONE;

	if (c->min_version && !strcmp(c->min_version, "TLSv1.3"))
		version = TLS1_3_VERSION;
	else if (c->min_version && strcmp(c->min_version, "TLSv1.2") != 0)
		return err_set(e, ERR_INVALID, "TLS version \"%s\" is neither TLSv1.2 nor TLSv1.3",
			       c->min_version);
	if (!!c->cert_file != !!c->key_file || (t->server && !c->cert_file))
		return err_set(e, ERR_INVALID, "TLS needs a certificate file and a key file");
	if (SSL_CTX_set_min_proto_version(t->ctx, version) != 1)
		return tls_error(e, "TLS version");
	SSL_CTX_set_mode(t->ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
					 SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	if (c->ca_file)
		verify = SSL_VERIFY_PEER;
	if (t->server && c->require_peer_cert)
		verify |= SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
	t->check_peer = verify != SSL_VERIFY_NONE;
	SSL_CTX_set_verify(t->ctx, verify, NULL);
	if (t->server)
		SSL_CTX_set_session_id_context(t->ctx, (const unsigned char *)"sluice", 6);
	return load_files(t, c, e);
}

static struct tls *make(bool server, const struct tls_config *c, struct err *e)
{
	struct tls *t = calloc(1, sizeof(*t));

	if (!t) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	atomic_init(&t->refs, 1);
	t->server = server;
	t->ctx = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
	if (!t->ctx)
		tls_error(e, "TLS");
	else if (set_up(t, c, e) == 0)
		return t;
	tls_put(t);
	return NULL;
}

struct tls *tls_new_server(const struct tls_config *c, struct err *e)
{
	return make(true, c, e);
}

struct tls *tls_new_client(const struct tls_config *c, struct err *e)
{
	return make(false, c, e);
}

struct tls *tls_get(struct tls *t)
{
	if (t)
		atomic_fetch_add(&t->refs, 1);
	return t;
}

void tls_put(struct tls *t)
{
	if (!t || atomic_fetch_sub(&t->refs, 1) != 1)
		return;
	SSL_CTX_free(t->ctx);
	free(t);
}

struct ssl_st *tls_session(struct tls *t, const char *server_name, struct err *e)
{
	SSL *s = SSL_new(t->ctx);
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());

	if (!s || !in || !out) {
		BIO_free(in);
		BIO_free(out);
		SSL_free(s);
		tls_error(e, "TLS session");
		return NULL;
	}
	SSL_set_bio(s, in, out);
	if (t->server)
		SSL_set_accept_state(s);
	else
		SSL_set_connect_state(s);
	if (!t->server && server_name) {
		SSL_set_tlsext_host_name(s, server_name);
		if (t->check_peer && SSL_set1_host(s, server_name) != 1) {
			SSL_free(s);
			tls_error(e, "TLS server name");
			return NULL;
		}
	}
	return s;
}
