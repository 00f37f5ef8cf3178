/* ExecuteRequest by hand against protobuf-c, with every field that tablet.proto has. */
#include <stdlib.h>
#include <string.h>

#include "src/base/arena.h"
#include "src/proto/execute_message.h"
#include "test/lib/tap.h"

enum { LONG = 300 }; /* bytes; lengths of two bytes */

/* Gives field @f of @m a value of its own: large ones with @big. */
static void fill_field(void *m, const ProtobufCFieldDescriptor *f, struct arena *a, bool big)
{
	void *at = (char *)m + f->offset;
	size_t n = big ? LONG : 1 + f->id % 7;
	char *text = arena_zalloc(a, n + 1);

	memset(text, 'a' + (int)f->id, n);
	switch (f->type) {
	case PROTOBUF_C_TYPE_UINT32:
		*(uint32_t *)at = big ? UINT32_MAX - f->id : f->id;
		break;
	case PROTOBUF_C_TYPE_UINT64:
		*(uint64_t *)at = big ? UINT64_MAX - f->id : f->id;
		break;
	case PROTOBUF_C_TYPE_STRING:
		*(char **)at = text;
		break;
	case PROTOBUF_C_TYPE_BYTES:
		if (f->label == PROTOBUF_C_LABEL_REPEATED) {
			ProtobufCBinaryData *list = arena_array(a, 2, sizeof(*list));

			list[0] = (ProtobufCBinaryData){n, (uint8_t *)text};
			list[1] = (ProtobufCBinaryData){0, NULL};
			*(size_t *)(void *)((char *)m + f->quantifier_offset) = 2;
			*(ProtobufCBinaryData **)at = list;
		} else {
			*(ProtobufCBinaryData *)at = (ProtobufCBinaryData){n, (uint8_t *)text};
		}
		break;
	default:
		CHECK(!"a type that this test knows");
	}
}

/* @m as protobuf-c writes it. */
static struct str packed_by_library(const Sluice__ExecuteRequest *m, struct arena *a)
{
	size_t n = sluice__execute_request__get_packed_size(m);
	uint8_t *p = arena_alloc(a, n + 1);

	return str_make(p, sluice__execute_request__pack(m, p));
}

static struct str packed_by_hand(const Sluice__ExecuteRequest *m, struct arena *a)
{
	size_t room = execute_message_room(m), n;
	uint8_t *p = arena_alloc(a, room + EXECUTE_MESSAGE_HEADER + m->sql.len);

	n = execute_message_pack(m, p);
	CHECK(n <= room);
	n += execute_message_header(EXECUTE_MESSAGE_SQL, m->sql.len, p + n);
	if (m->sql.len)
		memcpy(p + n, m->sql.data, m->sql.len);
	return str_make(p, n + m->sql.len);
}

/* Both ways with the fields whose bits are set in @fields. */
static void round_trip(unsigned fields, bool big)
{
	const ProtobufCMessageDescriptor *d = &sluice__execute_request__descriptor;
	Sluice__ExecuteRequest m = SLUICE__EXECUTE_REQUEST__INIT, got;
	Sluice__ExecuteRequest *unpacked;
	struct str want, by_hand;
	struct arena a;

	arena_init(&a, 0);
	for (unsigned i = 0; i < d->n_fields; i++)
		if (fields & 1u << i)
			fill_field(&m, &d->fields[i], &a, big);
	want = packed_by_library(&m, &a);
	by_hand = packed_by_hand(&m, &a);
	unpacked = sluice__execute_request__unpack(NULL, by_hand.n, (const uint8_t *)by_hand.p);
	CHECK(unpacked && str_eq(packed_by_library(unpacked, &a), want));
	sluice__execute_request__free_unpacked(unpacked, NULL);
	CHECK(execute_message_read(want, &a, &got) == 0 &&
	      str_eq(packed_by_library(&got, &a), want));
	CHECK(execute_message_read(by_hand, &a, &got) == 0 &&
	      str_eq(packed_by_library(&got, &a), want));
	arena_fini(&a);
}

static int read_bytes(const char *p, size_t n)
{
	Sluice__ExecuteRequest m;
	struct arena a;
	int rc;

	arena_init(&a, 0);
	rc = execute_message_read(str_make(p, n), &a, &m);
	arena_fini(&a);
	return rc;
}

static void broken_ones(void)
{
	Sluice__ExecuteRequest m = SLUICE__EXECUTE_REQUEST__INIT;
	struct arena a;
	struct str all;
	char *z;

	CHECK(read_bytes("", 0) == 0);
	/* Unknown fields of each type are passed over. */
	CHECK(read_bytes("\xf8\x01\x05\xfa\x01\x01x\xfd\x01\x01\x02\x03\x04\xf9\x01\x01\x02\x03\x04"
			 "\x05\x06"
			 "\x07\x08",
			 23) == 0);
	CHECK(read_bytes("\x08\x05", 2) == -1);	 /* a number for the keyspace */
	CHECK(read_bytes("\x1a\x01x", 3) == -1); /* bytes for the tablet type */
	CHECK(read_bytes("\x02\x00", 2) == -1);	 /* field 0 */
	CHECK(read_bytes("\x0b", 1) == -1);	 /* a group */
	CHECK(read_bytes("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11) == -1);
	CHECK(read_bytes("\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12) == -1);
	arena_init(&a, 0);
	for (unsigned i = 0; i < sluice__execute_request__descriptor.n_fields; i++)
		fill_field(&m, &sluice__execute_request__descriptor.fields[i], &a, false);
	all = packed_by_library(&m, &a);
	/* Cut anywhere, in memory of exactly that size: sanitizers see what is read beyond. */
	for (size_t n = 0; n < all.n; n++) {
		z = malloc(n + 1);
		memcpy(z, all.p, n);
		(void)read_bytes(z, n);
		free(z);
	}
	arena_fini(&a);
}

int main(void)
{
	unsigned n = sluice__execute_request__descriptor.n_fields;

	round_trip(0, false);
	for (unsigned i = 0; i < n; i++) {
		round_trip(1u << i, false);
		round_trip(1u << i, true);
	}
	round_trip((1u << n) - 1, false);
	round_trip((1u << n) - 1, true);
	broken_ones();
	return TAP_DONE();
}
