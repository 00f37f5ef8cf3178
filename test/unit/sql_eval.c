/* Expressions: values, types, errors. A server is asked about many more in test/compare/test_eval.py. */
#include "sql/eval/eval.h"
#include "sql/parse/parse.h"
#include "test/lib/tap.h"

struct result {
	char value[200], type[32];
	unsigned warnings, mysql_errno, length, decimals;
	bool nullable;
};

/* The columns there are: e ENUM('one', 'two'), s SET('a', 'b', 'c'), b BIT(8), z INT(4) ZEROFILL,
 * j TEXT. */
static int find_column(void *arg, const struct ast_column *c, struct expr_type *t, uint32_t *number,
		       struct err *e)
{
	static const struct str enum_names[] = {{"one", 3}, {"two", 3}}, set_names[] = {{"a", 1}, {"b", 1}, {"c", 1}};
	static const struct expr_members members[] = {{2, enum_names}, {3, set_names}};
	static const struct expr_type types[] = {
		{.type = TYPE_ENUM, .length = 12, .members = &members[0]},
		{.type = TYPE_SET, .length = 20, .members = &members[1]},
		{.type = TYPE_BIT, .length = 8, .is_unsigned = true},
		{.type = TYPE_LONG, .length = 4, .is_unsigned = true, .zerofill = 4},
		{.type = TYPE_BLOB, .length = 65535, .nullable = true},
	};
	size_t at = c->name.n == 1 ? strcspn("esbzj", (char[]){c->name.p[0], 0}) : 5;

	(void)arg;
	if (at > 4)
		return err_set_mysql(e, ERR_BAD_FIELD, 1054, "42S22", "Unknown column");
	*t = types[at];
	t->collation = collation_get(at < 2 || at == 4 ? 45 : TYPE_CHARSET_BINARY);
	t->derivation = at < 2 || at == 4 ? EXPR_IMPLICIT : EXPR_NUMERIC;
	*number = (uint32_t)at;
	return 0;
}

static void column_value(void *arg, uint32_t number, struct datum *out)
{
	static const struct datum values[] = {
		{.kind = DATUM_STRING, .s = {"two", 3}},
		{.kind = DATUM_STRING, .s = {"a,c", 3}},
		{.kind = DATUM_INT, .is_unsigned = true, .i = 65},
		{.kind = DATUM_INT, .is_unsigned = true, .i = 42},
		{.kind = DATUM_STRING, .s = STR_LIT("{\"a\": [1, \"x y\"]}")},
	};

	(void)arg;
	*out = values[number];
}

/* Computes @text with at most @limit bytes (0: any) of memory. */
static struct result compute(const char *text, size_t limit, bool fold)
{
	struct result r = {.value = "error"};
	struct expr_session s;
	struct expr_env env = {0};
	struct ast_node *n;
	struct expr *x;
	struct arena a;
	struct eval v;
	struct datum d;
	struct str out;

	expr_session_init(&s);
	s.now_usec = INT64_C(1700000000000000);
	arena_init(&a, limit);
	eval_init(&v, &a, &s);
	env.arena = &a;
	env.session = &s;
	env.text = v.text = str_of(text);
	env.column = find_column;
	v.column = column_value;
	n = parse_expr(&a, &env.lex, env.text, &v.e);
	x = n ? eval_build(&v, &env, n) : NULL;
	if (x && (!fold || eval_fold(&a, &s, x, &v.e)) &&
	    eval_run(&v, x, &d) == 0 && eval_text(&v, x, &d, &out) == 0) {
		snprintf(r.value, sizeof(r.value), "%.*s", out.p ? (int)out.n : 4, out.p ? out.p : "NULL");
		snprintf(r.type, sizeof(r.type), "%s", expr_type_name(&x->t));
		r.nullable = x->t.nullable;
		r.length = x->t.length;
		r.decimals = x->t.decimals;
		r.warnings = v.warnings;
	} else {
		r.mysql_errno = v.e.mysql_errno;
	}
	arena_fini(&a);
	return r;
}

