#include "src/wire/binary_value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "src/data/number.h"
#include "src/wire/packet.h"
#include "src/wire/text_row.h"

enum { DATE_BYTES = 4, DATETIME_BYTES = 7, DATETIME_US_BYTES = 11, TIME_BYTES = 8,
       TIME_US_BYTES = 12 };

/* Bytes of a type of fixed size, 0 for the others. */
static unsigned fixed_size(uint8_t type)
{
	switch (type) {
	case TYPE_TINY:
		return 1;
	case TYPE_SHORT:
	case TYPE_YEAR:
		return 2;
	case TYPE_LONG:
	case TYPE_INT24:
	case TYPE_FLOAT:
		return 4;
	case TYPE_LONGLONG:
	case TYPE_DOUBLE:
		return 8;
	default:
		return 0;
	}
}

struct str binary_value_read(struct wire_reader *r, uint8_t type)
{
	unsigned fixed = fixed_size(type);

	if (type == TYPE_NULL)
		return str_make(NULL, 0);
	if (fixed)
		return wire_reader_bytes(r, fixed);
	if (type_is_temporal(type))
		return wire_reader_bytes(r, wire_reader_u8(r));
	return wire_reader_lenenc_str(r);
}

void binary_value_put_raw(struct buf *b, uint8_t type, struct str raw)
{
	if (fixed_size(type))
		buf_str(b, raw);
	else if (type_is_temporal(type)) {
		buf_u8(b, (uint8_t)raw.n);
		buf_append(b, raw.p, (uint8_t)raw.n);
	} else {
		packet_put_lenenc_str(b, raw);
	}
}

static int decode_integer(const struct type_meta *m, const uint8_t *p, size_t n, struct value *out)
{
	uint64_t v = 0;
	unsigned shift = (unsigned)(64 - 8 * n);

	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)p[i] << (8 * i);
	out->type = VALUE_INT;
	if (!(m->flags & TYPE_FLAG_UNSIGNED) && m->type != TYPE_YEAR) {
		out->i = (int64_t)(v << shift) >> shift;
	} else if (v <= INT64_MAX) {
		out->i = (int64_t)v;
	} else {
		out->type = VALUE_UINT;
		out->u = v;
	}
	return 0;
}

static int decode_real(const uint8_t *p, size_t n, struct value *out)
{
	out->type = VALUE_DOUBLE;
	if (n == 4) {
		float f;

		memcpy(&f, p, sizeof(f));
		out->d = f;
	} else {
		memcpy(&out->d, p, sizeof(out->d));
	}
	return isfinite(out->d) ? 0 : -1;
}

/* Appends ".ffffff" cut to @decimals digits; above 6 digits (unknown) only when it is not zero. */
static size_t put_fraction(char *o, uint32_t us, unsigned decimals)
{
	char six[8];

	if (decimals > 6)
		decimals = us ? 6 : 0;
	if (decimals == 0)
		return 0;
	snprintf(six, sizeof(six), "%06u", us % 1000000);
	o[0] = '.';
	memcpy(o + 1, six, decimals);
	return decimals + 1;
}

static int decode_time(const struct type_meta *m, struct str raw, char *tmp, struct value *out)
{
	const uint8_t *p = (const uint8_t *)raw.p;
	uint32_t us = 0;
	uint64_t hours;
	size_t n;

	if (raw.n == 0) {
		n = (size_t)snprintf(tmp, BINARY_VALUE_TMP, "00:00:00");
	} else {
		if (raw.n != TIME_BYTES && raw.n != TIME_US_BYTES)
			return -1;
		hours = (uint64_t)wire_reader_le32(p + 1) * 24 + p[5];
		if (p[0] > 1 || p[6] > 59 || p[7] > 59)
			return -1;
		us = raw.n == TIME_US_BYTES ? wire_reader_le32(p + 8) : 0;
		n = (size_t)snprintf(tmp, BINARY_VALUE_TMP, "%s%02llu:%02u:%02u", p[0] ? "-" : "",
				     (unsigned long long)hours, p[6], p[7]);
	}
	if (us > 999999)
		return -1;
	n += put_fraction(tmp + n, us, m->decimals);
	out->s = str_make(tmp, n);
	return 0;
}

static int decode_date(const struct type_meta *m, struct str raw, char *tmp, struct value *out)
{
	bool date_only = m->type == TYPE_DATE || m->type == TYPE_NEWDATE;
	uint8_t p[DATETIME_US_BYTES] = {0};
	uint32_t us;
	size_t n;

	if (raw.n != 0 && raw.n != DATE_BYTES && raw.n != DATETIME_BYTES &&
	    raw.n != DATETIME_US_BYTES)
		return -1;
	if (raw.n)
		memcpy(p, raw.p, raw.n);
	us = wire_reader_le32(p + 7);
	if (wire_reader_le16(p) > 9999 || p[2] > 12 || p[3] > 31 || p[4] > 23 || p[5] > 59 ||
	    p[6] > 59 || us > 999999)
		return -1;
	n = (size_t)snprintf(tmp, BINARY_VALUE_TMP, "%04u-%02u-%02u", wire_reader_le16(p), p[2],
			     p[3]);
	if (!date_only) {
		n += (size_t)snprintf(tmp + n, BINARY_VALUE_TMP - n, " %02u:%02u:%02u", p[4], p[5],
				      p[6]);
		n += put_fraction(tmp + n, us, m->decimals);
	}
	out->s = str_make(tmp, n);
	return 0;
}

