#include "topo/file_watch.h"

#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SHORT_MS = 50, MASK = IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF };

static void add(struct file_watch *w)
{
	w->missed = false;
	for (int i = 0; i < FILE_WATCH_FILES; i++) {
		if (w->id[i] < 0 && w->fd >= 0)
			w->id[i] = inotify_add_watch(w->fd, w->path[i], MASK);
		w->missed |= w->id[i] < 0;
	}
}

void file_watch_init(struct file_watch *w, const char *a, const char *b)
{
	*w = (struct file_watch){
		.fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK), .path = {a, b}, .id = {-1, -1}};
	add(w);
}

void file_watch_fini(struct file_watch *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

/* Takes all events; forgets the watches of files that are gone. Whether there was one. */
static bool drain(struct file_watch *w)
{
	_Alignas(struct inotify_event) char text[4096];
	const struct inotify_event *ev;
	bool any = false;
	ssize_t n;

	while ((n = read(w->fd, text, sizeof(text))) > 0) {
		any = true;
		for (char *p = text; p < text + n; p += sizeof(*ev) + ev->len) {
			ev = (const struct inotify_event *)(void *)p;
			for (int i = 0; i < FILE_WATCH_FILES; i++)
				if (ev->wd == w->id[i] && ev->mask & IN_IGNORED)
					w->id[i] = -1;
		}
	}
	return any;
}

bool file_watch_wait(struct file_watch *w, int wake_fd, unsigned timeout_ms)
{
	struct pollfd p[2] = {{.fd = w->fd, .events = POLLIN}, {.fd = wake_fd, .events = POLLIN}};
	bool polled = w->missed;

	if (polled && timeout_ms > SHORT_MS)
		timeout_ms = SHORT_MS;
	poll(p, 2, (int)timeout_ms);
	if (w->fd >= 0 && drain(w))
		polled = true;
	add(w);
	return polled && !(p[1].revents & POLLIN);
}

void file_watch_touch(const char *path)
{
	/* A failure costs the others time, no more: they look now and then anyway. */
	if (path && utimensat(AT_FDCWD, path, NULL, 0) < 0)
		return;
}
