/* The HTTP server, spoken to by hand. Issue 8, B 5: bodies, connections and times are bounded, and
 * two different Content-Length headers are refused. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
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
static bool limited;

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
	say_text(fd, "lloHEAD /e/ HTTP/1.1\r\nHost: x\r\n\r\nGET /none HTTP/1.1\r\nHost: "
		     "x\r\nConnection: close\r\n\r\n");
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
		{"POST /e HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: "
		 "6\r\n\r\nhello",
		 400},
		{"POST /e HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: "
		 "chunked\r\n\r\n"
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

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	while ((text = strstr(text, what))) {
		text += strlen(what);
		n++;
	}
	return n;
}

/* What evhttp does not do by itself, or must go on doing. */
static void test_http(void)
{
	int fd = dial();

	/* HEAD: the headers of GET, no body. */
	say_text(fd, "HEAD /e HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	CHECK(hear(fd, NULL) && strstr(answer, "Content-Length: 22\r\n"));
	CHECK(!strcmp(answer + strlen(answer) - 4, "\r\n\r\n"));
	close(fd);
	/* Pipelined: each is answered, in order, also behind one that is answered later. */
	fd = dial();
	say_text(fd, "GET /e?q=1 HTTP/1.1\r\nHost: x\r\n\r\nHEAD /e?q=2 HTTP/1.1\r\nHost: x\r\n\r\n"
		     "GET /hold HTTP/1.1\r\nHost: x\r\n\r\nPOST /e?q=3 HTTP/1.1\r\nHost: x\r\n"
		     "Content-Length: 3\r\n\r\nabcGET /e?q=4 HTTP/1.1\r\nHost: x\r\nConnection: "
		     "close\r\n\r\n");
	while (!__atomic_load_n(&later, __ATOMIC_ACQUIRE))
		usleep(1000);
	CHECK(worker_post(w, answer_later, NULL) == 0);
	CHECK(hear(fd, NULL) && count(answer, "HTTP/1.1 200 OK") == 5);
	CHECK(strstr(answer, "q=1") && !strstr(answer, "q=2") && strstr(answer, "q=3 h=- body=3"));
	CHECK(strstr(answer, "q=1") < strstr(answer, "at last") &&
	      strstr(answer, "at last") < strstr(answer, "q=3") &&
	      strstr(answer, "q=3") < strstr(answer, "q=4"));
	close(fd);
	/* A client that has said all it will say, and still listens. */
	fd = dial();
	say_text(fd, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
	shutdown(fd, SHUT_WR);
	while (!__atomic_load_n(&later, __ATOMIC_ACQUIRE))
		usleep(1000);
	CHECK(worker_post(w, answer_later, NULL) == 0);
	CHECK(hear(fd, NULL) && strstr(answer, "at last"));
	close(fd);
	/* A client that asks before it sends a body. */
	fd = dial();
	say_text(
		fd,
		"POST /e HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
	CHECK(!hear(fd, "\r\n\r\n") && !strncmp(answer, "HTTP/1.1 100 Continue\r\n", 23));
	say_text(fd, "hello");
	CHECK(!hear(fd, "body=5"));
	close(fd);
	fd = dial();
	say_text(fd, "POST /e HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: "
		     "9000000\r\n\r\n");
	hear(fd, "\r\n\r\n");
	CHECK(!strncmp(answer, "HTTP/1.1 413 ", 13));
	close(fd);
	/* Chunked bodies are bounded, too. */
	fd = dial();
	say_text(fd, "POST /e HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
		     "chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
	CHECK(!hear(fd, "body=5"));
	close(fd);
	CHECK_INT(ask("POST /e HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
		      "chunked\r\n\r\n100001\r\nhello"),
		  413);
}

static void set_limits(void *arg)
{
	http_server_set_limits(server, arg);
	__atomic_store_n(&limited, true, __ATOMIC_RELEASE);
}

static void limit(struct http_limits *l)
{
	limited = false;
	CHECK(worker_post(w, set_limits, l) == 0);
	while (!__atomic_load_n(&limited, __ATOMIC_ACQUIRE))
		usleep(1000);
}

enum { MANY = 8, HALF = 500000 };

static void test_many_connections(void)
{
	struct http_limits l = {MANY, 64 << 20, 30000, 60000};
	int fd[MANY + 2];

	limit(&l);
	/* Idle ones give way, the oldest first. */
	for (int i = 0; i < MANY + 2; i++) {
		fd[i] = dial();
		say_text(fd[i], "GET /e HTTP/1.1\r\nHost: x\r\n\r\n");
		CHECK(!hear(fd[i], "body=0"));
	}
	CHECK(hear(fd[0], NULL) && !answer[0]);
	CHECK(hear(fd[1], NULL) && !answer[0]);
	for (int i = 2; i < MANY + 2; i++) {
		say_text(fd[i], "GET /e HTTP/1.1\r\nHost: x\r\n\r\nGET");
		CHECK(!hear(fd[i], "body=0"));
	}
	/* Those that are saying something do not: the new one has to go. */
	close(fd[0]);
	fd[0] = dial();
	say_text(fd[0], "GET /e HTTP/1.1\r\nHost: x\r\n\r\n");
	hear(fd[0], NULL);
	CHECK(!strstr(answer, "body=0"));
	close(fd[1]);
	close(fd[0]);
	close(fd[2]);
	for (int tries = 0; tries < 500; tries++) { /* until the server has seen that */
		if (ask("GET /e HTTP/1.0\r\n\r\n") == 200)
			break;
		usleep(10000);
	}
	CHECK_INT(ask("GET /e HTTP/1.0\r\n\r\n"), 200);
	for (int i = 3; i < MANY + 2; i++)
		close(fd[i]);
}

/* Bodies that are never complete: what they may hold together is bounded, and small requests pass.
 */
static void test_held(void)
{
	static char half[HALF];
	struct http_limits l = {64, 3 * HALF, 30000, 60000};
	int fd[6];
	unsigned ended = 0;

	limit(&l);
	for (int i = 0; i < 6; i++) {
		fd[i] = dial();
		say_text(fd[i], "POST /e HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
		say(fd[i], half, HALF);
		CHECK_INT(ask("GET /e HTTP/1.0\r\n\r\n"), 200);
	}
	for (int tries = 0; tries < 500 && ended < 4; tries++) {
		ended = 0;
		for (int i = 0; i < 6; i++)
			ended += recv(fd[i], answer, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno != EAGAIN;
		usleep(10000);
	}
	CHECK_INT(ended, 4); /* two have room */
	/* What is answered is given back. */
	for (int i = 0; i < 6; i++)
		close(fd[i]);
	for (int i = 0; i < 10; i++) {
		int one = dial();

		say_text(one, "POST /e HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n");
		say(one, half, HALF);
		CHECK(!hear(one, "body=500000"));
		fd[i % 6] = one;
		if (i >= 6)
			close(one);
	}
	for (int i = 0; i < 6; i++)
		close(fd[i]);
}

static void test_slow(void)
{
	struct http_limits l = {64, 64 << 20, 150, 300};
	int fd[3];

	limit(&l);
	fd[0] = dial();
	fd[1] = dial();
	fd[2] = dial();
	say_text(fd[0], "GET /e HTTP/1.1\r\nHo"); /* a header, a body that do not end; silence */
	say_text(fd[1], "POST /e HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab");
	for (int i = 0; i < 3; i++) {
		CHECK(hear(fd[i], NULL));
		close(fd[i]);
	}
	/* A byte now and then does not help. */
	fd[0] = dial();
	for (int i = 0; i < 500; i++) {
		if (send(fd[0], "G", 1, MSG_NOSIGNAL) < 0)
			break;
		usleep(20000);
	}
	CHECK(send(fd[0], "G", 1, MSG_NOSIGNAL) < 0);
	close(fd[0]);
	/* A handler may take longer than all that. */
	fd[0] = dial();
	say_text(fd[0], "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
	while (!__atomic_load_n(&later, __ATOMIC_ACQUIRE))
		usleep(1000);
	usleep(600000);
	CHECK(worker_post(w, answer_later, NULL) == 0);
	CHECK(!hear(fd[0], "at last"));
	close(fd[0]);
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

	signal(SIGPIPE, SIG_IGN); /* as programs do */
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
	test_http();
	test_many_connections();
	test_held();
	test_slow();
	CHECK(worker_post(w, close_server, NULL) == 0);
	while (__atomic_load_n(&server, __ATOMIC_ACQUIRE))
		usleep(1000);
	worker_free(w);
	return TAP_DONE();
}
