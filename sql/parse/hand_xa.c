/* XA statements: checked, and kept as text behind the word XA. */
#include "sql/parse/hand.h"

#include "sql/lex/literal.h"

enum { XID_PART = 64 };

/* A part of an xid: at most 64 bytes. */
static bool xid_part(struct hand *h)
{
	struct str s = str_make(h->p->text.p + h->t.t.start, h->t.t.end - h->t.t.start);
	bool fits;

	switch (h->t.t.kind) {
	case LEX_STRING:
		fits = parse_int_string(h->p, (struct parse_loc){h->t.t.start, h->t.t.end}).n <=
		       XID_PART;
		break;
	case LEX_HEX:
		fits = s.n <= XID_PART * 2 + 3;
		break;
	case LEX_BIT:
		fits = s.n <= XID_PART * 8 + 3;
		break;
	default:
		return false;
	}
	if (fits)
		hand_next(h);
	return fits;
}

/* The format's number: 31 bits, not negative. */
static bool xid_format(struct hand *h)
{
	struct str s = str_make(h->p->text.p + h->t.t.start, h->t.t.end - h->t.t.start);
	uint64_t n;

	if (h->t.t.kind == LEX_HEX && s.n > 2 && s.p[0] == '0') {
		n = 0;
		for (size_t i = 2; i < s.n && n <= INT32_MAX; i++)
			n = n * 16 +
			    (uint64_t)(s.p[i] <= '9' ? s.p[i] - '0' : (s.p[i] | 32) - 'a' + 10);
	} else if (h->t.t.kind != LEX_INT || !str_to_u64(s, &n)) {
		return false;
	}
	if (n > INT32_MAX)
		return false;
	hand_next(h);
	return true;
}

static bool xid(struct hand *h)
{
	if (!xid_part(h))
		return false;
	if (!hand_eat_char(h, ','))
		return true;
	if (!xid_part(h))
		return false;
	return !hand_eat_char(h, ',') || xid_format(h);
}

static bool rest_of(struct hand *h, unsigned verb)
{
	if (verb == KW_RECOVER) {
		if (hand_eat(h, KW_FORMAT))
			return hand_eat_char(h, '=') &&
			       (hand_string(h, &(struct str){0}) || hand_name(h, &(struct str){0}));
		return !hand_eat(h, KW_CONVERT) || hand_eat(h, KW_XID);
	}
	if (!xid(h))
		return false;
	switch (verb) {
	case KW_START:
	case KW_BEGIN:
		(void)(hand_eat(h, KW_JOIN) || hand_eat(h, KW_RESUME));
		return true;
	case KW_END:
		if (!hand_eat(h, KW_SUSPEND) || !hand_eat(h, KW_FOR))
			return true;
		return hand_eat(h, KW_MIGRATE);
	case KW_COMMIT:
		return !hand_eat(h, KW_ONE) || hand_eat_word(h, "PHASE");
	case KW_PREPARE:
	case KW_ROLLBACK:
		return true;
	default:
		return false;
	}
}

int hand_xa_statement(struct hand *h, struct err *e)
{
	struct ast_txn *n;
	uint32_t from;
	unsigned verb;

	hand_next(h);
	from = h->t.t.start;
	verb = h->t.kw;
	hand_next(h);
	if (!rest_of(h, verb) || !hand_at_end(h) || h->t.t.kind == LEX_ERROR)
		return hand_error(h, e);
	n = parse_int_new(h->p, AST_TXN, hand_loc(h));
	n->n.op = AST_TXN_XA;
	n->name = hand_text_from(h, from);
	h->p->root = &n->n;
	return 0;
}
