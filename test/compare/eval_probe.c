/* eval_probe - computes expressions for test_eval.py. Lines of standard input, fields between tabs:
 *   S sql_mode-bits now-in-microseconds     the session
 *   C name type length decimals flags charset hex-value-or-NULL [hex,hex...]     a column of the one row there is,
 *     with the names of an ENUM or SET
 *   E expression-in-hex     answered by a line
 *     "ok" value-in-hex-or-NULL type length decimals unsigned nullable collation warnings, or
 *     "error" errno message */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/eval/eval.h"
#include "sql/parse/parse.h"
#include "src/base/digest.h"
#include "src/data/number.h"

enum { MAX_COLUMNS = 100, MAX_FIELDS = 9, MAX_MEMBERS = 8 };

static struct column {
	char name[32];
	struct expr_type t;
	struct datum value;
	struct decimal dec;
	char *text;
	struct expr_members members;
	struct str list[MAX_MEMBERS];
	char names[MAX_MEMBERS][16];
} columns[MAX_COLUMNS];
static unsigned column_count;

static int find_column(void *arg, const struct ast_column *c, struct expr_type *t, uint32_t *number,
		       struct err *e)
{
	(void)arg;
	for (unsigned i = 0; i < column_count; i++) {
		if (str_ieqz(c->name, columns[i].name)) {
			*t = columns[i].t;
			*number = i;
			return 0;
		}
	}
	return err_set_mysql(e, ERR_BAD_FIELD, 1054, "42S22", "Unknown column '%.*s'", STR_ARG(c->name));
}

static void column_value(void *arg, uint32_t number, struct datum *out)
{
	(void)arg;
	*out = columns[number].value;
}

static void set_value(struct column *c, struct str s)
{
	unsigned warn, digits;
	bool range, negative;
	uint64_t u;

	switch (expr_result_of(&c->t)) {
	case EXPR_INT:
		c->value.kind = DATUM_INT;
		c->value.is_unsigned = c->t.is_unsigned;
		if (c->t.type == TYPE_BIT) {
			for (size_t i = 0; i < s.n; i++)
				c->value.i = (int64_t)((uint64_t)c->value.i << 8 | (uint8_t)s.p[i]);
		} else {
			number_scan_integer(s, &negative, &u, &range);
			c->value.i = (int64_t)(negative ? 0 - u : u);
		}
		break;
	case EXPR_REAL:
		c->value.kind = DATUM_REAL;
		number_scan_double(s, &c->value.d, &range);
		if (c->t.type == TYPE_FLOAT)
			c->value.d = (double)(float)c->value.d;
		break;
	case EXPR_DECIMAL:
		c->value.kind = DATUM_DECIMAL;
		decimal_scan(&c->dec, s, &range);
		c->value.dec = &c->dec;
		break;
	case EXPR_TIME:
		c->value.kind = DATUM_TIME;
		if (c->t.type == TYPE_TIME)
			temporal_parse_time(s, TEMPORAL_FUZZY, &c->value.t, &warn, &digits);
		else
			temporal_parse_datetime(s, TEMPORAL_FUZZY, &c->value.t, &warn, &digits);
		break;
	default:
		c->value.kind = DATUM_STRING;
		c->value.s = s;
		break;
	}
}

/* Names of an ENUM or SET, in hex, between commas. */
static void add_members(struct column *c, char *list)
{
	char *name;

	while (list && *list && c->members.n < MAX_MEMBERS) {
		size_t n;

		name = strsep(&list, ",");
		n = strlen(name) / 2;
		if (n > sizeof(c->names[0]) || digest_unhex(name, n * 2, (uint8_t *)c->names[c->members.n]))
			exit(1);
		c->list[c->members.n] = str_make(c->names[c->members.n], n);
		c->members.n++;
	}
	c->members.v = c->list;
	c->t.members = &c->members;
}

