/* log - one line per event on standard error: time, level, place, "event key=value ...".
 * Each call site writes at most 50 lines a second; what it dropped is said in its next line.
 * Any thread. Literal values of users' statements never go into a log line. */
#ifndef BASE_LOG_H
#define BASE_LOG_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/err.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log_site {
	_Atomic uint64_t window; /* the second being counted */
	_Atomic unsigned count, dropped;
};

#define log_at(level, place, ...)                                          \
	do {                                                               \
		static struct log_site site_;                              \
		if (log_enabled(level))                                    \
			log_write(&site_, (level), (place), __VA_ARGS__);  \
	} while (0)
#define log_debug(place, ...) log_at(LOG_DEBUG, place, __VA_ARGS__)
#define log_info(place, ...) log_at(LOG_INFO, place, __VA_ARGS__)
#define log_warn(place, ...) log_at(LOG_WARN, place, __VA_ARGS__)
#define log_error(place, ...) log_at(LOG_ERROR, place, __VA_ARGS__)

bool log_enabled(enum log_level level);
/* Lines below @level are left out from now on (default LOG_INFO). */
void log_set_level(enum log_level level);
/* "debug", "info", "warn" or "error"; -1 for anything else. */
int log_level_parse(const char *name, enum log_level *out);
/* @place names the subsystem ("gate.session"); use the macros above. */
void log_write(struct log_site *site, enum log_level level, const char *place, const char *fmt, ...)
	PRINTF_LIKE(4, 5) COLD;
#endif
