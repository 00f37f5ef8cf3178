/* wire_probe - drives src/wire/client_conn against a real server and prints what it saw, one line
 * a step; test_wire_client.py compares. Usage: wire_probe ADDRESS USER PASSWORD [CA-FILE|-] [old] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/buf.h"
#include "src/net/tls.h"
#include "src/net/worker.h"
#include "src/wire/binary_row.h"
#include "src/wire/binary_value.h"
#include "src/wire/caps.h"
#include "src/wire/client_conn.h"
#include "src/wire/column_def.h"
#include "src/wire/packet.h"
#include "src/wire/prepared.h"
#include "src/wire/reply.h"
#include "src/wire/text_row.h"

enum { MAX_COLUMNS = 64 };

struct probe {
	struct worker *w;
	struct client_conn *c;
	struct client_conn_config config;
	unsigned step;
	struct type_meta meta[MAX_COLUMNS];
	unsigned columns;
	bool binary;
	struct buf rows; /* raw row bytes of the result being read */
	size_t data_bytes, data_calls;
	struct prepared_ok prepared;
	struct worker_timer *timer;
	bool slow;
};

static void next_step(struct probe *p);

static void print_value(const struct type_meta *m, struct str raw, bool binary)
{
	char tmp[BINARY_VALUE_TMP];
	struct value v;
	struct buf b;
	struct str s;
	int rc = binary ? binary_value_decode(m, raw, tmp, &v) : text_row_value(m, raw, &v);

	buf_init(&b);
	text_row_put_value(&b, m, &v);
	if (rc || text_row_column(buf_slice(&b), 0, &s))
		printf(" BROKEN");
	else if (!s.p)
		printf(" NULL");
	else if (s.n > 60)
		printf(" <%zu bytes>", s.n);
	else
		printf(" [%.*s]", STR_ARG(s));
	buf_fini(&b);
}

static void print_rows(struct probe *p)
{
	struct packet_join j;
	struct str payload, col[MAX_COLUMNS];
	size_t at = 0, used;
	struct err e;
	unsigned n = 0;
	uint8_t seq = p->rows.len >= 4 ? p->rows.p[3] : 0;

	packet_join_init(&j, 1u << 30);
	packet_join_expect(&j, seq);
	while (packet_join_feed(&j, p->rows.p + at, p->rows.len - at, &used, &payload, &e) > 0) {
		int rc = p->binary ? binary_row_split(payload, p->meta, col, p->columns)
				   : text_row_split(payload, col, p->columns);

		at += used;
		if (n++ >= 3)
			continue;
		printf(" row:%s", rc ? "MALFORMED" : "");
		for (unsigned i = 0; i < p->columns && !rc; i++)
			print_value(&p->meta[i], col[i], p->binary);
	}
	printf(" rows=%u%s", n, at == p->rows.len ? "" : " REST");
	packet_join_fini(&j);
	buf_reset(&p->rows);
}

static void on_part(void *arg, const struct scan_part *part)
{
	struct probe *p = arg;
	struct reply_err er;
	struct err e;

	switch (part->what) {
	case SCAN_COLUMNS:
		p->columns = 0;
		break;
	case SCAN_COLUMN:
		if (p->columns < MAX_COLUMNS && column_def_peek(part->payload, &p->meta[p->columns++], &e))
			printf(" BAD-COLUMN");
		break;
	case SCAN_ROWS:
		buf_append(&p->rows, part->payload.p, part->payload.n);
		break;
	case SCAN_ROWS_END:
		print_rows(p);
		printf(" end%s%s", part->last ? "" : " more", part->status & STATUS_IN_TRANS ? " trx" : "");
		break;
	case SCAN_OK:
		printf(" ok affected=%llu id=%llu%s", (unsigned long long)part->affected_rows,
		       (unsigned long long)part->insert_id, part->last ? "" : " more");
		break;
	case SCAN_ERR:
		if (reply_parse_err(part->payload, &er) == 0)
			printf(" error %u %s %.*s", er.code, er.sqlstate, STR_ARG(er.message));
		break;
	case SCAN_PREPARED:
		if (prepared_parse_ok(part->payload, &p->prepared, &e) == 0)
			printf(" prepared params=%u columns=%u", p->prepared.params, p->prepared.columns);
		p->columns = 0;
		break;
	case SCAN_INFILE:
		printf(" infile %.*s", (int)part->payload.n - 1, part->payload.p + 1);
		client_conn_raw(p->c, "\x04\0\0\x02" "1\n2\n" "\0\0\0\x03", 12);
		break;
	case SCAN_STRING:
		printf(" text %.7s", part->payload.p);
		break;
	case SCAN_PARAM:
		printf(" p");
		break;
	case SCAN_NEED:
	case SCAN_COLUMNS_END:
	case SCAN_PARAMS_END:
		break;
	}
}

