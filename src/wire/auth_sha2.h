/* auth_sha2 - caching_sha2_password. The server keeps a slow salted hash, "$A$005$" + 20 bytes of
 * salt + 43 characters of sha256-crypt over 5000 rounds (as MySQL's mysql.user does), and caches
 * fast = SHA256(SHA256(password)) once a full proof succeeded. The fast proof is
 * SHA256(password) XOR SHA256(fast, nonce).
 * Source: MySQL's sql/auth/sha2_password.cc and Drepper's SHA-crypt, but with 20 bytes of salt. */
#ifndef WIRE_AUTH_SHA2_H
#define WIRE_AUTH_SHA2_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/err.h"
#include "src/base/str.h"

enum {
	AUTH_SHA2_PROOF = 32,
	AUTH_SHA2_FAST = 32,
	AUTH_SHA2_SALT = 20,
	AUTH_SHA2_HASH = 70,          /* length of a stored hash */
	AUTH_SHA2_MAX_PASSWORD = 256, /* bytes; longer ones MySQL refuses too */
};

/* The client's fast proof. */
void auth_sha2_prove(const uint8_t nonce[20], struct str password, uint8_t proof[AUTH_SHA2_PROOF]);
bool auth_sha2_check_fast(const uint8_t nonce[20], const uint8_t proof[AUTH_SHA2_PROOF],
			  const uint8_t fast[AUTH_SHA2_FAST]);
/* What the cache keeps. */
void auth_sha2_fast(struct str password, uint8_t fast[AUTH_SHA2_FAST]);
/* The stored form with a fresh printable salt, NUL-terminated. Takes milliseconds. -1: the
 * password is too long. */
int auth_sha2_hash(struct str password, char out[AUTH_SHA2_HASH + 1], struct err *e) MUST_CHECK;
/* Whether @stored is a hash of this kind. */
bool auth_sha2_is_hash(struct str stored);
/* Whether @password is the one behind @stored. Takes milliseconds: for blocking threads when many
 * strangers can ask. */
bool auth_sha2_check(struct str stored, struct str password);
#endif
