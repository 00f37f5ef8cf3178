#include "gate/session/warning_list.h"

#include <stdlib.h>

#include "src/base/vec.h"

void warning_list_add(struct warning_list *l, const char *level, uint32_t code, struct str message)
{
	char *copy;

	if (l->len == WARNING_LIST_MAX || VEC_GROW(l) < 0)
		return;
	copy = str_dup(message);
	if (copy)
		l->v[l->len++] = (struct warning){level, code, copy, message.n};
}

void warning_list_clear(struct warning_list *l)
{
	for (size_t i = 0; i < l->len; i++)
		free(l->v[i].message);
	free(l->v);
	*l = (struct warning_list){0};
}
