/* http_client - plain sockets and poll(2), so that every wait has the caller's deadline.
 *
 * A request on a kept connection is sent only after a look whether the server has closed it in the
 * meantime; nothing is ever sent twice by this file. */
#include "src/net/http_client.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "src/base/clk.h"
#include "src/net/net_int.h"
#include "src/net/tls.h"

enum { HEAD_MAX = 64 * 1024, BODY_MAX = 256 << 20, SLICE_MS = 100 };

struct http_client {
	char *host; /* owned */
	int port;
	struct tls *tls; /* ref, or NULL */
	int fd;		 /* -1: not connected */
	SSL *ssl;	 /* owned; NULL without TLS or connection */
	struct buf in;	 /* bytes read, not yet used */
};

/* One exchange. */
struct exchange {
	struct http_client *c;
	uint64_t deadline; /* clk_mono_us() */
	uint64_t idle_us;  /* streams: each byte moves the deadline this far ahead; else 0 */
	const _Atomic int *stop;
	int status;
	bool chunked, close, until_eof;
	size_t left;	/* of the body or the chunk */
	bool in_chunks; /* past the first chunk: a line end comes before the next size */
};

struct http_client *http_client_new(const char *host, int port, struct tls *tls)
{
	struct http_client *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->host = str_dup(str_of(host));
	if (!c->host) {
		free(c);
		return NULL;
	}
	c->port = port;
	c->tls = tls_get(tls);
	c->fd = -1;
	buf_init(&c->in);
	return c;
}

static void disconnect(struct http_client *c)
{
	SSL_free(c->ssl);
	c->ssl = NULL;
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	buf_reset(&c->in);
}

void http_client_free(struct http_client *c)
{
	if (!c)
		return;
	disconnect(c);
	tls_put(c->tls);
	buf_fini(&c->in);
	free(c->host);
	free(c);
}

/* Waits for @events on the socket. 0, or -1 with ERR_DEADLINE or ERR_CANCELED. */
static int wait_for(struct exchange *x, short events, struct err *e)
{
	struct pollfd p = {.fd = x->c->fd, .events = events};

	for (;;) {
		uint64_t now = clk_mono_us(), left = x->deadline > now ? x->deadline - now : 0;
		int ms = left / 1000 < SLICE_MS ? (int)((left + 999) / 1000) : SLICE_MS;
		int n;

		if (x->stop && *x->stop)
			return err_set(e, ERR_CANCELED, "canceled");
		n = poll(&p, 1, ms);
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return err_set_errno(e, ERR_IO, errno, "poll");
		if (clk_mono_us() >= x->deadline)
			return err_set(e, ERR_DEADLINE, "%s:%d: no answer in time", x->c->host,
				       x->c->port);
	}
}

static void set_socket_options(int fd)
{
	static const struct {
		int level, name, value;
	} options[] = {
		{IPPROTO_TCP, TCP_NODELAY, 1},	 {SOL_SOCKET, SO_KEEPALIVE, 1},
		{IPPROTO_TCP, TCP_KEEPIDLE, 10}, {IPPROTO_TCP, TCP_KEEPINTVL, 5},
		{IPPROTO_TCP, TCP_KEEPCNT, 3},	 {IPPROTO_TCP, TCP_USER_TIMEOUT, 20000},
	};

	/* They only make things better; a kernel without one of them is no reason to fail. */
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		setsockopt(fd, options[i].level, options[i].name, &options[i].value,
			   sizeof(options[i].value));
}

static int connect_one(struct exchange *x, const struct addrinfo *a, struct err *e)
{
	struct http_client *c = x->c;
	int error = 0;
	socklen_t n = sizeof(error);

	c->fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		return err_set_errno(e, ERR_UNAVAILABLE, errno, "socket");
	set_socket_options(c->fd);
	if (connect(c->fd, a->ai_addr, a->ai_addrlen) == 0)
		return 0;
	if (errno != EINPROGRESS) {
		error = errno;
	} else {
		if (wait_for(x, POLLOUT, e) < 0)
			return -1;
		getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &n);
	}
	if (error == 0)
		return 0;
	return err_set_errno(e, ERR_UNAVAILABLE, error, "%s:%d", c->host, c->port);
}

