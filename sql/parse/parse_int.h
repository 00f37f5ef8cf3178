/* parse_int - what grammar, token source and hand-written parts of the parser share; for
 * sql/parse and sql/grammar only. Builders never return NULL: when memory runs out they give
 * p->scratch and set p->nomem, and the parse ends at the next token. */
#ifndef PARSE_PARSE_INT_H
#define PARSE_PARSE_INT_H
#include "sql/ast/ast.h"
#include "sql/lex/keyword.h"
#include "sql/lex/lex.h"
#include "sql/parse/parse.h"
#include "sql/parse/parse_loc.h"

struct parse_token {
	struct lex_token t;
	uint16_t kw; /* keyword, 0 where only a name can stand */
};

struct parse_hint {
	uint32_t at; /* where the SELECT, INSERT... before it begins */
	struct str text;
	struct parse_hint *next;
};

/* Where a part of a statement ends that the grammar parses in the middle of what is parsed by hand:
 * at a ')' that it has not opened, and outside of parentheses and CASE ... END at one of these. */
struct parse_stop {
	uint16_t kw[8]; /* keywords, the rest 0 */
	bool comma, semicolon;
	bool range;	   /* .. of FOR i IN a .. b */
	bool unit;	   /* the unit of EVERY expr unit */
	bool check_option; /* WITH [CASCADED | LOCAL] CHECK OPTION */
	bool operand;	   /* after one operand: a literal, name, call or what is in parentheses */
};

struct parse {
	struct arena *a;
	const struct lex_opts *opts;
	const struct fingerprint *fp; /* may be NULL */
	struct str text;	      /* up to the end of the statement */
	struct str whole;	      /* what errors quote: to the end of the command */
	struct err *e;
	struct lex lx;
	struct parse_token ahead;   /* valid when has_ahead */
	struct parse_token last;    /* taken before */
	struct parse_token fetched; /* read from the lexer last: last or ahead */
	bool has_ahead;
	uint32_t row_items;   /* how many values the last row had */
	uint16_t before_last; /* the keyword before last */
	size_t rescanned;
	bool version_comment; /* something was in an executed comment */
	bool history;	      /* FOR SYSTEM_TIME or BEFORE SYSTEM_TIME was seen */
	bool operand;	      /* fetched ends an operand */
	bool nomem;
	bool failed;		       /* e is set */
	int start_token;	       /* to be given first, then 0 */
	const struct parse_stop *stop; /* NULL: at the end of the text */
	int stop_parens, stop_cases;   /* open ones since the part began */
	bool has_pushed, stopped;  /* pushed is to be given first; the token that ended the part */
	struct parse_token pushed; /* is in pushed again */
	uint32_t token_start;	   /* of the token given last, for messages */
	uint32_t error_at;
	uint32_t lit; /* where in fp->lits the next literal likely is */
	uint32_t interval_scans;
	struct parse_hint *hints;
	struct parse_result *out; /* directives; NULL: not wanted */
	uint32_t directive_cap;
	struct ast_node *root;
	max_align_t scratch[32]; /* stands in for nodes that found no memory */
};

/* parse.c */
/* Error 1064 that quotes the text from byte @at on. Always -1. */
int parse_int_syntax_error(const struct parse *p, uint32_t at, struct err *e);
void parse_int_init(struct parse *p, struct arena *a, const struct lex_opts *opts, struct str text);
/* Runs the grammar from byte @at on. 0 and p->root, or -1 and *e. */
int parse_int_run(struct parse *p, int start_token, uint32_t at, struct err *e);
/* The same from @at on, the next of the tokens that are being read, to where @stop says; then @at
 * is the token after. */
int parse_int_run_part(struct parse *p, int start_token, const struct parse_stop *stop,
		       struct parse_token *at);
/* Statements that are parsed by hand; 1: none of them, 0: p->root is set, -1: *e. */
int parse_int_by_hand(struct parse *p, uint32_t at, struct err *e);

/* parse_token.c */
extern const uint8_t parse_int_keyword_used[]; /* by the grammar: 1, else 0; from KW_BASE on */
void parse_int_fetch(struct parse *p, struct parse_token *out);
/* parse_stop.c: the part of p->stop ends before @t, which comes after @before. */
bool parse_int_stops(struct parse *p, const struct parse_token *t,
		     const struct parse_token *before);
