#include "src/wire/prepared.h"

#include <string.h>

#include "src/data/type.h"
#include "src/wire/binary_value.h"
#include "src/wire/caps.h"
#include "src/wire/wire_reader.h"

_Static_assert((int)PREPARED_TMP == (int)BINARY_VALUE_TMP, "one size of scratch room");

void prepared_build_ok(struct buf *b, const struct prepared_ok *p)
{
	buf_u8(b, 0);
	buf_le32(b, p->stmt_id);
	buf_le16(b, p->columns);
	buf_le16(b, p->params);
	buf_u8(b, 0);
	buf_le16(b, p->warnings);
}

int prepared_parse_ok(struct str payload, struct prepared_ok *out, struct err *e)
{
	struct wire_reader r = wire_reader_of(payload);
	uint8_t header = wire_reader_u8(&r);

	*out = (struct prepared_ok){.stmt_id = wire_reader_u32(&r)};
	out->columns = wire_reader_u16(&r);
	out->params = wire_reader_u16(&r);
	if (wire_reader_left(&r)) {
		wire_reader_u8(&r);
		out->warnings = wire_reader_u16(&r);
	}
	if (r.failed || header != 0)
		return err_set(e, ERR_PROTOCOL, "malformed answer to a prepare");
	return 0;
}

static int malformed(struct err *e)
{
	return err_set_mysql(e, ERR_PROTOCOL, 1210, "HY000", "Incorrect arguments to mysqld_stmt_execute");
}

static void read_params(struct wire_reader *r, const uint8_t *nulls, struct prepared_param *params,
			unsigned count)
{
	for (unsigned i = 0; i < count && !r->failed; i++) {
		/* Long data wins over the bitmap, as in the server. */
		if (params[i].long_data)
			continue;
		if (nulls[i / 8] >> (i % 8) & 1)
			params[i].raw = str_make(NULL, 0);
		else
			params[i].raw = binary_value_read(r, (uint8_t)params[i].type);
	}
}

int prepared_parse_execute(struct str body, struct prepared_param *params, unsigned count,
			   bool have_types, struct prepared_execute *out, struct err *e)
{
	struct wire_reader r = wire_reader_of(body);
	const uint8_t *nulls;

	*out = (struct prepared_execute){.stmt_id = wire_reader_u32(&r)};
	out->flags = wire_reader_u8(&r);
	wire_reader_u32(&r); /* iterations, always 1 */
	if (r.failed)
		return malformed(e);
	if (count == 0)
		return 0;
	nulls = wire_reader_take(&r, (count + 7) / 8);
	out->types_bound = wire_reader_u8(&r) == 1;
	if (r.failed || (!out->types_bound && !have_types))
		return malformed(e);
	for (unsigned i = 0; out->types_bound && i < count; i++)
		params[i].type = wire_reader_u16(&r);
	if (!r.failed)
		read_params(&r, nulls, params, count);
	return r.failed ? malformed(e) : 0;
}

int prepared_value(const struct prepared_param *p, char tmp[PREPARED_TMP], struct value *out,
		   struct err *e)
{
	uint8_t type = (uint8_t)p->type;
	bool blob = type >= TYPE_TINY_BLOB && type <= TYPE_BLOB;
	struct type_meta m = {
		.type = type,
		.flags = p->type & PREPARED_UNSIGNED ? TYPE_FLAG_UNSIGNED : 0,
		.decimals = TYPE_NOT_FIXED_DECIMALS,
		.charset = blob ? TYPE_CHARSET_BINARY : TYPE_CHARSET_UTF8MB4,
	};

	/* Long data is characters or bytes whatever the declared type. */
	if (p->long_data && p->raw.p) {
		*out = (struct value){.type = blob ? VALUE_BYTES : VALUE_TEXT, .s = p->raw};
		return 0;
	}
	return binary_value_decode(&m, p->raw, tmp, out) ? malformed(e) : 0;
}

static bool is_string(uint8_t type)
{
	return type >= TYPE_TINY_BLOB || type == TYPE_VARCHAR;
}

void prepared_build_execute(struct buf *b, uint32_t stmt_id, uint8_t flags,
			    const struct prepared_param *params, unsigned count)
{
	size_t bitmap;
	uint8_t *p;

	buf_u8(b, CMD_STMT_EXECUTE);
	buf_le32(b, stmt_id);
	buf_u8(b, flags);
	buf_le32(b, 1);
	if (count == 0)
		return;
	bitmap = b->len;
	p = buf_reserve(b, (count + 7) / 8);
	if (!p)
		return;
	memset(p, 0, (count + 7) / 8);
	b->len += (count + 7) / 8;
	buf_u8(b, 1);
	for (unsigned i = 0; i < count; i++) {
		bool cast = params[i].long_data && !is_string((uint8_t)params[i].type);

		buf_le16(b, cast ? TYPE_BLOB : params[i].type);
	}
	for (unsigned i = 0; i < count && !b->failed; i++) {
		uint8_t type = (uint8_t)params[i].type;

		if (!params[i].raw.p) {
			b->p[bitmap + i / 8] |= (uint8_t)(1 << (i % 8));
			continue;
		}
		if (params[i].long_data && !is_string(type))
			type = TYPE_BLOB;
		binary_value_put_raw(b, type, params[i].raw);
	}
}

void prepared_build_short(struct buf *b, uint8_t command, uint32_t stmt_id)
{
	buf_u8(b, command);
	buf_le32(b, stmt_id);
}
