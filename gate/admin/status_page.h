/* status_page - the gate's page for people: sessions, plan cache, keyspaces, shards, tablets. */
#ifndef ADMIN_STATUS_PAGE_H
#define ADMIN_STATUS_PAGE_H
#include "src/base/buf.h"

struct gate;

/* An HTML fragment. The control thread. */
void status_page_print(struct gate *g, struct buf *out);
#endif
