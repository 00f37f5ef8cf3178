#include "src/ctl/api_guard.h"

#include <arpa/inet.h>
#include <string.h>
#include <unistd.h>

#include "src/base/secret.h"
#include "src/net/http_server.h"

enum { NAME_MAX_BYTES = 255 };

bool api_guard_host(struct str host)
{
	const char *colon = memrchr(host.p ? host.p : "", ':', host.n);
	const char *bracket = memrchr(host.p ? host.p : "", ']', host.n);
	char name[NAME_MAX_BYTES + 1], own[NAME_MAX_BYTES + 1] = "";
	uint8_t raw[16];

	if (host.n && host.p[0] == '[') {
		if (!bracket)
			return false;
		host = str_make(host.p + 1, (size_t)(bracket - host.p) - 1);
	} else if (colon) {
		host.n = (size_t)(colon - host.p);
	}
	if (!host.n || host.n > NAME_MAX_BYTES)
		return false;
	memcpy(name, host.p, host.n);
	name[host.n] = 0;
	if (inet_pton(AF_INET, name, raw) == 1 || inet_pton(AF_INET6, name, raw) == 1)
		return true;
	gethostname(own, sizeof(own) - 1);
	return str_ieqz(host, "localhost") || (*own && str_ieqz(host, own));
}

bool api_guard_origin(struct str origin, struct str host)
{
	static const char *const schemes[] = {"http://", "https://"};

	if (!origin.n)
		return true;
	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(schemes[i]);

		if (str_starts(origin, schemes[i]) &&
		    str_eq(str_make(origin.p + n, origin.n - n), host))
			return true;
	}
	return false;
}

bool api_guard_json(struct str type)
{
	struct str head, rest;

	str_cut(type, ';', &head, &rest);
	return str_ieqz(str_trim(head), "application/json");
}

static struct str header(struct http_request *r, const char *name)
{
	const char *v = http_request_header(r, name);

	return str_of(v ? v : "");
}

static int check_token(struct http_request *r, struct str token, struct err *e)
{
	static const char scheme[] = "Bearer ";
	struct str given = header(r, "Authorization");
	size_t n = sizeof(scheme) - 1;

	if (!token.n) {
		err_set(e, ERR_DENIED,
			"this keeper has no token (--token-file), so it changes nothing");
		return 403;
	}
	if (!given.n) {
		err_set(e, ERR_DENIED,
			"a token is needed: sluicectl finds it by --dir, --token-file "
			"or SLUICE_TOKEN_FILE");
		return 401;
	}
	if (str_starts(given, scheme) && secret_equal(str_make(given.p + n, given.n - n), token))
		return 0;
	err_set(e, ERR_DENIED, "the token is not the keeper's");
	return 401;
}

int api_guard_check(struct http_request *r, struct str token, bool needs_token, struct err *e)
{
	const char *method = http_request_method(r);
	bool reads = !strcmp(method, "GET") || !strcmp(method, "HEAD");
	struct str host = header(r, "Host");
	int refused = check_token(r, token, e);

	/* No page of another site knows the token, so whoever shows it may use any name. */
	if (refused && !api_guard_host(host)) {
		err_set(e, ERR_DENIED, "the Host header names neither a number nor this machine");
		return 403;
	}
	if (!api_guard_origin(header(r, "Origin"), host)) {
		err_set(e, ERR_DENIED, "the request comes from another site");
		return 403;
	}
	if (!reads && strcmp(method, "DELETE") != 0 && !api_guard_json(header(r, "Content-Type"))) {
		err_set(e, ERR_INVALID, "the Content-Type must be application/json");
		return 415;
	}
	return reads && !needs_token ? 0 : refused;
}
