/* The grammar's tokens: what the lexer gives, with keywords told from names, and with what takes a
 * look at the next token done here. */
#include "sql/parse/parse_int.h"

#include "sql/grammar/grammar.h"
#include "sql/norm/fingerprint.h"

enum { INTERVAL_LOOK_AHEAD = 2000, INTERVAL_SCANS = 64 };

enum context {
	C_NONE,
	C_PAREN,
	C_ROW,
	C_STRING,
	C_LIKE,
	C_OPERAND,
	C_NAME,
	C_ROWS,
	C_NULLS,
	C_DELETE,
	C_ALWAYS,
	C_SELECT,
	C_VALUE,
	C_NEXT,
	C_GROUP,
	C_OF,
	C_PATH,
};

_Static_assert((int)TOK_T_STRING == (int)LEX_STRING && (int)TOK_T_ARROW2 == (int)LEX_ARROW2 &&
		       (int)TOK_T_ERROR == (int)LEX_ERROR &&
		       (int)TOK_T_CONCAT >= (int)LEX_KIND_END &&
		       (int)TOK_T_HISTORY_UNIT < (int)KW_BASE &&
		       (int)TOK_SELECT == (int)KW_SELECT && (int)TOK_XOR == (int)KW_XOR,
	       "tokens of lexer and grammar have the same numbers");

static const uint8_t contexts[KW_END_OF_LIST - KW_BASE] = {
#define CONTEXT(kw, when) [KW_##kw - KW_BASE] = C_##when,
#include "sql/grammar/context.def"
#undef CONTEXT
};

static void add_directive(struct parse *p, struct str word)
{
	struct parse_result *r = p->out;
	struct str name, value;

	if (r->directive_count == p->directive_cap) {
		uint32_t cap = p->directive_cap ? p->directive_cap * 2 : 4;
		struct parse_directive *v = arena_array(p->a, cap, sizeof(*v));

		if (!v) {
			p->nomem = true;
			return;
		}
		if (r->directive_count)
			memcpy(v, r->directives, r->directive_count * sizeof(*v));
		r->directives = v;
		p->directive_cap = cap;
	}
	str_cut(word, '=', &name, &value);
	r->directives[r->directive_count++] = (struct parse_directive){name, value};
}

/* slash-star vt+ A=b C star-slash */
static void directive(struct parse *p, const struct lex_token *t)
{
	struct str body = str_make(p->text.p + t->start + 5, t->end - t->start - 7);

	if (!p->out)
		return;
	for (size_t at = 0, n; at < body.n; at += n) {
		n = 0;
		while (at + n < body.n && (uint8_t)body.p[at + n] > ' ')
			n++;
		if (n)
			add_directive(p, str_make(body.p + at, n));
		else
			n = 1;
	}
}

/* An optimizer hint belongs to the SELECT, INSERT... right before it. */
static void hint(struct parse *p, const struct lex_token *t)
{
	struct parse_hint *h;
	unsigned kw = p->fetched.kw;

	if (kw != KW_SELECT && kw != KW_INSERT && kw != KW_REPLACE && kw != KW_UPDATE &&
	    kw != KW_DELETE)
		return;
	h = arena_alloc(p->a, sizeof(*h));
	if (!h) {
		p->nomem = true;
		return;
	}
	*h = (struct parse_hint){
		.at = p->fetched.t.start,
		.text = str_trim(str_make(p->text.p + t->start + 3, t->end - t->start - 5)),
		.next = p->hints,
	};
	p->hints = h;
}

/* :NEW and :OLD of sql_mode=ORACLE are NEW and OLD. */
static void row_of_trigger(struct parse *p, struct lex_token *t)
{
	struct lex l = p->lx;
	struct lex_token word;

	lex_next(&l, &word);
	if (word.kind != LEX_WORD || word.spaced ||
	    !(str_ieqz(lex_text(&l, &word), "NEW") || str_ieqz(lex_text(&l, &word), "OLD")))
		return;
	p->lx = l;
	*t = word;
}

