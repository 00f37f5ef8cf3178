#include "src/main/program.h"

#include <stdio.h>
#include <unistd.h>

#include "src/base/file.h"
#include "src/base/options.h"

int program_options(struct options *o, void *settings, int argc, char **argv)
{
	enum options_action action;
	struct err e;
	struct buf b;

	if (!o || options_parse(o, settings, &argc, argv, false, &action, &e) < 0) {
		fprintf(stderr, "%s: %s\n", argv[0], o ? e.msg : "out of memory");
		return 2;
	}
	if (action == OPTIONS_RUN)
		return -1;
	buf_init(&b);
	if (action == OPTIONS_HELP)
		options_print_help(o, &b);
	else if (action == OPTIONS_MAN)
		options_print_man(o, &b);
	else
		buf_printf(&b, "%s %s\n", argv[0], PACKAGE_VERSION);
	fwrite(b.p, 1, b.len, stdout);
	buf_fini(&b);
	return 0;
}

int program_pid_file(const char *path, struct err *e)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%d\n", (int)getpid());

	return file_write(path, str_make(text, (size_t)n), 0644, e);
}
