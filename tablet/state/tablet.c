#include "tablet/state/tablet.h"

#include <stdio.h>
#include <string.h>

#include "src/base/clk.h"
#include "src/base/json.h"
#include "src/base/log.h"

void tablet_init(struct tablet *t, const char *alias, const char *keyspace, const char *shard)
{
	*t = (struct tablet){.alias = alias, .keyspace = keyspace, .shard = shard};
	atomic_init(&t->type, TABLET_NOT_DECIDED);
	atomic_init(&t->mysqld_state, MYSQLD_STARTING);
	replica_status_lost(&t->replica, "it has not been looked at yet");
	pthread_mutex_init(&t->m, NULL);
}

void tablet_fini(struct tablet *t)
{
	pthread_mutex_destroy(&t->m);
}

bool tablet_replica(struct tablet *t, struct replica_status *out)
{
	int type = atomic_load(&t->type);

	pthread_mutex_lock(&t->m);
	*out = t->replica;
	pthread_mutex_unlock(&t->m);
	return type == TABLET_REPLICA || type == TABLET_RDONLY;
}

void tablet_print_replica(struct tablet *t, struct json_out *o)
{
	struct replica_status s;

	if (!tablet_replica(t, &s))
		return;
	json_out_object(o, "replication");
	json_out_strz(o, "state", replica_status_name(s.state));
	json_out_strz(o, "problem", s.problem);
	if (s.lag_ms == REPLICA_LAG_UNKNOWN)
		json_out_null(o, "lag_ms");
	else
		json_out_int(o, "lag_ms", s.lag_ms);
	json_out_end_object(o);
}

void tablet_print_durability(struct tablet *t, struct json_out *o)
{
	struct semi_sync_status s;

	if (atomic_load(&t->type) != TABLET_PRIMARY)
		return;
	mysqld_manager_semi_sync(t->mysqld, &s);
	json_out_object(o, "durability");
	json_out_strz(o, "mode", s.wanted ? "semi_sync" : "none");
	if (s.wanted) {
		json_out_bool(o, "on", s.on);
		json_out_int(o, "replicas", s.replicas);
		json_out_int(o, "waiting", s.waiting);
		json_out_strz(o, "problem", semi_sync_problem(&s));
	}
	json_out_end_object(o);
}

int tablet_check_replica(struct tablet *t, struct err *e)
{
	char why[REPLICA_TEXT + 100];

	if (atomic_load_explicit(&t->type, memory_order_relaxed) == TABLET_PRIMARY ||
	    atomic_load_explicit(&t->replica_healthy, memory_order_relaxed))
		return 0;
	tablet_serving(t, why, sizeof(why));
	return err_set(e, ERR_UNAVAILABLE, "tablet %s of shard %s/%s is not ready: %s", t->alias,
		       t->keyspace, t->shard, why[0] ? why : "it is a replica that just became one");
}

void tablet_set_replica(struct tablet *t, const struct replica_status *s)
{
	char why[REPLICA_TEXT + 100];
	bool healthy = replica_status_healthy(s, t->max_replica_lag_ms, why, sizeof(why));

	pthread_mutex_lock(&t->m);
	t->replica = *s;
	pthread_mutex_unlock(&t->m);
	if (atomic_exchange(&t->replica_healthy, healthy) == healthy)
		return;
	log_info("tablet.state", "event=replica healthy=%d reason=\"%s\"", healthy, why);
	tablet_changed(t);
}

static bool has_reason(struct tablet *t)
{
	bool has;

	pthread_mutex_lock(&t->m);
	has = t->reason[0];
	pthread_mutex_unlock(&t->m);
	return has;
}

