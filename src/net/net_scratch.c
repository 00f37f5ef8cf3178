/* net_scratch - the buffers of a worker that its connections use in turn. */
#include <stdlib.h>

#include "src/net/net_int.h"

int net_scratch_init(struct net_scratch *s)
{
	*s = (struct net_scratch){.read = malloc(NET_READ_ROOM)};
	return s->read ? 0 : -1;
}

void net_scratch_fini(struct net_scratch *s)
{
	while (s->spare) {
		void *next = *(void **)s->spare;

		free(s->spare);
		s->spare = next;
	}
	free(s->read);
	free(s->plain);
	*s = (struct net_scratch){0};
}

uint8_t *net_scratch_plain(struct net_scratch *s)
{
	if (!s->plain)
		s->plain = malloc(NET_READ_ROOM);
	return s->plain;
}

void *net_block_get(struct net_scratch *s)
{
	void *b = s->spare;

	if (!b)
		return malloc(NET_BLOCK);
	s->spare = *(void **)b;
	s->spare_count--;
	return b;
}

void net_block_put(struct net_scratch *s, void *block)
{
	if (s->spare_count >= NET_BLOCKS_KEPT) {
		free(block);
		return;
	}
	*(void **)block = s->spare;
	s->spare = block;
	s->spare_count++;
}
