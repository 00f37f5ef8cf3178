#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/clk.h"
#include "src/base/file.h"
#include "src/base/process.h"
#include "test/lib/tap.h"

static char dir[] = "/tmp/sluice-process-XXXXXX";
static char pid_file[64], log_file[64];

static pid_t start(const char *script, int keep_fd, struct err *e)
{
	const char *argv[] = {"sh", "-c", script, NULL};
	struct process_start s = {argv, pid_file, log_file, keep_fd, NULL};
	pid_t pid = 0;

	if (process_start(&s, &pid, e) < 0)
		return -1;
	return pid;
}

/* The pid once the process has reached its exec, 0 after 5 s. */
static pid_t find(void)
{
	pid_t pid = 0;

	for (int i = 0; i < 500 && !pid; i++) {
		pid = process_find(pid_file);
		if (!pid)
			clk_sleep_ms(10);
	}
	return pid;
}

static void wait_end(pid_t pid)
{
	for (int i = 0; i < 500 && process_alive(pid); i++)
		clk_sleep_ms(10);
}

static void test_life(void)
{
	struct err e;
	pid_t pid = start("sleep 100 & wait", -1, &e);

	CHECK(pid > 0);
	CHECK_INT(find(), pid);
	CHECK(getsid(pid) == pid);
	CHECK_INT(process_find_by_arg(pid_file, "-c"), pid);
	CHECK_INT(process_find_by_arg(pid_file, "-"), 0);
	kill(pid, SIGKILL);
	wait_end(pid);
	CHECK(!process_alive(pid));
	CHECK_INT(process_find(pid_file), 0);
}

static void test_stop(void)
{
	struct err e;
	pid_t pid = start("exec sleep 100", -1, &e);

	CHECK(find() == pid);
	CHECK(!process_stop(pid, 5000));
	CHECK(!process_alive(pid));
	pid = start("trap '' TERM; echo up >&2; while :; do sleep 0.05; done", -1, &e);
	find();
	for (int i = 0; i < 200; i++) {
		struct buf b;

		buf_init(&b);
		process_log_tail(log_file, 1, "", &b);
		i = b.len && !strcmp(buf_cstr(&b), "up\n") ? 1000 : i;
		buf_fini(&b);
		clk_sleep_ms(10);
	}
	CHECK(process_stop(pid, 100));
	CHECK(!process_alive(pid));
	CHECK(!process_stop(pid, 100));
}

/* A pid of another process, or nonsense, in the file is nobody. */
static void test_stranger(void)
{
	struct err e;
	char text[32];
	const char *bad[] = {"", "x", "0", "99999999999999999999", "-5", "4294967297"};

	snprintf(text, sizeof(text), "%d\n", (int)getpid());
	CHECK(file_write(pid_file, str_of(text), 0644, &e) == 0);
	CHECK_INT(process_find(pid_file), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK(file_write(pid_file, str_of(bad[i]), 0644, &e) == 0);
		CHECK_INT(process_find(pid_file), 0);
	}
	CHECK_INT(process_find("/nonexistent/file"), 0);
	CHECK(!process_alive(0) && !process_alive(-1));
}

static void test_pipe_and_errors(void)
{
	int fds[2];
	char got[8] = "";
	struct err e;
	struct process_start s = {(const char *[]){"true", NULL}, pid_file, "/nonexistent/log", -1, NULL};
	pid_t pid;

	CHECK(pipe(fds) == 0);
	pid = start("echo hi >&3", fds[1], &e);
	close(fds[1]);
	CHECK(read(fds[0], got, sizeof(got) - 1) == 3 && !strcmp(got, "hi\n"));
	CHECK(read(fds[0], got, 1) == 0);
	close(fds[0]);
	wait_end(pid);
	CHECK(process_start(&s, &pid, &e) < 0 && strstr(e.msg, "/nonexistent/log"));
}

static void test_tail(void)
{
	struct err e;
	struct buf b;

	buf_init(&b);
	CHECK(file_write(log_file, STR_LIT("one\ntwo\nthree\n"), 0644, &e) == 0);
	process_log_tail(log_file, 2, "> ", &b);
	CHECK_STR(buf_cstr(&b), "> two\n> three\n");
	buf_reset(&b);
	process_log_tail(log_file, 9, "", &b);
	CHECK_STR(buf_cstr(&b), "one\ntwo\nthree\n");
	buf_reset(&b);
	process_log_tail("/nonexistent", 9, "", &b);
	CHECK_INT(b.len, 0);
	buf_fini(&b);
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	snprintf(pid_file, sizeof(pid_file), "%s/p.pid", dir);
	snprintf(log_file, sizeof(log_file), "%s/p.log", dir);
	test_life();
	test_stop();
	test_stranger();
	test_pipe_and_errors();
	test_tail();
	unlink(pid_file);
	unlink(log_file);
	rmdir(dir);
	return TAP_DONE();
}
