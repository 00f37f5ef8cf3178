/* catalog_match - whether VSchemas still fit the tables, for readiness. */
#ifndef CATALOG_CATALOG_MATCH_H
#define CATALOG_CATALOG_MATCH_H

struct buf;
struct gate_catalog;

/* Appends "keyspace ks: table t has no column x; ..." for each keyspace whose VSchema names what
 * its tables do not have any more (or never had: it was forced). Any thread. */
void catalog_match(const struct gate_catalog *c, struct buf *out);
#endif
