/* keyspace_id - the byte string that places a row: the first bytes decide the shard.
 * Ids compare as bytes after trailing zero bytes are stripped, so that "80" and "8000" are one
 * place. Any thread. */
#ifndef SHARD_KEYSPACE_ID_H
#define SHARD_KEYSPACE_ID_H
#include <stdint.h>

#include "src/base/str.h"

/* @id without its trailing zero bytes. */
struct str keyspace_id_trim(struct str id);
/* <0, 0, >0. */
int keyspace_id_cmp(struct str a, struct str b);
/* Hexadecimal into @out, NUL-terminated, cut off at @cap (> 0). */
void keyspace_id_print(struct str id, char *out, size_t cap);
/* Hexadecimal digits (an even number, either case) into @out[@cap]; the length, or -1. */
int keyspace_id_parse(struct str hex, uint8_t *out, size_t cap);
#endif
