/* --- INSERT, REPLACE, UPDATE, DELETE, CALL, DO --- */
%type <node> insert_stmt update_stmt delete_stmt call_stmt do_stmt data_stmt insert_head insert_source
%type <node> assignment insert_into delete_table
%type <num> insert_options insert_option update_options delete_options delete_option
%type <list> insert_columns assignments opt_on_duplicate opt_returning
%type <list> delete_tables
%type <node> insert_column opt_simple_limit

data_stmt:
	select_stmt
|	insert_stmt
|	update_stmt
|	delete_stmt
|	call_stmt
|	do_stmt
;
insert_stmt:
	insert_head insert_source opt_on_duplicate opt_returning {
		$$ = parse_int_insert(p, $1, $2, $3, $4);
		parse_int_extend($$, @$);
	}
;
insert_head:
	INSERT insert_options insert_into opt_partitions { $$ = parse_int_insert_head(p, @$, $2, $3, $4); }
|	REPLACE insert_options insert_into opt_partitions {
		$$ = parse_int_insert_head(p, @$, $2, $3, $4);
		$$->op = AST_INSERT_REPLACE;
	}
;
insert_options:
	%empty { $$ = 0; }
|	insert_options insert_option { $$ = $1 | $2; }
;
insert_option:
	LOW_PRIORITY { $$ = AST_LOW_PRIORITY; }
|	DELAYED { $$ = AST_DELAYED; }
|	HIGH_PRIORITY { $$ = AST_HIGH_PRIORITY; }
|	IGNORE { $$ = AST_IGNORE; }
;
insert_into:
	INTO table_name { $$ = $2; }
|	table_name
;
insert_source:
	SET assignments { $$ = parse_int_insert_set(p, $2, NULL, @$); }
|	SET assignments row_alias { $$ = parse_int_insert_set(p, $2, $3, @$); }
|	insert_rows { $$ = parse_int_insert_columns($1, (struct ast_list){0}); }
|	'(' ')' insert_rows { $$ = parse_int_insert_columns($3, (struct ast_list){0}); }
|	'(' insert_columns ')' insert_rows { $$ = parse_int_insert_columns($4, $2); }
;
%type <node> insert_rows row_alias;
insert_rows:
	query { $$ = parse_int_insert_query(p, $1, @$); }
|	VALUES value_rows row_alias { $$ = parse_int_insert_rows(p, $2, $3, @$); }
|	VALUE value_rows { $$ = parse_int_insert_rows(p, $2, NULL, @$); }
|	VALUE value_rows row_alias { $$ = parse_int_insert_rows(p, $2, $3, @$); }
;
row_alias:
	AS ident opt_column_parens { $$ = parse_int_derived(p, @$, NULL, $2, $3); }
;
insert_columns:
	insert_column { $$ = parse_int_list(p, $1); }
|	insert_columns ',' insert_column { $$ = parse_int_push(p, $1, $3); }
;
insert_column: column ;
assignments:
	assignment { $$ = parse_int_list(p, $1); }
|	assignments ',' assignment { $$ = parse_int_push(p, $1, $3); }
;
assignment:
	column equal value {
		struct ast_assign *n = NEW(assign, ASSIGN, @$);
		n->target = $1; n->value = $3; $$ = NODE(n);
	}
;
equal: '=' | T_ASSIGN ;
opt_on_duplicate:
	%empty { $$ = (struct ast_list){0}; }
|	ON DUPLICATE KEY UPDATE assignments { $$ = $5; }
;
opt_returning:
	%empty { $$ = (struct ast_list){0}; }
|	RETURNING select_items { $$ = $2; }
;

update_stmt:
	opt_with UPDATE update_options table_refs SET assignments opt_where opt_order_by opt_simple_limit {
		struct ast_update *n = NEW(update, UPDATE, @$);
		n->with = $1; n->n.flags = $3; n->tables = $4; n->set = $6; n->where = $7; n->order = $8; n->limit = $9;
		n->hint = parse_int_hint(p, @2); $$ = NODE(n);
	}
;
update_options:
	%empty { $$ = 0; }
|	update_options LOW_PRIORITY { $$ = $1 | AST_LOW_PRIORITY; }
|	update_options IGNORE { $$ = $1 | AST_IGNORE; }
;
opt_simple_limit:
	%empty { $$ = NULL; }
|	LIMIT limit_value { $$ = parse_int_limit(p, @$, $2, NULL); }
;
delete_stmt:
	opt_with DELETE delete_options FROM delete_from opt_where opt_order_by opt_simple_limit opt_returning {
		struct ast_delete *n = NEW(delete, DELETE, @$);
		n->with = $1; n->n.flags = $3; n->from = parse_int_list(p, $5); n->where = $6; n->order = $7;
		n->limit = $8; n->returning = $9; n->hint = parse_int_hint(p, @2); $$ = NODE(n);
	}
|	opt_with DELETE HISTORY FROM table_name opt_partitions opt_before {
		struct ast_delete *n = NEW(delete, DELETE, @$);
		AST_AS(table, $5)->partitions = $6; n->from = parse_int_list(p, $5); n->history = $7; $$ = NODE(n);
		if ($1)
			parse_int_error(p, @3);
	}
|	opt_with DELETE delete_options delete_tables FROM table_refs opt_where {
		$$ = parse_int_delete_multi(p, @$, $4, $6, $7);
		AST_AS(delete, $$)->with = $1; $$->flags = $3; AST_AS(delete, $$)->hint = parse_int_hint(p, @2);
	}
|	opt_with DELETE delete_options FROM delete_tables USING table_refs opt_where {
		$$ = parse_int_delete_multi(p, @$, $5, $7, $8);
		AST_AS(delete, $$)->with = $1; $$->flags = $3 | AST_USING; AST_AS(delete, $$)->hint = parse_int_hint(p, @2);
	}
