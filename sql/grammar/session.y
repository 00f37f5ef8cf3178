/* --- whole statements, session --- */
%type <node> statement set_stmt txn_stmt explain_stmt kill_stmt lock_stmt prepare_stmt set_item
%type <node> set_value lock_table
%type <list> set_items lock_tables opt_using
%type <num> txn_end isolation opt_chain opt_release start_options start_option lock_kind
%type <num> explain_word access transaction_chars
%type <num> kill_force

start:
	T_START_STATEMENT statement T_EOF { p->root = $2; }
|	T_START_EXPR expr T_EOF { p->root = $2; }
|	T_START_QUERY query T_EOF { p->root = $2; }
|	T_START_SET set_items T_EOF { struct ast_set *n = NEW(set, SET, @$); n->items = $2; p->root = NODE(n); }
;
statement:
	data_stmt
|	handler_stmt
|	load_stmt
|	set_stmt
|	txn_stmt
|	explain_stmt
|	kill_stmt
|	lock_stmt
|	prepare_stmt
;
set_stmt:
	SET set_items { struct ast_set *n = NEW(set, SET, @$); n->items = $2; $$ = NODE(n); }
|	SET TRANSACTION transaction_chars { $$ = parse_int_set_transaction(p, @$, AST_SCOPE_NONE, $3); }
|	SET scope TRANSACTION transaction_chars { $$ = parse_int_set_transaction(p, @$, $2, $4); }
;
transaction_chars:
	ISOLATION LEVEL isolation { $$ = $3; }
|	access { $$ = $1 << 8; }
|	ISOLATION LEVEL isolation ',' access { $$ = $3 | $5 << 8; }
|	access ',' ISOLATION LEVEL isolation { $$ = $5 | $1 << 8; }
;
isolation:
	READ UNCOMMITTED { $$ = AST_READ_UNCOMMITTED; }
|	READ COMMITTED { $$ = AST_READ_COMMITTED; }
|	REPEATABLE READ { $$ = AST_REPEATABLE_READ; }
|	SERIALIZABLE { $$ = AST_SERIALIZABLE; }
;
access:
	READ ONLY { $$ = KW_READ; }
|	READ WRITE { $$ = KW_WRITE; }
;
%type <num> scope;
scope:
	GLOBAL { $$ = AST_SCOPE_GLOBAL; }
|	SESSION { $$ = AST_SCOPE_SESSION; }
|	LOCAL { $$ = AST_SCOPE_LOCAL; }
|	PERSIST { $$ = AST_SCOPE_PERSIST; }
|	PERSIST_ONLY { $$ = AST_SCOPE_PERSIST_ONLY; }
;
set_items:
	set_item { $$ = parse_int_list(p, $1); }
|	set_items ',' set_item { $$ = parse_int_push(p, $1, $3); }
;
set_item:
	ident equal set_value { $$ = parse_int_set_item(p, @$, parse_int_sys_var(p, @1, (struct str){0}, (struct str){0}, $1), $3); }
|	ident '.' ident equal set_value { $$ = parse_int_set_item(p, @$, parse_int_sys_var_base(p, parse_int_span(@1, @3), $1, $3), $5); }
|	scope ident equal set_value {
		$$ = parse_int_set_item(p, @$, parse_int_sys_var(p, @2, (struct str){0}, (struct str){0}, $2), $4);
		AST_AS(set_item, $$)->target->op = $1;
	}
|	scope ident '.' ident equal set_value {
		$$ = parse_int_set_item(p, @$, parse_int_sys_var_base(p, parse_int_span(@2, @4), $2, $4), $6);
		AST_AS(set_item, $$)->target->op = $1;
	}
|	user_var equal expr { $$ = parse_int_set_item(p, @$, $1, $3); }
|	sys_var equal set_value { $$ = parse_int_set_item(p, @$, $1, $3); }
|	NAMES charset_name { $$ = parse_int_set_names(p, @$, AST_SET_NAMES, $2, (struct str){0}); }
|	NAMES charset_name COLLATE charset_name { $$ = parse_int_set_names(p, @$, AST_SET_NAMES, $2, $4); }
|	NAMES charset_name COLLATE DEFAULT { $$ = parse_int_set_names(p, @$, AST_SET_NAMES, $2, (struct str){0}); }
|	NAMES DEFAULT COLLATE DEFAULT { $$ = parse_int_set_names(p, @$, AST_SET_NAMES, (struct str){0}, (struct str){0}); }
|	NAMES DEFAULT COLLATE charset_name { $$ = parse_int_set_names(p, @$, AST_SET_NAMES, (struct str){0}, $4); }
|	NAMES DEFAULT { $$ = parse_int_set_names(p, @$, AST_SET_NAMES, (struct str){0}, (struct str){0}); }
|	charset_word charset_name { $$ = parse_int_set_names(p, @$, AST_SET_CHARSET, $2, (struct str){0}); }
|	charset_word DEFAULT { $$ = parse_int_set_names(p, @$, AST_SET_CHARSET, (struct str){0}, (struct str){0}); }
;
charset_word: CHARACTER SET | CHARSET ;
set_value:
	expr
