#include "gate/client/conditions.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/vec.h"
#include "src/proto/tablet.pb-c.h"

void conditions_add(struct conditions *c, const char *level, uint32_t code, struct str message)
{
	char *copy;

	if (c->stale)
		conditions_clear(c);
	if (c->len == CONDITIONS_MAX || VEC_GROW(c) < 0)
		return;
	copy = str_dup(message);
	if (copy)
		c->v[c->len++] = (struct condition){level, code, copy, message.n};
}

void conditions_take(struct conditions *c, const Sluice__ExecuteTrailer *m)
{
	static const char *const level[] = {"Note", "Warning", "Error"};

	for (size_t i = 0; i < m->n_warnings; i++) {
		const Sluice__Warning *w = m->warnings[i];
		struct str message = {(char *)w->message.data, w->message.len};

		conditions_add(c, level[w->level <= SLUICE__WARNING__LEVEL__ERROR ? w->level : 1],
			       w->code, message);
	}
}

void conditions_set_error(struct conditions *c, const struct err *e)
{
	if (c->stale)
		conditions_clear(c);
	if (!c->error)
		c->error = malloc(sizeof(*c->error));
	if (c->error)
		*c->error = *e;
}

void conditions_clear(struct conditions *c)
{
	for (size_t i = 0; i < c->len; i++)
		free(c->v[i].message);
	free(c->v);
	c->v = NULL;
	c->len = c->cap = 0;
	c->warnings = 0;
	c->stale = false;
	if (c->error)
		c->error->code = ERR_OK;
}

void conditions_keep(struct conditions *c)
{
	c->stale = true;
}

void conditions_set_warnings(struct conditions *c, uint64_t n)
{
	if (c->stale && !n)
		return;
	if (c->stale)
		conditions_clear(c);
	c->warnings = (uint16_t)(n < 65535 ? n : 65535);
}

void conditions_count_list(struct conditions *c)
{
	conditions_set_warnings(c, c->stale ? 0 : c->len);
}

void conditions_fini(struct conditions *c)
{
	conditions_clear(c);
	free(c->error);
	c->error = NULL;
}

static unsigned own_error(const struct conditions *c)
{
	return c->error && c->error->code != ERR_OK;
}

unsigned conditions_count(const struct conditions *c)
{
	return c->warnings + own_error(c);
}

unsigned conditions_errors(const struct conditions *c)
{
	unsigned n = own_error(c);

	for (size_t i = 0; i < c->len; i++)
		n += !strcmp(c->v[i].level, "Error");
	return n;
}
