/* vschema_read - the JSON document to a struct vschema. Vindexes are read before tables, whatever
 * their order in the text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/shard/keyspace_id.h"
#include "src/shard/vschema_int.h"

/* The document being read; the reader is first so that callbacks can go from one to the other. */
struct context {
	struct json_reader r;
	struct vschema *vs;
	struct vschema_table *tables;
	struct vschema_column_vindex **table_vindexes; /* by table, still writable */
};

#define OBJECT(r, v, fields, object)                                                               \
	json_reader_object(r, v, fields, sizeof(fields) / sizeof((fields)[0]), object)
#define TEXT(type, field, json) JSON_FIELD(FIELD_STRING, type, field, json)
#define FLAG(type, field, json) JSON_FIELD(FIELD_BOOL, type, field, json)
#define NUMBER(type, field, json) JSON_FIELD(FIELD_INT, type, field, json)
#define CALL(fn, json) JSON_FIELD_CALL(fn, json)

static struct context *context_of(struct json_reader *r)
{
	return (struct context *)r;
}

/* A field that another pass reads. */
static int later(struct json_reader *r, JSON *v, void *object)
{
	(void)r, (void)v, (void)object;
	return 0;
}

struct strings {
	const char **v;
	size_t n;
};

static int add_string(struct json_reader *r, JSON *v, void *object)
{
	struct strings *s = object;

	return json_reader_string(r, v, &s->v[s->n++]);
}

static int read_strings(struct json_reader *r, JSON *v, const char ***out, size_t *n)
{
	struct strings s = {.v = arena_array(r->arena, json_len(v) + 1, sizeof(*s.v))};

	if (!s.v)
		return json_reader_nomem(r);
	if (json_reader_array(r, v, add_string, &s) < 0)
		return -1;
	*out = s.v;
	*n = s.n;
	return 0;
}

/* ---- vindexes ---- */

struct vindex_spec {
	const char *type, *owner;
	JSON *params; /* borrowed from the document */
};

static int read_params(struct json_reader *r, JSON *v, void *object)
{
	(void)r;
	((struct vindex_spec *)object)->params = v;
	return 0;
}

static int warn_vindex(struct json_reader *r, struct vschema *vs, const struct vindex *x)
{
	const char *name;

	for (size_t i = 0; (name = vindex_unknown_param(x, i)); i++) {
		if (vschema_check_warn(r, vs, "vindex %s: type %s has no parameter %s",
				       vindex_name(x), vindex_type(x), name) < 0)
			return -1;
	}
	if (*vindex_owner(x) && !vindex_props(x)->lookup)
		return vschema_check_warn(r, vs, "vindex %s: only a lookup vindex has an owner",
					  vindex_name(x));
	return 0;
}

static int read_vindex(struct json_reader *r, JSON *v, void *object)
{
	static const struct json_field fields[] = {
		TEXT(struct vindex_spec, type, "type"),
		TEXT(struct vindex_spec, owner, "owner"),
		CALL(read_params, "params"),
	};
	struct vindex_spec spec = {.type = "", .owner = ""};
	struct vschema *vs = object;
	struct vindex *x;
	struct err why = {.code = ERR_OK};

	if (OBJECT(r, v, fields, &spec) < 0)
		return -1;
	if (!*spec.type)
		return json_reader_fail(r, ERR_INVALID, "the vindex has no type");
	x = vindex_new(json_key(v), spec.type, spec.params, spec.owner, &why);
	if (!x)
		return json_reader_fail(r, why.code, "%s", why.msg);
	vs->vindexes[vs->vindex_count++] = x;
	if (hmap_put(&vs->vindex_index, str_of(json_key(v)), x, NULL) < 0)
		return json_reader_nomem(r);
	return warn_vindex(r, vs, x);
}

static int read_vindexes(struct json_reader *r, JSON *v, void *object)
{
	struct vschema *vs = object;

	vs->vindexes = arena_array(&vs->arena, json_len(v) + 1, sizeof(struct vindex *));
	if (!vs->vindexes)
		return json_reader_nomem(r);
	return json_reader_map(r, v, read_vindex, vs);
}

