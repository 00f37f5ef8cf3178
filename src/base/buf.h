/* buf - a growing byte buffer with a sticky error: write as much as needed, ask once at the end. */
#ifndef BASE_BUF_H
#define BASE_BUF_H
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/err.h"
#include "src/base/str.h"

struct buf {
	uint8_t *p; /* owned */
	size_t len, cap;
	bool failed; /* an allocation failed: content is incomplete */
};

void buf_init(struct buf *b);
void buf_fini(struct buf *b);
/* Empty again, memory kept. */
void buf_reset(struct buf *b);
/* Room for @n more bytes at b->p + b->len (not yet counted in len), or NULL and failed. */
uint8_t *buf_reserve(struct buf *b, size_t n);
void buf_append(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, struct str s);
void buf_puts(struct buf *b, const char *z);
void buf_u8(struct buf *b, uint8_t v);
void buf_le16(struct buf *b, uint16_t v);
void buf_le24(struct buf *b, uint32_t v);
void buf_le32(struct buf *b, uint32_t v);
void buf_le64(struct buf *b, uint64_t v);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_vprintf(struct buf *b, const char *fmt, va_list ap);
/* Drops @n bytes (<= len) from the front. */
void buf_consume(struct buf *b, size_t n);
/* The content with a NUL after it (not counted), NULL when failed; lives until the next change. */
const char *buf_cstr(struct buf *b);
/* Hands the content over as a NUL-terminated heap string the caller frees (NULL when failed);
 * @b is empty afterwards. */
char *buf_take(struct buf *b);
static inline struct str buf_slice(const struct buf *b)
{
	return str_make(b->p, b->len);
}
/* 0, or -1 with ERR_NOMEM when anything failed to fit. */
int buf_check(const struct buf *b, struct err *e) MUST_CHECK;
#endif