static const struct {
	const char *text, *value, *type;
	unsigned warnings;
} cases[] = {
	{"1 + 1", "2", "int", 0},
	{"9223372036854775807 + 0", "9223372036854775807", "bigint", 0},
	{"1 / 3", "0.3333", "decimal", 0},
	{"1 / 0", "NULL", "decimal", 1},
	{"7 DIV 2", "3", "int", 0},
	{"'12abc' + 1", "13", "double", 1},
	{"0x41 + 0", "65", "int unsigned", 0},
	{"x'41' + 0", "0", "double", 1},
	{"NULL = 1", "NULL", "int", 0},
	{"NULL <=> NULL", "1", "int", 0},
	{"1 IN (2, NULL)", "NULL", "int", 0},
	{"(1, 2) = (1, 3)", "0", "int", 0},
	{"'a' = 'A '", "1", "int", 0},
	{"'a' COLLATE utf8mb4_bin = 'A'", "0", "int", 0},
	{"'Hello' LIKE 'h%o'", "1", "int", 0},
	{"'10_' LIKE '10x_' ESCAPE 'x'", "1", "int", 0},
	{"2 LIKE 2 ESCAPE (3 & 4)", "1", "int", 0},
	{"'abc' REGEXP 'B'", "1", "int", 0},
	{"CASE 2 WHEN 1 THEN 'a' WHEN 2 THEN 2.5 END", "2.5", "varchar", 0},
	{"COALESCE(NULL, 1, 2.5)", "1.0", "decimal", 0},
	{"CAST('1.456' AS DECIMAL(5,2))", "1.46", "decimal", 0},
	{"CAST('2020-02-30' AS DATE)", "NULL", "date", 1},
	{"CAST(-1 AS UNSIGNED)", "18446744073709551615", "bigint unsigned", 1},
	{"CAST(-1.5e0 AS UNSIGNED)", "0", "bigint unsigned", 1},
	{"DATE_FORMAT(TIME'-100:11:12', '%Y-%m-%d %H %D')", "-0000-00-00 100 0th", "varchar", 0},
	{"TIME_FORMAT(TIME'10:11:12', '%H %Y')", "NULL", "varchar", 0},
	{"DATE('x') = 0", "1", "int", 1},
	{"DATE('2020-02-30') = '2020-02-30'", "1", "int", 0},
	{"COALESCE(DATE('x'), DATE'2020-01-01')", "2020-01-01", "date", 1},
	{"GREATEST('9', '10') + 0", "10", "double", 0},
	{"CAST(GREATEST('9', '10') AS SIGNED)", "9", "int", 0},
	{"LEAST('x', DATE'2020-01-01')", "0000-00-00", "date", 1},
	{"GREATEST(TIME'10:00:00', TIME'9:00:00')", "10:00:00", "time", 0},
	{"FIELD(DATE'2020-01-01', 'x', '2020-01-01')", "2", "int", 0},
	{"INTERVAL(20200102, DATE'2020-01-01', TIME'838:00:00')", "2", "int", 0},
	{"EXTRACT(DAY FROM '40 10:11:12')", "40", "int", 0},
	{"EXTRACT(DAY_HOUR FROM '20200131')", "3100", "int", 0},
	{"EXTRACT(HOUR FROM '87649416:00:00')", "NULL", "int", 1},
	{"ADDTIME('10:11:12.5', '999:00:00')", "838:59:59.999999", "char", 1},
	{"ADDTIME('2020-01-01 00:00:00', 1)", "2020-01-01 00:00:01", "char", 0},
	{"ADDDATE('2020-01-01', 1) + 0", "20200102", "double", 0},
	{"TIMEDIFF(DATE'2020-01-01', TIMESTAMP'2020-01-01 00:00:00')", "NULL", "time", 0},
	{"PERIOD_ADD(0, 5)", "0", "int", 0},
	{"'18000000000000000001' = 18000000000000000000", "0", "int", 0},
	{"NULL IN ('x' + 0, 1)", "NULL", "int", 0},
	{"LEFT('abc', 'x')", "", "varchar", 2},
	{"-1 % 0.5", "-0.0", "decimal", 0},
	{"(-1 % 0.5) + 0", "0.0", "decimal", 0},
	{"TIME('9000000061')", "NULL", "time", 1},
	{"TIME(-9000000000)", "-838:59:59", "time", 1},
	{"TIME('::1')", "NULL", "time", 1},
	{"MICROSECOND(1.9999996)", "NULL", "int", 1},
	{"CAST(20010203040506.789e0 AS DATETIME(6))", "2001-02-03 04:05:06.789062", "datetime", 0},
	{"DAYNAME(TIMEDIFF(TIME'10:00:00', TIME'9:00:00'))", "NULL", "varchar", 0},
	{"GREATEST(DATE'2020-01-01', '2025-02-29')", "NULL", "date", 1},
	{"'a' BETWEEN 'b' COLLATE utf8mb4_bin AND 5", "1", "int", 2},
	{"NVL2('x' + 1 < 2, 1, 2)", "1", "int", 1},
	{"NVL2('x' < 2, 1, 2)", "1", "int", 0},
	{"HEX(12345678901234567890.5)", "AB54A98CEB1F0800", "varchar", 0},
	{"RPAD('abc', 5, '')", "NULL", "varchar", 0},
	{"0 - (-9223372036854775807 - 1)", "-9223372036854775808", "bigint", 0},
	{"STR_TO_DATE('5th Jan 20 10:11 PM', '%D %b %y %h:%i %p')", "2020-01-05 22:11:00", "datetime", 0},
	{"STR_TO_DATE('10 5', '%d %H')", "245:00:00", "time", 0},
	{"STR_TO_DATE('200442 Monday', '%X%V %W')", "2004-10-18", "date", 0},
	{"STR_TO_DATE('2020-01-02x', '%Y-%m-%d')", "2020-01-02", "date", 1},
	{"STR_TO_DATE('-5', '%d')", "NULL", "date", 1},
	{"STR_TO_DATE('1.5', '%s.%f')", "00:00:01.500000", "time", 0},
	{"GET_FORMAT(DATE, 'eur')", "%d.%m.%Y", "varchar", 0},
	{"JSON_EXTRACT('{\"a\":[1,{\"b\":2}]}', '$.a')", "[1, {\"b\": 2}]", "varchar", 0},
	{"JSON_EXTRACT('{\"a\":[1,{\"b\":2}]}', '$.a[0]', '$**.b')", "[1, 2]", "varchar", 0},
	{"JSON_EXTRACT('[1', '$[0]')", "NULL", "varchar", 1},
	{"j -> '$.a[1]'", "\"x y\"", "mediumtext", 0},
	{"j ->> '$.a[1]'", "x y", "mediumtext", 0},
	{"j -> '$.b'", "NULL", "mediumtext", 0},
	{"JSON_EXTRACT('[\"12x\"]', '$[0]') + 1", "13", "double", 0},
	{"JSON_EXTRACT('[\"x\"]', '$[0]') = 'x'", "1", "int", 0},
	{"JSON_VALUE('[1', '$[0]')", "1", "varchar", 0},
	{"JSON_VALUE('{\"a\":\"\\\\u0041\"}', '$.a')", "A", "varchar", 0},
	{"JSON_QUERY('{\"a\":[1,  2]}', '$.a')", "[1,  2]", "varchar", 0},
	{"JSON_ARRAY(1, 'a\"', NULL, TRUE, JSON_OBJECT('k', 2.5))", "[1, \"a\\\"\", null, true, {\"k\": 2.5}]", "varchar", 0},
	{"TIMESTAMP'2024-01-01 00:00:00' + INTERVAL 18446744073709551614 YEAR", "2022-01-01 00:00:00", "datetime", 0},
	{"TIMESTAMP'2024-01-01 00:00:00' + INTERVAL 18446744073709551614 QUARTER", "NULL", "datetime", 1},
	{"FORMAT(-1e-5, 2)", "0.00", "varchar", 0},
	{"JSON_ARRAY(JSON_KEYS('{\"a\":1}'))", "[\"[\\\"a\\\"]\"]", "varchar", 0}, /* is no JSON */
	{"JSON_EXTRACT('\"12x\"', '$') = 12", "1", "int", 1},
	{"JSON_EXTRACT('\"12x\"', '$') + 0", "12", "double", 0},
	{"SEC_TO_TIME(HEX(123456))", "00:00:01", "time", 1}, /* 1E240, as an integer */
	{"SEC_TO_TIME('5.5')", "00:00:05.500000", "time", 0},
	{"JSON_ARRAY(ROUND(TRUE), CEIL(1 = 1), TRUNCATE(FALSE, 1), ROUND(TRUE, -1))", "[true, true, false, 0]", "varchar", 0},
	{"JSON_ARRAY(COALESCE(TRUE, FALSE), COALESCE(TRUE, NULL), IF(1, TRUE, NULL), NULLIF(TRUE, 2))", "[true, 1, true, true]", "varchar", 0},
	{"JSON_SET('{\"a\":1}', '$.a', 'x', '$.b[1]', 5, '$.c', 2)", "{\"a\": \"x\", \"c\": 2}", "varchar", 0},
	{"JSON_SET('1', '$[1]', 5)", "[1, 5]", "varchar", 0},
	{"JSON_INSERT('[1,2]', '$[0]', 5)", "[1, 2]", "varchar", 0},
	{"JSON_REPLACE('[1,2]', '$[2]', 5)", "[1, 2]", "varchar", 0},
	{"JSON_REMOVE('[1,2,3]', '$[last]')", "[1, 2]", "varchar", 0},
	{"JSON_MERGE_PATCH('{\"a\":1,\"b\":2}', '{\"a\":null,\"c\":{\"d\":null}}')", "{\"b\": 2, \"c\": {}}", "varchar", 0},
	{"JSON_CONTAINS('{\"a\":[1,2]}', '{\"a\":2.0}')", "1", "int", 0},
	{"JSON_CONTAINS_PATH('{\"a\":1}', 'all', '$.a', '$.b')", "0", "int", 0},
	{"JSON_KEYS('{\"a\":1,\"b\":2,\"a\":3}')", "[\"a\", \"b\"]", "varchar", 0},
	{"JSON_LENGTH('[1,[2]]')", "2", "int", 0},
	{"JSON_DEPTH('[1,[2]]')", "3", "int", 0},
	{"JSON_TYPE('1.')", "DOUBLE", "varchar", 0},
	{"JSON_UNQUOTE('\"a')", "\"a", "varchar", 1},
	{"JSON_QUOTE('a\"')", "\"a\\\"\"", "varchar", 0},
	{"JSON_COMPACT('[1, 2]')", "[1,2]", "varchar", 0},
	{"JSON_VALID('[1,]')", "0", "int", 1},
	{"REGEXP_REPLACE('xaxb', 'x?', '-')", "-axb", "longtext", 0},
	{"DATE'2020-01-31' + INTERVAL 1 MONTH", "2020-02-29", "date", 0},
	{"DATE'2020-01-31' + INTERVAL 4 SECOND_MICROSECOND", "2020-01-31 00:00:00.400000", "datetime", 0},
	{"NOW()", "2023-11-14 22:13:20", "datetime", 0},
	{"SUBSTRING('\xe6\x97\xa5\xe6\x9c\xac', 2)", "\xe6\x9c\xac", "varchar", 0},
	{"ROUND(-1.55, 1)", "-1.6", "decimal", 0},
	{"ROUND(2.5e0)", "2", "double", 0},
	{"SHA2('abc', 224)", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7", "varchar", 0},
	{"INET_NTOA(INET_ATON('10.1'))", "10.0.0.1", "varchar", 0},
	{"'3 ' + 0", "3", "double", 1},
	{"DATE'2020-01-01' + INTERVAL '1.1234567' SECOND_MICROSECOND", "2020-01-01 00:00:01.123456", "datetime", 0},
	{"DATE'2020-01-01' + INTERVAL '7up' SECOND_MICROSECOND", "2020-01-01 00:00:00.700000", "datetime", 0},
	{"DATE'2020-01-01' + INTERVAL '1:2:3' DAY_HOUR", "NULL", "datetime", 0},
	{"REGEXP_REPLACE('a-b-c', '-', '+')", "a+b+c", "longtext", 0},
	{"LENGTH(REGEXP_REPLACE(REPEAT('ab', 100000), 'a', ''))", "100000", "int", 0},
	{"LPAD('x', 6, 'abc')", "abcabx", "varchar", 0},
	{"RPAD('x', 6, 'abc')", "xabcab", "varchar", 0},
	{"SOUNDEX('\xc3\xa9tymczak')", "\xc3\xa9" "352", "varchar", 0},
	{"IS_IPV4_COMPAT('::1.2.3.4')", "1", "int", 0},
	{"CONVERT_TZ('2020-01-01', '+01:00', '+14:00')", "NULL", "datetime", 0},
	{"FROM_UNIXTIME('1.5')", "1970-01-01 00:00:01.500000", "datetime", 0},
	{"('a', 1) IN (('b', 1), ('A', 1))", "1", "int", 0},
	{"1 / 3 = 0.3333", "1", "int", 0},
	{"1 / 3 BETWEEN 0.3333 AND 0.3333", "0", "int", 0},
	{"-1 / 9999999 = 0", "1", "int", 0},
	{"2 = CAST(1.5 AS CHAR)", "1", "int", 0},
	{"-0.12345 / 99999999999999", "-0.000000000", "decimal", 0},
	{"EXTRACT(DAY_MICROSECOND FROM '4142')", "4142000000", "bigint", 0},
	{"DATE_FORMAT('2020-01-01', x'e9')", "\xc3\xa9", "varchar", 0},
	{"REPEAT('ab', 100000000)", "NULL", "longtext", 1},
	{"e + 1", "3", "int", 0},
	{"CONCAT(e)", "two", "varchar", 0},
	{"e = 2", "1", "int", 0},
	{"s * 1.5", "7.5", "decimal", 0},
	{"b + 1", "66", "int unsigned", 0},
	{"CONCAT(b, 'c')", "Ac", "varbinary", 0},
	{"CONCAT(z)", "0042", "varchar", 0},
	{"z + 0", "42", "bigint unsigned", 0},
};

/* Types that depend on the values of constant parts, as a server says. */
static const struct {
	const char *text, *type;
	unsigned length, decimals, warnings;
} types[] = {
	{"LEFT('abc', 1 + 1)", "varchar", 8, 39, 0},
	{"LEFT('abc', '1x')", "varchar", 4, 39, 2},
	{"SUBSTRING('abc', 0)", "varchar", 0, 39, 0},
	{"REPEAT('ab', LENGTH('abc'))", "varchar", 24, 39, 0},
	{"RPAD('a', 4294967296, 'b')", "longtext", 16777216, 39, 1},
	{"ROUND(-12.345, LENGTH('a'))", "decimal", 6, 1, 0},
	{"ROUND(1.5, NULL)", "double", 23, 39, 0},
	{"FORMAT(1.25, SIGN(3))", "varchar", 20, 39, 0},
	{"TIME('1:2:3.4')", "time", 12, 1, 0},
	{"TIME('abc')", "time", 17, 6, 1},
	{"TIMESTAMP('2020-01-01 10:11:12.12')", "datetime", 22, 2, 0},
	{"SHA2('a', 128 * 2)", "varchar", 256, 39, 0},
	{"-(1 - 2)", "decimal", 4, 0, 0},
	{"--1", "int", 1, 0, 0},
	{"NOT TRUE", "int", 5, 0, 0},
	{"IF(1, NULL, DAY('2020-01-01'))", "int", 2, 0, 0},
	{"CAST(0 AS UNSIGNED)", "int unsigned", 1, 0, 0},
	{"DATE_FORMAT('2020-01-01', '%W')", "varchar", 256, 0, 0},
};

static const struct {
	const char *text;
	unsigned mysql_errno;
} errors[] = {
	{"LEFT('abc', EXP(1000))", 1690},
	{"9223372036854775807 + 1", 1690},
	{"2 - 18446744073709551615", 1690},
	{"18446744073709551612 * 18355200000000000000", 1690},
	{"EXP(1000)", 1690},
	{"1e400", 1367},
	{"LENGTH()", 1582},
	{"JSON_OBJECT('a')", 1582},
	{"JSON_EXTRACT('[1]', '$**[0]')", 1235},
	{"(1, 2) = 1", 1241},
	{"(1, 2)", 1241},
	{"'a' COLLATE utf8mb4_bin = 'b' COLLATE utf8mb4_general_ci", 1267},
	{"'a' COLLATE latin1_bin", 1253},
	{"CAST(1 AS DECIMAL(66))", 1426},
	{"'a' REGEXP '('", 1139},
	{"UUID()", 1235},
	{"no_such_function(1)", 1235},
	{"(SELECT 1)", 1235},
	{"'a' COLLATE utf8mb4_czech_ci", 1235},
	{"a", 1054},
	{"DATE'2020-13-01'", 1525},
};

/* Folding leaves parts that are more than their values. A warning keeps the whole from being folded. */
static void folded(void)
{
	static const struct {
		const char *text, *value;
	} parts[] = {
		{"JSON_ARRAY(JSON_EXTRACT('[[1]]', '$[0]'), 'x' + 1)", "[[1], 1]"},
		{"GREATEST('9', '10') + 'x'", "10"},
		{"JSON_EXTRACT('[\"12x\"]', '$[0]') + 'x'", "12"},
		{"CONVERT(1.5 USING utf8mb4) | 'x'", "2"},
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct result r = compute(parts[i].text, 0, true);

		printf("# %s\n", parts[i].text);
		CHECK_STR(r.value, parts[i].value);
	}
}

static void values(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct result r = compute(cases[i].text, 0, false), folded = compute(cases[i].text, 0, true);

		printf("# %s\n", cases[i].text);
		CHECK_STR(r.value, cases[i].value);
		CHECK_STR(r.type, cases[i].type);
		CHECK_INT(r.warnings, cases[i].warnings);
		CHECK_STR(folded.value, cases[i].value);
	}
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct result r = compute(types[i].text, 0, false);

		printf("# %s\n", types[i].text);
		CHECK_STR(r.type, types[i].type);
		CHECK_INT(r.length, types[i].length);
		CHECK_INT(r.decimals, types[i].decimals);
		CHECK_INT(r.warnings, types[i].warnings);
	}
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		printf("# %s\n", errors[i].text);
		CHECK_INT(compute(errors[i].text, 0, false).mysql_errno, errors[i].mysql_errno);
	}
}

/* Every amount of memory gives the value or "out of memory", nothing else. */
static void little_memory(void)
{
	static const char text[] = "CONCAT(UPPER('abc'), 1.5 * 2.25, REGEXP_REPLACE('aaa', 'a', 'b'))";
	bool sound = true, whole = false;

	for (size_t limit = 1000; limit < 200000 && !whole; limit += 997) {
		struct result r = compute(text, limit, false);

		whole = r.mysql_errno == 0;
		sound = sound && (whole ? strcmp(r.value, "ABC3.375bbb") == 0
					 : r.mysql_errno == 1041);
		if (!sound)
			break;
	}
	CHECK(sound);
	CHECK(whole);
}

int main(void)
{
	values();
	folded();
	little_memory();
	return TAP_DONE();
}
