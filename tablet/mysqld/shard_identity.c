#include "tablet/mysqld/shard_identity.h"

#include <stdio.h>
#include <string.h>

#include "src/base/digest.h"
#include "src/base/rng.h"
#include "tablet/mysqld/control_conn.h"

enum { NO_SUCH_TABLE = 1146, NO_SUCH_DATABASE = 1049 };

static bool take_row(void *arg, unsigned columns, char **text, const unsigned long *len)
{
	struct shard_identity *s = arg;

	(void)len;
	if (columns < 3 || !text[0] || !text[1] || !text[2])
		return false;
	snprintf(s->keyspace, sizeof(s->keyspace), "%s", text[0]);
	snprintf(s->shard, sizeof(s->shard), "%s", text[1]);
	snprintf(s->id, sizeof(s->id), "%s", text[2]);
	return false;
}

int shard_identity_read(struct control_conn *c, struct shard_identity *out, struct err *e)
{
	*out = (struct shard_identity){.id = ""};
	if (control_conn_query(c, "SELECT keyspace, shard, id FROM _sluice.identity", take_row, out,
			       e) == 0)
		return 0;
	return e->mysql_errno == NO_SUCH_TABLE || e->mysql_errno == NO_SUCH_DATABASE ? 0 : -1;
}

int shard_identity_write(struct control_conn *c, struct shard_identity *s, struct err *e)
{
	uint8_t raw[(SHARD_IDENTITY - 1) / 2];

	rng_secure(raw, sizeof(raw));
	digest_hex(raw, sizeof(raw), s->id);
	if (control_conn_exec(c, e,
			      "CREATE TABLE IF NOT EXISTS _sluice.identity ("
			      " one TINYINT NOT NULL PRIMARY KEY DEFAULT 1 CHECK (one = 1),"
			      " keyspace VARCHAR(64) NOT NULL, shard VARCHAR(64) NOT NULL,"
			      " id CHAR(32) NOT NULL) CHARACTER SET ascii") < 0)
		return -1;
	/* Names of keyspaces and shards have no quotes, see rec_check_name(). */
	return control_conn_exec(
		c, e, "INSERT INTO _sluice.identity (keyspace, shard, id) VALUES ('%s', '%s', '%s')",
		s->keyspace, s->shard, s->id);
}

int shard_identity_check(const struct shard_identity *has, const struct shard_identity *want,
			 struct err *e)
{
	if (!has->id[0] && !want->id[0])
		return 0;
	if (!has->id[0])
		return err_set(e, ERR_CONFLICT,
			       "the data does not say whose it is, but shard %s/%s was initialised "
			       "(identity %s)",
			       want->keyspace, want->shard, want->id);
	if (strcmp(has->keyspace, want->keyspace) != 0 || strcmp(has->shard, want->shard) != 0)
		return err_set(e, ERR_CONFLICT, "the data is that of shard %s/%s, not of %s/%s",
			       has->keyspace, has->shard, want->keyspace, want->shard);
	if (want->id[0] && strcmp(has->id, want->id) != 0)
		return err_set(e, ERR_CONFLICT,
			       "the data has the identity %s, but shard %s/%s has %s", has->id,
			       want->keyspace, want->shard, want->id);
	return 0;
}