const struct parse_token *parse_int_peek(struct parse *p);

/* parse_node.c: anything */
void *parse_int_new(struct parse *p, enum ast_kind kind, struct parse_loc loc);
struct ast_list parse_int_list(struct parse *p, struct ast_node *first);
/* The first of a row of values; most likely there will be as many as in the row before. */
struct ast_list parse_int_row_list(struct parse *p, struct ast_node *first);
/* The first of the rows of VALUES: the fingerprint, if there is one, knows how many follow. */
struct ast_list parse_int_rows(struct parse *p, struct ast_node *first);
struct ast_list parse_int_push(struct parse *p, struct ast_list l, struct ast_node *n);
struct ast_list parse_int_unshift(struct parse *p, struct ast_node *n, struct ast_list l);
struct ast_list parse_int_pair(struct parse *p, struct ast_node *x, struct ast_node *y);
/* What stands at @loc, without comments. */
struct str parse_int_text(struct parse *p, struct parse_loc loc);
struct str parse_int_name(struct parse *p, struct parse_loc loc);
struct str parse_int_string(struct parse *p, struct parse_loc loc);
struct str parse_int_user_var(struct parse *p, struct parse_loc loc);
struct str parse_int_hint(struct parse *p, struct parse_loc keyword);
struct parse_loc parse_int_span(struct parse_loc from, struct parse_loc to);
void parse_int_extend(struct ast_node *n, struct parse_loc loc);

/* A syntax error at @loc, unless there is one already. */
void parse_int_error(struct parse *p, struct parse_loc loc);

/* parse_expr.c */
struct ast_node *parse_int_column(struct parse *p, struct parse_loc loc, struct str db,
				  struct str table, struct str name);
struct ast_node *parse_int_literal(struct parse *p, struct parse_loc loc, enum ast_lit type);
struct ast_node *parse_int_logic(struct parse *p, struct parse_loc loc, enum ast_op op,
				 struct ast_node *x, struct ast_node *y);
struct ast_node *parse_int_unary(struct parse *p, struct parse_loc loc, enum ast_op op,
				 struct ast_node *x);
struct ast_node *parse_int_binary(struct parse *p, struct parse_loc loc, enum ast_op op,
				  struct ast_node *x, struct ast_node *y);
struct ast_node *parse_int_in(struct parse *p, struct parse_loc loc, struct ast_node *arg,
			      struct ast_list list, unsigned flags);
struct ast_node *parse_int_between(struct parse *p, struct parse_loc loc, struct ast_node *arg,
				   struct ast_node *low, struct ast_node *high);
struct ast_node *parse_int_like(struct parse *p, struct parse_loc loc, enum ast_op op,
				struct ast_node *arg, struct ast_node *pattern);
struct ast_node *parse_int_row(struct parse *p, struct parse_loc loc, struct ast_node *first,
			       struct ast_list rest, unsigned flags);
struct ast_node *parse_int_odbc(struct parse *p, struct parse_loc loc, struct str what,
				struct ast_node *x);
struct ast_node *parse_int_introducer(struct parse *p, struct parse_loc loc, struct parse_loc name,
				      struct ast_node *literal);
struct ast_node *parse_int_temporal(struct parse *p, struct parse_loc loc, struct parse_loc kind,
				    struct ast_node *literal);
struct ast_node *parse_int_match(struct parse *p, struct parse_loc loc, struct ast_list columns,
				 struct ast_node *against, unsigned mode);
struct ast_node *parse_int_sys_var(struct parse *p, struct parse_loc loc, struct str scope,
				   struct str base, struct str name);
struct ast_node *parse_int_sys_var_base(struct parse *p, struct parse_loc loc, struct str base,
					struct str name);
struct ast_node *parse_int_seq_value(struct parse *p, struct parse_loc loc, struct ast_node *table,
				     unsigned flags);
/* The number at @loc must not have a sign. */
void parse_int_natural(struct parse *p, struct parse_loc loc);
/* The literal 1, for what is no number in the text. */
struct ast_node *parse_int_one(struct parse *p, struct parse_loc loc);
struct ast_node *parse_int_trim(struct parse *p, struct parse_loc loc, unsigned side,
				struct ast_node *what, struct ast_node *from);
