/* keypair - RSA keys for handing a password over an open line (MySQL's caching_sha2_password).
 * OAEP padding with SHA-1, as MySQL does. Immutable after it is made; any thread. */
#ifndef BASE_KEYPAIR_H
#define BASE_KEYPAIR_H
#include <stddef.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"

struct keypair;
enum { KEYPAIR_MAX_BYTES = 512, KEYPAIR_BYTES = 256 }; /* of what is encrypted: that of our keys */

/* A new 2048-bit key pair (takes up to a second); the caller frees it. NULL with @e. */
struct keypair *keypair_new(struct err *e);
void keypair_free(struct keypair *k); /* NULL is fine */
/* The public key in PEM; lives as long as @k. */
struct str keypair_public_pem(const struct keypair *k);
/* Decrypts @n bytes into @out (room for KEYPAIR_MAX_BYTES). The length, or -1. */
int keypair_decrypt(const struct keypair *k, const uint8_t *p, size_t n, uint8_t *out) MUST_CHECK;
/* Encrypts for the owner of the public key @pem, appended to @out. */
int keypair_encrypt(struct str pem, const uint8_t *p, size_t n, struct buf *out, struct err *e)
	MUST_CHECK;
#endif
