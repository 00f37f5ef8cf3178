/* schema_script - what the statements of `sluicectl schema apply` may not do. The account that runs them
 * has all rights on the keyspace's database, and a server does not tell the right to drop its tables
 * from that to drop all of it. This keeps operators from mistakes and is no wall: statements that are
 * put together when they run (PREPARE, EXECUTE IMMEDIATE) are not seen, but told of afterwards. */
#ifndef MANAGER_SCHEMA_SCRIPT_H
#define MANAGER_SCHEMA_SCRIPT_H
#include "src/base/err.h"
#include "src/base/str.h"

/* -1 when @sql drops or replaces a database, by itself or in a stored program that it makes. */
int schema_script_check(struct str sql, struct err *e) MUST_CHECK;
#endif
