/* Fingerprints: what they ignore, what they keep, slots and groups. */
#include "sql/norm/fingerprint.h"
#include "src/base/rng.h"
#include "test/lib/tap.h"

static struct lex_opts opts;
static struct fingerprint fp1, fp2;

static void scan(struct fingerprint *fp, const char *sql)
{
	struct err e = {0};

	if (fingerprint_scan(fp, &opts, str_of(sql), 0, 7, &e))
		printf("# %s: %s\n", sql, e.msg);
}

static bool same(const char *a, const char *b)
{
	scan(&fp1, a);
	scan(&fp2, b);
	return fp1.hash[0] == fp2.hash[0] && fp1.hash[1] == fp2.hash[1] &&
	       fp1.norm.len == fp2.norm.len && !memcmp(fp1.norm.v, fp2.norm.v, fp1.norm.len);
}

#define SAME(a, b) CHECK(same(a, b) && fp1.slots == fp2.slots)
#define DIFFER(a, b) CHECK(!same(a, b))

static void equality(void)
{
	SAME("select c from t where id=1", "SELECT  c\nfrom/*x*/t where id = 22 -- y");
	SAME("select c from t where id='a'", "select c from t where id=\"b''\"");
	DIFFER("select c from t where id=1", "select c from t where id='1'");
	DIFFER("select c from t where id=1", "select c from t where id=-1");
	DIFFER("select c from t where id=1", "select C from t where id=1");
	DIFFER("select status from t", "select STATUS from t");
	DIFFER("select `a` from t", "select a from t");
	DIFFER("select a b from t", "select ab from t");
	DIFFER("select count(*) from t", "select count (*) from t");
	SAME("select a from t where x in(1)", "select a from t where x in (1)");
	DIFFER("select 1 from t", "select /*vt+ A=1 */ 1 from t");
	DIFFER("select a - 5", "select a -5 from t");
	SAME("select a - 5", "select a -5");
	DIFFER("select a - -5", "select a -5");
	SAME("select 'a' 'b'", "select 'c'");
	DIFFER("select null", "select 1");
	DIFFER("select true", "select false");
	opts.mode = LEX_ANSI_QUOTES;
	scan(&fp1, "select 1");
	opts.mode = 0;
	scan(&fp2, "select 1");
	CHECK(fp1.hash[0] != fp2.hash[0]);
}

static void in_lists(void)
{
	SAME("select 1 from t where a in (1) and b = 2",
	     "select 1 from t where a in (1, 2 , 3) and b = 5");
	SAME("select 1 from t where a in (1,'a')", "select 1 from t where a in ('x','y',3)");
	DIFFER("select 1 from t where a in (1,2)", "select 1 from t where a in ('x','y')");
	DIFFER("select 1 from t where a in (1,2)", "select 1 from t where a in (1,-2)");
	SAME("select 1 from t where (a,b) in ((1,2))",
	     "select 1 from t where (a,b) in ((1,2),(3,4))");
	DIFFER("select 1 from t where (a,b) in ((1,2))", "select 1 from t where a in (1,2)");
	DIFFER("select 1 from t where (a,b) in ((1,2))",
	       "select 1 from t where (a,b) in ((1,2,3))");
	DIFFER("select a in (1,2,b)", "select a in (1,b)");
	DIFFER("select a in (1,b,2)", "select a in (1,b)");
	DIFFER("select (a,b) in ((1,2),(3,4+1))", "select (a,b) in ((1,2),(3,4)+1)");
	DIFFER("select a in (1,(2))", "select a in (1,2)");
	DIFFER("select a in ((1),2)", "select a in ((1,2))");
	DIFFER("select a in (1,2,)", "select a in (1,2)");
	DIFFER("select a in ()", "select a in (1)");
	scan(&fp1,
	     "select 9 from t where x = 'q' and (a,b) in ((1,2), (3,4)) or c in (5,6,7) limit 8");
	CHECK_INT(fp1.slots, 5);
	CHECK_INT(fp1.groups.len, 2);
	CHECK_INT(fp1.groups.v[0].kind, FP_IN_ROWS);
	CHECK_INT(fp1.groups.v[0].slot, 2);
	CHECK_INT(fp1.groups.v[0].rows, 2);
	CHECK_INT(fp1.groups.v[0].per_row, 2);
	CHECK_INT(fp1.groups.v[1].slot, 3);
	CHECK_INT(fp1.groups.v[1].rows, 3);
	CHECK_INT(fingerprint_place(&fp1, 0).slot, 0);
	CHECK_INT(fingerprint_place(&fp1, 5).slot, 2);
	CHECK_INT(fingerprint_place(&fp1, 5).row, 1);
	CHECK_INT(fingerprint_place(&fp1, 5).sub, 1);
	CHECK_INT(fingerprint_place(&fp1, 9).slot, 4);
	CHECK_INT(fingerprint_lit_at(&fp1, 4, 0, 0), 9);
	CHECK_INT(fingerprint_lit_at(&fp1, 3, 2, 0), 8);
	CHECK_INT(fingerprint_lit_at(&fp1, 1, 0, 0), 1);
	CHECK(fingerprint_group_of(&fp1, 3) == &fp1.groups.v[1] && !fingerprint_group_of(&fp1, 4));
	{
		struct fingerprint_span s = fingerprint_element(&fp1, &fp1.groups.v[0], 1);

		CHECK_INT(s.end - s.start, 5);
		CHECK_INT(s.start, 51);
	}
}

