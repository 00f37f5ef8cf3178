#include "tablet/mysqld/mysqld_role.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "src/base/buf.h"
#include "src/base/file.h"
#include "src/base/str.h"

static const char *const role_names[] = {"undecided", "primary", "replica"};

bool mysqld_role_equal(const struct mysqld_role *a, const struct mysqld_role *b)
{
	return a->kind == b->kind && a->semi_sync == b->semi_sync && !strcmp(a->source, b->source) &&
	       !strcmp(a->identity, b->identity);
}

const char *mysqld_role_name(enum mysqld_role_kind kind)
{
	return role_names[kind];
}

bool mysqld_role_truncates(const struct mysqld_role_note *was, const struct mysqld_role *now)
{
	return was->primary && was->semi_sync && now->kind == MYSQLD_REPLICA && now->source[0];
}

static void path_of(const char *dir, char *out, size_t room)
{
	snprintf(out, room, "%s/role", dir);
}

int mysqld_role_write(const char *dir, const struct mysqld_role_note *n, struct err *e)
{
	const char *text = !n->primary	  ? "replica\n"
			   : n->semi_sync ? "primary semi_sync\n"
					  : "primary\n";
	char path[4096];

	path_of(dir, path, sizeof(path));
	return file_write(path, str_of(text), 0644, e);
}

int mysqld_role_read(const char *dir, struct mysqld_role_note *out, struct err *e)
{
	char path[4096];
	struct buf b;
	struct str text;
	int rc;

	*out = (struct mysqld_role_note){.primary = true};
	path_of(dir, path, sizeof(path));
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return 0;
	buf_init(&b);
	rc = file_read(path, &b, e);
	text = str_trim(buf_slice(&b));
	if (rc == 0 && str_eqz(text, "replica"))
		out->primary = false;
	else if (rc == 0 && str_eqz(text, "primary semi_sync"))
		out->semi_sync = true;
	else if (rc == 0 && !str_eqz(text, "primary"))
		rc = err_set(e, ERR_PARSE, "%s says neither primary nor replica", path);
	buf_fini(&b);
	return rc;
}
