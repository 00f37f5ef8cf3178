/* api_guard - who may use the admin API. A page of another site that a browser shows must not reach
 * it, under whatever name; whoever changes something shows the token. */
#ifndef CTL_API_GUARD_H
#define CTL_API_GUARD_H
#include <stdbool.h>

#include "src/base/err.h"
#include "src/base/str.h"

struct http_request;

/* 0, or the HTTP status of the refusal, with @e. @token empty: there is none, and what needs one is
 * refused. @needs_token: the request reads what not everybody may know; changes need it anyway. */
int api_guard_check(struct http_request *r, struct str token, bool needs_token, struct err *e);
/* The parts of it. Whether a Host header names a machine by number, or this one: other names may
 * have been made to point here by somebody else (DNS rebinding). */
bool api_guard_host(struct str host);
/* Whether an Origin header (empty: none was sent) is that of the page at @host itself. */
bool api_guard_origin(struct str origin, struct str host);
/* Whether a Content-Type is JSON's. */
bool api_guard_json(struct str type);
#endif
