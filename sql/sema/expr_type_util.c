/* Lengths, precisions and the setting of types. */
#include "sql/sema/expr_type_int.h"

enum {
	LONG_DIGITS = 9,	   /* an INT result with more is a BIGINT */
	DOUBLE_DIGITS = 15,
	DOUBLE_INT_DIGITS = 309,
	VARCHAR_BYTES = 65532, /* from here on a BLOB, from 65536 on a MEDIUMBLOB */
	BLOB_BYTES = 65535,
	FLOAT_INT_DIGITS = 39,
	MEDIUM_BYTES = 16777216,
};

void expr_session_init(struct expr_session *s)
{
	*s = (struct expr_session){
		.collation = collation_get(45),
		.time_zone = "+00:00",
		.mode = EXPR_STRICT | EXPR_ERROR_FOR_DIVISION_BY_ZERO,
		.max_allowed_packet = 16777216,
		.div_precision_increment = 4,
	};
}

bool expr_unsupported(struct expr_env *env, const char *what, struct str name)
{
	err_set(env->e, ERR_UNSUPPORTED, "%s%s%.*s", what, name.n ? " " : "", STR_ARG(name));
	return false;
}

enum expr_result expr_result_of(const struct expr_type *t)
{
	if (type_is_integer(t->type) || t->type == TYPE_BIT)
		return EXPR_INT;
	if (type_is_decimal(t->type))
		return EXPR_DECIMAL;
	if (t->type == TYPE_DOUBLE || t->type == TYPE_FLOAT)
		return EXPR_REAL;
	return type_is_temporal(t->type) ? EXPR_TIME : EXPR_STRING;
}

uint32_t expr_chars(const struct expr_type *t)
{
	return t->length / charset_get(t->collation->charset)->mbmax;
}

