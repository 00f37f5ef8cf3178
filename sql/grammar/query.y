/* --- queries --- */
%type <node> query query_no_parens query_parens query_body isect set_term query_primary with_clause
%type <node> opt_with cte select_stmt query_spec table_values opt_where opt_having
%type <num> setop_all select_options select_option opt_rollup
%type <list> cte_list value_rows select_items opt_from opt_windows window_defs
%type <list> opt_group_by tail
%type <node> value_row select_item window_def opt_select_into

/* A whole query as a statement or where one may stand: SELECT in parentheses or not. */
query:
	query_no_parens
|	query_parens %prec SUBQUERY_AS_EXPR { $$ = parse_int_no_procedure(p, $1); }
;
query_parens:
	'(' query_no_parens ')' { $$ = $2; }
|	'(' query_parens ')' { $$ = $2; }
;
query_no_parens:
	query_body tail { $$ = parse_int_query(p, @$, NULL, $1, $2); }
|	with_clause query_body tail { $$ = parse_int_query(p, @$, $1, $2, $3); }
|	query_parens paren_tail { $$ = parse_int_query_wrap(p, @$, NULL, $1, $2); }
|	with_clause query_parens paren_tail { $$ = parse_int_query_wrap(p, @$, $1, $2, $3); }
|	with_clause query_parens %prec SUBQUERY_AS_EXPR { $$ = parse_int_query_wrap(p, @$, $1, $2, (struct ast_list){0}); }
;
%type <list> paren_tail;
paren_tail:
	order_by opt_limit opt_tail_items { $$ = parse_int_tail(p, $1, $2, $3); }
|	limit_clause opt_tail_items { $$ = parse_int_tail(p, (struct ast_list){0}, $1, $2); }
|	tail_items { $$ = parse_int_tail(p, (struct ast_list){0}, NULL, $1); }
;
query_body:
	isect
|	query_body UNION setop_all set_term { $$ = parse_int_setop(p, @$, $1, $4, AST_UNION | $3 << 8); }
|	query_body EXCEPT setop_all set_term { $$ = parse_int_setop(p, @$, $1, $4, AST_EXCEPT | $3 << 8); }
|	query_parens UNION setop_all set_term { $$ = parse_int_setop(p, @$, parse_int_marked($1), $4, AST_UNION | $3 << 8); }
|	query_parens EXCEPT setop_all set_term { $$ = parse_int_setop(p, @$, parse_int_marked($1), $4, AST_EXCEPT | $3 << 8); }
;
set_term:
	isect
|	query_parens %prec SUBQUERY_AS_EXPR { $$ = parse_int_marked(parse_int_closed(p, $1)); }
;
isect:
	query_primary
|	isect INTERSECT setop_all query_primary { $$ = parse_int_setop(p, @$, $1, $4, AST_INTERSECT | $3 << 8); }
|	isect INTERSECT setop_all query_parens { $$ = parse_int_setop(p, @$, $1, parse_int_marked(parse_int_closed(p, $4)), AST_INTERSECT | $3 << 8); }
|	query_parens INTERSECT setop_all query_primary { $$ = parse_int_setop(p, @$, parse_int_marked($1), $4, AST_INTERSECT | $3 << 8); }
|	query_parens INTERSECT setop_all query_parens {
		$$ = parse_int_setop(p, @$, parse_int_marked($1), parse_int_marked(parse_int_closed(p, $4)), AST_INTERSECT | $3 << 8);
	}
;
setop_all:
	%empty { $$ = 0; }
|	ALL { $$ = AST_ALL; }
|	DISTINCT { $$ = AST_DISTINCT; }
;
query_primary:
	query_spec
|	table_values
|	TABLE table_name { $$ = parse_int_table_query(p, @$, $2); }
;
table_values:
	VALUES value_rows {
		struct ast_values *n = NEW(values, VALUES, @$);
		n->rows = $2; $$ = NODE(n);
	}
;
value_rows:
	value_row { $$ = parse_int_rows(p, $1); }
|	value_rows ',' value_row { $$ = parse_int_push(p, $1, $3); }
;
value_row:
	'(' ')' { $$ = parse_int_value_row(p, @$, (struct ast_list){0}, 0); }
