/* command - the client's commands: name, body, and the fixed fields of the short ones. */
#ifndef WIRE_COMMAND_H
#define WIRE_COMMAND_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/err.h"
#include "src/base/str.h"
#include "src/wire/caps.h"

struct command {
	uint8_t id;      /* enum command_id, or a number nobody knows */
	struct str body; /* borrowed */
};
/* -1 (ERR_PROTOCOL): an empty payload. */
int command_parse(struct str payload, struct command *out, struct err *e) MUST_CHECK;
/* "QUERY", or "unknown". */
const char *command_name(uint8_t id);
/* Whether the server answers it at all (QUIT, STMT_CLOSE and STMT_SEND_LONG_DATA: no). */
bool command_has_reply(uint8_t id);

/* The statement id that the STMT_ commands begin with. */
int command_stmt_id(const struct command *c, uint32_t *id, struct err *e) MUST_CHECK;
/* STMT_SEND_LONG_DATA: statement, parameter number, piece. */
int command_long_data(const struct command *c, uint32_t *stmt, uint16_t *param, struct str *data,
		      struct err *e) MUST_CHECK;
/* STMT_FETCH: statement and number of rows. */
int command_fetch(const struct command *c, uint32_t *stmt, uint32_t *rows, struct err *e) MUST_CHECK;
/* SET_OPTION: 0 multi-statements on, 1 off. */
int command_set_option(const struct command *c, uint16_t *option, struct err *e) MUST_CHECK;
/* PROCESS_KILL: a connection id. */
int command_kill(const struct command *c, uint32_t *connection, struct err *e) MUST_CHECK;
/* FIELD_LIST: table and column wildcard. */
int command_field_list(const struct command *c, struct str *table, struct str *wild, struct err *e)
	MUST_CHECK;
#endif
