#include "src/wire/reply.h"

#include <string.h>

#include "src/wire/caps.h"
#include "src/wire/packet.h"
#include "src/wire/wire_reader.h"

void reply_build_ok(struct buf *b, uint64_t caps, const struct reply_ok *ok)
{
	bool track = (caps & CAP_SESSION_TRACK) && ok->track.n > 0;
	unsigned status = ok->status & ~(unsigned)STATUS_SESSION_STATE_CHANGED;

	buf_u8(b, ok->eof_header ? REPLY_EOF : REPLY_OK);
	packet_put_lenenc(b, ok->affected_rows);
	packet_put_lenenc(b, ok->insert_id);
	buf_le16(b, (uint16_t)(track ? status | STATUS_SESSION_STATE_CHANGED : status));
	buf_le16(b, ok->warnings);
	/* The documents say that without session tracking the text has no length; servers send it
	 * with one, and clients expect that. */
	if (ok->info.n || track)
		packet_put_lenenc_str(b, ok->info);
	if (track)
		packet_put_lenenc_str(b, ok->track);
}

int reply_parse_ok(struct str payload, uint64_t caps, struct reply_ok *out)
{
	struct wire_reader r = wire_reader_of(payload);
	uint8_t header = wire_reader_u8(&r);

	*out = (struct reply_ok){.eof_header = header == REPLY_EOF};
	if (header != REPLY_OK && header != REPLY_EOF)
		return -1;
	out->affected_rows = wire_reader_lenenc(&r);
	out->insert_id = wire_reader_lenenc(&r);
	out->status = wire_reader_u16(&r);
	out->warnings = wire_reader_u16(&r);
	if (wire_reader_left(&r))
		out->info = wire_reader_lenenc_str(&r);
	if ((caps & CAP_SESSION_TRACK) && (out->status & STATUS_SESSION_STATE_CHANGED) &&
	    wire_reader_left(&r))
		out->track = wire_reader_lenenc_str(&r);
	return r.failed ? -1 : 0;
}

void reply_build_eof(struct buf *b, uint16_t warnings, uint16_t status)
{
	buf_u8(b, REPLY_EOF);
	buf_le16(b, warnings);
	buf_le16(b, status);
}

int reply_parse_eof(struct str payload, uint16_t *warnings, uint16_t *status)
{
	struct wire_reader r = wire_reader_of(payload);

	if (payload.n != 5 || wire_reader_u8(&r) != REPLY_EOF)
		return -1;
	*warnings = wire_reader_u16(&r);
	*status = wire_reader_u16(&r);
	return 0;
}

void reply_build_end(struct buf *b, uint64_t caps, uint16_t warnings, uint16_t status)
{
	struct reply_ok ok = {.eof_header = true, .warnings = warnings, .status = status};

	if (caps & CAP_DEPRECATE_EOF)
		reply_build_ok(b, caps, &ok);
	else
		reply_build_eof(b, warnings, status);
}

void reply_build_err(struct buf *b, unsigned code, const char *sqlstate, struct str message)
{
	buf_u8(b, REPLY_ERR);
	buf_le16(b, (uint16_t)code);
	buf_u8(b, '#');
	buf_append(b, strlen(sqlstate) == 5 ? sqlstate : "HY000", 5);
	buf_str(b, message);
}

void reply_build_error(struct buf *b, const struct err *e)
{
	unsigned code = e->mysql_errno ? e->mysql_errno : 1105;

	reply_build_err(b, code, e->sqlstate, str_of(e->msg));
}

int reply_parse_err(struct str payload, struct reply_err *out)
{
	struct wire_reader r = wire_reader_of(payload);

	*out = (struct reply_err){.sqlstate = "HY000"};
	if (wire_reader_u8(&r) != REPLY_ERR)
		return -1;
	out->code = wire_reader_u16(&r);
	if (wire_reader_left(&r) >= 6 && wire_reader_peek(&r) == '#') {
		memcpy(out->sqlstate, r.p + 1, 5);
		wire_reader_take(&r, 6);
	}
	out->message = wire_reader_rest(&r);
	return r.failed ? -1 : 0;
}

int reply_to_err(struct str payload, struct err *e)
{
	struct reply_err r;

	if (reply_parse_err(payload, &r))
		return err_set(e, ERR_PROTOCOL, "unexpected packet from the server");
	return err_set_mysql(e, ERR_REMOTE, r.code, r.sqlstate, "%.*s", STR_ARG(r.message));
}

size_t reply_status_offset(struct str payload)
{
	struct wire_reader r = wire_reader_of(payload);
	uint8_t header = wire_reader_u8(&r);

	if (header == REPLY_EOF && payload.n == 5)
		return 3;
	if (header != REPLY_OK && header != REPLY_EOF)
		return 0;
	wire_reader_lenenc(&r);
	wire_reader_lenenc(&r);
	if (r.failed || wire_reader_left(&r) < 4)
		return 0;
	return (size_t)(r.p - (const uint8_t *)payload.p);
}

int reply_next_track(struct str *rest, struct reply_track *out)
{
	struct wire_reader r = wire_reader_of(*rest), in;

	*out = (struct reply_track){0};
	if (rest->n == 0)
		return 0;
	out->type = wire_reader_u8(&r);
	in = wire_reader_of(wire_reader_lenenc_str(&r));
	if (r.failed)
		return -1;
	*rest = wire_reader_rest(&r);
	switch (out->type) {
	case TRACK_SYSTEM_VARIABLE:
		out->name = wire_reader_lenenc_str(&in);
		out->value = wire_reader_lenenc_str(&in);
		break;
	case TRACK_GTIDS:
		wire_reader_u8(&in); /* encoding specification, 0 */
		out->value = wire_reader_lenenc_str(&in);
		break;
	case TRACK_SCHEMA:
	case TRACK_STATE_CHANGE:
	case TRACK_TRX_CHARACTERISTICS:
	case TRACK_TRX_STATE:
		out->value = wire_reader_lenenc_str(&in);
		break;
	default: /* a newer server's: its bytes, for who knows them */
		out->value = wire_reader_rest(&in);
		break;
	}
	return in.failed ? -1 : 1;
}

static size_t lenenc_size(uint64_t v)
{
	return v < 0xfb ? 1 : v <= 0xffff ? 3 : v <= 0xffffff ? 4 : 9;
}

void reply_put_track(struct buf *b, const struct reply_track *t)
{
	size_t n = lenenc_size(t->value.n) + t->value.n;

	if (t->type == TRACK_SYSTEM_VARIABLE)
		n += lenenc_size(t->name.n) + t->name.n;
	if (t->type == TRACK_GTIDS)
		n++;
	buf_u8(b, t->type);
	packet_put_lenenc(b, n);
	if (t->type == TRACK_SYSTEM_VARIABLE)
		packet_put_lenenc_str(b, t->name);
	if (t->type == TRACK_GTIDS)
		buf_u8(b, 0);
	packet_put_lenenc_str(b, t->value);
}