static void on_data(void *arg, const uint8_t *bytes, size_t n)
{
	struct probe *p = arg;

	(void)bytes;
	p->data_bytes += n;
	p->data_calls++;
	if (p->slow && p->data_calls % 2) {
		client_conn_pause(p->c);
		worker_timer_arm(p->timer, 1000);
	}
}

static void on_end(void *arg, const struct scan_part *last)
{
	(void)last;
	printf("\n");
	next_step(arg);
}

static const struct client_conn_sink sink = {on_part, on_data, on_end};
static const struct client_conn_sink quiet = {on_part, on_data, NULL};

static void send(struct probe *p, uint8_t id, const char *text, size_t n, const struct client_conn_sink *s)
{
	struct iovec v[2] = {{&id, 1}, {(void *)text, n}};
	struct err e;

	if (client_conn_send(p->c, v, 2, s, p, &e)) {
		printf("send failed: %s\n", e.msg);
		worker_stop(p->w);
	}
}

static void query(struct probe *p, const char *sql)
{
	p->binary = false;
	if (strlen(sql) < 100)
		printf("%s ->", sql);
	send(p, CMD_QUERY, sql, strlen(sql), &sink);
}

/* A statement of more than 16 MB, in pieces. */
static void long_query(struct probe *p, size_t n)
{
	char *x = malloc(n);
	struct err e;

	memset(x, 'x', n);
	printf("long %zu ->", n);
	if (client_conn_begin(p->c, CMD_QUERY, 1 + 15 + n + 2, &sink, p, &e))
		printf(" %s", e.msg);
	client_conn_append(p->c, "SELECT LENGTH('", 15);
	client_conn_append(p->c, x, n / 2);
	client_conn_append(p->c, x, n - n / 2);
	client_conn_append(p->c, "')", 2);
	free(x);
}

static void execute(struct probe *p)
{
	struct prepared_param params[3] = {
		{.type = TYPE_LONGLONG, .raw = str_make("\x2a\0\0\0\0\0\0\0", 8)},
		{.type = TYPE_VAR_STRING, .raw = STR_LIT("text")},
		{.type = TYPE_DATETIME, .raw = str_make("\xe8\x07\x02\x1d\1\2\3\4\0\0\0", 11)},
	};
	struct buf b;

	buf_init(&b);
	prepared_build_execute(&b, p->prepared.stmt_id, 0, params, p->prepared.params);
	p->binary = true;
	printf("execute ->");
	send(p, b.p[0], (char *)b.p + 1, b.len - 1, &sink);
	buf_reset(&b);
	prepared_build_short(&b, CMD_STMT_CLOSE, p->prepared.stmt_id);
	send(p, b.p[0], (char *)b.p + 1, b.len - 1, NULL);
	buf_fini(&b);
}

static void prepare(struct probe *p, const char *sql)
{
	printf("prepare ->");
	send(p, CMD_STMT_PREPARE, sql, strlen(sql), &sink);
}

#define ALL_TYPES "SELECT * FROM probe.types ORDER BY id"