/* What to do after an SSL call returned @rc <= 0: 1 try again, 0 end of stream, -1 error. */
static int tls_wait(struct exchange *x, int rc, struct err *e)
{
	switch (SSL_get_error(x->c->ssl, rc)) {
	case SSL_ERROR_WANT_READ:
		return wait_for(x, POLLIN, e) < 0 ? -1 : 1;
	case SSL_ERROR_WANT_WRITE:
		return wait_for(x, POLLOUT, e) < 0 ? -1 : 1;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	default:
		return tls_error(e, x->c->host);
	}
}

static int start_tls(struct exchange *x, struct err *e)
{
	struct http_client *c = x->c;
	int rc, again;

	if (!c->tls)
		return 0;
	c->ssl = tls_session(c->tls, c->host, e);
	if (!c->ssl)
		return -1;
	if (SSL_set_fd(c->ssl, c->fd) != 1)
		return tls_error(e, "TLS");
	for (;;) {
		ERR_clear_error();
		rc = SSL_connect(c->ssl);
		if (rc == 1)
			return 0;
		again = tls_wait(x, rc, e);
		if (again < 0)
			return -1;
		if (again == 0)
			return err_set(e, ERR_UNAVAILABLE, "%s:%d closed the connection", c->host,
				       c->port);
	}
}

static int connect_any(struct exchange *x, struct err *e)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *list;
	struct http_client *c = x->c;
	char port[12];
	int rc;

	snprintf(port, sizeof(port), "%d", c->port);
	rc = getaddrinfo(c->host, port, &hints, &list);
	if (rc != 0)
		return err_set(e, ERR_UNAVAILABLE, "%s: %s", c->host, gai_strerror(rc));
	rc = -1;
	for (struct addrinfo *a = list; a && rc < 0; a = a->ai_next) {
		rc = connect_one(x, a, e);
		if (rc == 0)
			rc = start_tls(x, e);
		if (rc < 0)
			disconnect(c);
		if (rc < 0 && e && (e->code == ERR_DEADLINE || e->code == ERR_CANCELED))
			break;
	}
	freeaddrinfo(list);
	/* Whatever it was: the server has not seen the request. */
	if (rc < 0 && e && e->code != ERR_CANCELED)
		e->code = ERR_UNAVAILABLE;
	return rc;
}

static int check_connected(struct exchange *x, struct err *e)
{
	struct http_client *c = x->c;
	struct pollfd p = {.fd = c->fd, .events = POLLIN};

	/* Something to read on an idle connection is its end, or nothing we asked for. */
	if (c->fd >= 0 && (poll(&p, 1, 0) != 0 || c->in.len > 0))
		disconnect(c);
	return c->fd >= 0 ? 0 : connect_any(x, e);
}

static int broken(const struct http_client *c, int error, struct err *e)
{
	return err_set_errno(e, ERR_IO, error, "%s:%d: connection", c->host, c->port);
}

static int write_all(struct exchange *x, const uint8_t *p, size_t n, struct err *e)
{
	struct http_client *c = x->c;

	while (n > 0) {
		ssize_t done;
		int again;

		if (c->ssl) {
			ERR_clear_error();
			done = SSL_write(c->ssl, p, n > INT32_MAX ? INT32_MAX : (int)n);
			again = done > 0 ? 1 : tls_wait(x, (int)done, e);
			if (again < 0)
				return -1;
			if (again == 0)
				return broken(c, ECONNRESET, e);
		} else {
			done = send(c->fd, p, n, MSG_NOSIGNAL);
			if (done < 0 && errno != EAGAIN && errno != EINTR)
				return broken(c, errno, e);
			if (done < 0 && wait_for(x, POLLOUT, e) < 0)
				return -1;
		}
		if (done > 0) {
			p += done;
			n -= (size_t)done;
		}
	}
	return 0;
}

/* Reads what there is, at least a byte, into c->in. 1, 0 at the end of the stream, or -1. */
static int read_some(struct exchange *x, struct err *e)
{
	struct http_client *c = x->c;
	uint8_t *room = buf_reserve(&c->in, 16384);
	ssize_t n;
	int again;

	if (!room)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (;;) {
		if (c->ssl) {
			ERR_clear_error();
			n = SSL_read(c->ssl, room, 16384);
			again = n > 0 ? 1 : tls_wait(x, (int)n, e);
			if (again <= 0)
				return again;
		} else {
			n = recv(c->fd, room, 16384, 0);
			if (n == 0)
				return 0;
			if (n < 0 && errno != EAGAIN && errno != EINTR)
				return broken(c, errno, e);
			if (n < 0 && wait_for(x, POLLIN, e) < 0)
				return -1;
		}
		if (n > 0)
			break;
	}
	c->in.len += (size_t)n;
	if (x->idle_us)
		x->deadline = clk_mono_us() + x->idle_us;
	return 1;
}

