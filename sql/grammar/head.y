/* The grammar is put together by assemble.awk: this file, then the tokens of keywords.def that the
 * parts use, then the parts. Keywords that are used, not reserved and not in context.def make up
 * the rule "nonreserved". Actions build nodes with the functions of sql/parse/parse_int.h; when
 * memory runs out these give a scratch node and the parse ends at the next token. */
%code top {
#include <stddef.h>
#include "sql/parse/parse_int.h"
}
%code requires {
struct parse;

#include "sql/ast/ast.h"
#include "sql/parse/parse_loc.h"
}
%code provides {
int grammar_lex(GRAMMAR_STYPE *value, GRAMMAR_LTYPE *loc, struct parse *p);
void grammar_error(const struct parse_loc *loc, struct parse *p, const char *msg);
}
%define api.pure full
%code {
#define YYMAXDEPTH 4000
/* The stack of a statement that is nested deep comes from the arena, too. */
#define YYSTACK_USE_ALLOCA 0
#define YYMALLOC(n) arena_alloc(p->a, n)
#define YYFREE(x) ((void)(x))
}
%define api.prefix {grammar_}
%define api.token.prefix {TOK_}
%define api.location.type {struct parse_loc}
%define parse.error simple
%expect 0
%locations
%param {struct parse *p}
%initial-action { @$ = (struct parse_loc){0, 0}; }
%union {
	struct ast_node *node;
	struct ast_list list;
	struct str str;
	unsigned num;
}
%code {
#define YYLLOC_DEFAULT(cur, rhs, n) (cur) = parse_loc_span((n) ? &(rhs)[1] : &(rhs)[0], (n))
#define NEW(name, kind, loc) ((struct ast_##name *)parse_int_new(p, AST_##kind, loc))
#define NODE(x) (&(x)->n)
}

%token T_EOF 0 "end of statement"
/* The lexer's kinds have their own numbers, see enum lex_kind; then tokens made of two. */
%token T_IDENT 258 T_STRING 260 T_NSTRING 261 T_HEX 262 T_BIT 263 T_INT 264 T_DECIMAL 265
%token T_FLOAT 266 T_USER_VAR 267 T_AT_AT 268 T_LE 269 T_GE 270 T_NE 271 T_NULLSAFE 272
%token T_SHL 273 T_SHR 274 T_ASSIGN 275 T_ANDAND 276 T_OROR 277 T_ARROW 278 T_ARROW2 279
%token T_ERROR 282 T_CONCAT 284 T_INTERVAL_FN 285 T_WITH_ROLLUP 286 T_FOR_SYSTEM_TIME 287
%token T_NOT2 288 T_TEMPORAL 289 T_INTRODUCER 290 T_START_STATEMENT 291 T_START_EXPR 292
%token T_START_QUERY 293 T_IGNORE_NULLS 294 T_WITH_CUBE 295 T_FOR_PORTION 296
%token T_HISTORY_UNIT 297 T_START_SET 299

%nonassoc SUBQUERY_AS_EXPR
%left CONDITIONLESS_JOIN
%left JOIN INNER CROSS STRAIGHT_JOIN NATURAL LEFT RIGHT ON USING
%left UNION EXCEPT
%left INTERSECT
%left T_ASSIGN
%left OR T_OROR
%left XOR
%left AND T_ANDAND
%left NOT
%left BETWEEN IN IS MEMBER LIKE REGEXP RLIKE SOUNDS ESCAPE '=' T_NULLSAFE T_NE '<' T_LE '>' T_GE
%left '|'
%left '&'
%left T_SHL T_SHR
%left '-' '+'
%left '*' '/' '%' DIV MOD
%left '^'
%left T_CONCAT
%nonassoc NEG
%left COLLATE
%nonassoc '(' ')' ORDER LIMIT FOR INTO LOCK

%start start
