#include "src/base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "src/base/clk.h"

enum { LOG_LINE = 2048, LOG_RATE = 50 };

static const char *const log_names[] = {"debug", "info", "warn", "error"};
static _Atomic int log_threshold = LOG_INFO;

bool log_enabled(enum log_level level)
{
	return (int)level >= atomic_load_explicit(&log_threshold, memory_order_relaxed);
}

void log_set_level(enum log_level level)
{
	atomic_store(&log_threshold, (int)level);
}

int log_level_parse(const char *name, enum log_level *out)
{
	for (int i = 0; i <= LOG_ERROR; i++)
		if (!strcmp(name, log_names[i])) {
			*out = (enum log_level)i;
			return 0;
		}
	return -1;
}

/* True when this line is over the site's rate; sets *dropped to what earlier seconds left out. */
static bool over_rate(struct log_site *site, uint64_t now_us, unsigned *dropped)
{
	uint64_t second = now_us / 1000000u + 1;

	*dropped = 0;
	if (atomic_exchange(&site->window, second) != second) {
		atomic_store(&site->count, 0);
		*dropped = atomic_exchange(&site->dropped, 0);
	}
	if (atomic_fetch_add(&site->count, 1) < LOG_RATE)
		return false;
	atomic_fetch_add(&site->dropped, 1);
	return true;
}

void log_write(struct log_site *site, enum log_level level, const char *place, const char *fmt, ...)
{
	uint64_t us = clk_wall_us();
	time_t sec = (time_t)(us / 1000000u);
	char line[LOG_LINE];
	unsigned dropped;
	struct tm tm;
	va_list ap;
	size_t n;
	int k;

	if (over_rate(site, us, &dropped))
		return;
	gmtime_r(&sec, &tm);
	n = strftime(line, sizeof(line), "%Y-%m-%dT%H:%M:%S", &tm);
	k = snprintf(line + n, sizeof(line) - n, ".%06uZ %s %s ", (unsigned)(us % 1000000u),
		     log_names[level], place);
	n += (size_t)k;
	va_start(ap, fmt);
	k = vsnprintf(line + n, sizeof(line) - n - 1, fmt, ap);
	va_end(ap);
	if (k > 0)
		n += (size_t)k < sizeof(line) - n - 1 ? (size_t)k : sizeof(line) - n - 2;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)line[i] < 32)
			line[i] = ' '; /* one event, one line */
	if (dropped && n + 40 < sizeof(line))
		n += (size_t)snprintf(line + n, sizeof(line) - n - 1, " dropped_before=%u", dropped);
	line[n++] = '\n';
	if (write(STDERR_FILENO, line, n) < 0)
		return; /* nowhere left to say it */
}
