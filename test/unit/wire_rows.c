/* Rows and values of both protocols, parameters, OK / EOF / ERR and session tracking. */
#include <stdlib.h>

#include "src/wire/binary_row.h"
#include "src/wire/binary_value.h"
#include "src/wire/caps.h"
#include "src/wire/column_def.h"
#include "src/wire/packet.h"
#include "src/wire/prepared.h"
#include "src/wire/reply.h"
#include "src/wire/text_row.h"
#include "test/lib/tap.h"

static struct str text_of(const struct type_meta *m, const struct value *v, struct buf *b)
{
	struct str s;

	buf_reset(b);
	text_row_put_value(b, m, v);
	return text_row_column(buf_slice(b), 0, &s) ? STR_LIT("broken") : s;
}

static void text_rows(void)
{
	struct type_meta m[] = {{.type = TYPE_LONGLONG}, {.type = TYPE_LONGLONG, .flags = TYPE_FLAG_UNSIGNED},
				{.type = TYPE_NEWDECIMAL}, {.type = TYPE_DOUBLE, .decimals = 31},
				{.type = TYPE_VAR_STRING, .charset = 45}, {.type = TYPE_BLOB, .charset = 63},
				{.type = TYPE_DATE}, {.type = TYPE_BIT}, {.type = TYPE_LONG}};
	const char *t[] = {"-9223372036854775808", "18446744073709551615", "-12.50", "1.5e-20",
			   "", "\x01", "2024-02-29", "\x01", NULL};
	enum value_type want[] = {VALUE_INT, VALUE_UINT, VALUE_DECIMAL, VALUE_DOUBLE, VALUE_TEXT,
				  VALUE_BYTES, VALUE_TIME, VALUE_BYTES, VALUE_NULL};
	struct str col[9], one;
	struct value v;
	struct buf b, b2;

	buf_init(&b);
	buf_init(&b2);
	for (int i = 0; i < 9; i++) {
		if (t[i])
			text_row_put(&b, str_of(t[i]));
		else
			text_row_put_null(&b);
	}
	CHECK_INT(text_row_split(buf_slice(&b), col, 8), -1);
	CHECK_INT(text_row_split(str_make(b.p, b.len - 1), col, 9), -1);
	CHECK_INT(text_row_split(buf_slice(&b), col, 9), 0);
	for (int i = 0; i < 9; i++) {
		CHECK_INT(text_row_column(buf_slice(&b), (size_t)i, &one), 0);
		CHECK(one.n == col[i].n && one.p == col[i].p);
		CHECK_INT(text_row_value(&m[i], col[i], &v), 0);
		CHECK_INT(v.type, want[i]);
		if (t[i])
			CHECK(str_eqz(text_of(&m[i], &v, &b2), t[i]));
	}
	CHECK_INT(text_row_column(buf_slice(&b), 9, &one), -1);
	CHECK_INT(text_row_value(&m[0], STR_LIT("12a"), &v), -1);
	CHECK_INT(text_row_value(&m[0], STR_LIT("18446744073709551615"), &v), -1);
	CHECK_INT(text_row_value(&m[3], STR_LIT("0x10"), &v), -1);
	v = (struct value){.type = VALUE_DOUBLE, .d = 2.5};
	CHECK(str_eqz(text_of(&(struct type_meta){.type = TYPE_DOUBLE, .decimals = 2}, &v, &b2), "2.50"));
	v.d = 0.1f;
	CHECK(str_eqz(text_of(&(struct type_meta){.type = TYPE_FLOAT, .decimals = 31}, &v, &b2), "0.1"));
	buf_fini(&b);
	buf_fini(&b2);
}

struct sample {
	struct type_meta m;
	struct value v;
	const char *text;
};