static void rows(void)
{
	SAME("insert into t values (1,'a')",
	     "insert into t values (2,'b'),('c', NULL) , (true,-3)");
	SAME("insert into t(a,b) values (1,now()),(2,now())",
	     "insert into t(a,b) values (1,now())");
	SAME("insert into t values (1+1,2)", "insert into t values (3+4,2), (5+6,7)");
	DIFFER("insert into t values (1+1,2)", "insert into t values (3,2)");
	DIFFER("insert into t values (1,2)", "insert into t values (1,2,3)");
	DIFFER("insert into t values (1),(now())", "insert into t values (1)");
	SAME("insert into t values (1),(now()),(2)",
	     "insert into t values (1),(2),(now()),(now()),(3)");
	DIFFER("insert into t values (1),(now()),(2)", "insert into t values (1),(now())");
	DIFFER("insert into t values (1)", "replace into t values (1)");
	SAME("insert into t values row(1,2)", "insert into t values row(1,2), row(3,4)");
	DIFFER("insert into t values (1 is null)", "insert into t values (1 is true)");
	SAME("insert into t values (1) on duplicate key update a=values(a)+1",
	     "insert into t values (1),(2) on duplicate key update a=values(a)+2");
	SAME("insert into t values (1,'a',null,-2.5), ( 2 , 'b''c' , true , 1e5 )",
	     "insert into t values (1,2,3,4)");
	SAME("insert into t values (1,2), (3,4) , (now(),4), (5,6)",
	     "insert into t values (1,2), (now(),4), (now(),8),(5,x'00'),(7,'\xc3\xa9')");
	DIFFER("insert into t values (1,2), (3,4", "insert into t values (1,2), (3,4)");
	DIFFER("insert into t values (1,2),", "insert into t values (1,2)");
	DIFFER("insert into t values (1,2) (3,4)", "insert into t values (1,2)");
	SAME("insert into t values (1,2) -- x\n, /* y */ (3,4)", "insert into t values (1,2)");
	scan(&fp1, "insert into t values (1,'x') , (-2, NULL),(3, 'a' 'b')");
	CHECK_INT(fp1.lits.len, 6);
	CHECK_INT(fp1.groups.len, 1);
	CHECK_INT(fp1.groups.v[0].rows, 3);
	CHECK(fp1.lits.v[2].negative && fp1.lits.v[3].type == FP_NULL && fp1.lits.v[5].len == 7);
	CHECK_INT(fp1.rows.v[1].start, 31);
	CHECK_INT(fp1.rows.v[1].end, 41);
	CHECK_INT(fp1.end, 54);
	scan(&fp1,
	     "insert into t values (1,'x'),(2, NULL),(now(),4) on duplicate key update b = 7");
	CHECK_INT(fp1.slots, 3);
	CHECK_INT(fp1.groups.len, 2);
	CHECK_INT(fp1.groups.v[0].rows, 2);
	CHECK_INT(fp1.groups.v[0].per_row, 2);
	CHECK_INT(fp1.groups.v[1].per_row, 1);
	CHECK_INT(fp1.lits.v[3].type, FP_NULL);
	CHECK_INT(fingerprint_place(&fp1, 5).slot, 2);
	CHECK_INT(fp1.rows.v[1].start, 29);
	CHECK_INT(fp1.rows.v[1].end, 38);
	scan(&fp1, "insert into t values (now()),(now()) on duplicate key update b = 7");
	CHECK_INT(fp1.slots, 2);
	CHECK_INT(fingerprint_place(&fp1, 0).slot, 1);
	CHECK_INT(fingerprint_lit_at(&fp1, 1, 0, 0), 0);
	scan(&fp1, "insert into t values ()");
	CHECK_INT(fp1.slots, 1);
	/* Broken off: no group, but every literal has a slot. */
	scan(&fp1, "insert into t values (1,2),(3");
	CHECK_INT(fp1.groups.len, 1);
	CHECK_INT(fp1.slots, 2);
}

