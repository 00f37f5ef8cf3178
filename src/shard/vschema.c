#include "src/shard/vschema.h"

#include <stdlib.h>

static void vschema_free(struct snapshot *s)
{
	struct vschema *vs = (struct vschema *)s;

	for (size_t i = 0; i < vs->vindex_count; i++)
		vindex_free(vs->vindexes[i]);
	hmap_fini(&vs->table_index, NULL);
	hmap_fini(&vs->vindex_index, NULL);
	arena_fini(&vs->arena);
	free(vs);
}

struct vschema *vschema_new_empty(void)
{
	struct vschema *vs = calloc(1, sizeof(*vs));

	if (!vs)
		return NULL;
	snapshot_init(&vs->snap, vschema_free);
	arena_init(&vs->arena, 0);
	hmap_init(&vs->table_index);
	hmap_init(&vs->vindex_index);
	return vs;
}

struct vschema *vschema_get(struct vschema *vs)
{
	snapshot_get(&vs->snap);
	return vs;
}

void vschema_put(struct vschema *vs)
{
	if (vs)
		snapshot_put(&vs->snap);
}

const struct vschema_table *vschema_find_table(const struct vschema *vs, struct str name)
{
	return hmap_get(&vs->table_index, name);
}

const struct vindex *vschema_find_vindex(const struct vschema *vs, struct str name)
{
	return hmap_get(&vs->vindex_index, name);
}

const struct vschema_column *vschema_find_column(const struct vschema_table *t, struct str name)
{
	for (size_t i = 0; i < t->column_count; i++) {
		if (str_ieqz(name, t->columns[i].name))
			return &t->columns[i];
	}
	return NULL;
}
