/* fuzz_sql - how the targets of sql read their input. */
#ifndef FUZZ_FUZZ_SQL_H
#define FUZZ_FUZZ_SQL_H
#include "sql/lex/lex.h"

/* The first byte chooses the small modes and the character set or, past the last of these, MySQL 9;
 * the size, as good a number as any, the other modes. */
static inline struct lex_opts fuzz_sql_opts(uint8_t first, size_t size)
{
	unsigned high = first >> 5;
	struct lex_opts o = {.mode = first & 31, .charset = (enum lex_charset)(high % 5)};

	if (high > 5)
		o = (struct lex_opts){.mode = first & 31, .mysql = true, .version = 90100};
	if (size % 7 == 0)
		o.mode |= LEX_ORACLE;
	if (size % 11 == 0)
		o.mode |= LEX_BRACKETS;
	return o;
}
#endif
