#include "src/shard/vindex_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/vec.h"
#include "src/data/type.h"

static const struct {
	const char *type;
	const struct vindex_ops *ops;
} registry[] = {
#define X(name, ops) {name, &(ops)},
#include "src/shard/vindex_types.def"
#undef X
};

static const struct vindex_ops *find_type(const char *type, const char **name)
{
	for (size_t i = 0; i < sizeof(registry) / sizeof(registry[0]); i++) {
		if (strcmp(registry[i].type, type) == 0) {
			*name = registry[i].type;
			return registry[i].ops;
		}
	}
	return NULL;
}

bool vindex_known_type(const char *type)
{
	const char *name;

	return find_type(type, &name) != NULL;
}

static int add_param(struct vindex *v, const char *name, const char *value, struct err *e)
{
	struct vindex_param *p;

	if (VEC_GROW(&v->params) < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	p = &v->params.v[v->params.len++];
	*p = (struct vindex_param){.name = str_dup(str_of(name)), .value = str_dup(str_of(value))};
	if (!p->name || !p->value)
		return err_set(e, ERR_NOMEM, "out of memory");
	return 0;
}

static int copy_params(struct vindex *v, JSON *params, struct err *e)
{
	enum json_type t = json_type(params);

	if (t != JSON_NONE && t != JSON_NULL && t != JSON_OBJECT)
		return err_set(e, ERR_INVALID, "params must be an object of strings");
	for (JSON *m = json_first(params); m; m = json_next(m)) {
		if (json_type(m) != JSON_STRING)
			return err_set(e, ERR_INVALID, "parameter %s must be a string",
				       json_key(m));
		if (add_param(v, json_key(m), json_string(m, ""), e) < 0)
			return -1;
	}
	return 0;
}

struct vindex *vindex_new(const char *name, const char *type, JSON *params, const char *owner,
			  struct err *e)
{
	struct vindex *v = calloc(1, sizeof(*v));

	if (!v) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	v->name = str_dup(str_of(name));
	v->owner = str_dup(str_of(owner ? owner : ""));
	if (!v->name || !v->owner) {
		err_set(e, ERR_NOMEM, "out of memory");
		goto fail;
	}
	v->ops = find_type(type, &v->type);
	if (!v->ops) {
		err_set(e, ERR_INVALID, "vindex %s: there is no vindex type '%s'", name, type);
		goto fail;
	}
	v->props = v->ops->props;
	if (copy_params(v, params, e) < 0 || (v->ops->init && v->ops->init(v, e) < 0)) {
		err_wrap(e, "vindex %s", name);
		goto fail;
	}
	return v;
fail:
	vindex_free(v);
	return NULL;
}

void vindex_free(struct vindex *v)
{
	if (!v)
		return;
	if (v->ops && v->ops->fini)
		v->ops->fini(v);
	for (size_t i = 0; i < v->params.len; i++) {
		free(v->params.v[i].name);
		free(v->params.v[i].value);
	}
	free(v->params.v);
	free(v->name);
	free(v->owner);
	free(v);
}

static bool is_bytes(uint8_t type)
{
	return type == TYPE_VARCHAR || (type >= TYPE_TINY_BLOB && type <= TYPE_STRING);
}

bool vindex_takes(const struct vindex *v, size_t column, uint8_t type, bool text)
{
	enum vindex_domain domain = v->props.domain;

	if (v->ops->domain && column < v->props.columns)
		domain = v->ops->domain(v, column);
	switch (domain) {
	case VINDEX_EXACT:
		return type_is_integer(type) || is_bytes(type);
	case VINDEX_INTEGERS:
		return type_is_integer(type);
	case VINDEX_TEXT:
		return is_bytes(type) && text;
	case VINDEX_ANY:
		return true;
	}
	return false;
}

const char *vindex_name(const struct vindex *v)
{
	return v->name;
}

const char *vindex_type(const struct vindex *v)
{
	return v->type;
}

const char *vindex_owner(const struct vindex *v)
{
	return v->owner;
}

const struct vindex_props *vindex_props(const struct vindex *v)
{
	return &v->props;
}

const char *vindex_param(const struct vindex *v, size_t i, const char **value)
{
	if (i >= v->params.len)
		return NULL;
	*value = v->params.v[i].value;
	return v->params.v[i].name;
}

const char *vindex_unknown_param(const struct vindex *v, size_t i)
{
	for (size_t k = 0; k < v->params.len; k++) {
		if (!v->params.v[k].known && i-- == 0)
			return v->params.v[k].name;
	}
	return NULL;
}

const char *vindex_ask(struct vindex *v, const char *name)
{
	for (size_t i = 0; i < v->params.len; i++) {
		if (strcmp(v->params.v[i].name, name) == 0) {
			v->params.v[i].known = true;
			return v->params.v[i].value;
		}
	}
	return NULL;
}

static int unsupported(const struct vindex *v, const char *what, struct err *e)
{
	return err_set(e, ERR_UNSUPPORTED, "vindex %s of type %s %s", v->name, v->type, what);
}

int vindex_map(const struct vindex *v, const struct value *values, size_t n,
	       struct vindex_result *out, struct err *e)
{
	if (!v->ops->map)
		return unsupported(v, "is a lookup: it has no mapping of its own", e);
	if (n == 0 || n > v->props.columns || (n < v->props.columns && !v->props.partial))
		return err_set(e, ERR_INVALID, "vindex %s takes %u values, not %zu", v->name,
			       v->props.columns, n);
	return v->ops->map(v, values, n, out, e);
}

int vindex_map_between(const struct vindex *v, const struct value *low, const struct value *high,
		       struct vindex_result *out, struct err *e)
{
	if (!v->ops->between)
		return unsupported(v, "does not keep the order of values", e);
	return v->ops->between(v, low, high, out, e);
}

int vindex_map_prefix(const struct vindex *v, struct str pattern, struct vindex_result *out,
		      struct err *e)
{
	if (!v->ops->prefix)
		return unsupported(v, "does not map prefixes", e);
	return v->ops->prefix(v, pattern, out, e);
}

int vindex_reverse(const struct vindex *v, struct str ksid, struct value *out, struct err *e)
{
	if (!v->ops->reverse)
		return unsupported(v, "is not reversible", e);
	if (v->ops->reverse(ksid, out) < 0)
		return err_set(e, ERR_BAD_VALUE,
			       "vindex %s: a keyspace id of %zu bytes is not one of its", v->name,
			       ksid.n);
	return 0;
}

int vindex_out_ksid(struct vindex_result *out, const uint8_t *p, size_t n)
{
	out->kind = VINDEX_KSID;
	memcpy(out->buf, p, n);
	out->ksid = str_make(out->buf, n);
	out->end = str_make(NULL, 0);
	return 0;
}

int vindex_out_u64(struct vindex_result *out, uint64_t be)
{
	for (unsigned i = 0; i < 8; i++)
		out->buf[i] = (uint8_t)(be >> (56 - 8 * i));
	out->kind = VINDEX_KSID;
	out->ksid = str_make(out->buf, 8);
	out->end = str_make(NULL, 0);
	return 0;
}

int vindex_out_kind(struct vindex_result *out, enum vindex_kind kind)
{
	out->kind = kind;
	out->ksid = out->end = str_make(NULL, 0);
	return 0;
}

int vindex_out_prefix(struct vindex_result *out, size_t n)
{
	size_t end = n;

	out->kind = VINDEX_RANGE;
	out->ksid = str_make(out->buf, n);
	memcpy(out->end_buf, out->buf, n);
	/* The next prefix of that length; none after ff...ff: the range has no end then. */
	while (end > 0 && ++out->end_buf[end - 1] == 0)
		end--;
	out->end = str_make(out->end_buf, end > 0 ? n : 0);
	return 0;
}

/* White space as MySQL skips it around numbers. */
static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

enum vindex_kind vindex_to_u64(const struct value *v, uint64_t *num)
{
	struct str s = v->s;

	switch (v->type) {
	case VALUE_NULL:
		return VINDEX_NONE;
	case VALUE_INT:
		*num = (uint64_t)v->i;
		return VINDEX_KSID;
	case VALUE_UINT:
		*num = v->u;
		return VINDEX_KSID;
	case VALUE_TEXT:
	case VALUE_DECIMAL:
		while (s.n > 0 && is_space(s.p[0]))
			s = str_make(s.p + 1, s.n - 1);
		while (s.n > 0 && is_space(s.p[s.n - 1]))
			s.n--;
		if (s.n > 0 && s.p[0] >= '0' && s.p[0] <= '9' && str_to_u64(s, num))
			return VINDEX_KSID;
		return VINDEX_MISFIT;
	case VALUE_DOUBLE:
	case VALUE_BYTES: /* x'31' is the number 49, a BLOB of "1" is 1: nobody can tell here */
	case VALUE_TIME:
		return VINDEX_MISFIT;
	}
	return VINDEX_MISFIT;
}

bool vindex_to_text(const struct value *v, char *digits, struct str *out)
{
	switch (v->type) {
	case VALUE_NULL:
		*out = str_make("", 0);
		return true;
	case VALUE_INT:
		*out = str_make(digits, (size_t)snprintf(digits, 24, "%" PRId64, v->i));
		return true;
	case VALUE_UINT:
		*out = str_make(digits, (size_t)snprintf(digits, 24, "%" PRIu64, v->u));
		return true;
	case VALUE_DOUBLE:
		*out = v->s;
		return v->s.n > 0;
	case VALUE_DECIMAL:
	case VALUE_TEXT:
	case VALUE_BYTES:
	case VALUE_TIME:
		*out = v->s;
		return true;
	}
	return false;
}
