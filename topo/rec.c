#include "topo/rec.h"

#include <string.h>
#include <strings.h>

int rec_check_name(const char *what, const char *name, struct err *e)
{
	size_t n = strlen(name);

	for (const char *p = name; *p; p++) {
		bool letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z');

		if (!letter && !(*p >= '0' && *p <= '9') && !strchr("_$-", *p))
			return err_set(e, ERR_INVALID, "%s name '%s': '%c' is not allowed", what,
				       name, *p);
	}
	if (n == 0 || n >= REC_NAME)
		return err_set(e, ERR_INVALID, "a %s name has 1 to 64 characters", what);
	return 0;
}

int rec_check_keyspace(const char *name, struct err *e)
{
	static const char *const reserved[] = {
		"mysql", "information_schema", "performance_schema", "sys", "_sluice", "sluice"};

	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (strcasecmp(name, reserved[i]) == 0)
			return err_set(e, ERR_INVALID,
				       "no keyspace can have the name '%s', which is that of a "
				       "database of "
				       "servers or tablets",
				       name);
	return rec_check_name("keyspace", name, e);
}

int rec_read(const struct rec_kind *kind, struct str text, void *rec, struct err *e)
{
	struct json_reader r = {.text = text, .e = e, .lenient = true};
	struct cJSON *doc = json_parse(text, e);
	struct arena arena;
	int rc = -1;

	memset(rec, 0, kind->size);
	arena_init(&arena, 0);
	r.arena = &arena;
	if (doc)
		rc = json_reader_object(&r, doc, kind->fields, kind->count, rec);
	if (rc == 0 && kind->check)
		rc = kind->check(rec, e);
	json_free(doc);
	arena_fini(&arena);
	return rc < 0 ? err_wrap(e, "%s record", kind->what) : 0;
}

static void print_field(const struct json_field *f, const void *rec, struct json_out *o)
{
	const char *at = (const char *)rec + f->offset;

	switch (f->kind) {
	case FIELD_STRING:
		json_out_strz(o, f->name, *(const char *const *)(const void *)at);
		break;
	case FIELD_CHARS:
		if (*at)
			json_out_strz(o, f->name, at);
		break;
	case FIELD_BOOL:
		json_out_bool(o, f->name, *(const bool *)(const void *)at);
		break;
	case FIELD_INT:
		json_out_int(o, f->name, *(const int32_t *)(const void *)at);
		break;
	case FIELD_INT64:
		json_out_int(o, f->name, *(const int64_t *)(const void *)at);
		break;
	case FIELD_FN:
		break;
	}
}

void rec_print(const struct rec_kind *kind, const void *rec, struct buf *out)
{
	struct json_out o;

	json_out_init(&o, out, true);
	json_out_object(&o, NULL);
	for (size_t i = 0; i < kind->count; i++)
		print_field(&kind->fields[i], rec, &o);
	if (kind->print)
		kind->print(rec, &o);
	json_out_end_object(&o);
}

int rec_get(struct store *s, const struct rec_kind *kind, const char *key, void *rec,
	    int64_t *version, struct err *e)
{
	struct buf b;
	int rc;

	buf_init(&b);
	rc = store_get(s, key, &b, version, e);
	if (rc == 0)
		rc = rec_read(kind, buf_slice(&b), rec, e);
	buf_fini(&b);
	return rc;
}

int rec_put(struct store *s, const struct rec_kind *kind, const void *rec, struct store_write *w,
	    struct err *e)
{
	struct buf b;
	int rc = kind->check ? kind->check(rec, e) : 0;

	if (rc < 0)
		return err_wrap(e, "%s record", kind->what);
	buf_init(&b);
	rec_print(kind, rec, &b);
	rc = buf_check(&b, e);
	w->value = buf_slice(&b);
	if (rc == 0)
		rc = store_put(s, w, e);
	w->value = str_make(NULL, 0);
	buf_fini(&b);
	return rc;
}
