/* mysqld_port - which TCP port our mysqld gets: a free one, and the same again after a restart. */
#ifndef MYSQLD_MYSQLD_PORT_H
#define MYSQLD_MYSQLD_PORT_H
#include "src/base/err.h"

/* The port remembered in @dir/mysqld.port, or a free one of @bind (a numeric address), which is
 * then remembered. @dir is made if need be. Blocks. */
int mysqld_port_choose(const char *dir, const char *bind, unsigned *port, struct err *e) MUST_CHECK;
#endif