static void literals(void)
{
	scan(&fp1,
	     "select 1, -2.5, 1e3, 'a', n'b', x'00', 0b1, ?, a-3, b - -4, (- 5) from t limit -1");
	CHECK_INT(fp1.lits.len, 12);
	CHECK_INT(fp1.lits.v[1].type, FP_DECIMAL);
	CHECK(fp1.lits.v[1].negative);
	CHECK_INT(fp1.lits.v[7].type, FP_PARAM);
	CHECK_INT(fp1.params, 1);
	CHECK(!fp1.lits.v[8].negative);
	CHECK(fp1.lits.v[9].negative);
	CHECK(fp1.lits.v[10].negative && fp1.lits.v[10].len == 3);
	CHECK(fp1.lits.v[11].negative);
	scan(&fp1, "select null -1, current_date -1, a.select -1, @a -1, x'00' -1");
	for (size_t i = 0; i < fp1.lits.len; i++)
		CHECK(!fp1.lits.v[i].negative);
}

static void classes(void)
{
	static const struct {
		const char *sql;
		unsigned cls;
	} v[] = {
		{"select 1", FP_SELECT},
		{"((select 1))", FP_SELECT},
		{"/* x */ Insert into t values (1)", FP_INSERT},
		{"with a as (select 1) select 2", FP_SELECT},
		{"with a as (select 1) delete from t", FP_DELETE},
		{"begin", FP_BEGIN},
		{"START TRANSACTION", FP_START},
		{"use x", FP_USE},
		{"", FP_EMPTY},
		{" -- x", FP_EMPTY},
		{"; select 1", FP_EMPTY},
		{"bogus", FP_OTHER},
		{"5", FP_OTHER},
		{"{call}", FP_OTHER},
		{"set @a = 1", FP_SET},
		{"show tables", FP_SHOW},
		{"commit", FP_COMMIT},
		{"/*!50000 select */ 1", FP_SELECT},
	};

	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		scan(&fp1, v[i].sql);
		CHECK_INT(fp1.cls, v[i].cls);
	}
}

static void features(void)
{
	static const struct {
		const char *sql;
		unsigned has;
	} v[] = {
		{"select @a", FP_HAS_USER_VAR},
		{"select @@a", FP_HAS_SYS_VAR},
		{"select ?", FP_HAS_PARAM},
		{"select 1 for update", FP_HAS_FOR_UPDATE},
		{"select 1 for share", FP_HAS_FOR_SHARE},
		{"select 1 lock in share mode", FP_HAS_FOR_SHARE},
		{"select sql_calc_found_rows 1", FP_HAS_CALC_FOUND_ROWS},
		{"select last_insert_id()", FP_HAS_LAST_INSERT_ID},
		{"select last_insert_id /**/ ()", FP_HAS_LAST_INSERT_ID},
		{"select last_insert_id", 0},
		{"select t.last_insert_id", 0},
		{"select found_rows()", FP_HAS_FOUND_ROWS},
		{"select database()", FP_HAS_DATABASE_FN},
		{"select schema()", FP_HAS_DATABASE_FN},
		{"select user(), current_user", FP_HAS_USER_FN},
		{"select current_user", FP_HAS_USER_FN},
		{"select get_lock('a',1)", FP_HAS_LOCK_FN},
		{"select rand()", FP_HAS_NONDET_FN},
		{"select now()", FP_HAS_NOW_FN},
		{"select current_timestamp", FP_HAS_NOW_FN},
		{"select connection_id()", FP_HAS_CONNECTION_ID},
		{"select row_count()", FP_HAS_ROW_COUNT},
		{"select 1 into @a", FP_HAS_INTO | FP_HAS_USER_VAR},
		{"select (select 1)", FP_HAS_SUBSELECT},
		{"select /*vt+ A=1 */ 1", FP_HAS_DIRECTIVE},
		{"select /*+ x() */ 1", FP_HAS_HINT},
		{"insert into t values (now(), last_insert_id())",
		 FP_HAS_NOW_FN | FP_HAS_LAST_INSERT_ID},
	};

	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		scan(&fp1, v[i].sql);
		if (!CHECK(fp1.features == v[i].has))
			printf("# %s: %x\n", v[i].sql, fp1.features);
	}
}

