#include "gate/base/session_list.h"

#include <stdlib.h>

void session_list_free(struct session_list *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->len; i++)
		free(l->v[i].text);
	free(l->v);
	free(l);
}
