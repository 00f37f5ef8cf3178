#include "tablet/manager/schema_script.h"

#include "sql/lex/keyword.h"
#include "sql/lex/lex.h"

/* @opts: how the server reads it. *@modes: whether it may set the session's sql_mode. */
static bool drops_database(struct str sql, const struct lex_opts *opts, bool *modes)
{
	enum keyword before = KW_NONE;
	bool after_dot = false; /* the word is a name */
	struct lex_token t;
	struct lex l;

	lex_init(&l, opts, sql, 0);
	for (lex_next(&l, &t); t.kind != LEX_EOF && t.kind != LEX_ERROR; lex_next(&l, &t)) {
		struct str word = lex_text(&l, &t);
		enum keyword kw = KW_NONE;

		if (t.kind == LEX_WORD && !after_dot)
			kw = keyword_find(word.p, word.n).kw;
		*modes |= t.kind == LEX_WORD && str_ieqz(word, "sql_mode");
		after_dot = t.kind == '.';
		if ((kw == KW_DATABASE || kw == KW_SCHEMA) &&
		    (before == KW_DROP || before == KW_REPLACE))
			return true;
		before = kw;
	}
	return false;
}

/* The same for every kind of server, and every mode if the statements may set it. */
static bool may_drop_database(struct str sql)
{
	static const uint32_t modes[] = {0, LEX_NO_BACKSLASH_ESCAPES, LEX_ANSI_QUOTES,
					 LEX_NO_BACKSLASH_ESCAPES | LEX_ANSI_QUOTES};
	/* Comments for servers of any version may be statements to the one that is asked. */
	struct lex_opts opts = {.version = 999999};
	bool sets_mode = false;

	for (int mysql = 0; mysql < 2; mysql++) {
		opts.mysql = mysql;
		for (size_t i = 0; i < (sets_mode ? 4 : 1); i++) {
			opts.mode = modes[i];
			if (drops_database(sql, &opts, &sets_mode))
				return true;
		}
	}
	return false;
}

int schema_script_check(struct str sql, struct err *e)
{
	if (sql.n > UINT32_MAX)
		return err_set(e, ERR_INVALID, "the statements are longer than 4 GB");
	if (may_drop_database(sql))
		return err_set(e, ERR_DENIED,
			       "a schema change may not drop the keyspace's database "
			       "(`sluicectl keyspace delete` ends a keyspace)");
	return 0;
}
