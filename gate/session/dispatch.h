/* dispatch - a client's command to who handles it. */
#ifndef SESSION_DISPATCH_H
#define SESSION_DISPATCH_H
#include "src/base/str.h"

struct session;

/* One command of a BUSY session; ends in session_done(), now or later. */
void dispatch_command(struct session *s, struct str payload);
#endif
