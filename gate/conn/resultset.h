/* resultset - a result that the gate itself makes: columns, rows, end, in the protocol of the
 * command (text, or binary for COM_STMT_EXECUTE). Thread: the session's worker. */
#ifndef CONN_RESULTSET_H
#define CONN_RESULTSET_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/str.h"
#include "src/data/type.h"

struct conn;

struct resultset_column {
	const char *name;
	enum {
		/* In the session's character_set_results. */
		RESULTSET_NAME,	   /* 64 characters */
		RESULTSET_LEVEL,   /* 7 */
		RESULTSET_MESSAGE, /* 512 */
		RESULTSET_UTF8,	   /* of any length, may be NULL; in utf8mb4 */
		RESULTSET_INT,	   /* INT UNSIGNED, 4 bytes */
		RESULTSET_LONG,	   /* BIGINT UNSIGNED; may be NULL */
	} type;
};

struct resultset {
	struct conn *conn; /* borrowed */
	const struct resultset_column *column;
	size_t columns;
	bool binary;
	bool more; /* another result follows this one */
	uint64_t rows;
};

/* Sends the definitions; the caller has set conn, column, columns, binary and more. */
void resultset_begin(struct resultset *r);
/* Sends one row; a value whose p is NULL is NULL, numbers are given as digits. */
void resultset_row(struct resultset *r, const struct str *value);
/* Sends the end, and notes ROW_COUNT() and FOUND_ROWS(). */
void resultset_end(struct resultset *r);
#endif
