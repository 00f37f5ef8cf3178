/* undo - takes records out of the store again that a failed bring-up has made. */
#ifndef KEEPER_UNDO_H
#define KEEPER_UNDO_H
#include "src/base/err.h"

struct store;

/* Deletes the keyspace with its shards, its VSchema, and the records of its tablets. */
int undo_keyspace(struct store *s, const char *keyspace, struct err *e) MUST_CHECK;
/* Deletes a tablet's record; that there is none is fine. */
int undo_tablet(struct store *s, const char *alias, struct err *e) MUST_CHECK;
#endif
