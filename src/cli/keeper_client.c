#include "src/cli/keeper_client.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/file.h"
#include "src/base/secret.h"
#include "src/cli/cli.h"
#include "src/net/http_client.h"

enum { CALL_MS = 3600 * 1000, DEFAULT_PORT = 15000 };

static int parse_address(const char *address, char host[256], int *port, struct err *e)
{
	const char *colon = strrchr(address, ':');
	uint64_t n;

	if (!colon || colon == address || colon - address > 255 ||
	    !str_to_u64(str_of(colon + 1), &n) || n == 0 || n > 65535)
		return err_set(e, ERR_INVALID, "\"%s\" is no host:port", address);
	memcpy(host, address, (size_t)(colon - address));
	host[colon - address] = 0;
	*port = (int)n;
	return 0;
}

static int find_in_dir(const char *dir, int *port, struct err *e)
{
	char path[PATH_MAX];
	struct cJSON *doc;
	struct buf b;
	int rc = -1;

	snprintf(path, sizeof(path), "%s/cluster.json", dir);
	buf_init(&b);
	if (file_read(path, &b, e) < 0) {
		buf_fini(&b);
		if (access(path, F_OK) < 0 && errno == ENOENT)
			err_set(e, ERR_NOT_FOUND, "no cluster runs in %s", dir);
		return -1;
	}
	doc = json_parse(buf_slice(&b), e);
	*port = (int)json_int(json_get(json_get(doc, "keeper"), "web_port"), 0);
	if (doc)
		rc = *port ? 0 : err_set(e, ERR_PARSE, "%s names no keeper", path);
	json_free(doc);
	buf_fini(&b);
	return rc;
}

int keeper_client_find(const struct cli_options *o, char host[256], int *port, struct err *e)
{
	const char *env = getenv("SLUICE_KEEPER");

	if (o->keeper)
		return parse_address(o->keeper, host, port, e);
	snprintf(host, 256, "127.0.0.1");
	if (o->dir)
		return find_in_dir(o->dir, port, e);
	if (env && *env)
		return parse_address(env, host, port, e);
	*port = DEFAULT_PORT;
	return 0;
}

static void encode(const char *word, struct buf *out)
{
	for (; *word; word++) {
		if ((*word >= 'a' && *word <= 'z') || (*word >= 'A' && *word <= 'Z') ||
		    (*word >= '0' && *word <= '9') || strchr("-_.~$", *word))
			buf_u8(out, (uint8_t)*word);
		else
			buf_printf(out, "%%%02X", (unsigned char)*word);
	}
}

static void print_path(const struct keeper_request *r, struct buf *out)
{
	size_t next = 0;

	buf_puts(out, "/api/v1/");
	for (const char *p = r->path; *p; p++) {
		if (p[0] == '%' && p[1] == 's') {
			encode(r->word[next++], out);
			p++;
		} else {
			buf_u8(out, (uint8_t)*p);
		}
	}
}

/* The answer as JSON; an error object becomes @e. */
static struct cJSON *read_answer(int status, struct str body, struct err *e)
{
	struct cJSON *doc = json_parse(body, NULL);
	JSON *error = json_get(doc, "error");

	if (status == 200 && doc)
		return doc;
	if (error)
		err_set(e, err_from_name(json_string(json_get(error, "code"), "")), "%s",
			json_string(json_get(error, "message"), "?"));
	else
		err_set(e, ERR_PROTOCOL, "the keeper answered with status %d", status);
	json_free(doc);
	return NULL;
}

/* The keeper's token as a header, if it can be found; without one the keeper tells what it needs it
 * for. -1: the file that is named cannot be used. */
static int find_token(const struct cli_options *o, struct buf *header, struct err *e)
{
	const char *env = getenv("SLUICE_TOKEN_FILE");
	const char *file = o->token_file ? o->token_file : !o->dir && env && *env ? env : NULL;
	char path[PATH_MAX];
	struct buf token;
	int rc;

	if (file)
		snprintf(path, sizeof(path), "%s", file);
	else
		snprintf(path, sizeof(path), "%s/keeper.token", o->dir ? o->dir : "");
	if (!file && (!o->dir || access(path, R_OK) < 0))
		return 0;
	buf_init(&token);
	rc = secret_read(path, &token, e);
	if (rc == 0)
		buf_printf(header, "Bearer %.*s", STR_ARG(buf_slice(&token)));
	buf_fini(&token);
	return rc;
}

struct cJSON *keeper_client_call(const struct cli_options *o, const struct keeper_request *r,
				 struct err *e)
{
	struct http_call call = {.method = r->method, .body = r->body, .timeout_ms = CALL_MS};
	struct http_header authorization = {"Authorization", NULL};
	struct cJSON *answer = NULL;
	struct http_client *c = NULL;
	struct buf path, body, token;
	char host[256];
	int port, status = -1;

	if (keeper_client_find(o, host, &port, e) < 0)
		return NULL;
	buf_init(&path);
	buf_init(&body);
	buf_init(&token);
	if (find_token(o, &token, e) < 0)
		goto out;
	authorization.value = buf_cstr(&token);
	if (token.len) {
		call.headers = &authorization;
		call.header_count = 1;
	}
	print_path(r, &path);
	call.path = buf_cstr(&path);
	c = http_client_new(host, port, NULL);
	if (c && call.path)
		status = http_client_request(c, &call, &body, e);
	else
		err_set(e, ERR_NOMEM, "out of memory");
	if (status < 0)
		err_wrap(e, "the keeper at %s:%d", host, port);
	else
		answer = read_answer(status, buf_slice(&body), e);
out:
	http_client_free(c);
	buf_fini(&path);
	buf_fini(&body);
	buf_fini(&token);
	return answer;
}

int keeper_client_get(int port, const char *path, unsigned timeout_ms, struct buf *body,
		      struct err *e)
{
	struct http_call call = {.method = "GET", .path = path, .timeout_ms = timeout_ms};
	struct http_client *c = http_client_new("127.0.0.1", port, NULL);
	int status =
		c ? http_client_request(c, &call, body, e) : err_set(e, ERR_NOMEM, "out of memory");

	http_client_free(c);
	return status;
}
