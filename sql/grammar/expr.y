/* --- names --- */
%type <str> ident name_or_string charset_name
%type <node> name column simple_column
%type <list> name_list column_list opt_column_parens

ident:
	T_IDENT { $$ = parse_int_name(p, @1); }
|	nonreserved { $$ = parse_int_name(p, @1); }
;
name_or_string:
	ident
|	T_STRING { $$ = parse_int_string(p, @1); }
;
charset_name:
	name_or_string
|	BINARY { $$ = STR_LIT("binary"); }
;
name:
	ident { struct ast_name *n = NEW(name, NAME, @$); n->name = $1; $$ = NODE(n); }
;
name_list:
	name { $$ = parse_int_list(p, $1); }
|	name_list ',' name { $$ = parse_int_push(p, $1, $3); }
;
simple_column:
	ident { $$ = parse_int_column(p, @$, (struct str){0}, (struct str){0}, $1); }
;
column:
	simple_column
|	ident '.' ident { $$ = parse_int_column(p, @$, (struct str){0}, $1, $3); }
|	'.' ident '.' ident { $$ = parse_int_column(p, @$, (struct str){0}, $2, $4); }
|	ident '.' ident '.' ident { $$ = parse_int_column(p, @$, $1, $3, $5); }
;
column_list:
	column { $$ = parse_int_list(p, $1); }
|	column_list ',' column { $$ = parse_int_push(p, $1, $3); }
;
opt_column_parens:
	%empty { $$ = (struct ast_list){0}; }
|	'(' name_list ')' { $$ = $2; }
;

/* --- expressions --- */
%type <node> expr bool_pri predicate bit_expr simple_expr literal string_literal number_literal
%type <node> function_call variable subquery case_expr when arg interval cast_type opt_expr
%type <node> param opt_else opt_escape match_columns_against unit_arg
%type <list> expr_list opt_args args when_list in_list
%type <num> comp_op unit temporal_unit match_mode all_or_any opt_not is_what

expr:
	expr OR expr { $$ = parse_int_logic(p, @$, AST_OP_OR, $1, $3); }
|	expr T_OROR expr { $$ = parse_int_logic(p, @$, AST_OP_OR, $1, $3); }
|	expr XOR expr { $$ = parse_int_logic(p, @$, AST_OP_XOR, $1, $3); }
|	expr AND expr { $$ = parse_int_logic(p, @$, AST_OP_AND, $1, $3); }
|	expr T_ANDAND expr { $$ = parse_int_logic(p, @$, AST_OP_AND, $1, $3); }
|	NOT expr { $$ = parse_int_unary(p, @$, AST_OP_NOT, $2); }
|	bool_pri %prec T_ASSIGN
;
opt_not:
	%empty { $$ = 0; }
|	NOT { $$ = AST_NOT; }
;
is_what:
	NULL { $$ = AST_IS_NULL; }
|	TRUE { $$ = AST_IS_TRUE; }
|	FALSE { $$ = AST_IS_FALSE; }
|	UNKNOWN { $$ = AST_IS_UNKNOWN; }
;
bool_pri:
	bool_pri IS opt_not is_what {
		struct ast_is *n = NEW(is, IS, @$);
		n->arg = $1; n->n.op = $4; n->n.flags = $3; $$ = NODE(n);
	}
|	bool_pri comp_op predicate %prec T_ASSIGN { $$ = parse_int_binary(p, @$, $2, $1, $3); }
|	bool_pri comp_op all_or_any subquery {
		struct ast_quantified *n = NEW(quantified, QUANTIFIED, @$);
		n->left = $1; n->n.op = $2; n->n.flags = $3; n->query = parse_int_query_of($4); $$ = NODE(n);
	}
|	predicate %prec T_ASSIGN
;
comp_op:
	'=' { $$ = AST_OP_EQ; }
|	T_NULLSAFE { $$ = AST_OP_NULLSAFE; }
|	T_NE { $$ = AST_OP_NE; }
|	'<' { $$ = AST_OP_LT; }
|	T_LE { $$ = AST_OP_LE; }
|	'>' { $$ = AST_OP_GT; }
|	T_GE { $$ = AST_OP_GE; }
;
all_or_any:
	ALL { $$ = AST_ALL; }
|	ANY { $$ = 0; }
|	SOME { $$ = 0; }
;
predicate:
	predicate IN subquery {
		struct ast_in *n = NEW(in, IN, @$);
		n->arg = $1; n->query = parse_int_query_of($3); $$ = NODE(n);
	}
|	predicate NOT IN subquery {
		struct ast_in *n = NEW(in, IN, @$);
		n->arg = $1; n->query = parse_int_query_of($4); n->n.flags = AST_NOT; $$ = NODE(n);
	}
