/* mailbox - messages from any thread to one: a locked list and an eventfd that becomes readable.
 * The receiver watches mailbox_fd() and calls mailbox_drain(). */
#ifndef BASE_MAILBOX_H
#define BASE_MAILBOX_H
#include "src/base/err.h"

struct mailbox;
typedef void (*mailbox_fn)(void *arg);

struct mailbox *mailbox_new(void);
/* Frees it; messages still waiting are run first. */
void mailbox_free(struct mailbox *m);
int mailbox_fd(const struct mailbox *m);
/* @fn(@arg) will run on the receiver's thread, in order of posting. -1: out of memory, it never
 * will. Any thread. */
int mailbox_post(struct mailbox *m, mailbox_fn fn, void *arg) MUST_CHECK;
/* Runs what has been posted so far. The receiver's thread only. */
void mailbox_drain(struct mailbox *m);
#endif
