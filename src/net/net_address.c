/* net_address - addresses as text, and the worker's buffers. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/str.h"
#include "src/net/net_int.h"

static int parse_unix(const char *path, struct net_address *a, struct err *e)
{
	size_t n = strlen(path);

	if (n == 0 || n >= sizeof(a->un.sun_path))
		return err_set(e, ERR_INVALID, "socket path \"%s\" is empty or over %zu bytes",
			       path, sizeof(a->un.sun_path) - 1);
	a->un.sun_family = AF_UNIX;
	memcpy(a->un.sun_path, path, n + 1);
	a->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + 1);
	return 0;
}

int net_address_parse(const char *text, struct net_address *a, struct err *e)
{
	const char *colon = strrchr(text, ':');
	char host[INET6_ADDRSTRLEN + 2];
	uint64_t port;
	size_t n;

	memset(a, 0, sizeof(*a));
	if (!strncmp(text, "unix:", 5))
		return parse_unix(text + 5, a, e);
	n = colon ? (size_t)(colon - text) : 0;
	if (!n || n >= sizeof(host) || !str_to_u64(str_of(colon + 1), &port) || port > 65535)
		return err_set(e, ERR_INVALID, "\"%s\" is no host:port or unix:/path", text);
	memcpy(host, text, n);
	host[n] = 0;
	if (host[0] == '[' && host[n - 1] == ']') {
		host[n - 1] = 0;
		a->in6.sin6_family = AF_INET6;
		a->in6.sin6_port = htons((uint16_t)port);
		a->len = sizeof(a->in6);
		if (inet_pton(AF_INET6, host + 1, &a->in6.sin6_addr) == 1)
			return 0;
	} else {
		a->in.sin_family = AF_INET;
		a->in.sin_port = htons((uint16_t)port);
		a->len = sizeof(a->in);
		if (inet_pton(AF_INET, strcmp(host, "localhost") ? host : "127.0.0.1",
			      &a->in.sin_addr) == 1)
			return 0;
	}
	return err_set(e, ERR_INVALID, "\"%s\" is no numeric address", text);
}

void net_address_print(const struct net_address *a, char *out, size_t room)
{
	char host[INET6_ADDRSTRLEN] = "?";

	if (a->sa.sa_family == AF_UNIX) {
		snprintf(out, room, "unix:%s", a->un.sun_path);
	} else if (a->sa.sa_family == AF_INET6) {
		inet_ntop(AF_INET6, &a->in6.sin6_addr, host, sizeof(host));
		snprintf(out, room, "[%s]:%d", host, net_address_port(a));
	} else {
		inet_ntop(AF_INET, &a->in.sin_addr, host, sizeof(host));
		snprintf(out, room, "%s:%d", host, net_address_port(a));
	}
}

int net_address_port(const struct net_address *a)
{
	if (a->sa.sa_family == AF_INET)
		return ntohs(a->in.sin_port);
	return a->sa.sa_family == AF_INET6 ? ntohs(a->in6.sin6_port) : 0;
}

void net_address_set_port(struct net_address *a, int port)
{
	if (a->sa.sa_family == AF_INET)
		a->in.sin_port = htons((uint16_t)port);
	else if (a->sa.sa_family == AF_INET6)
		a->in6.sin6_port = htons((uint16_t)port);
}
