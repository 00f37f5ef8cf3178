/* Any bytes that parse as an expression: typed, compiled, computed, folded; nothing may crash, and folding
 * must not change the value. The first byte chooses sql_mode. */
#include "sql/eval/eval.h"
#include "sql/parse/parse.h"
#include "test/fuzz/fuzz.h"

static void run(struct arena *a, const struct expr_session *s, struct expr *x, struct eval *v)
{
	struct eval again;
	struct datum d, e;
	struct str p, q;

	if (eval_run(v, x, &d) || eval_text(v, x, &d, &p))
		return;
	FUZZ_CHECK(d.kind == DATUM_NULL || p.p);
	if (!eval_fold(a, s, x, NULL))
		return;
	eval_init(&again, a, s);
	if (eval_run(&again, x, &e) || eval_text(&again, x, &e, &q))
		FUZZ_CHECK(again.e.code == ERR_NOMEM);
	else
		FUZZ_CHECK(d.kind == e.kind && str_eq(p, q));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct expr_session s;
	struct expr_env env = {0};
	struct ast_node *n;
	struct expr *x;
	struct arena a;
	struct eval v;
	struct str text;

	if (size == 0 || size > 4096)
		return 0;
	expr_session_init(&s);
	s.mode = data[0];
	s.max_allowed_packet = 1 << 16;
	s.now_usec = INT64_C(1700000000000000);
	text = str_make(data + 1, size - 1);
	arena_init(&a, 64 << 20);
	n = parse_expr(&a, &env.lex, text, NULL);
	env.arena = &a;
	env.session = &s;
	env.text = text;
	eval_init(&v, &a, &s);
	v.text = text;
	x = n ? eval_build(&v, &env, n) : NULL;
	if (x && x->kind != EXPR_ROW_VALUE)
		run(&a, &s, x, &v);
	arena_fini(&a);
	return 0;
}
