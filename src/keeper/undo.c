#include "src/keeper/undo.h"

#include <stdio.h>
#include <string.h>

#include "topo/rec_keyspace.h"
#include "topo/rec_tablet.h"
#include "topo/store.h"

static int delete_key(struct store *s, const char *key, struct err *e)
{
	struct store_write w = {.key = key, .expect = STORE_ANY};

	return store_delete(s, &w, e) < 0 && e->code != ERR_NOT_FOUND ? -1 : 0;
}

static int delete_tablets(struct store *s, const char *keyspace, struct err *e)
{
	struct store_list list = {.revision = 0};
	int rc = store_list(s, "cells/", &list, e);

	for (size_t i = 0; i < list.entries.len && rc == 0; i++) {
		const struct store_entry *en = &list.entries.v[i];
		struct rec_tablet t;

		if (strstr(en->key, "/tablets/") &&
		    rec_read(&rec_tablet_kind, str_make(en->value, en->value_n), &t, NULL) == 0 &&
		    strcmp(t.keyspace, keyspace) == 0)
			rc = delete_key(s, en->key, e);
	}
	store_list_fini(&list);
	return rc;
}

int undo_keyspace(struct store *s, const char *keyspace, struct err *e)
{
	struct store_list list = {.revision = 0};
	char prefix[REC_KEY];
	int rc = delete_tablets(s, keyspace, e);

	snprintf(prefix, sizeof(prefix), REC_KEYSPACE_PREFIX "%s/", keyspace);
	if (rc == 0)
		rc = store_list(s, prefix, &list, e);
	/* From the last key: the keyspace's own record goes when its shards are gone. */
	for (size_t i = list.entries.len; i-- > 0 && rc == 0;)
		if (strcmp(list.entries.v[i].key + strlen(prefix), "keyspace") != 0)
			rc = delete_key(s, list.entries.v[i].key, e);
	store_list_fini(&list);
	if (rc < 0)
		return -1;
	rec_keyspace_key(keyspace, prefix);
	return delete_key(s, prefix, e);
}

int undo_tablet(struct store *s, const char *alias, struct err *e)
{
	char key[REC_KEY];

	return rec_tablet_key(alias, key, e) < 0 ? -1 : delete_key(s, key, e);
}
