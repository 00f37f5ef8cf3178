/* layout - what a local cluster has once chosen and keeps over restarts: ports, tablet numbers,
 * what has been set up. A flat map of names to numbers in DIR/layout.json. One thread. */
#ifndef KEEPER_LAYOUT_H
#define KEEPER_LAYOUT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/err.h"

struct layout_number {
	char *name; /* owned */
	int64_t value;
};

struct layout {
	char *path; /* owned; of the file */
	struct {
		struct layout_number *v; /* owned */
		size_t len, cap;
	} numbers;
};

/* Reads @path; a missing file is an empty layout. layout_fini() ends it, also after an error. */
int layout_load(const char *path, struct layout *l, struct err *e) MUST_CHECK;
int layout_save(const struct layout *l, struct err *e) MUST_CHECK;
void layout_fini(struct layout *l);
/* The number of @name, or @missing. */
int64_t layout_get(const struct layout *l, const char *name, int64_t missing);
int layout_set(struct layout *l, const char *name, int64_t value, struct err *e) MUST_CHECK;
/* The port of @name into *port: @wanted when it is not 0, else the one it had, else @hint if it is
 * free (0: no hint), else a free one below 32768. */
int layout_port(struct layout *l, const char *name, int64_t wanted, int64_t hint, int *port,
		struct err *e) MUST_CHECK;
/* The number of tablet @name (cells count them): the one it had, else the first from @base on that
 * no name starting with @prefix has. */
int layout_uid(struct layout *l, const char *prefix, const char *name, int64_t base, int64_t *uid,
	       struct err *e) MUST_CHECK;
#endif
