#include "src/net/blocking.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "src/base/log.h"
#include "src/net/worker.h"

struct job {
	struct job *next;
	blocking_fn work, done;
	struct worker *reply; /* borrowed: outlives the pool */
	void *arg;
};

struct blocking {
	pthread_mutex_t m;
	pthread_cond_t work_cond, idle_cond;
	struct job *head, **tail;	      /* guarded by m */
	unsigned threads, idle, max, waiting; /* guarded by m */
	bool stop;			      /* guarded by m */
};

struct blocking *blocking_new(unsigned max_threads)
{
	struct blocking *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	pthread_mutex_init(&b->m, NULL);
	pthread_cond_init(&b->work_cond, NULL);
	pthread_cond_init(&b->idle_cond, NULL);
	b->tail = &b->head;
	b->max = max_threads;
	return b;
}

static void run(struct job *j)
{
	j->work(j->arg);
	if (j->done && worker_post(j->reply, j->done, j->arg) < 0)
		log_error("net.blocking", "event=reply problem=\"out of memory\" worker=%s",
			  worker_name(j->reply));
	free(j);
}

static void *thread_main(void *arg)
{
	struct blocking *b = arg;

	pthread_setname_np(pthread_self(), "blocking");
	pthread_mutex_lock(&b->m);
	for (;;) {
		struct job *j = b->head;

		if (j) {
			b->head = j->next;
			if (!j->next)
				b->tail = &b->head;
			b->waiting--;
			pthread_mutex_unlock(&b->m);
			run(j);
			pthread_mutex_lock(&b->m);
			continue;
		}
		if (b->stop)
			break;
		b->idle++;
		pthread_cond_wait(&b->work_cond, &b->m);
		b->idle--;
	}
	b->threads--;
	pthread_cond_signal(&b->idle_cond);
	pthread_mutex_unlock(&b->m);
	return NULL;
}

void blocking_free(struct blocking *b)
{
	if (!b)
		return;
	pthread_mutex_lock(&b->m);
	b->stop = true;
	pthread_cond_broadcast(&b->work_cond);
	while (b->threads)
		pthread_cond_wait(&b->idle_cond, &b->m);
	pthread_mutex_unlock(&b->m);
	pthread_mutex_destroy(&b->m);
	pthread_cond_destroy(&b->work_cond);
	pthread_cond_destroy(&b->idle_cond);
	free(b);
}

/* With m held: one more thread when all are busy. Failing is fine while another one lives. */
static bool add_thread(struct blocking *b)
{
	pthread_attr_t attr;
	pthread_t t;
	int rc;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	rc = pthread_create(&t, &attr, thread_main, b);
	pthread_attr_destroy(&attr);
	if (rc == 0)
		b->threads++;
	return b->threads > 0;
}

int blocking_run(struct blocking *b, blocking_fn work, struct worker *reply, blocking_fn done,
		 void *arg)
{
	struct job *j = malloc(sizeof(*j));
	bool ok = j != NULL;

	if (!ok)
		return -1;
	*j = (struct job){.work = work, .done = done, .reply = reply, .arg = arg};
	pthread_mutex_lock(&b->m);
	if (b->idle <= b->waiting && b->threads < b->max)
		ok = add_thread(b);
	if (ok) {
		*b->tail = j;
		b->tail = &j->next;
		b->waiting++;
		pthread_cond_signal(&b->work_cond);
	}
	pthread_mutex_unlock(&b->m);
	if (!ok)
		free(j);
	return ok ? 0 : -1;
}
