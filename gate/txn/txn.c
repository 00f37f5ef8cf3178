#include "gate/txn/txn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/vec.h"

struct txn_shard *txn_find(struct txn *t, const char *keyspace, const char *shard,
			   uint8_t tablet_type)
{
	for (size_t i = 0; i < t->len; i++) {
		struct txn_shard *s = &t->shard[i];

		if (s->tablet_type == tablet_type && !strcmp(s->shard, shard) &&
		    !strcmp(s->keyspace, keyspace))
			return s;
	}
	return NULL;
}

struct txn_shard *txn_add(struct txn *t, const char *keyspace, const char *shard,
			  uint8_t tablet_type)
{
	struct txn_shard *s;

	if (vec_grow((void **)&t->shard, &t->cap, t->len + 1, sizeof(*t->shard)) < 0)
		return NULL;
	s = &t->shard[t->len++];
	*s = (struct txn_shard){.tablet_type = tablet_type};
	snprintf(s->keyspace, sizeof(s->keyspace), "%s", keyspace);
	snprintf(s->shard, sizeof(s->shard), "%s", shard);
	return s;
}

void txn_remove(struct txn *t, struct txn_shard *s)
{
	size_t i = (size_t)(s - t->shard);

	memmove(s, s + 1, (t->len - i - 1) * sizeof(*s));
	t->len--;
}

void txn_clear(struct txn *t)
{
	for (size_t i = t->len; i-- > 0;) {
		t->shard[i].in_txn = t->shard[i].wrote = false;
		t->shard[i].savepoints = 0;
		if (!t->shard[i].reserved)
			txn_remove(t, &t->shard[i]);
	}
	for (size_t i = 0; i < t->savepoint.len; i++)
		free(t->savepoint.v[i]);
	free(t->savepoint.v);
	memset(&t->savepoint, 0, sizeof(t->savepoint));
	free(t->begin);
	t->begin = NULL;
	t->open = t->lost = t->read_only = false;
	t->traits = (struct txn_traits){0};
	if (!t->len) {
		free(t->shard);
		t->shard = NULL;
		t->cap = 0;
	}
}

void txn_fini(struct txn *t)
{
	for (size_t i = 0; i < t->len; i++)
		t->shard[i].reserved = false;
	txn_clear(t);
}

bool txn_has_participants(const struct txn *t)
{
	for (size_t i = 0; i < t->len; i++)
		if (t->shard[i].in_txn)
			return true;
	return false;
}

bool txn_has_locks(const struct txn *t)
{
	for (size_t i = 0; i < t->len; i++)
		if (t->shard[i].locked)
			return true;
	return false;
}

bool txn_is_under_way(const struct txn *t)
{
	return t->open || t->savepoint.len;
}

const char *txn_traits_text(const struct txn *t)
{
#define SET_LEVEL(level)                                                                           \
	{                                                                                          \
		"SET TRANSACTION ISOLATION LEVEL " level,                                          \
			"SET TRANSACTION ISOLATION LEVEL " level ", READ ONLY",                    \
			"SET TRANSACTION ISOLATION LEVEL " level ", READ WRITE"                    \
	}
	static const char *const text[][3] = {
		[TXN_ISOLATION_SESSION] = {"", "SET TRANSACTION READ ONLY",
					   "SET TRANSACTION READ WRITE"},
		[TXN_READ_UNCOMMITTED] = SET_LEVEL("READ UNCOMMITTED"),
		[TXN_READ_COMMITTED] = SET_LEVEL("READ COMMITTED"),
		[TXN_REPEATABLE_READ] = SET_LEVEL("REPEATABLE READ"),
		[TXN_SERIALIZABLE] = SET_LEVEL("SERIALIZABLE"),
	};
#undef SET_LEVEL

	return text[t->traits.isolation][t->traits.access];
}

size_t txn_find_savepoint(const struct txn *t, const char *statement)
{
	for (size_t i = t->savepoint.len; i-- > 0;)
		if (str_ieqz(str_of(t->savepoint.v[i]), statement))
			return i;
	return SIZE_MAX;
}

void txn_forget_savepoint(struct txn *t, size_t at)
{
	free(t->savepoint.v[at]);
	memmove(&t->savepoint.v[at], &t->savepoint.v[at + 1],
		(t->savepoint.len - at - 1) * sizeof(t->savepoint.v[0]));
	t->savepoint.len--;
	for (size_t i = 0; i < t->len; i++)
		if (t->shard[i].savepoints > at)
			t->shard[i].savepoints--;
}

void txn_keep_savepoints(struct txn *t, size_t keep)
{
	while (t->savepoint.len > keep)
		free(t->savepoint.v[--t->savepoint.len]);
	for (size_t i = 0; i < t->len; i++)
		if (t->shard[i].savepoints > keep)
			t->shard[i].savepoints = keep;
}
