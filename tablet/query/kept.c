#include "tablet/query/kept.h"

#include <assert.h>
#include <stdlib.h>

#include "src/base/log.h"
#include "src/base/metrics.h"
#include "src/base/rng.h"
#include "src/base/vec.h"
#include "tablet/pool/conn_pool.h"

/* An id is a random number over the slot's number, so that an old id never finds a new session. */
enum { SLOT_BITS = 16 };

void kept_init(struct kept_table *t)
{
	*t = (struct kept_table){.count = 0};
	t->m_kept = metrics_id(METRIC_GAUGE, "sluice_tablet_sessions_kept", "",
			       "Connections kept for a session (transaction or reserved)");
}

void kept_fini(struct kept_table *t)
{
	assert(t->count == 0);
	free(t->slots.v);
}

/* The connection broke while nothing ran on it. */
static void on_closed(void *arg, const struct err *why)
{
	struct kept *k = arg;

	log_warn("tablet.kept", "event=lost session=%llx in_transaction=%d reason=\"%s\"",
		 (unsigned long long)k->id, k->in_txn, why->msg);
	conn_pool_discard(kept_take(k));
}

struct kept *kept_add(struct kept_table *t, struct pooled *c, uint64_t owner)
{
	struct kept *k = calloc(1, sizeof(*k));
	size_t slot = 0;

	while (slot < t->slots.len && t->slots.v[slot])
		slot++;
	if (!k || slot >> SLOT_BITS || (slot == t->slots.len && VEC_GROW(&t->slots))) {
		free(k);
		return NULL;
	}
	if (slot == t->slots.len)
		t->slots.len++;
	t->slots.v[slot] = k;
	t->count++;
	metrics_add(t->m_kept, 1);
	*k = (struct kept){.owner = owner, .c = c, .table = t};
	k->id = ((rng_u64() | 1) << SLOT_BITS) | slot;
	return k;
}

struct kept *kept_find(struct kept_table *t, uint64_t id, uint64_t owner, struct err *e)
{
	size_t slot = id & ((1u << SLOT_BITS) - 1);
	struct kept *k = slot < t->slots.len ? t->slots.v[slot] : NULL;

	if (k && k->id == id && k->owner == owner && !k->doomed)
		return k;
	err_set(e, ERR_TXN_LOST,
		"the session's connection to mysqld is gone; its transaction was rolled back");
	return NULL;
}

struct pooled *kept_take(struct kept *k)
{
	struct pooled *c = k->c;
	size_t slot = k->id & ((1u << SLOT_BITS) - 1);

	assert(k->table->slots.v[slot] == k);
	k->table->slots.v[slot] = NULL;
	k->table->count--;
	metrics_add(k->table->m_kept, -1);
	free(k);
	return c;
}

void kept_release(struct kept *k)
{
	struct pooled *c = kept_take(k);

	c->dirty = true;
	conn_pool_put(c);
}

void kept_idle(struct kept *k)
{
	k->running = NULL;
	k->c->closed = on_closed;
	k->c->arg = k;
}

void kept_release_call(struct kept_table *t, uint64_t call)
{
	for (size_t i = 0; i < t->slots.len && t->count; i++) {
		struct kept *k = t->slots.v[i];

		if (!k || k->last_call != call)
			continue;
		k->doomed = true;
		if (!k->running)
			kept_release(k);
		return;
	}
}

void kept_release_owner(struct kept_table *t, uint64_t owner)
{
	for (size_t i = 0; i < t->slots.len && t->count; i++) {
		struct kept *k = t->slots.v[i];

		if (!k || (owner && k->owner != owner))
			continue;
		k->doomed = true;
		if (!k->running)
			kept_release(k);
	}
}

unsigned kept_busy(const struct kept_table *t)
{
	unsigned n = 0;

	for (size_t i = 0; i < t->slots.len && t->count; i++) {
		const struct kept *k = t->slots.v[i];

		n += k && (k->in_txn || k->running);
	}
	return n;
}

unsigned kept_expire(struct kept_table *t, uint64_t txn_us, uint64_t session_us)
{
	unsigned n = 0;

	for (size_t i = 0; i < t->slots.len && t->count; i++) {
		struct kept *k = t->slots.v[i];

		if (!k || k->running || k->used_us >= (k->in_txn ? txn_us : session_us))
			continue;
		log_warn(
			"tablet.kept",
			"event=release session=%llx in_transaction=%d reason=\"idle for too long\"",
			(unsigned long long)k->id, k->in_txn);
		kept_release(k);
		n++;
	}
	return n;
}