|	'(' value_list ')' { $$ = parse_int_value_row(p, @$, $2, 0); }
|	ROW '(' ')' { $$ = parse_int_value_row(p, @$, (struct ast_list){0}, AST_ROW_WORD); }
|	ROW '(' value_list ')' { $$ = parse_int_value_row(p, @$, $3, AST_ROW_WORD); }
;
%type <list> value_list;
%type <node> value;
value_list:
	value { $$ = parse_int_row_list(p, $1); }
|	value_list ',' value { $$ = parse_int_push(p, $1, $3); }
;
value:
	expr
|	DEFAULT { $$ = NODE(NEW(default, DEFAULT, @$)); }
|	IGNORE { $$ = NODE(NEW(default, DEFAULT, @$)); $$->flags = AST_IGNORE; }
;

opt_with:
	%empty { $$ = NULL; }
|	with_clause
;
with_clause:
	WITH cte_list {
		struct ast_with *n = NEW(with, WITH, @$);
		n->ctes = $2; $$ = NODE(n);
		for (uint32_t i = 0; i < $2.n; i++)
			if (AST_AS(cte, $2.v[i])->cycle.n)
				parse_int_error(p, @2);
	}
|	WITH RECURSIVE cte_list {
		struct ast_with *n = NEW(with, WITH, @$);
		n->ctes = $3; n->n.flags = AST_RECURSIVE; $$ = NODE(n);
	}
;
cte_list:
	cte { $$ = parse_int_list(p, $1); }
|	cte_list ',' cte { $$ = parse_int_push(p, $1, $3); }
;
cte:
	ident opt_column_parens AS query_parens opt_cycle {
		struct ast_cte *n = NEW(cte, CTE, @$);
		n->name = $1; n->columns = $2; n->query = parse_int_closed(p, $4); n->cycle = $5; $$ = NODE(n);
	}
;
%type <list> opt_cycle;
opt_cycle:
	%empty { $$ = (struct ast_list){0}; }
|	CYCLE name_list RESTRICT { $$ = $2; }
;

/* What may follow a query: ORDER BY, LIMIT, INTO and locks, as one list. */
%type <list> opt_tail_items tail_items order_by order_items
%type <node> tail_item opt_limit limit_clause order_item into_clause lock_clause limit_value
tail:
	opt_order_by opt_limit opt_tail_items { $$ = parse_int_tail(p, $1, $2, $3); }
;
opt_tail_items:
	%empty { $$ = (struct ast_list){0}; }
|	tail_items
;
tail_items:
	tail_item { $$ = parse_int_list(p, $1); }
|	tail_items tail_item { $$ = parse_int_push(p, $1, $2); }
;
tail_item:
	into_clause
|	lock_clause
|	PROCEDURE ident '(' opt_args ')' { $$ = parse_int_call(p, @$, @2, $4); }
;
opt_order_by:
	%empty { $$ = (struct ast_list){0}; }
|	order_by
;
order_by:
	ORDER BY order_items { $$ = $3; }
;
order_items:
	order_item { $$ = parse_int_list(p, $1); }
|	order_items ',' order_item { $$ = parse_int_push(p, $1, $3); }
;
%type <num> opt_dir;
order_item:
	expr opt_dir {
		struct ast_order *n = NEW(order, ORDER, @$);
		n->expr = $1; n->n.op = $2; $$ = NODE(n);
	}
;
opt_dir:
	%empty { $$ = AST_DIR_NONE; }
|	ASC { $$ = AST_DIR_ASC; }
|	DESC { $$ = AST_DIR_DESC; }
;
opt_limit:
	%empty { $$ = NULL; }
|	limit_clause
;
limit_clause:
	limit_numbers
|	limit_numbers ROWS EXAMINED limit_value { $$ = $1; AST_AS(limit, $$)->examined = $4; parse_int_extend($$, @$); }
|	LIMIT ROWS EXAMINED limit_value { $$ = parse_int_limit(p, @$, NULL, NULL); AST_AS(limit, $$)->examined = $4; }
|	OFFSET limit_value row_word { $$ = parse_int_limit(p, @$, NULL, $2); }
|	fetch_clause
|	OFFSET limit_value row_word fetch_clause { $$ = $4; AST_AS(limit, $$)->offset = $2; parse_int_extend($$, @$); }
;
%type <node> limit_numbers fetch_clause;
limit_numbers:
	LIMIT limit_value { $$ = parse_int_limit(p, @$, $2, NULL); }
