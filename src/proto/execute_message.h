/* execute_message - ExecuteRequest as bytes, and back: the same as protobuf-c makes and reads, but
 * without its walks over descriptions and an allocation per field, for the message that every
 * statement needs. */
#ifndef PROTO_EXECUTE_MESSAGE_H
#define PROTO_EXECUTE_MESSAGE_H
#include <stddef.h>
#include <stdint.h>

#include "src/base/str.h"
#include "src/proto/tablet.pb-c.h"

struct arena;

/* The most bytes that execute_message_pack() writes for @m. */
size_t execute_message_room(const Sluice__ExecuteRequest *m);
/* Writes all of @m but sql, which the caller appends; returns the length. */
size_t execute_message_pack(const Sluice__ExecuteRequest *m, uint8_t *out);
/* The header of a field of @n bytes: execute_message_pack() has left out sql's. Returns its length.
 */
enum { EXECUTE_MESSAGE_SQL = 5, EXECUTE_MESSAGE_HEADER = 16 };
size_t execute_message_header(unsigned field, size_t n, uint8_t out[EXECUTE_MESSAGE_HEADER]);
/* Reads @packed into @m, which points into a copy in @a. -1: it does not parse, or no memory. */
int execute_message_read(struct str packed, struct arena *a, Sluice__ExecuteRequest *m);
#endif
