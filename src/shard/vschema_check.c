/* vschema_check - what a VSchema must fulfil beyond its form. The rules are Vitess's. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "src/shard/vschema_int.h"

bool vschema_check_column_type(const char *name)
{
	static const char *const types[] = {
#define X(name) #name,
#include "src/shard/vschema_types.def"
#undef X
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i], name) == 0)
			return true;
	}
	return false;
}

int vschema_check_warn(struct json_reader *r, struct vschema *vs, const char *fmt, ...)
{
	const char **list = arena_array(&vs->arena, vs->warning_count + 1, sizeof(*list));
	char text[300];
	va_list ap;

	if (!list)
		return json_reader_nomem(r);
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (vs->warning_count)
		memcpy(list, vs->warnings, vs->warning_count * sizeof(*list));
	list[vs->warning_count] = arena_dup(&vs->arena, text, strlen(text));
	if (!list[vs->warning_count])
		return json_reader_nomem(r);
	vs->warnings = list;
	vs->warning_count++;
	return 0;
}

static int check_columns(struct json_reader *r, const struct vschema_table *t)
{
	struct hmap seen;
	int rc = 0;

	hmap_init_nocase(&seen);
	for (size_t i = 0; i < t->column_count && rc == 0; i++) {
		void *before = NULL;

		if (hmap_put(&seen, str_of(t->columns[i].name), (void *)&t->columns[i], &before) <
		    0)
			rc = json_reader_nomem(r);
		else if (before)
			rc = json_reader_fail(r, ERR_INVALID, "column %s is listed twice",
					      t->columns[i].name);
	}
	hmap_fini(&seen, NULL);
	return rc;
}

static int check_vindex(struct json_reader *r, const struct vschema_table *t, size_t i,
			struct vschema_column_vindex *cv)
{
	const struct vindex_props *p = vindex_props(cv->vindex);
	const char *name = vindex_name(cv->vindex);

	cv->owned = p->lookup && strcmp(vindex_owner(cv->vindex), t->name) == 0;
	if (i == 0 && !p->unique)
		return json_reader_fail(r, ERR_INVALID, "primary vindex %s is not unique", name);
	if (i == 0 && cv->owned)
		return json_reader_fail(r, ERR_INVALID,
					"primary vindex %s cannot be owned by its table", name);
	if (i > 0 && !p->lookup && p->columns > 1)
		return json_reader_fail(r, ERR_INVALID,
					"vindex %s has several columns and must be the primary one",
					name);
	if (p->columns != cv->column_count)
		return json_reader_fail(r, ERR_INVALID, "vindex %s takes %u columns, not %zu", name,
					p->columns, cv->column_count);
	return 0;
}

int vschema_check_table(struct json_reader *r, const struct vschema *vs, struct vschema_table *t,
			struct vschema_column_vindex *vindexes)
{
	if (vs->sharded && t->type == VSCHEMA_SEQUENCE && !t->pinned)
		return json_reader_fail(r, ERR_INVALID,
					"a sequence must be in an unsharded keyspace or be pinned");
	if (vs->sharded && t->type != VSCHEMA_REFERENCE && !t->pinned && t->vindex_count == 0)
		return json_reader_fail(r, ERR_INVALID, "the table has no primary vindex");
	if (check_columns(r, t) < 0)
		return -1;
	for (size_t i = 0; i < t->vindex_count; i++) {
		if (check_vindex(r, t, i, &vindexes[i]) < 0)
			return -1;
	}
	return 0;
}
