/* Builders of JSON_TABLE and JSON_VALUE. */
#include "sql/parse/parse_int.h"

struct ast_node *parse_int_json_on(struct parse *p, struct parse_loc loc, unsigned what,
				   struct ast_node *value)
{
	struct ast_json_on *n = parse_int_new(p, AST_JSON_ON, loc);

	n->n.op = (uint8_t)what;
	n->value = value;
	return &n->n;
}

struct ast_node *parse_int_json_column(struct parse *p, struct parse_loc loc, unsigned kind,
				       struct str name, struct ast_node *path)
{
	struct ast_json_column *n = parse_int_new(p, AST_JSON_COLUMN, loc);

	n->n.op = (uint8_t)kind;
	n->name = name;
	n->path = path;
	return &n->n;
}
