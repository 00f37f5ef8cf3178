/* collation_id - numbers of collations, as logins and column definitions have them. Any thread. */
#ifndef WIRE_COLLATION_ID_H
#define WIRE_COLLATION_ID_H
#include "src/base/str.h"

/* What servers take when a client says nothing; the tablets' connections begin with it. */
enum { COLLATION_UTF8MB4_GENERAL_CI = 45, COLLATION_BINARY = 63 };

/* The name of collation @id ("latin1_swedish_ci"); p NULL: unknown, or none that a login can name. */
struct str collation_id_name(unsigned id);
/* Its character set ("latin1"). */
struct str collation_id_charset(unsigned id);
/* The default collation of a character set, and the bytes of its longest character; 0: unknown. */
unsigned collation_id_default(struct str charset, unsigned *bytes);
#endif
