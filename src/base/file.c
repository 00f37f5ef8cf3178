#include "src/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { FILE_CHUNK = 65536, FILE_PATH = 4096 };

int file_read(const char *path, struct buf *out, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	if (fd < 0)
		return err_set_errno(e, ERR_IO, errno, "cannot read %s", path);
	do {
		uint8_t *at = buf_reserve(out, FILE_CHUNK);

		if (!at)
			break;
		n = read(fd, at, FILE_CHUNK);
		if (n > 0)
			out->len += (size_t)n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	if (n < 0)
		err_set_errno(e, ERR_IO, errno, "cannot read %s", path);
	close(fd);
	return n < 0 ? -1 : buf_check(out, e);
}

static int write_all(int fd, struct str s)
{
	while (s.n) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0)
			s = str_make(s.p + n, s.n - (size_t)n);
	}
	return fsync(fd);
}

int file_write(const char *path, struct str content, unsigned mode, struct err *e)
{
	char tmp[FILE_PATH];
	int fd, rc;

	if (snprintf(tmp, sizeof(tmp), "%s.%d.tmp", path, (int)getpid()) >= (int)sizeof(tmp))
		return err_set(e, ERR_INVALID, "the path %.60s... is too long", path);
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd < 0)
		return err_set_errno(e, ERR_IO, errno, "cannot write %s", tmp);
	rc = write_all(fd, content);
	if (rc < 0)
		err_set_errno(e, ERR_IO, errno, "cannot write %s", tmp);
	close(fd);
	if (rc == 0 && rename(tmp, path) < 0)
		rc = err_set_errno(e, ERR_IO, errno, "cannot replace %s", path);
	if (rc < 0)
		unlink(tmp);
	return rc;
}
