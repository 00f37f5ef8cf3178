#include "src/cli/text_table.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/str.h"
#include "src/base/vec.h"

void text_table_init(struct text_table *t, size_t columns)
{
	*t = (struct text_table){.columns = columns};
}

void text_table_fini(struct text_table *t)
{
	for (size_t i = 0; i < t->cells.len; i++)
		free(t->cells.v[i]);
	free(t->cells.v);
	t->cells.v = NULL;
	t->cells.len = t->cells.cap = 0;
}

void text_table_add(struct text_table *t, const char *text)
{
	char *copy = str_dup(str_of(text ? text : ""));

	if (!copy || VEC_GROW(&t->cells) < 0) {
		free(copy);
		t->failed = true;
		return;
	}
	for (char *p = copy; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 127)
			*p = '?';
	t->cells.v[t->cells.len++] = copy;
}

void text_table_addf(struct text_table *t, const char *fmt, ...)
{
	struct buf b;
	va_list ap;

	buf_init(&b);
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	text_table_add(t, buf_cstr(&b));
	buf_fini(&b);
}

/* Characters, not bytes. */
static size_t width(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += (*s & 0xc0) != 0x80;
	return n;
}

void text_table_print(const struct text_table *t, struct buf *out)
{
	size_t wide[TEXT_TABLE_COLUMNS] = {0};

	if (t->failed || !t->columns || t->columns > TEXT_TABLE_COLUMNS) {
		out->failed = true;
		return;
	}
	for (size_t i = 0; i < t->cells.len; i++) {
		size_t w = width(t->cells.v[i]);

		if (w > wide[i % t->columns])
			wide[i % t->columns] = w;
	}
	for (size_t i = 0; i < t->cells.len; i++) {
		size_t col = i % t->columns;

		buf_puts(out, t->cells.v[i]);
		if (col + 1 == t->columns || i + 1 == t->cells.len) {
			while (out->len && out->p[out->len - 1] == ' ')
				out->len--;
			buf_u8(out, '\n');
			continue;
		}
		for (size_t n = width(t->cells.v[i]); n < wide[col] + 2; n++)
			buf_u8(out, ' ');
	}
}

static void add_value(struct text_table *t, JSON *v)
{
	struct buf b;

	if (json_type(v) == JSON_STRING || json_type(v) == JSON_NONE || json_type(v) == JSON_NULL) {
		text_table_add(t, json_string(v, "-")[0] ? json_string(v, "-") : "-");
		return;
	}
	if (json_type(v) == JSON_BOOL) {
		text_table_add(t, json_bool(v, false) ? "yes" : "no");
		return;
	}
	buf_init(&b);
	json_print(v, false, &b);
	text_table_add(t, buf_cstr(&b));
	buf_fini(&b);
}

void text_table_json(JSON *array, const struct text_table_column *columns, size_t count,
		     struct buf *out)
{
	struct text_table t;

	text_table_init(&t, count);
	for (size_t i = 0; i < count; i++)
		text_table_add(&t, columns[i].heading);
	for (JSON *row = json_first(array); row; row = json_next(row))
		for (size_t i = 0; i < count; i++)
			add_value(&t, json_get(row, columns[i].field));
	text_table_print(&t, out);
	text_table_fini(&t);
}