/* The same folding as the fingerprint's: signs into numbers, strings into one. */
void parse_int_fetch(struct parse *p, struct parse_token *out)
{
	struct lex_token number;
	unsigned last = p->fetched.t.kind, kw = 0;

	for (;;) {
		lex_next(&p->lx, &out->t);
		if (out->t.kind == LEX_HINT)
			hint(p, &out->t);
		else if (out->t.kind == LEX_DIRECTIVE)
			directive(p, &out->t);
		else
			break;
	}
	if (out->t.kind == ':' && (p->opts->mode & LEX_ORACLE))
		row_of_trigger(p, &out->t);
	p->version_comment = p->version_comment || p->lx.in_version_comment;
	if (out->t.kind == LEX_WORD && last != '.')
		kw = keyword_find(p->text.p + out->t.start, out->t.end - out->t.start).kw;
	else if (out->t.kind == '-' && !p->operand && lex_join_minus(&p->lx, &out->t, &number))
		out->t = number;
	else if (out->t.kind == LEX_STRING || out->t.kind == LEX_NSTRING)
		lex_join_strings(&p->lx, &out->t);
	p->operand = lex_ends_operand(out->t.kind, kw);
	out->kw = last == LEX_AT_AT ? 0 : (uint16_t)kw;
	p->fetched = *out;
}

const struct parse_token *parse_int_peek(struct parse *p)
{
	if (!p->has_ahead)
		parse_int_fetch(p, &p->ahead);
	p->has_ahead = true;
	return &p->ahead;
}

static void take(struct parse *p, struct parse_token *out)
{
	if (p->has_ahead)
		*out = p->ahead;
	else
		parse_int_fetch(p, out);
	p->has_ahead = false;
}

static bool is_string(const struct parse_token *t)
{
	return t->t.kind == LEX_STRING;
}

/* A name may begin with it. */
static bool is_name(const struct parse_token *t)
{
	return t->t.kind == LEX_QUOTED || (t->t.kind == LEX_WORD && !keyword_is_reserved(t->kw));
}

static bool begins_operand(const struct parse_token *t)
{
	return lex_is_literal(t->t.kind) || t->t.kind == '?' || t->t.kind == '(' ||
	       t->t.kind == LEX_USER_VAR || t->t.kind == LEX_AT_AT || is_name(t);
}

static bool begins_frame(const struct parse_token *t)
{
	return t->kw == KW_BETWEEN || t->kw == KW_UNBOUNDED || t->kw == KW_CURRENT ||
	       t->kw == KW_INTERVAL || lex_is_literal(t->t.kind) || t->t.kind == '?';
}

/* ROW or ROWS of OFFSET 1 ROW, FETCH FIRST 2 ROWS ONLY, LIMIT ROWS EXAMINED. */
static bool is_row_word(const struct parse *p, const struct parse_token *before,
			const struct parse_token *next)
{
	bool fetch = before->kw == KW_FIRST || before->kw == KW_NEXT ||
		     p->before_last == KW_FIRST || p->before_last == KW_NEXT;

	return p->before_last == KW_OFFSET || p->before_last == KW_IGNORE ||
	       next->kw == KW_IDENTIFIED || next->kw == KW_ONLY || next->kw == KW_EXAMINED ||
	       (next->kw == KW_WITH && fetch);
}

static bool is_select_option(unsigned kw)
{
	switch (kw) {
	case KW_SELECT:
	case KW_ALL:
	case KW_DISTINCT:
	case KW_STRAIGHT_JOIN:
	case KW_HIGH_PRIORITY:
	case KW_SQL_SMALL_RESULT:
	case KW_SQL_BIG_RESULT:
	case KW_SQL_BUFFER_RESULT:
	case KW_SQL_CALC_FOUND_ROWS:
	case KW_SQL_CACHE:
	case KW_SQL_NO_CACHE:
		return true;
	default:
		return false;
	}
}

/* A keyword of context.def stands where it is one. @before: the token before it. */
static bool in_context(struct parse *p, enum context c, const struct parse_token *before)
{
	const struct parse_token *next =
		c == C_ALWAYS || c == C_DELETE || c == C_SELECT ? NULL : parse_int_peek(p);

	switch (c) {
	case C_NONE:
		return true;
	case C_PAREN:
		return next->t.kind == '(';
	case C_ROW:
		return next->t.kind == '(' || before->kw == KW_CURRENT ||
		       is_row_word(p, before, next);
	case C_STRING:
		return is_string(next);
	case C_LIKE:
		return next->kw == KW_LIKE;
	case C_OPERAND:
		return begins_operand(next);
	case C_NAME:
		return is_name(next);
	case C_ROWS:
		return begins_frame(next) || is_row_word(p, before, next);
	case C_NULLS:
		return next->kw == KW_NULLS;
	case C_DELETE:
		return before->kw == KW_DELETE || before->kw == KW_LOW_PRIORITY ||
		       before->kw == KW_IGNORE;
	case C_SELECT:
		return is_select_option(before->kw);
	case C_NEXT:
		return next->kw == KW_VALUE || before->kw == KW_FETCH || before->kw == KW_READ ||
		       p->before_last == KW_READ;
	case C_VALUE:
		return next->kw == KW_VALUE;
	case C_GROUP:
		return next->kw == KW_GROUP;
	case C_OF:
		return next->kw == KW_OF || next->t.kind == '(';
	case C_PATH:
		return next->kw == KW_PATH || is_string(next);
	case C_ALWAYS:
		return true;
	}
	return true;
}