#define TIME_OF(z) {.type = VALUE_TIME, .s = {z, sizeof(z) - 1}}
static const struct sample samples[] = {
	{{.type = TYPE_TINY}, {.type = VALUE_INT, .i = -128}, "-128"},
	{{.type = TYPE_TINY, .flags = TYPE_FLAG_UNSIGNED}, {.type = VALUE_INT, .i = 255}, "255"},
	{{.type = TYPE_SHORT}, {.type = VALUE_INT, .i = -32768}, "-32768"},
	{{.type = TYPE_YEAR}, {.type = VALUE_INT, .i = 2155}, "2155"},
	{{.type = TYPE_INT24}, {.type = VALUE_INT, .i = -8388608}, "-8388608"},
	{{.type = TYPE_LONG}, {.type = VALUE_INT, .i = INT32_MIN}, "-2147483648"},
	{{.type = TYPE_LONG, .flags = TYPE_FLAG_UNSIGNED}, {.type = VALUE_INT, .i = UINT32_MAX}, "4294967295"},
	{{.type = TYPE_LONGLONG}, {.type = VALUE_INT, .i = INT64_MIN}, "-9223372036854775808"},
	{{.type = TYPE_LONGLONG, .flags = TYPE_FLAG_UNSIGNED}, {.type = VALUE_UINT, .u = UINT64_MAX},
	 "18446744073709551615"},
	{{.type = TYPE_FLOAT, .decimals = 31}, {.type = VALUE_DOUBLE, .d = 0.5}, "0.5"},
	{{.type = TYPE_DOUBLE, .decimals = 31}, {.type = VALUE_DOUBLE, .d = 0.1}, "0.1"},
	{{.type = TYPE_NEWDECIMAL}, {.type = VALUE_DECIMAL, .s = {"-1.230", 6}}, "-1.230"},
	{{.type = TYPE_VAR_STRING, .charset = 45}, {.type = VALUE_TEXT, .s = {"", 0}}, ""},
	{{.type = TYPE_STRING, .charset = 45}, {.type = VALUE_TEXT, .s = {"h\xc3\xa9", 3}}, "h\xc3\xa9"},
	{{.type = TYPE_BLOB, .charset = 63}, {.type = VALUE_BYTES, .s = {"\0\1", 2}}, NULL},
	{{.type = TYPE_DATE}, TIME_OF("2024-02-29"), "2024-02-29"},
	{{.type = TYPE_DATE}, TIME_OF("0000-00-00"), "0000-00-00"},
	{{.type = TYPE_DATETIME}, TIME_OF("0000-00-00 00:00:00"), "0000-00-00 00:00:00"},
	{{.type = TYPE_DATETIME, .decimals = 6}, TIME_OF("2024-02-29 01:02:03.000004"), "2024-02-29 01:02:03.000004"},
	{{.type = TYPE_TIMESTAMP, .decimals = 1}, TIME_OF("2024-02-29 01:02:03.5"), "2024-02-29 01:02:03.5"},
	{{.type = TYPE_DATETIME, .decimals = 3}, TIME_OF("9999-12-31 23:59:59.000"), "9999-12-31 23:59:59.000"},
	{{.type = TYPE_TIME}, TIME_OF("-838:59:59"), "-838:59:59"},
	{{.type = TYPE_TIME, .decimals = 2}, TIME_OF("00:00:00.00"), "00:00:00.00"},
	{{.type = TYPE_TIME, .decimals = 6}, TIME_OF("-00:00:00.000001"), "-00:00:00.000001"},
	{{.type = TYPE_LONG}, {.type = VALUE_NULL}, NULL},
};
enum { SAMPLES = sizeof(samples) / sizeof(samples[0]) };

static void binary_rows(void)
{
	struct type_meta m[SAMPLES];
	struct str col[SAMPLES], one;
	struct binary_row row;
	struct buf b, b2;
	unsigned refused = 0;

	buf_init(&b);
	buf_init(&b2);
	binary_row_begin(&row, &b, SAMPLES);
	for (int i = 0; i < SAMPLES; i++) {
		m[i] = samples[i].m;
		CHECK_INT(binary_row_put(&row, &m[i], &samples[i].v), 0);
	}
	CHECK_INT(binary_row_split(buf_slice(&b), m, col, SAMPLES), 0);
	for (int i = 0; i < SAMPLES; i++) {
		char tmp[BINARY_VALUE_TMP];
		struct value v;

		CHECK_INT(binary_row_column(buf_slice(&b), m, SAMPLES, (size_t)i, &one), 0);
		CHECK(one.p == col[i].p && one.n == col[i].n);
		CHECK_INT(binary_value_decode(&m[i], col[i], tmp, &v), 0);
		CHECK_INT(v.type, samples[i].v.type);
		if (samples[i].text)
			CHECK(str_eqz(text_of(&m[i], &v, &b2), samples[i].text));
	}
	for (size_t n = 0; n < b.len; n++)
		refused += binary_row_split(str_make(b.p, n), m, col, SAMPLES) < 0;
	CHECK_INT(refused, b.len);
	/* Raw values put back give the same row. */
	buf_reset(&b2);
	CHECK_INT(binary_row_split(buf_slice(&b), m, col, SAMPLES), 0);
	binary_row_begin(&row, &b2, SAMPLES);
	for (int i = 0; i < SAMPLES; i++)
		binary_row_put_raw(&row, &m[i], col[i]);
	CHECK_MEM(b2.p, b2.len, b.p, b.len);
	buf_fini(&b);
	buf_fini(&b2);
}

