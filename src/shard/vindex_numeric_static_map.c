/* vindex_numeric_static_map - type "numeric_static_map": as numeric, but numbers named in a map
 * (parameter json, or a file in json_path) are replaced first. With fallback_type, numbers that are
 * not in the map go to a vindex of that type. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/shard/static_map.h"
#include "src/shard/vindex_int.h"

struct state {
	struct static_map *map;	 /* owned; keys are decimal digits without leading zeros */
	struct vindex *fallback; /* owned; may be NULL */
};

static int static_map_init(struct vindex *v, struct err *e)
{
	const char *json = vindex_ask(v, "json"), *path = vindex_ask(v, "json_path");
	const char *fallback = vindex_ask(v, "fallback_type");
	struct state *s;

	if (!json == !path)
		return err_set(e, ERR_INVALID,
			       json ? "has both json and json_path" : "needs json or json_path");
	s = v->state = calloc(1, sizeof(*s));
	if (!s)
		return err_set(e, ERR_NOMEM, "out of memory");
	s->map = json ? static_map_new(str_of(json), e) : static_map_load(path, e);
	if (!s->map || static_map_check_numbers(s->map, e) < 0)
		return -1;
	if (!fallback)
		return 0;
	s->fallback = vindex_new("fallback", fallback, NULL, NULL, e);
	if (!s->fallback)
		return -1;
	if (!s->fallback->ops->hashing)
		return err_set(e, ERR_INVALID, "fallback_type %s cannot be used here", fallback);
	return 0;
}

static void static_map_fini(struct vindex *v)
{
	struct state *s = v->state;

	if (!s)
		return;
	static_map_free(s->map);
	vindex_free(s->fallback);
	free(s);
	v->state = NULL;
}

static int static_map_map(const struct vindex *v, const struct value *values, size_t n,
			  struct vindex_result *out, struct err *e)
{
	const struct state *s = v->state;
	char digits[24];
	uint64_t num;
	enum vindex_kind kind = vindex_to_u64(values, &num);
	int len;

	if (kind != VINDEX_KSID)
		return vindex_out_kind(out, kind);
	len = snprintf(digits, sizeof(digits), "%" PRIu64, num);
	if (!static_map_get(s->map, str_make(digits, (size_t)len), &num) && s->fallback)
		return s->fallback->ops->map(s->fallback, values, n, out, e);
	return vindex_out_u64(out, num);
}

const struct vindex_ops vindex_numeric_static_map_ops = {
	.init = static_map_init,
	.fini = static_map_fini,
	.map = static_map_map,
	.hashing = true,
	.props = {.domain = VINDEX_INTEGERS, .unique = true, .cost = 1, .columns = 1},
};
