#include "tablet/query/text_state.h"

#include <string.h>

static bool has_word(struct str sql, const char *lower)
{
	size_t n = strlen(lower);
	const char *p = sql.p, *end = sql.p + sql.n;

	/* The words looked for have a '_', which is rare. */
	while ((p = memchr(p, '_', (size_t)(end - p)))) {
		if (p - sql.p >= 3 && (size_t)(end - p) >= n - 3 &&
		    str_ieq(str_make(p - 3, n), str_of(lower)))
			return true;
		p++;
	}
	return false;
}

/* Behind the comment that starts at sql.p[i]. */
static size_t skip_comment(struct str sql, size_t i)
{
	for (i += 2; i + 1 < sql.n; i++)
		if (sql.p[i] == '*' && sql.p[i + 1] == '/')
			return i + 2;
	return sql.n;
}

/* The first word, after white space, comments and parentheses; empty: cannot tell. */
static struct str first_word(struct str sql)
{
	size_t i = 0, start;

	while (i < sql.n) {
		char c = sql.p[i];

		if (c == '/' && sql.n - i > 4 && sql.p[i + 1] == '*' && sql.p[i + 2] != '!' &&
		    sql.p[i + 2] != 'M')
			i = skip_comment(sql, i);
		else if (c == ' ' || c == '(' || (c >= '\t' && c <= '\r'))
			i++;
		else
			break;
	}
	start = i;
	while (i < sql.n && ((sql.p[i] | 32) >= 'a' && (sql.p[i] | 32) <= 'z'))
		i++;
	return str_make(sql.p + start, i - start);
}

/* Whether a user variable may be named: an '@' outside of quotes, other than that of "@@name". */
static bool has_user_variable(struct str sql)
{
	char quote = 0;

	if (!memchr(sql.p, '@', sql.n))
		return false;
	for (size_t i = 0; i < sql.n; i++) {
		char c = sql.p[i];

		/* In gbk and its like this may be the second half of a character. */
		if ((uint8_t)c >= 0x80 && i + 1 < sql.n && sql.p[i + 1] == '`' && quote != '\'' &&
		    quote != '"')
			return true;
		if (quote) {
			/* Whether a backslash escapes depends on sql_mode. */
			if (c == '\\' && i + 1 < sql.n &&
			    (sql.p[i + 1] == quote || sql.p[i + 1] == '\\'))
				return true;
			if (c == quote)
				quote = 0;
		} else if (c == '\'' || c == '"' || c == '`') {
			quote = c;
		} else if (c == '@') {
			if (i + 1 == sql.n || sql.p[i + 1] != '@')
				return true;
			i++;
		}
	}
	return false;
}

bool text_state_left(struct str sql)
{
	static const char *const plain[] = {"select",	"insert",    "update",	"delete", "replace",
					    "with",	"show",	     "explain", "values", "commit",
					    "rollback", "savepoint", "release"};
	struct str word = first_word(sql);

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (str_ieqz(word, plain[i]))
			return has_user_variable(sql) || has_word(sql, "get_lock");
	return true;
}

/* Whether @lower occurs; its letter number @v is a 'v', which is rare. */
static bool has_text(struct str sql, const char *lower, size_t v)
{
	size_t n = strlen(lower);

	for (size_t i = v; i + (n - v) <= sql.n; i++)
		if ((sql.p[i] | 32) == 'v' && str_ieq(str_make(sql.p + i - v, n), str_of(lower)))
			return true;
	return false;
}

bool text_state_read(struct str sql)
{
	return has_text(sql, "lastval", 4) || has_text(sql, "previous", 3);
}
