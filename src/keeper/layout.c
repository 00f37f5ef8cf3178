#include "src/keeper/layout.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/base/buf.h"
#include "src/base/file.h"
#include "src/base/json.h"
#include "src/base/rng.h"
#include "src/base/vec.h"

/* Below the ports that the system gives to outgoing connections. */
enum { PORT_MIN = 20000, PORT_MAX = 32000, PORT_TRIES = 2000 };

static int load(struct layout *l, struct str text, struct err *e)
{
	struct cJSON *doc = json_parse(text, e);
	int rc = 0;

	if (!doc)
		return -1;
	for (JSON *m = json_first(doc); m && rc == 0; m = json_next(m))
		rc = layout_set(l, json_key(m), json_int(m, 0), e);
	json_free(doc);
	return rc;
}

int layout_load(const char *path, struct layout *l, struct err *e)
{
	struct buf b;
	int rc;

	*l = (struct layout){.path = str_dup(str_of(path))};
	if (!l->path)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return 0;
	buf_init(&b);
	rc = file_read(path, &b, e);
	if (rc == 0 && load(l, buf_slice(&b), e) < 0)
		rc = err_wrap(e, "%s", path);
	buf_fini(&b);
	return rc;
}

int layout_save(const struct layout *l, struct err *e)
{
	struct json_out o;
	struct buf b;
	int rc;

	buf_init(&b);
	json_out_init(&o, &b, true);
	json_out_object(&o, NULL);
	for (size_t i = 0; i < l->numbers.len; i++)
		json_out_int(&o, l->numbers.v[i].name, l->numbers.v[i].value);
	json_out_end_object(&o);
	buf_u8(&b, '\n');
	rc = buf_check(&b, e);
	if (rc == 0)
		rc = file_write(l->path, buf_slice(&b), 0644, e);
	buf_fini(&b);
	return rc;
}

void layout_fini(struct layout *l)
{
	for (size_t i = 0; i < l->numbers.len; i++)
		free(l->numbers.v[i].name);
	free(l->numbers.v);
	free(l->path);
	*l = (struct layout){.path = NULL};
}

static struct layout_number *find(const struct layout *l, const char *name)
{
	for (size_t i = 0; i < l->numbers.len; i++)
		if (!strcmp(l->numbers.v[i].name, name))
			return &l->numbers.v[i];
	return NULL;
}

int64_t layout_get(const struct layout *l, const char *name, int64_t missing)
{
	struct layout_number *n = find(l, name);

	return n ? n->value : missing;
}

int layout_set(struct layout *l, const char *name, int64_t value, struct err *e)
{
	struct layout_number *n = find(l, name);

	if (!n) {
		char *copy = str_dup(str_of(name));

		if (!copy || VEC_GROW(&l->numbers) < 0) {
			free(copy);
			return err_set(e, ERR_NOMEM, "out of memory");
		}
		n = &l->numbers.v[l->numbers.len++];
		n->name = copy;
	}
	n->value = value;
	return 0;
}

static bool has_value(const struct layout *l, const char *prefix, int64_t value)
{
	for (size_t i = 0; i < l->numbers.len; i++)
		if (l->numbers.v[i].value == value &&
		    str_starts(str_of(l->numbers.v[i].name), prefix))
			return true;
	return false;
}

static bool port_is_free(int64_t port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_port = htons((uint16_t)port),
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
	bool ok;

	if (fd < 0)
		return false;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	ok = bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0 && listen(fd, 1) == 0;
	close(fd);
	return ok;
}

int layout_port(struct layout *l, const char *name, int64_t wanted, int64_t hint, int *port,
		struct err *e)
{
	int64_t p = wanted ? wanted : layout_get(l, name, 0);

	if (!p && hint > 0 && hint < 65536 && !has_value(l, "port ", hint) && port_is_free(hint))
		p = hint;
	for (int i = 0; !p && i < PORT_TRIES; i++) {
		p = PORT_MIN + (int64_t)rng_below(PORT_MAX - PORT_MIN);
		if (has_value(l, "port ", p) || !port_is_free(p))
			p = 0;
	}
	if (!p)
		return err_set(e, ERR_EXHAUSTED, "no free port between %d and %d", PORT_MIN,
			       PORT_MAX);
	*port = (int)p;
	return layout_set(l, name, p, e);
}

int layout_uid(struct layout *l, const char *prefix, const char *name, int64_t base, int64_t *uid,
	       struct err *e)
{
	*uid = layout_get(l, name, 0);
	if (*uid)
		return 0;
	*uid = base;
	while (has_value(l, prefix, *uid))
		++*uid;
	return layout_set(l, name, *uid, e);
}