/* ---- tables ---- */

struct cv_spec {
	const char *name, *column;
	const char **columns;
	size_t count;
};

static int read_cv_columns(struct json_reader *r, JSON *v, void *object)
{
	struct cv_spec *s = object;

	return read_strings(r, v, &s->columns, &s->count);
}

static int read_column_vindex(struct json_reader *r, JSON *v, void *object)
{
	static const struct json_field fields[] = {
		TEXT(struct cv_spec, name, "name"),
		TEXT(struct cv_spec, column, "column"),
		CALL(read_cv_columns, "columns"),
	};
	struct vschema_table *t = object;
	struct context *c = context_of(r);
	struct vschema_column_vindex *cv = c->table_vindexes[t - c->tables] + t->vindex_count;
	struct cv_spec s = {.name = "", .column = ""};

	if (OBJECT(r, v, fields, &s) < 0)
		return -1;
	cv->vindex = vschema_find_vindex(c->vs, str_of(s.name));
	if (!cv->vindex)
		return json_reader_fail(r, ERR_INVALID, "there is no vindex '%s'", s.name);
	if (!*s.column == (s.count == 0))
		return json_reader_fail(r, ERR_INVALID,
					*s.column ? "has both column and columns"
						  : "needs column or columns");
	cv->single = s.count == 0;
	if (cv->single) {
		s.columns = arena_array(r->arena, 1, sizeof(*s.columns));
		if (!s.columns)
			return json_reader_nomem(r);
		s.columns[0] = s.column;
		s.count = 1;
	}
	cv->columns = s.columns;
	cv->column_count = s.count;
	t->vindex_count++;
	return 0;
}

static int read_column_vindexes(struct json_reader *r, JSON *v, void *object)
{
	struct vschema_table *t = object;
	struct context *c = context_of(r);
	struct vschema_column_vindex *list = arena_array(r->arena, json_len(v) + 1, sizeof(*list));

	if (!list)
		return json_reader_nomem(r);
	t->vindexes = c->table_vindexes[t - c->tables] = list;
	t->vindex_count = 0;
	return json_reader_array(r, v, read_column_vindex, t);
}

static int read_auto_increment(struct json_reader *r, JSON *v, void *object)
{
	static const struct json_field fields[] = {
		TEXT(struct vschema_table, auto_column, "column"),
		TEXT(struct vschema_table, auto_sequence, "sequence"),
	};
	struct vschema_table *t = object;

	if (OBJECT(r, v, fields, t) < 0)
		return -1;
	if (!t->auto_column || !*t->auto_column || !t->auto_sequence || !*t->auto_sequence)
		return json_reader_fail(r, ERR_INVALID, "needs both column and sequence");
	return 0;
}

static int read_nullable(struct json_reader *r, JSON *v, void *object)
{
	struct vschema_column *col = object;

	if (json_type(v) != JSON_BOOL)
		return json_reader_fail(r, ERR_PARSE, "expected true or false");
	col->nullable = json_bool(v, true);
	col->nullable_given = true;
	return 0;
}

static int read_values(struct json_reader *r, JSON *v, void *object)
{
	struct vschema_column *col = object;

	return read_strings(r, v, &col->values, &col->value_count);
}

struct column_list {
	struct vschema_column *v;
	size_t n;
};

static int read_column(struct json_reader *r, JSON *v, void *object)
{
	static const struct json_field fields[] = {
		TEXT(struct vschema_column, name, "name"),
		TEXT(struct vschema_column, type, "type"),
		FLAG(struct vschema_column, invisible, "invisible"),
		TEXT(struct vschema_column, def, "default"),
		TEXT(struct vschema_column, collation, "collation_name"),
		NUMBER(struct vschema_column, size, "size"),
		NUMBER(struct vschema_column, scale, "scale"),
		CALL(read_nullable, "nullable"),
		CALL(read_values, "values"),
	};
	struct column_list *list = object;
	struct vschema_column *col = &list->v[list->n++];

	*col = (struct vschema_column){.name = "", .type = "", .nullable = true};
	if (OBJECT(r, v, fields, col) < 0)
		return -1;
	if (!*col->name)
		return json_reader_fail(r, ERR_INVALID, "the column has no name");
	if (*col->type && !vschema_check_column_type(col->type))
		return json_reader_fail(r, ERR_INVALID, "there is no column type '%s'", col->type);
	return 0;
}