|	LIMIT limit_value ',' limit_value { $$ = parse_int_limit(p, @$, $4, $2); }
|	LIMIT limit_value OFFSET limit_value { $$ = parse_int_limit(p, @$, $2, $4); }
;
%type <num> fetch_ties;
fetch_clause:
	FETCH first_or_next row_word fetch_ties { $$ = parse_int_limit(p, @$, parse_int_one(p, @3), NULL); $$->flags = $4; }
|	FETCH first_or_next limit_value row_word fetch_ties { $$ = parse_int_limit(p, @$, $3, NULL); $$->flags = $5; }
;
first_or_next: FIRST | NEXT ;
row_word: ROW | ROWS ;
fetch_ties:
	ONLY { $$ = 0; }
|	WITH TIES { $$ = AST_WITH_TIES; }
;
limit_value:
	T_INT { $$ = parse_int_literal(p, @1, AST_LIT_INT); }
|	T_HEX { $$ = parse_int_literal(p, @1, AST_LIT_HEX); }
|	T_BIT { $$ = parse_int_literal(p, @1, AST_LIT_BIT); }
|	param
|	column
;
%type <num> lock_what lock_wait;
%type <list> opt_of_tables;
lock_clause:
	FOR lock_what opt_of_tables lock_wait { $$ = parse_int_lock(p, @$, $2, $3, $4); }
|	FOR lock_what opt_of_tables WAIT T_INT {
		$$ = parse_int_lock(p, @$, $2, $3, KW_WAIT);
		AST_AS(lock, $$)->seconds = parse_int_literal(p, @5, AST_LIT_INT);
	}
|	LOCK IN SHARE MODE lock_wait { $$ = parse_int_lock(p, @$, AST_LOCK_SHARE_MODE, (struct ast_list){0}, $5); }
;
lock_what:
	UPDATE { $$ = AST_LOCK_UPDATE; }
|	SHARE { $$ = AST_LOCK_SHARE; }
;
opt_of_tables:
	%empty { $$ = (struct ast_list){0}; }
|	OF table_names { $$ = $2; }
;
lock_wait:
	%empty { $$ = 0; }
|	NOWAIT { $$ = KW_NOWAIT; }
|	SKIP LOCKED { $$ = KW_SKIP; }
;
%type <list> into_targets;
%type <node> into_target;
into_clause:
	INTO into_targets {
		struct ast_into *n = NEW(into, INTO, @$);
		n->targets = $2; $$ = NODE(n);
	}
|	INTO OUTFILE T_STRING file_options { $$ = parse_int_into_file(p, @$, @2); }
|	INTO DUMPFILE T_STRING { $$ = parse_int_into_file(p, @$, @2); }
;
into_targets:
	into_target { $$ = parse_int_list(p, $1); }
|	into_targets ',' into_target { $$ = parse_int_push(p, $1, $3); }
;
into_target:
	user_var
|	name
|	ident '.' ident { $$ = parse_int_column(p, @$, (struct str){0}, $1, $3); }
;
file_options:
	%empty
|	file_options CHARACTER SET charset_name
|	file_options fields_word field_options
|	file_options LINES line_options
;
fields_word: FIELDS | COLUMNS ;
field_options: field_option | field_options field_option ;
field_option:
	TERMINATED BY file_text
|	OPTIONALLY ENCLOSED BY file_text
|	ENCLOSED BY file_text
|	ESCAPED BY file_text
;
line_options: line_option | line_options line_option ;
line_option:
	TERMINATED BY file_text
|	STARTING BY file_text
;
file_text: T_STRING | T_HEX | T_BIT ;

select_stmt: query ;

query_spec:
	SELECT select_options select_items opt_select_into opt_from opt_where opt_group_by opt_rollup opt_having opt_windows {
		struct ast_select *n = NEW(select, SELECT, @$);
		n->n.flags = $2 | $8; n->items = $3; n->into = $4; n->from = $5; n->where = $6;
		n->group = $7; n->having = $9; n->windows = $10; n->hint = parse_int_hint(p, @1);
		$$ = NODE(n);
	}
