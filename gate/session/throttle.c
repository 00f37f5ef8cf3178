#include "gate/session/throttle.h"

#include <pthread.h>
#include <stdlib.h>

#include "src/base/str.h"

enum {
	SETS = 1024,
	WAYS = 4,
	FREE_USER = 3,	   /* failures of an address and user without a wait */
	FREE_ADDRESS = 10, /* of an address, whoever the user */
	FIRST_US = 100000,
	LONGEST_US = 5000000,
	FORGET_US = 60000000,
};

struct entry {
	uint64_t key; /* 0: free */
	uint32_t failures;
	uint64_t next_us; /* the next attempt is not judged before */
	uint64_t seen_us; /* the last failure */
};

struct throttle {
	pthread_mutex_t m;
	struct entry set[SETS][WAYS]; /* guarded by m */
};

struct throttle *throttle_new(void)
{
	struct throttle *t = calloc(1, sizeof(*t));

	if (t)
		pthread_mutex_init(&t->m, NULL);
	return t;
}

void throttle_free(struct throttle *t)
{
	if (!t)
		return;
	pthread_mutex_destroy(&t->m);
	free(t);
}

static uint64_t key_of(struct str address, struct str user)
{
	uint64_t h = str_hash(address.p, address.n) * 31 + str_hash(user.p, user.n);

	return h ? h : 1;
}

/* The entry of @key, NULL: none. Entries of long ago are forgotten on the way. */
static struct entry *find(struct throttle *t, uint64_t key, uint64_t now)
{
	struct entry *set = t->set[key % SETS];

	for (unsigned i = 0; i < WAYS; i++) {
		if (set[i].key != key)
			continue;
		if (now > set[i].seen_us + FORGET_US && now > set[i].next_us) {
			set[i].key = 0;
			return NULL;
		}
		return &set[i];
	}
	return NULL;
}

static uint64_t wait_us(struct entry *e, uint32_t free_failures, uint64_t now)
{
	uint64_t step, at;

	if (!e || e->failures < free_failures)
		return 0;
	step = e->failures - free_failures < 6 ? (uint64_t)FIRST_US << (e->failures - free_failures)
					       : LONGEST_US;
	at = e->next_us > now ? e->next_us : now;
	e->next_us = at + (step < LONGEST_US ? step : LONGEST_US);
	return e->next_us - now;
}

uint64_t throttle_delay_us(struct throttle *t, struct str address, struct str user, uint64_t now)
{
	uint64_t mine, all;

	pthread_mutex_lock(&t->m);
	mine = wait_us(find(t, key_of(address, user), now), FREE_USER, now);
	all = wait_us(find(t, key_of(address, (struct str){"", 0}), now), FREE_ADDRESS, now);
	pthread_mutex_unlock(&t->m);
	return mine > all ? mine : all;
}

static void note_failure(struct throttle *t, uint64_t key, uint64_t now)
{
	struct entry *set = t->set[key % SETS], *e = find(t, key, now);

	for (unsigned i = 0; !e && i < WAYS; i++)
		if (!set[i].key)
			e = &set[i];
	if (!e) {
		e = &set[0];
		for (unsigned i = 1; i < WAYS; i++)
			if (set[i].seen_us < e->seen_us)
				e = &set[i];
	}
	if (e->key != key)
		*e = (struct entry){.key = key};
	e->failures++;
	e->seen_us = now;
}

void throttle_result(struct throttle *t, struct str address, struct str user, bool ok, uint64_t now)
{
	struct str nobody = {"", 0};
	struct entry *e;

	pthread_mutex_lock(&t->m);
	e = find(t, key_of(address, user), now);
	if (!ok) {
		/* Of one name the first few count: those who share the address with it have not failed. */
		if (!e || e->failures < FREE_USER)
			note_failure(t, key_of(address, nobody), now);
		note_failure(t, key_of(address, user), now);
	} else if (e) {
		e->key = 0;
	}
	pthread_mutex_unlock(&t->m);
}
