/* Output queues: bytes come out in the order that they went in, in whatever portions; large pieces lie
 * in one; nothing is left in an empty one; running out of memory loses nothing that was there. */
#include <stdlib.h>
#include <string.h>

#include "src/net/out_queue.h"
#include "test/lib/tap.h"

static struct net_scratch scratch;

static uint8_t pattern(size_t i)
{
	return (uint8_t)(i * 7 + i / 251);
}

/* Takes up to @n bytes off the front; returns how many were not as they should be. */
static size_t take(struct out_queue *q, size_t n, size_t *got)
{
	struct iovec pieces[3];
	int count = out_queue_pieces(q, pieces, 3);
	size_t bad = 0, taken = 0;

	for (int i = 0; i < count; i++) {
		const uint8_t *p = pieces[i].iov_base;

		for (size_t k = 0; k < pieces[i].iov_len && taken < n; k++, taken++)
			bad += p[k] != pattern((*got)++);
	}
	out_queue_consume(q, &scratch, taken);
	return bad;
}

static void test_order(void)
{
	struct out_queue q = {0};
	size_t put = 0, got = 0, bad = 0, failed = 0;
	uint8_t piece[40000];

	for (unsigned round = 0; round < 2000; round++) {
		size_t n = (size_t)round * 7919 % (round % 5 ? 700 : 40000);

		if (round % 2) {
			for (size_t i = 0; i < n; i++)
				piece[i] = pattern(put + i);
			failed += out_queue_append(&q, &scratch, piece, n) < 0;
		} else {
			uint8_t *at = out_queue_reserve(&q, &scratch, n);

			failed += !at;
			for (size_t i = 0; at && i < n; i++)
				at[i] = pattern(put + i);
		}
		put += n;
		bad += take(&q, round % 3 ? n / 2 : 50000, &got);
		failed += q.n != put - got;
	}
	while (q.n)
		bad += take(&q, 12345, &got);
	CHECK(!bad && !failed && put == got);
	CHECK(!q.first && !q.last);
}

static void test_large(void)
{
	struct out_queue q = {0};
	struct iovec pieces[4];
	uint8_t *small, *large;

	small = out_queue_reserve(&q, &scratch, 10);
	memset(small, 1, 10);
	large = out_queue_reserve(&q, &scratch, 3000000);
	memset(large, 2, 3000000);
	small = out_queue_reserve(&q, &scratch, 20);
	memset(small, 3, 20);
	CHECK(out_queue_pieces(&q, pieces, 4) == 3);
	CHECK(pieces[1].iov_base == large && pieces[1].iov_len == 3000000);
	CHECK(out_queue_pieces(&q, pieces, 1) == 1);
	/* What cannot be had leaves the queue as it was. */
	CHECK(!out_queue_reserve(&q, &scratch, SIZE_MAX - 8) && q.n == 3000030);
	out_queue_consume(&q, &scratch, 3000015);
	CHECK(q.n == 15 && out_queue_pieces(&q, pieces, 4) == 1);
	CHECK(*(uint8_t *)pieces[0].iov_base == 3);
	out_queue_consume(&q, &scratch, 15);
	CHECK(!q.first);
}

static void test_join(void)
{
	struct out_queue a = {0}, b = {0}, none = {0};
	struct iovec pieces[4];

	out_queue_join(&a, &none);
	CHECK(!a.first && !a.last && !a.n);
	CHECK(out_queue_append(&b, &scratch, (const uint8_t *)"bb", 2) == 0);
	out_queue_join(&a, &b); /* behind nothing */
	CHECK(a.n == 2 && !b.n && !b.first && !b.last);
	out_queue_join(&a, &none);
	CHECK(out_queue_append(&b, &scratch, (const uint8_t *)"ccc", 3) == 0);
	out_queue_join(&a, &b);
	CHECK(out_queue_append(&a, &scratch, (const uint8_t *)"d", 1) == 0);
	CHECK(a.n == 6 && out_queue_pieces(&a, pieces, 4) == 2);
	CHECK_MEM(pieces[0].iov_base, pieces[0].iov_len, "bb", 2);
	CHECK_MEM(pieces[1].iov_base, pieces[1].iov_len, "cccd", 4);
	out_queue_consume(&a, &scratch, 6);
	CHECK(!a.first);
}

int main(void)
{
	if (net_scratch_init(&scratch) < 0)
		return 1;
	test_order();
	test_large();
	test_join();
	net_scratch_fini(&scratch);
	return TAP_DONE();
}
