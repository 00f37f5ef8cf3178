#include "src/base/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/file.h"
#include "src/base/str.h"
#include "src/base/vec.h"

struct options {
	const char *program, *summary; /* borrowed: literals */
	const struct option_def *def;  /* borrowed: a static table */
	size_t count;
	char *config_path; /* owned */
	struct {
		char **v; /* owned strings: every value that a settings struct may point to */
		size_t len, cap;
	} kept;
	struct {
		struct setting {
			const struct option_def *def;
			const char *value; /* borrowed from kept */
		} *v;
		size_t len, cap;
	} line; /* what the command line said, for reloads */
};

struct options *options_new(const char *program, const char *summary, const struct option_def *defs,
			    size_t count)
{
	struct options *o = calloc(1, sizeof(*o));

	if (o) {
		o->program = program;
		o->summary = summary;
		o->def = defs;
		o->count = count;
	}
	return o;
}

void options_free(struct options *o)
{
	if (!o)
		return;
	for (size_t i = 0; i < o->kept.len; i++)
		free(o->kept.v[i]);
	free(o->kept.v);
	free(o->line.v);
	free(o->config_path);
	free(o);
}

struct unit {
	const char *suffix;
	int64_t factor;
};

/* A non-negative whole number and one of @units. */
static int parse_unit(const char *text, const struct unit *units, size_t count, int64_t *out)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(text, &end, 10);
	if (errno || end == text || n < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (!strcmp(end, units[i].suffix))
			return __builtin_mul_overflow(n, units[i].factor, out) ? -1 : 0;
	return -1;
}

int options_duration(const char *text, int64_t *us)
{
	static const struct unit units[] = {{"us", 1},	      {"ms", 1000},	  {"s", 1000000},
					    {"m", 60000000}, {"h", 3600000000}};

	if (!strcmp(text, "0")) {
		*us = 0;
		return 0;
	}
	return parse_unit(text, units, sizeof(units) / sizeof(units[0]), us);
}

int options_size(const char *text, int64_t *bytes)
{
	static const struct unit units[] = {{"", 1},	 {"k", 1 << 10}, {"K", 1 << 10}, {"M", 1 << 20},
					    {"m", 1 << 20}, {"G", 1 << 30}, {"g", 1 << 30}};

	return parse_unit(text, units, sizeof(units) / sizeof(units[0]), bytes);
}

static int parse_bool(const char *text, bool *out)
{
	static const char *const yes[] = {"true", "yes", "on", "1"};
	static const char *const no[] = {"false", "no", "off", "0"};

	for (size_t i = 0; i < 4; i++) {
		if (!strcmp(text, yes[i]) || !strcmp(text, no[i])) {
			*out = !strcmp(text, yes[i]);
			return 0;
		}
	}
	return -1;
}

static int parse_int(const char *text, int64_t *out)
{
	return str_to_i64(str_of(text), out) ? 0 : -1;
}

static int set_value(const struct option_def *d, void *settings, const char *value, struct err *e)
{
	static const char *const kinds[] = {
		[OPTION_STRING] = "text", [OPTION_BOOL] = "true or false", [OPTION_INT] = "a whole number",
		[OPTION_SIZE] = "a size like 64k or 16M", [OPTION_DURATION] = "a time like 250ms or 10s"};
	void *field = (char *)settings + d->offset;
	int64_t n = 0;
	int rc = 0;

	switch (d->type) {
	case OPTION_STRING:
		*(const char **)field = value;
		return 0;
	case OPTION_BOOL:
		rc = parse_bool(value, field);
		break;
	case OPTION_INT:
		rc = parse_int(value, &n);
		break;
	case OPTION_SIZE:
		rc = options_size(value, &n);
		break;
	case OPTION_DURATION:
		rc = options_duration(value, &n);
		break;
	}
	if (rc < 0)
		return err_set(e, ERR_INVALID, "%s: \"%s\" is not %s", d->name, value, kinds[d->type]);
	if (d->type == OPTION_BOOL)
		return 0;
	if ((d->min || d->max) && (n < d->min || n > d->max))
		return err_set(e, ERR_INVALID, "%s: %s is not between %lld and %lld", d->name, value,
			       (long long)d->min, (long long)d->max);
	*(int64_t *)field = n;
	return 0;
}