/* INTERVAL( begins the function, not an interval's amount in parentheses: a comma comes before the
 * parenthesis closes. Looks at tokens ahead without taking them. */
static bool is_interval_function(struct parse *p)
{
	struct lex l = p->lx;
	struct lex_token t;
	int depth = 1;

	/* What nests deeper than anybody writes must not cost a scan each. */
	if (parse_int_peek(p)->t.kind != '(' || p->interval_scans++ > INTERVAL_SCANS)
		return false;
	l = p->lx;
	for (int i = 0; i < INTERVAL_LOOK_AHEAD && depth > 0; i++) {
		lex_next(&l, &t);
		if (t.kind == LEX_EOF || t.kind == LEX_ERROR)
			return false;
		if (t.kind == ',' && depth == 1)
			return true;
		depth += (t.kind == '(') - (t.kind == ')');
	}
	return false;
}

/* _utf8mb4'..': a character set's name before a string. */
static bool is_introducer(struct parse *p, const struct parse_token *t)
{
	static const char *const names[] = {
		"utf8mb4",  "utf8mb3", "utf8",	   "latin1",  "binary",	 "ascii",    "ucs2",
		"utf16",    "utf16le", "utf32",	   "gbk",     "gb2312",	 "gb18030",  "big5",
		"sjis",	    "cp932",   "ujis",	   "eucjpms", "euckr",	 "latin2",   "latin5",
		"latin7",   "cp1250",  "cp1251",   "cp1256",  "cp1257",	 "cp850",    "cp852",
		"cp866",    "koi8r",   "koi8u",	   "greek",   "hebrew",	 "tis620",   "swe7",
		"hp8",	    "dec8",    "armscii8", "geostd8", "keybcs2", "macroman", "macce",
		"filename",
	};
	struct str s = str_make(p->text.p + t->t.start, t->t.end - t->t.start);
	unsigned next;

	if (s.n < 4 || s.p[0] != '_')
		return false;
	next = parse_int_peek(p)->t.kind;
	if (next != LEX_STRING && next != LEX_HEX && next != LEX_BIT)
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_ieqz(str_make(s.p + 1, s.n - 1), names[i]))
			return true;
	}
	return false;
}

/* One token of the grammar out of this keyword and the next. */
static int join(struct parse *p, struct parse_token *t, int kind)
{
	struct parse_token next;

	take(p, &next);
	t->t.end = next.t.end;
	return kind;
}

/* TIMESTAMP or TRANSACTION before a point in a table's history. */
static bool is_history_unit(struct parse *p, const struct parse_token *t,
			    const struct parse_token *before)
{
	const struct parse_token *next;

	if (!p->history)
		return false;
	switch (before->kw) {
	case KW_OF:
	case KW_FROM:
	case KW_TO:
	case KW_AND:
	case KW_BETWEEN:
	case KW_SYSTEM_TIME:
		next = parse_int_peek(p);
		return (begins_operand(next) || next->kw == KW_CURRENT_TIMESTAMP) &&
		       (t->kw == KW_TRANSACTION || next->t.kind != '(');
	default:
		return false;
	}
}

