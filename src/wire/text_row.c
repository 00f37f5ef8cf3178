#include "src/wire/text_row.h"

#include "src/data/number.h"
#include "src/wire/packet.h"
#include "src/wire/wire_reader.h"

int text_row_split(struct str payload, struct str *col, size_t n)
{
	struct wire_reader r = wire_reader_of(payload);

	for (size_t i = 0; i < n && !r.failed; i++)
		col[i] = wire_reader_nullable_str(&r);
	return r.failed || wire_reader_left(&r) ? -1 : 0;
}

int text_row_column(struct str payload, size_t i, struct str *out)
{
	struct wire_reader r = wire_reader_of(payload);

	while (i-- > 0 && !r.failed)
		wire_reader_nullable_str(&r);
	*out = wire_reader_nullable_str(&r);
	return r.failed ? -1 : 0;
}

static int integer_value(const struct type_meta *m, struct str text, struct value *out)
{
	if (str_to_i64(text, &out->i)) {
		out->type = VALUE_INT;
		return 0;
	}
	out->type = VALUE_UINT;
	return (m->flags & TYPE_FLAG_UNSIGNED) && str_to_u64(text, &out->u) ? 0 : -1;
}

int text_row_value(const struct type_meta *m, struct str text, struct value *out)
{
	*out = (struct value){.type = VALUE_NULL};
	if (!text.p || m->type == TYPE_NULL)
		return 0;
	if (type_is_integer(m->type))
		return integer_value(m, text, out);
	out->s = text;
	if (m->type == TYPE_FLOAT || m->type == TYPE_DOUBLE) {
		out->type = VALUE_DOUBLE;
		return number_parse_double(text, &out->d) ? 0 : -1;
	}
	if (type_is_decimal(m->type))
		out->type = VALUE_DECIMAL;
	else if (type_is_temporal(m->type))
		out->type = VALUE_TIME;
	else if (m->type == TYPE_BIT || m->type == TYPE_GEOMETRY ||
		 (m->charset == TYPE_CHARSET_BINARY && m->type != TYPE_JSON))
		out->type = VALUE_BYTES;
	else
		out->type = VALUE_TEXT;
	return 0;
}

void text_row_put(struct buf *b, struct str text)
{
	packet_put_lenenc_str(b, text);
}

void text_row_put_null(struct buf *b)
{
	buf_u8(b, 0xfb);
}

static void put_double(struct buf *b, const struct type_meta *m, const struct value *v)
{
	char text[NUMBER_FIXED_TEXT];
	size_t n;

	if (v->s.n)
		return text_row_put(b, v->s);
	if (m && (m->type == TYPE_FLOAT || m->type == TYPE_DOUBLE) &&
	    m->decimals < TYPE_NOT_FIXED_DECIMALS)
		n = number_format_fixed(v->d, m->decimals, text);
	else if (m && m->type == TYPE_FLOAT)
		n = number_format_float(v->d, text);
	else
		n = number_format_double(v->d, text);
	text_row_put(b, str_make(text, n));
}

void text_row_put_value(struct buf *b, const struct type_meta *m, const struct value *v)
{
	char text[NUMBER_TEXT];

	switch (v->type) {
	case VALUE_NULL:
		text_row_put_null(b);
		return;
	case VALUE_INT:
		text_row_put(b, str_make(text, number_format_i64(v->i, text)));
		return;
	case VALUE_UINT:
		text_row_put(b, str_make(text, number_format_u64(v->u, text)));
		return;
	case VALUE_DOUBLE:
		put_double(b, m, v);
		return;
	case VALUE_DECIMAL:
	case VALUE_TEXT:
	case VALUE_BYTES:
	case VALUE_TIME:
		text_row_put(b, v->s);
		return;
	}
}
