#include "gate/exec/row_copy.h"

#include <stdlib.h>

int row_copy_set(struct row_copy *c, const struct row *from, struct err *e)
{
	uint32_t n = from->shape->columns;
	const char *base;

	if (!c->col && !(c->col = calloc(n + 1u, sizeof(*c->col))))
		return err_set(e, ERR_NOMEM, "out of memory for a row");
	buf_reset(&c->bytes);
	for (uint32_t i = 0; i < n; i++)
		if (from->col[i].p)
			buf_append(&c->bytes, from->col[i].p, from->col[i].n);
	buf_u8(&c->bytes, 0); /* so that empty columns have an address */
	if (buf_check(&c->bytes, e) < 0)
		return -1;
	base = (const char *)c->bytes.p;
	for (uint32_t i = 0; i < n; i++) {
		c->col[i] = from->col[i];
		if (!from->col[i].p)
			continue;
		c->col[i].p = base;
		base += from->col[i].n;
	}
	/* No payload: whoever sends it puts it together from the columns. */
	c->row = (struct row){.shape = from->shape, .col = c->col};
	c->full = true;
	return 0;
}

void row_copy_fini(struct row_copy *c)
{
	buf_fini(&c->bytes);
	free(c->col);
	*c = (struct row_copy){.full = false};
}
