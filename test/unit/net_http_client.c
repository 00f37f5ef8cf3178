/* The HTTP client against a scripted server on a loopback socket: one connection per script. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/base/clk.h"
#include "src/net/http_client.h"
#include "test/lib/tap.h"

/* What the server does with a connection: reads a request's head, then sends @answer, in single
 * bytes when @slow; then reads the next request (@again) or closes, or says nothing (@hang). */
struct script {
	const char *answer;
	bool slow, again, hang;
};

static int listener;
static pthread_t thread;
static struct script script;
static char request[4096];

/* false: the client is gone. */
static bool read_request(int fd)
{
	char head[sizeof(request)] = "";
	size_t n = 0;
	ssize_t got;

	while (!strstr(head, "\r\n\r\n") && n < sizeof(head) - 1) {
		got = read(fd, head + n, sizeof(head) - 1 - n);
		if (got <= 0)
			return false;
		n += (size_t)got;
	}
	memcpy(request, head, sizeof(head));
	return true;
}

static void *serve(void *arg)
{
	int fd = accept(listener, NULL, NULL), one = 1;
	size_t n = strlen(script.answer);

	(void)arg;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	while (read_request(fd)) {
		for (size_t i = 0, step = script.slow ? 1 : n; i < n; i += step) {
			if (send(fd, script.answer + i, step, MSG_NOSIGNAL) < 0)
				break;
		}
		while (script.hang && read(fd, &one, 1) > 0)
			;
		if (!script.again)
			break;
	}
	close(fd);
	return NULL;
}

static int port(void)
{
	struct sockaddr_in a;
	socklen_t n = sizeof(a);

	getsockname(listener, (struct sockaddr *)&a, &n);
	return ntohs(a.sin_port);
}

static struct http_client *start(struct script s)
{
	script = s;
	pthread_create(&thread, NULL, serve, NULL);
	return http_client_new("127.0.0.1", port(), NULL);
}

static void end(struct http_client *c)
{
	http_client_free(c);
	pthread_join(thread, NULL);
}

static struct buf out;
static struct err e;

static int get(struct http_client *c, unsigned timeout_ms)
{
	struct http_call call = {.method = "GET", .path = "/x", .timeout_ms = timeout_ms};

	buf_reset(&out);
	return http_client_request(c, &call, &out, &e);
}

/* Status and body of one answer; -1 and the error's name. */
static void check_answer(const char *answer, int status, const char *body)
{
	for (int slow = 0; slow < 2; slow++) {
		struct http_client *c = start((struct script){.answer = answer, .slow = slow});
		int rc = get(c, 2000);

		CHECK_INT(rc, status);
		CHECK_STR(rc < 0 ? err_name(e.code) : buf_cstr(&out), body);
		end(c);
	}
}

static void test_answers(void)
{
	check_answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello");
	check_answer("HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n", 200, "");
	check_answer("HTTP/1.1 204 No Content\r\n\r\n", 204, "");
	check_answer("HTTP/1.0 200 OK\r\n\r\nto the end", 200, "to the end");
	check_answer("HTTP/1.1 404 Not Found\nContent-Length: 2\n\nno", 404, "no");
	check_answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
		     200, "hi");
	check_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		     "3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n",
		     200, "abc0123456789");
	check_answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", -1, "ERR_IO");
	check_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab", -1, "ERR_IO");
	check_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", -1,
		     "ERR_PROTOCOL");
	check_answer("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", -1, "ERR_TOO_BIG");
	check_answer("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", -1, "ERR_TOO_BIG");
	check_answer("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", -1, "ERR_PROTOCOL");
	check_answer("SSH-2.0-OpenSSH_9.2\r\n", -1, "ERR_PROTOCOL");
	check_answer("", -1, "ERR_IO");
}

static void test_connection(void)
{
	struct http_client *c = start((struct script){
		.answer = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1", .again = true});
	struct http_header h = {"X-Y", "z"};
	struct http_call call = {.method = "POST",
				 .path = "/p",
				 .headers = &h,
				 .header_count = 1,
				 .body = STR_LIT("{}"),
				 .timeout_ms = 2000};
	uint64_t before;

	/* Both on one connection: the server takes no second one. */
	CHECK_INT(get(c, 2000), 200);
	CHECK_INT(http_client_request(c, &call, &out, &e), 200);
	CHECK(strstr(request, "POST /p HTTP/1.1\r\n") && strstr(request, "\r\nX-Y: z\r\n") &&
	      strstr(request, "\r\nContent-Length: 2\r\n"));
	end(c);
	/* A kept connection that the server has closed is noticed before a request goes out. */
	c = start((struct script){.answer = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1"});
	CHECK_INT(get(c, 2000), 200);
	pthread_join(thread, NULL);
	pthread_create(&thread, NULL, serve, NULL);
	CHECK_INT(get(c, 2000), 200);
	end(c);
	c = start((struct script){.answer = "", .hang = true});
	before = clk_mono_us();
	CHECK_INT(get(c, 300), -1);
	CHECK_STR(err_name(e.code), "ERR_DEADLINE");
	CHECK(clk_mono_us() - before < 1500000);
	end(c);
	c = http_client_new("127.0.0.1", 1, NULL);
	CHECK_INT(get(c, 300), -1);
	CHECK_STR(err_name(e.code), "ERR_UNAVAILABLE");
	http_client_free(c);
	c = http_client_new("no.such.name.invalid", 80, NULL);
	CHECK_INT(get(c, 300), -1);
	CHECK_STR(err_name(e.code), "ERR_UNAVAILABLE");
	http_client_free(c);
}

static bool add_line(void *arg, struct str text)
{
	buf_printf(&out, "<%.*s>", STR_ARG(text));
	return --*(int *)arg > 0;
}

static int stream(const char *answer, bool hang, int lines, const _Atomic int *stop)
{
	struct http_client *c =
		start((struct script){.answer = answer, .slow = true, .hang = hang});
	struct http_call call = {.method = "GET", .path = "/", .timeout_ms = 400};
	struct http_sink sink = {.line = add_line, .arg = &lines, .stop = stop};
	int rc;

	buf_reset(&out);
	rc = http_client_stream(c, &call, &sink, &e);
	end(c);
	return rc;
}

#define CHUNKS "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\na\nbc\r\n3\r\nd\ne\r\n"

static void test_stream(void)
{
	_Atomic int stop = 1;

	CHECK_INT(stream(CHUNKS "0\r\n\r\n", false, 9, NULL), 200);
	CHECK_STR(buf_cstr(&out), "<a><bcd><e>");
	CHECK_INT(stream(CHUNKS, true, 2, NULL), 200);
	CHECK_STR(buf_cstr(&out), "<a><bcd>");
	CHECK_INT(stream(CHUNKS, true, 9, NULL), -1);
	CHECK_STR(err_name(e.code), "ERR_DEADLINE");
	CHECK_INT(stream(CHUNKS, false, 9, NULL), -1);
	CHECK_STR(err_name(e.code), "ERR_IO");
	CHECK_INT(stream("", true, 9, &stop), -1);
	CHECK_STR(err_name(e.code), "ERR_CANCELED");
}

int main(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	/* Ports of the ephemeral range may be taken by others at any time. */
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	for (uint16_t p = 20100; p < 32000; p++) {
		a.sin_port = htons(p);
		if (bind(listener, (struct sockaddr *)&a, sizeof(a)) == 0)
			break;
	}
	listen(listener, 8);
	buf_init(&out);
	test_answers();
	test_connection();
	test_stream();
	buf_fini(&out);
	close(listener);
	return TAP_DONE();
}