|	DEFAULT { $$ = NODE(NEW(default, DEFAULT, @$)); }
|	ON { $$ = parse_int_word(p, @$); }
|	ALL { $$ = parse_int_word(p, @$); }
|	BINARY { $$ = parse_int_word(p, @$); }
;
txn_stmt:
	BEGIN opt_work { $$ = parse_int_txn(p, @$, AST_TXN_BEGIN, 0); }
|	START TRANSACTION { $$ = parse_int_txn(p, @$, AST_TXN_START, 0); }
|	START TRANSACTION start_options { $$ = parse_int_txn(p, @$, AST_TXN_START, $3); }
|	COMMIT opt_work txn_end { $$ = parse_int_txn(p, @$, AST_TXN_COMMIT, $3); }
|	ROLLBACK opt_work txn_end { $$ = parse_int_txn(p, @$, AST_TXN_ROLLBACK, $3); }
|	ROLLBACK opt_work TO ident { $$ = parse_int_txn(p, @$, AST_TXN_ROLLBACK_TO, 0); AST_AS(txn, $$)->name = $4; }
|	ROLLBACK opt_work TO SAVEPOINT ident { $$ = parse_int_txn(p, @$, AST_TXN_ROLLBACK_TO, 0); AST_AS(txn, $$)->name = $5; }
|	SAVEPOINT ident { $$ = parse_int_txn(p, @$, AST_TXN_SAVEPOINT, 0); AST_AS(txn, $$)->name = $2; }
|	RELEASE SAVEPOINT ident { $$ = parse_int_txn(p, @$, AST_TXN_RELEASE, 0); AST_AS(txn, $$)->name = $3; }
;
opt_work: %empty | WORK ;
start_options:
	start_option
|	start_options ',' start_option {
		$$ = $1 | $3;
		if (($$ & AST_TXN_READ_ONLY) && ($$ & AST_TXN_READ_WRITE))
			parse_int_error(p, @3);
	}
;
start_option:
	WITH CONSISTENT SNAPSHOT { $$ = AST_TXN_SNAPSHOT; }
|	READ ONLY { $$ = AST_TXN_READ_ONLY; }
|	READ WRITE { $$ = AST_TXN_READ_WRITE; }
;
txn_end:
	opt_chain opt_release {
		$$ = $1 | $2;
		if (($$ & AST_TXN_CHAIN) && ($$ & AST_TXN_RELEASE_CONN))
			parse_int_error(p, @2);
	}
;
opt_chain:
	%empty { $$ = 0; }
|	AND CHAIN { $$ = AST_TXN_CHAIN; }
|	AND NO CHAIN { $$ = AST_TXN_NO_CHAIN; }
;
opt_release:
	%empty { $$ = 0; }
|	RELEASE { $$ = AST_TXN_RELEASE_CONN; }
|	NO RELEASE { $$ = AST_TXN_NO_RELEASE; }
;
explain_stmt:
	explain_word explained { $$ = parse_int_explain(p, @$, $1, 0, $2); }
|	explain_word ANALYZE explained { $$ = parse_int_explain(p, @$, $1, AST_ANALYZE, $3); }
|	explain_word EXTENDED data_stmt { $$ = parse_int_explain(p, @$, $1, AST_EXTENDED, parse_int_explained(p, @3, (struct str){0}, $3, NULL)); }
|	explain_word PARTITIONS data_stmt { $$ = parse_int_explain(p, @$, $1, AST_PARTITIONS, parse_int_explained(p, @3, (struct str){0}, $3, NULL)); }
|	explain_word table_name { $$ = parse_int_describe(p, @$, $2, NULL); }
|	explain_word table_name name { $$ = parse_int_describe(p, @$, $2, $3); }
|	explain_word table_name T_STRING { $$ = parse_int_describe(p, @$, $2, parse_int_literal(p, @3, AST_LIT_STRING)); }
|	ANALYZE explained { $$ = parse_int_explain(p, @$, AST_EXPLAIN_ANALYZE, 0, $2); }
;
%type <node> explained;
explained:
	data_stmt { $$ = parse_int_explained(p, @$, (struct str){0}, $1, NULL); }
|	FORMAT '=' name_or_string data_stmt { $$ = parse_int_explained(p, @$, $3, $4, NULL); }
|	FOR CONNECTION expr { $$ = parse_int_explained(p, @$, (struct str){0}, NULL, $3); }
|	FORMAT '=' name_or_string FOR CONNECTION expr { $$ = parse_int_explained(p, @$, $3, NULL, $6); }
;
explain_word:
	EXPLAIN { $$ = AST_EXPLAIN_EXPLAIN; }
|	DESCRIBE { $$ = AST_EXPLAIN_EXPLAIN; }
|	DESC { $$ = AST_EXPLAIN_EXPLAIN; }
|	VEXPLAIN { $$ = AST_EXPLAIN_VEXPLAIN; }
;
kill_stmt:
	KILL kill_force kill_id { $$ = parse_int_kill(p, @$, $2, AST_KILL_CONNECTION, $3); }