static const struct option_def *find(const struct options *o, struct str name)
{
	for (size_t i = 0; i < o->count; i++)
		if (str_eqz(name, o->def[i].name))
			return &o->def[i];
	return NULL;
}

/* A copy that lives as long as @o. */
static const char *keep(struct options *o, struct str s)
{
	char *z;

	if (VEC_GROW(&o->kept) < 0)
		return NULL;
	z = str_dup(s);
	if (z)
		o->kept.v[o->kept.len++] = z;
	return z;
}

static int config_line(struct options *o, void *settings, struct str line, struct err *e)
{
	const struct option_def *d;
	struct str name, value;
	const char *z;

	line = str_trim(line);
	if (!line.n || line.p[0] == '#')
		return 0;
	if (!str_cut(line, '=', &name, &value))
		return err_set(e, ERR_INVALID, "expected \"name = value\"");
	d = find(o, str_trim(name));
	if (!d)
		return err_set(e, ERR_INVALID, "unknown option \"%.*s\"", STR_ARG(str_trim(name)));
	value = str_trim(value);
	if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
		value = str_make(value.p + 1, value.n - 2);
	z = keep(o, value);
	return z ? set_value(d, settings, z, e) : err_set(e, ERR_NOMEM, "out of memory");
}

static int load_config(struct options *o, void *settings, struct err *e)
{
	struct buf text, all;
	struct str rest, line;
	unsigned number = 0;
	int rc = -1;

	buf_init(&text);
	buf_init(&all);
	if (file_read(o->config_path, &text, e) < 0)
		goto out;
	rest = buf_slice(&text);
	while (rest.n) {
		struct err bad;

		number++;
		str_cut(rest, '\n', &line, &rest);
		if (config_line(o, settings, line, &bad) < 0)
			buf_printf(&all, "%s%s:%u: %s", all.len ? "; " : "", o->config_path, number,
				   bad.msg);
	}
	rc = all.len ? err_set(e, ERR_INVALID, "%s", buf_cstr(&all)) : 0;
out:
	buf_fini(&text);
	buf_fini(&all);
	return rc;
}

static int fill(struct options *o, void *settings, struct err *e)
{
	for (size_t i = 0; i < o->count; i++)
		if (o->def[i].def && set_value(&o->def[i], settings, o->def[i].def, e) < 0)
			return -1;
	if (o->config_path && load_config(o, settings, e) < 0)
		return -1;
	for (size_t i = 0; i < o->line.len; i++) {
		if (set_value(o->line.v[i].def, settings, o->line.v[i].value, e) < 0) {
			err_wrap(e, "command line");
			return -1;
		}
	}
	return 0;
}

