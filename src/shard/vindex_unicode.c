/* vindex_unicode - types "unicode_loose_md5" and "unicode_loose_xxhash": the hash of the text's
 * first-level collation weights, without trailing spaces, so that case, accents and width do not
 * matter. */
#include <string.h>

#include "src/base/buf.h"
#include "src/base/digest.h"
#include "src/shard/uca.h"
#include "src/shard/vindex_int.h"

/* The key; most fit without an allocation. */
struct key {
	uint8_t small[2048];
	size_t n; /* bytes in small, when large is empty */
	struct buf large;
};

static void add(void *arg, const uint8_t *p, size_t n)
{
	struct key *k = arg;

	if (k->large.len == 0 && n <= sizeof(k->small) - k->n) {
		memcpy(k->small + k->n, p, n);
		k->n += n;
		return;
	}
	if (k->large.len == 0)
		buf_append(&k->large, k->small, k->n);
	buf_append(&k->large, p, n);
}

/* What @hash makes of the key, into @hashed[@hash_n]. */
static int map_with(const struct value *value, struct vindex_result *out, size_t hash_n,
		    void (*hash)(struct str text, uint8_t *out), struct err *e)
{
	uint8_t hashed[DIGEST_MD5_LEN];
	char digits[24];
	struct str text;
	struct key k = {.n = 0};
	int rc;

	if (!vindex_to_text(value, digits, &text))
		return vindex_out_kind(out, VINDEX_MISFIT);
	while (text.n > 0 && text.p[text.n - 1] == ' ')
		text.n--;
	buf_init(&k.large);
	if (uca_key(text, add, &k) < 0) {
		buf_fini(&k.large);
		return vindex_out_kind(out, VINDEX_MISFIT);
	}
	rc = buf_check(&k.large, e);
	if (rc == 0) {
		hash(k.large.len ? buf_slice(&k.large) : str_make(k.small, k.n), hashed);
		vindex_out_ksid(out, hashed, hash_n);
	}
	buf_fini(&k.large);
	return rc;
}

static void md5(struct str text, uint8_t *out)
{
	digest_md5(text.p, text.n, out);
}

static int unicode_md5_map(const struct vindex *v, const struct value *values, size_t n,
			   struct vindex_result *out, struct err *e)
{
	(void)v, (void)n;
	return map_with(values, out, DIGEST_MD5_LEN, md5, e);
}

static int unicode_xxhash_map(const struct vindex *v, const struct value *values, size_t n,
			      struct vindex_result *out, struct err *e)
{
	(void)v, (void)n;
	return map_with(values, out, 8, vindex_xxhash_bytes, e);
}

const struct vindex_ops vindex_unicode_loose_md5_ops = {
	.map = unicode_md5_map,
	.hashing = true,
	.props = {.domain = VINDEX_TEXT, .unique = true, .cost = 1, .columns = 1},
};

const struct vindex_ops vindex_unicode_loose_xxhash_ops = {
	.map = unicode_xxhash_map,
	.hashing = true,
	.props = {.domain = VINDEX_TEXT, .unique = true, .cost = 1, .columns = 1},
};