;
select_options:
	%empty { $$ = 0; }
|	select_options select_option { $$ = $1 | $2; }
;
select_option:
	ALL { $$ = AST_SELECT_ALL; }
|	DISTINCT { $$ = AST_SELECT_DISTINCT; }
|	DISTINCTROW { $$ = AST_SELECT_DISTINCT; }
|	UNIQUE {
		$$ = AST_SELECT_DISTINCT;
		if (!(p->opts->mode & LEX_ORACLE))
			parse_int_error(p, @1);
	}
|	STRAIGHT_JOIN { $$ = AST_SELECT_STRAIGHT; }
|	HIGH_PRIORITY { $$ = AST_SELECT_HIGH_PRIORITY; }
|	SQL_SMALL_RESULT { $$ = AST_SELECT_SMALL_RESULT; }
|	SQL_BIG_RESULT { $$ = AST_SELECT_BIG_RESULT; }
|	SQL_BUFFER_RESULT { $$ = AST_SELECT_BUFFER_RESULT; }
|	SQL_CALC_FOUND_ROWS { $$ = AST_SELECT_CALC_FOUND_ROWS; }
|	SQL_CACHE { $$ = AST_SELECT_CACHE; }
|	SQL_NO_CACHE { $$ = AST_SELECT_NO_CACHE; }
;
select_items:
	select_item { $$ = parse_int_list(p, $1); }
|	'*' { $$ = parse_int_list(p, parse_int_star(p, @$, (struct str){0}, (struct str){0})); }
|	select_items ',' select_item { $$ = parse_int_push(p, $1, $3); }
;
select_item:
	ident '.' '*' { $$ = parse_int_star(p, @$, (struct str){0}, $1); }
|	ident '.' ident '.' '*' { $$ = parse_int_star(p, @$, $1, $3); }
|	expr { $$ = parse_int_item(p, @$, @1, $1); }
|	expr ident { $$ = parse_int_item(p, @$, @1, $1); AST_AS(item, $$)->alias = $2; }
|	expr AS ident { $$ = parse_int_item(p, @$, @1, $1); AST_AS(item, $$)->alias = $3; }
|	expr T_STRING { $$ = parse_int_item(p, @$, @1, $1); parse_int_item_alias(p, $$, @2); }
|	expr AS T_STRING { $$ = parse_int_item(p, @$, @1, $1); parse_int_item_alias(p, $$, @3); }
;
opt_select_into:
	%empty %prec SUBQUERY_AS_EXPR { $$ = NULL; }
|	into_clause
;
opt_from:
	%empty { $$ = (struct ast_list){0}; }
|	FROM table_refs { $$ = $2; }
|	FROM DUAL { $$ = (struct ast_list){0}; }
;
opt_where:
	%empty { $$ = NULL; }
|	WHERE expr { $$ = $2; }
;
opt_group_by:
	%empty { $$ = (struct ast_list){0}; }
|	GROUP BY order_items { $$ = $3; }
;
opt_rollup:
	%empty { $$ = 0; }
|	T_WITH_ROLLUP { $$ = AST_SELECT_ROLLUP; }
|	T_WITH_CUBE { $$ = AST_SELECT_CUBE; }
;
opt_having:
	%empty { $$ = NULL; }
|	HAVING expr { $$ = $2; }
;
opt_windows:
	%empty { $$ = (struct ast_list){0}; }
|	WINDOW window_defs { $$ = $2; }
;
window_defs:
	window_def { $$ = parse_int_list(p, $1); }
|	window_defs ',' window_def { $$ = parse_int_push(p, $1, $3); }
;
window_def:
	ident AS '(' window_body ')' { $$ = $4; AST_AS(window, $$)->name = $1; }
;

/* --- tables --- */
%type <node> table_name table_ref table_factor joined_table index_hint single_table
%type <list> table_refs table_names opt_partitions opt_index_hints index_hints opt_index_names
%type <num> inner_join outer_join natural_join hint_kind hint_scope
%type <str> opt_table_alias opt_system_time derived_alias

table_name:
	ident { $$ = parse_int_table(p, @$, (struct str){0}, $1); }
