#include "sql/ast/ast_json.h"

static const char *const operators[] = {
	NULL,
#define X(name, text, prec) text,
#include "sql/ast/ops.def"
#undef X
};

static bool has_operator(const struct ast_node *n)
{
	switch ((enum ast_kind)n->kind) {
	case AST_UNARY:
	case AST_BINARY:
	case AST_LOGIC:
	case AST_LIKE:
	case AST_QUANTIFIED:
		return n->op < sizeof(operators) / sizeof(operators[0]) && operators[n->op];
	default:
		return false;
	}
}

static void field(struct json_out *o, const struct ast_field *f)
{
	const struct ast_list *l = f->value;
	const struct str *s = f->value;
	struct ast_node *const *n = f->value;

	switch (f->kind) {
	case AST_FIELD_NODE:
		if (*n)
			ast_json(o, f->name, *n);
		return;
	case AST_FIELD_LIST:
		if (!l->n)
			return;
		json_out_array(o, f->name);
		for (uint32_t i = 0; i < l->n; i++)
			ast_json(o, NULL, l->v[i]);
		json_out_end_array(o);
		return;
	case AST_FIELD_STR:
		if (s->p)
			json_out_str(o, f->name, *s);
		return;
	case AST_FIELD_U32:
		if (*(const uint32_t *)f->value)
			json_out_int(o, f->name, *(const uint32_t *)f->value);
		return;
	case AST_FIELD_SOURCE:
	case AST_FIELD_END:
		return;
	}
}

void ast_json(struct json_out *o, const char *key, const struct ast_node *node)
{
	struct ast_field f;

	if (!node) {
		json_out_null(o, key);
		return;
	}
	json_out_object(o, key);
	json_out_strz(o, "kind", ast_kind_name((enum ast_kind)node->kind));
	if (has_operator(node))
		json_out_strz(o, "op", operators[node->op]);
	else if (node->op)
		json_out_int(o, "op", node->op);
	if (node->flags)
		json_out_int(o, "flags", node->flags);
	json_out_array(o, "at");
	json_out_int(o, NULL, node->start);
	json_out_int(o, NULL, node->end);
	json_out_end_array(o);
	for (unsigned i = 0; ast_field(node, i, &f); i++)
		field(o, &f);
	json_out_end_object(o);
}
