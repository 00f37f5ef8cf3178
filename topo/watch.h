/* watch - what changes under a prefix, told by a thread of the watch's own. It begins with all that
 * is there, goes on with every change in order, and resumes by itself after any break: it then
 * compares and tells what is different, also when the store has forgotten the changes between. */
#ifndef TOPO_WATCH_H
#define TOPO_WATCH_H
#include <stdint.h>

#include "src/base/err.h"
#include "src/base/str.h"

struct store;
struct store_watch;

enum watch_kind {
	WATCH_PUT,    /* key and value; made or changed */
	WATCH_DELETE, /* key */
	WATCH_SYNCED, /* all that was known to the store has been told: a consistent state */
	WATCH_LOST,   /* the store is away; what was told stays as it is. Once per outage; after it
		       * comes   WATCH_SYNCED */
};
struct watch_event {
	enum watch_kind kind;
	const char *key; /* borrowed for the call */
	struct str value;
	int64_t version;
};
typedef void (*watch_fn)(void *arg, const struct watch_event *ev);

/* Calls @fn on the watch's thread until store_watch_stop(). The watch does not look at keys below
 * "locks/" and "elections/" unless @prefix asks for them. NULL: out of memory, no thread. */
struct store_watch *watch_start(struct store *s, const char *prefix, watch_fn fn, void *arg,
				struct err *e);
/* Ends the thread and frees the watch; no call of @fn runs after it. Not from @fn. NULL is fine. */
void watch_stop(struct store_watch *w);
#endif
