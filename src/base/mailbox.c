#include "src/base/mailbox.h"

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct letter {
	struct letter *next;
	mailbox_fn fn;
	void *arg;
};

struct mailbox {
	pthread_mutex_t m;
	struct letter *head, **tail; /* guarded by m */
	int fd;
};

struct mailbox *mailbox_new(void)
{
	struct mailbox *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (m->fd < 0) {
		free(m);
		return NULL;
	}
	pthread_mutex_init(&m->m, NULL);
	m->tail = &m->head;
	return m;
}

void mailbox_free(struct mailbox *m)
{
	if (!m)
		return;
	mailbox_drain(m);
	close(m->fd);
	pthread_mutex_destroy(&m->m);
	free(m);
}

int mailbox_fd(const struct mailbox *m)
{
	return m->fd;
}

int mailbox_post(struct mailbox *m, mailbox_fn fn, void *arg)
{
	struct letter *l = malloc(sizeof(*l));
	uint64_t one = 1;
	int first;

	if (!l)
		return -1;
	*l = (struct letter){.fn = fn, .arg = arg};
	pthread_mutex_lock(&m->m);
	first = !m->head;
	*m->tail = l;
	m->tail = &l->next;
	pthread_mutex_unlock(&m->m);
	/* Only the first letter wakes; a full counter (never reached) would be readable anyway. */
	if (first && write(m->fd, &one, sizeof(one)) < 0)
		return 0;
	return 0;
}

void mailbox_drain(struct mailbox *m)
{
	struct letter *l;
	uint64_t n;

	if (read(m->fd, &n, sizeof(n)) < 0)
		n = 0; /* nothing was signalled; look all the same */
	pthread_mutex_lock(&m->m);
	l = m->head;
	m->head = NULL;
	m->tail = &m->head;
	pthread_mutex_unlock(&m->m);
	while (l) {
		struct letter *next = l->next;

		l->fn(l->arg);
		free(l);
		l = next;
	}
}
