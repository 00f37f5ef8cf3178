/* Packet framing: readers at every cut, 16 MB splitting and joining, sequence numbers, limits. */
#include <stdlib.h>

#include "src/wire/caps.h"
#include "src/wire/command.h"
#include "src/wire/packet.h"
#include "src/wire/wire_reader.h"
#include "test/lib/tap.h"

static void reader(void)
{
	static const uint8_t all[] = {1,	2,    0,    3,	  0, 0, 0xfa, 0xfc, 1, 2, 0xfd, 1,
				      2,	3,    0xfe, 1,	  2, 3, 4,    5,    6, 7, 8,	3,
				      'a',	'b',  'c',  'x',  0, 0xfb, 'r', 'e'};
	struct wire_reader r = wire_reader_of(str_make(all, sizeof(all)));
	struct str s;

	CHECK_INT(wire_reader_u8(&r), 1);
	CHECK_INT(wire_reader_u16(&r), 2);
	CHECK_INT(wire_reader_u24(&r), 3);
	CHECK_INT(wire_reader_lenenc(&r), 0xfa);
	CHECK_INT(wire_reader_lenenc(&r), 0x0201);
	CHECK_INT(wire_reader_lenenc(&r), 0x030201);
	CHECK_INT(wire_reader_lenenc(&r), 0x0807060504030201);
	CHECK(str_eqz(wire_reader_lenenc_str(&r), "abc"));
	CHECK(str_eqz(wire_reader_nul_str(&r), "x"));
	s = wire_reader_nullable_str(&r);
	CHECK(s.p == NULL && !r.failed);
	CHECK(str_eqz(wire_reader_rest(&r), "re"));
	CHECK(!r.failed);
	CHECK_INT(wire_reader_u8(&r), 0);
	CHECK(r.failed);
	/* Every cut fails somewhere and never reads beyond. */
	for (size_t n = 0; n < sizeof(all) - 3; n++) {
		uint8_t *copy = malloc(n + 1);

		memcpy(copy, all, n);
		r = wire_reader_of(str_make(copy, n));
		wire_reader_u8(&r), wire_reader_u16(&r), wire_reader_u24(&r);
		for (int i = 0; i < 4; i++)
			wire_reader_lenenc(&r);
		wire_reader_lenenc_str(&r), wire_reader_nul_str(&r), wire_reader_nullable_str(&r);
		if (!r.failed)
			break;
		free(copy);
		copy = NULL;
	}
	CHECK(r.failed);
	r = wire_reader_of(str_make("\xff", 1));
	wire_reader_lenenc(&r);
	CHECK(r.failed);
	r = wire_reader_of(str_make("\xfe\xff\xff\xff\xff\xff\xff\xff\xff", 9));
	wire_reader_lenenc_str(&r);
	CHECK(r.failed);
	r = wire_reader_of(str_make(NULL, 0));
	wire_reader_nul_str(&r);
	CHECK(r.failed);
}

static void lenenc(void)
{
	static const uint64_t v[] = {0, 250, 251, 0xffff, 0x10000, 0xffffff, 0x1000000, UINT64_MAX};
	struct buf b;
	struct wire_reader r;

	buf_init(&b);
	for (size_t i = 0; i < 8; i++)
		packet_put_lenenc(&b, v[i]);
	r = wire_reader_of(buf_slice(&b));
	for (size_t i = 0; i < 8; i++)
		CHECK(wire_reader_lenenc(&r) == v[i]);
	CHECK(!r.failed && wire_reader_left(&r) == 0);
	buf_fini(&b);
}

/* Feeds @n bytes in chunks, as a stream with a stash would. */
static int feed(struct packet_join *j, const uint8_t *p, size_t n, size_t chunk, struct str *out,
		struct err *e)
{
	size_t have = 0, at = 0, used;

	for (;;) {
		int rc = packet_join_feed(j, p + at, have - at, &used, out, e);

		at += used;
		if (rc || have == n)
			return rc;
		have = n - have < chunk ? n : have + chunk;
	}
}

static void split_and_join(size_t n, size_t chunk)
{
	uint8_t *payload = malloc(n + 1), seq = 250, seq2 = 250;
	struct buf a, b;
	struct packet_join j;
	struct str out = {0};
	struct err e;
	size_t start;

	for (size_t i = 0; i < n; i++)
		payload[i] = (uint8_t)(i * 31 + (i >> 16));
	buf_init(&a);
	buf_init(&b);
	packet_append(&a, payload, n, &seq);
	start = packet_begin(&b);
	buf_append(&b, payload, n);
	packet_end(&b, start, &seq2);
	CHECK_INT(seq, seq2);
	CHECK_MEM(a.p, a.len, b.p, b.len);
	CHECK_INT(a.len, packet_framed_len(n));
	packet_join_init(&j, n);
	packet_join_expect(&j, 250);
	CHECK_INT(feed(&j, a.p, a.len, chunk, &out, &e), 1);
	CHECK_MEM(out.p, out.n, payload, n);
	CHECK_INT(j.next_seq, seq);
	if (n > 0) { /* one byte less is allowed: refused */
		packet_join_fini(&j);
		packet_join_init(&j, n - 1);
		packet_join_expect(&j, 250);
		CHECK_INT(feed(&j, a.p, a.len, chunk, &out, &e), -1);
		CHECK_INT(e.mysql_errno, 1153);
	}
	packet_join_fini(&j);
	packet_join_fini(&j);
	buf_fini(&a);
	buf_fini(&b);
	free(payload);
}