|	predicate IN '(' in_list ')' { $$ = parse_int_in(p, @$, $1, $4, 0); }
|	predicate NOT IN '(' in_list ')' { $$ = parse_int_in(p, @$, $1, $5, AST_NOT); }
|	predicate BETWEEN bit_expr AND predicate %prec T_ASSIGN { $$ = parse_int_between(p, @$, $1, $3, $5); }
|	predicate NOT BETWEEN bit_expr AND predicate %prec T_ASSIGN {
		$$ = parse_int_between(p, @$, $1, $4, $6);
		$$->flags |= AST_NOT;
	}
|	predicate SOUNDS LIKE bit_expr { $$ = parse_int_like(p, @$, AST_OP_SOUNDS, $1, $4); }
|	predicate LIKE bit_expr opt_escape {
		$$ = parse_int_like(p, @$, AST_OP_LIKE, $1, $3);
		AST_AS(like, $$)->escape = $4;
	}
|	predicate NOT LIKE bit_expr opt_escape {
		$$ = parse_int_like(p, @$, AST_OP_LIKE, $1, $4);
		AST_AS(like, $$)->escape = $5;
		$$->flags |= AST_NOT;
	}
|	predicate MEMBER opt_of '(' simple_expr ')' { $$ = parse_int_binary(p, @$, AST_OP_MEMBER_OF, $1, $5); }
|	predicate regexp bit_expr %prec T_ASSIGN { $$ = parse_int_like(p, @$, AST_OP_REGEXP, $1, $3); }
|	predicate NOT regexp bit_expr %prec T_ASSIGN {
		$$ = parse_int_like(p, @$, AST_OP_REGEXP, $1, $4);
		$$->flags |= AST_NOT;
	}
|	bit_expr %prec T_ASSIGN
;
regexp: REGEXP | RLIKE ;
opt_of: %empty | OF ;
opt_escape:
	%empty %prec T_ASSIGN { $$ = NULL; }
|	ESCAPE bit_expr %prec T_ASSIGN { $$ = $2; }
;
in_list: expr_list ;
expr_list:
	expr { $$ = parse_int_list(p, $1); }
|	expr_list ',' expr { $$ = parse_int_push(p, $1, $3); }
;
bit_expr:
	bit_expr '|' bit_expr { $$ = parse_int_binary(p, @$, AST_OP_BITOR, $1, $3); }
|	bit_expr '&' bit_expr { $$ = parse_int_binary(p, @$, AST_OP_BITAND, $1, $3); }
|	bit_expr T_SHL bit_expr { $$ = parse_int_binary(p, @$, AST_OP_SHL, $1, $3); }
|	bit_expr T_SHR bit_expr { $$ = parse_int_binary(p, @$, AST_OP_SHR, $1, $3); }
|	bit_expr '+' bit_expr { $$ = parse_int_binary(p, @$, AST_OP_ADD, $1, $3); }
|	bit_expr '-' bit_expr { $$ = parse_int_binary(p, @$, AST_OP_SUB, $1, $3); }
|	bit_expr '+' interval %prec '+' { $$ = parse_int_binary(p, @$, AST_OP_ADD, $1, $3); }
|	bit_expr '-' interval %prec '-' { $$ = parse_int_binary(p, @$, AST_OP_SUB, $1, $3); }
|	'+' interval '+' bit_expr { $$ = parse_int_binary(p, @$, AST_OP_ADD, $2, $4); }
|	'-' interval '+' bit_expr { $$ = parse_int_binary(p, @$, AST_OP_SUB, $4, $2); }
|	interval '+' bit_expr { $$ = parse_int_binary(p, @$, AST_OP_ADD, $1, $3); }
|	bit_expr '*' bit_expr { $$ = parse_int_binary(p, @$, AST_OP_MUL, $1, $3); }
|	bit_expr '/' bit_expr { $$ = parse_int_binary(p, @$, AST_OP_DIV, $1, $3); }
|	bit_expr '%' bit_expr { $$ = parse_int_binary(p, @$, AST_OP_MOD, $1, $3); }
|	bit_expr DIV bit_expr { $$ = parse_int_binary(p, @$, AST_OP_INTDIV, $1, $3); }
|	bit_expr MOD bit_expr { $$ = parse_int_binary(p, @$, AST_OP_MOD, $1, $3); }
|	bit_expr '^' bit_expr { $$ = parse_int_binary(p, @$, AST_OP_BITXOR, $1, $3); }
|	simple_expr %prec T_ASSIGN
;
interval:
	INTERVAL expr unit {
		struct ast_interval *n = NEW(interval, INTERVAL, @$);
		n->value = $2; n->unit = $3; $$ = NODE(n);
	}
;
simple_expr:
	column %prec SUBQUERY_AS_EXPR
