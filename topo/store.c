#include "topo/store.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/vec.h"
#include "topo/store_int.h"

enum { DEFAULT_TIMEOUT_MS = 5000, KEY_MAX = 1000 };

struct store *store_open(const struct store_config *config, struct err *e)
{
	const char *a = config->address;
	struct store *s;

	if (strncmp(a, "sqlite:", 7) == 0) {
		s = store_sqlite_open(config, a + 7, e);
	} else if (strncmp(a, "etcd:", 5) == 0) {
		s = store_etcd_open(config, a + 5, e);
	} else {
		err_set(e, ERR_INVALID,
			"topology store '%s' is neither sqlite:FILE nor etcd:URL,...", a);
		return NULL;
	}
	if (!s)
		return NULL;
	s->timeout_ms = config->timeout_ms ? config->timeout_ms : DEFAULT_TIMEOUT_MS;
	s->address = str_dup(str_of(a));
	if (!s->address) {
		err_set(e, ERR_NOMEM, "out of memory");
		store_close(s);
		return NULL;
	}
	return s;
}

void store_close(struct store *s)
{
	char *address;

	if (!s)
		return;
	address = s->address;
	s->ops->close(s);
	free(address);
}

const char *store_address(const struct store *s)
{
	return s->address;
}

static int check_key(const char *key, struct err *e)
{
	if (*key && strlen(key) <= KEY_MAX)
		return 0;
	return err_set(e, ERR_INVALID, "a key must have 1 to %d bytes", KEY_MAX);
}

int store_get(struct store *s, const char *key, struct buf *value, int64_t *version, struct err *e)
{
	return check_key(key, e) < 0 ? -1 : s->ops->get(s, key, value, version, e);
}

int store_put(struct store *s, struct store_write *w, struct err *e)
{
	return check_key(w->key, e) < 0 ? -1 : s->ops->write(s, w, false, e);
}

int store_delete(struct store *s, struct store_write *w, struct err *e)
{
	return check_key(w->key, e) < 0 ? -1 : s->ops->write(s, w, true, e);
}

int store_list(struct store *s, const char *prefix, struct store_list *out, struct err *e)
{
	*out = (struct store_list){.revision = 0};
	if (s->ops->list(s, prefix, out, e) == 0)
		return 0;
	store_list_fini(out);
	return -1;
}

int store_compact(struct store *s, struct err *e)
{
	return s->ops->compact(s, e);
}

int store_list_add(struct store_list *l, struct str key, struct str value, int64_t version)
{
	struct store_entry *n;

	if (VEC_GROW(&l->entries) < 0)
		return -1;
	n = &l->entries.v[l->entries.len++];
	*n = (struct store_entry){.key = str_dup(key),
				  .value = str_dup(value),
				  .value_n = value.n,
				  .version = version};
	return n->key && n->value ? 0 : -1;
}

void store_list_fini(struct store_list *l)
{
	for (size_t i = 0; i < l->entries.len; i++) {
		free(l->entries.v[i].key);
		free(l->entries.v[i].value);
	}
	free(l->entries.v);
	*l = (struct store_list){.revision = 0};
}
