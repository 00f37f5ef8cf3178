#include "src/cli/cluster_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/process.h"
#include "src/base/str.h"

enum { STOP_MS = 60000, NAME_ROOM = 256 };

static int make_dirs(const char *path, struct err *e)
{
	char part[PATH_MAX];

	if (strlen(path) + 8 >= sizeof(part))
		return err_set(e, ERR_INVALID, "the path %.60s... is too long", path);
	for (size_t i = 1; i <= strlen(path); i++) {
		if (path[i] && path[i] != '/')
			continue;
		memcpy(part, path, i);
		part[i] = 0;
		if (mkdir(part, 0750) < 0 && errno != EEXIST)
			return err_set_errno(e, ERR_IO, errno, "cannot make %s", part);
	}
	return 0;
}

int cluster_dir_open(const char *path, bool make, bool lock, struct cluster_dir *d, struct err *e)
{
	char part[PATH_MAX + 16];

	d->lock_fd = -1;
	if (!path || !*path)
		return err_set(e, ERR_INVALID, "--dir is needed");
	if (make && make_dirs(path, e) < 0)
		return -1;
	if (!realpath(path, d->path))
		return err_set_errno(e, ERR_NOT_FOUND, errno, "%s", path);
	if (make) {
		snprintf(part, sizeof(part), "%s/run", d->path);
		if (make_dirs(part, e) < 0)
			return -1;
		snprintf(part, sizeof(part), "%s/log", d->path);
		if (make_dirs(part, e) < 0)
			return -1;
	}
	if (!lock)
		return 0;
	snprintf(part, sizeof(part), "%s/run/ctl.lock", d->path);
	d->lock_fd = open(part, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (d->lock_fd < 0)
		return err_set_errno(e, ERR_NOT_FOUND, errno, "%s is no cluster's directory",
				     d->path);
	if (flock(d->lock_fd, LOCK_EX | LOCK_NB) < 0) {
		cluster_dir_close(d);
		return err_set(e, ERR_CONFLICT,
			       "another sluicectl starts or stops the cluster in %s", d->path);
	}
	return 0;
}

void cluster_dir_close(struct cluster_dir *d)
{
	if (d->lock_fd >= 0)
		close(d->lock_fd);
	d->lock_fd = -1;
}

pid_t cluster_dir_find(const struct cluster_dir *d, const char *name)
{
	char path[PATH_MAX + NAME_ROOM + 16];

	snprintf(path, sizeof(path), "%s/run/%s.pid", d->path, name);
	return process_find(path);
}

/* The mysqld of the tablet in directory @name. */
static pid_t find_mysqld(const struct cluster_dir *d, const char *name)
{
	char file[PATH_MAX + NAME_ROOM + 32], mark[PATH_MAX + NAME_ROOM + 32];

	snprintf(file, sizeof(file), "%s/tablets/%s/mysqld.pid", d->path, name);
	snprintf(mark, sizeof(mark), "--datadir=%s/tablets/%s/data", d->path, name);
	return process_find_by_arg(file, mark);
}

/* Processes of one step: those of run/ with this prefix, or all mysqlds. */
struct step {
	const char *dir, *prefix, *what;
};
static const struct step steps[] = {
	{"run", "keeper", "keeper"},	   {"run", "gate-", "gates"},
	{"run", "tablet-", "tablets"},	   {"tablets", "", "mysqlds"},
	{"run", "etcd", "topology store"},
};

/* The pid of what directory entry @name of a step stands for; 0: nothing that runs. */
static pid_t find_entry(const struct cluster_dir *d, const struct step *s, const char *name)
{
	char base[NAME_ROOM];
	size_t n = strlen(name);

	if (name[0] == '.' || n >= sizeof(base))
		return 0;
	if (strcmp(s->dir, "tablets") == 0)
		return find_mysqld(d, name);
	if (!str_starts(str_of(name), s->prefix) || n < 5 || strcmp(name + n - 4, ".pid") != 0)
		return 0;
	memcpy(base, name, n - 4);
	base[n - 4] = 0;
	return cluster_dir_find(d, base);
}

/* Asks all of a step at once (@ask), or waits for each. How many ran. */
static int walk(const struct cluster_dir *d, const struct step *s, bool ask)
{
	char path[PATH_MAX + 16];
	struct dirent *de;
	int found = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s", d->path, s->dir);
	dir = opendir(path);
	if (!dir)
		return 0;
	while ((de = readdir(dir))) {
		pid_t pid = find_entry(d, s, de->d_name);

		if (pid <= 0)
			continue;
		found++;
		if (ask)
			kill(pid, SIGTERM);
		else if (process_stop(pid, STOP_MS))
			fprintf(stderr,
				"sluicectl: %s (pid %d) did not stop in time and was killed\n",
				de->d_name, (int)pid);
	}
	closedir(dir);
	return found;
}

int cluster_dir_stop(const struct cluster_dir *d, bool quiet)
{
	char path[PATH_MAX + 16];
	int all = 0;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		int n = walk(d, &steps[i], true);

		all += n;
		if (!n)
			continue;
		walk(d, &steps[i], false);
		if (!quiet) {
			printf("stopped: %s (%d)\n", steps[i].what, n);
			fflush(stdout);
		}
	}
	snprintf(path, sizeof(path), "%s/cluster.json", d->path);
	unlink(path);
	return all;
}