|	column T_ARROW T_STRING { $$ = parse_int_binary(p, @$, AST_OP_ARROW, $1, parse_int_literal(p, @3, AST_LIT_STRING)); }
|	column T_ARROW2 T_STRING { $$ = parse_int_binary(p, @$, AST_OP_ARROW2, $1, parse_int_literal(p, @3, AST_LIT_STRING)); }
|	literal
|	param
|	variable
|	function_call
|	simple_expr COLLATE charset_name {
		struct ast_collate *n = NEW(collate, COLLATE, @$);
		n->arg = $1; n->name = $3; $$ = NODE(n);
	}
|	simple_expr T_CONCAT simple_expr { $$ = parse_int_binary(p, @$, AST_OP_CONCAT, $1, $3); }
|	'+' simple_expr %prec NEG { $$ = parse_int_unary(p, @$, AST_OP_PLUS, $2); }
|	'-' simple_expr %prec NEG { $$ = parse_int_unary(p, @$, AST_OP_NEG, $2); }
|	'~' simple_expr %prec NEG { $$ = parse_int_unary(p, @$, AST_OP_BITNOT, $2); }
|	'!' simple_expr %prec NEG { $$ = parse_int_unary(p, @$, AST_OP_BANG, $2); }
|	T_NOT2 simple_expr %prec NEG { $$ = parse_int_unary(p, @$, AST_OP_BANG, $2); }
|	BINARY simple_expr %prec NEG { $$ = parse_int_unary(p, @$, AST_OP_BINARY, $2); }
|	subquery %prec SUBQUERY_AS_EXPR
|	'(' expr ')' { $$ = $2; }
|	'(' expr ',' expr_list ')' { $$ = parse_int_row(p, @$, $2, $4, 0); }
|	ROW '(' expr ',' expr_list ')' { $$ = parse_int_row(p, @$, $3, $5, AST_ROW_WORD); }
|	EXISTS subquery {
		struct ast_exists *n = NEW(exists, EXISTS, @$);
		n->query = parse_int_query_of($2); $$ = NODE(n);
	}
|	'{' ident expr '}' { $$ = parse_int_odbc(p, @$, $2, $3); }
|	'{' T_TEMPORAL T_STRING '}' { $$ = parse_int_literal(p, @3, AST_LIT_STRING); } /* only d, t and ts mean something */
|	NEXT VALUE FOR table_name { $$ = parse_int_seq_value(p, @$, $4, 0); }
|	PREVIOUS VALUE FOR table_name { $$ = parse_int_seq_value(p, @$, $4, AST_PREVIOUS); }
|	match_columns_against
|	case_expr
|	DEFAULT '(' column ')' {
		struct ast_default *n = NEW(default, DEFAULT, @$);
		n->column = $3; $$ = NODE(n);
	}
|	VALUES '(' column ')' {
		struct ast_values_fn *n = NEW(values_fn, VALUES_FN, @$);
		n->column = $3; $$ = NODE(n);
	}
;
subquery:
	query_parens %prec SUBQUERY_AS_EXPR {
		struct ast_subquery *n = NEW(subquery, SUBQUERY, @$);
		n->query = parse_int_closed(p, $1); $$ = NODE(n);
	}
;
param:
	'?' { $$ = parse_int_literal(p, @1, AST_LIT_PARAM); }
;
literal:
	string_literal
|	number_literal
|	T_HEX { $$ = parse_int_literal(p, @1, AST_LIT_HEX); }
|	T_BIT { $$ = parse_int_literal(p, @1, AST_LIT_BIT); }
|	NULL { $$ = parse_int_literal(p, @1, AST_LIT_NULL); }
|	TRUE { $$ = parse_int_literal(p, @1, AST_LIT_TRUE); }
|	FALSE { $$ = parse_int_literal(p, @1, AST_LIT_FALSE); }
|	T_INTRODUCER T_STRING { $$ = parse_int_introducer(p, @$, @1, parse_int_literal(p, @2, AST_LIT_STRING)); }
|	T_INTRODUCER T_HEX { $$ = parse_int_introducer(p, @$, @1, parse_int_literal(p, @2, AST_LIT_HEX)); }
|	T_INTRODUCER T_BIT { $$ = parse_int_introducer(p, @$, @1, parse_int_literal(p, @2, AST_LIT_BIT)); }
|	T_TEMPORAL T_STRING { $$ = parse_int_temporal(p, @$, @1, parse_int_literal(p, @2, AST_LIT_STRING)); }
;
string_literal:
	T_STRING { $$ = parse_int_literal(p, @1, AST_LIT_STRING); }
|	T_NSTRING { $$ = parse_int_literal(p, @1, AST_LIT_NSTRING); }
;
number_literal:
	T_INT { $$ = parse_int_literal(p, @1, AST_LIT_INT); }
|	T_DECIMAL { $$ = parse_int_literal(p, @1, AST_LIT_DECIMAL); }
|	T_FLOAT { $$ = parse_int_literal(p, @1, AST_LIT_FLOAT); }
;
%type <node> user_var sys_var;
variable:
	user_var
