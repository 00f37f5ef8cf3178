#include "gate/session/stmt.h"

#include <stdlib.h>

#include "gate/session/gate.h"
#include "gate/session/gate_worker.h"
#include "gate/session/session.h"
#include "src/data/charset.h"

enum { STMT_FIRST_SLOTS = 8 };

static int make_room(struct session *s)
{
	uint32_t n = s->stmt_count ? s->stmt_count * 2 : STMT_FIRST_SLOTS;
	struct stmt **v = realloc(s->stmt, n * sizeof(*v));

	if (!v)
		return -1;
	for (uint32_t i = s->stmt_count; i < n; i++)
		v[i] = NULL;
	s->stmt = v;
	s->stmt_count = n;
	return 0;
}

static void free_stmt(struct stmt *st)
{
	if (!st)
		return;
	stmt_reset(st);
	free(st->sql);
	free(st->type);
	free(st);
}

/* A free slot; ids are slots + 1 and are used again only after all higher ones were. */
static uint32_t find_slot(struct session *s)
{
	for (uint32_t i = 0; i < s->stmt_count; i++) {
		uint32_t at = (s->next_stmt - 1 + i) % s->stmt_count;

		if (!s->stmt[at])
			return at;
	}
	return s->stmt_count;
}

struct stmt *stmt_new(struct session *s, struct str sql, uint16_t params, uint16_t columns,
		      struct err *e)
{
	int64_t max = s->gw->gate->settings->max_prepared;
	struct stmt *st;
	uint32_t at;

	if (s->stmt_open >= max) {
		err_set(e, ERR_STMT_LIMIT,
			"Can't create more than max_prepared_stmt_count statements (current value: "
			"%lld)",
			(long long)max);
		return NULL;
	}
	at = s->stmt_open < s->stmt_count ? find_slot(s) : s->stmt_count;
	st = calloc(1, sizeof(*st));
	if (!st || (at == s->stmt_count && make_room(s) < 0))
		goto fail;
	st->sql = str_dup(sql);
	st->n = sql.n;
	st->lex_mode = s->lex.mode;
	st->client_charset_changes = s->client_charset_changes;
	st->ascii = charset_is_ascii(sql);
	st->params = params;
	st->columns = columns;
	st->type = calloc(params ? params : 1, sizeof(*st->type));
	if (!st->sql || !st->type)
		goto fail;
	st->id = at + 1;
	s->stmt[at] = st;
	s->stmt_open++;
	s->next_stmt = at + 2 > s->stmt_count ? 1 : at + 2;
	return st;
fail:
	free_stmt(st);
	err_set(e, ERR_NOMEM, "out of memory for a prepared statement");
	return NULL;
}

int stmt_check_reading(const struct session *s, const struct stmt *st, struct err *e)
{
	if (st->lex_mode == s->lex.mode &&
	    (st->ascii || st->client_charset_changes == s->client_charset_changes))
		return 0;
	return err_set(
		e, ERR_NEED_REPREPARE,
		"Prepared statement needs to be re-prepared: sql_mode or character_set_client "
		"are no longer what it was written in");
}

struct stmt *stmt_find(struct session *s, uint32_t id, const char *command, struct err *e)
{
	struct stmt *st = id && id <= s->stmt_count ? s->stmt[id - 1] : NULL;

	if (!st)
		err_set(e, ERR_UNKNOWN_STMT, "Unknown prepared statement handler (%u) given to %s",
			id, command);
	return st;
}

void stmt_close(struct session *s, struct stmt *st)
{
	s->stmt[st->id - 1] = NULL;
	s->stmt_open--;
	free_stmt(st);
}

void stmt_close_all(struct session *s)
{
	for (uint32_t i = 0; i < s->stmt_count; i++)
		free_stmt(s->stmt[i]);
	free(s->stmt);
	s->stmt = NULL;
	s->stmt_count = s->stmt_open = 0;
	s->next_stmt = 1;
}

void stmt_append_long(struct session *s, struct stmt *st, uint16_t param, struct str data)
{
	if (param >= st->params) {
		st->long_error = STMT_LONG_PARAM;
		return;
	}
	if (!st->long_data)
		st->long_data = calloc(st->params, sizeof(*st->long_data));
	if (!st->long_data) {
		st->long_error = STMT_LONG_MEMORY;
		return;
	}
	st->long_data[param].given = true;
	st->long_bytes += data.n;
	if (st->long_bytes > (size_t)s->gw->gate->settings->max_statement)
		st->long_data[param].b.failed = true;
	else
		buf_str(&st->long_data[param].b, data);
}

int stmt_check_long(const struct stmt *st, struct err *e)
{
	if (st->long_error == STMT_LONG_PARAM)
		return err_set(e, ERR_INVALID, "Incorrect arguments to mysqld_stmt_send_long_data");
	if (st->long_error == STMT_LONG_MEMORY)
		return err_set(e, ERR_NOMEM, "out of memory for a parameter's long data");
	for (uint16_t i = 0; st->long_data && i < st->params; i++)
		if (st->long_data[i].b.failed)
			return err_set(e, ERR_TOO_BIG,
				       "parameter %u is larger than max_allowed_packet", i + 1u);
	return 0;
}

void stmt_reset(struct stmt *st)
{
	st->long_error = STMT_LONG_FINE;
	if (!st->long_data)
		return;
	for (uint16_t i = 0; i < st->params; i++)
		buf_fini(&st->long_data[i].b);
	free(st->long_data);
	st->long_data = NULL;
	st->long_bytes = 0;
}