;
%type <node> delete_from;
delete_from:
	table_name opt_partitions opt_portion opt_table_alias {
		struct ast_table *t = AST_AS(table, $1);
		t->partitions = $2; t->portion = $3; t->alias = $4; parse_int_extend($1, @$); $$ = $1;
	}
;
%type <str> opt_before;
opt_before:
	%empty { $$ = STR_LIT(""); }
|	BEFORE SYSTEM_TIME history_point { $$ = parse_int_text(p, @3); }
;
delete_options:
	%empty { $$ = 0; }
|	delete_options delete_option { $$ = $1 | $2; }
;
delete_option:
	LOW_PRIORITY { $$ = AST_LOW_PRIORITY; }
|	QUICK { $$ = AST_QUICK; }
|	IGNORE { $$ = AST_IGNORE; }
;
delete_tables:
	delete_table { $$ = parse_int_list(p, $1); }
|	delete_tables ',' delete_table { $$ = parse_int_push(p, $1, $3); }
;
delete_table:
	table_name
|	ident '.' '*' { $$ = parse_int_table(p, @1, (struct str){0}, $1); $$->flags |= AST_DOT_STAR; parse_int_extend($$, @$); }
|	ident '.' ident '.' '*' {
		$$ = parse_int_table(p, parse_int_span(@1, @3), $1, $3);
		$$->flags |= AST_DOT_STAR; parse_int_extend($$, @$);
	}
;
call_stmt:
	CALL ident { $$ = parse_int_call_stmt(p, @$, (struct str){0}, $2, NULL); }
|	CALL ident '.' ident { $$ = parse_int_call_stmt(p, @$, $2, $4, NULL); }
|	CALL ident '(' opt_args ')' { $$ = parse_int_call_stmt(p, @$, (struct str){0}, $2, &$4); }
|	CALL ident '.' ident '(' opt_args ')' { $$ = parse_int_call_stmt(p, @$, $2, $4, &$6); }
|	CALL ident '.' ident '.' ident {
		$$ = parse_int_call_stmt(p, @$, $2, $6, NULL);
		AST_AS(call, $$)->package = $4;
	}
|	CALL ident '.' ident '.' ident '(' opt_args ')' {
		$$ = parse_int_call_stmt(p, @$, $2, $6, &$8);
		AST_AS(call, $$)->package = $4;
	}
;
do_stmt:
	DO select_items { struct ast_do *n = NEW(do, DO, @$); n->items = $2; $$ = NODE(n); }
;

/* --- HANDLER --- */
%type <node> handler_stmt handler_read;
%type <num> handler_step handler_end;
handler_stmt:
	HANDLER table_name OPEN opt_table_alias {
		$$ = parse_int_handler(p, @$, AST_HANDLER_OPEN, $2);
		AST_AS(table, $2)->alias = $4;
	}
|	HANDLER ident CLOSE { $$ = parse_int_handler(p, @$, AST_HANDLER_CLOSE, parse_int_table(p, @2, (struct str){0}, $2)); }
|	HANDLER ident READ handler_read opt_where opt_limit {
		struct ast_handler *n = AST_AS(handler, $4);
		n->table = parse_int_table(p, @2, (struct str){0}, $2); n->where = $5; n->limit = $6;
		$$ = $4; $$->start = @$.start; parse_int_extend($$, @$);
	}
;
handler_read:
	handler_end { $$ = parse_int_handler(p, @$, AST_HANDLER_READ, NULL); AST_AS(handler, $$)->what = $1; }
|	index_ident handler_step {
		$$ = parse_int_handler(p, @$, AST_HANDLER_READ, NULL);
		AST_AS(handler, $$)->index = $1; AST_AS(handler, $$)->what = $2;
	}
|	index_ident comp_op '(' value_list ')' {
		struct ast_handler *n = AST_AS(handler, parse_int_handler(p, @$, AST_HANDLER_READ, NULL));
		n->index = $1; n->compare = $2; n->values = $4; $$ = NODE(n);
	}
;
%type <str> index_ident;
index_ident:
	ident
|	PRIMARY { $$ = STR_LIT("PRIMARY"); }
;
handler_end:
	FIRST { $$ = KW_FIRST; }
|	NEXT { $$ = KW_NEXT; }
;
handler_step:
	handler_end
|	PREV { $$ = KW_PREV; }
|	LAST { $$ = KW_LAST; }
;

/* --- LOAD DATA, LOAD XML: checked, and kept as text --- */
%type <node> load_stmt;
load_stmt:
	LOAD load_what load_lock opt_local INFILE T_STRING load_duplicates INTO TABLE table_name opt_partitions
	load_options opt_load_skip opt_load_columns opt_load_set {
		struct ast_load *n = NEW(load, LOAD, @$);
		AST_AS(table, $10)->partitions = $11; n->tables = parse_int_list(p, $10);
		n->text = parse_int_text(p, @$); $$ = NODE(n);
	}
;
load_what: DATA | XML ;
load_lock: %empty | LOW_PRIORITY | CONCURRENT ;
opt_local: %empty | LOCAL ;
load_duplicates: %empty | REPLACE | IGNORE ;
load_options:
	file_options
|	CHARSET charset_name file_options
|	file_options ROWS IDENTIFIED BY file_text file_options
;
opt_load_skip:
	%empty
|	IGNORE T_INT LINES { parse_int_natural(p, @2); }
|	IGNORE T_INT ROWS { parse_int_natural(p, @2); }
;
opt_load_columns:
	%empty
|	'(' ')'
|	'(' load_columns ')'
;
load_columns: load_column | load_columns ',' load_column ;
load_column: column | user_var ;
opt_load_set: %empty | SET assignments ;
