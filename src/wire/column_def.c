#include "src/wire/column_def.h"

#include "src/wire/packet.h"
#include "src/wire/wire_reader.h"

enum { FIXED_BYTES = 12 };

static int read_fixed(struct wire_reader *r, uint32_t *length, struct type_meta *meta, struct err *e)
{
	uint64_t fixed = wire_reader_lenenc(r);

	meta->charset = wire_reader_u16(r);
	*length = wire_reader_u32(r);
	meta->type = wire_reader_u8(r);
	meta->flags = wire_reader_u16(r);
	meta->decimals = wire_reader_u8(r);
	if (r->failed || fixed < FIXED_BYTES - 2)
		return err_set(e, ERR_PROTOCOL, "malformed column definition");
	return 0;
}

int column_def_parse(struct str payload, struct column_def *out, struct err *e)
{
	struct wire_reader r = wire_reader_of(payload);

	out->catalog = wire_reader_lenenc_str(&r);
	out->schema = wire_reader_lenenc_str(&r);
	out->table = wire_reader_lenenc_str(&r);
	out->org_table = wire_reader_lenenc_str(&r);
	out->name = wire_reader_lenenc_str(&r);
	out->org_name = wire_reader_lenenc_str(&r);
	return read_fixed(&r, &out->length, &out->meta, e);
}

int column_def_peek(struct str payload, struct type_meta *out, struct err *e)
{
	struct wire_reader r = wire_reader_of(payload);
	uint32_t length;

	for (int i = 0; i < 6; i++)
		wire_reader_lenenc_str(&r);
	return read_fixed(&r, &length, out, e);
}

void column_def_build(struct buf *b, const struct column_def *c)
{
	packet_put_lenenc_str(b, c->catalog.n ? c->catalog : STR_LIT("def"));
	packet_put_lenenc_str(b, c->schema);
	packet_put_lenenc_str(b, c->table);
	packet_put_lenenc_str(b, c->org_table);
	packet_put_lenenc_str(b, c->name);
	packet_put_lenenc_str(b, c->org_name);
	packet_put_lenenc(b, FIXED_BYTES);
	buf_le16(b, c->meta.charset);
	buf_le32(b, c->length);
	buf_u8(b, c->meta.type);
	buf_le16(b, c->meta.flags);
	buf_u8(b, c->meta.decimals);
	buf_le16(b, 0);
}

void column_def_build_count(struct buf *b, uint64_t columns)
{
	packet_put_lenenc(b, columns);
}
