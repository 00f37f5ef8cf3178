/* secret - shared secrets in files that only their owner reads: made, read, compared, used as keys.
 * Any thread; files are for start-up. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/digest.h"
#include "src/base/err.h"
#include "src/base/str.h"

enum { SECRET_MIN = 16, SECRET_MAX = 512, SECRET_PARTS = 4 };

/* Makes @path with a new random secret, mode 0600, unless it is there. */
int secret_make(const char *path, struct err *e) MUST_CHECK;
/* The secret in @path without the white space around it, appended to the empty @out (the caller's
 * to end). -1: it cannot be read, others than owner and group may read it, or it is too short. */
int secret_read(const char *path, struct buf *out, struct err *e) MUST_CHECK;
/* In a time that does not tell how much is equal. */
bool secret_equal(struct str a, struct str b);
/* HMAC-SHA256 of the parts, at most SECRET_PARTS. */
void secret_sign(struct str key, const struct digest_part *part, size_t count,
		 uint8_t out[DIGEST_SHA256_LEN]);
#endif
