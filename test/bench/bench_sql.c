/* bench_sql - what reading SQL costs: fingerprints and trees of short and long statements, in time,
 * memory and calls of malloc. With --check it fails when a budget is passed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sql/norm/fingerprint.h"
#include "sql/parse/parse.h"
#include "sql/sema/bind.h"
#include "sql/sema/schema_ddl.h"
#include "src/base/buf.h"

static const char POINT_SELECT[] = "SELECT c FROM sbtest1 WHERE id=12345";
static const char RANGE[] =
	"SELECT DISTINCT c FROM sbtest1 WHERE id BETWEEN 1234 AND 1333 ORDER BY c";
static const char IN_LIST[] =
	"select a, b, c from t where id in (1,2,3,4,5,6,7,8,9,10,11,12) and x = 'abc'";
static const char TPCH_Q8[] =
	"select o_year, sum(case when nation = 'BRAZIL' then volume else 0 end) / sum(volume) as "
	"mkt_share from ( select extract(year from o_orderdate) as o_year, l_extendedprice * (1 - "
	"l_discount) as volume, n2.n_name as nation from part, supplier, lineitem, orders, "
	"customer, nation n1, nation n2, region where p_partkey = l_partkey and s_suppkey = "
	"l_suppkey and l_orderkey = o_orderkey and o_custkey = c_custkey and c_nationkey = "
	"n1.n_nationkey and n1.n_regionkey = r_regionkey and r_name = 'AMERICA' and s_nationkey = "
	"n2.n_nationkey and o_orderdate between date '1995-01-01' and date '1996-12-31' and p_type "
	"= 'ECONOMY ANODIZED STEEL' ) as all_nations group by o_year order by o_year";
static const char SYSBENCH_ROW[] =
	"(49929,'83868641912-28773972837-60736120486-75162659906-27563526494-20381887404-"
	"41576422241-93426793964-56405065102-33518432330','67847967377-48000963322-"
	"62604785301-91415491898-96926520291')";
static const char SHORT_ROW[] = "(1,'abc',23,NULL,4.5)";

/* Blocks of an arena below 64 kB. */
enum { ARENA_SMALL = 8192 };

static unsigned long mallocs;
static bool check, failed;

