/* Vindexes: the vectors of Vitess, conversions, parameters. */
#include <stdlib.h>

#include "src/base/clk.h"
#include "src/base/digest.h"
#include "src/shard/vindex.h"
#include "test/lib/tap.h"

static struct vindex *make_e(const char *type, const char *params, struct err *e)
{
	struct cJSON *doc = params ? json_parse(str_of(params), e) : NULL;
	struct vindex *v = vindex_new("v", type, doc, NULL, e);

	json_free(doc);
	return v;
}

static struct vindex *make(const char *type, const char *params)
{
	struct err e;
	struct vindex *v = make_e(type, params, &e);

	if (!v)
		printf("# %s: %s\n", type, e.msg);
	return v;
}

static struct value num(int64_t i)
{
	return (struct value){.type = VALUE_INT, .i = i};
}

static struct value big(uint64_t u)
{
	return (struct value){.type = VALUE_UINT, .u = u};
}

static struct value text(const char *s)
{
	return (struct value){.type = VALUE_TEXT, .s = str_of(s)};
}

static const struct value null = {.type = VALUE_NULL};

/* The result as text: hex, "hex..hex", "none", "misfit" or "error". */
static const char *show(int rc, const struct vindex_result *r)
{
	static char out[4 * VINDEX_BUF + 8];
	size_t n;

	if (rc < 0)
		return "error";
	if (r->kind == VINDEX_NONE)
		return "none";
	if (r->kind == VINDEX_MISFIT)
		return "misfit";
	digest_hex((const uint8_t *)r->ksid.p, r->ksid.n, out);
	if (r->kind == VINDEX_RANGE) {
		n = 2 * r->ksid.n;
		memcpy(out + n, "..", 2);
		digest_hex((const uint8_t *)r->end.p, r->end.n, out + n + 2);
	}
	return out;
}

static const char *map(const struct vindex *v, struct value value)
{
	struct vindex_result r;
	struct err e;
	int rc = vindex_map(v, &value, 1, &r, &e);

	return show(rc, &r);
}

static const char *map_row(const struct vindex *v, const struct value *values, size_t n)
{
	struct vindex_result r;
	struct err e;
	int rc = vindex_map(v, values, n, &r, &e);

	return show(rc, &r);
}

#define ROW(v, ...)                                                                                \
	map_row(v, (struct value[]){__VA_ARGS__},                                                  \
		sizeof((struct value[]){__VA_ARGS__}) / sizeof(struct value))

static void test_hash(void)
{
	static const struct {
		int64_t in;
		const char *out;
	} vectors[] = {
		{0, "8ca64de9c1b123a7"},	 {1, "166b40b44aba4bd6"},
		{2, "06e7ea22ce92708f"},	 {3, "4eb190c9a2fa169c"},
		{4, "d2fd8867d50d2dfe"},	 {5, "70bb023c810ca87a"},
		{6, "f098480ac4c4be71"},	 {255, "254e882e6597f41d"},
		{256, "dd7c0bbd61fafd54"},	 {INT64_MAX, "f77d48aadda1f1bb"},
		{INT64_MIN, "95f8a5e5dd31d900"}, {-1, "355550b2150e2451"},
	};
	struct vindex *v = make("hash", NULL);
	struct vindex_result r;
	struct value back;
	struct err e;

	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct value in = num(vectors[i].in);

		CHECK_STR(map(v, in), vectors[i].out);
		CHECK(vindex_map(v, &in, 1, &r, &e) == 0);
		CHECK(vindex_reverse(v, r.ksid, &back, &e) == 0 && back.type == VALUE_UINT &&
		      back.u == (uint64_t)vectors[i].in);
	}
	CHECK_STR(map(v, big(UINT64_MAX)), "355550b2150e2451");
	CHECK_STR(map(v, text("1")), "166b40b44aba4bd6");
	CHECK_STR(map(v, text(" 1\n")), "166b40b44aba4bd6");
	CHECK_STR(map(v, text("18446744073709551615")), "355550b2150e2451");
	CHECK_STR(map(v, text("18446744073709551616")), "misfit");
	CHECK_STR(map(v, text("-1")), "misfit");
	CHECK_STR(map(v, text("+1")), "misfit");
	CHECK_STR(map(v, text("1x")), "misfit");
	CHECK_STR(map(v, text("")), "misfit");
	CHECK_STR(map(v, text(" ")), "misfit");
	CHECK_STR(map(v, (struct value){.type = VALUE_DECIMAL, .s = str_of("255")}),
		  "254e882e6597f41d");
	CHECK_STR(map(v, (struct value){.type = VALUE_DECIMAL, .s = str_of("1.0")}), "misfit");
	CHECK_STR(map(v, (struct value){.type = VALUE_DOUBLE, .d = 1}), "misfit");
	CHECK_STR(map(v, (struct value){.type = VALUE_BYTES, .s = str_of("1")}), "misfit");
	CHECK_STR(map(v, (struct value){.type = VALUE_TIME, .s = str_of("2026-01-01")}), "misfit");
	CHECK_STR(map(v, null), "none");
	CHECK(vindex_reverse(v, str_make("abc", 3), &back, &e) < 0);
	CHECK_INT(vindex_props(v)->cost, 1);
	CHECK(vindex_props(v)->unique && vindex_props(v)->reversible && !vindex_props(v)->lookup);
	CHECK_STR(ROW(v, num(1), num(2)), "error");
	vindex_free(v);
}