/* A payload over the limit is read to its end; the next one is whole again. */
static void read_over_big(void)
{
	size_t big = PACKET_FULL + 70000;
	uint8_t *payload = calloc(1, big), seq = 0;
	struct packet_join j;
	struct str out;
	struct err e;
	struct buf a;
	size_t used;

	buf_init(&a);
	packet_append(&a, payload, big, &seq);
	packet_join_init(&j, 100);
	j.skip_big = true;
	packet_join_expect(&j, 0);
	CHECK_INT(feed(&j, a.p, a.len, 65536, &out, &e), -1);
	CHECK_INT(e.code, ERR_TOO_BIG);
	CHECK(j.b.cap < 65536 && j.next_seq == 2);
	packet_join_expect(&j, 0);
	buf_reset(&a);
	seq = 0;
	packet_append(&a, payload, 101, &seq);
	CHECK_INT(packet_join_feed(&j, a.p, a.len, &used, &out, &e), -1);
	CHECK(e.code == ERR_TOO_BIG && used == a.len);
	packet_join_expect(&j, 0);
	buf_reset(&a);
	seq = 0;
	packet_append(&a, payload, 100, &seq);
	CHECK_INT(packet_join_feed(&j, a.p, a.len, &used, &out, &e), 1);
	CHECK_INT(out.n, 100);
	packet_join_fini(&j);
	buf_fini(&a);
	free(payload);
}

static void join_errors(void)
{
	static const uint8_t wrong_seq[] = {1, 0, 0, 1, 'x'};
	static const uint8_t two[] = {1, 0, 0, 0, 'x', 0, 0, 0, 1, 9};
	struct packet_join j;
	struct str out;
	struct err e;
	size_t used;

	read_over_big();
	packet_join_init(&j, 100);
	CHECK_INT(packet_join_feed(&j, wrong_seq, 5, &used, &out, &e), -1);
	CHECK_INT(e.mysql_errno, 1156);
	packet_join_expect(&j, 0);
	CHECK_INT(packet_join_feed(&j, two, sizeof(two), &used, &out, &e), 1);
	CHECK(used == 5 && str_eqz(out, "x"));
	CHECK_INT(packet_join_feed(&j, two + 5, 5, &used, &out, &e), 1);
	CHECK(used == 4 && out.n == 0);
	CHECK_INT(packet_join_feed(&j, two + 9, 1, &used, &out, &e), 0);
	CHECK_INT(used, 0);
	packet_join_fini(&j);
}

static void renumber(void)
{
	struct buf a;
	uint8_t seq = 7;
	static const size_t lens[] = {0, 1, 5, 300, 0, 2};

	for (size_t chunk = 1; chunk < 20; chunk++) {
		struct packet_renumber r = {.seq = 1};
		size_t at = 0;
		struct packet k;
		uint8_t want = 1;

		buf_init(&a);
		for (size_t i = 0; i < 6; i++) {
			static const uint8_t fill[300] = {0xff, 0xfe};

			packet_append(&a, fill, lens[i], &seq);
		}
		for (at = 0; at < a.len; at += chunk)
			packet_renumber(&r, a.p + at, a.len - at < chunk ? a.len - at : chunk);
		for (at = 0; at < a.len && packet_peek(a.p + at, a.len - at, &k);
		     at += PACKET_HEADER + k.len)
			if (k.seq != want++ || !k.whole)
				break;
		CHECK_INT(at, a.len);
		CHECK_INT(r.seq, 7);
		buf_fini(&a);
	}
}

static void commands(void)
{
	struct command c;
	struct err e;
	uint32_t id, rows;
	uint16_t param;
	struct str a, b;

	CHECK_INT(command_parse(str_make("", 0), &c, &e), -1);
	CHECK_INT(command_parse(STR_LIT("\x03SELECT 1"), &c, &e), 0);
	CHECK(c.id == CMD_QUERY && str_eqz(c.body, "SELECT 1"));
	CHECK_STR(command_name(CMD_STMT_FETCH), "STMT_FETCH");
	CHECK_STR(command_name(0x77), "unknown");
	CHECK(!command_has_reply(CMD_STMT_CLOSE) && command_has_reply(CMD_PING));
	c = (struct command){CMD_STMT_SEND_LONG_DATA, STR_LIT("\1\0\0\0\2\0data")};
	CHECK_INT(command_long_data(&c, &id, &param, &a, &e), 0);
	CHECK(id == 1 && param == 2 && str_eqz(a, "data"));
	c.body.n = 5;
	CHECK_INT(command_long_data(&c, &id, &param, &a, &e), -1);
	c.body.n = 3;
	CHECK_INT(command_stmt_id(&c, &id, &e), -1);
	CHECK_INT(command_fetch(&c, &id, &rows, &e), -1);
	CHECK_INT(command_kill(&c, &id, &e), -1);
	c.body.n = 1;
	CHECK_INT(command_set_option(&c, &param, &e), -1);
	c.body = STR_LIT("t1\0a%");
	CHECK_INT(command_field_list(&c, &a, &b, &e), 0);
	CHECK(str_eqz(a, "t1") && str_eqz(b, "a%"));
	c.body = STR_LIT("t1");
	CHECK_INT(command_field_list(&c, &a, &b, &e), -1);
}

int main(void)
{
	reader();
	lenenc();
	split_and_join(0, 1);
	split_and_join(1, 1);
	split_and_join(1000, 7);
	split_and_join(PACKET_FULL - 1, 1 << 20);
	split_and_join(PACKET_FULL, 1 << 20);
	split_and_join(PACKET_FULL + 1, 123457);
	split_and_join(2 * PACKET_FULL, 1 << 25);
	split_and_join(2 * PACKET_FULL + 77, 65536);
	join_errors();
	renumber();
	commands();
	return TAP_DONE();
}
