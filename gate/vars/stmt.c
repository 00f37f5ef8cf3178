#include "gate/vars/stmt.h"

#include <stdlib.h>

#include "src/data/charset.h"

enum { STMT_FIRST_SLOTS = 8 };

static int make_room(struct stmt_list *l)
{
	uint32_t n = l->count ? l->count * 2 : STMT_FIRST_SLOTS;
	struct stmt **slots = realloc(l->v, n * sizeof(*slots));

	if (!slots)
		return -1;
	for (uint32_t i = l->count; i < n; i++)
		slots[i] = NULL;
	l->v = slots;
	l->count = n;
	return 0;
}

static void free_stmt(struct stmt *st)
{
	if (!st)
		return;
	stmt_reset(st);
	fingerprint_fini(&st->fp);
	free(st->sql);
	free(st->type);
	free(st);
}

/* A free slot; ids are slots + 1 and are used again only after all higher ones were. */
static uint32_t find_slot(struct stmt_list *l)
{
	for (uint32_t i = 0; i < l->count; i++) {
		uint32_t at = (l->next + i) % l->count;

		if (!l->v[at])
			return at;
	}
	return l->count;
}

struct stmt *stmt_new(struct stmt_list *l, struct str sql, const struct stmt_reading *now,
		      uint16_t params, uint16_t columns, int64_t max, struct err *e)
{
	struct stmt *st;
	uint32_t at;

	if (l->open >= max) {
		err_set(e, ERR_STMT_LIMIT,
			"Can't create more than max_prepared_stmt_count statements (current value: "
			"%lld)",
			(long long)max);
		return NULL;
	}
	at = l->open < l->count ? find_slot(l) : l->count;
	st = calloc(1, sizeof(*st));
	if (!st || (at == l->count && make_room(l) < 0))
		goto fail;
	fingerprint_init(&st->fp);
	st->sql = str_dup(sql);
	st->n = sql.n;
	st->reading = *now;
	st->ascii = charset_is_ascii(sql);
	st->params = params;
	st->columns = columns;
	st->type = calloc(params ? params : 1, sizeof(*st->type));
	if (!st->sql || !st->type)
		goto fail;
	st->id = at + 1;
	l->v[at] = st;
	l->open++;
	l->next = at + 1 == l->count ? 0 : at + 1;
	return st;
fail:
	free_stmt(st);
	err_set(e, ERR_NOMEM, "out of memory for a prepared statement");
	return NULL;
}

int stmt_check_reading(const struct stmt *st, const struct stmt_reading *now, struct err *e)
{
	if (st->reading.lex_mode == now->lex_mode &&
	    (st->ascii || st->reading.client_charset_changes == now->client_charset_changes))
		return 0;
	return err_set(
		e, ERR_NEED_REPREPARE,
		"Prepared statement needs to be re-prepared: sql_mode or character_set_client "
		"are no longer what it was written in");
}

struct stmt *stmt_find(struct stmt_list *l, uint32_t id, const char *command, struct err *e)
{
	struct stmt *st = id && id <= l->count ? l->v[id - 1] : NULL;

	if (!st)
		err_set(e, ERR_UNKNOWN_STMT, "Unknown prepared statement handler (%u) given to %s",
			id, command);
	return st;
}

void stmt_close(struct stmt_list *l, struct stmt *st)
{
	l->v[st->id - 1] = NULL;
	l->open--;
	free_stmt(st);
}

void stmt_close_all(struct stmt_list *l)
{
	for (uint32_t i = 0; i < l->count; i++)
		free_stmt(l->v[i]);
	free(l->v);
	l->v = NULL;
	l->count = l->open = 0;
	l->next = 0;
}

void stmt_append_long(struct stmt *st, uint16_t param, struct str data, size_t max)
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
	if (st->long_bytes > max)
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
