/* file - whole small files, for blocking threads and start-up. */
#ifndef BASE_FILE_H
#define BASE_FILE_H
#include "src/base/buf.h"
#include "src/base/err.h"

/* Appends the content of @path to @out. -1: ERR_IO naming the path, or ERR_NOMEM. */
int file_read(const char *path, struct buf *out, struct err *e) MUST_CHECK;
/* Replaces @path by @content all at once: a temporary file beside it, synced, renamed. */
int file_write(const char *path, struct str content, unsigned mode, struct err *e) MUST_CHECK;
#endif
