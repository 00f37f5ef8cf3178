/* relay_floor - what two hops cost that do nothing: the least that a gate and a tablet can take on this
 * machine with the sockets, batches and waits that ours have, and no work of their own. The front
 * takes clients over TCP and puts their bytes on one link; the back gives each client a connection
 * of its own to the mysqld's unix socket. For measurements only: no flow control, no errors.
 *
 *   relay_floor front IO LISTEN-ADDRESS LINK-ADDRESS
 *   relay_floor back IO LINK-ADDRESS MYSQLD-ADDRESS */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/net/listener.h"
#include "src/net/stream.h"
#include "src/net/worker.h"

enum { CLIENTS = 4096, HEADER = 8 };

struct end {
	struct stream *s;
	uint32_t id;
};

static struct worker *worker;
static struct stream *the_link;
static struct end ends[CLIENTS]; /* clients, or connections to the mysqld */
static const char *target;
static uint32_t next_id;
static bool front;

static void die(const struct err *e)
{
	fprintf(stderr, "relay_floor: %s\n", e->msg);
	exit(1);
}

static void put(uint32_t id, const uint8_t *p, uint32_t n)
{
	uint8_t *at = stream_reserve(the_link, HEADER);

	if (!at)
		exit(1);
	memcpy(at, &id, sizeof(id));
	memcpy(at + sizeof(id), &n, sizeof(n));
	if (p && n)
		stream_write(the_link, p, n);
}

static size_t end_data(void *arg, const uint8_t *p, size_t n)
{
	put(((struct end *)arg)->id, p, (uint32_t)n);
	return n;
}

static void end_event(void *arg, enum stream_event ev, const struct err *why)
{
	struct end *d = arg;

	(void)why;
	if (ev != STREAM_CLOSED)
		return;
	stream_close(d->s);
	d->s = NULL;
	put(d->id, NULL, 0);
}

static const struct stream_handler end_handler = {end_data, end_event};

static void got(uint32_t id, const uint8_t *p, uint32_t n)
{
	struct end *d = &ends[id % CLIENTS];
	struct err e;

	if (n && !d->s && !front) {
		d->id = id;
		d->s = stream_connect(worker, target, NULL, NULL, &end_handler, d, &e);
		if (!d->s)
			die(&e);
	}
	if (!d->s || d->id != id)
		return;
	if (n == UINT32_MAX) /* a new client: the server speaks first */
		return;
	if (n) {
		stream_write(d->s, p, n);
		return;
	}
	stream_close(d->s);
	d->s = NULL;
}

static size_t link_data(void *arg, const uint8_t *p, size_t n)
{
	size_t at = 0;

	(void)arg;
	while (n - at >= HEADER) {
		uint32_t id, len;

		memcpy(&id, p + at, sizeof(id));
		memcpy(&len, p + at + sizeof(id), sizeof(len));
		if (len != UINT32_MAX && n - at - HEADER < len)
			break;
		got(id, p + at + HEADER, len);
		at += HEADER + (len == UINT32_MAX ? 0 : len);
	}
	return at;
}

static void link_event(void *arg, enum stream_event ev, const struct err *why)
{
	(void)arg, (void)why;
	if (ev == STREAM_CLOSED)
		worker_stop(worker);
}

static const struct stream_handler link_handler = {link_data, link_event};

static void accepted(void *arg, int fd)
{
	struct err e;

	(void)arg;
	if (!front) {
		the_link = stream_new(worker, fd, &link_handler, NULL, &e);
		if (!the_link)
			die(&e);
		return;
	}
	while (ends[++next_id % CLIENTS].s)
		;
	ends[next_id % CLIENTS].id = next_id;
	ends[next_id % CLIENTS].s =
		stream_new(worker, fd, &end_handler, &ends[next_id % CLIENTS], &e);
	if (!ends[next_id % CLIENTS].s)
		die(&e);
	put(next_id, NULL, UINT32_MAX);
}

int main(int argc, char **argv)
{
	enum worker_io io;
	struct err e;

	if (argc != 5 || (strcmp(argv[1], "front") && strcmp(argv[1], "back"))) {
		fprintf(stderr, "usage: relay_floor front|back IO LISTEN-ADDRESS TARGET-ADDRESS\n");
		return 2;
	}
	front = strcmp(argv[1], "front") == 0;
	target = argv[4];
	if (worker_io_parse(argv[2], &io, &e) < 0)
		die(&e);
	worker = worker_new_io("relay", io, &e);
	if (!worker || !listener_new(worker, argv[3], false, accepted, NULL, &e))
		die(&e);
	if (front) {
		the_link = stream_connect(worker, target, NULL, NULL, &link_handler, NULL, &e);
		if (!the_link)
			die(&e);
	}
	printf("ready\n");
	fflush(stdout);
	worker_run(worker);
	return 0;
}
