/* The matcher of forms.def and the nodes of the statements that it takes. */
#include "sql/parse/form.h"

struct form_rule {
	const char *name, *pattern;
};

static const struct form_rule rules[] = {
#define RULE(name, pattern) {#name, pattern},
#define FORM(kw, kind, what, pattern)
#include "sql/grammar/forms.def"
#undef RULE
#undef FORM
};

enum form_kind { FORM_TEXT, FORM_ADMIN, FORM_DDL };
enum { AST_NOTHING = 0, KW_NOTHING = 0 };

static const struct form_def {
	uint16_t kw;
	uint8_t kind;
	uint16_t what; /* ADMIN: enum ast_admin_op; DDL: the object, enum keyword */
	const char *pattern;
} forms[] = {
#define RULE(name, pattern)
#define FORM(kw, kind, what, pattern) {KW_##kw, FORM_##kind, what, pattern},
#include "sql/grammar/forms.def"
#undef RULE
#undef FORM
};

struct span {
	const char *p, *end;
};

static bool alternatives(struct form *f, struct span s);

static bool is_lower(char c)
{
	return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
}

static bool is_upper(char c)
{
	return (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
}

/* The end of the bracket that opens at @p. */
static const char *closing(const char *p, const char *end)
{
	int depth = 0;

	for (; p < end; p++) {
		if (*p == '\'')
			p = (const char *)memchr(p + 1, '\'', (size_t)(end - p) - 1);
		else if (*p == '[' || *p == '(' || *p == '{')
			depth++;
		else if ((*p == ']' || *p == ')' || *p == '}') && --depth == 0)
			return p;
	}
	return end;
}

/* The end of the item at @p, without the ,, behind it. */
static const char *item_end(const char *p, const char *end)
{
	if (*p == '[' || *p == '(' || *p == '{')
		return closing(p, end) + 1;
	if (*p == '\'')
		return (const char *)memchr(p + 1, '\'', (size_t)(end - p) - 1) + 1;
	if (*p == '!')
		return p + 2;
	while (p < end && (is_lower(*p) || is_upper(*p)))
		p++;
	return p;
}

struct place {
	struct hand_mark mark;
	unsigned flags;
	uint32_t tables, targets, columns;
	struct str db, name;
};

static void note(const struct form *f, struct place *at)
{
	hand_mark(f->h, &at->mark);
	at->flags = f->flags;
	at->tables = f->tables.n;
	at->targets = f->targets;
	at->columns = f->columns.n;
	at->db = f->db;
	at->name = f->name;
}

static bool back(struct form *f, const struct place *at)
{
	if (hand_failed(f->h)) {
		f->dead = true;
		return false;
	}
	if (f->h->t.t.start > f->h->far)
		f->h->far = f->h->t.t.start;
	hand_back(f->h, &at->mark);
	f->flags = at->flags;
	f->tables.n = at->tables;
	f->targets = at->targets;
	f->columns.n = at->columns;
	f->db = at->db;
	f->name = at->name;
	return false;
}

static bool keyword_item(struct form *f, const char *p, size_t n)
{
	struct hand *h = f->h;
	const struct lex_token *t = &h->t.t;

	if (t->kind != LEX_WORD || t->end - t->start != n ||
	    !str_ieq(str_make(h->p->text.p + t->start, n), str_make(p, n)))
		return false;
	hand_next(h);
	return true;
}

static const char *rule_of(const char *p, size_t n)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (rules[i].name[0] == p[0] && strlen(rules[i].name) == n &&
		    !memcmp(rules[i].name, p, n))
			return rules[i].pattern;
	}
	return NULL;
}

static bool named_item(struct form *f, const char *p, size_t n)
{
	int rc = form_word(f, p, n);
	const char *rule;

	if (rc >= 0)
		return rc;
	rule = rule_of(p, n);
	return rule && alternatives(f, (struct span){rule, rule + strlen(rule)});
}

static const char *unknown_in(const char *p)
{
	while (*p) {
		const char *start = p;

		if (*p == '\'' || *p == '!') {
			p = item_end(p, p + strlen(p));
			continue;
		}
		while (is_lower(*p) || is_upper(*p))
			p++;
		if (p > start && *start >= 'a' && *start <= 'z' &&
		    !rule_of(start, (size_t)(p - start)) &&
		    !form_has_word(start, (size_t)(p - start)))
			return start;
		p += p == start;
	}
	return NULL;
}

const char *form_unknown_name(void)
{
	const char *found = NULL;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]) && !found; i++)
		found = unknown_in(rules[i].pattern);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]) && !found; i++)
		found = unknown_in(forms[i].pattern);
	return found;
}

static void set_flag(struct form *f, char c)
{
	f->flags |= c == 'E'   ? AST_IF_EXISTS
		    : c == 'N' ? AST_IF_NOT_EXISTS
		    : c == 'R' ? AST_OR_REPLACE
			       : AST_TEMPORARY;
}

static bool repeated(struct form *f, struct span s)
{
	uint32_t before;

	do {
		before = f->h->t.t.start;
		if (!alternatives(f, s))
			return !f->dead;
	} while (f->h->t.t.start != before);
	return true;
}

