#include "src/base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *b)
{
	*b = (struct buf){0};
}

void buf_fini(struct buf *b)
{
	free(b->p);
	buf_init(b);
}

void buf_reset(struct buf *b)
{
	b->len = 0;
	b->failed = false;
}

uint8_t *buf_reserve(struct buf *b, size_t n)
{
	size_t cap = b->cap ? b->cap : 64;
	uint8_t *p;

	if (b->failed)
		return NULL;
	if (n <= b->cap - b->len)
		return b->p + b->len;
	if (n > SIZE_MAX / 2 - b->len)
		goto fail;
	while (cap < b->len + n)
		cap *= 2;
	p = realloc(b->p, cap);
	if (!p)
		goto fail;
	b->p = p;
	b->cap = cap;
	return b->p + b->len;
fail:
	b->failed = true;
	return NULL;
}

void buf_append(struct buf *b, const void *p, size_t n)
{
	uint8_t *at = n ? buf_reserve(b, n) : NULL;

	if (!at)
		return;
	memcpy(at, p, n);
	b->len += n;
}

void buf_str(struct buf *b, struct str s)
{
	buf_append(b, s.p, s.n);
}

void buf_puts(struct buf *b, const char *z)
{
	buf_append(b, z, strlen(z));
}

static void append_le(struct buf *b, uint64_t v, size_t n)
{
	uint8_t *at = buf_reserve(b, n);

	if (!at)
		return;
	for (size_t i = 0; i < n; i++)
		at[i] = (uint8_t)(v >> (8 * i));
	b->len += n;
}

void buf_u8(struct buf *b, uint8_t v)
{
	append_le(b, v, 1);
}

void buf_le16(struct buf *b, uint16_t v)
{
	append_le(b, v, 2);
}

void buf_le24(struct buf *b, uint32_t v)
{
	append_le(b, v, 3);
}

void buf_le32(struct buf *b, uint32_t v)
{
	append_le(b, v, 4);
}

void buf_le64(struct buf *b, uint64_t v)
{
	append_le(b, v, 8);
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	uint8_t *at;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	at = n < 0 ? NULL : buf_reserve(b, (size_t)n + 1);
	if (!at) {
		b->failed = true;
		return;
	}
	vsnprintf((char *)at, (size_t)n + 1, fmt, ap);
	b->len += (size_t)n;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

void buf_consume(struct buf *b, size_t n)
{
	if (n < b->len)
		memmove(b->p, b->p + n, b->len - n);
	b->len -= n;
}

const char *buf_cstr(struct buf *b)
{
	uint8_t *at = buf_reserve(b, 1);

	if (!at)
		return NULL;
	*at = 0;
	return (const char *)b->p;
}

char *buf_take(struct buf *b)
{
	char *z = buf_cstr(b) ? (char *)b->p : NULL;

	if (!z)
		free(b->p);
	buf_init(b);
	return z;
}

int buf_check(const struct buf *b, struct err *e)
{
	return b->failed ? err_set(e, ERR_NOMEM, "out of memory") : 0;
}
