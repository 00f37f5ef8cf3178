/* Character sets and collations of tables: what a name stands for, what a database says. */
#include "sql/sema/schema_int.h"
#include "src/data/collation.h"

uint16_t schema_collation(struct str charset, struct str collation)
{
	const struct collation *c;
	enum charset_id id;

	if (collation.n) {
		c = collation_find(collation);
		return c ? c->id : 0;
	}
	if (!charset.n)
		return TYPE_CHARSET_UTF8MB4;
	return charset_find(charset, &id) ? charset_get(id)->default_collation : 0;
}

/* The next word of *@rest, without quotes; '=' is none. */
static struct str word(struct str *rest)
{
	size_t i = 0, from;
	struct str w;

	while (i < rest->n && strchr(" \t\r\n=", rest->p[i]))
		i++;
	from = i;
	while (i < rest->n && !strchr(" \t\r\n=;", rest->p[i]))
		i++;
	w = str_make(rest->p + from, i - from);
	*rest = str_make(rest->p + i, rest->n - i);
	if (w.n >= 2 && strchr("'\"`", w.p[0]))
		w = str_make(w.p + 1, w.n - 2);
	return w;
}

void schema_int_database(struct str text, struct schema_db *db)
{
	struct str rest = text, w = word(&rest);

	while (w.n) {
		bool charset = str_ieqz(w, "CHARSET") || str_ieqz(w, "SET");

		if (charset) {
			db->charset = word(&rest);
			db->collation = (struct str){0};
		} else if (str_ieqz(w, "COLLATE")) {
			db->collation = word(&rest);
		}
		w = word(&rest);
	}
}