struct ast_node *parse_int_cast(struct parse *p, struct parse_loc loc, struct ast_node *x,
				struct ast_node *type, unsigned flags);
struct ast_node *parse_int_type(struct parse *p, struct parse_loc loc, struct str fixed);
struct ast_node *parse_int_frame(struct parse *p, struct parse_loc loc, unsigned kind,
				 struct ast_node *from, struct ast_node *to);
struct ast_node *parse_int_bound(struct parse *p, struct parse_loc loc, unsigned kind,
				 struct ast_node *value);
struct ast_node *parse_int_query_of(struct ast_node *subquery);

/* parse_json.c */
struct ast_node *parse_int_json_on(struct parse *p, struct parse_loc loc, unsigned what,
				   struct ast_node *value);
struct ast_node *parse_int_json_column(struct parse *p, struct parse_loc loc, unsigned kind,
				       struct str name, struct ast_node *path);

/* parse_call.c */
/* The built-in function of that name, enum keyword_fn; 0: none, or one of those that need their
 * parenthesis right behind them, and it is not there. */
unsigned parse_int_function(const struct parse *p, struct parse_loc name);
struct ast_node *parse_int_call(struct parse *p, struct parse_loc loc, struct parse_loc name,
				struct ast_list args);
/* name(args), where VALUE(column) is MariaDB's other word for VALUES(column). */
struct ast_node *parse_int_plain_call(struct parse *p, struct parse_loc loc, struct parse_loc name,
				      struct ast_list args);
struct ast_node *parse_int_call2(struct parse *p, struct parse_loc loc, struct parse_loc name,
				 struct ast_node *x, struct ast_node *y);
struct ast_node *parse_int_call3(struct parse *p, struct parse_loc loc, struct parse_loc name,
				 struct ast_node *x, struct ast_list rest);
void parse_int_call_schema(struct ast_node *call, struct str schema, struct str package);
struct ast_node *parse_int_call_over(struct parse *p, struct ast_node *call, unsigned nulls,
				     struct ast_node *over, struct parse_loc loc);
struct ast_node *parse_int_aggregate(struct parse *p, struct ast_node *call, struct ast_list order,
				     struct ast_node *limit, struct ast_node *separator);
/* DATE, TIME, DATETIME, TIMESTAMP in GET_FORMAT. */
struct ast_node *parse_int_format_unit(struct parse *p, struct parse_loc loc);
struct ast_node *parse_int_position(struct parse *p, struct parse_loc loc, struct ast_node *x,
				    struct ast_node *in);
struct ast_node *parse_int_substring(struct parse *p, struct parse_loc loc, struct ast_node *x,
				     struct ast_node *from, struct ast_node *length);

/* parse_select.c */
struct ast_node *parse_int_query(struct parse *p, struct parse_loc loc, struct ast_node *with,
				 struct ast_node *body, struct ast_list tail);
struct ast_node *parse_int_query_wrap(struct parse *p, struct parse_loc loc, struct ast_node *with,
				      struct ast_node *inner, struct ast_list tail);
struct ast_node *parse_int_setop(struct parse *p, struct parse_loc loc, struct ast_node *left,
				 struct ast_node *right, unsigned op_and_flags);
/* @query, which stands in parentheses: INTO in it is an error. */
struct ast_node *parse_int_closed(struct parse *p, struct ast_node *query);
/* @query, an operand of a set operation, which stands in parentheses: AST_PARENS. */
struct ast_node *parse_int_marked(struct ast_node *query);
/* @query: PROCEDURE in it is an error. */
struct ast_node *parse_int_no_procedure(struct parse *p, struct ast_node *query);
struct ast_list parse_int_tail(struct parse *p, struct ast_list order, struct ast_node *limit,
			       struct ast_list items);
struct ast_node *parse_int_value_row(struct parse *p, struct parse_loc loc, struct ast_list items,
				     unsigned flags);
struct ast_node *parse_int_limit(struct parse *p, struct parse_loc loc, struct ast_node *count,
				 struct ast_node *offset);