static void test_text(void)
{
	struct vindex *xx = make("xxhash", NULL), *md5 = make("binary_md5", NULL);
	struct vindex *bin = make("binary", NULL);
	struct vindex_result r;
	struct err e;
	struct value low = {.type = VALUE_BYTES, .s = str_of("ab")};
	struct value high = {.type = VALUE_BYTES, .s = str_of("a\xff")};
	char large[3000];

	CHECK_STR(map(xx, text("test1")), "d01ab7e4d6978f0b");
	CHECK_STR(map(xx, text("test2")), "87eb11714c0a0e89");
	CHECK_STR(map(xx, text("testaverylongvaluetomakesurethisworks")), "81d8c38e0d850e6a");
	CHECK_STR(map(xx, num(1)), "d46405367612b4b7");
	CHECK_STR(map(xx, num(2)), "8b59801662b52160");
	CHECK_STR(map(xx, num(-1)), "d8e2a6a7c8c7623d");
	CHECK_STR(map(xx, big(UINT64_MAX)), "477cfa8d6d8f1f8d");
	CHECK_STR(map(xx, num(INT64_MAX)), "b37eb01f7bffafd8");
	CHECK_STR(map(xx, null), "99e9d85137db46ef");
	CHECK_STR(map(xx, (struct value){.type = VALUE_DOUBLE, .d = 1.5, .s = {"", 0}}), "misfit");
	CHECK_STR(map(md5, text("test1")), "5a105e8b9d40e1329780d62ea2265d8a");
	CHECK_STR(map(md5, text("TEST")), "033bd94b1168d7e4f0d644c3c95e35bf");
	CHECK_STR(map(md5, text("Test")), "0cbc6611f5540bd0809a388dc95a615b");
	CHECK_STR(map(md5, null), "d41d8cd98f00b204e9800998ecf8427e");
	CHECK_STR(map(bin, text("ab")), "6162");
	CHECK_STR(map(bin, num(12)), "3132");
	memset(large, 'x', sizeof(large));
	CHECK(vindex_map(bin, &(struct value){.type = VALUE_BYTES, .s = {large, sizeof(large)}}, 1,
			 &r, &e) == 0);
	CHECK_MEM(r.ksid.p, r.ksid.n, large, sizeof(large));
	CHECK_STR(show(vindex_map_between(bin, &low, &high, &r, &e), &r), "6162..6200");
	CHECK_STR(show(vindex_map_between(bin, &high, &low, &r, &e), &r), "none");
	CHECK_STR(show(vindex_map_between(bin, &(struct value){.type = VALUE_TEXT}, &low, &r, &e),
		       &r),
		  "misfit");
	CHECK(vindex_map_between(xx, &low, &high, &r, &e) < 0 && e.code == ERR_UNSUPPORTED);
	vindex_free(xx);
	vindex_free(md5);
	vindex_free(bin);
}

