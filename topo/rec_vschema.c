#include "topo/rec_vschema.h"

#include <stdio.h>

#include "src/shard/routing_rules.h"
#include "src/shard/vschema.h"

enum { TEXT_MAX = 1 << 20 }; /* what etcd takes, with room for its own */

void rec_vschema_key(const char *keyspace, char key[REC_KEY])
{
	snprintf(key, REC_KEY, "global/keyspaces/%s/vschema", keyspace);
}

struct vschema *rec_vschema_get(struct store *s, const char *keyspace, int64_t *version,
				struct err *e)
{
	struct vschema *vs = NULL;
	struct err why = {.code = ERR_OK};
	char key[REC_KEY];
	struct buf b;

	rec_vschema_key(keyspace, key);
	buf_init(&b);
	if (store_get(s, key, &b, version, &why) == 0) {
		vs = vschema_read(buf_slice(&b), e);
	} else if (why.code == ERR_NOT_FOUND) {
		if (version)
			*version = STORE_CREATE;
		vs = vschema_new_empty();
		if (!vs)
			err_set(e, ERR_NOMEM, "out of memory");
	} else {
		err_set(e, why.code, "%s", why.msg);
	}
	buf_fini(&b);
	return vs;
}

static int check_size(struct str text, struct err *e)
{
	if (text.n <= TEXT_MAX)
		return 0;
	return err_set(e, ERR_TOO_BIG, "the document has %zu bytes, 1 MB is the most", text.n);
}

int rec_vschema_put(struct store *s, const char *keyspace, struct str text, int64_t expect,
		    struct err *e)
{
	char key[REC_KEY];
	struct store_write w = {.key = key, .value = text, .expect = expect};
	struct vschema *vs;

	if (check_size(text, e) < 0 || rec_check_keyspace(keyspace, e) < 0)
		return -1;
	vs = vschema_read(text, e);
	if (!vs)
		return -1;
	vschema_put(vs);
	rec_vschema_key(keyspace, key);
	return store_put(s, &w, e);
}

int rec_vschema_put_rules(struct store *s, struct str text, int64_t expect, struct err *e)
{
	struct store_write w = {.key = REC_ROUTING_RULES_KEY, .value = text, .expect = expect};
	struct routing_rules *rr;

	if (check_size(text, e) < 0)
		return -1;
	rr = routing_rules_read(text, e);
	if (!rr)
		return -1;
	routing_rules_put(rr);
	return store_put(s, &w, e);
}