|	ident '.' ident { $$ = parse_int_table(p, @$, $1, $3); }
|	'.' ident { $$ = parse_int_table(p, @$, (struct str){0}, $2); }
;
table_names:
	table_name { $$ = parse_int_list(p, $1); }
|	table_names ',' table_name { $$ = parse_int_push(p, $1, $3); }
;
table_refs:
	table_ref { $$ = parse_int_list(p, $1); }
|	table_refs ',' table_ref { $$ = parse_int_push(p, $1, $3); }
;
table_ref:
	table_factor
|	joined_table
;
joined_table:
	table_ref inner_join table_ref ON expr { $$ = parse_int_join(p, @$, $2, $1, $3); AST_AS(join, $$)->on = $5; }
|	table_ref inner_join table_ref USING '(' name_list ')' { $$ = parse_int_join(p, @$, $2, $1, $3); AST_AS(join, $$)->using = $6; }
|	table_ref inner_join table_ref %prec CONDITIONLESS_JOIN { $$ = parse_int_to_left(parse_int_join(p, @$, $2, $1, $3), @3.start); }
|	table_ref outer_join table_ref ON expr { $$ = parse_int_join(p, @$, $2, $1, $3); AST_AS(join, $$)->on = $5; }
|	table_ref outer_join table_ref USING '(' name_list ')' { $$ = parse_int_join(p, @$, $2, $1, $3); AST_AS(join, $$)->using = $6; }
|	table_ref natural_join table_factor { $$ = parse_int_join(p, @$, $2, $1, $3); $$->flags |= AST_NATURAL; }
;
inner_join:
	JOIN { $$ = AST_JOIN_INNER; }
|	INNER JOIN { $$ = AST_JOIN_INNER; }
|	CROSS JOIN { $$ = AST_JOIN_CROSS; }
|	STRAIGHT_JOIN { $$ = AST_JOIN_STRAIGHT; }
;
outer_join:
	LEFT opt_outer JOIN { $$ = AST_JOIN_LEFT; }
|	RIGHT opt_outer JOIN { $$ = AST_JOIN_RIGHT; }
;
natural_join:
	NATURAL JOIN { $$ = AST_JOIN_INNER; }
|	NATURAL INNER JOIN { $$ = AST_JOIN_INNER; }
|	NATURAL STRAIGHT_JOIN { $$ = AST_JOIN_STRAIGHT; }
|	NATURAL LEFT opt_outer JOIN { $$ = AST_JOIN_LEFT; }
|	NATURAL RIGHT opt_outer JOIN { $$ = AST_JOIN_RIGHT; }
;
opt_outer: %empty | OUTER ;
table_factor:
	single_table
|	'(' table_refs ')' { $$ = parse_int_table_parens(p, @2, $2); }
|	query_parens %prec SUBQUERY_AS_EXPR { $$ = parse_int_no_alias(p, @$, $1); }
|	query_parens opt_as_of derived_alias opt_column_parens {
		$$ = parse_int_derived(p, @$, parse_int_closed(p, $1), $3, $4);
		AST_AS(derived, $$)->system_time = $2;
	}
|	LATERAL query_parens derived_alias opt_column_parens {
		$$ = parse_int_derived(p, @$, parse_int_closed(p, $2), $3, $4);
		$$->flags |= AST_LATERAL;
	}
|	JSON_TABLE '(' expr ',' json_path COLUMNS '(' json_columns ')' ')' opt_table_alias {
		struct ast_json_table *n = NEW(json_table, JSON_TABLE, @$);
		n->source = $3; n->path = $5; n->columns = $8; n->alias = $11; $$ = NODE(n);
	}
|	'{' ident table_ref '}' { $$ = $3; }
;
%type <str> opt_as_of;
opt_as_of:
	%empty { $$ = (struct str){0}; }
|	T_FOR_SYSTEM_TIME system_time { $$ = parse_int_text(p, @2); }
;
%type <list> json_columns opt_json_ons;
%type <node> json_column json_path;
json_path:
	T_STRING { $$ = parse_int_literal(p, @1, AST_LIT_STRING); }