/* The pieces of a text with several statements, joined by '|'. */
static const char *pieces(const char *sql)
{
	static char out[512];
	struct str text = str_of(sql);
	uint32_t at = 0, len = 0;
	struct err e;

	out[0] = 0;
	do {
		if (fingerprint_scan(&fp1, &opts, text, at, 7, &e))
			return "error";
		if (fp1.cls != FP_EMPTY) {
			len += (uint32_t)snprintf(out + len, sizeof(out) - len, "%s%.*s",
						  len ? "|" : "", (int)(fp1.end - fp1.start),
						  sql + fp1.start);
			if (len >= sizeof(out))
				return "too long";
		}
		at = fp1.next;
	} while (at < text.n);
	return out;
}

static void splitting(void)
{
	CHECK_STR(pieces("select 1; select ';' ;;  commit;\n"), "select 1|select ';'|commit");
	CHECK_STR(pieces("select 1 -- ;\n; select 2"), "select 1|select 2");
	CHECK_STR(
		pieces("create procedure p() begin select 1; if a then b; elseif c then d; end if; "
		       "while x do y; end while; select case when a then if(b,1,2) else if(c,3,4) "
		       "end; "
		       "case x when 1 then begin a; end; end case; l: loop leave l; end loop; end; "
		       "select 2"),
		"create procedure p() begin select 1; if a then b; elseif c then d; end if; "
		"while x do y; end while; select case when a then if(b,1,2) else if(c,3,4) end; "
		"case x when 1 then begin a; end; end case; l: loop leave l; end loop; end|select "
		"2");
	CHECK_STR(pieces("create procedure if not exists p() select 1; select 2"),
		  "create procedure if not exists p() select 1|select 2");
	CHECK_STR(pieces("create trigger t before insert on x for each row if a then b; end if; "
			 "select 2"),
		  "create trigger t before insert on x for each row if a then b; end if|select 2");
	CHECK_STR(pieces("begin; select 1; commit"), "begin|select 1|commit");
	CHECK_STR(pieces("begin not atomic select 1; end; select 2"),
		  "begin not atomic select 1; end|select 2");
	CHECK_STR(pieces("create procedure p() begin for i in 1..2 do a; end for; b; end; select 2"),
		  "create procedure p() begin for i in 1..2 do a; end for; b; end|select 2");
	CHECK_STR(pieces("if not a then b; end if; x: for i in 1..2 do a; end for; select 2"),
		  "if not a then b; end if|x: for i in 1..2 do a; end for|select 2");
	CHECK_STR(pieces("create procedure p() begin declare exit handler for not found if a then "
			 "b; end if; set a = if(1,2,3); end; select 2"),
		  "create procedure p() begin declare exit handler for not found if a then b; end "
		  "if; set a = if(1,2,3); end|select 2");
	opts.mode = LEX_ORACLE;
	CHECK_STR(pieces("create procedure p as a int; cursor c is select 1; begin b; end; declare "
			 "a int; begin b; end; select 2"),
		  "create procedure p as a int; cursor c is select 1; begin b; end|declare a int; "
		  "begin b; end|select 2");
	opts.mode = 0;
	CHECK_STR(pieces("create table t (a int); drop table t"),
		  "create table t (a int)|drop table t");
	CHECK_STR(pieces("select 'a; select 2"), "error");
	CHECK_STR(pieces("/*! select */ 1; select /*! 2 */; select 3"),
		  "/*! select */ 1|select /*! 2 */|select 3");
}

