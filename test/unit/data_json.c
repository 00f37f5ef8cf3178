/* JSON as text and the paths into it; what a server makes of them is compared in test/compare/test_eval.py. */
#include "src/base/arena.h"
#include "src/data/jsonpath.h"
#include "src/data/jsontext.h"
#include "test/lib/tap.h"

static struct arena a;

static const char *text_of(const struct jsontext *j, bool loose)
{
	static char text[300];
	struct str s;

	if (!j || !jsontext_print(j, loose, &a, &s))
		return "none";
	snprintf(text, sizeof(text), "%.*s", STR_ARG(s));
	return text;
}

static void parse(const char *text, const char *want)
{
	enum jsontext_error e;
	struct jsontext *j = jsontext_parse(&a, str_of(text), &e);

	printf("# %s\n", text);
	CHECK_STR(e == JSONTEXT_OK ? text_of(j, true) : "wrong", want);
}

static void texts(void)
{
	parse(" [ 1 , { \"a\" : [ ] , \"b\":{ } } ] ", "[1, {\"a\": [], \"b\": {}}]");
	parse("\"a\\qb\\u00e9\\ud83d\\ude00\"", "\"a\\qb\\u00e9\\ud83d\\ude00\"");
	parse("-0", "-0");
	parse("1.", "1.");
	parse("0e1", "0e1");
	parse("true", "true");
	parse("", "wrong");
	parse("01", "wrong");
	parse("1e", "wrong");
	parse("-", "wrong");
	parse(".5", "wrong");
	parse("[1,]", "wrong");
	parse("{\"a\":1,}", "wrong");
	parse("{a:1}", "wrong");
	parse("[1 2]", "wrong");
	parse("[1", "wrong");
	parse("[1}", "wrong");
	parse("1 2", "wrong");
	parse("truex", "wrong");
	parse("\"a\tb\"", "wrong");
	parse("\"\\u12\"", "wrong");
	parse("\"\\ud800\"", "wrong");
	parse("\"a\\", "wrong");
}

static void depth(void)
{
	char text[200];
	enum jsontext_error e;
	struct jsontext *j;

	for (int n = 30; n <= 33; n++) {
		memset(text, '[', (size_t)n);
		memset(text + n, ']', (size_t)n);
		j = jsontext_parse(&a, str_make(text, 2 * (size_t)n), &e);
		CHECK((e == JSONTEXT_OK) == (n <= JSONTEXT_MAX_DEPTH));
		CHECK(n > JSONTEXT_MAX_DEPTH || jsontext_depth(j) == (unsigned)n);
	}
}

static void part(const char *text, const char *path, const char *want)
{
	enum jsontext_error e;
	struct jsontext *root = jsontext_parse(&a, str_of(text), &e);
	struct jsonpath p;

	printf("# %s of %s\n", path, text);
	if (jsonpath_parse(&a, str_of(path), &p))
		CHECK_STR("wrong", want);
	else
		CHECK_STR(text_of(jsonpath_first(&p, root), false), want);
}

static void paths(void)
{
	part("{\"a\":[1,{\"b\":2}]}", "$", "{\"a\":[1,{\"b\":2}]}");
	part("{\"a\":[1,{\"b\":2}]}", "$.a[1].b", "2");
	part("{\"a\":[1,{\"b\":2}]}", "$.a[last].b", "2");
	part("{\"a\":[1,{\"b\":2}]}", "$.a[last-1]", "1");
	part("{\"a\":[1,{\"b\":2}]}", "$.a[-2]", "1");
	part("{\"a\":[1,{\"b\":2}]}", "$**.b", "2");
	part("{\"a\":[1,{\"b\":2}]}", "$.*[1 to 2]", "{\"b\":2}");
	part("{\"a\":[1,{\"b\":2}]}", "$[0].a[0][0]", "1");
	part("{\"a\":[1,{\"b\":2}]}", "$.b", "none");
	part("{\"a b\":1}", "$.a b", "1");
	part("{\"a b\":1}", "$.\"a b\"", "1");
	part("5", "$[*]", "none");
	part("5", "$x", "wrong");
	part("5", "", "wrong");
	part("5", "$.", "wrong");
	part("5", "$[", "wrong");
	part("5", "$[]", "wrong");
	part("5", "$**", "wrong");
	part("5", "$.a*", "wrong");
	part("5", "$**[0]", "wrong");
	part("5", "$[99999999999]", "wrong");
}

/* Many ** over deep JSON take no longer than few. */
static void deep(void)
{
	struct str path = STR_LIT("$**.a**.a**.a**.a**.a**.a**.a**.a**.a**.a**.a**.a**.a**.b"), text = {0};
	char buf[400] = "1";

	for (int i = 0; i < 31; i++) {
		size_t n = strlen(buf);

		memmove(buf + 5, buf, n);
		memcpy(buf, "{\"a\":", 5);
		memcpy(buf + 5 + n, "}", 2);
	}
	text = str_of(buf);
	part(text.p, path.p, "none");
}

static void escapes(void)
{
	struct str s;
	bool bad;
	enum jsontext_error e;
	struct jsontext *j;

	CHECK(jsontext_escape(&a, STR_LIT("a\"\\\n\x1f/"), CHARSET_UTF8MB4, CHARSET_UTF8MB4, &s));
	CHECK(str_eqz(s, "a\\\"\\\\\\n\\u001F/"));
	CHECK(jsontext_escape(&a, STR_LIT("\xc3\xa9\xf0\x9f\x98\x80"), CHARSET_UTF8MB4, CHARSET_BINARY, &s));
	CHECK(str_eqz(s, "\xe9\\uD83DDE00"));
	CHECK(jsontext_escape(&a, STR_LIT("\xff"), CHARSET_BINARY, CHARSET_UTF8MB4, &s));
	CHECK(str_eqz(s, "\xc3\xbf"));
	CHECK(jsontext_unescape(&a, STR_LIT("\\u0041\\t\\q\\u00e9"), CHARSET_LATIN1, &s, &bad));
	CHECK(!bad && str_eqz(s, "A\tq\xe9"));
	CHECK(jsontext_unescape(&a, STR_LIT("\\u65e5"), CHARSET_LATIN1, &s, &bad) && bad);
	j = jsontext_parse(&a, STR_LIT("{\"a\\u0062\":{\"c\":1}}"), &e);
	CHECK(jsontext_unescape_keys(&a, j, CHARSET_UTF8MB4));
	CHECK(str_eqz(j->child->name, "ab"));
	CHECK(jsontext_following(j) == j->child && !jsontext_following(j->child->child));
}

/* Every amount of memory gives the tree or "out of memory". */
static void little_memory(void)
{
	bool whole = false;

	for (size_t limit = 100; limit < 100000 && !whole; limit += 100) {
		struct arena small;
		enum jsontext_error e;

		arena_init(&small, limit);
		jsontext_parse(&small, STR_LIT("{\"a\":[1,2,{\"b\":[]}]}"), &e);
		whole = e == JSONTEXT_OK;
		if (!whole && e != JSONTEXT_NOMEM)
			break;
		arena_fini(&small);
	}
	CHECK(whole);
}

int main(void)
{
	arena_init(&a, 0);
	texts();
	depth();
	paths();
	deep();
	escapes();
	little_memory();
	arena_fini(&a);
	return TAP_DONE();
}