|	sys_var
|	user_var T_ASSIGN expr {
		struct ast_assign *n = NEW(assign, ASSIGN, @$);
		n->target = $1; n->value = $3; n->n.flags = AST_COLON; $$ = NODE(n);
	}
;
user_var:
	T_USER_VAR {
		struct ast_user_var *n = NEW(user_var, USER_VAR, @$);
		n->name = parse_int_user_var(p, @1); $$ = NODE(n);
		/* MariaDB has no variable without a name. */
		if (n->name.n == 0 && !p->opts->mysql)
			parse_int_error(p, @1);
	}
;
sys_var:
	T_AT_AT ident { $$ = parse_int_sys_var(p, @$, (struct str){0}, (struct str){0}, $2); }
|	T_AT_AT ident '.' ident { $$ = parse_int_sys_var(p, @$, (struct str){0}, $2, $4); }
|	T_AT_AT ident '.' ident '.' ident { $$ = parse_int_sys_var(p, @$, $2, $4, $6); }
|	T_AT_AT ident '.' T_STRING '.' ident { $$ = parse_int_sys_var(p, @$, $2, parse_int_string(p, @4), $6); }
;
case_expr:
	CASE opt_expr when_list opt_else END {
		struct ast_case *n = NEW(case, CASE, @$);
		n->operand = $2; n->whens = $3; n->otherwise = $4; $$ = NODE(n);
	}
;
opt_expr:
	%empty { $$ = NULL; }
|	expr
;
when_list:
	when { $$ = parse_int_list(p, $1); }
|	when_list when { $$ = parse_int_push(p, $1, $2); }
;
when:
	WHEN expr THEN expr {
		struct ast_when *n = NEW(when, WHEN, @$);
		n->cond = $2; n->result = $4; $$ = NODE(n);
	}
;
opt_else:
	%empty { $$ = NULL; }
|	ELSE expr { $$ = $2; }
;
match_columns_against:
	MATCH '(' column_list ')' AGAINST '(' bit_expr match_mode ')' { $$ = parse_int_match(p, @$, $3, $7, $8); }
|	MATCH column_list AGAINST '(' bit_expr match_mode ')' { $$ = parse_int_match(p, @$, $2, $5, $6); }
;
match_mode:
	%empty { $$ = AST_MATCH_PLAIN; }
|	IN NATURAL LANGUAGE MODE { $$ = AST_MATCH_NATURAL; }
|	IN NATURAL LANGUAGE MODE WITH QUERY EXPANSION { $$ = AST_MATCH_NATURAL_EXPAND; }
|	IN BOOLEAN MODE { $$ = AST_MATCH_BOOLEAN; }
|	WITH QUERY EXPANSION { $$ = AST_MATCH_EXPAND; }
;
temporal_unit:
	YEAR { $$ = KW_YEAR; }
|	QUARTER { $$ = KW_QUARTER; }
|	MONTH { $$ = KW_MONTH; }
|	WEEK { $$ = KW_WEEK; }
|	DAY { $$ = KW_DAY; }
|	HOUR { $$ = KW_HOUR; }
|	MINUTE { $$ = KW_MINUTE; }
|	SECOND { $$ = KW_SECOND; }
|	MICROSECOND { $$ = KW_MICROSECOND; }
;
unit:
	temporal_unit
|	YEAR_MONTH { $$ = KW_YEAR_MONTH; }
|	DAY_HOUR { $$ = KW_DAY_HOUR; }
|	DAY_MINUTE { $$ = KW_DAY_MINUTE; }
|	DAY_SECOND { $$ = KW_DAY_SECOND; }
|	DAY_MICROSECOND { $$ = KW_DAY_MICROSECOND; }
|	HOUR_MINUTE { $$ = KW_HOUR_MINUTE; }
|	HOUR_SECOND { $$ = KW_HOUR_SECOND; }
|	HOUR_MICROSECOND { $$ = KW_HOUR_MICROSECOND; }
|	MINUTE_SECOND { $$ = KW_MINUTE_SECOND; }
|	MINUTE_MICROSECOND { $$ = KW_MINUTE_MICROSECOND; }
|	SECOND_MICROSECOND { $$ = KW_SECOND_MICROSECOND; }
|	SQL_TSI_YEAR { $$ = KW_YEAR; }
|	SQL_TSI_QUARTER { $$ = KW_QUARTER; }
|	SQL_TSI_MONTH { $$ = KW_MONTH; }
|	SQL_TSI_WEEK { $$ = KW_WEEK; }
|	SQL_TSI_DAY { $$ = KW_DAY; }
|	SQL_TSI_HOUR { $$ = KW_HOUR; }
|	SQL_TSI_MINUTE { $$ = KW_MINUTE; }
|	SQL_TSI_SECOND { $$ = KW_SECOND; }
;
unit_arg:
	unit { struct ast_unit *n = NEW(unit, UNIT, @$); n->unit = $1; $$ = NODE(n); }
;

