#include "src/net/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/log.h"
#include "src/base/rng.h"
#include "src/net/net_int.h"
#include "src/net/worker.h"

enum {
	LISTENER_BACKLOG = 1024,
	LISTENER_BATCH = 64,
	LISTENER_PORT_LOW = 12000,
	LISTENER_PORT_HIGH = 32000
};

struct listener {
	struct worker *worker;
	struct net_watch *watch;
	struct worker_timer *rest; /* armed while accept() fails for want of descriptors */
	int fd;
	listener_fn fn;
	void *arg;
	struct net_address address;
	char text[128];
};

static void on_rest_over(void *arg)
{
	struct listener *l = arg;

	net_watch_enable(l->watch, true);
}

static void on_acceptable(void *arg)
{
	struct listener *l = arg;

	for (int i = 0; i < LISTENER_BATCH; i++) {
		int client = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (client >= 0) {
			l->fn(l->arg, client);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
			log_warn("net.listener", "event=accept address=%s problem=\"%s\"", l->text,
				 strerror(errno));
			net_watch_enable(l->watch, false);
			worker_timer_arm(l->rest, 100000);
		}
		return;
	}
}

static int bind_free_port(int fd, struct net_address *a)
{
	for (int i = 0; i < 200; i++) {
		net_address_set_port(a, LISTENER_PORT_LOW + (int)rng_below(LISTENER_PORT_HIGH -
									   LISTENER_PORT_LOW));
		if (bind(fd, &a->sa, a->len) == 0)
			return 0;
		if (errno != EADDRINUSE)
			break;
	}
	return -1;
}

/* True when a server answers at this path; else it is what a dead one left. */
static bool socket_alive(const struct net_address *a)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool alive = fd >= 0 && connect(fd, &a->sa, a->len) == 0;

	if (fd >= 0)
		close(fd);
	return alive;
}

static int open_socket(struct listener *l, bool reuse_port, struct err *e)
{
	struct net_address *a = &l->address;
	int one = 1, rc;

	l->fd = socket(a->sa.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (l->fd < 0)
		return err_set_errno(e, ERR_EXHAUSTED, errno, "no socket");
	if (a->sa.sa_family == AF_UNIX) {
		if (socket_alive(a))
			return err_set(e, ERR_EXISTS, "another server listens there");
		unlink(a->un.sun_path);
	} else {
		setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
		setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		if (reuse_port)
			setsockopt(l->fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
	}
	if (a->sa.sa_family != AF_UNIX && net_address_port(a) == 0)
		rc = bind_free_port(l->fd, a);
	else
		rc = bind(l->fd, &a->sa, a->len);
	if (rc < 0 || listen(l->fd, LISTENER_BACKLOG) < 0)
		return err_set_errno(e, ERR_IO, errno, "cannot listen");
	return 0;
}

struct listener *listener_new(struct worker *w, const char *address, bool reuse_port,
			      listener_fn fn, void *arg, struct err *e)
{
	struct listener *l = calloc(1, sizeof(*l));

	if (!l) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	*l = (struct listener){.worker = w, .fd = -1, .fn = fn, .arg = arg};
	if (net_address_parse(address, &l->address, e) < 0 || open_socket(l, reuse_port, e) < 0) {
		err_wrap(e, "listener on %s", address);
		listener_free(l);
		return NULL;
	}
	net_address_print(&l->address, l->text, sizeof(l->text));
	l->watch = net_watch_new(w, l->fd, on_acceptable, l);
	l->rest = worker_timer_new(w, on_rest_over, l);
	if (!l->watch || !l->rest) {
		err_set(e, ERR_NOMEM, "out of memory for the listener on %s", address);
		listener_free(l);
		return NULL;
	}
	return l;
}

const char *listener_address(const struct listener *l)
{
	return l->text;
}

int listener_port(const struct listener *l)
{
	return net_address_port(&l->address);
}

void listener_free(struct listener *l)
{
	bool bound;

	if (!l)
		return;
	bound = l->watch != NULL;
	net_watch_free(l->watch);
	worker_timer_free(l->rest);
	if (l->fd >= 0) {
		close(l->fd);
		if (bound && l->address.sa.sa_family == AF_UNIX)
			unlink(l->address.un.sun_path);
	}
	free(l);
}