static void next_step(struct probe *p)
{
	char sql[100];

	switch (p->step++) {
	case 0: query(p, "SELECT 1, NULL, 'x'"); return;
	case 1: query(p, "SELEC"); return;
	case 2: query(p, "SELECT 1; SET @a=1; SELECT 2 FROM DUAL WHERE 0; SELECT 3"); return;
	case 3: query(p, "INSERT INTO probe.t(v) VALUES (1),(2)"); return;
	case 4: query(p, "BEGIN"); return;
	case 5: query(p, "SELECT COUNT(*) FROM probe.t"); return;
	case 6: query(p, ALL_TYPES); return;
	case 7: prepare(p, ALL_TYPES); return;
	case 8: execute(p); return;
	case 9: prepare(p, "SELECT ?+1, CONCAT(?,'!'), CAST(? AS DATETIME(6))"); return;
	case 10: execute(p); return;
	case 11: prepare(p, "SELECT FROM"); return;
	case 12: prepare(p, "DO 1"); return;
	case 13: execute(p); return;
	case 14: query(p, "SELECT REPEAT('y', 16777214), REPEAT('z', 20000000)"); return;
	case 15: query(p, "SELECT REPEAT('y', 16777206) UNION ALL SELECT REPEAT('y', 16777207)"); return;
	case 16: long_query(p, 17000000); return;
	case 17: long_query(p, 16777215 - 18); return;
	case 18: p->slow = true; query(p, "SELECT seq, REPEAT('a', 100) FROM probe.seq_1_to_100000"); return;
	case 19:
		p->slow = false;
		printf("pipelined ->");
		send(p, CMD_RESET_CONNECTION, "", 0, NULL);
		send(p, CMD_QUERY, "SET @z=7", 8, NULL);
		send(p, CMD_QUERY, "SELECT @z", 9, &quiet);
		p->binary = false;
		send(p, CMD_QUERY, "SELECT @z+1", 11, &sink);
		return;
	case 20: printf("ping ->"); send(p, CMD_PING, "", 0, &sink); return;
	case 21: printf("statistics ->"); send(p, CMD_STATISTICS, "", 0, &sink); return;
	case 22: printf("init_db ->"); send(p, CMD_INIT_DB, "probe", 5, &sink); return;
	case 23: printf("field_list ->"); send(p, CMD_FIELD_LIST, "t\0", 2, &sink); return;
	case 24: printf("set_option ->"); send(p, CMD_SET_OPTION, "\0\0", 2, &sink); return;
	case 25: query(p, "LOAD DATA LOCAL INFILE '/any' INTO TABLE probe.f"); return;
	case 26: query(p, "CALL probe.two()"); return;
	case 27: query(p, "SELECT SUM(v), COUNT(*) FROM probe.f"); return;
	case 28:
		snprintf(sql, sizeof(sql), "KILL %u", client_conn_id(p->c));
		printf("kill ->");
		send(p, CMD_QUERY, sql, strlen(sql), &sink);
		return;
	default: printf("still alive\n"); client_conn_close(p->c); worker_stop(p->w);
	}
}

static void on_ready(void *arg)
{
	struct probe *p = arg;

	printf("ready %s\n", *client_conn_version(p->c) ? "version" : "no version");
	next_step(p);
}

static void on_closed(void *arg, const struct err *why)
{
	struct probe *p = arg;

	printf(" closed %u %s\n", why->mysql_errno, why->msg);
	client_conn_close(p->c);
	worker_stop(p->w);
}

static void resume(void *arg)
{
	struct probe *p = arg;

	client_conn_resume(p->c);
}

int main(int argc, char **argv)
{
	static const struct client_conn_handler handler = {on_ready, on_closed, NULL};
	struct probe p = {0};
	struct err e;

	if (argc < 4)
		return 2;
	p.w = worker_new("probe", &e);
	p.timer = worker_timer_new(p.w, resume, &p);
	p.config = (struct client_conn_config){
		.address = argv[1], .user = str_of(argv[2]), .password = str_of(argv[3]),
		.caps = CAP_MULTI_STATEMENTS | CAP_LOCAL_FILES,
	};
	if (argc > 4 && strcmp(argv[4], "-") != 0) {
		struct tls_config t = {.ca_file = argv[4]};

		p.config.tls = tls_new_client(&t, &e);
		if (!p.config.tls)
			return 3;
	}
	if (argc > 5)
		p.config.no_caps = CAP_DEPRECATE_EOF;
	p.c = client_conn_open(p.w, &p.config, &handler, &p, &e);
	if (!p.c)
		return 4;
	worker_run(p.w);
	buf_fini(&p.rows);
	worker_timer_free(p.timer);
	tls_put(p.config.tls);
	worker_free(p.w);
	return 0;
}
