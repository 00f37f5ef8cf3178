#include "src/data/aggregate.h"

#include <math.h>

#include "src/data/number.h"

void aggregate_init(struct aggregate *a)
{
	*a = (struct aggregate){.kind = VALUE_NULL};
}

static double to_double(const struct decimal *d)
{
	char text[DECIMAL_TEXT];
	double r = 0;

	number_parse_double(str_make(text, decimal_print(d, text)), &r);
	return r;
}

/* Text adds as the number it begins with does on the server; here only whole numbers come. */
static int real_of(const struct value *v, double *out, struct err *e)
{
	struct decimal d;

	if (v->type == VALUE_DOUBLE) {
		*out = v->d;
		return 0;
	}
	if (v->type == VALUE_INT)
		*out = (double)v->i;
	else if (v->type == VALUE_UINT)
		*out = (double)v->u;
	else if (v->type == VALUE_DECIMAL && decimal_parse(&d, v->s))
		*out = to_double(&d);
	else if (!number_parse_double(v->s, out))
		return err_set(e, ERR_BAD_VALUE, "a value that cannot be added up");
	return 0;
}

static int exact_of(const struct value *v, struct decimal *out, struct err *e)
{
	if (v->type == VALUE_INT)
		decimal_from_i64(out, v->i);
	else if (v->type == VALUE_UINT)
		decimal_from_u64(out, v->u);
	else if (!decimal_parse(out, v->s))
		return err_set(e, ERR_BAD_VALUE, "malformed decimal value");
	return 0;
}

static bool is_exact(const struct value *v)
{
	return v->type == VALUE_INT || v->type == VALUE_UINT || v->type == VALUE_DECIMAL;
}

static int add_real(struct aggregate *a, const struct value *v, struct err *e)
{
	double d;

	if (real_of(v, &d, e))
		return -1;
	if (a->kind == VALUE_DECIMAL)
		a->real = to_double(&a->sum);
	a->kind = VALUE_DOUBLE;
	a->real += d;
	if (!isfinite(a->real))
		return err_set(e, ERR_OUT_OF_RANGE, "DOUBLE value is out of range in 'sum'");
	return 0;
}

static int add_exact(struct aggregate *a, const struct value *v, struct err *e)
{
	struct decimal d;

	if (exact_of(v, &d, e))
		return -1;
	if (a->kind == VALUE_NULL)
		decimal_zero(&a->sum);
	a->kind = VALUE_DECIMAL;
	if (!decimal_add(&a->sum, &a->sum, &d))
		return err_set(e, ERR_OUT_OF_RANGE, "DECIMAL value is out of range in 'sum'");
	return 0;
}

int aggregate_add(struct aggregate *a, const struct value *v, struct err *e)
{
	int rc;

	if (v->type == VALUE_NULL)
		return 0;
	rc = a->kind != VALUE_DOUBLE && is_exact(v) ? add_exact(a, v, e) : add_real(a, v, e);
	if (rc == 0)
		a->count++;
	return rc;
}

static void decimal_value(const struct decimal *d, char *text, struct value *out)
{
	*out = (struct value){.type = VALUE_DECIMAL, .s = str_make(text, decimal_print(d, text))};
}

void aggregate_sum(const struct aggregate *a, char text[DECIMAL_TEXT], struct value *out)
{
	*out = (struct value){.type = a->kind};
	if (a->kind == VALUE_DOUBLE)
		out->d = a->real;
	else if (a->kind == VALUE_DECIMAL)
		decimal_value(&a->sum, text, out);
}

int aggregate_average(const struct aggregate *a, uint64_t count, unsigned scale,
		      char text[DECIMAL_TEXT], struct value *out, struct err *e)
{
	struct decimal n, q, sum;

	*out = (struct value){.type = VALUE_NULL};
	if (count == 0 || a->kind == VALUE_NULL)
		return 0;
	if (a->kind == VALUE_DOUBLE) {
		*out = (struct value){.type = VALUE_DOUBLE, .d = a->real / (double)count};
		return 0;
	}
	decimal_from_u64(&n, count);
	sum = a->sum;
	/* A sum with zeros behind the point is divided as the whole number that it is for the server. */
	if (!scale && !decimal_round(&sum, 0))
		return err_set(e, ERR_OUT_OF_RANGE, "DECIMAL value is out of range in 'avg'");
	if (!decimal_div(&q, &sum, &n,
			 (uint8_t)(scale < DECIMAL_MAX_SCALE ? scale : DECIMAL_MAX_SCALE)))
		return err_set(e, ERR_OUT_OF_RANGE, "DECIMAL value is out of range in 'avg'");
	q.negative &= q.n > 0; /* what is rounded to zero has no sign */
	decimal_value(&q, text, out);
	return 0;
}
