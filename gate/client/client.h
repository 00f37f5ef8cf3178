/* client - one MySQL client's socket: what was agreed with it and the packets that go to it.
 * Thread: one worker. */
#ifndef CLIENT_CLIENT_H
#define CLIENT_CLIENT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct stream;

struct client {
	struct stream *stream; /* owned by the session; NULL once closed */
	uint64_t caps;	       /* agreed with the client */
	uint8_t charset;       /* collation number of its login */
	uint8_t seq;	       /* of the next packet that goes to it */
	bool within_row;       /* the last bytes that went to it end inside of a row's packets */
	char peer[48];	       /* "127.0.0.1", or "" over the unix socket */
	bool owner; /* over the unix socket, from a process of the user that runs the gate */
};

/* Sends one payload with the next sequence number, in packets of at most 16 MB. A closed client
 * gets nothing. One that has got a part of a row is disconnected, here and below: it would take the
 * packet for the rest of the row. */
void client_send(struct client *c, const void *payload, size_t n);
/* The same of what was built in @b; when there was no memory for it the client is disconnected rather
 * than sent half of it. */
void client_send_buf(struct client *c, const struct buf *b);
/* Sends whole packets, giving them the next sequence numbers. */
void client_send_packets(struct client *c, const uint8_t *p, size_t n);
/* The client does not take what it is sent: produce no more until its stream has drained. */
bool client_congested(const struct client *c);
/* "host" of the client, as servers name it: "localhost" over the unix socket. */
const char *client_host(const struct client *c);
#endif