static bool item(struct form *f, const char *p, const char *end)
{
	struct span inner = {p + 1, end - 1};
	bool ok;

	switch (*p) {
	case '[':
		ok = alternatives(f, inner);
		return ok || !f->dead;
	case '{':
		return repeated(f, inner);
	case '(':
		return alternatives(f, inner);
	case '\'':
		if (end - p > 3) /* ':=' */
			return f->h->t.t.kind == LEX_ASSIGN && (hand_next(f->h), true);
		return hand_eat_char(f->h, p[1]);
	case '!':
		set_flag(f, p[1]);
		return true;
	default:
		break;
	}
	if (is_lower(*p) && *p != '_' && !(*p >= '0' && *p <= '9'))
		return named_item(f, p, (size_t)(end - p));
	return keyword_item(f, p, (size_t)(end - p));
}

static bool sequence(struct form *f, struct span s)
{
	const char *p = s.p;

	while (p < s.end) {
		const char *end;
		bool list;

		if (*p == ' ') {
			p++;
			continue;
		}
		end = item_end(p, s.end);
		list = end + 1 < s.end && end[0] == ',' && end[1] == ',';
		if (!item(f, p, end))
			return false;
		while (list && hand_eat_char(f->h, ',')) {
			if (!item(f, p, end))
				return false;
		}
		p = end + (list ? 2 : 0);
	}
	return true;
}

static bool alternatives(struct form *f, struct span s)
{
	struct place at;
	const char *p = s.p;

	note(f, &at);
	while (p <= s.end && !f->dead) {
		const char *end = p;

		while (end < s.end && *end != '|')
			end = *end == '[' || *end == '(' || *end == '{' || *end == '\''
				      ? item_end(end, s.end)
				      : end + 1;
		if (sequence(f, (struct span){p, end}))
			return true;
		back(f, &at);
		p = end + 1;
	}
	return false;
}

bool form_rule(struct form *f, const char *name)
{
	return named_item(f, name, strlen(name));
}

static enum ast_ddl_op verb_of(unsigned kw)
{
	switch (kw) {
	case KW_ALTER:
		return AST_DDL_ALTER;
	case KW_DROP:
		return AST_DDL_DROP;
	case KW_RENAME:
		return AST_DDL_RENAME;
	case KW_TRUNCATE:
		return AST_DDL_TRUNCATE;
	default:
		return AST_DDL_CREATE;
	}
}

static struct ast_node *ddl_node(const struct form *f, const struct form_def *d)
{
	struct ast_ddl *n = parse_int_new(f->h->p, AST_DDL, hand_loc(f->h));

	n->n.op = (uint8_t)verb_of(d->kw);
	n->n.flags = (uint16_t)f->flags;
	n->object = d->what;
	n->target_count = f->targets;
	n->db = f->db;
	n->name = f->name;
	n->tables = f->tables;
	n->columns = f->columns;
	n->query = f->query;
	n->def = f->def;
	if (!n->def)
		n->text = hand_text(f->h);
	return &n->n;
}

static struct ast_node *node_of(const struct form *f, const struct form_def *d)
{
	struct hand *h = f->h;

	if (d->kind == FORM_DDL)
		return ddl_node(f, d);
	if (d->kind == FORM_ADMIN) {
		struct ast_admin *n = parse_int_new(h->p, AST_ADMIN, hand_loc(h));

		n->n.op = (uint8_t)d->what;
		n->tables = f->tables;
		n->text = hand_text(h);
		return &n->n;
	} else {
		struct ast_text *n = parse_int_new(h->p, AST_TEXT, hand_loc(h));

		n->keyword = d->kw;
		n->text = hand_text(h);
		return &n->n;
	}
}

/* The grammar has statements that begin with this keyword, too. */
static bool is_shared(const struct hand *h, unsigned kw, unsigned next)
{
	switch (kw) {
	case KW_SET:
	case KW_START:
	case KW_BEGIN:
	case KW_ANALYZE:
	case KW_LOCK:
	case KW_UNLOCK:
	case KW_RELEASE:
		return true;
	case KW_DROP:
		return next == KW_PREPARE;
	default:
		(void)h;
		return false;
	}
}

/* A label or a word that begins a compound statement: found by kw 0 in forms.def. */
static unsigned first_keyword(struct hand *h)
{
	if ((h->t.t.kind == LEX_WORD || h->t.t.kind == LEX_QUOTED) &&
	    parse_int_peek(h->p)->t.kind == ':')
		return KW_LOOP;
	return h->t.kw;
}

int form_statement(struct hand *h, struct err *e)
{
	unsigned kw = first_keyword(h);
	struct hand_mark start;
	bool any = false, shared = is_shared(h, kw, kw ? parse_int_peek(h->p)->kw : 0);

	hand_mark(h, &start);
	h->far = h->t.t.start;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct form f = {.h = h};
		const char *pattern = forms[i].pattern;

		if (forms[i].kw != kw || !kw)
			continue;
		any = true;
		if (alternatives(&f, (struct span){pattern, pattern + strlen(pattern)}) &&
		    hand_at_end(h) && h->t.t.kind != LEX_ERROR && h->depth == start.depth) {
			h->p->root = node_of(&f, &forms[i]);
			return 0;
		}
		if (hand_failed(h))
			return hand_error(h, e);
		if (h->t.t.start > h->far)
			h->far = h->t.t.start;
		hand_back(h, &start);
	}
	if (!any || shared)
		return 1;
	h->p->failed = true;
	h->p->error_at = h->far;
	return parse_int_syntax_error(h->p, h->far, e);
}