/* One --name[=value] or --no-name; *used is how many of argv it took. */
static int take_option(struct options *o, const char *arg, const char *next, int *used, struct err *e)
{
	const struct option_def *d;
	struct str name, value;
	bool has = str_cut(str_of(arg + 2), '=', &name, &value);

	*used = 1;
	d = find(o, name);
	if (!d && !has && str_starts(name, "no-")) {
		d = find(o, str_make(name.p + 3, name.n - 3));
		if (d && d->type == OPTION_BOOL)
			value = str_of("false"), has = true;
		else
			d = NULL;
	}
	if (!d && !str_eqz(name, "config"))
		return err_set(e, ERR_INVALID, "unknown option --%.*s (see --help)", STR_ARG(name));
	if (!has && d && d->type == OPTION_BOOL) {
		value = str_of("true");
	} else if (!has) {
		if (!next)
			return err_set(e, ERR_INVALID, "--%.*s needs a value", STR_ARG(name));
		value = str_of(next);
		*used = 2;
	}
	if (!d) {
		free(o->config_path);
		o->config_path = str_dup(value);
		return o->config_path ? 0 : err_set(e, ERR_NOMEM, "out of memory");
	}
	if (VEC_GROW(&o->line) < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	o->line.v[o->line.len] = (struct setting){d, keep(o, value)};
	if (!o->line.v[o->line.len].value)
		return err_set(e, ERR_NOMEM, "out of memory");
	o->line.len++;
	return 0;
}

int options_parse(struct options *o, void *settings, int *argc, char **argv, bool operands,
		  enum options_action *action, struct err *e)
{
	bool only_operands = false;
	int left = 1;

	*action = OPTIONS_RUN;
	for (int i = 1; i < *argc;) {
		int used = 1;

		if (!only_operands && !strcmp(argv[i], "--help")) {
			*action = OPTIONS_HELP;
		} else if (!only_operands && !strcmp(argv[i], "--version")) {
			*action = OPTIONS_VERSION;
		} else if (!only_operands && !strcmp(argv[i], "--man")) {
			*action = OPTIONS_MAN;
		} else if (!only_operands && !strcmp(argv[i], "--")) {
			only_operands = true;
		} else if (!only_operands && !strncmp(argv[i], "--", 2)) {
			if (take_option(o, argv[i], i + 1 < *argc ? argv[i + 1] : NULL, &used, e) < 0)
				return -1;
		} else if (operands) {
			argv[left++] = argv[i];
		} else {
			return err_set(e, ERR_INVALID, "unexpected argument \"%s\" (see --help)", argv[i]);
		}
		i += used;
	}
	*argc = left;
	return *action == OPTIONS_RUN ? fill(o, settings, e) : 0;
}

int options_reload(struct options *o, void *settings, struct err *e)
{
	return fill(o, settings, e);
}

static const char *arg_name(const struct option_def *d)
{
	static const char *const names[] = {"TEXT", "", "N", "SIZE", "TIME"};

	return d->arg ? d->arg : names[d->type];
}

void options_print_help(const struct options *o, struct buf *out)
{
	buf_printf(out, "Usage: %s [OPTION]...\n%s\n\n", o->program, o->summary);
	for (size_t i = 0; i < o->count; i++) {
		const struct option_def *d = &o->def[i];
		size_t at = out->len;

		buf_printf(out, "  --%s%s%s%s", d->type == OPTION_BOOL ? "[no-]" : "",
			   d->name, d->type == OPTION_BOOL ? "" : " ", arg_name(d));
		for (at = out->len - at; at < 32; at++)
			buf_u8(out, ' ');
		buf_printf(out, " %s", d->help);
		if (d->def && d->def[0])
			buf_printf(out, " [%s]", d->def);
		buf_u8(out, '\n');
	}
	buf_puts(out, "  --config FILE                    options from a file, one \"name = value\" a line\n"
		      "  --help                           this text\n"
		      "  --version                        the version\n"
		      "  --man                            the man page, for man -l -\n");
}

static void man_text(struct buf *out, const char *z)
{
	for (; *z; z++)
		buf_puts(out, *z == '-' ? "\\-" : *z == '\\' ? "\\e" : (char[2]){*z, 0});
}

void options_print_man(const struct options *o, struct buf *out)
{
	buf_printf(out, ".TH %s 1\n.SH NAME\n%s \\- ", o->program, o->program);
	man_text(out, o->summary);
	buf_printf(out, "\n.SH SYNOPSIS\n.B %s\n[OPTION]...\n.SH OPTIONS\n", o->program);
	for (size_t i = 0; i < o->count; i++) {
		const struct option_def *d = &o->def[i];

		buf_printf(out, ".TP\n.B \\-\\-%s", d->type == OPTION_BOOL ? "[no\\-]" : "");
		man_text(out, d->name);
		buf_printf(out, " \\fI%s\\fR\n", arg_name(d));
		man_text(out, d->help);
		if (d->def && d->def[0]) {
			buf_puts(out, " Default: ");
			man_text(out, d->def);
			buf_puts(out, ".");
		}
		buf_u8(out, '\n');
	}
	buf_puts(out, ".TP\n.B \\-\\-config \\fIFILE\\fR\nOptions from a file, one \"name = value\" a line; "
		      "the command line wins.\n.SH SIGNALS\nSIGTERM drains and ends the program; SIGHUP "
		      "reads the configuration file again.\n");
}