/* --- functions --- */
%type <node> call_arg
%type <list> call_args opt_call_args column_pairs weight_levels json_ons
%type <node> column_pair weight_level json_on json_value_on
%type <node> call opt_over window_body opt_separator opt_group_limit
%type <num> nulls_treatment
%type <list> opt_order_by

arg:
	expr
|	interval
;
args:
	arg { $$ = parse_int_list(p, $1); }
|	args ',' arg { $$ = parse_int_push(p, $1, $3); }
;
opt_args:
	%empty { $$ = (struct ast_list){0}; }
|	args
;
function_call:
	call nulls_treatment opt_over { $$ = parse_int_call_over(p, $1, $2, $3, @$); }
|	call WITHIN GROUP '(' order_by ')' opt_over {
		if ($5.n > 1)
			parse_int_error(p, @5);
		$$ = parse_int_call_over(p, parse_int_aggregate(p, $1, $5, NULL, NULL), AST_WITHIN_GROUP, $7, @$);
	}
|	COLUMN_CREATE '(' column_pairs ')' { $$ = parse_int_call(p, @$, @1, $3); }
|	COLUMN_ADD '(' expr ',' column_pairs ')' { $$ = parse_int_call(p, @$, @1, parse_int_unshift(p, $3, $5)); }
|	COLUMN_GET '(' expr ',' expr AS dynamic_type ')' {
		$$ = parse_int_call2(p, @$, @1, $3, parse_int_cast(p, parse_int_span(@5, @7), $5, $7, AST_AS_ARG));
	}
|	JSON_VALUE '(' expr ',' expr ')' { $$ = parse_int_call2(p, @$, @1, $3, $5); }
|	JSON_VALUE '(' expr ',' expr json_ons ')' { $$ = parse_int_call3(p, @$, @1, $3, parse_int_unshift(p, $5, $6)); }
|	JSON_VALUE '(' expr ',' expr RETURNING cast_type ')' {
		$$ = parse_int_call2(p, @$, @1, $3, parse_int_cast(p, parse_int_span(@5, @7), $5, $7, AST_RETURNING));
	}
|	JSON_VALUE '(' expr ',' expr RETURNING cast_type json_ons ')' {
		$$ = parse_int_call3(p, @$, @1, $3, parse_int_unshift(p,
			parse_int_cast(p, parse_int_span(@5, @7), $5, $7, AST_RETURNING), $8));
	}
|	EXTRACT '(' unit_arg FROM expr ')' { $$ = parse_int_call2(p, @$, @1, $3, $5); }
|	GET_FORMAT '(' T_IDENT ',' expr ')' { $$ = parse_int_call2(p, @$, @1, parse_int_format_unit(p, @3), $5); }
|	TIMESTAMPADD '(' unit_arg ',' expr ',' expr ')' { $$ = parse_int_call3(p, @$, @1, $3, parse_int_pair(p, $5, $7)); }
|	TIMESTAMPDIFF '(' unit_arg ',' expr ',' expr ')' { $$ = parse_int_call3(p, @$, @1, $3, parse_int_pair(p, $5, $7)); }
|	POSITION '(' bit_expr IN expr ')' { $$ = parse_int_position(p, @$, $3, $5); }
|	TRIM '(' expr ')' { $$ = parse_int_trim(p, @$, AST_TRIM_PLAIN, NULL, $3); }
|	TRIM '(' expr FROM expr ')' { $$ = parse_int_trim(p, @$, AST_TRIM_PLAIN, $3, $5); }
|	TRIM '(' LEADING opt_expr FROM expr ')' { $$ = parse_int_trim(p, @$, AST_TRIM_LEADING, $4, $6); }
|	TRIM '(' TRAILING opt_expr FROM expr ')' { $$ = parse_int_trim(p, @$, AST_TRIM_TRAILING, $4, $6); }
|	TRIM '(' BOTH opt_expr FROM expr ')' { $$ = parse_int_trim(p, @$, AST_TRIM_BOTH, $4, $6); }
|	substring '(' expr ',' expr ')' { $$ = parse_int_substring(p, @$, $3, $5, NULL); }
|	substring '(' expr ',' expr ',' expr ')' { $$ = parse_int_substring(p, @$, $3, $5, $7); }
|	substring '(' expr FROM expr ')' { $$ = parse_int_substring(p, @$, $3, $5, NULL); }
|	substring '(' expr FROM expr FOR expr ')' { $$ = parse_int_substring(p, @$, $3, $5, $7); }
|	CAST '(' expr AS cast_type ')' { $$ = parse_int_cast(p, @$, $3, $5, 0); }
|	CONVERT '(' expr ',' cast_type ')' { $$ = parse_int_cast(p, @$, $3, $5, AST_CONVERT_WORD); }
|	CONVERT '(' expr USING charset_name ')' {
		struct ast_convert *n = NEW(convert, CONVERT, @$);
		n->arg = $3; n->charset = $5; $$ = NODE(n);
	}
