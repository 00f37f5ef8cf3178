#include "gate/client/client.h"

#include <errno.h>
#include <string.h>

#include "src/base/buf.h"
#include "src/net/stream.h"
#include "src/wire/packet.h"

/* Whether packets can go to the client. */
static bool takes_packets(struct client *c)
{
	if (c->stream && c->within_row)
		stream_give_up(c->stream, ECONNABORTED);
	return c->stream && !c->within_row;
}

void client_send(struct client *c, const void *payload, size_t n)
{
	if (!takes_packets(c))
		return;
	if (n < PACKET_FULL) {
		uint8_t *at = stream_reserve(c->stream, PACKET_HEADER + n);

		if (!at)
			return;
		packet_put_header(at, (uint32_t)n, c->seq++);
		if (n)
			memcpy(at + PACKET_HEADER, payload, n);
		return;
	}
	for (const uint8_t *p = payload;; p += PACKET_FULL, n -= PACKET_FULL) {
		size_t piece = n < PACKET_FULL ? n : PACKET_FULL;
		uint8_t header[PACKET_HEADER];

		packet_put_header(header, (uint32_t)piece, c->seq++);
		stream_write(c->stream, header, sizeof(header));
		stream_write(c->stream, p, piece);
		if (piece < PACKET_FULL)
			return;
	}
}

void client_send_buf(struct client *c, const struct buf *b)
{
	if (!b->failed)
		client_send(c, b->p, b->len);
	else if (c->stream)
		stream_give_up(c->stream, ENOMEM);
}

void client_send_packets(struct client *c, const uint8_t *p, size_t n)
{
	struct packet_renumber r = {.seq = c->seq};
	uint8_t *at = takes_packets(c) ? stream_reserve(c->stream, n) : NULL;

	if (!at)
		return;
	memcpy(at, p, n);
	packet_renumber(&r, at, n);
	c->seq = r.seq;
}

bool client_congested(const struct client *c)
{
	return c->stream && stream_congested(c->stream);
}

const char *client_host(const struct client *c)
{
	return c->peer[0] ? c->peer : "localhost";
}