/* Counts what the program asks of the heap. */
extern void *__libc_malloc(size_t n);
void *malloc(size_t n)
{
	mallocs++;
	return __libc_malloc(n);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void budget(const char *what, const char *unit, double is, double limit, bool at_least)
{
	bool bad = at_least ? is < limit : is > limit;

	if (limit <= 0)
		return;
	printf("    %s %s %.1f %s: %s\n", what, at_least ? "at least" : "at most", limit, unit,
	       bad ? "NOT MET" : "met");
	failed = failed || bad;
}

static void die(const char *what, const struct err *e)
{
	printf("%s: %s\n", what, e->msg);
	exit(1);
}

static int rounds_of(struct str text)
{
	return text.n > 100000 ? 3 : 50000;
}

/* @max_ns, @min_mbs: 0: no budget. */
static void fingerprints(const char *what, struct str text, double max_ns, double min_mbs)
{
	struct lex_opts o = {0};
	struct fingerprint fp;
	double best = 1e9;
	struct err e;

	fingerprint_init(&fp);
	for (int round = 0; round < 9; round++) {
		int n = rounds_of(text);
		double t = now();

		for (int i = 0; i < n; i++)
			if (fingerprint_scan(&fp, &o, text, 0, 1, &e))
				die(what, &e);
		t = (now() - t) / n;
		best = t < best ? t : best;
	}
	printf("fingerprint %-22s %12.0f ns %8.0f MB/s  %zu literals, %u slots\n", what, best * 1e9,
	       (double)text.n / best / 1e6, fp.lits.len, fp.slots);
	budget("time", "ns", best * 1e9, max_ns, false);
	budget("speed", "MB/s", (double)text.n / best / 1e6, min_mbs, true);
	fingerprint_fini(&fp);
}

/* Fingerprint and tree, as for a plan that is not cached. Returns seconds. */
static double parses(const char *what, struct str text, double max_ns, double max_memory)
{
	struct lex_opts o = {0};
	struct parse_result r;
	struct fingerprint fp;
	unsigned long heap = 0;
	double best = 1e9, memory = 0;
	struct arena a;
	struct err e;

	arena_init(&a, 0);
	fingerprint_init(&fp);
	for (int round = 0; round < 9; round++) {
		int n = rounds_of(text);
		double t = now();

		for (int i = 0; i < n; i++) {
			if (fingerprint_scan(&fp, &o, text, 0, 1, &e))
				die(what, &e);
			heap = mallocs;
			if (parse_statement(&a, &o, text, &fp, &r, &e))
				die(what, &e);
			heap = mallocs - heap;
			memory = (double)a.used / (double)text.n;
			arena_reset(&a);
		}
		t = (now() - t) / n;
		best = t < best ? t : best;
	}
	printf("parse       %-22s %12.0f ns %8.0f MB/s  memory %.1f x text, %lu mallocs\n", what,
	       best * 1e9, (double)text.n / best / 1e6, memory, heap);
	budget("time", "ns", best * 1e9, max_ns, false);
	budget("memory", "x text", memory, max_memory, false);
	fingerprint_fini(&fp);
	arena_fini(&a);
	return best;
}

static const char SCHEMA[] =
	"CREATE DATABASE d; USE d; CREATE TABLE sbtest1 (id INT, k INT, c CHAR(120), pad CHAR(60));"
	"CREATE TABLE part (p_partkey INT, p_name INT, p_mfgr INT, p_brand INT, p_type INT, p_size "
	"INT, "
	"p_container INT, p_retailprice INT, p_comment INT); CREATE TABLE supplier (s_suppkey INT, "
	"s_name "
	"INT, s_address INT, s_nationkey INT, s_phone INT, s_acctbal INT, s_comment INT); CREATE "
	"TABLE "
	"lineitem (l_orderkey INT, l_partkey INT, l_suppkey INT, l_linenumber INT, l_quantity INT, "
	"l_extendedprice INT, l_discount INT, l_tax INT, l_returnflag INT, l_linestatus INT, "
	"l_shipdate "
	"INT, l_commitdate INT, l_receiptdate INT, l_shipinstruct INT, l_shipmode INT, l_comment "
	"INT); "
	"CREATE TABLE orders (o_orderkey INT, o_custkey INT, o_orderstatus INT, o_totalprice INT, "
	"o_orderdate INT, o_orderpriority INT, o_clerk INT, o_shippriority INT, o_comment INT); "
	"CREATE "
	"TABLE customer (c_custkey INT, c_name INT, c_address INT, c_nationkey INT, c_phone INT, "
	"c_acctbal "
	"INT, c_mktsegment INT, c_comment INT); CREATE TABLE nation (n_nationkey INT, n_name INT, "
	"n_regionkey INT, n_comment INT); CREATE TABLE region (r_regionkey INT, r_name INT, "
	"r_comment INT);";

/* Tree and names; but for blocks of the arena nothing is asked of the heap. */
/* @types: with the types of the results. */
static void binds(const char *what, struct str text, bool types, double max_ns)
{
	struct expr_session session;
	unsigned long heap = 0, blocks = 0;
	struct lex_opts o = {0};
	struct schema_ddl schema;
	struct parse_result r;
	struct catalog c;
	double best = 1e9;
	struct arena a;
	struct err e;

	schema_ddl_init(&schema);
	if (schema_ddl_read(&schema, &o, str_of(SCHEMA), &e))
		die(what, &e);
	catalog_of_ddl(&c, &schema);
	expr_session_init(&session);
	arena_init(&a, 0);
	for (int round = 0; round < 9; round++) {
		int n = rounds_of(text);
		double t = now();

		for (int i = 0; i < n; i++) {
			struct bind b = {.arena = &a,
					 .catalog = &c,
					 .opts = &o,
					 .text = text,
					 .session = types ? &session : NULL};

			heap = mallocs;
			if (parse_statement(&a, &o, text, NULL, &r, &e) ||
			    !bind_statement(&b, r.root, &e))
				die(what, &e);
			heap = mallocs - heap;
			blocks = a.used / ARENA_SMALL - 1; /* one is kept */
			arena_reset(&a);
		}
		t = (now() - t) / n;
		best = t < best ? t : best;
	}
	printf("parse, bind%s %-22s %12.0f ns  %lu mallocs, %lu of them blocks of the arena\n",
	       types ? ", types" : "", what, best * 1e9, heap, blocks);
	budget("mallocs beside the arena", "calls", (double)(heap - blocks), 0.5, false);
	budget("time", "ns", best * 1e9, max_ns, false);
	arena_fini(&a);
	schema_ddl_fini(&schema);
}

static struct buf insert(size_t size, const char *row)
{
	struct buf b;

	buf_init(&b);
	buf_puts(&b, "INSERT INTO sbtest1(k, c, pad) VALUES");
	for (const char *sep = " "; b.len < size; sep = ",") {
		buf_puts(&b, sep);
		buf_puts(&b, row);
	}
	return b;
}

static void long_inserts(const char *what, const char *row, double max_memory)
{
	struct buf one = insert(1 << 20, row), ten = insert(10 << 20, row);
	char name[60];
	double small, large;

	snprintf(name, sizeof(name), "10 MB insert, %s", what);
	fingerprints(name, buf_slice(&ten), 0, 400);
	large = parses(name, buf_slice(&ten), 0, max_memory);
	snprintf(name, sizeof(name), "1 MB insert, %s", what);
	small = parses(name, buf_slice(&one), 0, 0);
	/* Linear, but for what the caches of the machine do. */
	budget("ten times the text takes", "times as long", large / small, 20, false);
	buf_fini(&one);
	buf_fini(&ten);
}

int main(int argc, char **argv)
{
	check = argc > 1 && strcmp(argv[1], "--check") == 0;
	fingerprints("point select", str_of(POINT_SELECT), 400, 0);
	fingerprints("range", str_of(RANGE), 0, 0);
	fingerprints("in list", str_of(IN_LIST), 0, 0);
	fingerprints("TPC-H Q8", str_of(TPCH_Q8), 0, 0);
	parses("point select", str_of(POINT_SELECT), 2000, 0);
	parses("range", str_of(RANGE), 0, 0);
	parses("in list", str_of(IN_LIST), 0, 0);
	parses("TPC-H Q8", str_of(TPCH_Q8), 30000, 0);
	binds("point select", str_of(POINT_SELECT), false, 4000);
	binds("point select", str_of(POINT_SELECT), true, 4000);
	binds("TPC-H Q8", str_of(TPCH_Q8), false, 60000);
	binds("TPC-H Q8", str_of(TPCH_Q8), true, 60000);
	long_inserts("sysbench rows", SYSBENCH_ROW, 12);
	long_inserts("short columns", SHORT_ROW, 12);
	return check && failed;
}
