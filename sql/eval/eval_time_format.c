/* Dates and times as text of a format, from such a text, and their names. */
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

/* --- STR_TO_DATE --- */

/* What has been read so far; what is negative was not there. */
struct reading {
	const char *p, *end;
	struct temporal t;
	int day_part, weekday, yearday, week, week_year;
	unsigned month, day, hour, minute, second; /* not yet checked */
	unsigned year;
	bool usa, sunday_first, strict, strict_year_sunday, has_clock, failed;
};

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (uint8_t)c >= 0xc0;
}

static bool is_punct(char c)
{
	return c > ' ' && c < 127 && !(c >= '0' && c <= '9') && !is_alpha(c);
}

/* A number of at most @most characters, a sign and spaces before it among them. */
static unsigned read_number(struct reading *k, size_t most)
{
	const char *end = (size_t)(k->end - k->p) < most ? k->end : k->p + most;
	bool negative;
	unsigned n = 0;
	const char *start;

	while (k->p < end && (*k->p == ' ' || *k->p == '\t'))
		k->p++;
	negative = k->p < end && *k->p == '-';
	k->p += k->p < end && (*k->p == '-' || *k->p == '+');
	for (start = k->p; k->p < end && *k->p >= '0' && *k->p <= '9'; k->p++)
		n = n * 10 + (unsigned)(*k->p - '0');
	if (k->p == start || negative)
		k->failed = true;
	return n;
}

static unsigned short_year(unsigned n)
{
	return n < 70 ? n + 2000 : n < 100 ? n + 1900 : n;
}

static void read_usec(struct reading *k)
{
	const char *start = k->p;
	unsigned n = read_number(k, 6);

	for (size_t i = (size_t)(k->p - start); i < 6; i++)
		n *= 10;
	k->t.usec = n;
	k->has_clock = true;
}

/* A name of @count ones, or the start of just one; @letters of each, if not all. Its place from 1 on. */
static int read_name(struct reading *k, const char *const *names, int count, size_t letters)
{
	const char *start = k->p;
	int found = 0, hits = 0;
	struct str word;

	while (k->p < k->end && is_alpha(*k->p))
		k->p++;
	word = str_make(start, (size_t)(k->p - start));
	for (int i = 0; i < count; i++) {
		struct str name = str_of(names[i]);

		name.n = letters && name.n > letters ? letters : name.n;
		if (word.n > name.n || !str_ieq(word, str_make(name.p, word.n)))
			continue;
		if (word.n == name.n)
			return i + 1;
		found = i + 1;
		hits++;
	}
	k->failed = k->failed || hits != 1;
	return found;
}

static void read_format(struct reading *k, struct str f);

static void read_half(struct reading *k)
{
	bool am = k->end - k->p >= 2 && str_ieqz(str_make(k->p, 2), "am");

	if (!k->usa || k->end - k->p < 2 || (!am && !str_ieqz(str_make(k->p, 2), "pm"))) {
		k->failed = true;
		return;
	}
	k->day_part = am ? 0 : 12;
	k->p += 2;
}

static void read_week(struct reading *k, char c)
{
	k->sunday_first = c == 'U' || c == 'V';
	k->strict = c == 'V' || c == 'v';
	k->week = (int)read_number(k, 2);
	if ((k->strict && k->week == 0) || k->week > 53)
		k->failed = true;
}

static void read_weekday(struct reading *k)
{
	k->weekday = (int)read_number(k, 1);
	if (k->weekday >= 7)
		k->failed = true;
	if (k->weekday == 0)
		k->weekday = 7;
}

/* Letters of dates. */
static void read_date_letter(struct reading *k, char c)
{
	const char *start = k->p;

	switch (c) {
	case 'Y':
		k->year = read_number(k, 4);
		if (k->p - start <= 2)
			k->year = short_year(k->year);
		break;
	case 'y':
		k->year = short_year(read_number(k, 2));
		break;
	case 'm':
	case 'c':
		k->month = read_number(k, 2);
		break;
	case 'M':
		k->month = (unsigned)read_name(k, month_names, 12, 0);
		break;
	case 'b':
		k->month = (unsigned)read_name(k, month_names, 12, 3);
		break;
	case 'd':
	case 'e':
		k->day = read_number(k, 2);
		break;
	case 'D':
		k->day = read_number(k, 2);
		k->p += k->end - k->p < 2 ? k->end - k->p : 2;
		break;
	case 'W':
		k->weekday = read_name(k, day_names, 7, 0);
		break;
	case 'a':
		k->weekday = read_name(k, day_names, 7, 3);
		break;
	case 'w':
		read_weekday(k);
		break;
	case 'j':
		k->yearday = (int)read_number(k, 3);
		break;
	case 'X':
	case 'x':
		k->strict_year_sunday = c == 'X';
		k->week_year = (int)read_number(k, 4);
		break;
	default:
		read_week(k, c);
		break;
	}
}

static void read_letter(struct reading *k, char c)
{
	switch (c) {
	case 'h':
	case 'I':
	case 'l':
		k->usa = true;
		k->hour = read_number(k, 2);
		break;
	case 'k':
	case 'H':
		k->hour = read_number(k, 2);
		break;
	case 'i':
		k->minute = read_number(k, 2);
		break;
	case 's':
	case 'S':
		k->second = read_number(k, 2);
		break;
	case 'f':
		read_usec(k);
		break;
	case 'p':
		read_half(k);
		break;
	case 'r':
		read_format(k, STR_LIT("%I:%i:%S %p"));
		break;
	case 'T':
		read_format(k, STR_LIT("%H:%i:%S"));
		break;
	case '.':
		while (k->p < k->end && is_punct(*k->p))
			k->p++;
		break;
	case '@':
		while (k->p < k->end && is_alpha(*k->p))
			k->p++;
		break;
	case '#':
		while (k->p < k->end && *k->p >= '0' && *k->p <= '9')
			k->p++;
		break;
	default:
		if (is_date_letter(c))
			read_date_letter(k, c);
		else
			k->failed = true;
		break;
	}
}