struct ast_node *parse_int_lock(struct parse *p, struct parse_loc loc, unsigned what,
				struct ast_list tables, unsigned wait);
struct ast_node *parse_int_into_file(struct parse *p, struct parse_loc loc, struct parse_loc from);
struct ast_node *parse_int_star(struct parse *p, struct parse_loc loc, struct str db,
				struct str table);
struct ast_node *parse_int_item(struct parse *p, struct parse_loc loc, struct parse_loc name,
				struct ast_node *x);
void parse_int_item_alias(struct parse *p, struct ast_node *item, struct parse_loc string);
struct ast_node *parse_int_table(struct parse *p, struct parse_loc loc, struct str db,
				 struct str name);
struct ast_node *parse_int_table_query(struct parse *p, struct parse_loc loc,
				       struct ast_node *table);
struct ast_node *parse_int_table_parens(struct parse *p, struct parse_loc loc, struct ast_list l);
struct ast_node *parse_int_join(struct parse *p, struct parse_loc loc, unsigned op,
				struct ast_node *left, struct ast_node *right);
/* @join has no condition; its right side, at @at, has been read to the end first: a JOIN b JOIN c ON x
 * comes as a JOIN (b JOIN c ON x), but means (a JOIN b) JOIN c ON x, which is returned. */
struct ast_node *parse_int_to_left(struct ast_node *join, uint32_t at);
struct ast_node *parse_int_derived(struct parse *p, struct parse_loc loc, struct ast_node *query,
				   struct str alias, struct ast_list columns);
/* Error 1248. */
struct ast_node *parse_int_no_alias(struct parse *p, struct parse_loc loc, struct ast_node *query);

/* parse_stmt.c */
struct ast_node *parse_int_insert_head(struct parse *p, struct parse_loc loc, unsigned flags,
				       struct ast_node *table, struct ast_list partitions);
struct ast_node *parse_int_insert_rows(struct parse *p, struct ast_list rows,
				       struct ast_node *alias, struct parse_loc loc);
struct ast_node *parse_int_insert_set(struct parse *p, struct ast_list set, struct ast_node *alias,
				      struct parse_loc loc);
struct ast_node *parse_int_insert_query(struct parse *p, struct ast_node *query,
					struct parse_loc loc);
struct ast_node *parse_int_insert_columns(struct ast_node *source, struct ast_list columns);
struct ast_node *parse_int_insert(struct parse *p, struct ast_node *head, struct ast_node *source,
				  struct ast_list on_dup, struct ast_list returning);
struct ast_node *parse_int_delete_multi(struct parse *p, struct parse_loc loc,
					struct ast_list targets, struct ast_list from,
					struct ast_node *where);
struct ast_node *parse_int_call_stmt(struct parse *p, struct parse_loc loc, struct str db,
				     struct str name, const struct ast_list *args);
struct ast_node *parse_int_handler(struct parse *p, struct parse_loc loc, unsigned op,
				   struct ast_node *table);
struct ast_node *parse_int_set_item(struct parse *p, struct parse_loc loc, struct ast_node *target,
				    struct ast_node *value);
struct ast_node *parse_int_set_names(struct parse *p, struct parse_loc loc, unsigned op,
				     struct str charset, struct str collate);
struct ast_node *parse_int_set_transaction(struct parse *p, struct parse_loc loc, unsigned scope,
					   unsigned chars);
struct ast_node *parse_int_word(struct parse *p, struct parse_loc loc);
struct ast_node *parse_int_txn(struct parse *p, struct parse_loc loc, unsigned op, unsigned flags);
struct ast_node *parse_int_explained(struct parse *p, struct parse_loc loc, struct str format,
				     struct ast_node *statement, struct ast_node *connection);
struct ast_node *parse_int_explain(struct parse *p, struct parse_loc loc, unsigned op,
				   unsigned flags, struct ast_node *explained);
struct ast_node *parse_int_describe(struct parse *p, struct parse_loc loc, struct ast_node *table,
				    struct ast_node *column);
struct ast_node *parse_int_kill(struct parse *p, struct parse_loc loc, unsigned flags, unsigned op,
				struct ast_node *id);
#endif