static void test_unicode(void)
{
	static const struct {
		const char *in, *md5, *xx;
	} vectors[] = {
		{"Test", "0b5edbb401fd7524393690491d64f1f5", "42d21361087a4c07"},
		{"TEST", "0b5edbb401fd7524393690491d64f1f5", "42d21361087a4c07"},
		{"T\xc3\xa9st", "0b5edbb401fd7524393690491d64f1f5", "42d21361087a4c07"},
		{"Te\xcc\x81st", "0b5edbb401fd7524393690491d64f1f5", "42d21361087a4c07"},
		{"Test ", "0b5edbb401fd7524393690491d64f1f5", "42d21361087a4c07"},
		{"B\xc3\xa9st", "c2b2332e4f73d00741026249706f2fb6", "926975b9ce2ec316"},
		{" Test", "a2e3515c7e8df1ffd2ccfc11c6b19dd1", "4fcb8be34ec05775"},
		{"Test\t", "82456dd87a9c7a02b1c2056b5abaa272", "20af87fc36e3fd51"},
		{"T\xc3\xa9stLooong", "9683e12b80430cd453f5dfdfba81c9a5", "d3ea873942b484a7"},
		{"T", "ac0f9179f51db87fe8ecc0cf40cab97a", "f81c3be2d501fe18"},
	};
	struct vindex *md5 = make("unicode_loose_md5", NULL),
		      *xx = make("unicode_loose_xxhash", NULL);
	char *large = malloc(100001);

	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		CHECK_STR(map(md5, text(vectors[i].in)), vectors[i].md5);
		CHECK_STR(map(xx, text(vectors[i].in)), vectors[i].xx);
	}
	CHECK_STR(map(md5, text("\xff")), "misfit");
	CHECK_STR(map(xx, null), "99e9d85137db46ef");
	/* Long enough for the key to need memory: case must still not matter. */
	memset(large, 'a', 100000);
	large[100000] = 0;
	{
		char first[40];

		memcpy(first, map(md5, text(large)), 33);
		memset(large, 'A', 100000);
		CHECK_STR(map(md5, text(large)), first);
	}
	free(large);
	vindex_free(md5);
	vindex_free(xx);
}

static void test_integers(void)
{
	struct vindex *n = make("numeric", NULL), *r = make("reverse_bits", NULL);
	struct vindex *z = make("null", NULL);
	struct vindex_result out;
	struct err e;
	struct value a = num(3), b = num(5), neg = num(-2), max = big(UINT64_MAX), back;

	CHECK_STR(map(n, num(1)), "0000000000000001");
	CHECK_STR(map(n, num(255)), "00000000000000ff");
	CHECK_STR(map(n, num(-1)), "ffffffffffffffff");
	CHECK_STR(map(n, text("8")), "0000000000000008");
	CHECK_STR(map(n, null), "none");
	CHECK_STR(show(vindex_map_between(n, &a, &b, &out, &e), &out),
		  "0000000000000003..0000000000000006");
	CHECK_STR(show(vindex_map_between(n, &b, &a, &out, &e), &out), "none");
	CHECK_STR(show(vindex_map_between(n, &neg, &b, &out, &e), &out), "misfit");
	CHECK_STR(show(vindex_map_between(n, &a, &max, &out, &e), &out), "0000000000000003..");
	CHECK_STR(show(vindex_map_between(n, &a, &null, &out, &e), &out), "none");
	CHECK(vindex_reverse(n, str_make("\0\0\0\0\0\0\0\x9", 8), &back, &e) == 0 && back.u == 9);
	CHECK_STR(map(r, num(1)), "8000000000000000");
	CHECK_STR(map(r, num(2)), "4000000000000000");
	CHECK_STR(map(r, num(3)), "c000000000000000");
	CHECK_STR(map(r, num(4)), "2000000000000000");
	CHECK_STR(map(r, num(5)), "a000000000000000");
	CHECK_STR(map(r, num(6)), "6000000000000000");
	CHECK(vindex_reverse(r, str_make("\xa0\0\0\0\0\0\0\0", 8), &back, &e) == 0 && back.u == 5);
	CHECK_STR(map(z, num(5)), "00");
	CHECK_STR(map(z, null), "00");
	CHECK_INT(vindex_props(z)->cost, 100);
	CHECK_INT(vindex_props(n)->cost, 0);
	vindex_free(n);
	vindex_free(r);
	vindex_free(z);
}

