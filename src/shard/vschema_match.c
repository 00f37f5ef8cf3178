#include "src/shard/vschema_match.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "src/shard/vschema.h"

enum { NAMED = 4 };

struct match {
	const struct vschema_world *w;
	struct buf *out;
	unsigned problems;
};

static void problem(struct match *m, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void problem(struct match *m, const char *fmt, ...)
{
	va_list ap;

	if (m->problems++ >= NAMED)
		return;
	if (m->problems > 1)
		buf_puts(m->out, "; ");
	va_start(ap, fmt);
	buf_vprintf(m->out, fmt, ap);
	va_end(ap);
}

/* Splits "ks.name"; keyspace NULL when there is no dot. Names have no dots. */
static const char *split(const char *name, char keyspace[129], const char **rest)
{
	const char *dot = strchr(name, '.');

	*rest = dot ? dot + 1 : name;
	if (!dot)
		return NULL;
	snprintf(keyspace, 129, "%.*s", (int)(dot - name), name);
	return keyspace;
}

static void match_vindex(struct match *m, const struct vschema_table *t,
			 const struct vschema_column_vindex *cv)
{
	for (size_t i = 0; i < cv->column_count; i++) {
		uint8_t type;
		bool text;

		if (!m->w->column(m->w->arg, t->name, cv->columns[i], &type, &text))
			problem(m, "table %s has no column %s (vindex %s)", t->name, cv->columns[i],
				vindex_name(cv->vindex));
		else if (!vindex_takes(cv->vindex, i, type, text))
			problem(m, "vindex %s of type %s is not made for the type of column %s.%s",
				vindex_name(cv->vindex), vindex_type(cv->vindex), t->name,
				cv->columns[i]);
	}
}

static void match_table(struct match *m, const struct vschema_table *t)
{
	char keyspace[129];
	const char *name, *ks;
	uint8_t type;
	bool text;

	if (!m->w->table(m->w->arg, NULL, t->name)) {
		problem(m, "there is no table %s", t->name);
		return;
	}
	for (size_t i = 0; i < t->vindex_count; i++)
		match_vindex(m, t, &t->vindexes[i]);
	for (size_t i = 0; i < t->column_count; i++)
		if (!m->w->column(m->w->arg, t->name, t->columns[i].name, &type, &text))
			problem(m, "table %s has no column %s", t->name, t->columns[i].name);
	if (t->auto_column && !m->w->column(m->w->arg, t->name, t->auto_column, &type, &text))
		problem(m, "table %s has no column %s (auto_increment)", t->name, t->auto_column);
	if (t->auto_column) {
		ks = split(t->auto_sequence, keyspace, &name);
		if (!m->w->sequence(m->w->arg, ks, name))
			problem(m, "there is no sequence %s (auto_increment of table %s)",
				t->auto_sequence, t->name);
	}
	if (t->source) {
		ks = split(t->source, keyspace, &name);
		if (!m->w->table(m->w->arg, ks, name))
			problem(m, "there is no table %s (source of table %s)", t->source, t->name);
	}
}

unsigned vschema_match(const struct vschema *vs, const struct vschema_world *w, struct buf *out)
{
	struct match m = {w, out, 0};

	for (size_t i = 0; i < vs->vindex_count; i++)
		if (vindex_props(vs->vindexes[i])->lookup)
			problem(&m, "vindex %s: the type %s does not work yet",
				vindex_name(vs->vindexes[i]), vindex_type(vs->vindexes[i]));
	for (size_t i = 0; i < vs->table_count; i++)
		match_table(&m, &vs->tables[i]);
	if (m.problems > NAMED)
		buf_printf(out, "; and %u more", m.problems - NAMED);
	return m.problems;
}
