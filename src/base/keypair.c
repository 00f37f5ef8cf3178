#include "src/base/keypair.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdlib.h>

struct keypair {
	EVP_PKEY *key; /* owned */
	BIO *pem;      /* owned: a memory BIO with the public key */
};

struct keypair *keypair_new(struct err *e)
{
	struct keypair *k = calloc(1, sizeof(*k));

	if (!k) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	k->key = EVP_RSA_gen(2048);
	k->pem = BIO_new(BIO_s_mem());
	if (!k->key || !k->pem || PEM_write_bio_PUBKEY(k->pem, k->key) != 1) {
		err_set(e, ERR_INTERNAL, "cannot make an RSA key");
		keypair_free(k);
		return NULL;
	}
	return k;
}

void keypair_free(struct keypair *k)
{
	if (!k)
		return;
	EVP_PKEY_free(k->key);
	BIO_free(k->pem);
	free(k);
}

struct str keypair_public_pem(const struct keypair *k)
{
	char *p = NULL;
	long n = BIO_get_mem_data(k->pem, &p);

	return str_make(p, (size_t)n);
}

int keypair_decrypt(const struct keypair *k, const uint8_t *p, size_t n, uint8_t *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(k->key, NULL);
	size_t len = KEYPAIR_MAX_BYTES;
	int rc = -1;

	if (ctx && EVP_PKEY_decrypt_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) == 1 &&
	    EVP_PKEY_decrypt(ctx, out, &len, p, n) == 1)
		rc = (int)len;
	EVP_PKEY_CTX_free(ctx);
	return rc;
}

int keypair_encrypt(struct str pem, const uint8_t *p, size_t n, struct buf *out, struct err *e)
{
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	EVP_PKEY *key = bio ? PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL) : NULL;
	EVP_PKEY_CTX *ctx = key ? EVP_PKEY_CTX_new(key, NULL) : NULL;
	uint8_t room[KEYPAIR_MAX_BYTES];
	size_t len = sizeof(room);
	int rc = -1;

	if (!ctx || EVP_PKEY_encrypt_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) != 1 ||
	    EVP_PKEY_get_size(key) > KEYPAIR_MAX_BYTES ||
	    EVP_PKEY_encrypt(ctx, room, &len, p, n) != 1) {
		err_set(e, ERR_HANDSHAKE, "the server's public key is not usable");
		goto out;
	}
	buf_append(out, room, len);
	rc = buf_check(out, e);
out:
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	BIO_free(bio);
	return rc;
}