static unsigned smaller(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Digits before the point of temporal values as numbers. */
static unsigned time_digits(uint8_t type)
{
	if (type == TYPE_TIME)
		return 7;
	return type == TYPE_DATE ? 8 : 14;
}

static unsigned int_precision(const struct expr *x)
{
	unsigned sign = x->t.is_unsigned || x->t.natural || x->t.length < 2 ? 0 : 1;

	if (x->t.digits)
		return x->t.digits;
	switch (x->t.type) {
	case TYPE_TINY:
		return 3;
	case TYPE_SHORT:
		return 5;
	case TYPE_INT24:
		return 8;
	default:
		break;
	}
	if (x->kind == EXPR_COLUMN && x->t.type == TYPE_LONG)
		return 10;
	if (x->kind == EXPR_COLUMN && x->t.type == TYPE_LONGLONG)
		return x->t.is_unsigned ? 20 : 19;
	if (x->t.type == TYPE_YEAR || x->t.type == TYPE_BIT)
		return x->t.length;
	if (x->kind == EXPR_LITERAL)
		return x->t.length - (x->value.kind == DATUM_INT && !x->t.is_unsigned &&
			x->value.i < 0);
	return x->t.length > 1 ? x->t.length - sign : 1;
}

/* Of 0x41, by its bytes. */
static unsigned hex_precision(uint32_t bytes)
{
	static const uint8_t digits[] = {1, 3, 5, 8, 10, 13, 15, 17, 20};

	return digits[smaller(bytes, 8)];
}

unsigned expr_precision(const struct expr *x)
{
	unsigned n;

	switch (expr_result_of(&x->t)) {
	case EXPR_INT:
		n = int_precision(x);
		break;
	case EXPR_DECIMAL:
		n = x->t.length - (x->t.decimals > 0) - (x->t.is_unsigned || !x->t.length ? 0 : 1);
		n = x->t.digits ? x->t.digits : n;
		break;
	case EXPR_TIME:
		n = time_digits(x->t.type) + expr_scale(x);
		break;
	default:
		n = x->t.is_hex ? hex_precision(x->t.length) : expr_chars(&x->t);
		n = x->t.digits ? x->t.digits : n ? n : 1;
		break;
	}
	return smaller(n, DECIMAL_MAX_DIGITS);
}

unsigned expr_scale(const struct expr *x)
{
	return smaller(x->t.decimals, expr_result_of(&x->t) == EXPR_TIME ? 6 : EXPR_MAX_SCALE);
}

unsigned expr_int_digits(const struct expr *x)
{
	unsigned precision = expr_precision(x), scale = expr_scale(x);

	return precision > scale ? precision - scale : 0;
}

unsigned expr_whole_digits(const struct expr *x)
{
	unsigned n = expr_precision(x);

	if (x->t.decimals >= TYPE_NOT_FIXED_DECIMALS)
		return n;
	return n > x->t.decimals ? n - x->t.decimals : 0;
}

unsigned expr_bit_digits(const struct expr *x)
{
	return x->t.length * 30103 / 100000 + 1;
}

unsigned expr_format_digits(const struct expr *x)
{
	switch (x->t.type) {
	case TYPE_INT24:
		return x->t.is_unsigned ? 8 : 7;
	case TYPE_LONG:
		return 10;
	case TYPE_LONGLONG:
		return x->t.is_unsigned ? 20 : 19;
	case TYPE_FLOAT:
		return FLOAT_INT_DIGITS;
	case TYPE_BIT:
		return expr_bit_digits(x);
	default:
		break;
	}
	if (expr_result_of(&x->t) == EXPR_REAL || expr_result_of(&x->t) == EXPR_STRING)
		return DOUBLE_INT_DIGITS;
	return expr_whole_digits(x);
}

static void set_numeric(struct expr *x, enum type_id type, uint32_t length, unsigned decimals,
			bool is_unsigned)
{
	x->t.type = (uint8_t)type;
	x->t.length = length;
	x->t.decimals = (uint8_t)decimals;
	x->t.is_unsigned = is_unsigned;
	x->t.derivation = EXPR_NUMERIC;
	x->t.ascii = true;
	x->t.natural = false;
	x->t.digits = 0;
	x->t.collation = collation_get(TYPE_CHARSET_BINARY);
}

void expr_set_int(struct expr *x, uint32_t length, bool is_unsigned)
{
	set_numeric(x, length > LONG_DIGITS ? TYPE_LONGLONG : TYPE_LONG, length, 0, is_unsigned);
}

void expr_set_long(struct expr *x, uint32_t length)
{
	set_numeric(x, TYPE_LONG, length, 0, false);
}

void expr_set_bool(struct expr *x)
{
	expr_set_long(x, 1);
	x->t.is_bool = true;
	x->t.digits = 1;
}

void expr_set_real(struct expr *x, unsigned decimals)
{
	uint32_t length = decimals >= TYPE_NOT_FIXED_DECIMALS ? DOUBLE_DIGITS + 8
							       : DOUBLE_DIGITS + 2 + decimals;

	set_numeric(x, TYPE_DOUBLE, length, decimals >= TYPE_NOT_FIXED_DECIMALS ? EXPR_NOT_FIXED
		: decimals,
		    false);
}

void expr_set_decimal(struct expr *x, unsigned precision, unsigned scale, bool is_unsigned)
{
	scale = smaller(scale, EXPR_MAX_SCALE);
	set_numeric(x, TYPE_NEWDECIMAL, precision + (scale > 0) + (is_unsigned || !precision ? 0
		: 1),
		    scale, is_unsigned);
}

void expr_set_time(struct expr *x, enum temporal_kind kind, unsigned digits)
{
	static const struct {
		enum type_id type;
		uint32_t length;
	} kinds[] = {[TEMPORAL_DATE] = {TYPE_DATE, 10},
		     [TEMPORAL_DATETIME] = {TYPE_DATETIME, 19},
		     [TEMPORAL_TIME] = {TYPE_TIME, 10}};

	digits = kind == TEMPORAL_DATE ? 0 : smaller(digits, 6);
	set_numeric(x, kinds[kind].type, kinds[kind].length + digits + (digits > 0), digits, false);
}

void expr_set_text(struct expr *x, uint64_t chars)
{
	unsigned max = charset_get(x->t.collation->charset)->mbmax;
	uint64_t bytes = chars * max;

	if (chars > UINT32_MAX || bytes > UINT32_MAX)
		bytes = UINT32_MAX;
	x->t.length = (uint32_t)bytes;
	x->t.decimals = EXPR_NOT_FIXED;
	x->t.is_unsigned = false;
	if (bytes >= MEDIUM_BYTES)
		x->t.type = TYPE_LONG_BLOB;
	else if (bytes > BLOB_BYTES)
		x->t.type = TYPE_MEDIUM_BLOB;
	else
		x->t.type = bytes >= VARCHAR_BYTES ? TYPE_BLOB : TYPE_VAR_STRING;
}

void expr_set_long_text(struct expr *x, uint64_t chars)
{
	if (chars * charset_get(x->t.collation->charset)->mbmax >= MEDIUM_BYTES)
		expr_set_longest_text(x);
	else
		expr_set_text(x, chars);
}

void expr_set_longest_text(struct expr *x)
{
	expr_set_text(x, 0);
	x->t.type = TYPE_LONG_BLOB;
	x->t.length = MEDIUM_BYTES;
	x->t.nullable = true;
}

void expr_set_own_text(struct expr_env *env, struct expr *x, uint64_t chars)
{
	x->t.collation = env->session->collation;
	x->t.derivation = EXPR_COERCIBLE;
	x->t.ascii = true;
	expr_set_text(x, chars);
}

void expr_set_binary(struct expr *x, uint64_t bytes)
{
	x->t.collation = collation_get(TYPE_CHARSET_BINARY);
	x->t.derivation = EXPR_COERCIBLE;
	x->t.ascii = false;
	expr_set_text(x, bytes);
}

uint64_t expr_bytes(const struct expr *x)
{
	bool blob = x->t.type >= TYPE_TINY_BLOB && x->t.type <= TYPE_BLOB;

	if (x->kind == EXPR_COLUMN && type_is_integer(x->t.type) && x->t.width)
		return x->t.width;
	/* A TEXT column is as long in bytes as it is in characters. */
	return x->kind == EXPR_COLUMN && blob && x->t.length < UINT32_MAX ? expr_chars(&x->t)
									  : x->t.length;
}

void expr_copy_type(struct expr *x, const struct expr *a)
{
	x->t = a->t;
	x->t.digits = 0;
	x->t.is_bool = false;
	x->t.members = NULL;
	x->t.zerofill = 0;
	if (x->t.type == TYPE_VARCHAR || x->t.type == TYPE_ENUM || x->t.type == TYPE_SET)
		x->t.type = TYPE_VAR_STRING;
	x->t.nullable = true;
}

bool expr_any_nullable(const struct expr *x)
{
	for (uint32_t i = 0; i < x->n; i++)
		if (x->arg[i]->t.nullable)
			return true;
	return false;
}

bool expr_is_number(const struct expr *x)
{
	enum expr_result r = expr_result_of(&x->t);

	return r == EXPR_INT || r == EXPR_REAL || r == EXPR_DECIMAL;
}

enum expr_result expr_numeric(const struct expr *x)
{
	enum expr_result r = expr_result_of(&x->t);

	if (x->t.is_hex || x->t.type == TYPE_ENUM || x->t.type == TYPE_SET)
		return EXPR_INT;
	if (r == EXPR_TIME)
		return x->t.decimals ? EXPR_DECIMAL : EXPR_INT;
	return r == EXPR_STRING ? EXPR_REAL : r;
}

/* Whether the value of @x is known and in *out. false: see env->e. */
static bool constant(struct expr_env *env, struct expr *x, enum expr_result as, struct datum *out,
		     bool *known)
{
	*out = (struct datum){0};
	*known = x->constant && x->kind != EXPR_ROW_VALUE &&
		 (env->compute || (x->kind == EXPR_LITERAL && x->value.kind == (as == EXPR_INT
			? DATUM_INT : DATUM_STRING)));
	if (!*known)
		return true;
	if (env->compute)
		return env->compute(env, x, as, out) == 0;
	*out = x->value;
	return true;
}

bool expr_known_int(struct expr_env *env, struct expr *x, struct expr_known *k)
{
	struct datum d;

	*k = (struct expr_known){0};
	if (!constant(env, x, EXPR_INT, &d, &k->known))
		return false;
	k->null = k->known && d.kind == DATUM_NULL;
	if (d.kind == DATUM_INT) {
		k->i = d.i;
		k->is_unsigned = d.is_unsigned;
	}
	return true;
}

uint32_t expr_known_uint(const struct expr_known *k, uint32_t max)
{
	if (!k->is_unsigned && k->i < 0)
		return 0;
	return (uint64_t)k->i < max ? (uint32_t)k->i : max;
}

bool expr_known_text(struct expr_env *env, struct expr *x, struct datum *out, bool *known)
{
	return constant(env, x, EXPR_STRING, out, known);
}

unsigned expr_digits(const struct expr *x)
{
	return smaller(x->t.decimals, 6);
}

unsigned expr_time_digits(struct expr_env *env, struct expr *x, bool clock)
{
	struct temporal t;
	struct datum d;
	unsigned warn, digits = 0;
	bool known;

	if (expr_result_of(&x->t) != EXPR_STRING || !expr_known_text(env, x, &d, &known) ||
	    d.kind != DATUM_STRING)
		return expr_digits(x);
	if (clock ? !temporal_parse_time(d.s, TEMPORAL_FUZZY, &t, &warn, &digits)
		  : !temporal_parse_datetime(d.s, TEMPORAL_FUZZY, &t, &warn, &digits))
		return expr_digits(x);
	return smaller(digits, 6);
}

uint8_t expr_wire_type(const struct expr_type *t)
{
	return t->type == TYPE_ENUM || t->type == TYPE_SET ? TYPE_STRING : t->type;
}

const char *expr_type_name(const struct expr_type *t)
{
	bool binary = t->collation->charset == CHARSET_BINARY;

	switch (t->type) {
	case TYPE_TINY:
		return t->is_unsigned ? "tinyint unsigned" : "tinyint";
	case TYPE_SHORT:
		return t->is_unsigned ? "smallint unsigned" : "smallint";
	case TYPE_INT24:
		return t->is_unsigned ? "mediumint unsigned" : "mediumint";
	case TYPE_LONG:
		return t->is_unsigned ? "int unsigned" : "int";
	case TYPE_LONGLONG:
		return t->is_unsigned ? "bigint unsigned" : "bigint";
	case TYPE_YEAR:
		return "year";
	case TYPE_BIT:
		return "bit";
	case TYPE_FLOAT:
		return "float";
	case TYPE_DOUBLE:
		return "double";
	case TYPE_NEWDECIMAL:
		return t->is_unsigned ? "decimal unsigned" : "decimal";
	case TYPE_DATE:
		return "date";
	case TYPE_TIME:
		return "time";
	case TYPE_DATETIME:
		return "datetime";
	case TYPE_TIMESTAMP:
		return "timestamp";
	case TYPE_NULL:
		return "null";
	case TYPE_STRING:
		return binary ? "binary" : "char";
	case TYPE_BLOB:
		return binary ? "blob" : "text";
	case TYPE_MEDIUM_BLOB:
		return binary ? "mediumblob" : "mediumtext";
	case TYPE_LONG_BLOB:
		return binary ? "longblob" : "longtext";
	default:
		return binary ? "varbinary" : "varchar";
	}
}
