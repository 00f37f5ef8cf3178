/* err - one error value: what went wrong, for a program (code), a MySQL client (errno, SQLSTATE)
 * and a person (message). A fallible function returns 0/-1 (or a pointer/NULL), takes a
 * struct err * last (NULL is allowed) and sets it once, where the cause is known. */
#ifndef BASE_ERR_H
#define BASE_ERR_H
#include <stdint.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
/* Called when things go wrong: the compiler moves the ways there out of the code that usually runs. */
#define COLD __attribute__((cold))

enum err_code {
#define X(name, mysql_errno, sqlstate, text) name,
#include "src/base/errcodes.def"
#undef X
	ERR_COUNT
};

struct err {
	enum err_code code;
	uint16_t mysql_errno;
	char sqlstate[6];
	char msg[490];
};

/* Sets @e from @code's MySQL errno and SQLSTATE and a message. Always returns -1. */
int err_set(struct err *e, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4) COLD;
/* Like err_set(), with a MySQL errno and a five-character SQLSTATE of the caller's choice. */
int err_set_mysql(struct err *e, enum err_code code, unsigned mysql_errno, const char *sqlstate,
		  const char *fmt, ...) PRINTF_LIKE(5, 6) COLD;
/* Sets @code with "<message>: <strerror(errno_value)>". Always returns -1. */
int err_set_errno(struct err *e, enum err_code code, int errno_value, const char *fmt, ...)
	PRINTF_LIKE(4, 5) COLD;
/* Puts "<message>: " before the message of @e; code and errno stay. Always returns -1. */
int err_wrap(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3) COLD;
/* No error, empty message. */
void err_clear(struct err *e);
/* The code's name ("ERR_SYNTAX") and the code of such a name (ERR_INTERNAL when unknown). */
const char *err_name(enum err_code code);
enum err_code err_from_name(const char *name);
#endif
