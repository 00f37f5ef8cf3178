/* Every parser of single payloads: the first byte chooses, the rest is the payload. What parses
 * must be consistent: slices inside the input, and what is built again parses to the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/buf.h"
#include "src/wire/auth_client.h"
#include "src/wire/auth_server.h"
#include "src/wire/binary_row.h"
#include "src/wire/binary_value.h"
#include "src/wire/caps.h"
#include "src/wire/column_def.h"
#include "src/wire/command.h"
#include "src/wire/handshake.h"
#include "src/wire/prepared.h"
#include "src/wire/reply.h"
#include "src/wire/text_row.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str in;

static void inside(struct str s)
{
	if (s.n && (s.p < in.p || s.p + s.n > in.p + in.n))
		abort();
}

static void hello(void)
{
	struct handshake_hello h;
	struct err e;

	if (handshake_parse_hello(in, &h, &e) == 0) {
		inside(h.version);
		inside(h.plugin);
	}
}

static void login(uint64_t caps, bool change_user)
{
	struct handshake_reply r;
	struct str k, v, rest;
	struct err e;

	if (change_user ? handshake_parse_change_user(in, caps, &r, &e)
			: handshake_parse_reply(in, caps, &r, &e))
		return;
	inside(r.user);
	inside(r.auth);
	inside(r.db);
	inside(r.plugin);
	for (rest = r.attrs; handshake_next_attr(&rest, &k, &v) > 0;) {
		inside(k);
		inside(v);
	}
	if (rest.n)
		abort(); /* attributes were checked */
}

static void replies(uint64_t caps)
{
	struct reply_ok ok, again;
	struct reply_err er;
	struct reply_track t;
	struct buf b;
	struct err e;
	struct str rest;

	if (reply_parse_ok(in, caps, &ok) == 0) {
		inside(ok.info);
		inside(ok.track);
		for (rest = ok.track; reply_next_track(&rest, &t) > 0;) {
			inside(t.name);
			inside(t.value);
		}
		buf_init(&b);
		reply_build_ok(&b, caps, &ok);
		if (reply_parse_ok(buf_slice(&b), caps, &again) || !str_eq(ok.info, again.info) ||
		    !str_eq(ok.track, again.track) || ok.affected_rows != again.affected_rows)
			abort();
		buf_fini(&b);
	}
	if (reply_parse_err(in, &er) == 0)
		inside(er.message);
	reply_to_err(in, &e);
	if (reply_status_offset(in) + 2 > in.n && reply_status_offset(in))
		abort();
}

static void rows(unsigned n)
{
	struct type_meta m[64];
	struct str col[64], one;
	struct value v;
	char tmp[BINARY_VALUE_TMP];

	n = n % 64 + 1;
	if (in.n < n)
		return;
	for (unsigned i = 0; i < n; i++)
		m[i] = (struct type_meta){.type = (uint8_t)in.p[i],
					  .decimals = (uint8_t)in.p[i] % 7,
					  .flags = i % 2 ? TYPE_FLAG_UNSIGNED : 0};
	in = str_make(in.p + n, in.n - n);
	if (text_row_split(in, col, n) == 0)
		for (unsigned i = 0; i < n; i++) {
			inside(col[i]);
			if (text_row_column(in, i, &one) || one.p != col[i].p)
				abort();
			(void)!text_row_value(&m[i], col[i], &v);
		}
	if (binary_row_split(in, m, col, n) == 0)
		for (unsigned i = 0; i < n; i++) {
			inside(col[i]);
			if (binary_row_column(in, m, n, i, &one) || one.n != col[i].n)
				abort();
			(void)!binary_value_decode(&m[i], col[i], tmp, &v);
		}
}

static void execute(unsigned n)
{
	struct prepared_param p[200] = {0}, q[200] = {0};
	struct prepared_execute x, y;
	char tmp[PREPARED_TMP];
	struct value v;
	struct buf b;
	struct err e;

	n = n % 200;
	for (unsigned i = 0; i < n; i++)
		p[i].type = TYPE_VAR_STRING;
	if (prepared_parse_execute(in, p, n, in.n % 2, &x, &e))
		return;
	buf_init(&b);
	prepared_build_execute(&b, 7, x.flags, p, n);
	if (prepared_parse_execute(str_make(b.p + 1, b.len - 1), q, n, false, &y, &e))
		abort();
	for (unsigned i = 0; i < n; i++) {
		inside(p[i].raw);
		if (!str_eq(p[i].raw, q[i].raw) || p[i].type != q[i].type)
			abort();
		(void)!prepared_value(&p[i], tmp, &v, &e);
	}
	buf_fini(&b);
}

static void commands(void)
{
	struct command c;
	struct str a, b;
	uint32_t x, y;
	uint16_t z;
	struct err e;

	if (command_parse(in, &c, &e))
		return;
	command_name(c.id);
	(void)!command_stmt_id(&c, &x, &e);
	(void)!command_fetch(&c, &x, &y, &e);
	(void)!command_set_option(&c, &z, &e);
	(void)!command_kill(&c, &x, &e);
	if (command_long_data(&c, &x, &z, &a, &e) == 0)
		inside(a);
	if (command_field_list(&c, &a, &b, &e) == 0) {
		inside(a);
		inside(b);
	}
}

static void columns(void)
{
	struct column_def c;
	struct type_meta m;
	struct err e;
	int rc = column_def_parse(in, &c, &e);

	if (rc == 0) {
		inside(c.name);
		inside(c.org_name);
	}
	if (rc != column_def_peek(in, &m, &e) || (rc == 0 && memcmp(&m, &c.meta, sizeof(m)) != 0))
		abort();
}

static void logging_in(unsigned how)
{
	struct auth_user user = {STR_LIT("*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19"), NULL};
	struct auth_server s;
	struct auth_client c;
	struct buf out;
	struct err e;

	buf_init(&out);
	auth_server_init(&s, how & 1, NULL);
	if (auth_server_begin(&s, how & 2 ? &user : NULL,
			      str_of(how & 4 ? "caching_sha2_password" : ""), in, &out) == AUTH_OK)
		abort(); /* nobody guesses the nonce's proof */
	if (auth_server_feed(&s, in, &out) == AUTH_OK)
		abort();
	auth_client_init(&c, STR_LIT("secret"), how & 1, how & 2);
	buf_reset(&out);
	auth_client_begin(&c, STR_LIT("caching_sha2_password"),
			  (const uint8_t *)"12345678901234567890", &out);
	auth_client_feed(&c, in, &out, &e);
	auth_client_feed(&c, in, &out, &e);
	buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint64_t caps[] = {0, UINT64_MAX,
					CAP_SECURE_CONNECTION | CAP_PLUGIN_AUTH | CAP_PROTOCOL_41,
					CAP_SESSION_TRACK};
	unsigned first, arg;

	if (size < 1)
		return 0;
	first = data[0] & 15;
	arg = data[0] >> 4;
	in = str_make(data + 1, size - 1);
	switch (first) {
	case 0:
		hello();
		break;
	case 1:
		login(caps[arg % 4], false);
		break;
	case 2:
		login(caps[arg % 4], true);
		break;
	case 3:
		replies(caps[arg % 4]);
		break;
	case 4:
		rows(arg);
		break;
	case 5:
		execute(arg);
		break;
	case 6:
		execute(arg * 13);
		break;
	case 7:
		commands();
		break;
	case 8:
		columns();
		break;
	case 9:
		logging_in(arg);
		break;
	default:
		break;
	}
	return 0;
}