/* @unary: no operand stands before the keyword. */
static int keyword(struct parse *p, struct parse_token *t, const struct parse_token *before,
		   bool unary)
{
	unsigned kw = t->kw;

	switch (kw) {
	case KW_WITH:
		if (parse_int_peek(p)->kw == KW_ROLLUP)
			return join(p, t, TOK_T_WITH_ROLLUP);
		if (parse_int_peek(p)->kw == KW_CUBE)
			return join(p, t, TOK_T_WITH_CUBE);
		return TOK_WITH;
	case KW_FOR:
		p->history = p->history || parse_int_peek(p)->kw == KW_SYSTEM_TIME;
		if (parse_int_peek(p)->kw == KW_SYSTEM_TIME)
			return join(p, t, TOK_T_FOR_SYSTEM_TIME);
		if (parse_int_peek(p)->kw == KW_PORTION)
			return join(p, t, TOK_T_FOR_PORTION);
		return TOK_FOR;
	case KW_IGNORE:
		if (parse_int_peek(p)->kw == KW_NULLS)
			return join(p, t, TOK_T_IGNORE_NULLS);
		return TOK_IGNORE;
	case KW_INTERVAL:
		return is_interval_function(p) ? TOK_T_INTERVAL_FN : TOK_INTERVAL;
	case KW_NOT:
		return unary && (p->lx.mode & LEX_HIGH_NOT_PRECEDENCE) ? TOK_T_NOT2 : TOK_NOT;
	case KW_BEFORE:
		p->history = p->history || parse_int_peek(p)->kw == KW_SYSTEM_TIME;
		return TOK_BEFORE;
	case KW_TRANSACTION:
		return is_history_unit(p, t, before) ? TOK_T_HISTORY_UNIT : TOK_TRANSACTION;
	case KW_TIMESTAMP:
		if (is_history_unit(p, t, before) && !is_string(parse_int_peek(p)))
			return TOK_T_HISTORY_UNIT;
		return is_string(parse_int_peek(p)) ? TOK_T_TEMPORAL : TOK_T_IDENT;
	case KW_DATE:
	case KW_TIME:
		return is_string(parse_int_peek(p)) ? TOK_T_TEMPORAL : TOK_T_IDENT;
	default:
		break;
	}
	/* CAST (x AS INT) with a space is a stored function's call. */
	if (contexts[kw - KW_BASE] == C_PAREN &&
	    !parse_int_function(p, (struct parse_loc){t->t.start, t->t.end}) &&
	    keyword_find(p->text.p + t->t.start, t->t.end - t->t.start).fn)
		return TOK_T_IDENT;
	if (!parse_int_keyword_used[kw - KW_BASE] ||
	    !in_context(p, contexts[kw - KW_BASE], before)) {
		/* A name like another; reserved words are in the grammar or an error. */
		return keyword_is_reserved(kw) ? TOK_T_ERROR : TOK_T_IDENT;
	}
	return (int)kw;
}

static int kind_of(struct parse *p, struct parse_token *t, const struct parse_token *before,
		   bool unary)
{
	switch (t->t.kind) {
	case LEX_WORD:
		if ((p->opts->mode & LEX_ORACLE) && before->t.kind != '.' &&
		    str_ieqz(lex_text(&p->lx, &t->t), "MINUS"))
			return TOK_EXCEPT;
		if (t->kw)
			return keyword(p, t, before, unary);
		return is_introducer(p, t) ? TOK_T_INTRODUCER : TOK_T_IDENT;
	case LEX_QUOTED:
		return TOK_T_IDENT;
	case LEX_OROR:
		return p->lx.mode & LEX_PIPES_AS_CONCAT ? TOK_T_CONCAT : TOK_T_OROR;
	case ';':
		/* At the very end it only ends the statement. */
		return !p->fp && parse_int_peek(p)->t.kind == LEX_EOF ? TOK_T_EOF : ';';
	case LEX_EOF:
		return TOK_T_EOF;
	case LEX_ERROR:
		return TOK_T_ERROR;
	default:
		return t->t.kind;
	}
}

int grammar_lex(GRAMMAR_STYPE *value, GRAMMAR_LTYPE *loc, struct parse *p)
{
	struct parse_token t, before = p->last;
	bool unary = !lex_ends_operand(before.t.kind, before.kw);
	int kind;

	(void)value;
	if (p->start_token) {
		kind = p->start_token;
		p->start_token = 0;
		*loc = (struct parse_loc){p->lx.at, p->lx.at};
		return kind;
	}
	if (p->nomem || p->failed)
		return TOK_T_ERROR;
	if (p->has_pushed)
		t = p->pushed;
	else if (p->stopped)
		return TOK_T_EOF;
	else
		take(p, &t);
	p->has_pushed = false;
	if (p->stop && parse_int_stops(p, &t, &before)) {
		p->stopped = true;
		p->pushed = t;
		p->token_start = t.t.start;
		*loc = (struct parse_loc){t.t.start, t.t.start};
		return TOK_T_EOF;
	}
	kind = kind_of(p, &t, &before, unary);
	p->before_last = before.kw;
	p->last = t;
	p->token_start = t.t.start;
	*loc = (struct parse_loc){t.t.start, t.t.end};
	return kind;
}
