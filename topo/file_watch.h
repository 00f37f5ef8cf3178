/* file_watch - sleeps until one of a few files was written, by inotify. One thread per object. */
#ifndef TOPO_FILE_WATCH_H
#define TOPO_FILE_WATCH_H
#include <stdbool.h>

enum { FILE_WATCH_FILES = 2 };

struct file_watch {
	int fd;	     /* owned; -1: the system gives none, every wait is a short sleep */
	bool missed; /* a file could not be watched (yet) */
	const char *path[FILE_WATCH_FILES]; /* borrowed */
	int id[FILE_WATCH_FILES];	    /* -1: not watched */
};

/* Watches @a and @b, which need not exist yet. */
void file_watch_init(struct file_watch *w, const char *a, const char *b);
void file_watch_fini(struct file_watch *w);
/* Waits until a file was written or touched since the last wait (true), or @timeout_ms passed or
 * @wake_fd (-1: none) is readable (false). Where files cannot be watched: at most 50 ms, true. */
bool file_watch_wait(struct file_watch *w, int wake_fd, unsigned timeout_ms);
/* Wakes all who wait for @path. */
void file_watch_touch(const char *path);
#endif
