/* lex_run - runs of plain bytes, eight at a time: the inside of strings, digits. Long INSERTs are
 * little else, and a branch per byte would cost more than all the rest of them. */
#ifndef LEX_LEX_RUN_H
#define LEX_LEX_RUN_H
#include <string.h>

#include "sql/lex/lex.h"

/* Each byte of a word is @c. */
static inline uint64_t lex_run_bytes(uint8_t c)
{
	return c * UINT64_C(0x0101010101010101);
}

/* The lowest byte of @w that is @c has its top bit set in the result, and none below it (above it
 * there may be false ones, by the borrow). */
static inline uint64_t lex_run_equal(uint64_t w, uint8_t c)
{
	uint64_t x = w ^ lex_run_bytes(c);

	return (x - lex_run_bytes(1)) & ~x & lex_run_bytes(0x80);
}

/* The index, from 0, of the lowest byte of a word whose top bit is set in @mask, not 0. */
static inline uint32_t lex_run_first(uint64_t mask)
{
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the first byte of a text has to be the lowest of a word"
#endif
	return (uint32_t)__builtin_ctzll(mask) / 8;
}

/* Skips what surely is inside of a string, from byte @i on: stops at the next @quote or backslash,
 * or byte over 0x7F in a character set with unsafe trail bytes, or less than 8 bytes before the end
 * of the text. */
static inline uint32_t lex_run_plain(const struct lex *l, uint32_t i, uint8_t quote)
{
	const uint64_t high = l->charset == LEX_CS_SAFE ? 0 : lex_run_bytes(0x80);

	while (i + 8 <= l->n) {
		uint64_t w, stop;

		memcpy(&w, l->p + i, 8);
		stop = lex_run_equal(w, quote) | lex_run_equal(w, '\\') | (w & high);
		if (stop)
			return i + lex_run_first(stop);
		i += 8;
	}
	return i;
}

/* The end of the digits from byte @i on. Short numbers are read byte by byte: a processor that
 * guesses the end goes on without waiting for it. */
static inline uint32_t lex_run_digits(const struct lex *l, uint32_t i)
{
	for (uint32_t end = l->n - i < 4 ? l->n : i + 4; i < end; i++)
		if ((uint8_t)(l->p[i] - '0') > 9)
			return i;
	while (i + 8 <= l->n) {
		uint64_t w, stop;

		memcpy(&w, l->p + i, 8);
		w ^= lex_run_bytes('0'); /* digits are 0 to 9 now */
		stop = ((w + lex_run_bytes(0x76)) | w) & lex_run_bytes(0x80);
		if (stop)
			return i + lex_run_first(stop);
		i += 8;
	}
	while (i < l->n && (uint8_t)(l->p[i] - '0') <= 9)
		i++;
	return i;
}
#endif
