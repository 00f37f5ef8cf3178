#include "src/wire/binary_row.h"

#include <string.h>

#include "src/wire/binary_value.h"

enum { FIRST_BIT = 2 };

static bool is_null(const uint8_t *bitmap, size_t i)
{
	return bitmap[(i + FIRST_BIT) / 8] >> ((i + FIRST_BIT) % 8) & 1;
}

static const uint8_t *open_row(struct wire_reader *r, size_t n)
{
	if (wire_reader_u8(r) != 0)
		return NULL;
	return wire_reader_take(r, (n + FIRST_BIT + 7) / 8);
}

int binary_row_split(struct str payload, const struct type_meta *m, struct str *col, size_t n)
{
	struct wire_reader r = wire_reader_of(payload);
	const uint8_t *bitmap = open_row(&r, n);

	if (!bitmap)
		return -1;
	for (size_t i = 0; i < n && !r.failed; i++)
		col[i] = is_null(bitmap, i) ? str_make(NULL, 0) : binary_value_read(&r, m[i].type);
	return r.failed || wire_reader_left(&r) ? -1 : 0;
}

int binary_row_column(struct str payload, const struct type_meta *m, size_t n, size_t i,
		      struct str *out)
{
	struct wire_reader r = wire_reader_of(payload);
	const uint8_t *bitmap = open_row(&r, n);

	if (!bitmap || i >= n)
		return -1;
	for (size_t k = 0; k < i && !r.failed; k++)
		if (!is_null(bitmap, k))
			binary_value_read(&r, m[k].type);
	*out = is_null(bitmap, i) ? str_make(NULL, 0) : binary_value_read(&r, m[i].type);
	return r.failed ? -1 : 0;
}

void binary_row_begin(struct binary_row *r, struct buf *b, size_t n)
{
	size_t bytes = (n + FIRST_BIT + 7) / 8;
	uint8_t *p;

	buf_u8(b, 0);
	*r = (struct binary_row){.b = b, .bitmap = b->len};
	p = buf_reserve(b, bytes);
	if (!p)
		return;
	memset(p, 0, bytes);
	b->len += bytes;
}

static void mark_null(struct binary_row *r)
{
	size_t bit = r->at + FIRST_BIT;

	if (!r->b->failed)
		r->b->p[r->bitmap + bit / 8] |= (uint8_t)(1 << (bit % 8));
}

int binary_row_put(struct binary_row *r, const struct type_meta *m, const struct value *v)
{
	int rc = 0;

	if (v->type == VALUE_NULL)
		mark_null(r);
	else
		rc = binary_value_put(r->b, m, v);
	r->at++;
	return rc;
}

void binary_row_put_raw(struct binary_row *r, const struct type_meta *m, struct str raw)
{
	if (!raw.p)
		mark_null(r);
	else
		binary_value_put_raw(r->b, m->type, raw);
	r->at++;
}
