/* program - what every program's main() does alike. */
#ifndef MAIN_PROGRAM_H
#define MAIN_PROGRAM_H
#include "src/base/err.h"

struct options;

/* Options that every program has. */
#define PROGRAM_OPT_LOG_FILE(field)                                                                \
	{                                                                                          \
		"log-file", OPTION_STRING, AT(field), NULL, "FILE",                                \
			"Where to log instead of standard error; opened anew on SIGHUP.", 0, 0     \
	}

/* Ignores SIGHUP until the program takes it. Reads options into @settings; answers --help, --version
 * and --man. Returns -1 to go on, else the
 * exit status (mistakes are told on standard error). */
int program_options(struct options *o, void *settings, int argc, char **argv);
/* Standard output and error go to @path (appended) from now on; NULL: they stay. Also when it is
 * called again, on SIGHUP, after the file was renamed. */
int program_log_file(const char *path, struct err *e) MUST_CHECK;
/* Writes our pid. */
int program_pid_file(const char *path, struct err *e) MUST_CHECK;
#endif
