#include "tablet/pool/settings_text.h"

/* The end of the quoted text that starts at s.p[i]: backslashes and doubled quotes are in it. */
static size_t skip_quoted(struct str s, size_t i)
{
	char quote = s.p[i++];

	while (i < s.n) {
		if (s.p[i] == '\\' && quote != '`')
			i += 2;
		else if (s.p[i++] == quote)
			return i;
	}
	return s.n;
}

bool settings_text_next(struct str *rest, struct str *name, struct str *value)
{
	struct str s = *rest, one;
	int depth = 0;
	size_t i = 0;

	while (i < s.n && (depth > 0 || s.p[i] != ',')) {
		char c = s.p[i];

		if (c == '\'' || c == '"' || c == '`') {
			i = skip_quoted(s, i);
			continue;
		}
		depth += c == '(' ? 1 : c == ')' ? -1 : 0;
		i++;
	}
	one = str_trim(str_make(s.p, i));
	*rest = i < s.n ? str_make(s.p + i + 1, s.n - i - 1) : str_make(s.p, 0);
	if (!one.n)
		return false;
	str_cut(one, '=', name, value);
	*name = str_trim(*name);
	*value = str_trim(*value);
	return true;
}

static bool sets(struct str text, struct str wanted)
{
	struct str name, value;

	while (settings_text_next(&text, &name, &value))
		if (str_ieq(name, wanted))
			return true;
	return false;
}

/* What the tablet's connections begin with; the server's own defaults may be others. */
static const char *initial(struct str name)
{
	if (str_ieqz(name, "character_set_client") || str_ieqz(name, "character_set_connection") ||
	    str_ieqz(name, "character_set_results"))
		return "utf8mb4";
	if (str_ieqz(name, "collation_connection"))
		return "utf8mb4_general_ci";
	return "DEFAULT";
}

void settings_text_change(struct buf *out, struct str have, struct str want)
{
	struct str name, value;
	size_t start = out->len;

	/* Defaults first: setting one of the character set variables may move another. */
	while (settings_text_next(&have, &name, &value)) {
		if (sets(want, name))
			continue;
		if (out->len > start)
			buf_u8(out, ',');
		buf_str(out, name);
		buf_printf(out, "=%s", initial(name));
	}
	if (want.n && out->len > start)
		buf_u8(out, ',');
	buf_str(out, want);
}