static void test_static_map(void)
{
	struct vindex *v = make("numeric_static_map",
				"{\"json\":\"{\\\"1\\\":174,\\\"2\\\":18446744073709551615}\"}");
	struct err e;

	CHECK_STR(map(v, num(1)), "00000000000000ae");
	CHECK_STR(map(v, num(2)), "ffffffffffffffff");
	CHECK_STR(map(v, num(3)), "0000000000000003");
	CHECK_STR(map(v, text("1")), "00000000000000ae");
	CHECK_STR(map(v, text("x")), "misfit");
	vindex_free(v);
	v = make("numeric_static_map", "{\"json\":\"{\\\"1\\\":2}\",\"fallback_type\":\"xxhash\"}");
	CHECK_STR(map(v, num(1)), "0000000000000002");
	CHECK_STR(map(v, num(2)), "8b59801662b52160");
	vindex_free(v);
	CHECK(!make_e("numeric_static_map", NULL, &e));
	CHECK(!make_e("numeric_static_map", "{\"json\":\"{}\",\"json_path\":\"x\"}", &e));
	CHECK(!make_e("numeric_static_map", "{\"json_path\":\"/nonexistent/file\"}", &e));
	CHECK(!make_e("numeric_static_map", "{\"json\":\"{\\\"a\\\":1}\"}", &e));
	CHECK(!make_e("numeric_static_map", "{\"json\":\"{\\\"1\\\":-1}\"}", &e));
	CHECK(!make_e("numeric_static_map", "{\"json\":\"{\\\"1\\\":1.5}\"}", &e));
	CHECK(!make_e("numeric_static_map", "{\"json\":\"[1]\"}", &e));
	CHECK(!make_e("numeric_static_map", "{\"json\":\"{}\",\"fallback_type\":\"cfc\"}", &e));
	CHECK(!make_e("numeric_static_map", "{\"json\":\"{}\",\"fallback_type\":\"nope\"}", &e));
}

static void test_multicol(void)
{
	struct vindex *v = make("multicol", "{\"column_count\":\"3\",\"column_bytes\":\"3,3,2\","
					    "\"column_vindex\":\"hash,hash,hash\"}");
	struct err e;

	CHECK_STR(ROW(v, num(1), num(1), num(1)), "166b40166b40166b");
	CHECK_STR(ROW(v, num(255), num(1), num(1)), "254e88166b40166b");
	CHECK_STR(ROW(v, num(256), num(1), num(1)), "dd7c0b166b40166b");
	CHECK_STR(ROW(v, num(1)), "166b40..166b41");
	CHECK_STR(ROW(v, num(1), num(1)), "166b40166b40..166b40166b41");
	CHECK_STR(ROW(v, num(1), null, num(1)), "none");
	CHECK_STR(ROW(v, num(1), text("x"), num(1)), "misfit");
	CHECK_STR(ROW(v, num(1), num(1), num(1), num(1)), "error");
	CHECK_INT(vindex_props(v)->cost, 3);
	CHECK(!vindex_unknown_param(v, 0));
	vindex_free(v);
	/* Bytes left out: 8 = 3 + 3 + 2. A short column is filled up with zeros. */
	v = make("multicol",
		 "{\"column_count\":\"3\",\"column_vindex\":\" binary ,,xxhash\",\"odd\":\"1\"}");
	CHECK_STR(ROW(v, text("a"), num(1), text("test1")), "610000166b40d01a");
	CHECK_STR(ROW(v, text("\xff\xff\xff\xff")), "ffffff..");
	CHECK_STR(ROW(v, text("")), "..");
	CHECK_STR(vindex_unknown_param(v, 0), "odd");
	vindex_free(v);
	v = make("multicol", "{\"column_count\":\"2\",\"column_vindex\":\"numeric_static_map\","
			     "\"json\":\"{\\\"1\\\":1}\"}");
	CHECK(!vindex_unknown_param(v, 0));
	vindex_free(v);
	CHECK(!make_e("multicol", NULL, &e));
	CHECK(!make_e("multicol", "{\"column_count\":\"9\"}", &e));
	CHECK(!make_e("multicol", "{\"column_count\":\"0\"}", &e));
	CHECK(!make_e("multicol", "{\"column_count\":\"2\",\"column_bytes\":\"5,4\"}", &e));
	CHECK(!make_e("multicol", "{\"column_count\":\"2\",\"column_bytes\":\"8\"}", &e));
	CHECK(!make_e("multicol", "{\"column_count\":\"2\",\"column_bytes\":\"1,1,1\"}", &e));
	CHECK(!make_e("multicol", "{\"column_count\":\"2\",\"column_bytes\":\"-1,1\"}", &e));
	CHECK(!make_e("multicol", "{\"column_count\":\"1\",\"column_vindex\":\"hash,hash\"}", &e));
	CHECK(!make_e("multicol", "{\"column_count\":\"1\",\"column_vindex\":\"cfc\"}", &e));
	CHECK(!make_e("multicol", "{\"column_count\":\"1\",\"column_vindex\":\"lookup\"}", &e));
}