static int decode(uint8_t type, const char *p, size_t n)
{
	struct type_meta m = {.type = type, .decimals = 6};
	char tmp[BINARY_VALUE_TMP];
	struct value v;

	return binary_value_decode(&m, str_make(p, n), tmp, &v);
}

static void bad_values(void)
{
	struct type_meta time = {.type = TYPE_TIME}, date = {.type = TYPE_DATETIME}, i = {.type = TYPE_LONG};
	struct value v = TIME_OF("12:60:00"), d = TIME_OF("2024-13-01"), t = {.type = VALUE_TEXT, .s = {"x", 1}};
	struct buf b;

	buf_init(&b);
	CHECK_INT(decode(TYPE_LONG, "\1\2\3", 3), -1);
	CHECK_INT(decode(TYPE_DOUBLE, "\0\0\0\0\0\0\xf0\x7f", 8), -1); /* infinity */
	CHECK_INT(decode(TYPE_TIME, "\2\0\0\0\0\0\0\0", 8), -1);
	CHECK_INT(decode(TYPE_TIME, "\0\0\0\0\0\0\x3c\0", 8), -1);
	CHECK_INT(decode(TYPE_TIME, "\0\0\0\0\0\0\0\0\xff\xff\xff\xff", 12), -1);
	CHECK_INT(decode(TYPE_TIME, "\1\xff\xff\xff\xff\xff\x3b\x3b\0\0\0\0", 12), 0); /* long, but fits */
	CHECK_INT(decode(TYPE_DATE, "\1", 1), -1);
	CHECK_INT(decode(TYPE_DATE, "\x10\x27\1\1", 4), -1); /* year 10000 */
	CHECK_INT(decode(TYPE_DATETIME, "\xe8\x07\1\1\x18\0\0", 7), -1);
	CHECK_INT(binary_value_put(&b, &time, &v), -1);
	CHECK_INT(binary_value_put(&b, &date, &d), -1);
	CHECK_INT(binary_value_put(&b, &i, &t), -1);
	buf_fini(&b);
}

static void execute(void)
{
	struct prepared_param p[SAMPLES] = {0}, got[SAMPLES] = {0};
	struct prepared_execute x;
	struct buf b, one;
	struct err e;
	unsigned refused = 0;

	buf_init(&b);
	buf_init(&one);
	for (int i = 0; i < SAMPLES; i++) {
		struct wire_reader r;

		p[i].type = (uint16_t)(samples[i].m.type |
				       (samples[i].m.flags & TYPE_FLAG_UNSIGNED ? PREPARED_UNSIGNED : 0));
		if (samples[i].v.type == VALUE_NULL)
			continue;
		buf_reset(&one);
		CHECK_INT(binary_value_put(&one, &samples[i].m, &samples[i].v), 0);
		r = wire_reader_of(buf_slice(&one));
		p[i].raw = binary_value_read(&r, samples[i].m.type);
		p[i].raw.p = p[i].raw.n ? memcpy(malloc(p[i].raw.n), p[i].raw.p, p[i].raw.n) : "";
	}
	prepared_build_execute(&b, 7, 1, p, SAMPLES);
	CHECK_INT(prepared_parse_execute(str_make(b.p + 1, b.len - 1), got, SAMPLES, false, &x, &e), 0);
	CHECK(x.stmt_id == 7 && x.flags == 1 && x.types_bound);
	for (int i = 0; i < SAMPLES; i++) {
		char tmp[PREPARED_TMP];
		struct value v;

		CHECK(got[i].type == p[i].type && str_eq(got[i].raw, p[i].raw));
		CHECK_INT(prepared_value(&got[i], tmp, &v, &e), 0);
		CHECK_INT(v.type, samples[i].v.type);
	}
	for (size_t n = 0; n + 1 < b.len; n++) {
		uint8_t *cut = malloc(n + 1);

		memcpy(cut, b.p + 1, n);
		refused += prepared_parse_execute(str_make(cut, n), got, SAMPLES, false, &x, &e) < 0;
		free(cut);
	}
	CHECK_INT(refused, b.len - 1);
	/* The second execution: no types in the packet. */
	b.p[1 + 9 + (SAMPLES + 7) / 8] = 0;
	memmove(b.p + 1 + 10 + (SAMPLES + 7) / 8, b.p + 1 + 10 + (SAMPLES + 7) / 8 + 2 * SAMPLES,
		b.len - (1 + 10 + (SAMPLES + 7) / 8 + 2 * SAMPLES));
	b.len -= 2 * SAMPLES;
	for (int i = 0; i < SAMPLES; i++)
		got[i].raw = str_make(NULL, 0);
	CHECK_INT(prepared_parse_execute(str_make(b.p + 1, b.len - 1), got, SAMPLES, false, &x, &e), -1);
	CHECK_INT(e.mysql_errno, 1210);
	CHECK_INT(prepared_parse_execute(str_make(b.p + 1, b.len - 1), got, SAMPLES, true, &x, &e), 0);
	CHECK(!x.types_bound && str_eq(got[SAMPLES - 2].raw, p[SAMPLES - 2].raw));
	for (int i = 0; i < SAMPLES; i++)
		if (p[i].raw.n)
			free((void *)p[i].raw.p);
	buf_fini(&b);
	buf_fini(&one);
}

