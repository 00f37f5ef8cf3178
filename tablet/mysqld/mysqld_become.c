/* mysqld_become - makes a mysqld what it is to be: a primary or a replica of the shard whose data
 * it holds. All is safe to repeat. */
#include <stdio.h>
#include <string.h>

#include "src/base/log.h"
#include "src/base/str.h"
#include "tablet/mysqld/mysqld_clone.h"
#include "tablet/mysqld/mysqld_manager.h"
#include "tablet/mysqld/mysqld_manager_int.h"
#include "tablet/mysqld/mysqld_setup.h"

int mysqld_become_remember(struct mysqld_manager *m, bool primary, bool semi_sync, struct err *e)
{
	struct mysqld_role_note n = {.primary = primary, .semi_sync = semi_sync};

	return m->o.attach_socket ? 0 : mysqld_role_write(m->o.process.dir, &n, e);
}

static void set_identity(struct mysqld_manager *m, const char *id)
{
	pthread_mutex_lock(&m->m);
	snprintf(m->identity, sizeof(m->identity), "%s", id);
	pthread_mutex_unlock(&m->m);
}

static void name_shard(const struct mysqld_manager *m, struct shard_identity *s)
{
	snprintf(s->keyspace, sizeof(s->keyspace), "%s", m->o.database);
	snprintf(s->shard, sizeof(s->shard), "%s", m->o.shard);
}

/* Whether mysqld holds the data that it is to serve; if not, it accepts no writes. */
static int check_identity(struct mysqld_manager *m, struct control_conn *c,
			  const struct mysqld_role *r, struct err *e)
{
	struct shard_identity has, want = {.id = ""};
	struct err second;

	if (!m->o.has_store || r->kind == MYSQLD_UNDECIDED)
		return 0;
	name_shard(m, &want);
	snprintf(want.id, sizeof(want.id), "%s", r->identity);
	if (shard_identity_read(c, &has, e) < 0)
		return -1;
	if (shard_identity_check(&has, &want, e) == 0) {
		set_identity(m, has.id);
		return 0;
	}
	set_identity(m, "");
	if (m->o.attach_socket) /* somebody else's */
		return err_wrap(e, "mysqld at %s", m->o.attach_socket);
	if (mysqld_setup_halt_replication(c, &second) < 0 ||
	    mysqld_setup_read_only(c, true, &second) < 0)
		log_error("tablet.mysqld", "event=refuse problem=\"%s\"", second.msg);
	return err_wrap(e,
			"%s/data is not served; put the right data there, or move it away, and a "
			"replica is copied from the primary",
			m->o.process.dir);
}

/* Makes the database of a shard's first primary, and then gives the data its identity: data that
 * has one has had its database. */
static int initialise(struct mysqld_manager *m, struct control_conn *c, struct err *e)
{
	struct shard_identity s = {.id = ""};

	if (m->o.has_store && shard_identity_read(c, &s, e) < 0)
		return -1;
	if (mysqld_setup_schema(c, m->o.database, s.id[0], e) < 0)
		return -1;
	if (!m->o.has_store)
		return 0;
	if (!s.id[0]) {
		name_shard(m, &s);
		if (shard_identity_write(c, &s, e) < 0)
			return -1;
		log_info("tablet.mysqld", "event=initialised identity=%s", s.id);
	}
	set_identity(m, s.id);
	return 0;
}

static int make_primary(struct mysqld_manager *m, struct control_conn *c,
			const struct mysqld_role *r, struct err *e)
{
	if (!m->o.attach_socket && mysqld_setup_stop_replication(c, e) < 0)
		return -1;
	if (initialise(m, c, e) < 0)
		return -1;
	m->noted_replica = false;
	if ((r->semi_sync ? semi_sync_enable(c, e) : semi_sync_disable(c, e)) < 0 ||
	    mysqld_become_remember(m, true, r->semi_sync, e) < 0)
		return -1;
	return m->o.attach_socket ? 0 : mysqld_setup_read_only(c, false, e);
}

/* A primary that waits for replicas waits with locks that read_only=1 needs. */
static int stop_waiting(struct control_conn *c, struct err *e)
{
	struct semi_sync_status s = {.wanted = true};

	if (semi_sync_read(c, &s, e) < 0)
		return -1;
	if (!s.on)
		return 0;
	return mysqld_setup_kill_apps(c, e) < 0 ? -1 : semi_sync_disable(c, e);
}

int mysqld_become_replica(struct mysqld_manager *m, struct control_conn *c,
			  const struct mysqld_role *r, struct err *e)
{
	char host[MYSQLD_ADDRESS], *colon;
	uint64_t port;

	if (stop_waiting(c, e) < 0 || mysqld_setup_read_only(c, true, e) < 0 ||
	    semi_sync_acknowledge(c, e) < 0)
		return -1;
	snprintf(host, sizeof(host), "%s", r->source);
	colon = strrchr(host, ':');
	if (!colon)
		return 0; /* a replica that waits to be told whose */
	*colon = 0;
	if (!str_to_u64(str_of(colon + 1), &port))
		return err_set(e, ERR_INVALID, "primary address %s has no port", host);
	if (!m->o.attach_socket && mysqld_clone_set_position(m->o.process.dir, c, e) < 0)
		return -1;
	return mysqld_setup_replicate(c, host, (unsigned)port, m->o.repl_password, e);
}

int mysqld_become_role(struct mysqld_manager *m, struct control_conn *c, struct err *e)
{
	struct mysqld_role r;

	pthread_mutex_lock(&m->m);
	r = m->role;
	m->role_changed = false;
	pthread_mutex_unlock(&m->m);
	if (check_identity(m, c, &r, e) < 0)
		return -1;
	return r.kind == MYSQLD_PRIMARY ? make_primary(m, c, &r, e)
					: mysqld_become_replica(m, c, &r, e);
}
