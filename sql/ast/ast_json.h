/* ast_json - a tree as JSON, made from nodes.def: for people, scripts and tests. */
#ifndef AST_AST_JSON_H
#define AST_AST_JSON_H
#include "sql/ast/ast.h"
#include "src/base/json.h"

/* Writes @node (NULL: null) as an object: "kind"; "op" (an operator's text, else the number of the
 * enum in ast.h) and "flags" where they are not 0; "at": [start, end] in the text; then the fields
 * that are set, by their names in nodes.def. The fields that tell about the source only are left
 * out. */
void ast_json(struct json_out *o, const char *key, const struct ast_node *node);
#endif
