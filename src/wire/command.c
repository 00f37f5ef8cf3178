#include "src/wire/command.h"

#include "src/wire/wire_reader.h"

static int malformed(struct err *e)
{
	return err_set(e, ERR_PROTOCOL, "Malformed communication packet");
}

int command_parse(struct str payload, struct command *out, struct err *e)
{
	if (payload.n == 0)
		return malformed(e);
	out->id = (uint8_t)payload.p[0];
	out->body = str_make(payload.p + 1, payload.n - 1);
	return 0;
}

const char *command_name(uint8_t id)
{
	switch (id) {
#define NAME(name, number)                                                                         \
	case number:                                                                               \
		return #name;
		COMMAND_LIST(NAME)
#undef NAME
	default:
		return "unknown";
	}
}

bool command_has_reply(uint8_t id)
{
	return id != CMD_QUIT && id != CMD_STMT_CLOSE && id != CMD_STMT_SEND_LONG_DATA;
}

int command_stmt_id(const struct command *c, uint32_t *id, struct err *e)
{
	struct wire_reader r = wire_reader_of(c->body);

	*id = wire_reader_u32(&r);
	return r.failed ? malformed(e) : 0;
}

int command_long_data(const struct command *c, uint32_t *stmt, uint16_t *param, struct str *data,
		      struct err *e)
{
	struct wire_reader r = wire_reader_of(c->body);

	*stmt = wire_reader_u32(&r);
	*param = wire_reader_u16(&r);
	*data = wire_reader_rest(&r);
	return r.failed ? malformed(e) : 0;
}

int command_fetch(const struct command *c, uint32_t *stmt, uint32_t *rows, struct err *e)
{
	struct wire_reader r = wire_reader_of(c->body);

	*stmt = wire_reader_u32(&r);
	*rows = wire_reader_u32(&r);
	return r.failed ? malformed(e) : 0;
}

int command_set_option(const struct command *c, uint16_t *option, struct err *e)
{
	struct wire_reader r = wire_reader_of(c->body);

	*option = wire_reader_u16(&r);
	return r.failed ? malformed(e) : 0;
}

int command_kill(const struct command *c, uint32_t *connection, struct err *e)
{
	struct wire_reader r = wire_reader_of(c->body);

	*connection = wire_reader_u32(&r);
	return r.failed ? malformed(e) : 0;
}

int command_field_list(const struct command *c, struct str *table, struct str *wild, struct err *e)
{
	struct wire_reader r = wire_reader_of(c->body);

	*table = wire_reader_nul_str(&r);
	*wild = wire_reader_rest(&r);
	if (wild->n && wild->p[wild->n - 1] == 0)
		wild->n--;
	return r.failed ? malformed(e) : 0;
}
