/* The HTTP server, spoken to by hand. Issue 8, B 5: a body is bounded, and two
 * different Content-Length headers are refused. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/net/http_server.h"
#include "src/net/worker.h"
#include "test/lib/tap.h"

static struct worker *w;
static struct http_server *server;
static struct http_request *later;
static char answer[70000];

static void echo(void *arg, struct http_request *r)
{
	const char *q = http_request_query(r, "q"), *h = http_request_header(r, "X-Test");
	struct buf b;

	(void)arg;
	buf_init(&b);
	buf_printf(&b, "%s %s q=%s h=%s body=%zu", http_request_method(r), http_request_path(r),
		   q ? q : "-", h ? h : "-", http_request_body(r).n);
	http_reply(r, 200, "text/plain", buf_slice(&b));
	buf_fini(&b);
}

static void hold(void *arg, struct http_request *r)
{
	(void)arg;
	later = r;
}

static void answer_later(void *arg)
{
	(void)arg;
	http_reply(later, 200, "text/plain", STR_LIT("at last"));
	later = NULL;
}

static int dial(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_port = htons((uint16_t)http_server_port(server)),
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval limit = {.tv_sec = 5};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	CHECK(connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0);
	return fd;
}

static void say(int fd, const char *text, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, text, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return;
		text += sent;
		n -= (size_t)sent;
	}
}

static void say_text(int fd, const char *text)
{
	say(fd, text, strlen(text));
}

/* Reads into @answer until @mark is there or the connection ends; whether it ended. */
static bool hear(int fd, const char *mark)
{
	size_t n = 0;

	answer[0] = 0;
	while (!mark || !strstr(answer, mark)) {
		ssize_t got = recv(fd, answer + n, sizeof(answer) - 1 - n, 0);

		if (got <= 0)
			return got == 0;
		n += (size_t)got;
		answer[n] = 0;
	}
	return false;
}

/* One request on a connection of its own; the status, or 0 when nothing came. */
static int ask(const char *text)
{
	int fd = dial(), status = 0;

	say(fd, text, strlen(text));
	hear(fd, NULL);
	close(fd);
	sscanf(answer, "HTTP/1.%*d %d", &status);
	return status;
}

static void test_requests(void)
{
	int fd = dial();

	say_text(fd, "GET /e?q=a%20b+c&x=1 HTTP/1.1\r\nHost: x\r\nx-test:  v \r\n\r\n");
	CHECK(!hear(fd, "body=0") && strstr(answer, "GET /e q=a b c h=v"));
	CHECK(strstr(answer, "HTTP/1.1 200 OK\r\n") && strstr(answer, "nosniff"));
	/* In pieces, and the next one right behind it. */
	say_text(fd, "POST /e HTTP/1.1\r\nHost: x\r\nContent-Le");
	say_text(fd, "ngth: 5\r\nContent-Length: 5\r\n\r\nhe");
	say_text(fd, "lloHEAD /e/ HTTP/1.1\r\nHost: x\r\n\r\nGET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	CHECK(hear(fd, NULL) && strstr(answer, "POST /e q=- h=- body=5"));
	close(fd);
	/* A handler that answers later; the connection waits, and goes on. */
	fd = dial();
	say_text(fd, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\nGET /e HTTP/1.1\r\nHost: x\r\n\r\n");
	while (!__atomic_load_n(&later, __ATOMIC_ACQUIRE))
		usleep(1000);
	CHECK(worker_post(w, answer_later, NULL) == 0);
	CHECK(!hear(fd, "body=0") && strstr(answer, "at last"));
	close(fd);
	CHECK_INT(ask("GET /e HTTP/1.0\r\n\r\n"), 200);
}

static void test_refusals(void)
{
	static const struct {
		const char *text;
		int status;
	} cases[] = {
		{"POST /e HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400},
		{"POST /e HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
		 "0\r\n\r\n",
		 400},
		{"POST /e HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n", 413},
		{"POST /e HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n"
		 "Content-Length: 5\r\n\r\nhello",
		 200},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK_INT(ask(cases[i].text), cases[i].status);
}

static void close_server(void *arg)
{
	(void)arg;
	http_server_free(server);
	server = NULL;
}

int main(void)
{
	struct err e;

	w = worker_new("http", &e);
	server = http_server_new(w, "127.0.0.1:0", &e);
	if (!CHECK(server != NULL))
		return 1;
	CHECK(http_server_handle(server, "/e", echo, NULL) == 0);
	CHECK(http_server_handle(server, "/e/", echo, NULL) == 0);
	CHECK(http_server_handle(server, "/hold", hold, NULL) == 0);
	CHECK(worker_start(w, &e) == 0);
	test_requests();
	test_refusals();
	CHECK(worker_post(w, close_server, NULL) == 0);
	while (__atomic_load_n(&server, __ATOMIC_ACQUIRE))
		usleep(1000);
	worker_free(w);
	return TAP_DONE();
}
