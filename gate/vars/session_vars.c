#include "gate/vars/session_vars.h"

#include <stdlib.h>

#include "src/data/charset.h"

static void free_map(struct hmap **m)
{
	if (!*m)
		return;
	hmap_fini(*m, free);
	free(*m);
	*m = NULL;
}

void session_vars_init(struct session_vars *v, const struct lex_opts *lex)
{
	v->client_charset = CHARSET_UTF8MB4;
	v->lex = *lex;
	v->autocommit = true;
	v->row_count = 0;
	v->last_insert_id = v->found_rows = 0;
	v->wait_timeout_us = v->statement_us = 0;
}

static void drop_values(struct session_vars *v)
{
	stmt_close_all(&v->stmts);
	free_map(&v->sysvars);
	free_map(&v->uservars);
	free(v->settings);
	v->settings = NULL;
	conditions_fini(&v->conditions);
}

void session_vars_reset(struct session_vars *v, const struct lex_opts *lex)
{
	drop_values(v);
	session_vars_init(v, lex);
}

struct stmt_reading session_vars_reading(const struct session_vars *v)
{
	return (struct stmt_reading){v->lex.mode, v->client_charset_changes, v->target};
}

void session_vars_fini(struct session_vars *v)
{
	drop_values(v);
	free(v->user);
	v->user = NULL;
}