static int read_more(struct exchange *x, struct err *e)
{
	int rc = read_some(x, e);

	return rc == 0 ? broken(x->c, ECONNRESET, e) : rc;
}

static int send_request(struct exchange *x, const struct http_call *call, struct err *e)
{
	struct http_client *c = x->c;
	struct buf b;
	int rc;

	buf_init(&b);
	buf_printf(&b, "%s %s HTTP/1.1\r\nHost: %s:%d\r\n", call->method, call->path, c->host,
		   c->port);
	for (size_t i = 0; i < call->header_count; i++)
		buf_printf(&b, "%s: %s\r\n", call->headers[i].name, call->headers[i].value);
	if (call->body.n > 0)
		buf_puts(&b, "Content-Type: application/json\r\n");
	if (call->body.n > 0 || strcmp(call->method, "GET") != 0)
		buf_printf(&b, "Content-Length: %zu\r\n", call->body.n);
	buf_puts(&b, "\r\n");
	buf_str(&b, call->body);
	rc = buf_check(&b, e);
	if (rc == 0)
		rc = write_all(x, b.p, b.len, e);
	buf_fini(&b);
	return rc;
}

/* The next line of the head, without its line end; reads as needed. The line lives until the next
 * read; *used is what to drop from c->in. */
static int next_line(struct exchange *x, size_t at, struct str *line, size_t *used, struct err *e)
{
	struct http_client *c = x->c;
	size_t seen = at;

	for (;;) {
		uint8_t *nl =
			c->in.len > seen ? memchr(c->in.p + seen, '\n', c->in.len - seen) : NULL;

		if (nl) {
			*line = str_make(c->in.p + at, (size_t)(nl - (c->in.p + at)));
			*used = (size_t)(nl - c->in.p) + 1;
			if (line->n > 0 && line->p[line->n - 1] == '\r')
				line->n--;
			return 0;
		}
		seen = c->in.len;
		if (seen > HEAD_MAX)
			return err_set(e, ERR_PROTOCOL, "%s:%d: endless header", c->host, c->port);
		if (read_more(x, e) < 0)
			return -1;
	}
}

static int bad_answer(struct exchange *x, struct err *e)
{
	return err_set(e, ERR_PROTOCOL, "%s:%d: this is not HTTP", x->c->host, x->c->port);
}

static int read_header(struct exchange *x, struct str line, struct err *e)
{
	struct str name, value;
	uint64_t n;

	if (!str_cut(line, ':', &name, &value))
		return bad_answer(x, e);
	value = str_trim(value);
	if (str_ieqz(name, "content-length")) {
		if (!str_to_u64(value, &n) || n > BODY_MAX)
			return err_set(e, ERR_TOO_BIG, "%s:%d: answer of %.*s bytes", x->c->host,
				       x->c->port, STR_ARG(value));
		x->left = (size_t)n;
		x->until_eof = false;
	} else if (str_ieqz(name, "transfer-encoding")) {
		x->chunked = str_ieqz(value, "chunked");
		x->until_eof = false;
	} else if (str_ieqz(name, "connection")) {
		x->close = str_ieqz(value, "close");
	}
	return 0;
}

static int read_head(struct exchange *x, struct err *e)
{
	struct str line;
	size_t used = 0;

	do {
		if (next_line(x, 0, &line, &used, e) < 0)
			return -1;
		if (line.n < 12 || !str_starts(line, "HTTP/1.") || line.p[8] != ' ')
			return bad_answer(x, e);
		x->status = (int)strtol(line.p + 9, NULL, 10);
		x->until_eof = true;
		x->close = line.p[7] == '0';
		for (;;) {
			buf_consume(&x->c->in, used);
			if (next_line(x, 0, &line, &used, e) < 0)
				return -1;
			if (line.n == 0)
				break;
			if (read_header(x, line, e) < 0)
				return -1;
		}
		buf_consume(&x->c->in, used);
	} while (x->status >= 100 && x->status < 200);
	if (x->chunked)
		x->left = 0;
	if (x->status == 204 || x->status == 304) {
		x->left = 0;
		x->until_eof = x->chunked = false;
	}
	return 0;
}

