#include "src/base/json.h"
#include "test/lib/tap.h"

static void test_read(void)
{
	static const char text[] = "{\"a\": {\n \"list\": [1, \"x\",\n {\"deep\": true}],\n \"n\": \"9007199254740993\"},\n"
				   "\"s\":\"h\\u00e9\"}";
	const char *const deep[] = {"a", "list", "2", "deep"}, *const n[] = {"a", "n"}, *const s[] = {"s"};
	const char *const none[] = {"a", "list", "3"};
	struct str t = STR_LIT(text);
	struct err e;
	struct cJSON *d = json_parse(t, &e);

	CHECK(d != NULL);
	CHECK_INT(json_int(json_get(json_get(d, "a"), "n"), 0), 9007199254740993);
	CHECK_STR(json_string(json_get(d, "s"), NULL), "h\xc3\xa9");
	CHECK(json_bool(json_get(json_at(json_get(json_get(d, "a"), "list"), 2), "deep"), false));
	CHECK_INT(json_type(json_get(json_get(d, "zz"), "y")), JSON_NONE);
	CHECK_INT(json_len(json_get(json_get(d, "a"), "list")), 3);
	CHECK_INT(json_line(t, deep, 4), 3);
	CHECK_INT(json_line(t, n, 2), 4);
	CHECK_INT(json_line(t, s, 1), 5);
	CHECK_INT(json_line(t, none, 3), 0);
	json_free(d);
	CHECK(json_parse(STR_LIT("{\"a\":\n\n 1,, }"), &e) == NULL);
	CHECK_STR(e.msg, "invalid JSON at line 3");
	CHECK(json_parse(STR_LIT("{} x"), &e) == NULL);
	CHECK(json_parse(STR_LIT(""), &e) == NULL);
	CHECK_INT(e.code, ERR_PARSE);
}

static void test_write(void)
{
	struct json_out o;
	struct buf b;

	buf_init(&b);
	json_out_init(&o, &b, false);
	json_out_object(&o, NULL);
	json_out_str(&o, "k", STR_LIT("a\"\\\n\x01\xff\xc3\xa9"));
	json_out_array(&o, "l");
	json_out_int(&o, NULL, -3);
	json_out_bool(&o, NULL, true);
	json_out_null(&o, NULL);
	json_out_double(&o, NULL, 0.5);
	json_out_end_array(&o);
	json_out_object(&o, "e");
	json_out_end_object(&o);
	json_out_end_object(&o);
	CHECK_STR(buf_cstr(&b),
		  "{\"k\":\"a\\\"\\\\\\n\\u0001\xef\xbf\xbd\xc3\xa9\",\"l\":[-3,true,null,0.5],\"e\":{}}");
	buf_reset(&b);
	json_out_init(&o, &b, true);
	json_out_object(&o, NULL);
	json_out_int(&o, "a", 1);
	json_out_array(&o, "b");
	json_out_end_array(&o);
	json_out_end_object(&o);
	CHECK_STR(buf_cstr(&b), "{\n  \"a\": 1,\n  \"b\": []\n}");
	buf_fini(&b);
}

int main(void)
{
	test_read();
	test_write();
	return TAP_DONE();
}
