/* vindex_cfc - type "cfc", concatenated fixed-width composite: one column that holds several parts
 * of fixed width one behind the other. Each part is hashed by itself (hash: md5 or xxhash64) and
 * the hash is cut to the part's width, so that values with a common prefix share a range of ids.
 * offsets says where parts end, "[2,4]". Without hash the id is the value itself. */
#include <stdlib.h>
#include <string.h>

#include "src/base/digest.h"
#include "src/shard/vindex_int.h"

enum { OFFSETS_MAX = 64 };
_Static_assert((OFFSETS_MAX + 1) * DIGEST_MD5_LEN <= VINDEX_BUF, "an id fits the result");

struct state {
	size_t (*hash)(struct str part, uint8_t *out); /* NULL: none */
	size_t offset[OFFSETS_MAX], offsets;
};

static size_t cut(struct str part, size_t n)
{
	return part.n < n ? part.n : n;
}

static size_t hash_md5(struct str part, uint8_t *out)
{
	digest_md5(part.p, part.n, out);
	return cut(part, DIGEST_MD5_LEN);
}

static size_t hash_xxh64(struct str part, uint8_t *out)
{
	vindex_xxhash_bytes(part, out);
	return cut(part, 8);
}

static int read_offsets(struct state *s, const char *text, struct err *e)
{
	struct cJSON *doc = json_parse(str_of(text), NULL);
	int64_t before = 0;
	int rc = -1;

	if (!doc || json_type(doc) != JSON_ARRAY || json_len(doc) == 0)
		goto out;
	for (JSON *m = json_first(doc); m; m = json_next(m)) {
		int64_t at = json_type(m) == JSON_NUMBER ? json_int(m, 0) : 0;

		if (at <= before || (double)at != json_number(m, 0) || s->offsets == OFFSETS_MAX)
			goto out;
		s->offset[s->offsets++] = (size_t)at;
		before = at;
	}
	rc = 0;
out:
	json_free(doc);
	if (rc < 0)
		err_set(e, ERR_INVALID,
			"offsets '%s': expected at most %d positive, growing numbers in brackets",
			text, OFFSETS_MAX);
	return rc;
}

static int cfc_init(struct vindex *v, struct err *e)
{
	const char *hash = vindex_ask(v, "hash"), *offsets = vindex_ask(v, "offsets");
	struct state *s = v->state = calloc(1, sizeof(*s));

	if (!s)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (!hash || !*hash)
		return 0;
	if (strcmp(hash, "md5") == 0)
		s->hash = hash_md5;
	else if (strcmp(hash, "xxhash64") == 0)
		s->hash = hash_xxh64;
	else
		return err_set(e, ERR_INVALID, "hash '%s' is neither md5 nor xxhash64", hash);
	if (!offsets || !*offsets)
		return err_set(e, ERR_INVALID, "needs offsets, since it has a hash");
	return read_offsets(s, offsets, e);
}

static void cfc_fini(struct vindex *v)
{
	free(v->state);
	v->state = NULL;
}

/* Hashes the parts that @text has in full, and what is behind the last offset. */
static size_t hash_parts(const struct state *s, struct str text, uint8_t *out)
{
	size_t n = 0, before = 0;

	for (size_t i = 0; i < s->offsets; i++) {
		if (text.n < s->offset[i])
			return n;
		n += s->hash(str_make(text.p + before, s->offset[i] - before), out + n);
		before = s->offset[i];
	}
	if (before < text.n)
		n += s->hash(str_make(text.p + before, text.n - before), out + n);
	return n;
}

static int cfc_map(const struct vindex *v, const struct value *values, size_t n,
		   struct vindex_result *out, struct err *e)
{
	const struct state *s = v->state;
	char digits[24];
	struct str text;

	if (!s->hash)
		return vindex_binary_ops.map(v, values, n, out, e);
	if (!vindex_to_text(values, digits, &text))
		return vindex_out_kind(out, VINDEX_MISFIT);
	if (text.n < s->offset[s->offsets - 1])
		return err_set(e, ERR_BAD_VALUE,
			       "vindex %s needs at least %zu bytes, the value has %zu", v->name,
			       s->offset[s->offsets - 1], text.n);
	vindex_out_kind(out, VINDEX_KSID);
	out->ksid = str_make(out->buf, hash_parts(s, text, out->buf));
	return 0;
}

/* The literal text before the first wildcard of a LIKE pattern, at most @cap bytes of it. */
static size_t literal_prefix(struct str pattern, uint8_t *out, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < pattern.n && n < cap; i++) {
		char c = pattern.p[i];

		if (c == '%' || c == '_')
			break;
		if (c == '\\' && i + 1 < pattern.n)
			c = pattern.p[++i];
		out[n++] = (uint8_t)c;
	}
	return n;
}

static int cfc_prefix(const struct vindex *v, struct str pattern, struct vindex_result *out,
		      struct err *e)
{
	const struct state *s = v->state;
	uint8_t *text = out->end_buf; /* not needed for the result before vindex_out_prefix() */
	size_t n = literal_prefix(pattern, text, VINDEX_BUF), parts = 0;

	(void)e;
	if (!s->hash) {
		memcpy(out->buf, text, n);
		return vindex_out_prefix(out, n);
	}
	/* Only whole parts count; a text behind the last offset is hashed as a whole, and more may
	 * follow this one's. */
	while (parts < s->offsets && s->offset[parts] <= n)
		parts++;
	n = parts == 0 ? 0 : hash_parts(s, str_make(text, s->offset[parts - 1]), out->buf);
	return vindex_out_prefix(out, n);
}

const struct vindex_ops vindex_cfc_ops = {
	.init = cfc_init,
	.fini = cfc_fini,
	.map = cfc_map,
	.prefix = cfc_prefix,
	.props = {.unique = true, .prefix = true, .cost = 1, .columns = 1},
};