/* The size line of the next chunk. 1: x->left is set; 0: that was the last, trailers are read. */
static int next_chunk(struct exchange *x, struct err *e)
{
	struct str line;
	size_t used;
	char *end;
	unsigned long n;

	if (x->in_chunks) {
		if (next_line(x, 0, &line, &used, e) < 0)
			return -1;
		buf_consume(&x->c->in, used);
	}
	if (next_line(x, 0, &line, &used, e) < 0)
		return -1;
	errno = 0;
	n = strtoul(line.p, &end, 16); /* ends at the line's end at the latest */
	if (end == line.p || errno || n > BODY_MAX)
		return bad_answer(x, e);
	buf_consume(&x->c->in, used);
	x->in_chunks = true;
	x->left = n;
	while (n == 0) {
		if (next_line(x, 0, &line, &used, e) < 0)
			return -1;
		buf_consume(&x->c->in, used);
		if (line.n == 0)
			return 0;
	}
	return 1;
}

/* Appends the next piece of the body to @out. 1: there may be more; 0: that was all. */
static int read_body(struct exchange *x, struct buf *out, struct err *e)
{
	struct http_client *c = x->c;
	size_t n;
	int rc;

	if (x->chunked && x->left == 0) {
		rc = next_chunk(x, e);
		if (rc <= 0)
			return rc;
	}
	if (!x->until_eof && x->left == 0)
		return 0;
	if (c->in.len == 0) {
		rc = x->until_eof ? read_some(x, e) : read_more(x, e);
		if (rc <= 0)
			return rc;
	}
	n = x->until_eof || c->in.len < x->left ? c->in.len : x->left;
	buf_append(out, c->in.p, n);
	buf_consume(&c->in, n);
	if (!x->until_eof)
		x->left -= n;
	return buf_check(out, e) < 0 ? -1 : 1;
}

static int begin(struct exchange *x, const struct http_call *call, struct err *e)
{
	x->deadline = clk_mono_us() + (uint64_t)call->timeout_ms * 1000;
	if (check_connected(x, e) < 0 || send_request(x, call, e) < 0)
		return -1;
	return read_head(x, e);
}

int http_client_request(struct http_client *c, const struct http_call *call, struct buf *out,
			struct err *e)
{
	struct exchange x = {.c = c};
	struct err mine;
	int rc;

	if (!e)
		e = &mine; /* connect_any() looks at the code */
	rc = begin(&x, call, e) < 0 ? -1 : 1;
	while (rc > 0) {
		rc = read_body(&x, out, e);
		if (rc > 0 && out->len > BODY_MAX)
			rc = err_set(e, ERR_TOO_BIG, "%s:%d: answer over 256 MB", c->host, c->port);
	}
	if (rc < 0 || x.close || x.until_eof)
		disconnect(c);
	return rc < 0 ? -1 : x.status;
}

/* Gives the whole lines in @b away. false: the sink has enough. */
static bool give_lines(const struct http_sink *sink, struct buf *b)
{
	size_t at = 0;
	bool more = true;

	while (more && at < b->len) {
		uint8_t *nl = memchr(b->p + at, '\n', b->len - at);

		if (!nl)
			break;
		more = sink->line(sink->arg, str_make(b->p + at, (size_t)(nl - (b->p + at))));
		at = (size_t)(nl - b->p) + 1;
	}
	buf_consume(b, at);
	return more;
}

int http_client_stream(struct http_client *c, const struct http_call *call,
		       const struct http_sink *sink, struct err *e)
{
	struct exchange x = {
		.c = c, .stop = sink->stop, .idle_us = (uint64_t)call->timeout_ms * 1000};
	struct err mine;
	struct buf b;
	bool more = true;
	int rc;

	if (!e)
		e = &mine;
	buf_init(&b);
	rc = begin(&x, call, e) < 0 ? -1 : 1;
	while (rc > 0 && more) {
		rc = read_body(&x, &b, e);
		more = give_lines(sink, &b);
		if (b.len > BODY_MAX)
			rc = err_set(e, ERR_TOO_BIG, "%s:%d: line over 256 MB", c->host, c->port);
	}
	if (b.len > 0 && more)
		sink->line(sink->arg, buf_slice(&b));
	buf_fini(&b);
	disconnect(c);
	return rc < 0 ? -1 : x.status;
}
