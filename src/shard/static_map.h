/* static_map - a flat JSON object of strings to unsigned 64-bit numbers, {"1": 10, "US": 2}: what
 * numeric_static_map and region_json look their values up in. Immutable; look-ups allocate nothing.
 */
#ifndef SHARD_STATIC_MAP_H
#define SHARD_STATIC_MAP_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/err.h"
#include "src/base/str.h"

struct static_map;

/* From JSON text; of a key that comes twice the last one counts. The caller frees it. */
struct static_map *static_map_new(struct str json, struct err *e);
/* From a file of at most 16 MB. */
struct static_map *static_map_load(const char *path, struct err *e);
void static_map_free(struct static_map *m); /* NULL is fine */
bool static_map_get(const struct static_map *m, struct str key, uint64_t *value);
/* Checks that all keys are numbers; -1 names the one that is not. */
int static_map_check_numbers(const struct static_map *m, struct err *e) MUST_CHECK;
#endif
