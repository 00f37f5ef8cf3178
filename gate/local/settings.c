#include "gate/local/settings.h"

#include <stdlib.h>
#include <string.h>

#include "gate/shardio/shard_fetch.h"
#include "gate/vars/session_vars.h"
#include "src/base/arena.h"
#include "src/base/buf.h"

static int fail_oom(struct err *e)
{
	return err_set(e, ERR_NOMEM, "the statement needs more memory than allowed");
}

bool settings_reads_alike(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = (uint8_t)text.p[i];

		if (c < ' ' || c > '~' || c == '\\' || c == '"')
			return false;
	}
	return true;
}

bool settings_is_write_only(const char *name)
{
	static const char *const names[] = {"rand_seed1", "rand_seed2", "insert_id", "timestamp"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static struct setting *find(const struct settings *s, const char *name)
{
	for (size_t i = 0; i < s->len; i++)
		if (!strcmp(s->v[i].name, name))
			return &s->v[i];
	return NULL;
}

int settings_add(struct settings *s, const char *name, const char *value, struct err *e)
{
	struct setting *have = find(s, name), *more;

	if (!have && s->len == s->cap) {
		more = arena_array(s->arena, s->cap * 2 + 8, sizeof(*more));
		if (!more)
			return fail_oom(e);
		if (s->len)
			memcpy(more, s->v, s->len * sizeof(*more));
		s->v = more;
		s->cap = s->cap * 2 + 8;
	}
	if (!have)
		have = &s->v[s->len++];
	*have = (struct setting){.name = name, .value = value, .keep = value != NULL};
	return 0;
}

int settings_load(struct settings *s, struct arena *a, const struct session_vars *v, struct err *e)
{
	struct hmap_slot *slot;
	size_t it = 0;

	*s = (struct settings){.arena = a};
	while (v->sysvars && (slot = hmap_next(v->sysvars, &it))) {
		char *name = arena_dup(a, slot->key, slot->n);

		if (!name || settings_add(s, name, slot->value, e) < 0)
			return fail_oom(e);
		/* Another assignment may have an effect on it; but character_set_results has none
		 * but its own, and the fetch that reads back needs another value of it. */
		s->v[s->len - 1].keep =
			settings_is_write_only(name) || !strcmp(name, "character_set_results");
	}
	return 0;
}

void settings_remove(struct settings *s, const char *name)
{
	struct setting *have = find(s, name);

	if (have)
		*have = s->v[--s->len];
}

/* Text that character_set_results must not touch. */
static bool is_text(const char *name)
{
	static const char *const names[] = {"character_set_", "collation_",   "sql_mode",
					    "time_zone",      "tx_isolation", "lc_time_names"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(name, names[i], strlen(names[i])))
			return true;
	return false;
}

void settings_ask(const struct settings *s, struct buf *sql)
{
	for (size_t i = 0; i < s->len; i++) {
		const char *name = s->v[i].name;

		if (!s->v[i].keep)
			buf_printf(sql,
				   is_text(name) ? ",CAST(@@session.`%s` AS BINARY)"
						 : ",@@session.`%s`",
				   name);
	}
}

/* Plain text where it can be: pools compare and people read it. */
static const char *literal(struct arena *a, const struct shard_fetch_column *c)
{
	if (c->value.p && !c->number && settings_reads_alike(c->value) &&
	    !(c->value.n && memchr(c->value.p, '\'', c->value.n)))
		return arena_printf(a, "'%.*s'", STR_ARG(c->value));
	return shard_fetch_literal(a, c);
}

int settings_take(struct settings *s, struct arena *a, const struct shard_fetch *f, uint32_t *at,
		  struct err *e)
{
	for (size_t i = 0; i < s->len; i++) {
		if (s->v[i].keep)
			continue;
		if (*at >= f->columns)
			return err_set(e, ERR_INTERNAL, "a server left out a variable");
		s->v[i].value = literal(a, &f->column[(*at)++]);
		if (!s->v[i].value)
			return fail_oom(e);
	}
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct setting *)a)->name, ((const struct setting *)b)->name);
}

static void free_map(struct hmap *m)
{
	if (!m)
		return;
	hmap_fini(m, free);
	free(m);
}

/* The gate keeps the connection, so it is the gate that ends it. */
static uint64_t wait_timeout(const struct hmap *map)
{
	const char *value = hmap_get(map, STR_LIT("wait_timeout"));
	uint64_t seconds;

	return value && str_to_u64(str_of(value), &seconds) && seconds < 1u << 30
		       ? seconds * 1000000
		       : 0;
}

/* Servers end a statement at this time; the gate does so a little later, in case they do not
 * answer. */
static uint64_t statement_time(const struct hmap *map)
{
	const char *value = hmap_get(map, STR_LIT("max_statement_time"));
	double seconds = value ? strtod(value, NULL) : 0;

	return seconds > 0 && seconds < 1u << 30 ? (uint64_t)(seconds * 1e6) : 0;
}

int settings_store(const struct settings *s, struct session_vars *v, struct err *e)
{
	struct hmap *map = calloc(1, sizeof(*map));
	char *text = NULL;
	struct buf b;

	buf_init(&b);
	if (!map)
		goto fail;
	hmap_init(map);
	if (s->len)
		qsort(s->v, s->len, sizeof(*s->v), by_name);
	for (size_t i = 0; i < s->len; i++) {
		char *copy = str_dup(str_of(s->v[i].value));

		if (!copy || hmap_put(map, str_of(s->v[i].name), copy, NULL) < 0) {
			free(copy);
			goto fail;
		}
		buf_printf(&b, "%s%s=%s", i ? "," : "", s->v[i].name, copy);
	}
	if (b.failed || (s->len && !(text = str_dup(buf_slice(&b)))))
		goto fail;
	buf_fini(&b);
	free_map(v->sysvars);
	free(v->settings);
	v->sysvars = map;
	v->settings = text;
	v->wait_timeout_us = wait_timeout(map);
	v->statement_us = statement_time(map);
	return 0;
fail:
	buf_fini(&b);
	free_map(map);
	return fail_oom(e);
}