|	CHAR '(' args ')' { $$ = parse_int_call(p, @$, @1, $3); }
|	CHAR '(' args USING charset_name ')' {
		$$ = parse_int_call(p, @$, @1, $3);
		AST_AS(func, $$)->charset = $5;
	}
|	T_INTERVAL_FN '(' expr ',' expr_list ')' { $$ = parse_int_call(p, @$, @1, parse_int_unshift(p, $3, $5)); }
|	WEIGHT_STRING '(' expr ')' { $$ = parse_int_call(p, @$, @1, parse_int_list(p, $3)); }
|	WEIGHT_STRING '(' expr ',' expr_list ')' { $$ = parse_int_call(p, @$, @1, parse_int_unshift(p, $3, $5)); }
|	WEIGHT_STRING '(' expr LEVEL weight_levels ')' {
		$$ = parse_int_call2(p, @$, @1, $3, parse_int_type(p, parse_int_span(@4, @5), (struct str){0}));
	}
|	WEIGHT_STRING '(' expr AS cast_type ')' {
		$$ = parse_int_call(p, @$, @1, parse_int_list(p, parse_int_cast(p, @3, $3, $5, AST_AS_ARG)));
	}
|	WEIGHT_STRING '(' expr AS cast_type LEVEL weight_levels ')' {
		$$ = parse_int_call2(p, @$, @1, parse_int_cast(p, @3, $3, $5, AST_AS_ARG),
				     parse_int_type(p, parse_int_span(@6, @7), (struct str){0}));
	}
|	reserved_value_fn { $$ = parse_int_call(p, @$, @1, (struct ast_list){0}); $$->flags |= AST_NO_PARENS; }
|	reserved_value_fn '(' opt_args ')' { $$ = parse_int_call(p, @$, @1, $3); }
;
column_pairs:
	expr ',' column_pair { $$ = parse_int_pair(p, $1, $3); }
|	column_pairs ',' expr ',' column_pair { $$ = parse_int_push(p, parse_int_push(p, $1, $3), $5); }
;
column_pair:
	expr
|	expr AS dynamic_type { $$ = parse_int_cast(p, @$, $1, $3, AST_AS_ARG); }
;
weight_levels:
	weight_level { $$ = (struct ast_list){0}; }
|	weight_levels ',' weight_level
|	T_INT '-' T_INT { $$ = (struct ast_list){0}; }
;
weight_level:
	T_INT opt_dir opt_reverse { $$ = NULL; }
;
opt_reverse: %empty | REVERSE ;
json_ons:
	json_on { $$ = parse_int_list(p, $1); }
|	json_ons json_on {
		$$ = parse_int_push(p, $1, $2);
		if ($1.n != 1 || $1.v[0]->flags == $2->flags)
			parse_int_error(p, @2);
	}
;
json_on:
	json_value_on ON EMPTY { $$ = $1; parse_int_extend($$, @$); }
|	json_value_on ON ERROR { $$ = $1; $$->flags = AST_ON_ERROR; parse_int_extend($$, @$); }
;
json_value_on:
	NULL { $$ = parse_int_json_on(p, @$, AST_JSON_NULL, NULL); }
|	ERROR { $$ = parse_int_json_on(p, @$, AST_JSON_ERROR, NULL); }
|	DEFAULT json_default { $$ = parse_int_json_on(p, @$, AST_JSON_DEFAULT, $2); }
;
%type <node> json_default;
json_default:
	literal
|	'+' number_literal { $$ = $2; }
|	'-' number_literal { $$ = $2; AST_AS(literal, $$)->text = parse_int_text(p, @$); parse_int_extend($$, @$); }
;
substring: SUBSTRING | SUBSTR ;
reserved_value_fn:
	CURRENT_DATE
|	CURRENT_TIME
|	CURRENT_TIMESTAMP
|	CURRENT_USER
|	LOCALTIME
|	LOCALTIMESTAMP
|	UTC_DATE
|	UTC_TIME
|	UTC_TIMESTAMP
;
reserved_fn:
	IF
|	LEFT
|	RIGHT
|	REPLACE
|	REPEAT
|	INSERT
|	MOD
|	DATABASE
|	SCHEMA
;
/* A loadable function's arguments have names: f(a AS x). */
call_arg:
	arg
|	expr ident { $$ = parse_int_item(p, @$, @1, $1); AST_AS(item, $$)->alias = $2; }
|	expr AS ident { $$ = parse_int_item(p, @$, @1, $1); AST_AS(item, $$)->alias = $3; }
|	expr T_STRING { $$ = parse_int_item(p, @$, @1, $1); parse_int_item_alias(p, $$, @2); }
|	expr AS T_STRING { $$ = parse_int_item(p, @$, @1, $1); parse_int_item_alias(p, $$, @3); }
;
call_args:
	call_arg { $$ = parse_int_list(p, $1); }