int binary_value_decode(const struct type_meta *m, struct str raw, char tmp[BINARY_VALUE_TMP],
			struct value *out)
{
	unsigned fixed = fixed_size(m->type);

	*out = (struct value){.type = VALUE_NULL};
	if (!raw.p || m->type == TYPE_NULL)
		return 0;
	if (fixed && raw.n != fixed)
		return -1;
	if (type_is_integer(m->type))
		return decode_integer(m, (const uint8_t *)raw.p, raw.n, out);
	if (fixed)
		return decode_real((const uint8_t *)raw.p, raw.n, out);
	if (!type_is_temporal(m->type))
		return text_row_value(m, raw, out);
	out->type = VALUE_TIME;
	return m->type == TYPE_TIME ? decode_time(m, raw, tmp, out) : decode_date(m, raw, tmp, out);
}

/* Reads digits up to @stop (or the end); false when there are none or too many. */
static bool take_number(struct str *s, char stop, uint32_t *out)
{
	struct str head, tail;
	uint64_t v;

	str_cut(*s, stop, &head, &tail);
	*s = tail;
	if (!str_to_u64(head, &v) || v > UINT32_MAX)
		return false;
	*out = (uint32_t)v;
	return true;
}

/* "5" is 500000 us. */
static bool take_fraction(struct str s, uint32_t *us)
{
	char six[] = "000000";
	uint64_t v;

	*us = 0;
	if (s.n == 0)
		return true;
	memcpy(six, s.p, s.n < 6 ? s.n : 6);
	if (!str_to_u64(str_of(six), &v))
		return false;
	*us = (uint32_t)v;
	return true;
}

static int put_time(struct buf *b, struct str s)
{
	uint32_t h, m, sec, us;
	bool negative = s.n > 0 && s.p[0] == '-';

	if (negative)
		s = str_make(s.p + 1, s.n - 1);
	if (!take_number(&s, ':', &h) || !take_number(&s, ':', &m) || !take_number(&s, '.', &sec) ||
	    !take_fraction(s, &us) || m > 59 || sec > 59)
		return -1;
	buf_u8(b, us ? TIME_US_BYTES : TIME_BYTES);
	buf_u8(b, negative);
	buf_le32(b, h / 24);
	buf_u8(b, (uint8_t)(h % 24));
	buf_u8(b, (uint8_t)m);
	buf_u8(b, (uint8_t)sec);
	if (us)
		buf_le32(b, us);
	return 0;
}

static int put_date(struct buf *b, struct str s)
{
	uint32_t y, mo, d, h = 0, mi = 0, sec = 0, us = 0;

	if (!take_number(&s, '-', &y) || !take_number(&s, '-', &mo) || !take_number(&s, ' ', &d))
		return -1;
	if (s.n > 0 && (!take_number(&s, ':', &h) || !take_number(&s, ':', &mi) ||
			!take_number(&s, '.', &sec) || !take_fraction(s, &us)))
		return -1;
	if (y > 9999 || mo > 12 || d > 31 || h > 23 || mi > 59 || sec > 59)
		return -1;
	buf_u8(b, us ? DATETIME_US_BYTES : h | mi | sec ? DATETIME_BYTES : DATE_BYTES);
	buf_le16(b, (uint16_t)y);
	buf_u8(b, (uint8_t)mo);
	buf_u8(b, (uint8_t)d);
	if (!(h | mi | sec | us))
		return 0;
	buf_u8(b, (uint8_t)h);
	buf_u8(b, (uint8_t)mi);
	buf_u8(b, (uint8_t)sec);
	if (us)
		buf_le32(b, us);
	return 0;
}

static int put_integer(struct buf *b, unsigned size, const struct value *v)
{
	uint64_t u;

	if (v->type == VALUE_INT)
		u = (uint64_t)v->i;
	else if (v->type == VALUE_UINT)
		u = v->u;
	else if (!str_to_u64(v->s, &u) && !str_to_i64(v->s, (int64_t *)&u))
		return -1;
	for (unsigned i = 0; i < size; i++)
		buf_u8(b, (uint8_t)(u >> (8 * i)));
	return 0;
}

static int put_real(struct buf *b, unsigned size, const struct value *v)
{
	double d;

	if (v->type == VALUE_DOUBLE)
		d = v->d;
	else if (v->type == VALUE_INT)
		d = (double)v->i;
	else if (v->type == VALUE_UINT)
		d = (double)v->u;
	else if (!number_parse_double(v->s, &d))
		return -1;
	if (size == sizeof(float)) {
		float f = (float)d;

		buf_append(b, &f, sizeof(f));
	} else {
		buf_append(b, &d, sizeof(d));
	}
	return 0;
}

int binary_value_put(struct buf *b, const struct type_meta *m, const struct value *v)
{
	unsigned size = fixed_size(m->type);

	if (m->type == TYPE_FLOAT || m->type == TYPE_DOUBLE)
		return put_real(b, size, v);
	if (size)
		return put_integer(b, size, v);
	if (m->type == TYPE_TIME)
		return put_time(b, v->s);
	if (type_is_temporal(m->type))
		return put_date(b, v->s);
	text_row_put_value(b, NULL, v);
	return 0;
}
