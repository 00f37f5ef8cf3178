/* What a tablet decides about its mysqld, without one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tablet/mysqld/mysqld_role.h"
#include "tablet/mysqld/replica_repair.h"
#include "tablet/mysqld/replica_status.h"
#include "tablet/mysqld/shard_identity.h"
#include "test/lib/tap.h"

/* Issue 8, A 1: only a primary under semi-sync that comes back as another one's replica. */
static void test_truncates(void)
{
	static const struct {
		struct mysqld_role_note was;
		enum mysqld_role_kind now;
		const char *source;
		bool truncates;
	} cases[] = {
		{{true, true}, MYSQLD_REPLICA, "h:1", true},
		{{true, true}, MYSQLD_REPLICA, "", false},
		{{true, true}, MYSQLD_PRIMARY, "", false},
		{{true, true}, MYSQLD_UNDECIDED, "h:1", false},
		{{true, false}, MYSQLD_REPLICA, "h:1", false},
		{{true, false}, MYSQLD_PRIMARY, "", false},
		{{false, false}, MYSQLD_REPLICA, "h:1", false},
		{{false, true}, MYSQLD_REPLICA, "h:1", false},
		{{false, false}, MYSQLD_PRIMARY, "", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mysqld_role now = {.kind = cases[i].now, .semi_sync = true};
		char what[400];

		snprintf(now.source, sizeof(now.source), "%s", cases[i].source);
		snprintf(what, sizeof(what), "was %s%s, is to be %s of '%s'",
			 cases[i].was.primary ? "primary" : "replica",
			 cases[i].was.semi_sync ? " with semi-sync" : "",
			 mysqld_role_name(now.kind), now.source);
		tap_ok(mysqld_role_truncates(&cases[i].was, &now) == cases[i].truncates, what,
		       __FILE__, __LINE__);
	}
}

static void test_note(void)
{
	static const struct mysqld_role_note notes[] = {{true, false}, {true, true}, {false, false}};
	char dir[] = "/tmp/sluice-role-XXXXXX", path[64];
	struct mysqld_role_note got;
	struct err e;
	FILE *f;

	CHECK(mkdtemp(dir) != NULL);
	snprintf(path, sizeof(path), "%s/role", dir);
	/* Without a note nothing is cut off. */
	CHECK(mysqld_role_read(dir, &got, &e) == 0 && got.primary && !got.semi_sync);
	for (size_t i = 0; i < 3; i++)
		CHECK(mysqld_role_write(dir, &notes[i], &e) == 0 &&
		      mysqld_role_read(dir, &got, &e) == 0 && got.primary == notes[i].primary &&
		      got.semi_sync == notes[i].semi_sync);
	f = fopen(path, "w");
	CHECK(f && fputs("neither", f) >= 0 && fclose(f) == 0 &&
	      mysqld_role_read(dir, &got, &e) < 0);
	unlink(path);
	rmdir(dir);
}

static struct replica_status judged(const struct replica_row *row, struct replica_status s,
				    uint64_t now_us)
{
	replica_status_judge(&s, row, now_us);
	return s;
}

static bool healthy(const struct replica_status *s, uint32_t max_ms)
{
	char why[400];

	return replica_status_healthy(s, max_ms, why, sizeof(why));
}

/* Issue 8, A 2: stopped, broken and lagging replicas are not healthy, nor is one of unknown lag. */
static void test_replica_health(void)
{
	struct replica_row row = {.configured = true, .io = "Yes", .sql = "Yes", .lag_known = true};
	struct replica_status none = {.lag_ms = REPLICA_LAG_UNKNOWN}, s;

	CHECK(!healthy(&none, 0));
	row.lag_s = 3;
	s = judged(&row, none, 1000000);
	CHECK(s.state == REPLICA_RUNNING && s.lag_ms == 3000);
	CHECK(healthy(&s, 3000) && !healthy(&s, 2999) && healthy(&s, 0));
	/* The primary is away: behind by at most the time since. */
	row = (struct replica_row){.configured = true, .io = "Connecting", .sql = "Yes"};
	s = judged(&row, s, 6000000);
	CHECK(s.state == REPLICA_CONNECTING && s.lag_ms == 8000);
	CHECK(healthy(&s, 8000) && !healthy(&s, 7999));
	s = judged(&row, none, 6000000);
	CHECK(s.lag_ms == REPLICA_LAG_UNKNOWN && !healthy(&s, 0));
	row = (struct replica_row){.configured = true, .io = "Yes", .sql = "Yes"};
	s = judged(&row, none, 6000000);
	CHECK(s.state == REPLICA_RUNNING && !healthy(&s, 0));
	row = (struct replica_row){.configured = true, .io = "Yes", .sql = "No"};
	s = judged(&row, none, 6000000);
	CHECK(s.state == REPLICA_STOPPED && !healthy(&s, 0));
	row.sql_errno = 1062;
	s = judged(&row, none, 6000000);
	CHECK(s.state == REPLICA_BROKEN && s.code == 1062 && !healthy(&s, 0));
	row = (struct replica_row){
		.configured = true, .io = "No", .sql = "Yes", .io_errno = 1236};
	s = judged(&row, none, 6000000);
	CHECK(s.state == REPLICA_BROKEN && s.code == 1236 && strstr(s.problem, "error 1236"));
	row = (struct replica_row){.configured = false};
	s = judged(&row, none, 6000000);
	CHECK(s.state == REPLICA_STOPPED);
}

static void test_replica_ahead(void)
{
	CHECK(!replica_status_is_ahead("", ""));
	CHECK(!replica_status_is_ahead("", "0-1-5"));
	CHECK(!replica_status_is_ahead("0-1-5", "0-1-5"));
	CHECK(!replica_status_is_ahead("0-1-5,0-1-4", "0-2-6"));
	CHECK(replica_status_is_ahead("0-1-5", ""));
	CHECK(replica_status_is_ahead("0-1-6", "0-1-5"));
	CHECK(replica_status_is_ahead("0-2-5", "0-1-5"));
	CHECK(!replica_status_is_ahead("0-1-5,1-1-3", "1-2-4, 0-1-5"));
	CHECK(replica_status_is_ahead("0-1-5,1-1-9", "1-2-4,0-1-5"));
	CHECK(replica_status_is_ahead("0-1-18446744073709551615", "0-1-5"));
}

static void test_replica_repair(void)
{
	struct replica_status s = {.state = REPLICA_BROKEN, .code = 1062};
	struct replica_repair r = {.failures = 0};
	uint64_t now = 1000000;

	/* Restarted with growing pauses, then made anew; never while the pause lasts. */
	for (int i = 0; i < REPLICA_TRIES; i++) {
		CHECK_INT(replica_repair_step(&r, &s, true, now), REPLICA_RESTART);
		CHECK_INT(r.try_us - now, REPLICA_PAUSE_US << i);
		if (i + 1 < REPLICA_TRIES)
			CHECK_INT(replica_repair_step(&r, &s, true, r.try_us - 1), REPLICA_LEAVE);
		now = r.try_us;
	}
	CHECK_INT(replica_repair_step(&r, &s, true, now), REPLICA_REBUILD);
	/* The next one of its kind waits. */
	s.code = 1236;
	CHECK_INT(replica_repair_step(&r, &s, true, now + 1), REPLICA_LEAVE);
	CHECK_INT(replica_repair_step(&r, &s, true, r.rebuild_us), REPLICA_REBUILD);
	/* Without a primary to copy from it is restarted for ever, at most every 30 s. */
	r = (struct replica_repair){.failures = 0};
	for (int i = 0; i < 20; i++) {
		CHECK_INT(replica_repair_step(&r, &s, false, now), REPLICA_RESTART);
		CHECK(r.try_us - now <= REPLICA_PAUSE_MAX_US);
		now = r.try_us;
	}
	/* One that has run long enough is as new. */
	s = (struct replica_status){.state = REPLICA_RUNNING};
	CHECK_INT(replica_repair_step(&r, &s, true, now), REPLICA_LEAVE);
	CHECK(r.failures > 0);
	CHECK_INT(replica_repair_step(&r, &s, true, now + REPLICA_STABLE_US), REPLICA_LEAVE);
	CHECK(r.failures == 0);
	/* A stopped one is never made anew. */
	s.state = REPLICA_STOPPED;
	for (int i = 0; i < 10; i++) {
		CHECK_INT(replica_repair_step(&r, &s, true, now += REPLICA_PAUSE_MAX_US),
			  REPLICA_RESTART);
	}
}

/* Issue 8, A 4: which data may serve a shard. */
static void test_identity(void)
{
	static const struct shard_identity none = {.id = ""}, a = {"ks", "-80", "aa"},
					   other_id = {"ks", "-80", "bb"},
					   other_shard = {"ks", "80-", "aa"},
					   other_keyspace = {"kt", "-80", "aa"};
	struct shard_identity fresh = {"ks", "-80", ""};
	struct err e;

	CHECK(shard_identity_check(&none, &fresh, &e) == 0);
	CHECK(shard_identity_check(&a, &fresh, &e) == 0);
	CHECK(shard_identity_check(&a, &a, &e) == 0);
	CHECK(shard_identity_check(&none, &a, &e) < 0 && e.code == ERR_CONFLICT);
	CHECK(shard_identity_check(&other_id, &a, &e) < 0 && e.code == ERR_CONFLICT);
	CHECK(shard_identity_check(&other_shard, &a, &e) < 0 && e.code == ERR_CONFLICT);
	CHECK(shard_identity_check(&other_keyspace, &a, &e) < 0 && e.code == ERR_CONFLICT);
	CHECK(shard_identity_check(&other_shard, &fresh, &e) < 0 && e.code == ERR_CONFLICT);
}

int main(void)
{
	test_identity();
	test_replica_health();
	test_replica_ahead();
	test_replica_repair();
	test_truncates();
	test_note();
	return TAP_DONE();
}