static void test_region(void)
{
	struct vindex *one = make("region_experimental", "{\"region_bytes\":\"1\"}");
	struct vindex *two = make("region_experimental", "{\"region_bytes\":\"2\"}");
	struct vindex *json =
		make("region_json",
		     "{\"region_bytes\":\"1\",\"region_map\":\"{\\\"US\\\":1,\\\"FR\\\":258}\"}");
	struct err e;

	CHECK_STR(ROW(one, num(1), num(1)), "01166b40b44aba4bd6");
	CHECK_STR(ROW(one, num(255), num(1)), "ff166b40b44aba4bd6");
	CHECK_STR(ROW(one, num(256), num(1)), "00166b40b44aba4bd6");
	CHECK_STR(ROW(two, num(1), num(1)), "0001166b40b44aba4bd6");
	CHECK_STR(ROW(two, num(256), num(1)), "0100166b40b44aba4bd6");
	CHECK_STR(ROW(two, num(0x10000), num(1)), "0000166b40b44aba4bd6");
	CHECK_STR(ROW(one, num(1)), "01..02");
	CHECK_STR(ROW(one, num(255)), "ff..");
	CHECK_STR(ROW(one, null, num(1)), "none");
	CHECK_STR(ROW(one, num(1), text("x")), "misfit");
	CHECK_STR(ROW(json, num(1), text("US")), "01166b40b44aba4bd6");
	CHECK_STR(ROW(json, num(1), text("FR")), "02166b40b44aba4bd6");
	CHECK_STR(ROW(json, num(1), text("XX")), "misfit");
	CHECK_STR(ROW(json, num(1), null), "none");
	CHECK_STR(ROW(json, num(1)), "error");
	CHECK(!make_e("region_experimental", NULL, &e));
	CHECK(!make_e("region_experimental", "{\"region_bytes\":\"3\"}", &e));
	CHECK(!make_e("region_json", "{\"region_bytes\":\"1\"}", &e));
	CHECK(!make_e("region_json", "{\"region_bytes\":\"1\",\"region_map\":\"/nonexistent\"}",
		      &e));
	vindex_free(one);
	vindex_free(two);
	vindex_free(json);
}

static const char *prefix(const struct vindex *v, const char *pattern)
{
	struct vindex_result r;
	struct err e;

	return show(vindex_map_prefix(v, str_of(pattern), &r, &e), &r);
}

static void test_cfc(void)
{
	static const char tail[] = "\1\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd\xe\xf\x10\x11\x12";
	struct vindex *md5 = make("cfc", "{\"hash\":\"md5\",\"offsets\":\"[3,5]\"}");
	struct vindex *xx = make("cfc", "{\"hash\":\"xxhash64\",\"offsets\":\"[3, 5]\"}");
	struct vindex *plain = make("cfc", NULL);
	char whole[64];
	struct err e;

	CHECK_STR(map(md5, text("\x0c\xea\x02\x07\x01\x06")), "c3fd2df68906");
	CHECK_STR(map(xx, text("\x0c\xea\x02\x07\x01\x06")), "c1c5fce100a5");
	CHECK_STR(map(md5, text("\x05\x15\x7c\x4b\x05")), "e6d45c688a");
	CHECK_STR(map(xx, text("\x05\x15\x7c\x4b\x05")), "e83b66f7f0");
	memcpy(whole, "\x05\x15\x7c\x4b\x05", 5);
	memcpy(whole + 5, tail, sizeof(tail));
	CHECK_STR(map(md5, text(whole)), "e6d45c688a0f514b1f70495f72ee834a83866e3a45");
	CHECK_STR(map(xx, text(whole)), "e83b66f7f0f1302f078dc3f151");
	CHECK_STR(map(md5, text("abcd")), "error");
	CHECK_STR(prefix(md5, "\x03\x04\x05%"), "150785..150786");
	CHECK_STR(prefix(md5, "\x03\x04\x05\x06%"), "150785..150786");
	CHECK_STR(prefix(md5, "\x03\x04%"), "..");
	CHECK_STR(prefix(md5, "%"), "..");
	CHECK_STR(map(plain, text("ab")), "6162");
	CHECK_STR(prefix(plain, "ab%cd"), "6162..6163");
	CHECK_STR(prefix(plain, "a_"), "61..62");
	CHECK_STR(prefix(plain, "a\\%b%"), "612562..612563");
	CHECK_STR(prefix(plain, "\xff%"), "ff..");
	CHECK(!make_e("cfc", "{\"hash\":\"sha\"}", &e));
	CHECK(!make_e("cfc", "{\"hash\":\"md5\"}", &e));
	CHECK(!make_e("cfc", "{\"hash\":\"md5\",\"offsets\":\"[]\"}", &e));
	CHECK(!make_e("cfc", "{\"hash\":\"md5\",\"offsets\":\"[3,3]\"}", &e));
	CHECK(!make_e("cfc", "{\"hash\":\"md5\",\"offsets\":\"[0]\"}", &e));
	CHECK(!make_e("cfc", "{\"hash\":\"md5\",\"offsets\":\"[1.5]\"}", &e));
	CHECK(!make_e("cfc", "{\"hash\":\"md5\",\"offsets\":\"1,2\"}", &e));
	vindex_free(md5);
	vindex_free(xx);
	vindex_free(plain);
}

