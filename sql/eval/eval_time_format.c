/* Dates and times as text of a format, and their names. */
#include <stdio.h>
#include <string.h>

#include "sql/eval/eval_int.h"
#include "sql/lex/keyword.h"

enum { LONGEST_PIECE = 16 };

static const char *const month_names[] = {"January",   "February", "March",    "April",
					  "May",       "June",	   "July",     "August",
					  "September", "October",  "November", "December"};
static const char *const day_names[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
					"Friday", "Saturday", "Sunday"};

void eval_fn_dayname(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;
	int64_t daynr;

	if (eval_daynr(v, x->arg[0], &t, &daynr))
		eval_put_ascii(v, x, str_of(day_names[temporal_weekday(daynr, false)]), out);
}

void eval_fn_monthname(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;

	if (eval_time(v, x->arg[0], TEMPORAL_DATETIME, TEMPORAL_FUZZY, &t) && t.month)
		eval_put_ascii(v, x, str_of(month_names[t.month - 1]), out);
}

#define PUT(...) ((size_t)snprintf(o, room, __VA_ARGS__))

/* What %U, %u, %V, %v, %X, %x are. */
static size_t format_week(char c, const struct temporal *t, char *o, size_t room)
{
	unsigned year, week = temporal_week(t, c == 'U' ? 4 : c == 'u' ? 1 : c == 'V' || c == 'X' ? 6 : 3,
					    &year);

	return c == 'X' || c == 'x' ? PUT("%04u", year) : PUT("%02u", week);
}

/* Letters that stand for a part of a date; SIZE_MAX: this date has no such part. */
static size_t format_date(char c, const struct temporal *t, char *o, size_t room)
{
	static const char *const th[] = {"th", "st", "nd", "rd"};
	int64_t daynr = temporal_daynr(t->year, t->month, t->day);
	bool has_weekday = t->month || t->year;

	switch (c) {
	case 'M':
		return t->month ? PUT("%s", month_names[t->month - 1]) : SIZE_MAX;
	case 'b':
		return t->month ? PUT("%.3s", month_names[t->month - 1]) : SIZE_MAX;
	case 'W':
		return has_weekday ? PUT("%s", day_names[temporal_weekday(daynr, false)])
				   : SIZE_MAX;
	case 'a':
		return has_weekday ? PUT("%.3s", day_names[temporal_weekday(daynr, false)])
				   : SIZE_MAX;
	case 'w':
		return has_weekday ? PUT("%u", temporal_weekday(daynr, true)) : SIZE_MAX;
	case 'D':
		return PUT("%u%s", t->day,
			   t->day / 10 == 1 || t->day % 10 > 3 ? "th" : th[t->day % 10]);
	case 'Y':
		return PUT("%04u", t->year);
	case 'y':
		return PUT("%02u", t->year % 100);
	case 'm':
		return PUT("%02u", t->month);
	case 'c':
		return PUT("%u", t->month);
	case 'd':
		return PUT("%02u", t->day);
	case 'e':
		return PUT("%u", t->day);
	case 'j':
		if (!t->month || !t->year)
			return SIZE_MAX;
		return PUT("%03d", (int)(daynr - temporal_daynr(t->year, 1, 1) + 1));
	default:
		return format_week(c, t, o, room);
	}
}

static size_t format_clock(char c, const struct temporal *t, char *o, size_t room)
{
	unsigned h12 = t->hour % 12 ? t->hour % 12 : 12;
	const char *half = t->hour % 24 < 12 ? "AM" : "PM";

	switch (c) {
	case 'f':
		return PUT("%06u", t->usec);
	case 'H':
		return PUT("%02u", t->hour);
	case 'k':
		return PUT("%u", t->hour);
	case 'h':
	case 'I':
		return PUT("%02u", h12);
	case 'l':
		return PUT("%u", h12);
	case 'i':
		return PUT("%02u", t->minute);
	case 's':
	case 'S':
		return PUT("%02u", t->second);
	case 'p':
		return PUT("%s", half);
	case 'r':
		return PUT("%02u:%02u:%02u %s", h12, t->minute, t->second, half);
	case 'T':
		return PUT("%02u:%02u:%02u", t->hour, t->minute, t->second);
	default:
		o[0] = c;
		return 1;
	}
}
#undef PUT

static bool is_date_letter(char c)
{
	return memchr("MbWawDYymcdejUuVvXx", c, 19) != NULL;
}

/* Bytes of a binary format are characters of latin1. */
static bool format_of(struct eval *v, const struct expr *x, struct str *s)
{
	const struct expr *f = x->arg[1];
	size_t bad;

	if (!eval_is_text(f) || f->t.collation->charset != CHARSET_BINARY)
		return eval_str_as(v, f, x->t.collation, s);
	if (!eval_str(v, f, s))
		return false;
	if (!charset_convert(v->arena, CHARSET_LATIN1, x->t.collation->charset, *s, s, &bad))
		eval_fail(v, ERR_NOMEM, "out of memory");
	return !v->failed;
}

void eval_fn_date_format(struct eval *v, const struct expr *x, struct datum *out)
{
	bool clock = x->fn == FN_TIME_FORMAT, time = expr_result_of(&x->arg[0]->t) == EXPR_TIME;
	struct temporal t;
	struct str f;
	char *p;
	size_t n = 0, room;

	/* A TIME stays one: its date is all zeros. */
	if (!eval_time(v, x->arg[0], clock ? TEMPORAL_TIME : time ? -1 : TEMPORAL_DATETIME,
		       TEMPORAL_FUZZY, &t) ||
	    !format_of(v, x, &f) || !f.n)
		return;
	if (!charset_get(x->t.collation->charset)->ascii) {
		eval_fail(v, ERR_UNSUPPORTED, "DATE_FORMAT in ucs2 and its like");
		return;
	}
	room = f.n * LONGEST_PIECE + 2 * LONGEST_PIECE;
	p = eval_alloc(v, room);
	if (!p)
		return;
	if (t.kind == TEMPORAL_TIME && t.negative)
		p[n++] = '-';
	for (size_t i = 0; i < f.n; i++) {
		size_t got = 1;

		if (f.p[i] != '%' || i + 1 == f.n)
			p[n] = f.p[i];
		else if (!is_date_letter(f.p[++i]))
			got = format_clock(f.p[i], &t, p + n, room - n);
		else
			got = clock ? SIZE_MAX : format_date(f.p[i], &t, p + n, room - n);
		if (got == SIZE_MAX)
			return;
		n += got;
	}
	eval_put_str(out, str_make(p, n));
}
