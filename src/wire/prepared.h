/* prepared - COM_STMT_PREPARE's answer and COM_STMT_EXECUTE. Nothing is copied.
 *
 * A client sends the parameter types with the first execution only (new_params_bound = 1); later
 * ones rely on the server's memory, so the caller keeps them per statement (struct prepared_types).
 * CAP_QUERY_ATTRIBUTES changes the layout and must not be offered. */
#ifndef WIRE_PREPARED_H
#define WIRE_PREPARED_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"
#include "src/data/value.h"

struct prepared_ok {
	uint32_t stmt_id;
	uint16_t columns, params, warnings;
};
void prepared_build_ok(struct buf *b, const struct prepared_ok *p);
int prepared_parse_ok(struct str payload, struct prepared_ok *out, struct err *e) MUST_CHECK;

enum { PREPARED_UNSIGNED = 0x8000, PREPARED_TMP = 48 };

struct prepared_param {
	uint16_t type;  /* enum type_id, | PREPARED_UNSIGNED */
	bool long_data; /* in: sent by COM_STMT_SEND_LONG_DATA before, raw is that (the caller's) */
	struct str raw; /* without length prefix; .p == NULL: NULL */
};
struct prepared_execute {
	uint32_t stmt_id;
	uint8_t flags; /* cursor type */
	bool types_bound;
};
/* Parses COM_STMT_EXECUTE's body (without the command byte). @params has @count entries; on entry
 * .type holds the types remembered (used when the packet binds none) and .long_data + .raw the long
 * data. On return all fields are set. @have_types: the remembered types are real; without them and
 * without bound ones a statement with parameters is refused. */
int prepared_parse_execute(struct str body, struct prepared_param *params, unsigned count,
			   bool have_types, struct prepared_execute *out, struct err *e) MUST_CHECK;
/* A parameter as a value; text of dates and times goes into @tmp. */
int prepared_value(const struct prepared_param *p, char tmp[PREPARED_TMP], struct value *out,
		   struct err *e) MUST_CHECK;
/* A COM_STMT_EXECUTE payload with the command byte, types always bound; long data becomes ordinary
 * values. */
void prepared_build_execute(struct buf *b, uint32_t stmt_id, uint8_t flags,
			    const struct prepared_param *params, unsigned count);
/* COM_STMT_CLOSE, COM_STMT_RESET (no body but the id), with the command byte. */
void prepared_build_short(struct buf *b, uint8_t command, uint32_t stmt_id);
#endif
