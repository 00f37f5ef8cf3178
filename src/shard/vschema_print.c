/* vschema_print - a struct vschema back to its document; defaults are left out. */
#include "src/base/json.h"
#include "src/shard/keyspace_id.h"
#include "src/shard/vschema.h"

static void print_text(struct json_out *o, const char *key, const char *text)
{
	if (text && *text)
		json_out_strz(o, key, text);
}

static void print_flag(struct json_out *o, const char *key, bool on)
{
	if (on)
		json_out_bool(o, key, true);
}

static void print_number(struct json_out *o, const char *key, int32_t n)
{
	if (n)
		json_out_int(o, key, n);
}

static void print_strings(struct json_out *o, const char *key, const char *const *v, size_t n)
{
	json_out_array(o, key);
	for (size_t i = 0; i < n; i++)
		json_out_strz(o, NULL, v[i]);
	json_out_end_array(o);
}

static void print_vindex(struct json_out *o, const struct vindex *x)
{
	const char *name, *value;

	json_out_object(o, vindex_name(x));
	json_out_strz(o, "type", vindex_type(x));
	if (vindex_param(x, 0, &value)) {
		json_out_object(o, "params");
		for (size_t i = 0; (name = vindex_param(x, i, &value)); i++)
			json_out_strz(o, name, value);
		json_out_end_object(o);
	}
	print_text(o, "owner", vindex_owner(x));
	json_out_end_object(o);
}

static void print_column_vindexes(struct json_out *o, const struct vschema_table *t)
{
	json_out_array(o, "column_vindexes");
	for (size_t i = 0; i < t->vindex_count; i++) {
		const struct vschema_column_vindex *cv = &t->vindexes[i];

		json_out_object(o, NULL);
		if (cv->single)
			json_out_strz(o, "column", cv->columns[0]);
		else
			print_strings(o, "columns", cv->columns, cv->column_count);
		json_out_strz(o, "name", vindex_name(cv->vindex));
		json_out_end_object(o);
	}
	json_out_end_array(o);
}

static void print_columns(struct json_out *o, const struct vschema_table *t)
{
	json_out_array(o, "columns");
	for (size_t i = 0; i < t->column_count; i++) {
		const struct vschema_column *col = &t->columns[i];

		json_out_object(o, NULL);
		json_out_strz(o, "name", col->name);
		print_text(o, "type", col->type);
		print_flag(o, "invisible", col->invisible);
		print_text(o, "default", col->def);
		print_text(o, "collation_name", col->collation);
		print_number(o, "size", col->size);
		print_number(o, "scale", col->scale);
		if (col->nullable_given)
			json_out_bool(o, "nullable", col->nullable);
		if (col->value_count)
			print_strings(o, "values", col->values, col->value_count);
		json_out_end_object(o);
	}
	json_out_end_array(o);
}

static void print_pinned(struct json_out *o, struct str id)
{
	char hex[2 * VSCHEMA_PINNED_MAX + 1];

	keyspace_id_print(id, hex, sizeof(hex));
	json_out_strz(o, "pinned", hex);
}

static void print_table(struct json_out *o, const struct vschema_table *t)
{
	static const char *const types[] = {"", "sequence", "reference"};

	json_out_object(o, t->name);
	print_text(o, "type", types[t->type]);
	if (t->vindex_count)
		print_column_vindexes(o, t);
	if (t->auto_column) {
		json_out_object(o, "auto_increment");
		json_out_strz(o, "column", t->auto_column);
		json_out_strz(o, "sequence", t->auto_sequence);
		json_out_end_object(o);
	}
	if (t->column_count)
		print_columns(o, t);
	if (t->pinned)
		print_pinned(o, t->pinned_to);
	print_flag(o, "column_list_authoritative", t->columns_authoritative);
	print_text(o, "source", t->source);
	json_out_end_object(o);
}

static void print_head(struct json_out *o, const struct vschema *vs)
{
	static const char *const modes[] = {"", "disallow", "unmanaged", "managed"};

	print_flag(o, "sharded", vs->sharded);
	print_flag(o, "require_explicit_routing", vs->require_explicit_routing);
	print_text(o, "foreign_key_mode", modes[vs->foreign_key_mode]);
	if (vs->tenant_column) {
		json_out_object(o, "multi_tenant_spec");
		json_out_strz(o, "tenant_id_column_name", vs->tenant_column);
		print_text(o, "tenant_id_column_type", vs->tenant_type);
		json_out_end_object(o);
	}
}

void vschema_print(const struct vschema *vs, bool indent, struct buf *out)
{
	struct json_out o;

	json_out_init(&o, out, indent);
	json_out_object(&o, NULL);
	print_head(&o, vs);
	if (vs->vindex_count) {
		json_out_object(&o, "vindexes");
		for (size_t i = 0; i < vs->vindex_count; i++)
			print_vindex(&o, vs->vindexes[i]);
		json_out_end_object(&o);
	}
	if (vs->table_count) {
		json_out_object(&o, "tables");
		for (size_t i = 0; i < vs->table_count; i++)
			print_table(&o, &vs->tables[i]);
		json_out_end_object(&o);
	}
	json_out_end_object(&o);
}
