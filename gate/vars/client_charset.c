#include "gate/vars/client_charset.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "gate/vars/session_vars.h"
#include "src/base/buf.h"
#include "src/base/hmap.h"
#include "src/data/charset.h"
#include "src/wire/collation_id.h"

static bool is_one_of(struct str name, const char *const *names)
{
	while (*names && !str_eqz(name, *names))
		names++;
	return *names != NULL;
}

void client_charset_set(struct session_vars *v, struct str name)
{
	enum charset_id id;
	int8_t other = str_ieqz(name, "swe7") ? CLIENT_CHARSET_SWE7 : CLIENT_CHARSET_OTHER;
	int8_t now = charset_find(name, &id) ? (int8_t)id : other;

	/* Of two others nobody knows whether they are the same. */
	if (now != v->client_charset || now < 0)
		v->client_charset_changes++;
	v->lex.charset = lex_charset_of(name);
	v->client_charset = now;
}

/* The variables by name, and as the text behind SET. (Column definitions have the number of the
 * character set's default collation then, not the one of the login.) */
static int put_all(struct session_vars *v, struct str charset, struct str collation)
{
	static const char *const names[] = {"character_set_client", "character_set_connection",
					    "character_set_results", "collation_connection"};
	const struct str values[] = {charset, charset, charset, collation};
	struct buf text;

	v->sysvars = calloc(1, sizeof(*v->sysvars));
	if (!v->sysvars)
		return -1;
	hmap_init(v->sysvars);
	buf_init(&text);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char quoted[72];
		char *copy;

		snprintf(quoted, sizeof(quoted), "'%.*s'", STR_ARG(values[i]));
		copy = str_dup(str_of(quoted));
		if (!copy || hmap_put(v->sysvars, str_of(names[i]), copy, NULL) < 0) {
			free(copy);
			buf_fini(&text);
			return -1;
		}
		buf_printf(&text, "%s%s=%s", i ? "," : "", names[i], quoted);
	}
	v->settings = text.failed ? NULL : str_dup(buf_slice(&text));
	buf_fini(&text);
	return v->settings ? 0 : -1;
}

int client_charset_login(struct session_vars *v, uint8_t collation, struct err *e)
{
	/* A statement in them has zero bytes in it. */
	static const char *const wide[] = {"ucs2", "utf16", "utf16le", "utf32", NULL};
	struct str charset = collation_id_charset(collation);

	/* What is unknown becomes the default, as with a server. */
	if (collation == COLLATION_UTF8MB4_GENERAL_CI || !charset.p)
		return 0;
	if (is_one_of(charset, wide))
		return err_set_mysql(
			e, ERR_INVALID, 1231, "42000",
			"Variable 'character_set_client' can't be set to the value of '%.*s'",
			STR_ARG(charset));
	if (put_all(v, charset, collation_id_name(collation)) < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	client_charset_set(v, charset);
	return 0;
}

unsigned client_charset_results(const struct session_vars *v, unsigned *bytes)
{
	struct str name = STR_LIT("character_set_results");
	const char *value = v->sysvars ? hmap_get(v->sysvars, name) : NULL;
	unsigned id;

	if (!value)
		value = "utf8mb4";
	else if (!strcasecmp(value, "NULL"))
		value = "utf8mb3"; /* as it is: the system's own */
	name = str_of(value);
	if (name.n >= 2 && name.p[0] == '\'')
		name = str_make(name.p + 1, name.n - 2);
	id = collation_id_default(name, bytes);
	if (!id) {
		*bytes = 4;
		id = COLLATION_UTF8MB4_GENERAL_CI;
	}
	return id;
}
