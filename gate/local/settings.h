/* settings - the system variables that a session has set, by name, while a SET statement changes
 * them. Lives in the statement's arena. Thread: the session's worker. */
#ifndef LOCAL_SETTINGS_H
#define LOCAL_SETTINGS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/err.h"
#include "src/base/str.h"

struct arena;
struct buf;
struct session_vars;
struct shard_fetch;

struct settings {
	struct arena *arena;
	struct setting {
		const char *name;  /* lower case */
		const char *value; /* SQL literal */
		bool keep;	   /* the value stands: it is not read back */
	} * v;			   /* in the arena */
	size_t len, cap;
};

/* The session's own. */
int settings_load(struct settings *s, struct arena *a, const struct session_vars *v,
		  struct err *e) MUST_CHECK;
/* @name (in the arena) is set; @value NULL: it will be read back. */
int settings_add(struct settings *s, const char *name, const char *value, struct err *e) MUST_CHECK;
/* @name has its default again. */
void settings_remove(struct settings *s, const char *name);
/* Appends ",@@session.`name`" for each that is to be read back. */
void settings_ask(const struct settings *s, struct buf *sql);
/* Takes their values from @f's row, from column *@at on. */
int settings_take(struct settings *s, struct arena *a, const struct shard_fetch *f, uint32_t *at,
		  struct err *e) MUST_CHECK;
/* Makes them the session's: the map, and the text behind SET, sorted by name, because equal
 * settings must be equal text for the tablets' pools. */
int settings_store(const struct settings *s, struct session_vars *v, struct err *e) MUST_CHECK;

/* The text means the same in every sql_mode and character set: it may be sent again when they are
 * others. */
bool settings_reads_alike(struct str text);
/* Reading the variable back does not tell what was set (rand_seed1 is always 0). */
bool settings_is_write_only(const char *name);
#endif
