/* auth_native - mysql_native_password: the proof is SHA1(password) XOR SHA1(nonce, stage2), where
 * stage2 = SHA1(SHA1(password)) is what the server keeps, printed as "*" and 40 hex digits. */
#ifndef WIRE_AUTH_NATIVE_H
#define WIRE_AUTH_NATIVE_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/err.h"
#include "src/base/str.h"

enum { AUTH_NATIVE_PROOF = 20, AUTH_NATIVE_HASH_TEXT = 42 };

/* The client's proof. */
void auth_native_prove(const uint8_t nonce[20], struct str password,
		       uint8_t proof[AUTH_NATIVE_PROOF]);
/* Whether @proof was made by one who knows the password behind @stage2. */
bool auth_native_check(const uint8_t nonce[20], const uint8_t proof[AUTH_NATIVE_PROOF],
		       const uint8_t stage2[20]);
/* "*..." of @password, NUL-terminated. */
void auth_native_hash(struct str password, char out[AUTH_NATIVE_HASH_TEXT]);
/* stage2 from "*..."; -1 when it is not that. */
int auth_native_parse(struct str hash, uint8_t stage2[20]) MUST_CHECK;
#endif
