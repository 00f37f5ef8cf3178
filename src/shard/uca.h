/* uca - the first level of the Unicode collation order (UCA 6.2, root table of CLDR 23), which
 * ignores case, accents and width; what unicode_loose_* vindexes hash. The weights come from
 * uca_table.inc, made by gen_uca.py. Any thread. */
#ifndef SHARD_UCA_H
#define SHARD_UCA_H
#include <stddef.h>
#include <stdint.h>

#include "src/base/str.h"

typedef void (*uca_sink_fn)(void *arg, const uint8_t *p, size_t n);

/* Gives the key of @text to @sink in pieces: each weight up to 0x7FFF as two bytes big-endian, a
 * greater one as three with the top bit set. Trailing spaces are not cut off here. 0, or -1 when
 * @text is not UTF-8 (@sink was not called then). */
int uca_key(struct str text, uca_sink_fn sink, void *arg);
#endif
