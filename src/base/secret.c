#include "src/base/secret.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/file.h"
#include "src/base/rng.h"

enum { SECRET_BYTES = 24, BLOCK = 64 };

int secret_make(const char *path, struct err *e)
{
	uint8_t raw[SECRET_BYTES];
	char text[2 * SECRET_BYTES + 2];

	if (access(path, F_OK) == 0)
		return 0;
	rng_secure(raw, sizeof(raw));
	digest_hex(raw, sizeof(raw), text);
	text[2 * SECRET_BYTES] = '\n';
	text[2 * SECRET_BYTES + 1] = 0;
	return file_write(path, str_of(text), 0600, e);
}

int secret_read(const char *path, struct buf *out, struct err *e)
{
	struct stat st;
	struct str s;

	if (stat(path, &st) < 0)
		return err_set_errno(e, ERR_IO, errno, "cannot read %s", path);
	if (st.st_mode & 007)
		return err_set(e, ERR_INVALID,
			       "%s holds a secret, and every user of this machine may read or write "
			       "it: chmod 600 it",
			       path);
	if (file_read(path, out, e) < 0)
		return -1;
	s = str_trim(buf_slice(out));
	if (s.n < SECRET_MIN || s.n > SECRET_MAX)
		return err_set(e, ERR_INVALID, "%s: a secret has %d to %d bytes", path, SECRET_MIN,
			       SECRET_MAX);
	memmove(out->p, s.p, s.n);
	out->len = s.n;
	return 0;
}

bool secret_equal(struct str a, struct str b)
{
	uint8_t x[DIGEST_SHA256_LEN], y[DIGEST_SHA256_LEN], differ = 0;

	/* Digests have the same length, whatever was given. */
	digest_sha256(&(struct digest_part){a.p, a.n}, 1, x);
	digest_sha256(&(struct digest_part){b.p, b.n}, 1, y);
	for (size_t i = 0; i < sizeof(x); i++)
		differ |= x[i] ^ y[i];
	return differ == 0;
}

/* RFC 2104. */
void secret_sign(struct str key, const struct digest_part *part, size_t count,
		 uint8_t out[DIGEST_SHA256_LEN])
{
	uint8_t block[BLOCK] = {0}, pad[BLOCK], inner[DIGEST_SHA256_LEN];
	struct digest_part in[SECRET_PARTS + 1], last[2] = {{pad, BLOCK}, {inner, sizeof(inner)}};

	if (key.n > BLOCK)
		digest_sha256(&(struct digest_part){key.p, key.n}, 1, block);
	else
		memcpy(block, key.p, key.n);
	in[0] = (struct digest_part){pad, BLOCK};
	for (size_t i = 0; i < count && i < SECRET_PARTS; i++)
		in[i + 1] = part[i];
	for (size_t i = 0; i < BLOCK; i++)
		pad[i] = block[i] ^ 0x36;
	digest_sha256(in, count + 1, inner);
	for (size_t i = 0; i < BLOCK; i++)
		pad[i] = block[i] ^ 0x5c;
	digest_sha256(last, 2, out);
}
