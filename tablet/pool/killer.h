/* killer - KILL QUERY for statements that were canceled, over a connection of its own that is
 * opened when first needed. Thread: one worker. */
#ifndef POOL_KILLER_H
#define POOL_KILLER_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/err.h"

struct client_conn_config;
struct killer;
struct worker;
/* @asked: mysqld was asked and has answered. */
typedef void (*killer_fn)(void *arg, bool asked);

/* @config is borrowed for the killer's life. NULL: out of memory. */
struct killer *killer_new(struct worker *w, const struct client_conn_config *config);
/* Runs the callbacks of what is under way. NULL is fine. */
void killer_free(struct killer *k);
/* Kills what the connection @id runs. @done(@arg) comes once, later, when mysqld has done it or
 * cannot be asked. -1: out of memory, @done never comes. */
int killer_kill(struct killer *k, uint32_t id, killer_fn done, void *arg) MUST_CHECK;
#endif