|	call_args ',' call_arg { $$ = parse_int_push(p, $1, $3); }
;
opt_call_args:
	%empty { $$ = (struct ast_list){0}; }
|	call_args
;
call:
	ident '(' opt_call_args ')' { $$ = parse_int_plain_call(p, @$, @1, $3); }
|	reserved_fn '(' opt_args ')' { $$ = parse_int_call(p, @$, @1, $3); }
|	ident '.' ident '(' opt_call_args ')' {
		$$ = parse_int_call(p, @$, @3, $5);
		parse_int_call_schema($$, $1, (struct str){0});
	}
|	ident '.' ident '.' ident '(' opt_call_args ')' {
		$$ = parse_int_call(p, @$, @5, $7);
		parse_int_call_schema($$, $1, $3);
	}
|	ident '(' '*' ')' {
		$$ = parse_int_aggregate(p, parse_int_call(p, @$, @1, (struct ast_list){0}), (struct ast_list){0}, NULL, NULL);
		$$->flags |= AST_STAR_ARG;
	}
|	ident '(' ALL call_args ')' { $$ = parse_int_call(p, @$, @1, $4); }
|	ident '(' call_args order_by opt_group_limit opt_separator ')' { $$ = parse_int_aggregate(p, parse_int_call(p, @$, @1, $3), $4, $5, $6); }
|	ident '(' call_args SEPARATOR string_literal ')' { $$ = parse_int_aggregate(p, parse_int_call(p, @$, @1, $3), (struct ast_list){0}, NULL, $5); }
|	ident '(' call_args limit_clause opt_separator ')' { $$ = parse_int_aggregate(p, parse_int_call(p, @$, @1, $3), (struct ast_list){0}, $4, $5); }
|	ident '(' DISTINCT call_args opt_order_by opt_group_limit opt_separator ')' {
		$$ = parse_int_aggregate(p, parse_int_call(p, @$, @1, $4), $5, $6, $7);
		$$->flags |= AST_DISTINCT;
	}
;
opt_separator:
	%empty { $$ = NULL; }
|	SEPARATOR string_literal { $$ = $2; }
;
opt_group_limit:
	%empty { $$ = NULL; }
|	limit_clause
;
nulls_treatment:
	%empty { $$ = 0; }
|	T_IGNORE_NULLS { $$ = AST_IGNORE_NULLS; }
|	RESPECT NULLS { $$ = AST_RESPECT_NULLS; }
;
opt_over:
	%empty { $$ = NULL; }
|	OVER ident {
		struct ast_window *n = NEW(window, WINDOW, @$);
		n->name = $2; n->n.flags = AST_WINDOW_REF; $$ = NODE(n);
	}
|	OVER '(' window_body ')' { $$ = $3; }
;
%type <node> opt_frame frame_bound frame_bound_end;
%type <num> frame_kind frame_exclude;
%type <str> opt_ident;
%type <list> opt_partition_by;
window_body:
	opt_ident opt_partition_by opt_order_by opt_frame {
		struct ast_window *n = NEW(window, WINDOW, @$);
		n->base = $1; n->partition = $2; n->order = $3; n->frame = $4; $$ = NODE(n);
	}
;
opt_ident:
	%empty { $$ = (struct str){0}; }
|	ident
;
opt_partition_by:
	%empty { $$ = (struct ast_list){0}; }
|	PARTITION BY expr_list { $$ = $3; }
;
opt_frame:
	%empty { $$ = NULL; }
|	frame_kind frame_bound frame_exclude { $$ = parse_int_frame(p, @$, $1, $2, NULL); AST_AS(frame, $$)->exclude = $3; }
|	frame_kind BETWEEN frame_bound AND frame_bound_end frame_exclude {
		$$ = parse_int_frame(p, @$, $1, $3, $5);
		AST_AS(frame, $$)->exclude = $6;
	}
;
frame_kind:
	ROWS { $$ = AST_FRAME_ROWS; }
|	RANGE { $$ = AST_FRAME_RANGE; }
|	GROUPS { $$ = AST_FRAME_GROUPS; }
;
frame_exclude:
	%empty { $$ = 0; }
|	EXCLUDE CURRENT ROW { $$ = KW_CURRENT; }
|	EXCLUDE GROUP { $$ = KW_GROUP; }
|	EXCLUDE TIES { $$ = KW_TIES; }
|	EXCLUDE NO OTHERS { $$ = KW_NO; }
;
frame_bound_end: frame_bound ;
frame_bound:
	CURRENT ROW { $$ = parse_int_bound(p, @$, AST_BOUND_CURRENT, NULL); }
