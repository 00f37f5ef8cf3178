#include "tablet/mysqld/mysqld_port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/file.h"
#include "src/base/rng.h"

/* Below the ephemeral range, so that no outgoing connection takes it while mysqld is away. */
enum { PORT_FIRST = 12000, PORT_COUNT = 20000, TRIES = 200 };

static int bindable(const char *bind_address, unsigned port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), ok;

	if (inet_pton(AF_INET, bind_address, &a.sin_addr) != 1)
		a.sin_addr.s_addr = htonl(INADDR_ANY);
	ok = fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0;
	if (fd >= 0)
		close(fd);
	return ok;
}

int mysqld_port_choose(const char *dir, const char *bind_address, unsigned *port, struct err *e)
{
	char path[512], text[16];
	struct buf b;
	uint64_t known;
	int n;

	snprintf(path, sizeof(path), "%s/mysqld.port", dir);
	buf_init(&b);
	if (file_read(path, &b, e) == 0 && str_to_u64(str_trim(buf_slice(&b)), &known) && known &&
	    known < 65536) {
		*port = (unsigned)known;
		buf_fini(&b);
		return 0;
	}
	buf_fini(&b);
	if (mkdir(dir, 0750) < 0 && errno != EEXIST)
		return err_set_errno(e, ERR_IO, errno, "cannot make %s", dir);
	for (int i = 0; i < TRIES; i++) {
		*port = PORT_FIRST + (unsigned)rng_below(PORT_COUNT);
		if (!bindable(bind_address, *port))
			continue;
		n = snprintf(text, sizeof(text), "%u\n", *port);
		return file_write(path, str_make(text, (size_t)n), 0644, e);
	}
	return err_set(e, ERR_EXHAUSTED, "no free TCP port on %s", bind_address);
}
