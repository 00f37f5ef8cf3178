/* jsonpath - the paths of JSON functions: $.key, $."a key", $[2], $[last-1], $[0 to 3], $.*, $[*], $**.
 * A step of an array that does not stand for all also fits what is no array, where it is [0].
 * Memory: the caller's arena; keys borrow the path's text. Plain data; any thread. */
#ifndef DATA_JSONPATH_H
#define DATA_JSONPATH_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/str.h"

struct arena;
struct jsontext;

enum jsonpath_kind { JSONPATH_KEY, JSONPATH_ANY_KEY, JSONPATH_ITEM, JSONPATH_ANY_ITEM };

struct jsonpath_step {
	uint8_t kind;	 /* enum jsonpath_kind */
	bool deep;	 /* behind **: any number of steps before it */
	bool range;	 /* from @first to @last */
	struct str key;	 /* escapes as they are */
	int32_t first, last; /* negative: from the end, -1 is the last item */
};

struct jsonpath {
	struct jsonpath_step *step;
	uint32_t n;
	bool many; /* a wildcard or a range: several values may fit */
	bool by_steps; /* set by the user: ** is nothing, and a range does not fit what is no array */
};

enum jsonpath_error {
	JSONPATH_OK,
	JSONPATH_BAD,
	JSONPATH_UNKNOWN, /* a form that is not understood here, but may be by a server */
	JSONPATH_NOMEM,
};

enum jsonpath_error jsonpath_parse(struct arena *a, struct str s, struct jsonpath *p);
/* Calls @fn for every value that fits, in the order of the text, until it returns false. */
void jsonpath_each(const struct jsonpath *p, struct jsontext *root,
		   bool (*fn)(void *arg, struct jsontext *j), void *arg);
/* The first value that fits; NULL: there is none. */
struct jsontext *jsonpath_first(const struct jsonpath *p, struct jsontext *root);
#endif
