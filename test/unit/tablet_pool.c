/* The parts of the tablet's pools that need no mysqld: the statement cache, settings as text, what
 * statements leave behind. */
#include <stdio.h>

#include "src/base/buf.h"
#include "tablet/pool/settings_text.h"
#include "tablet/pool/stmt_cache.h"
#include "tablet/query/text_state.h"
#include "test/lib/tap.h"

static uint32_t evicted[64];
static unsigned evictions;

static void note(void *arg, uint32_t id)
{
	(void)arg;
	evicted[evictions++ % 64] = id;
}

static struct str text_of(char *room, unsigned n)
{
	snprintf(room, 32, "SELECT %u", n);
	return str_of(room);
}

static void test_cache(void)
{
	struct stmt_cache c;
	const struct stmt_entry *s;
	char t[32];

	stmt_cache_init(&c, 3, note, NULL);
	CHECK(!stmt_cache_find(&c, STR_LIT("")));
	for (unsigned i = 1; i <= 3; i++)
		CHECK_INT(stmt_cache_put(&c, text_of(t, i), i, (uint16_t)(i * 2)), 0);
	s = stmt_cache_find(&c, STR_LIT("SELECT 1"));
	CHECK(s && s->id == 1 && s->params == 2);
	CHECK_INT(evictions, 0);
	CHECK_INT(stmt_cache_put(&c, text_of(t, 4), 4, 0),
		  0); /* 2 is the oldest: 1 was asked for */
	CHECK(evictions == 1 && evicted[0] == 2);
	CHECK(!stmt_cache_find(&c, STR_LIT("SELECT 2")));
	CHECK_INT(stmt_cache_put(&c, STR_LIT("SELECT 1"), 11, 0),
		  0); /* prepared again: the old one goes */
	CHECK(evictions == 2 && evicted[1] == 1);
	CHECK_INT(stmt_cache_find(&c, STR_LIT("SELECT 1"))->id, 11);
	CHECK_INT(c.len, 3);
	stmt_cache_forget(&c, STR_LIT("SELECT 1"));
	stmt_cache_forget(&c, STR_LIT("SELECT 1"));
	CHECK(c.len == 2 && evictions == 2);
	stmt_cache_clear(&c);
	CHECK(c.len == 0 && evictions == 4 && !c.newest && !c.oldest);
	for (unsigned i = 0; i < 1000; i++) {
		CHECK_INT(stmt_cache_put(&c, text_of(t, i % 7), i, 0), 0);
		if (i % 3 == 0)
			(void)stmt_cache_find(&c, text_of(t, i % 5));
	}
	CHECK_INT(c.len, 3);
	stmt_cache_drop(&c);
	CHECK(c.len == 0 && !c.newest);
}

static void change(const char *have, const char *want, const char *expect)
{
	struct buf b;

	buf_init(&b);
	settings_text_change(&b, str_of(have), str_of(want));
	CHECK_STR(b.len ? buf_cstr(&b) : "", expect);
	buf_fini(&b);
}

static void test_settings(void)
{
	change("", "", "");
	change("", "a=1", "a=1");
	change("a=1", "", "a=DEFAULT");
	change("a=1,b=2", "b=3", "a=DEFAULT,b=3");
	change("A=1", "a=2", "a=2");
	change("sql_mode='x,y',z=(1,2)", "q='a\\',b=1'", "sql_mode=DEFAULT,z=DEFAULT,q='a\\',b=1'");
	change("s='it''s, b=2',t=1", "t=2", "s=DEFAULT,t=2");
	change("s='unclosed, b=2", "t=2", "s=DEFAULT,t=2");
	change("character_set_client=latin1,collation_connection=x", "",
	       "character_set_client=utf8mb4,collation_connection=utf8mb4_general_ci");
	change(" a = 1 , b = 2 ", "b=2", "a=DEFAULT,b=2");
}

static void test_state(void)
{
	static const char *const clean[] = {
		"select 1",
		"  (SELECT 2)",
		"INSERT INTO t VALUES ('a@b.example')",
		"/*vt+ X=1 */ update t set a = 1",
		"SELECT @@version",
		"SELECT \"x@y\", `a@b`",
		"DELETE FROM t",
		"with a as (select 1) select * from a",
		"REPLACE INTO t VALUES (1)",
		"SELECT get_rock(1)",
		"select '' '@' ''",
		"select 'jos\xc3\xa9`', 'jos\xc3\xa9@x'",
		"SAVEPOINT s1",
		"RELEASE SAVEPOINT s1",
	};
	static const char *const dirty[] = {
		"SELECT @a",
		"SELECT(1)AND@a:=5",
		"SELECT 1 INTO @a",
		"SET x = 1",
		"CALL p()",
		"",
		"/* only */",
		"SELECT GET_LOCK('a', 1)",
		"select get_lock ('a', 1)",
		"USE x",
		"LOCK TABLES t READ",
		"BEGIN",
		"/*! SET @a = 1 */",
		"/*M!100000 SET @a = 1 */ SELECT 1",
		"SELECT '\\', @a:=1, '",
		"CREATE TABLE t (a INT)",
		"SELECT 'x', @",
		"SELECT \x81`, @a:=1 FROM (SELECT 1 AS \x81`) t",
		"-- c\nSET @a = 1",
		"DO 1",
		"HANDLER t OPEN",
		"selected",
		"/* open",
	};

	for (size_t i = 0; i < sizeof(clean) / sizeof(clean[0]); i++)
		if (!CHECK(!text_state_left(str_of(clean[i]))))
			printf("# %s\n", clean[i]);
	for (size_t i = 0; i < sizeof(dirty) / sizeof(dirty[0]); i++)
		if (!CHECK(text_state_left(str_of(dirty[i]))))
			printf("# %s\n", dirty[i]);
	CHECK(text_state_read(STR_LIT("SELECT LASTVAL(s)")) && text_state_read(STR_LIT("lastval")));
	CHECK(text_state_read(STR_LIT("SELECT PREVIOUS VALUE FOR s")));
	CHECK(!text_state_read(STR_LIT("lastva")) && !text_state_read(STR_LIT("v")));
	CHECK(!text_state_read(STR_LIT("SELECT v FROM last WHERE val = previou")) &&
	      !text_state_read(STR_LIT("")));
}

int main(void)
{
	test_cache();
	test_settings();
	test_state();
	return TAP_DONE();
}
