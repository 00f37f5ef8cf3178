/* program - what every program's main() does alike. */
#ifndef MAIN_PROGRAM_H
#define MAIN_PROGRAM_H
#include "src/base/err.h"

struct options;

/* Reads options into @settings; answers --help, --version and --man. Returns -1 to go on, else the
 * exit status (mistakes are told on standard error). */
int program_options(struct options *o, void *settings, int argc, char **argv);
/* Writes our pid. */
int program_pid_file(const char *path, struct err *e) MUST_CHECK;
#endif
