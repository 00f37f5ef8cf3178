#include "tablet/manager/schema_script.h"

#include "sql/lex/keyword.h"
#include "sql/lex/lex.h"

/* @opts: how the server reads it. */
static bool drops_database(struct str sql, const struct lex_opts *opts)
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
		after_dot = t.kind == '.';
		if ((kw == KW_DATABASE || kw == KW_SCHEMA) &&
		    (before == KW_DROP || before == KW_REPLACE))
			return true;
		before = kw;
	}
	return false;
}

int schema_script_check(struct str sql, struct err *e)
{
	/* Comments for servers of any version may be statements to the one that is asked. */
	const struct lex_opts maria = {.version = 999999}, mysql = {.version = 999999, .mysql = true};

	if (sql.n > UINT32_MAX)
		return err_set(e, ERR_INVALID, "the statements are longer than 4 GB");
	if (drops_database(sql, &maria) || drops_database(sql, &mysql))
		return err_set(e, ERR_DENIED,
			       "a schema change may not drop the keyspace's database "
			       "(`sluicectl keyspace delete` ends a keyspace)");
	return 0;
}
