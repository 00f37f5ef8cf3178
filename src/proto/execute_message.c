#include "src/proto/execute_message.h"

#include <string.h>

#include "src/base/arena.h"

/* As in tablet.proto. */
enum {
	KEYSPACE = 1,
	SHARD,
	TABLET_TYPE,
	SESSION,
	SQL,
	DATABASE,
	SETTINGS,
	FLAGS,
	BEGIN_SQL,
	PARAMS,
	PARAM_COUNT,
	USER,
	BEFORE,
	FIELDS
};

enum { WIRE_VARINT, WIRE_64, WIRE_BYTES, WIRE_32 = 5, VARINT_MAX = 10 };

/* --- writing --- */

static uint8_t *put_varint(uint8_t *p, uint64_t v)
{
	for (; v >= 128; v >>= 7)
		*p++ = (uint8_t)(v | 128);
	*p++ = (uint8_t)v;
	return p;
}

static uint8_t *put_number(uint8_t *p, unsigned field, uint64_t v)
{
	if (!v)
		return p;
	*p++ = (uint8_t)(field << 3 | WIRE_VARINT);
	return put_varint(p, v);
}

size_t execute_message_header(unsigned field, size_t n, uint8_t out[EXECUTE_MESSAGE_HEADER])
{
	out[0] = (uint8_t)(field << 3 | WIRE_BYTES);
	return (size_t)(put_varint(out + 1, n) - out);
}

static uint8_t *put_element(uint8_t *p, unsigned field, const void *data, size_t n)
{
	p += execute_message_header(field, n, p);
	if (n)
		memcpy(p, data, n);
	return p + n;
}

static uint8_t *put_bytes(uint8_t *p, unsigned field, ProtobufCBinaryData d)
{
	return d.len ? put_element(p, field, d.data, d.len) : p;
}

static uint8_t *put_string(uint8_t *p, unsigned field, const char *z)
{
	return *z ? put_element(p, field, z, strlen(z)) : p;
}

size_t execute_message_room(const Sluice__ExecuteRequest *m)
{
	size_t n = FIELDS * EXECUTE_MESSAGE_HEADER + strlen(m->keyspace) + strlen(m->shard) +
		   strlen(m->database) + strlen(m->user) + m->settings.len + m->begin_sql.len +
		   m->params.len;

	for (size_t i = 0; i < m->n_before; i++)
		n += EXECUTE_MESSAGE_HEADER + m->before[i].len;
	return n;
}

size_t execute_message_pack(const Sluice__ExecuteRequest *m, uint8_t *out)
{
	uint8_t *p = out;

	p = put_string(p, KEYSPACE, m->keyspace);
	p = put_string(p, SHARD, m->shard);
	p = put_number(p, TABLET_TYPE, m->tablet_type);
	p = put_number(p, SESSION, m->session);
	p = put_string(p, DATABASE, m->database);
	p = put_bytes(p, SETTINGS, m->settings);
	p = put_number(p, FLAGS, m->flags);
	p = put_bytes(p, BEGIN_SQL, m->begin_sql);
	p = put_bytes(p, PARAMS, m->params);
	p = put_number(p, PARAM_COUNT, m->param_count);
	p = put_string(p, USER, m->user);
	for (size_t i = 0; i < m->n_before; i++)
		p = put_element(p, BEFORE, m->before[i].data, m->before[i].len);
	return (size_t)(p - out);
}

/* --- reading --- */

struct reader {
	uint8_t *p, *end;
	uint8_t *zero; /* where the string before ends; NULL: there was none */
};

static int get_varint(struct reader *r, uint64_t *out)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < VARINT_MAX && r->p < r->end; i++) {
		uint8_t b = *r->p++;

		v |= (uint64_t)(b & 127) << (7 * i);
		if (b < 128) {
			*out = v;
			return 0;
		}
	}
	return -1;
}

/* One field: its number and, by its type, its value or its bytes. */
struct field {
	unsigned number, type;
	uint64_t value;
	ProtobufCBinaryData bytes;
};

static int get_field(struct reader *r, struct field *f)
{
	uint64_t key, n = 0;

	if (get_varint(r, &key) < 0 || !(key >> 3) || key >> 3 > UINT32_MAX >> 3)
		return -1;
	if (r->zero)
		*r->zero = 0; /* of the key, which has been read */
	r->zero = NULL;
	f->number = (unsigned)(key >> 3);
	f->type = key & 7;
	switch (f->type) {
	case WIRE_VARINT:
		return get_varint(r, &f->value);
	case WIRE_BYTES:
		if (get_varint(r, &n) < 0)
			return -1;
		break;
	case WIRE_64:
		n = 8;
		break;
	case WIRE_32:
		n = 4;
		break;
	default:
		return -1;
	}
	if (n > (uint64_t)(r->end - r->p))
		return -1;
	f->bytes = (ProtobufCBinaryData){(size_t)n, r->p};
	r->p += n;
	return 0;
}

static unsigned type_of(unsigned number)
{
	switch (number) {
	case TABLET_TYPE:
	case SESSION:
	case FLAGS:
	case PARAM_COUNT:
		return WIRE_VARINT;
	default:
		return WIRE_BYTES;
	}
}

static char *string(struct reader *r, const struct field *f)
{
	r->zero = f->bytes.data + f->bytes.len;
	return (char *)f->bytes.data;
}

static void set_field(struct reader *r, const struct field *f, Sluice__ExecuteRequest *m)
{
	switch (f->number) {
	case KEYSPACE:
		m->keyspace = string(r, f);
		break;
	case SHARD:
		m->shard = string(r, f);
		break;
	case TABLET_TYPE:
		m->tablet_type = (uint32_t)f->value;
		break;
	case SESSION:
		m->session = f->value;
		break;
	case SQL:
		m->sql = f->bytes;
		break;
	case DATABASE:
		m->database = string(r, f);
		break;
	case SETTINGS:
		m->settings = f->bytes;
		break;
	case FLAGS:
		m->flags = (uint32_t)f->value;
		break;
	case BEGIN_SQL:
		m->begin_sql = f->bytes;
		break;
	case PARAMS:
		m->params = f->bytes;
		break;
	case PARAM_COUNT:
		m->param_count = (uint32_t)f->value;
		break;
	case USER:
		m->user = string(r, f);
		break;
	default:
		m->before[m->n_before++] = f->bytes;
		break;
	}
}

/* How many statements are to run before; -1: the message does not parse. */
static long count_before(struct reader r)
{
	struct field f;
	long n = 0;

	while (r.p < r.end) {
		if (get_field(&r, &f) < 0)
			return -1;
		if (f.number >= FIELDS)
			continue;
		if (f.type != type_of(f.number))
			return -1;
		n += f.number == BEFORE;
	}
	return n;
}

int execute_message_read(struct str packed, struct arena *a, Sluice__ExecuteRequest *m)
{
	uint8_t *copy = arena_alloc(a, packed.n + 1); /* and the end of a string */
	struct reader r = {copy, copy + packed.n, NULL};
	struct field f;
	long n;

	sluice__execute_request__init(m);
	if (!copy)
		return -1;
	if (packed.n)
		memcpy(copy, packed.p, packed.n);
	n = count_before(r);
	if (n < 0)
		return -1;
	if (n) {
		m->before = arena_array(a, (size_t)n, sizeof(*m->before));
		if (!m->before)
			return -1;
	}
	while (r.p < r.end) {
		if (get_field(&r, &f) < 0)
			return -1;
		if (f.number < FIELDS)
			set_field(&r, &f, m);
	}
	if (r.zero)
		*r.zero = 0;
	return 0;
}
