/* vindex_region - two columns, region first in the keyspace id and then the hash of a number, so
 * that a region is a range of shards. "region_experimental": (region number, number).
 * "region_json": (number, country); region_map, a JSON object or the path of a file with one, says
 * which region a country is in. region_bytes (1 or 2) low bytes of the region are used. */
#include <stdlib.h>
#include <string.h>

#include "src/shard/static_map.h"
#include "src/shard/vindex_int.h"

struct state {
	unsigned bytes;
	struct static_map *map; /* owned; NULL for region_experimental */
};

static int init_bytes(struct vindex *v, struct err *e)
{
	const char *bytes = vindex_ask(v, "region_bytes");
	struct state *s = v->state = calloc(1, sizeof(*s));

	if (!s)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (!bytes || (strcmp(bytes, "1") != 0 && strcmp(bytes, "2") != 0))
		return err_set(e, ERR_INVALID, "region_bytes must be 1 or 2");
	s->bytes = (unsigned)(bytes[0] - '0');
	return 0;
}

static int json_init(struct vindex *v, struct err *e)
{
	const char *map = vindex_ask(v, "region_map");
	struct state *s;

	if (init_bytes(v, e) < 0)
		return -1;
	s = v->state;
	if (!map || !*map)
		return err_set(e, ERR_INVALID, "needs region_map");
	s->map = map[0] == '{' ? static_map_new(str_of(map), e) : static_map_load(map, e);
	return s->map ? 0 : -1;
}

static void region_fini(struct vindex *v)
{
	struct state *s = v->state;

	if (s)
		static_map_free(s->map);
	free(s);
	v->state = NULL;
}

static unsigned put_region(const struct state *s, uint64_t region, uint8_t *to)
{
	if (s->bytes == 2)
		*to++ = (uint8_t)(region >> 8);
	*to = (uint8_t)region;
	return s->bytes;
}

static int region_and_hash(const struct state *s, uint64_t region, uint64_t num,
			   struct vindex_result *out)
{
	uint8_t id[10];
	unsigned n = put_region(s, region, id);
	uint64_t h = vindex_hash_u64(num);

	for (unsigned i = 0; i < 8; i++)
		id[n++] = (uint8_t)(h >> (56 - 8 * i));
	return vindex_out_ksid(out, id, n);
}

static int experimental_map(const struct vindex *v, const struct value *values, size_t n,
			    struct vindex_result *out, struct err *e)
{
	const struct state *s = v->state;
	uint64_t region, num;
	enum vindex_kind kind = vindex_to_u64(&values[0], &region);

	(void)e;
	if (kind != VINDEX_KSID)
		return vindex_out_kind(out, kind);
	if (n == 1)
		return vindex_out_prefix(out, put_region(s, region, out->buf));
	kind = vindex_to_u64(&values[1], &num);
	if (kind != VINDEX_KSID)
		return vindex_out_kind(out, kind);
	return region_and_hash(s, region, num, out);
}

static int json_map(const struct vindex *v, const struct value *values, size_t n,
		    struct vindex_result *out, struct err *e)
{
	const struct state *s = v->state;
	uint64_t region, num;
	char digits[24];
	struct str country;
	enum vindex_kind kind = vindex_to_u64(&values[0], &num);

	(void)n, (void)e;
	if (kind == VINDEX_NONE || values[1].type == VALUE_NULL)
		return vindex_out_kind(out, VINDEX_NONE);
	if (kind != VINDEX_KSID || !vindex_to_text(&values[1], digits, &country) ||
	    !static_map_get(s->map, country, &region))
		return vindex_out_kind(out, VINDEX_MISFIT);
	return region_and_hash(s, region, num, out);
}

static enum vindex_domain json_domain(const struct vindex *v, size_t column)
{
	(void)v;
	return column ? VINDEX_EXACT : VINDEX_INTEGERS;
}

const struct vindex_ops vindex_region_experimental_ops = {
	.init = init_bytes,
	.fini = region_fini,
	.map = experimental_map,
	.props = {.domain = VINDEX_INTEGERS,
		  .unique = true,
		  .partial = true,
		  .cost = 1,
		  .columns = 2},
};

const struct vindex_ops vindex_region_json_ops = {
	.init = json_init,
	.fini = region_fini,
	.map = json_map,
	.domain = json_domain,
	.props = {.unique = true, .cost = 1, .columns = 2},
};