static void add_column(char **f)
{
	struct column *c = &columns[column_count++];
	unsigned flags = (unsigned)strtoul(f[5], NULL, 10);
	size_t n = strlen(f[7]);

	if (column_count == MAX_COLUMNS)
		exit(1);
	snprintf(c->name, sizeof(c->name), "%s", f[1]);
	c->t.type = (uint8_t)strtoul(f[2], NULL, 10);
	c->t.length = (uint32_t)strtoul(f[3], NULL, 10);
	c->t.decimals = (uint8_t)strtoul(f[4], NULL, 10);
	c->t.is_unsigned = flags & TYPE_FLAG_UNSIGNED;
	c->t.nullable = !(flags & TYPE_FLAG_NOT_NULL);
	c->t.collation = collation_get((uint16_t)strtoul(f[6], NULL, 10));
	c->t.derivation = EXPR_IMPLICIT;
	if (!c->t.collation)
		exit(1);
	if (expr_result_of(&c->t) != EXPR_STRING) {
		c->t.derivation = EXPR_NUMERIC;
		c->t.ascii = true;
	}
	if (flags & TYPE_FLAG_ZEROFILL)
		c->t.zerofill = (uint8_t)c->t.length;
	if (f[8])
		add_members(c, f[8]);
	if (expr_result_of(&c->t) == EXPR_REAL && c->t.decimals == TYPE_NOT_FIXED_DECIMALS)
		c->t.decimals = EXPR_NOT_FIXED;
	if (strcmp(f[7], "NULL") == 0)
		return;
	c->text = malloc(n + 1);
	if (!c->text || digest_unhex(f[7], n, (uint8_t *)c->text))
		exit(1);
	set_value(c, str_make(c->text, n / 2));
}

static int evaluate(struct arena *a, const struct expr_session *s, struct str text, struct expr **x,
		    struct datum *d, struct eval *v)
{
	struct expr_env env = {.arena = a, .session = s, .text = text, .column = find_column};
	struct ast_node *n = parse_expr(a, &env.lex, text, &v->e);

	if (!n)
		return -1;
	v->column = column_value;
	v->text = text;
	*x = eval_build(v, &env, n);
	return *x ? eval_run(v, *x, d) : -1;
}

static void answer(const struct expr *x, const struct datum *d, struct eval *v)
{
	struct str s;
	unsigned decimals = x->t.decimals;

	if (eval_text(v, x, d, &s)) {
		printf("error\t%u\t%s\n", v->e.mysql_errno, v->e.msg);
		return;
	}
	if (expr_result_of(&x->t) == EXPR_REAL && decimals > TYPE_NOT_FIXED_DECIMALS)
		decimals = TYPE_NOT_FIXED_DECIMALS;
	printf("ok\t");
	if (!s.p)
		printf("NULL");
	for (size_t i = 0; s.p && i < s.n; i++)
		printf("%02x", (uint8_t)s.p[i]);
	printf("\t%u\t%u\t%u\t%d\t%d\t%u\t%u\n", expr_wire_type(&x->t), x->t.length, decimals, x->t.is_unsigned,
	       x->t.nullable, x->t.collation->id, v->warnings);
}

static void one(const struct expr_session *s, const char *hex)
{
	size_t n = strlen(hex);
	char *text = malloc(n + 1);
	struct expr *x = NULL;
	struct arena a;
	struct eval v;
	struct datum d = {0};

	arena_init(&a, 256 << 20);
	eval_init(&v, &a, s);
	if (!text || digest_unhex(hex, n, (uint8_t *)text))
		exit(1);
	if (evaluate(&a, s, str_make(text, n / 2), &x, &d, &v))
		printf("error\t%u\t%s\n", v.e.mysql_errno, v.e.msg);
	else
		answer(x, &d, &v);
	arena_fini(&a);
	free(text);
}

int main(void)
{
	struct expr_session s;
	char *line = NULL, *f[MAX_FIELDS];
	size_t cap = 0;
	ssize_t n;

	expr_session_init(&s);
	s.max_allowed_packet = 64 << 20; /* that of conftest.py's server */
	while ((n = getline(&line, &cap, stdin)) > 0) {
		char *at = line;
		unsigned count = 0;

		line[n - 1] = 0;
		memset(f, 0, sizeof(f));
		while (at && count < MAX_FIELDS)
			f[count++] = strsep(&at, "\t");
		if (line[0] == 'C' && count >= 8) {
			add_column(f);
		} else if (line[0] == 'S' && count == 3) {
			s.mode = (uint32_t)strtoul(f[1], NULL, 10);
			s.now_usec = strtoll(f[2], NULL, 10);
		} else if (line[0] == 'E' && count == 2) {
			one(&s, f[1]);
			fflush(stdout);
		}
	}
	for (unsigned i = 0; i < column_count; i++)
		free(columns[i].text);
	free(line);
	return 0;
}