static int read_columns(struct json_reader *r, JSON *v, void *object)
{
	struct vschema_table *t = object;
	struct column_list list = {.v = arena_array(r->arena, json_len(v) + 1, sizeof(*list.v))};

	if (!list.v)
		return json_reader_nomem(r);
	if (json_reader_array(r, v, read_column, &list) < 0)
		return -1;
	t->columns = list.v;
	t->column_count = list.n;
	return 0;
}

static int read_type(struct json_reader *r, JSON *v, void *object)
{
	struct vschema_table *t = object;
	const char *type;

	if (json_reader_string(r, v, &type) < 0)
		return -1;
	if (strcmp(type, "sequence") == 0)
		t->type = VSCHEMA_SEQUENCE;
	else if (strcmp(type, "reference") == 0)
		t->type = VSCHEMA_REFERENCE;
	else if (*type)
		return json_reader_fail(r, ERR_INVALID, "there is no table type '%s'", type);
	return 0;
}

static int read_pinned(struct json_reader *r, JSON *v, void *object)
{
	struct vschema_table *t = object;
	const char *hex;
	uint8_t *id = arena_alloc(r->arena, VSCHEMA_PINNED_MAX);
	int n;

	if (!id)
		return json_reader_nomem(r);
	if (json_reader_string(r, v, &hex) < 0)
		return -1;
	if (!*hex)
		return 0;
	n = keyspace_id_parse(str_of(hex), id, VSCHEMA_PINNED_MAX);
	if (n < 0)
		return json_reader_fail(r, ERR_INVALID, "'%s' is no hexadecimal keyspace id", hex);
	t->pinned = true;
	t->pinned_to = str_make(id, (size_t)n);
	return 0;
}

static int read_source(struct json_reader *r, JSON *v, void *object)
{
	struct vschema_table *t = object;
	struct str ks, name, more;

	if (json_reader_string(r, v, &t->source) < 0)
		return -1;
	if (!*t->source) {
		t->source = NULL;
		return 0;
	}
	if (str_cut(str_of(t->source), '.', &ks, &name) &&
	    (ks.n == 0 || name.n == 0 || str_cut(name, '.', &name, &more)))
		return json_reader_fail(r, ERR_INVALID, "'%s' is not of the form keyspace.table",
					t->source);
	return 0;
}

static int read_table(struct json_reader *r, JSON *v, void *object)
{
	static const struct json_field fields[] = {
		CALL(read_type, "type"),
		CALL(read_column_vindexes, "column_vindexes"),
		CALL(read_auto_increment, "auto_increment"),
		CALL(read_columns, "columns"),
		CALL(read_pinned, "pinned"),
		FLAG(struct vschema_table, columns_authoritative, "column_list_authoritative"),
		CALL(read_source, "source"),
	};
	struct context *c = context_of(r);
	struct vschema *vs = object;
	struct vschema_table *t = &c->tables[vs->table_count++];

	t->name = arena_dup(r->arena, json_key(v), strlen(json_key(v)));
	if (!t->name || hmap_put(&vs->table_index, str_of(t->name), t, NULL) < 0)
		return json_reader_nomem(r);
	if (!*t->name)
		return json_reader_fail(r, ERR_INVALID, "the table has no name");
	if (OBJECT(r, v, fields, t) < 0)
		return -1;
	if (t->source && t->type != VSCHEMA_REFERENCE &&
	    vschema_check_warn(r, vs, "table %s: only a reference table has a source", t->name) < 0)
		return -1;
	return vschema_check_table(r, vs, t, c->table_vindexes[t - c->tables]);
}

