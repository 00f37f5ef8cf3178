/* decimal_probe - reads lines "OP A B [SCALE]" and prints what src/data makes of them, for
 * test_decimal.py: + - * / on decimals, c (compare), r (round A to B digits), d (A as a DOUBLE's
 * text), f (as a FLOAT's), x (A as DOUBLE with B decimals). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/data/decimal.h"
#include "src/data/number.h"

static void number_line(char op, const char *a, const char *b)
{
	char text[NUMBER_FIXED_TEXT];
	double d = strtod(a, NULL);

	if (op == 'd')
		number_format_double(d, text);
	else if (op == 'f')
		number_format_float((float)d, text);
	else
		number_format_fixed(d, (unsigned)strtoul(b, NULL, 10), text);
	puts(text);
}

static bool compute(char op, const struct decimal *x, const struct decimal *y, uint8_t scale,
		    struct decimal *r)
{
	switch (op) {
	case '+':
		return decimal_add(r, x, y);
	case '-':
		return decimal_sub(r, x, y);
	case '*':
		return decimal_mul(r, x, y);
	default:
		return decimal_div(r, x, y, scale);
	}
}

static void decimal_line(char op, const char *a, const char *b, uint8_t scale)
{
	struct decimal x, y, r;
	char text[DECIMAL_TEXT];

	if (!decimal_parse(&x, str_of(a)) || !decimal_parse(&y, str_of(b))) {
		puts("unparsed");
		return;
	}
	if (op == 'c') {
		printf("%d\n", decimal_cmp(&x, &y));
		return;
	}
	if (op == 'r') {
		r = x;
		if (!decimal_round(&r, (uint8_t)strtoul(b, NULL, 10))) {
			puts("overflow");
			return;
		}
	} else if (!compute(op, &x, &y, scale, &r)) {
		puts("overflow");
		return;
	}
	decimal_print(&r, text);
	puts(text);
}

int main(void)
{
	char line[1000], op, a[400], b[400];
	unsigned scale;

	while (fgets(line, sizeof(line), stdin)) {
		scale = 0;
		if (sscanf(line, "%c %399s %399s %u", &op, a, b, &scale) < 3)
			return 1;
		if (strchr("dfx", op))
			number_line(op, a, b);
		else
			decimal_line(op, a, b, (uint8_t)scale);
	}
	return 0;
}