static void long_data(void)
{
	struct prepared_param p[2] = {{.type = TYPE_LONG, .long_data = true, .raw = STR_LIT("abc")},
				      {.type = TYPE_LONG, .raw = STR_LIT("\1\0\0\0")}}, got[2] = {0};
	struct prepared_execute x;
	struct prepared_ok ok = {5, 2, 3, 1}, ok2;
	struct value v;
	char tmp[PREPARED_TMP];
	struct buf b;
	struct err e;

	buf_init(&b);
	prepared_build_execute(&b, 1, 0, p, 2);
	CHECK_INT(prepared_parse_execute(str_make(b.p + 1, b.len - 1), got, 2, false, &x, &e), 0);
	CHECK_INT(got[0].type, TYPE_BLOB);
	CHECK(str_eqz(got[0].raw, "abc") && got[1].raw.n == 4);
	/* A client leaves long data out of its packet, and may set its NULL bit. */
	CHECK_INT(prepared_parse_execute(STR_LIT("\1\0\0\0\0\1\0\0\0\1\1\xfc\0\3\0\7\0\0\0"), p, 2, false, &x, &e), 0);
	CHECK(str_eqz(p[0].raw, "abc"));
	CHECK_INT(prepared_value(&p[0], tmp, &v, &e), 0);
	CHECK(v.type == VALUE_BYTES && str_eqz(v.s, "abc"));
	CHECK_INT(prepared_value(&p[1], tmp, &v, &e), 0);
	CHECK_INT(v.i, 7);
	buf_reset(&b);
	prepared_build_ok(&b, &ok);
	CHECK_INT(prepared_parse_ok(buf_slice(&b), &ok2, &e), 0);
	CHECK(ok2.stmt_id == 5 && ok2.columns == 2 && ok2.params == 3 && ok2.warnings == 1);
	CHECK_INT(prepared_parse_ok(str_make(b.p, 8), &ok2, &e), -1);
	buf_reset(&b);
	prepared_build_short(&b, CMD_STMT_CLOSE, 258);
	CHECK_MEM(b.p, b.len, "\x19\2\1\0\0", 5);
	buf_fini(&b);
}

