/* What the evaluators of JSON functions share. */
#ifndef EVAL_EVAL_JSON_H
#define EVAL_EVAL_JSON_H
#include <string.h>

#include "sql/eval/eval_int.h"
#include "src/data/jsonpath.h"
#include "src/data/jsontext.h"

enum {
	WARN_JSON = 4038,
	EVAL_JSON_WORK = 50000000, /* comparisons, where they are the product of two sizes */
};

/* How a path is read. */
enum {
	EVAL_JSON_ONE = 1,   /* it may fit one value only */
	EVAL_JSON_QUIET = 2, /* a wrong one is no warning */
	EVAL_JSON_STEPS = 4, /* it is followed step by step, not compared with all there is */
};

void eval_json_warn(struct eval *v);
/* JSON as text, in its own character set, which has ASCII in it. */
bool eval_json_text(struct eval *v, const struct expr *x, struct str *s);
enum charset_id eval_json_charset(const struct expr *x);
/* NULL: there is nothing, or the evaluation has failed. */
struct jsontext *eval_json_parse(struct eval *v, struct str s, bool *whole);
/* Keys of @j, of @js, without escapes. */
bool eval_json_names(struct eval *v, const struct expr *js, struct jsontext *j);
/* @s, all of it; NULL: it is wrong, of which there is a warning then. */
struct jsontext *eval_json_whole(struct eval *v, struct str s);
/* The same of the value of @x; NULL also when that is NULL. */
struct jsontext *eval_json_valid(struct eval *v, const struct expr *x);
/* The path @x into @js, compared by bytes. False: NULL or wrong. */
bool eval_json_path(struct eval *v, const struct expr *x, const struct expr *js, unsigned flags,
		    struct jsonpath *p);
void eval_json_put(struct eval *v, const struct jsontext *j, bool loose, struct datum *out);
#endif
