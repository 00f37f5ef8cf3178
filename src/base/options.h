/* options - a program's settings, written once as a table: command line (--name VALUE,
 * --name=VALUE, --no-name for a bool), configuration file ("name = value", # comments) and the text
 * of --help and of the man page all come from it. The command line wins over the file. */
#ifndef BASE_OPTIONS_H
#define BASE_OPTIONS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"

enum option_type {
	OPTION_STRING,   /* const char *; values live as long as the struct options */
	OPTION_BOOL,     /* bool */
	OPTION_INT,      /* int64_t */
	OPTION_SIZE,     /* int64_t bytes: 64k, 16M, 2G */
	OPTION_DURATION, /* int64_t microseconds: 100us, 250ms, 10s, 5m, 1h */
};

struct option_def {
	const char *name;
	enum option_type type;
	size_t offset;      /* of the field in the caller's settings struct */
	const char *def;    /* default, as it would be typed; NULL: none */
	const char *arg;    /* name of the value in --help */
	const char *help;   /* one sentence */
	int64_t min, max;   /* for INT, SIZE, DURATION; both 0: any */
};

struct options; /* remembers the strings; owns them */

/* What options_parse() found besides settings. */
enum options_action { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_VERSION, OPTIONS_MAN };

struct options *options_new(const char *program, const char *summary, const struct option_def *defs,
			    size_t count);
void options_free(struct options *o);
/* Fills @settings with defaults, then --config FILE, then the command line; what is no option is
 * left in argv[1..*argc) when @operands, else an error. All mistakes of a file are reported in one
 * message, with line numbers. */
int options_parse(struct options *o, void *settings, int *argc, char **argv, bool operands,
		  enum options_action *action, struct err *e) MUST_CHECK;
/* Reads the configuration file again (SIGHUP) into a fresh @settings, with the same command line. */
int options_reload(struct options *o, void *settings, struct err *e) MUST_CHECK;
void options_print_help(const struct options *o, struct buf *out);
/* The man page, in roff. */
void options_print_man(const struct options *o, struct buf *out);
/* "250ms" to 250000, "16M" to 16777216; -1 when it is neither. */
int options_duration(const char *text, int64_t *us) MUST_CHECK;
int options_size(const char *text, int64_t *bytes) MUST_CHECK;
#endif