|	KILL kill_force CONNECTION kill_id { $$ = parse_int_kill(p, @$, $2, AST_KILL_CONNECTION, $4); }
|	KILL kill_force QUERY kill_id { $$ = parse_int_kill(p, @$, $2, AST_KILL_QUERY, $4); }
|	KILL kill_force QUERY T_IDENT kill_number { $$ = parse_int_kill(p, @$, $2, AST_KILL_QUERY_ID, $5); }
|	KILL kill_force kill_user { $$ = $3; $$->flags = $2; parse_int_extend($$, @$); }
|	KILL kill_force CONNECTION kill_user { $$ = $4; $$->flags = $2; parse_int_extend($$, @$); }
|	KILL kill_force QUERY kill_user { $$ = $4; $$->flags = $2; $$->op = AST_KILL_QUERY_USER; parse_int_extend($$, @$); }
;
%type <node> kill_id kill_number;
kill_number:
	number_literal
|	string_literal
|	param
|	variable
;
kill_id:
	kill_number
|	T_IDENT { $$ = parse_int_column(p, @$, (struct str){0}, (struct str){0}, parse_int_name(p, @1)); }
|	'(' expr ')' { $$ = $2; }
|	subquery
|	T_IDENT '(' opt_args ')' { $$ = parse_int_call(p, @$, @1, $3); }
|	kill_id '+' simple_expr { $$ = parse_int_binary(p, @$, AST_OP_ADD, $1, $3); }
;
%type <node> kill_user;
kill_user:
	USER name_or_string { $$ = parse_int_kill(p, @$, 0, AST_KILL_USER, NULL); AST_AS(kill, $$)->user = $2; }
|	USER name_or_string T_USER_VAR {
		$$ = parse_int_kill(p, @$, 0, AST_KILL_USER, NULL);
		AST_AS(kill, $$)->user = $2; AST_AS(kill, $$)->host = parse_int_user_var(p, @3);
	}
|	USER CURRENT_USER { $$ = parse_int_kill(p, @$, 0, AST_KILL_USER, NULL); }
|	USER CURRENT_USER '(' ')' { $$ = parse_int_kill(p, @$, 0, AST_KILL_USER, NULL); }
;
kill_force:
	%empty { $$ = 0; }
|	HARD { $$ = AST_HARD; }
|	SOFT { $$ = AST_SOFT; }
;
lock_stmt:
	LOCK tables_word lock_tables {
		struct ast_lock_tables *n = NEW(lock_tables, LOCK_TABLES, @$);
		n->items = $3; $$ = NODE(n);
	}
|	LOCK tables_word lock_tables NOWAIT {
		struct ast_lock_tables *n = NEW(lock_tables, LOCK_TABLES, @$);
		n->items = $3; n->wait = KW_NOWAIT; $$ = NODE(n);
	}
|	LOCK tables_word lock_tables WAIT T_INT {
		struct ast_lock_tables *n = NEW(lock_tables, LOCK_TABLES, @$);
		n->items = $3; n->wait = KW_WAIT; n->seconds = parse_int_literal(p, @5, AST_LIT_INT); $$ = NODE(n);
	}
|	UNLOCK tables_word { $$ = NODE(NEW(unlock, UNLOCK, @$)); }
;
tables_word: TABLE | TABLES ;
lock_tables:
	lock_table { $$ = parse_int_list(p, $1); }
|	lock_tables ',' lock_table { $$ = parse_int_push(p, $1, $3); }
;
lock_table:
	table_name opt_table_alias lock_kind {
		struct ast_lock_table *n = NEW(lock_table, LOCK_TABLE, @$);
		AST_AS(table, $1)->alias = $2; n->table = $1; n->n.op = $3; $$ = NODE(n);
	}
;
lock_kind:
	READ { $$ = AST_LOCK_READ; }
|	READ LOCAL { $$ = AST_LOCK_READ_LOCAL; }
|	WRITE { $$ = AST_LOCK_WRITE; }
|	WRITE CONCURRENT { $$ = AST_LOCK_WRITE_CONCURRENT; }
|	LOW_PRIORITY WRITE { $$ = AST_LOCK_LOW_PRIORITY_WRITE; }
;
prepare_stmt:
	PREPARE ident FROM expr {
		struct ast_prepare *n = NEW(prepare, PREPARE, @$);
		n->name = $2; n->source = $4; $$ = NODE(n);
	}
|	EXECUTE ident opt_using {
		struct ast_execute *n = NEW(execute, EXECUTE, @$);
		n->name = $2; n->args = $3; $$ = NODE(n);
	}
|	EXECUTE IMMEDIATE expr opt_using {
		struct ast_execute *n = NEW(execute, EXECUTE, @$);
		n->source = $3; n->args = $4; $$ = NODE(n);
	}
|	DEALLOCATE PREPARE ident {
		struct ast_deallocate *n = NEW(deallocate, DEALLOCATE, @$);
		n->name = $3; $$ = NODE(n);
	}
|	DROP PREPARE ident {
		struct ast_deallocate *n = NEW(deallocate, DEALLOCATE, @$);
		n->name = $3; $$ = NODE(n);
	}
;
opt_using:
	%empty { $$ = (struct ast_list){0}; }
|	USING value_list { $$ = $2; }
;
