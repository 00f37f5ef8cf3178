#include "src/wire/result_scan.h"

#include "src/wire/caps.h"
#include "src/wire/packet.h"
#include "src/wire/prepared.h"
#include "src/wire/reply.h"
#include "src/wire/wire_reader.h"

enum { OLD_EOF_MAX = 9 };

void result_scan_begin(struct result_scan *s, enum scan_kind kind, uint64_t caps)
{
	*s = (struct result_scan){.kind = kind, .caps = caps};
	switch (kind) {
	case SCAN_QUERY:
	case SCAN_PREPARE:
	case SCAN_SIMPLE:
	case SCAN_TEXT:
		s->state = SCAN_AT_FIRST;
		return;
	case SCAN_FIELDS:
		s->state = SCAN_AT_FIELD;
		return;
	case SCAN_FETCH:
		s->state = SCAN_AT_ROW;
		return;
	case SCAN_NONE:
		s->state = SCAN_AT_DONE;
		s->done = true;
		return;
	}
}

enum scan_kind result_scan_kind(uint8_t command)
{
	switch (command) {
	case CMD_QUERY:
	case CMD_STMT_EXECUTE:
	case CMD_STMT_BULK_EXECUTE:
	case CMD_PROCESS_INFO:
		return SCAN_QUERY;
	case CMD_STMT_PREPARE:
		return SCAN_PREPARE;
	case CMD_STATISTICS:
		return SCAN_TEXT;
	case CMD_FIELD_LIST:
		return SCAN_FIELDS;
	case CMD_STMT_FETCH:
	case CMD_BINLOG_DUMP:
	case CMD_BINLOG_DUMP_GTID:
		return SCAN_FETCH;
	case CMD_STMT_CLOSE:
	case CMD_STMT_SEND_LONG_DATA:
	case CMD_QUIT:
		return SCAN_NONE;
	default:
		return SCAN_SIMPLE;
	}
}

static int broken(struct err *e)
{
	return err_set(e, ERR_PROTOCOL, "malformed response from the server");
}

static int finish(struct result_scan *s, struct scan_part *part)
{
	s->state = SCAN_AT_DONE;
	s->done = part->last = true;
	return 0;
}

static int see_err(struct result_scan *s, struct scan_part *part)
{
	part->what = SCAN_ERR;
	return finish(s, part);
}

/* Reads an EOF packet in either form into @part. */
static int read_end(struct result_scan *s, struct scan_part *part, struct err *e)
{
	struct reply_ok ok;

	if (part->payload.n == 5 && (uint8_t)part->payload.p[0] == REPLY_EOF)
		return reply_parse_eof(part->payload, &part->warnings, &part->status);
	if (reply_parse_ok(part->payload, s->caps, &ok))
		return broken(e);
	part->status = ok.status;
	part->warnings = ok.warnings;
	part->affected_rows = ok.affected_rows;
	part->insert_id = ok.insert_id;
	return 0;
}

/* An OK or an end of rows: another result follows, or the response is over. */
static int next_result(struct result_scan *s, struct scan_part *part)
{
	if (!(part->status & STATUS_MORE_RESULTS) || s->kind != SCAN_QUERY)
		return finish(s, part);
	s->state = SCAN_AT_FIRST;
	return 0;
}

static int see_columns(struct result_scan *s, struct scan_part *part, struct err *e)
{
	struct wire_reader r = wire_reader_of(part->payload);

	part->what = SCAN_COLUMNS;
	part->count = wire_reader_lenenc(&r);
	if (r.failed || wire_reader_left(&r) || part->count == 0 || part->count > UINT16_MAX)
		return broken(e);
	s->columns = part->count;
	s->state = SCAN_AT_COLUMN;
	return 0;
}

static int see_prepared(struct result_scan *s, struct scan_part *part, struct err *e)
{
	struct prepared_ok ok;

	part->what = SCAN_PREPARED;
	if (prepared_parse_ok(part->payload, &ok, e))
		return -1;
	part->warnings = ok.warnings;
	part->count = ok.columns;
	s->columns = ok.columns;
	s->params = ok.params;
	if (!ok.columns && !ok.params)
		return finish(s, part);
	s->state = ok.params ? SCAN_AT_PARAM : SCAN_AT_COLUMN;
	return 0;
}