static void replies(void)
{
	struct reply_track t[] = {{TRACK_SYSTEM_VARIABLE, STR_LIT("last_gtid"), STR_LIT("0-1-2")},
				  {TRACK_SCHEMA, STR_LIT(""), STR_LIT("db")},
				  {TRACK_GTIDS, STR_LIT(""), STR_LIT("uuid:1-5")},
				  {TRACK_STATE_CHANGE, STR_LIT(""), STR_LIT("1")}}, got;
	struct reply_ok ok = {.affected_rows = 251, .insert_id = 1ull << 40, .status = 2, .warnings = 3,
			      .info = STR_LIT("Rows matched: 1")}, ok2;
	struct reply_err er;
	struct buf b, tracks;
	struct str rest;
	uint16_t w, st;
	struct err e;

	buf_init(&b);
	buf_init(&tracks);
	for (int i = 0; i < 4; i++)
		reply_put_track(&tracks, &t[i]);
	ok.track = buf_slice(&tracks);
	reply_build_ok(&b, CAP_SESSION_TRACK, &ok);
	CHECK_INT(reply_parse_ok(buf_slice(&b), CAP_SESSION_TRACK, &ok2), 0);
	CHECK(ok2.affected_rows == 251 && ok2.insert_id == 1ull << 40 && ok2.warnings == 3);
	CHECK_INT(ok2.status, 2 | STATUS_SESSION_STATE_CHANGED);
	CHECK(str_eq(ok2.info, ok.info));
	rest = ok2.track;
	for (int i = 0; i < 4; i++) {
		CHECK_INT(reply_next_track(&rest, &got), 1);
		CHECK(got.type == t[i].type && str_eq(got.name, t[i].name) && str_eq(got.value, t[i].value));
	}
	CHECK_INT(reply_next_track(&rest, &got), 0);
	rest = str_make(ok2.track.p, ok2.track.n - 1);
	while (reply_next_track(&rest, &got) > 0)
		;
	CHECK_INT(reply_next_track(&rest, &got), -1);
	for (size_t n = 0; n < 10; n++)
		CHECK_INT(reply_parse_ok(str_make(b.p, n), CAP_SESSION_TRACK, &ok2), -1);
	CHECK_INT(reply_status_offset(buf_slice(&b)), 1 + 3 + 9);
	CHECK_INT(b.p[13], 2);
	buf_reset(&b);
	reply_build_ok(&b, 0, &ok); /* an old client sees neither */
	CHECK_INT(reply_parse_ok(buf_slice(&b), 0, &ok2), 0);
	CHECK(str_eq(ok2.info, ok.info) && ok2.track.n == 0 && ok2.status == 2);
	/* As a MariaDB server sends it to a client without session tracking. */
	CHECK_INT(reply_parse_ok(STR_LIT("\0\2\0\2\0\0\0\4info"), 0, &ok2), 0);
	CHECK(str_eqz(ok2.info, "info"));
	buf_reset(&b);
	reply_build_end(&b, 0, 7, 8);
	CHECK_INT(reply_parse_eof(buf_slice(&b), &w, &st), 0);
	CHECK(w == 7 && st == 8 && b.len == 5 && reply_status_offset(buf_slice(&b)) == 3);
	buf_reset(&b);
	reply_build_end(&b, CAP_DEPRECATE_EOF, 7, 8);
	CHECK_INT(reply_parse_ok(buf_slice(&b), CAP_DEPRECATE_EOF, &ok2), 0);
	CHECK(ok2.eof_header && ok2.warnings == 7 && ok2.status == 8);
	err_set(&e, ERR_SYNTAX, "near %s", "x");
	buf_reset(&b);
	reply_build_error(&b, &e);
	CHECK_INT(reply_parse_err(buf_slice(&b), &er), 0);
	CHECK(er.code == 1064 && !strcmp(er.sqlstate, "42000") && str_eqz(er.message, "near x"));
	CHECK_INT(reply_parse_err(STR_LIT("\xff\x10\x04Too many"), &er), 0);
	CHECK(er.code == 1040 && !strcmp(er.sqlstate, "HY000") && str_eqz(er.message, "Too many"));
	CHECK_INT(reply_parse_err(STR_LIT("\xff\x10"), &er), -1);
	CHECK_INT(reply_to_err(STR_LIT("\0\0\0"), &e), -1);
	CHECK_INT(e.code, ERR_PROTOCOL);
	CHECK_INT(reply_status_offset(buf_slice(&b)), 0);
	buf_fini(&b);
	buf_fini(&tracks);
}

static void columns(void)
{
	struct column_def c = {.schema = STR_LIT("s"), .table = STR_LIT("t"), .org_table = STR_LIT("ot"),
			       .name = STR_LIT("n"), .org_name = STR_LIT("on"), .length = 80,
			       .meta = {TYPE_VAR_STRING, 31, TYPE_FLAG_NOT_NULL, 45}}, d;
	struct type_meta m;
	struct buf b;
	struct err e;

	buf_init(&b);
	column_def_build(&b, &c);
	CHECK_INT(column_def_parse(buf_slice(&b), &d, &e), 0);
	CHECK(str_eqz(d.catalog, "def") && str_eqz(d.schema, "s") && str_eqz(d.table, "t") &&
	      str_eqz(d.org_table, "ot") && str_eqz(d.name, "n") && str_eqz(d.org_name, "on"));
	CHECK_INT(column_def_peek(buf_slice(&b), &m, &e), 0);
	CHECK(!memcmp(&m, &c.meta, sizeof(m)) && d.length == 80 && !memcmp(&d.meta, &m, sizeof(m)));
	for (size_t n = 0; n + 2 < b.len; n++)
		if (!CHECK(column_def_parse(str_make(b.p, n), &d, &e) < 0))
			break;
	buf_fini(&b);
}

int main(void)
{
	text_rows();
	binary_rows();
	bad_values();
	execute();
	long_data();
	replies();
	columns();
	return TAP_DONE();
}
