/* What a tablet decides about its mysqld, without one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tablet/mysqld/mysqld_role.h"
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

int main(void)
{
	test_truncates();
	test_note();
	return TAP_DONE();
}
