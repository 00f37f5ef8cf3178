/* out_queue - bytes that wait to be sent: a chain of blocks. What is there is never copied when more
 * comes; an empty queue owns nothing. Thread: the worker whose scratch it is given. */
#ifndef NET_OUT_QUEUE_H
#define NET_OUT_QUEUE_H
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "src/base/err.h"
#include "src/net/net_int.h"

struct out_block;

struct out_queue {
	struct out_block *first, *last; /* owned */
	size_t n;			/* bytes in them */
};

/* Room for exactly @n bytes in one piece behind what is there, which count from now on. NULL: out of
 * memory, and the queue is as it was. */
uint8_t *out_queue_reserve(struct out_queue *q, struct net_scratch *scratch, size_t n);
/* Appends a copy. -1: out of memory; then a part of it may be there. */
int out_queue_append(struct out_queue *q, struct net_scratch *scratch, const uint8_t *p,
		     size_t n) MUST_CHECK;
/* Moves all of @more behind @q. */
void out_queue_join(struct out_queue *q, struct out_queue *more);
/* Drops the first @n bytes, at most all. */
void out_queue_consume(struct out_queue *q, struct net_scratch *scratch, size_t n);
/* Where the first bytes lie, in at most @room pieces; returns how many pieces there are. They are
 * good until the queue changes. */
int out_queue_pieces(const struct out_queue *q, struct iovec *pieces, int room);
#endif
