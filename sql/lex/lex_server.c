/* A server's version text to the language that it speaks. */
#include <stdio.h>
#include <string.h>

#include "sql/lex/lex.h"

bool lex_server_of(struct str version, struct lex_opts *opts)
{
	unsigned major, minor, patch = 0;
	bool mariadb = false;
	char text[64];
	const char *p = text;
	int end = 0;

	if (version.n >= sizeof(text))
		version.n = sizeof(text) - 1;
	memcpy(text, version.p, version.n);
	text[version.n] = 0;
	/* What MariaDB says first to old replicas. */
	if (str_starts(version, "5.5.5-"))
		p += strlen("5.5.5-");
	if (sscanf(p, "%2u.%2u%n.%2u%n", &major, &minor, &end, &patch, &end) < 2 ||
	    (p[end] && p[end] != '-'))
		return false;
	for (const char *s = p; *s && !mariadb; s++)
		mariadb = str_ieqz(str_make(s, strnlen(s, 7)), "mariadb");
	opts->version = major * 10000 + minor * 100 + patch;
	opts->mysql = !mariadb && opts->version < 100000;
	return true;
}
