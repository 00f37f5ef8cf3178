/* result_scan - follows a server's response to one command through raw bytes that arrive in any
 * chunks, and says what each stretch of them is and where the response ends.
 *
 * It is made for relays. Packets that steer (counts, column definitions, OK, EOF, ERR) are handed
 * out whole, one at a time; rows are handed out as ranges that may hold thousands of rows and may
 * start or end inside one: only their headers and first bytes are looked at. A caller loops:
 *
 *	while (n > 0 && !scan.done) {
 *		if (result_scan_next(&scan, p, n, &part, e) < 0) -> the server is broken, close
 *		if (part.what == SCAN_NEED) -> keep the rest, come back with more bytes behind it
 *		use part; p += part.n; n -= part.n;
 *	}
 *
 * Bytes left when scan.done is set belong to the next response. */
#ifndef WIRE_RESULT_SCAN_H
#define WIRE_RESULT_SCAN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/err.h"
#include "src/base/str.h"

enum scan_kind {
	SCAN_QUERY,   /* COM_QUERY, COM_STMT_EXECUTE, COM_PROCESS_INFO: resultsets or OK or ERR */
	SCAN_PREPARE, /* COM_STMT_PREPARE */
	SCAN_SIMPLE,  /* one OK, EOF or ERR: PING, INIT_DB, SET_OPTION, RESET_CONNECTION, ... */
	SCAN_TEXT,    /* one packet of any content: COM_STATISTICS */
	SCAN_FIELDS,  /* COM_FIELD_LIST: definitions up to an EOF */
	SCAN_FETCH,   /* COM_STMT_FETCH, COM_BINLOG_DUMP: packets up to EOF or ERR */
	SCAN_NONE,    /* no response: COM_STMT_CLOSE, COM_STMT_SEND_LONG_DATA */
};

enum scan_what {
	SCAN_NEED,        /* more bytes are needed; nothing is used (n == 0) */
	SCAN_COLUMNS,     /* a resultset starts; count = columns */
	SCAN_COLUMN,      /* a column definition */
	SCAN_COLUMNS_END, /* EOF after the definitions, unless CAP_DEPRECATE_EOF */
	SCAN_ROWS,        /* bytes of rows */
	SCAN_ROWS_END,    /* EOF, or OK with header 0xfe, after the rows */
	SCAN_OK,          /* an OK packet that is a response of its own */
	SCAN_ERR,
	SCAN_INFILE,      /* LOAD DATA LOCAL: the server waits for the file payload names */
	SCAN_PREPARED,    /* COM_STMT_PREPARE_OK */
	SCAN_PARAM,       /* definition of a parameter */
	SCAN_PARAMS_END,
	SCAN_STRING,      /* SCAN_TEXT's packet */
};

struct scan_part {
	enum scan_what what;
	size_t n;           /* bytes of the range, from its start, packet headers included */
	struct str payload; /* of the packet; for SCAN_ROWS the whole range */
	uint8_t seq;        /* sequence number of the packet (the last one of a range) */
	bool last;          /* the response ends here */
	uint64_t count;     /* columns, or rows that ended in the range */
	/* SCAN_OK, SCAN_ROWS_END, SCAN_COLUMNS_END: */
	uint16_t status, warnings;
	uint64_t affected_rows, insert_id;
};

enum scan_state { SCAN_AT_FIRST, SCAN_AT_COLUMN, SCAN_AT_COLUMNS_END, SCAN_AT_ROW, SCAN_AT_PARAM,
		  SCAN_AT_PARAMS_END, SCAN_AT_FIELD, SCAN_AT_DONE };

struct result_scan {
	enum scan_kind kind;
	enum scan_state state;
	uint64_t caps;    /* agreed with this server */
	uint64_t columns; /* definitions still to come */
	uint16_t params;
	uint32_t left;    /* bytes of the row packet being passed that are still to come */
	uint8_t seq;      /* of the last row packet */
	bool continued;   /* the row goes on in the next packet */
	bool done;        /* the response is complete */
};

/* Starts on the response to a command of @kind; @caps are those agreed with the server. */
void result_scan_begin(struct result_scan *s, enum scan_kind kind, uint64_t caps);
/* What lies at the start of [p, p + n). -1: not the protocol (ERR_PROTOCOL). */
int result_scan_next(struct result_scan *s, const uint8_t *p, size_t n, struct scan_part *part,
		     struct err *e) MUST_CHECK;
/* Whether what has been handed out so far ends inside of a row. */
static inline bool result_scan_within_row(const struct result_scan *s)
{
	return s->left > 0 || s->continued;
}
/* The kind of response a command gets (SCAN_SIMPLE for unknown ones: an ERR). COM_CHANGE_USER is
 * not followed: it is an exchange (auth_client.h). */
enum scan_kind result_scan_kind(uint8_t command);
#endif