static void test_lookup(void)
{
	struct vindex *v =
		make("lookup_hash_unique", "{\"table\":\"t\",\"from\":\"a,b\",\"to\":\"k\",\"write_"
					   "only\":\"true\",\"zzz\":\"1\"}");
	struct vindex_result r;
	struct value values[2] = {num(1), num(2)};
	struct err e;

	CHECK(vindex_map(v, values, 2, &r, &e) < 0 && e.code == ERR_UNSUPPORTED);
	CHECK(strstr(e.msg, "lookup_hash_unique") != NULL);
	CHECK(vindex_props(v)->lookup && vindex_props(v)->unique && vindex_props(v)->backfill);
	CHECK_INT(vindex_props(v)->columns, 2);
	CHECK_INT(vindex_props(v)->cost, 10);
	CHECK_STR(vindex_unknown_param(v, 0), "zzz");
	CHECK(!vindex_unknown_param(v, 1));
	vindex_free(v);
	v = make("consistent_lookup",
		 "{\"table\":\"t\",\"from\":\"a\",\"to\":\"k\",\"autocommit\":\"true\"}");
	CHECK_STR(vindex_unknown_param(v, 0), "autocommit");
	CHECK(!vindex_props(v)->unique);
	vindex_free(v);
	CHECK(!make_e("lookup", "{\"from\":\"a\",\"to\":\"k\"}", &e));
	CHECK(!make_e("lookup",
		      "{\"table\":\"t\",\"from\":\"a\",\"to\":\"k\",\"autocommit\":\"yes\"}", &e));
	CHECK(!make_e("lookup", "{\"table\":\"t\",\"from\":\"a\",\"to\":\"k\",\"read_lock\":\"x\"}",
		      &e));
	CHECK(!make_e("lookup", "{\"table\":1,\"from\":\"a\",\"to\":\"k\"}", &e));
	CHECK(!make_e("nope", NULL, &e));
	CHECK_STR(e.msg, "vindex v: there is no vindex type 'nope'");
	CHECK(vindex_known_type("consistent_lookup_unique") && !vindex_known_type("x"));
}

/* Not a pass or fail on a shared machine, but a number to look at. */
static void show_speed(void)
{
	struct vindex *v = make("hash", NULL);
	struct vindex_result r;
	uint64_t start = clk_mono_us(), n = 200000;
	int bad = 0;

	for (uint64_t i = 0; i < n; i++) {
		struct value value = num((int64_t)i);

		bad += vindex_map(v, &value, 1, &r, NULL) < 0;
	}
	CHECK_INT(bad, 0);
	printf("# hash: %.0f ns a value\n", (double)(clk_mono_us() - start) * 1000 / (double)n);
	vindex_free(v);
}

int main(void)
{
	test_hash();
	test_text();
	test_unicode();
	test_integers();
	test_static_map();
	test_multicol();
	test_region();
	test_cfc();
	test_lookup();
	show_speed();
	return TAP_DONE();
}