static int read_tables(struct json_reader *r, JSON *v, void *object)
{
	struct context *c = context_of(r);
	size_t n = json_len(v) + 1;

	c->vs->tables = c->tables = arena_array(r->arena, n, sizeof(*c->tables));
	c->table_vindexes = arena_array(r->arena, n, sizeof(*c->table_vindexes));
	if (!c->tables || !c->table_vindexes)
		return json_reader_nomem(r);
	return json_reader_map(r, v, read_table, object);
}

/* ---- the keyspace ---- */

static int read_fk_mode(struct json_reader *r, JSON *v, void *object)
{
	static const char *const modes[] = {"unspecified", "disallow", "unmanaged", "managed"};
	struct vschema *vs = object;

	for (unsigned i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(json_string(v, ""), modes[i]) == 0 ||
		    (json_type(v) == JSON_NUMBER && json_int(v, -1) == (int64_t)i)) {
			vs->foreign_key_mode = (enum vschema_fk_mode)i;
			return 0;
		}
	}
	return json_reader_fail(r, ERR_INVALID,
				"expected one of unspecified, disallow, unmanaged, managed");
}

static int read_tenant(struct json_reader *r, JSON *v, void *object)
{
	static const struct json_field fields[] = {
		TEXT(struct vschema, tenant_column, "tenant_id_column_name"),
		TEXT(struct vschema, tenant_type, "tenant_id_column_type"),
	};
	struct vschema *vs = object;

	if (OBJECT(r, v, fields, vs) < 0)
		return -1;
	if (!vs->tenant_column || !*vs->tenant_column)
		return json_reader_fail(r, ERR_INVALID, "needs tenant_id_column_name");
	if (vs->tenant_type && !vschema_check_column_type(vs->tenant_type))
		return json_reader_fail(r, ERR_INVALID, "there is no column type '%s'",
					vs->tenant_type);
	return 0;
}

/* Lookup vindexes whose owner is not there get no rows: worth a word. */
static int warn_owners(struct json_reader *r, struct vschema *vs)
{
	for (size_t i = 0; i < vs->vindex_count; i++) {
		const char *owner = vindex_owner(vs->vindexes[i]);

		if (*owner && !vschema_find_table(vs, str_of(owner)) &&
		    vschema_check_warn(r, vs, "vindex %s: its owner %s is not a table here",
				       vindex_name(vs->vindexes[i]), owner) < 0)
			return -1;
	}
	return 0;
}

static int read_keyspace(struct context *c, JSON *doc)
{
	static const struct json_field first[] = {
		FLAG(struct vschema, sharded, "sharded"),
		CALL(read_vindexes, "vindexes"),
		CALL(later, "tables"),
		FLAG(struct vschema, require_explicit_routing, "require_explicit_routing"),
		CALL(read_fk_mode, "foreign_key_mode"),
		CALL(read_tenant, "multi_tenant_spec"),
	};
	JSON *tables = json_get(doc, "tables");
	size_t depth;

	if (OBJECT(&c->r, doc, first, c->vs) < 0)
		return -1;
	if (tables && json_type(tables) != JSON_NULL) {
		depth = json_reader_enter(&c->r, "tables");
		if (read_tables(&c->r, tables, c->vs) < 0)
			return -1;
		json_reader_leave(&c->r, depth);
	}
	return warn_owners(&c->r, c->vs);
}

struct vschema *vschema_read(struct str text, struct err *e)
{
	struct context c = {.vs = vschema_new_empty()};
	struct cJSON *doc;
	int rc;

	if (!c.vs) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	doc = json_parse(text, e);
	if (!doc) {
		vschema_put(c.vs);
		return NULL;
	}
	c.r = (struct json_reader){.text = text, .arena = &c.vs->arena, .e = e};
	rc = read_keyspace(&c, doc);
	json_free(doc);
	if (rc < 0) {
		vschema_put(c.vs);
		return NULL;
	}
	return c.vs;
}
