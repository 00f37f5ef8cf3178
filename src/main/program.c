#include "src/main/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "src/base/file.h"
#include "src/base/options.h"

int program_options(struct options *o, void *settings, int argc, char **argv)
{
	enum options_action action;
	struct err e;
	struct buf b;

	/* Otherwise a reload that comes too early ends the program. */
	signal(SIGHUP, SIG_IGN);
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

int program_log_file(const char *path, struct err *e)
{
	int fd;

	if (!path)
		return 0;
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0) {
		err_set_errno(e, ERR_IO, errno, "cannot log to %s", path);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	close(fd);
	return 0;
}

int program_pid_file(const char *path, struct err *e)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%d\n", (int)getpid());

	return file_write(path, str_make(text, (size_t)n), 0644, e);
}