|	UNBOUNDED PRECEDING { $$ = parse_int_bound(p, @$, AST_BOUND_UNBOUNDED_PRECEDING, NULL); }
|	UNBOUNDED FOLLOWING { $$ = parse_int_bound(p, @$, AST_BOUND_UNBOUNDED_FOLLOWING, NULL); }
|	frame_value PRECEDING { $$ = parse_int_bound(p, @$, AST_BOUND_PRECEDING, $1); }
|	frame_value FOLLOWING { $$ = parse_int_bound(p, @$, AST_BOUND_FOLLOWING, $1); }
;
%type <node> frame_value;
frame_value:
	number_literal
|	param
|	string_literal
|	interval
;

/* --- types: of CAST, with more of them in JSON_TABLE --- */
cast_type:
	plain_type
|	INTEGER { $$ = parse_int_type(p, @$, STR_LIT("SIGNED")); }
|	INT { $$ = parse_int_type(p, @$, STR_LIT("SIGNED")); }
|	ident INTEGER { $$ = parse_int_type(p, @1, (struct str){0}); }
|	ident INT { $$ = parse_int_type(p, @1, (struct str){0}); }
;
/* Of dynamic columns: there an integer is INT, not SIGNED. */
dynamic_type:
	plain_type
|	INTEGER { $$ = parse_int_type(p, @$, STR_LIT("INT")); }
|	INT { $$ = parse_int_type(p, @$, STR_LIT("INT")); }
|	ident INTEGER { $$ = parse_int_type(p, @$, (struct str){0}); }
|	ident INT { $$ = parse_int_type(p, @$, (struct str){0}); }
;
plain_type:
	BINARY opt_length { $$ = parse_int_type(p, @$, (struct str){0}); }
|	char_type opt_length char_attributes { $$ = parse_int_type(p, @$, (struct str){0}); }
|	UNSIGNED opt_integer { $$ = parse_int_type(p, @$, STR_LIT("UNSIGNED")); }
|	decimal_type opt_length { $$ = parse_int_type(p, @$, (struct str){0}); }
|	DOUBLE opt_length { $$ = parse_int_type(p, @$, (struct str){0}); }
|	DOUBLE PRECISION { $$ = parse_int_type(p, @$, STR_LIT("DOUBLE")); }
|	FLOAT opt_length { $$ = parse_int_type(p, @$, (struct str){0}); }
|	REAL { $$ = parse_int_type(p, @$, (struct str){0}); }
|	INTERVAL unit opt_length { $$ = parse_int_type(p, @$, (struct str){0}); }
|	ident opt_length { $$ = parse_int_type(p, @$, (struct str){0}); }
;
char_type: CHAR | CHARACTER | VARCHAR ;
decimal_type: DECIMAL | DEC ;
%type <node> column_type plain_type dynamic_type;
column_type:
	char_type opt_length char_attributes { $$ = parse_int_type(p, @$, (struct str){0}); }
|	CHAR VARYING opt_length char_attributes { $$ = parse_int_type(p, @$, (struct str){0}); }
|	CHARACTER VARYING opt_length char_attributes { $$ = parse_int_type(p, @$, (struct str){0}); }
|	text_type char_attributes { $$ = parse_int_type(p, @$, (struct str){0}); }
|	bytes_type opt_length { $$ = parse_int_type(p, @$, (struct str){0}); }
|	number_type opt_length number_attributes { $$ = parse_int_type(p, @$, (struct str){0}); }
|	DOUBLE PRECISION opt_length number_attributes { $$ = parse_int_type(p, @$, (struct str){0}); }
|	ident opt_length char_attributes { $$ = parse_int_type(p, @$, (struct str){0}); }
|	ident '(' T_STRING string_list ')' char_attributes { $$ = parse_int_type(p, @$, (struct str){0}); }
|	SET '(' T_STRING string_list ')' char_attributes { $$ = parse_int_type(p, @$, (struct str){0}); }
;
string_list: %empty | string_list ',' T_STRING ;
text_type: TINYTEXT | MEDIUMTEXT | LONGTEXT | LONG ;
bytes_type: BINARY | VARBINARY | BLOB | TINYBLOB | MEDIUMBLOB | LONGBLOB ;
number_type:
	INT
|	INTEGER
|	BIGINT
|	SMALLINT
|	TINYINT
|	MEDIUMINT
|	decimal_type
|	NUMERIC
|	DOUBLE
|	FLOAT
|	REAL
;
number_attributes: %empty | number_attributes number_attribute ;
number_attribute: UNSIGNED | ZEROFILL | SIGNED ;
opt_integer: %empty | INTEGER | INT ;
opt_length:
	%empty
|	'(' natural ')'
|	'(' T_DECIMAL ')'
|	'(' natural ',' natural ')'
;
natural: T_INT { parse_int_natural(p, @1); } ;
char_attributes: %empty | char_attributes char_attribute ;
char_attribute:
	CHARACTER SET char_set
|	CHARSET char_set
|	COLLATE char_set
|	BINARY
|	ASCII
|	UNICODE
|	BYTE
;
char_set: charset_name | DEFAULT ;