static int see_first(struct result_scan *s, struct scan_part *part, uint8_t first, struct err *e)
{
	if (s->kind == SCAN_TEXT) {
		part->what = first == REPLY_ERR ? SCAN_ERR : SCAN_STRING;
		return finish(s, part);
	}
	if (part->payload.n == 0)
		return broken(e);
	if (first == REPLY_ERR)
		return see_err(s, part);
	if (s->kind == SCAN_PREPARE)
		return see_prepared(s, part, e);
	if (first == REPLY_OK || (first == REPLY_EOF && s->kind == SCAN_SIMPLE)) {
		part->what = SCAN_OK;
		return read_end(s, part, e) ? -1 : next_result(s, part);
	}
	if (s->kind != SCAN_QUERY)
		return broken(e);
	if (first == REPLY_INFILE) { /* the client sends the file, then an OK or ERR comes */
		part->what = SCAN_INFILE;
		return 0;
	}
	return see_columns(s, part, e);
}

static bool is_eof(const struct result_scan *s, const struct scan_part *part, uint8_t first)
{
	return first == REPLY_EOF && part->payload.n > 0 &&
	       part->payload.n < (s->caps & CAP_DEPRECATE_EOF ? PACKET_FULL : OLD_EOF_MAX);
}

/* After the last column definition. */
static int columns_over(struct result_scan *s, struct scan_part *part)
{
	if (s->kind == SCAN_PREPARE)
		return finish(s, part);
	s->state = SCAN_AT_ROW;
	return 0;
}

static int see_column(struct result_scan *s, struct scan_part *part, uint8_t first, struct err *e)
{
	bool old_eof = !(s->caps & CAP_DEPRECATE_EOF);

	if (first == REPLY_ERR)
		return see_err(s, part);
	if (part->payload.n == 0)
		return broken(e);
	part->what = SCAN_COLUMN;
	if (--s->columns > 0)
		return 0;
	if (old_eof) {
		s->state = SCAN_AT_COLUMNS_END;
		return 0;
	}
	return columns_over(s, part);
}

static int see_columns_end(struct result_scan *s, struct scan_part *part, uint8_t first,
			   struct err *e)
{
	part->what = SCAN_COLUMNS_END;
	if (first == REPLY_ERR)
		return see_err(s, part);
	if (!is_eof(s, part, first) || read_end(s, part, e))
		return broken(e);
	if (part->status & STATUS_CURSOR_EXISTS && s->kind == SCAN_QUERY)
		return finish(s, part); /* the rows come by COM_STMT_FETCH */
	return columns_over(s, part);
}

static int params_over(struct result_scan *s, struct scan_part *part)
{
	if (!s->columns)
		return finish(s, part);
	s->state = SCAN_AT_COLUMN;
	return 0;
}

static int see_param(struct result_scan *s, struct scan_part *part, uint8_t first, struct err *e)
{
	if (first == REPLY_ERR || part->payload.n == 0)
		return broken(e);
	part->what = SCAN_PARAM;
	if (--s->params > 0)
		return 0;
	if (!(s->caps & CAP_DEPRECATE_EOF)) {
		s->state = SCAN_AT_PARAMS_END;
		return 0;
	}
	return params_over(s, part);
}

static int see_params_end(struct result_scan *s, struct scan_part *part, uint8_t first,
			  struct err *e)
{
	part->what = SCAN_PARAMS_END;
	if (!is_eof(s, part, first) || read_end(s, part, e))
		return broken(e);
	return params_over(s, part);
}

static int see_field(struct result_scan *s, struct scan_part *part, uint8_t first, struct err *e)
{
	if (first == REPLY_ERR)
		return see_err(s, part);
	if (!is_eof(s, part, first)) {
		part->what = SCAN_COLUMN;
		return 0;
	}
	part->what = SCAN_ROWS_END;
	return read_end(s, part, e) ? -1 : finish(s, part);
}

/* Passes over whole row packets from @at on, as far as they are plain ones; returns where that ends. */
static size_t skip_whole_rows(struct result_scan *s, const uint8_t *p, size_t n, size_t at,
			      struct scan_part *part)
{
	uint64_t rows = 0;
	uint8_t seq = s->seq;

	while (n - at > PACKET_HEADER) {
		uint32_t len = packet_len(p + at);

		if (len == 0 || len > n - at - PACKET_HEADER || len == PACKET_FULL ||
		    p[at + PACKET_HEADER] >= REPLY_EOF)
			break;
		seq = p[at + 3];
		at += PACKET_HEADER + len;
		rows++;
	}
	part->seq = s->seq = seq;
	part->count += rows;
	return at;
}

