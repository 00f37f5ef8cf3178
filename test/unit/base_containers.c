#include <stdlib.h>

#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/hmap.h"
#include "src/base/mailbox.h"
#include "src/base/pool.h"
#include "src/base/rng.h"
#include "src/base/snapshot.h"
#include "src/base/vec.h"
#include "test/lib/tap.h"

static void test_arena(void)
{
	struct arena a;
	char *p;

	arena_init(&a, 0);
	for (int i = 1; i < 3000; i++) {
		p = arena_alloc(&a, (size_t)i);
		if (!p || ((uintptr_t)p & 15))
			break;
		memset(p, i, (size_t)i);
	}
	CHECK(p && ((uintptr_t)p & 15) == 0);
	CHECK_STR(arena_printf(&a, "%d-%s", 7, "x"), "7-x");
	CHECK(a.used < 3 * 4500000);
	arena_reset(&a);
	CHECK(a.used <= 8192);
	p = arena_zalloc(&a, 100);
	CHECK(p && p[0] == 0 && p[99] == 0);
	CHECK(arena_array(&a, SIZE_MAX / 2, 4) == NULL);
	CHECK(arena_alloc(&a, SIZE_MAX - 3) == NULL);
	arena_fini(&a);

	arena_init(&a, 100000);
	CHECK(arena_alloc(&a, 200000) == NULL);
	CHECK(arena_alloc(&a, 50000) != NULL);
	CHECK(arena_alloc(&a, 50000) == NULL);
	CHECK(arena_alloc(&a, 1000) != NULL);
	CHECK(a.used <= 100000);
	arena_fini(&a);
}

static void test_buf(void)
{
	struct buf b;
	char *z;

	buf_init(&b);
	buf_le16(&b, 0x0102);
	buf_le24(&b, 0x030405);
	buf_le32(&b, 0x06070809);
	CHECK_MEM(b.p, b.len, "\x02\x01\x05\x04\x03\x09\x08\x07\x06", 9);
	buf_consume(&b, 2);
	CHECK_MEM(b.p, b.len, "\x05\x04\x03\x09\x08\x07\x06", 7);
	buf_consume(&b, 7);
	CHECK_INT(b.len, 0);
	buf_printf(&b, "%s=%d", "a", 5);
	CHECK_STR(buf_cstr(&b), "a=5");
	z = buf_take(&b);
	CHECK_STR(z, "a=5");
	free(z);
	CHECK(b.p == NULL && buf_check(&b, NULL) == 0);
	CHECK(buf_reserve(&b, SIZE_MAX - 10) == NULL);
	buf_puts(&b, "more");
	CHECK(b.failed && buf_check(&b, NULL) < 0);
	buf_fini(&b);
}

static void test_hmap(void)
{
	struct hmap m;
	char key[32];
	int bad = 0;
	size_t it = 0, seen = 0;
	void *old;

	hmap_init(&m);
	for (intptr_t i = 1; i <= 5000; i++) {
		int n = snprintf(key, sizeof(key), "k%d", (int)i);

		bad += hmap_put(&m, str_make(key, (size_t)n), (void *)i, NULL) < 0;
	}
	for (intptr_t i = 1; i <= 5000; i += 2) {
		int n = snprintf(key, sizeof(key), "k%d", (int)i);

		bad += hmap_del(&m, str_make(key, (size_t)n)) != (void *)i;
	}
	for (intptr_t i = 1; i <= 5000; i++) {
		int n = snprintf(key, sizeof(key), "k%d", (int)i);

		bad += hmap_get(&m, str_make(key, (size_t)n)) != (i % 2 ? NULL : (void *)i);
	}
	CHECK_INT(bad, 0);
	CHECK_INT(m.len, 2500);
	while (hmap_next(&m, &it))
		seen++;
	CHECK_INT(seen, 2500);
	CHECK(hmap_put(&m, STR_LIT("k2"), &m, &old) == 0 && old == (void *)2);
	CHECK(hmap_del(&m, STR_LIT("none")) == NULL);
	hmap_fini(&m, NULL);
	CHECK(hmap_get(&m, STR_LIT("k2")) == NULL);
	hmap_init_nocase(&m);
	CHECK(hmap_put(&m, STR_LIT("Abc"), &m, NULL) == 0);
	CHECK(hmap_get(&m, STR_LIT("aBC")) == &m);
	CHECK(hmap_get(&m, STR_LIT("aBD")) == NULL);
	hmap_fini(&m, NULL);
}

struct thing {
	struct snapshot snap;
	int *freed;
};

static void thing_free(struct snapshot *s)
{
	++*((struct thing *)s)->freed;
	free(s);
}

static struct snapshot *thing_new(int *freed)
{
	struct thing *t = calloc(1, sizeof(*t));

	snapshot_init(&t->snap, thing_free);
	t->freed = freed;
	return &t->snap;
}

static void test_snapshot(void)
{
	struct snapshot_cell c;
	struct snapshot *held;
	uint64_t gen;
	int freed = 0;

	snapshot_cell_init(&c);
	CHECK(snapshot_acquire(&c, &gen) == NULL);
	snapshot_publish(&c, thing_new(&freed));
	CHECK(snapshot_changed(&c, gen));
	held = snapshot_acquire(&c, &gen);
	CHECK(held && !snapshot_changed(&c, gen));
	snapshot_publish(&c, thing_new(&freed));
	CHECK_INT(freed, 0);
	snapshot_put(held);
	CHECK_INT(freed, 1);
	snapshot_cell_fini(&c);
	CHECK_INT(freed, 2);
}

static void count_up(void *arg)
{
	++*(int *)arg;
}

static void test_mailbox(void)
{
	struct mailbox *m = mailbox_new();
	int n = 0;

	CHECK(m && mailbox_post(m, count_up, &n) == 0 && mailbox_post(m, count_up, &n) == 0);
	CHECK_INT(n, 0);
	mailbox_drain(m);
	CHECK_INT(n, 2);
	CHECK(mailbox_post(m, count_up, &n) == 0);
	mailbox_free(m);
	CHECK_INT(n, 3);
}

static void test_pool_vec(void)
{
	struct pool p;
	struct {
		int *v;
		size_t len, cap;
	} vec = {0};
	int *a, *b;

	pool_init(&p, sizeof(int), 1);
	a = pool_get(&p);
	*a = 5;
	pool_put(&p, a);
	b = pool_get(&p);
	CHECK(a == b && *b == 0);
	pool_put(&p, b);
	pool_fini(&p);
	for (int i = 0; i < 100 && VEC_GROW(&vec) == 0; i++)
		vec.v[vec.len++] = i;
	CHECK(vec.len == 100 && vec.v[99] == 99 && vec.cap >= 100);
	CHECK(vec_grow((void **)&vec.v, &vec.cap, SIZE_MAX / 2, 4) < 0);
	free(vec.v);
	rng_seed(1);
	CHECK(rng_below(10) < 10);
}

int main(void)
{
	test_arena();
	test_buf();
	test_hmap();
	test_snapshot();
	test_mailbox();
	test_pool_vec();
	return TAP_DONE();
}