static void text_hash(void)
{
	static const char a[] = "select max(a) is null from t where b = 1 and c in (1,2)";
	static const char b[] = "select max(a) is null from t where b = 77 and c in (5)";
	static const char c[] = "select max(a) IS null from t where b = 77 and c in (5)";

	SAME(a, b);
	CHECK(fingerprint_text_hash(&fp1, STR_LIT(a)) == fingerprint_text_hash(&fp2, STR_LIT(b)));
	SAME(a, c);
	CHECK(fingerprint_text_hash(&fp1, STR_LIT(a)) != fingerprint_text_hash(&fp2, STR_LIT(c)));
}

/* Statements put together at random from pieces: whenever two have one fingerprint, their slots
 * have the same structure. */
static void random_statement(char *out, size_t cap)
{
	static const char *const lits[] = {"1", "22",  "-3",  "'a'",	"'b\\'c'",
					   "?", "1.5", "- 7", "'x' 'y'"};
	static const char *const joins[] = {" and ", " or ", " AND\n"};
	int terms = 1 + (int)(rng_u64() % 2);
	size_t n = (size_t)snprintf(out, cap, "select a from t where ");

	for (int i = 0; i < terms; i++) {
		int elems = 1 + (int)(rng_u64() % 4), kind = (int)(rng_u64() % 4);

		if (i)
			n += (size_t)snprintf(out + n, cap - n, "%s", joins[rng_u64() % 3]);
		n += (size_t)snprintf(out + n, cap - n,
				      kind < 2	  ? "a in ("
				      : kind == 2 ? "(a,b) in ("
						  : "a = ");
		for (int j = 0; j < (kind < 3 ? elems : 1); j++) {
			const char *x = lits[rng_u64() % 9], *y = lits[rng_u64() % 9];

			n += (size_t)snprintf(out + n, cap - n, j ? "," : "");
			if (kind == 2)
				n += (size_t)snprintf(out + n, cap - n, "(%s , %s)", x, y);
			else if (kind == 1 && rng_u64() % 8 == 0)
				n += (size_t)snprintf(out + n, cap - n, "c");
			else
				n += (size_t)snprintf(out + n, cap - n, "%s", x);
		}
		n += (size_t)snprintf(out + n, cap - n, kind < 3 ? ")" : "");
	}
}

static bool same_slots(void)
{
	if (fp1.slots != fp2.slots || fp1.groups.len != fp2.groups.len)
		return false;
	for (size_t i = 0; i < fp1.groups.len; i++) {
		if (fp1.groups.v[i].slot != fp2.groups.v[i].slot ||
		    fp1.groups.v[i].kind != fp2.groups.v[i].kind ||
		    fp1.groups.v[i].per_row != fp2.groups.v[i].per_row)
			return false;
	}
	for (uint32_t i = 0; i < fp1.lits.len; i++) {
		struct fingerprint_place p = fingerprint_place(&fp1, i);

		if (fingerprint_lit_at(&fp1, p.slot, p.row, p.sub) != i)
			return false;
		if (p.group < 0 &&
		    fp1.lits.v[i].type != fp2.lits.v[fingerprint_lit_at(&fp2, p.slot, 0, 0)].type)
			return false;
	}
	return true;
}

static void property(void)
{
	int equal = 0, bad = 0;
	char a[512], b[512];

	rng_seed(42);
	for (int i = 0; i < 60000; i++) {
		random_statement(a, sizeof(a));
		random_statement(b, sizeof(b));
		if (!same(a, b))
			continue;
		equal++;
		bad += !same_slots();
	}
	printf("# %d equal pairs\n", equal);
	CHECK(equal > 100);
	CHECK_INT(bad, 0);
}

int main(void)
{
	fingerprint_init(&fp1);
	fingerprint_init(&fp2);
	equality();
	in_lists();
	rows();
	literals();
	classes();
	features();
	splitting();
	text_hash();
	property();
	fingerprint_fini(&fp1);
	fingerprint_fini(&fp2);
	return TAP_DONE();
}
