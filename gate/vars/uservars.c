#include "gate/vars/uservars.h"

#include <stdlib.h>

#include "gate/vars/session_vars.h"
#include "src/base/arena.h"
#include "src/base/buf.h"

void uservars_put_name(struct buf *b, struct str name)
{
	buf_puts(b, "@`");
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '`')
			buf_u8(b, '`');
		buf_u8(b, (uint8_t)name.p[i]);
	}
	buf_u8(b, '`');
}

int uservars_set(struct session_vars *v, struct str name, const char *literal)
{
	char *copy = str_dup(str_of(literal));
	void *old = NULL;

	if (!v->uservars) {
		v->uservars = calloc(1, sizeof(*v->uservars));
		if (v->uservars)
			hmap_init_nocase(v->uservars);
	}
	if (!copy || !v->uservars || hmap_put(v->uservars, name, copy, &old) < 0) {
		free(copy);
		return -1;
	}
	free(old);
	return 0;
}

int uservars_statement(const struct session_vars *v, struct arena *a, struct str *out,
		       struct err *e)
{
	struct hmap_slot *slot;
	size_t it = 0;
	struct buf b;

	*out = STR_LIT("");
	if (!v->uservars || !v->uservars->len)
		return 0;
	buf_init(&b);
	buf_puts(&b, "SET ");
	while ((slot = hmap_next(v->uservars, &it))) {
		if (b.len > 4)
			buf_u8(&b, ',');
		uservars_put_name(&b, str_make(slot->key, slot->n));
		buf_printf(&b, "=%s", (const char *)slot->value);
	}
	*out = b.failed ? (struct str){NULL, 0} : arena_str(a, buf_slice(&b));
	buf_fini(&b);
	return out->p ? 0 : err_set(e, ERR_NOMEM, "the statement needs more memory than allowed");
}
