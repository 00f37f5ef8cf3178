#include "src/net/out_queue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A block's memory is NET_BLOCK bytes and goes back to the scratch, or was made for one large piece. */
struct out_block {
	struct out_block *next;
	uint8_t *end;	      /* of its memory */
	uint8_t *from, *to;   /* the bytes in it that wait */
	uint8_t bytes[];
};

static size_t block_room(const struct out_block *b)
{
	return b ? (size_t)(b->end - b->to) : 0;
}

static struct out_block *add_block(struct out_queue *q, struct net_scratch *scratch, size_t n)
{
	size_t size = n <= NET_BLOCK - sizeof(struct out_block) ? NET_BLOCK : sizeof(struct out_block) + n;
	struct out_block *b;

	if (size < n)
		return NULL;
	b = size == NET_BLOCK ? net_block_get(scratch) : malloc(size);
	if (!b)
		return NULL;
	b->next = NULL;
	b->end = (uint8_t *)b + size;
	b->from = b->to = b->bytes;
	if (q->last)
		q->last->next = b;
	else
		q->first = b;
	q->last = b;
	return b;
}

static void drop_first(struct out_queue *q, struct net_scratch *scratch)
{
	struct out_block *b = q->first;

	q->first = b->next;
	if (!q->first)
		q->last = NULL;
	if (b->end == (uint8_t *)b + NET_BLOCK)
		net_block_put(scratch, b);
	else
		free(b);
}

uint8_t *out_queue_reserve(struct out_queue *q, struct net_scratch *scratch, size_t n)
{
	struct out_block *b = q->last;
	uint8_t *at;

	if (block_room(b) < n || !b)
		b = add_block(q, scratch, n);
	if (!b)
		return NULL;
	at = b->to;
	b->to += n;
	q->n += n;
	return at;
}

int out_queue_append(struct out_queue *q, struct net_scratch *scratch, const uint8_t *p, size_t n)
{
	while (n) {
		struct out_block *b = q->last;
		size_t part;

		if (!block_room(b))
			b = add_block(q, scratch, 0);
		if (!b)
			return -1;
		part = block_room(b) < n ? block_room(b) : n;
		memcpy(b->to, p, part);
		b->to += part;
		q->n += part;
		p += part;
		n -= part;
	}
	return 0;
}

void out_queue_join(struct out_queue *q, struct out_queue *more)
{
	if (q->last)
		q->last->next = more->first;
	else
		q->first = more->first;
	if (more->last)
		q->last = more->last;
	q->n += more->n;
	*more = (struct out_queue){0};
}

void out_queue_consume(struct out_queue *q, struct net_scratch *scratch, size_t n)
{
	assert(n <= q->n);
	q->n -= n;
	while (q->first) {
		struct out_block *b = q->first;
		size_t here = (size_t)(b->to - b->from);

		if (n < here) {
			b->from += n;
			return;
		}
		n -= here;
		drop_first(q, scratch);
	}
}

int out_queue_pieces(const struct out_queue *q, struct iovec *pieces, int room)
{
	int count = 0;

	for (struct out_block *b = q->first; b && count < room; b = b->next)
		if (b->to > b->from)
			pieces[count++] = (struct iovec){b->from, (size_t)(b->to - b->from)};
	return count;
}