/* Until the text or the format ends. */
static void read_format(struct reading *k, struct str f)
{
	for (size_t i = 0; i < f.n && !k->failed; i++) {
		while (k->p < k->end && is_space(*k->p))
			k->p++;
		if (k->p == k->end)
			break;
		if (f.p[i] == '%' && i + 1 < f.n)
			read_letter(k, f.p[++i]);
		else if (!is_space(f.p[i]) && *k->p++ != f.p[i])
			k->failed = true;
	}
}

/* The day of a week. */
static bool from_week(struct reading *k, struct temporal *t)
{
	unsigned year = k->strict ? (unsigned)k->week_year : k->year;
	int64_t days;
	int first;

	if (k->strict ? k->week_year < 0 || k->strict_year_sunday != k->sunday_first
		      : k->week_year >= 0)
		return false;
	days = temporal_daynr(year, 1, 1);
	first = (int)temporal_weekday(days, k->sunday_first);
	if (k->sunday_first)
		days += (first == 0 ? 0 : 7) - first + (k->week - 1) * 7 + k->weekday % 7;
	else
		days += (first <= 3 ? 0 : 7) - first + (k->week - 1) * 7 + k->weekday - 1;
	return days > 0 && temporal_from_daynr(days, t);
}

static bool put_together(struct reading *k, unsigned flags)
{
	struct temporal *t = &k->t;
	unsigned warn = 0;

	if (k->usa) {
		if (k->hour > 12 || k->hour < 1)
			return false;
		k->hour = k->hour % 12 + (unsigned)k->day_part;
	}
	if (k->year > 9999 || k->month > 12 || k->day > 31 || k->hour > 23 || k->minute > 59 ||
	    k->second > 59)
		return false;
	t->year = (uint16_t)k->year;
	t->month = (uint8_t)k->month;
	t->day = (uint8_t)k->day;
	t->hour = k->hour;
	t->minute = (uint8_t)k->minute;
	t->second = (uint8_t)k->second;
	if (k->yearday > 0 &&
	    !temporal_from_daynr(temporal_daynr(k->year, 1, 1) + k->yearday - 1, t))
		return false;
	if (k->week >= 0 && k->weekday && !from_week(k, t))
		return false;
	return temporal_check_date(t, flags | TEMPORAL_INVALID_DATES, &warn);
}

void eval_fn_str_to_date(struct eval *v, const struct expr *x, struct datum *out)
{
	unsigned flags = eval_asked_flags(v);
	const struct collation *c = x->cmp.collation;
	struct reading k = {.week = -1, .week_year = -1, .t = {.kind = TEMPORAL_DATETIME}};
	struct str s, f;
	bool has_s = eval_str_as(v, x->arg[0], c, &s), has_f = eval_str_as(v, x->arg[1], c, &f);

	if (!has_s || !has_f)
		return;
	if (!charset_get(c->charset)->ascii) {
		eval_fail(v, ERR_UNSUPPORTED, "STR_TO_DATE in ucs2 and its like");
		return;
	}
	k.p = s.p;
	k.end = s.p + s.n;
	read_format(&k, f);
	if (k.failed || !put_together(&k, flags)) {
		eval_warn(v, 1411, "Incorrect value for function str_to_date");
		return;
	}
	while (k.p < k.end && is_space(*k.p))
		k.p++;
	if (k.p < k.end)
		eval_warn(v, WARN_TRUNCATED, "Truncated incorrect value");
	if (x->t.type == TYPE_TIME) {
		k.t.kind = TEMPORAL_TIME;
		k.t.hour += k.t.day * 24u;
		k.t.year = 0;
		k.t.month = k.t.day = 0;
	} else if (x->t.type == TYPE_DATE) {
		k.t = (struct temporal){.kind = TEMPORAL_DATE,
					.year = k.t.year,
					.month = k.t.month,
					.day = k.t.day};
	}
	eval_put_time(out, &k.t);
}

void eval_fn_get_format(struct eval *v, const struct expr *x, struct datum *out)
{
	static const struct {
		const char *name, *date, *time, *datetime;
	} formats[] = {{"USA", "%m.%d.%Y", "%h:%i:%s %p", "%Y-%m-%d %H.%i.%s"},
		       {"JIS", "%Y-%m-%d", "%H:%i:%s", "%Y-%m-%d %H:%i:%s"},
		       {"ISO", "%Y-%m-%d", "%H:%i:%s", "%Y-%m-%d %H:%i:%s"},
		       {"EUR", "%d.%m.%Y", "%H.%i.%s", "%Y-%m-%d %H.%i.%s"},
		       {"INTERNAL", "%Y%m%d", "%H%i%s", "%Y%m%d%H%i%s"}};
	struct str s;

	if (!eval_str_plain(v, x->arg[0], &s))
		return;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		const char *f = x->unit == KW_DATE   ? formats[i].date
				: x->unit == KW_TIME ? formats[i].time
						     : formats[i].datetime;

		if (str_ieqz(s, formats[i].name))
			eval_put_ascii(v, x, str_of(f), out);
	}
}