bool tablet_serving(struct tablet *t, char *reason, size_t room)
{
	int state = atomic_load(&t->mysqld_state);
	struct replica_status s;

	reason[0] = 0;
	if (atomic_load(&t->draining)) {
		snprintf(reason, room, "the tablet is shutting down");
	} else if (atomic_load(&t->type) == TABLET_NOT_DECIDED && state == MYSQLD_READY) {
		snprintf(reason, room, "the tablet does not know its role yet");
	} else if (atomic_load(&t->type) == TABLET_NOT_DECIDED && !has_reason(t)) {
		snprintf(reason, room, "the tablet does not know its role yet");
	} else if (state != MYSQLD_READY) {
		pthread_mutex_lock(&t->m);
		snprintf(reason, room, "mysqld is %s%s%s",
			 mysqld_state_name((enum mysqld_state)state),
			 t->reason[0] ? ": " : "", t->reason);
		pthread_mutex_unlock(&t->m);
	} else if (tablet_replica(t, &s)) {
		replica_status_healthy(&s, t->max_replica_lag_ms, reason, room);
	}
	return !reason[0];
}

static int wrong_place(struct tablet *t, const char *keyspace, const char *shard, struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "tablet %s serves shard %s/%s, not %s/%s", t->alias,
		       t->keyspace, t->shard, keyspace, shard);
}

int tablet_check_target(struct tablet *t, const char *keyspace, const char *shard, uint32_t type,
			struct err *e)
{
	int is = atomic_load_explicit(&t->type, memory_order_relaxed);
	char reason[REPLICA_TEXT + 100];

	if (strcmp(keyspace, t->keyspace) != 0 || strcmp(shard, t->shard) != 0)
		return wrong_place(t, keyspace, shard, e);
	if (is == (int)type &&
	    atomic_load_explicit(&t->mysqld_state, memory_order_relaxed) == MYSQLD_READY)
		return 0; /* also while draining: open transactions go on */
	if (is != (int)type && is != TABLET_NOT_DECIDED)
		return err_set(e, ERR_NOT_PRIMARY, "tablet %s of shard %s/%s is %s, not %s",
			       t->alias, t->keyspace, t->shard, tablet_type_text(t),
			       type < TABLET_TYPES ? rec_tablet_type_name((enum tablet_type)type)
						   : "that");
	tablet_serving(t, reason, sizeof(reason));
	return err_set(e, ERR_UNAVAILABLE, "shard %s/%s: %s", t->keyspace, t->shard, reason);
}

int tablet_check_open(struct tablet *t, struct err *e)
{
	if (atomic_load_explicit(&t->draining, memory_order_relaxed))
		return err_set(e, ERR_SHUTDOWN, "tablet %s of shard %s/%s is shutting down",
			       t->alias, t->keyspace, t->shard);
	return 0;
}

void tablet_changed(struct tablet *t)
{
	if (t->changed)
		t->changed(t->changed_arg);
}

void tablet_set_mysqld(struct tablet *t, enum mysqld_state state, const char *reason)
{
	pthread_mutex_lock(&t->m);
	snprintf(t->reason, sizeof(t->reason), "%s", reason);
	pthread_mutex_unlock(&t->m);
	if (state != MYSQLD_DOWN)
		atomic_store(&t->down_since_us, 0);
	else if (!atomic_load(&t->down_since_us))
		atomic_store(&t->down_since_us, clk_mono_us());
	atomic_store(&t->mysqld_state, (int)state);
	tablet_changed(t);
}

void tablet_set_type(struct tablet *t, int type, uint64_t term)
{
	int was = atomic_exchange(&t->type, type);

	atomic_store(&t->term, term);
	if (was != type)
		log_info("tablet.state", "event=type type=%s term=%llu", tablet_type_text(t),
			 (unsigned long long)term);
	tablet_changed(t);
}

const char *tablet_type_text(const struct tablet *t)
{
	int type = atomic_load(&((struct tablet *)(uintptr_t)t)->type);

	return type == TABLET_NOT_DECIDED ? "undecided"
					  : rec_tablet_type_name((enum tablet_type)type);
}
