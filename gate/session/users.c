#include "gate/session/users.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/buf.h"
#include "src/base/file.h"
#include "src/base/json.h"
#include "src/base/options.h"
#include "src/wire/auth_server.h"

static void free_user(void *p)
{
	struct user *u = p;

	for (size_t i = 0; i < u->host_count; i++)
		free(u->hosts[i]);
	free(u->hosts);
	free(u->name);
	free(u->hash);
	free(u);
}

static void free_users(struct snapshot *s)
{
	struct users *u = (struct users *)s;

	hmap_fini(&u->by_name, free_user);
	pthread_mutex_destroy(&u->m);
	free(u);
}

static bool is_address(const char *text)
{
	unsigned char room[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, text, room) == 1 || inet_pton(AF_INET6, text, room) == 1;
}

static int parse_hosts(struct user *u, JSON *list, struct err *e)
{
	if (json_type(list) == JSON_NONE)
		return 0;
	if (json_type(list) != JSON_ARRAY || !json_len(list))
		return err_set(e, ERR_PARSE, "\"hosts\" must be a list of addresses");
	u->hosts = calloc(json_len(list), sizeof(*u->hosts));
	if (!u->hosts)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (JSON *h = json_first(list); h; h = json_next(h)) {
		const char *text = json_string(h, NULL);

		if (!text || !is_address(text))
			return err_set(e, ERR_PARSE,
				       "\"hosts\" must be a list of numeric addresses");
		u->hosts[u->host_count] = str_dup(str_of(text));
		if (!u->hosts[u->host_count++])
			return err_set(e, ERR_NOMEM, "out of memory");
	}
	return 0;
}

static int parse_limit(struct user_limit *l, JSON *v, struct err *e)
{
	const char *text = json_string(v, NULL);

	if (!text || options_duration(text, &l->us) < 0 || l->us < 0)
		return err_set(e, ERR_PARSE, "\"%s\" must be a time as \"30s\"", json_key(v));
	l->own = true;
	return 0;
}

/* The limit that the file calls @key, NULL: it is none. */
static struct user_limit *limit_of(struct user *u, const char *key)
{
	return !strcmp(key, "query_timeout")	   ? &u->query
	       : !strcmp(key, "idle_timeout")	   ? &u->idle
	       : !strcmp(key, "net_write_timeout") ? &u->net_write
						   : NULL;
}

static int parse_details(struct user *u, JSON *v, const char **hash, struct err *e)
{
	for (JSON *m = json_first(v); m; m = json_next(m)) {
		const char *key = json_key(m);
		struct user_limit *limit = limit_of(u, key);

		if (limit && parse_limit(limit, m, e) < 0)
			return -1;
		if (limit)
			continue;
		if (!strcmp(key, "password"))
			*hash = json_string(m, NULL);
		else if (!strcmp(key, "tls") && json_type(m) == JSON_BOOL)
			u->require_tls = json_bool(m, false);
		else if (!strcmp(key, "admin") && json_type(m) == JSON_BOOL)
			u->admin = json_bool(m, false);
		else if (!strcmp(key, "owner") && json_type(m) == JSON_BOOL)
			u->owner_only = json_bool(m, false);
		else if (!strcmp(key, "process") && json_type(m) == JSON_BOOL)
			u->process = json_bool(m, false);
		else if (strcmp(key, "hosts") != 0)
			return err_set(e, ERR_PARSE, "unknown field or wrong type: \"%s\"", key);
	}
	return parse_hosts(u, json_get(v, "hosts"), e);
}

static int add_user(struct users *users, JSON *v, struct err *e)
{
	struct user *u = calloc(1, sizeof(*u));
	const char *hash = json_string(v, NULL);
	void *old = NULL;

	if (!u)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (json_type(v) == JSON_OBJECT && parse_details(u, v, &hash, e) < 0)
		goto fail;
	if (!hash) {
		err_set(e, ERR_PARSE, "no \"password\" (a hash, or \"\" for none)");
		goto fail;
	}
	if (hash[0] && !auth_server_hash_valid(str_of(hash))) {
		err_set(e, ERR_PARSE,
			"the password is no hash of mysql_native_password (\"*...\") or "
			"caching_sha2_password (\"$A$005$...\")");
		goto fail;
	}
	u->name = str_dup(str_of(json_key(v)));
	u->hash = str_dup(str_of(hash));
	if (!u->name || !u->hash || hmap_put(&users->by_name, str_of(u->name), u, &old) < 0) {
		err_set(e, ERR_NOMEM, "out of memory");
		goto fail;
	}
	if (old)
		free_user(old); /* JSON with the name twice: the later one counts */
	return 0;
fail:
	free_user(u);
	return err_wrap(e, "user \"%s\"", json_key(v));
}

struct users *users_parse(struct str text, struct err *e)
{
	struct cJSON *doc = json_parse(text, e);
	struct users *u = doc ? calloc(1, sizeof(*u)) : NULL;

	if (!u)
		goto fail;
	snapshot_init(&u->snap, free_users);
	hmap_init(&u->by_name);
	pthread_mutex_init(&u->m, NULL);
	if (json_type(doc) != JSON_OBJECT) {
		err_set(e, ERR_PARSE, "the users must be one JSON object");
		goto fail;
	}
	for (JSON *v = json_first(doc); v; v = json_next(v))
		if (add_user(u, v, e) < 0)
			goto fail;
	json_free(doc);
	return u;
fail:
	json_free(doc);
	snapshot_put(u ? &u->snap : NULL);
	return NULL;
}

struct users *users_load(const char *path, struct err *e)
{
	struct users *u = NULL;
	struct buf text;

	buf_init(&text);
	if (file_read(path, &text, e) == 0)
		u = users_parse(buf_slice(&text), e);
	if (!u)
		err_wrap(e, "users file %s", path);
	buf_fini(&text);
	return u;
}

struct user *users_find(struct users *u, struct str name, struct str host)
{
	struct user *user = hmap_get(&u->by_name, name);

	if (!user || !user->host_count || !host.n)
		return user;
	for (size_t i = 0; i < user->host_count; i++)
		if (str_eqz(host, user->hosts[i]))
			return user;
	return NULL;
}

struct gate_limits user_limits(const struct user *u, const struct gate_limits *gate)
{
	return (struct gate_limits){
		.query_us = u->query.own ? u->query.us : gate->query_us,
		.idle_us = u->idle.own ? u->idle.us : gate->idle_us,
		.net_write_us = u->net_write.own ? u->net_write.us : gate->net_write_us,
	};
}

bool users_may_process(const struct users *u, struct str name)
{
	const struct user *user = hmap_get(&u->by_name, name);

	return user && user->process;
}

bool users_fast_get(struct users *u, struct user *user, uint8_t out[USERS_FAST])
{
	bool have;

	pthread_mutex_lock(&u->m);
	have = user->have_fast;
	memcpy(out, user->fast, USERS_FAST);
	pthread_mutex_unlock(&u->m);
	return have;
}

void users_fast_put(struct users *u, struct user *user, const uint8_t fast[USERS_FAST])
{
	pthread_mutex_lock(&u->m);
	memcpy(user->fast, fast, USERS_FAST);
	user->have_fast = true;
	pthread_mutex_unlock(&u->m);
}