|	T_INTRODUCER T_STRING { $$ = parse_int_introducer(p, @$, @1, parse_int_literal(p, @2, AST_LIT_STRING)); }
;
json_columns:
	json_column { $$ = parse_int_list(p, $1); }
|	json_columns ',' json_column { $$ = parse_int_push(p, $1, $3); }
;
json_column:
	ident FOR ORDINALITY { $$ = parse_int_json_column(p, @$, AST_JSON_ORDINALITY, $1, NULL); }
|	ident column_type PATH json_path opt_json_ons {
		$$ = parse_int_json_column(p, @$, AST_JSON_VALUE, $1, $4);
		AST_AS(json_column, $$)->type = $2; AST_AS(json_column, $$)->on = $5;
	}
|	ident column_type EXISTS PATH json_path {
		$$ = parse_int_json_column(p, @$, AST_JSON_EXISTS, $1, $5);
		AST_AS(json_column, $$)->type = $2;
	}
|	NESTED opt_path json_path COLUMNS '(' json_columns ')' {
		$$ = parse_int_json_column(p, @$, AST_JSON_NESTED, (struct str){0}, $3);
		AST_AS(json_column, $$)->columns = $6;
	}
;
opt_path: %empty | PATH ;
opt_json_ons:
	%empty { $$ = (struct ast_list){0}; }
|	json_ons
;
derived_alias:
	ident
|	AS ident { $$ = $2; }
;
single_table:
	table_name opt_partitions opt_system_time opt_portion opt_table_alias opt_index_hints {
		struct ast_table *n = AST_AS(table, $1);
		n->partitions = $2; n->system_time = $3; n->portion = $4; n->alias = $5; n->hints = $6;
		parse_int_extend($1, @$); $$ = $1;
	}
;
opt_partitions:
	%empty { $$ = (struct ast_list){0}; }
|	PARTITION '(' name_list ')' { $$ = $3; }
;
opt_system_time:
	%empty { $$ = (struct str){0}; }
|	T_FOR_SYSTEM_TIME system_time { $$ = parse_int_text(p, @2); }
;
system_time:
	ALL
|	AS OF history_point
|	BETWEEN history_point AND history_point
|	FROM history_point TO history_point
;
history_point:
	bit_expr
|	T_HISTORY_UNIT bit_expr
;
%type <str> opt_portion;
opt_portion:
	%empty { $$ = (struct str){0}; }
|	T_FOR_PORTION OF ident FROM bit_expr TO bit_expr { $$ = parse_int_text(p, (struct parse_loc){@3.start, @7.end}); }
;
opt_table_alias:
	%empty { $$ = (struct str){0}; }
|	derived_alias
;
opt_index_hints:
	%empty { $$ = (struct ast_list){0}; }
|	index_hints
;
index_hints:
	index_hint { $$ = parse_int_list(p, $1); }
|	index_hints index_hint { $$ = parse_int_push(p, $1, $2); }
;
index_hint:
	hint_kind index_word hint_scope '(' opt_index_names ')' {
		struct ast_index_hint *n = NEW(index_hint, INDEX_HINT, @$);
		n->n.op = $1; n->scope = $3; n->names = $5; $$ = NODE(n);
		if ($5.n == 0 && $1 != AST_HINT_USE)
			parse_int_error(p, @6);
	}
;
index_word: INDEX | KEY ;
hint_kind:
	USE { $$ = AST_HINT_USE; }
|	IGNORE { $$ = AST_HINT_IGNORE; }
|	FORCE { $$ = AST_HINT_FORCE; }
;
hint_scope:
	%empty { $$ = 0; }
|	FOR JOIN { $$ = KW_JOIN; }
|	FOR ORDER BY { $$ = KW_ORDER; }
|	FOR GROUP BY { $$ = KW_GROUP; }
;
opt_index_names:
	%empty { $$ = (struct ast_list){0}; }
|	index_names
;
%type <list> index_names;
%type <node> index_name;
index_names:
	index_name { $$ = parse_int_list(p, $1); }
|	index_names ',' index_name { $$ = parse_int_push(p, $1, $3); }
;
index_name:
	name
|	PRIMARY { struct ast_name *n = NEW(name, NAME, @$); n->name = STR_LIT("PRIMARY"); $$ = NODE(n); }
;