/* Passes over row packets: how many bytes from @p belong to rows. Stops before a packet that ends
 * them, or whose first bytes are not there yet. */
static size_t skip_rows(struct result_scan *s, const uint8_t *p, size_t n, struct scan_part *part)
{
	size_t at = 0;

	part->seq = s->seq; /* when only the middle of a packet is here */
	for (;;) {
		uint32_t len;

		if (s->left > 0) {
			size_t take = n - at < s->left ? n - at : s->left;

			at += take;
			s->left -= (uint32_t)take;
			if (s->left > 0)
				return at;
			part->count += !s->continued;
		}
		if (!s->continued)
			at = skip_whole_rows(s, p, n, at, part);
		if (n - at < PACKET_HEADER)
			return at;
		len = packet_len(p + at);
		if (!s->continued) {
			if (len == 0 || n - at == PACKET_HEADER || p[at + PACKET_HEADER] >= REPLY_EOF)
				return at;
		} else if (len == 0) { /* the empty end of a row of exactly 16 MB - 1 */
			part->count++;
		}
		part->seq = s->seq = p[at + 3];
		s->continued = len == PACKET_FULL;
		s->left = len;
		at += PACKET_HEADER;
	}
}

/* A packet that may end the rows. A row of 16 MB and more starts with 0xfe, too. */
static int see_row(struct result_scan *s, struct scan_part *part, uint8_t first, struct err *e)
{
	if (part->payload.n == 0)
		return broken(e);
	if (first == REPLY_ERR)
		return see_err(s, part);
	part->what = SCAN_ROWS_END;
	if (!is_eof(s, part, first) || read_end(s, part, e))
		return broken(e);
	return next_result(s, part);
}

static int see_packet(struct result_scan *s, struct scan_part *part, uint8_t first, struct err *e)
{
	switch (s->state) {
	case SCAN_AT_FIRST:
		return see_first(s, part, first, e);
	case SCAN_AT_COLUMN:
		return see_column(s, part, first, e);
	case SCAN_AT_COLUMNS_END:
		return see_columns_end(s, part, first, e);
	case SCAN_AT_ROW:
		return see_row(s, part, first, e);
	case SCAN_AT_PARAM:
		return see_param(s, part, first, e);
	case SCAN_AT_PARAMS_END:
		return see_params_end(s, part, first, e);
	case SCAN_AT_FIELD:
		return see_field(s, part, first, e);
	case SCAN_AT_DONE:
		break;
	}
	return broken(e);
}

/* The first packet of a row that starts with 0xfe but is no EOF: mark it as passed. */
static bool starts_long_row(struct result_scan *s, const struct packet *k, size_t n)
{
	bool row = s->state == SCAN_AT_ROW && n > PACKET_HEADER && k->payload[0] == REPLY_EOF &&
		   k->len >= (s->caps & CAP_DEPRECATE_EOF ? PACKET_FULL : OLD_EOF_MAX);

	if (row) {
		s->left = k->len;
		s->continued = k->len == PACKET_FULL;
	}
	return row;
}

int result_scan_next(struct result_scan *s, const uint8_t *p, size_t n, struct scan_part *part,
		     struct err *e)
{
	struct packet k;

	*part = (struct scan_part){.what = SCAN_NEED};
	if (s->done)
		return broken(e);
	if (s->state == SCAN_AT_ROW) {
		part->n = skip_rows(s, p, n, part);
		if (part->n > 0) {
			part->what = SCAN_ROWS;
			part->payload = str_make(p, part->n);
			return 0;
		}
	}
	if (!packet_peek(p, n, &k) || (n == PACKET_HEADER && k.len > 0))
		return 0;
	part->seq = k.seq;
	if (starts_long_row(s, &k, n)) {
		part->what = SCAN_ROWS;
		part->n = PACKET_HEADER;
		part->payload = str_make(p, part->n);
		return 0;
	}
	if (k.len == PACKET_FULL)
		return broken(e); /* nothing that steers is so long */
	if (!k.whole)
		return 0;
	part->n = (size_t)PACKET_HEADER + k.len;
	part->payload = str_make(k.payload, k.len);
	return see_packet(s, part, k.len ? k.payload[0] : 0, e);
}
