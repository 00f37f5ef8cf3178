/* exec_warnings - the warnings of a statement or of a transaction's end, read right behind it on
 * its connection: for clients a SHOW WARNINGS later would come from whatever connection it runs on.
 */
#include <string.h>

#include "src/base/buf.h"
#include "src/proto/tablet.pb-c.h"
#include "src/wire/caps.h"
#include "src/wire/client_conn.h"
#include "src/wire/packet.h"
#include "src/wire/wire_reader.h"
#include "tablet/query/exec.h"
#include "tablet/query/exec_int.h"

/* As many as mysqld keeps (max_error_count). */
enum { WARNINGS_MAX = 64 };
static const char show_warnings[] = "\x03SHOW WARNINGS LIMIT 64";

/* One row: level, code, message. */
static void take_row(struct exec *x, struct str row)
{
	struct wire_reader r = wire_reader_of(row);
	struct str level = wire_reader_lenenc_str(&r), code = wire_reader_lenenc_str(&r);
	struct str message = wire_reader_lenenc_str(&r), copy;
	Sluice__Warning *w;
	uint64_t number;

	if (r.failed || x->warning_count == WARNINGS_MAX || !str_to_u64(code, &number))
		return;
	w = arena_alloc(&x->arena, sizeof(*w));
	copy = arena_str(&x->arena, message);
	if (!w || (message.n && !copy.p))
		return;
	sluice__warning__init(w);
	w->level = str_ieqz(level, "Error")  ? SLUICE__WARNING__LEVEL__ERROR
		   : str_ieqz(level, "Note") ? SLUICE__WARNING__LEVEL__NOTE
					     : SLUICE__WARNING__LEVEL__WARNING;
	w->code = (uint32_t)number;
	w->message.data = (uint8_t *)(uintptr_t)copy.p;
	w->message.len = copy.n;
	x->warning[x->warning_count++] = w;
}

static void on_part(void *arg, const struct scan_part *part)
{
	struct exec *x = arg;

	if (part->what == SCAN_ROWS)
		buf_str(&x->warning_rows, part->payload);
}

static void on_end(void *arg, const struct scan_part *last)
{
	struct exec *x = arg;
	const uint8_t *p = x->warning_rows.p;
	size_t left = x->warning_rows.failed ? 0 : x->warning_rows.len;
	struct packet k;

	(void)last;
	while (packet_peek(p, left, &k) && k.whole) {
		take_row(x, str_make((const char *)k.payload, k.len));
		p += PACKET_HEADER + k.len;
		left -= PACKET_HEADER + k.len;
	}
	buf_fini(&x->warning_rows);
	exec_conclude(x);
}

bool exec_fetch_warnings(struct exec *x)
{
	static const struct client_conn_sink sink = {on_part, NULL, on_end};
	struct iovec part = {(void *)(uintptr_t)show_warnings, sizeof(show_warnings) - 1};
	struct err e;

	if (!x->warned || x->failed || x->canceled ||
	    (x->kind != EXEC_RUN && x->kind != EXEC_FINISH))
		return false;
	x->warned = false;
	x->warning = arena_array(&x->arena, WARNINGS_MAX, sizeof(struct Sluice__Warning *));
	if (!x->warning)
		return false;
	x->state = EXEC_WARNINGS;
	buf_init(&x->warning_rows);
	if (client_conn_send(x->c->conn, &part, 1, &sink, x, &e) < 0)
		exec_broken(x, &e);
	return true;
}
