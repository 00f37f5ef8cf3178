/* Builders of statements other than queries. */
#include "sql/parse/parse_int.h"

#define NEW(name, kind, loc) ((struct ast_##name *)parse_int_new(p, AST_##kind, loc))

/* An INSERT is put together of its head (options, table) and its source (columns and rows, query or
 * SET), each of which is an INSERT node with that part filled in. */
struct ast_node *parse_int_insert_head(struct parse *p, struct parse_loc loc, unsigned flags,
				       struct ast_node *table, struct ast_list partitions)
{
	struct ast_insert *n = NEW(insert, INSERT, loc);

	n->n.flags = (uint16_t)flags;
	n->table = table;
	n->hint = parse_int_hint(p, loc);
	AST_AS(table, table)->partitions = partitions;
	return &n->n;
}

static void row_alias(struct ast_insert *n, const struct ast_node *alias)
{
	if (!alias)
		return;
	n->row_alias = AST_AS(derived, alias)->alias;
	n->alias_columns = AST_AS(derived, alias)->columns;
}

struct ast_node *parse_int_insert_rows(struct parse *p, struct ast_list rows,
				       struct ast_node *alias, struct parse_loc loc)
{
	struct ast_insert *n = NEW(insert, INSERT, loc);

	n->rows = rows;
	row_alias(n, alias);
	return &n->n;
}

struct ast_node *parse_int_insert_set(struct parse *p, struct ast_list set, struct ast_node *alias,
				      struct parse_loc loc)
{
	struct ast_insert *n = NEW(insert, INSERT, loc);

	n->set = set;
	row_alias(n, alias);
	return &n->n;
}

struct ast_node *parse_int_insert_query(struct parse *p, struct ast_node *query,
					struct parse_loc loc)
{
	struct ast_insert *n = NEW(insert, INSERT, loc);

	if (query->kind == AST_VALUES)
		n->rows = AST_AS(values, query)->rows;
	else
		n->query = query;
	return &n->n;
}

struct ast_node *parse_int_insert_columns(struct ast_node *source, struct ast_list columns)
{
	AST_AS(insert, source)->columns = columns;
	return source;
}

struct ast_node *parse_int_insert(struct parse *p, struct ast_node *head, struct ast_node *source,
				  struct ast_list on_dup, struct ast_list returning)
{
	struct ast_insert *n = AST_AS(insert, head);
	const struct ast_insert *s = AST_AS(insert, source);

	if (p->nomem)
		return head;
	n->columns = s->columns;
	n->rows = s->rows;
	n->query = s->query;
	n->set = s->set;
	n->row_alias = s->row_alias;
	n->alias_columns = s->alias_columns;
	n->on_dup = on_dup;
	n->returning = returning;
	return head;
}

struct ast_node *parse_int_delete_multi(struct parse *p, struct parse_loc loc,
					struct ast_list targets, struct ast_list from,
					struct ast_node *where)
{
	struct ast_delete *n = NEW(delete, DELETE, loc);

	n->targets = targets;
	n->from = from;
	n->where = where;
	return &n->n;
}

struct ast_node *parse_int_call_stmt(struct parse *p, struct parse_loc loc, struct str db,
				     struct str name, const struct ast_list *args)
{
	struct ast_call *n = NEW(call, CALL, loc);

	n->db = db;
	n->name = name;
	if (args)
		n->args = *args;
	return &n->n;
}

struct ast_node *parse_int_set_item(struct parse *p, struct parse_loc loc, struct ast_node *target,
				    struct ast_node *value)
{
	struct ast_set_item *n = NEW(set_item, SET_ITEM, loc);

	/* SET NAMES = is no variable's assignment, unless a program has one of that name. */
	if (!p->stop && str_ieqz(parse_int_text(p, (struct parse_loc){target->start, target->end}), "names"))
		parse_int_error(p, (struct parse_loc){target->end, target->end});
	n->target = target;
	n->value = value;
	return &n->n;
}

struct ast_node *parse_int_set_names(struct parse *p, struct parse_loc loc, unsigned op,
				     struct str charset, struct str collate)
{
	struct ast_set_item *n = NEW(set_item, SET_ITEM, loc);

	n->n.op = (uint8_t)op;
	n->charset = charset;
	n->collate = collate;
	return &n->n;
}

struct ast_node *parse_int_set_transaction(struct parse *p, struct parse_loc loc, unsigned scope,
					   unsigned chars)
{
	struct ast_set_transaction *n = NEW(set_transaction, SET_TRANSACTION, loc);

	n->n.op = (uint8_t)scope;
	n->isolation = chars & 0xFF;
	n->access = chars >> 8;
	return &n->n;
}

/* A reserved word as a value (SET x = ON), as a column of that name. */
struct ast_node *parse_int_word(struct parse *p, struct parse_loc loc)
{
	return parse_int_column(p, loc, (struct str){0}, (struct str){0}, parse_int_text(p, loc));
}

struct ast_node *parse_int_txn(struct parse *p, struct parse_loc loc, unsigned op, unsigned flags)
{
	struct ast_txn *n = NEW(txn, TXN, loc);

	n->n.op = (uint8_t)op;
	n->n.flags = (uint16_t)flags;
	return &n->n;
}

struct ast_node *parse_int_explained(struct parse *p, struct parse_loc loc, struct str format,
				     struct ast_node *statement, struct ast_node *connection)
{
	struct ast_explain *n = NEW(explain, EXPLAIN, loc);

	n->format = format;
	n->statement = statement;
	n->connection = connection;
	return &n->n;
}

struct ast_node *parse_int_explain(struct parse *p, struct parse_loc loc, unsigned op,
				   unsigned flags, struct ast_node *explained)
{
	(void)p;
	explained->op = (uint8_t)op;
	explained->flags = (uint16_t)flags;
	parse_int_extend(explained, loc);
	return explained;
}

struct ast_node *parse_int_describe(struct parse *p, struct parse_loc loc, struct ast_node *table,
				    struct ast_node *column)
{
	struct ast_explain *n = NEW(explain, EXPLAIN, loc);

	n->table = table;
	n->column = column;
	return &n->n;
}

struct ast_node *parse_int_kill(struct parse *p, struct parse_loc loc, unsigned flags, unsigned op,
				struct ast_node *id)
{
	struct ast_kill *n = NEW(kill, KILL, loc);

	n->n.op = (uint8_t)op;
	n->n.flags = (uint16_t)flags;
	n->id = id;
	return &n->n;
}

struct ast_node *parse_int_handler(struct parse *p, struct parse_loc loc, unsigned op,
				   struct ast_node *table)
{
	struct ast_handler *n = NEW(handler, HANDLER, loc);

	n->n.op = (uint8_t)op;
	n->table = table;
	return &n->n;
}
