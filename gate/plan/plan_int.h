/* plan_int - what the rungs of the planner share; nobody outside gate/plan includes it. */
#ifndef PLAN_PLAN_INT_H
#define PLAN_PLAN_INT_H
#include "gate/catalog/catalog.h"
#include "gate/plan/plan.h"
#include "gate/plan/plan_cache.h"
#include "gate/plan/planner_input.h"
#include "sql/ast/ast.h"
#include "sql/norm/fingerprint.h"
#include "sql/parse/parse.h"

struct graph_keyspace;
struct vschema_column_vindex;
struct vschema_table;

/* Of statements that run stored code, which may leave a transaction and LAST_INSERT_ID() behind. */
#define FOLLOW_FLAGS (PLAN_FOLLOW | PLAN_LAST_INSERT_ID | PLAN_SETS_LAST_INSERT_ID)

enum {
	PLAN_MAX_TABLES = 64, /* of a statement that is planned; one server takes more */
	PLAN_ALL_TABLES = 4096,
};

/* One table that the statement names. */
struct plan_table {
	const struct ast_table *ref;
	struct str alias;		       /* what its columns are qualified with */
	const struct graph_keyspace *keyspace; /* NULL: information_schema and its like */
	const struct vschema_table *vtable;    /* NULL in unsharded keyspaces */
	const struct gate_table *columns;      /* NULL: not known */
	const struct ast_node *block;	       /* the SELECT (or write) it belongs to */
	bool reference;			       /* a copy on every shard */
	bool outer;			       /* the inner side of an outer join */
};

struct planner {
	const struct planner_input *in;
	struct plan *plan;
	struct arena *a; /* the plan's */
	struct ast_node *tree;
	const struct graph_keyspace *session_keyspace; /* NULL: none chosen */
	struct plan_table *table; /* in the arena */
	uint32_t tables, table_room;
	bool any_system;		       /* information_schema, mysql, ... */
	const struct graph_keyspace *keyspace; /* of all tables */
	struct {
		struct plan_guard *v; /* in the arena, room for all slots */
		uint32_t n;
	} guards;
	struct err *e;
};

/* --- planner.c --- */
int planner_no_memory(struct planner *p);
/* Error 1235 naming a construct. Always -1. */
int planner_unsupported(struct planner *p, const char *what, ...) PRINTF_LIKE(2, 3);
/* Text of the client's. */
struct str planner_text(const struct planner *p, uint32_t start, uint32_t end);
/* The plan holds for this literal's value only. */
void planner_guard(struct planner *p, const struct ast_node *literal);
/* One route, in the plan's arena; NULL: out of memory (told in p->e). */
struct plan_route *planner_route(struct planner *p, enum route_op op);

/* --- plan_tables.c --- */
/* Fills p->table and p->keyspace from the statement. ERR_NO_DB, ERR_BAD_DB, ERR_NO_TABLE, or
 * ERR_UNSUPPORTED when the tables live in several keyspaces. */
int plan_tables_collect(struct planner *p) MUST_CHECK;
/* The table that a column refers to in @block, or NULL (unknown or ambiguous). */
struct plan_table *plan_tables_of_column(struct planner *p, const struct ast_node *block,
					 const struct ast_column *c);
/* Its description in the catalog, NULL: unknown. */
const struct gate_column *plan_tables_column(struct planner *p, const struct ast_node *block,
					     const struct ast_node *column);

/* --- plan_route.c --- */
/* The routes of a query block (SELECT, or an UPDATE or DELETE) over sharded tables: sets the plan's
 * route. -1 when the tables of the block (or of its subqueries) cannot be on one shard together. */
int plan_route_block(struct planner *p, struct ast_node *block, struct plan_route *out) MUST_CHECK;
/* A literal (or parameter) as a plan value; false for other expressions. */
bool plan_route_value(struct planner *p, const struct ast_node *expr, struct plan_value *out);
/* The primary vindex of a table: functional and unique, else NULL. */
const struct vschema_column_vindex *plan_route_vindex(const struct vschema_table *t);
enum plan_column_class plan_route_class(const struct gate_column *c, const struct vindex *v);

/* --- template.c: the client's text with changes, cut into pieces --- */
struct template
{
	struct planner *p;
	uint32_t at;	 /* the client's text is copied up to here */
	struct piece *v; /* in the arena */
	uint32_t n, room;
	bool failed;
	int32_t routed; /* the group slot that is cut by shard, -1: none */
};
void template_init(struct template *t, struct planner *p);
/* Text as it stands, literals included. */
void template_verbatim(struct template *t, uint32_t from, uint32_t to);
/* Copies the text up to byte @to, with its slots. */
void template_copy(struct template *t, uint32_t to);
/* Leaves out up to byte @to. */
void template_skip(struct template *t, uint32_t to);
/* Adds text of our own (kept in the arena). */
void template_text(struct template *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Copies [from, to) again, wherever the copying stands. */
void template_range(struct template *t, uint32_t from, uint32_t to);
void template_piece(struct template *t, struct piece piece);
/* The rest of the statement, then into the plan. -1: out of memory. */
int template_finish(struct template *t) MUST_CHECK;

/* --- the rungs; each 0 or -1 with p->e --- */
int plan_local_build(struct planner *p, bool *taken) MUST_CHECK;	  /* plan_local.c */
int plan_select_build(struct planner *p) MUST_CHECK;			  /* plan_select.c */
int plan_merge_build(struct planner *p, struct ast_select *s) MUST_CHECK; /* plan_merge.c */
int plan_union_build(struct planner *p, struct ast_setop *s) MUST_CHECK;  /* plan_union.c */
int plan_insert_build(struct planner *p) MUST_CHECK;			  /* plan_insert.c */
/* Notes the value of the AUTO_INCREMENT column of an INSERT in p->plan->auto_id. */
void plan_insert_auto_id(struct planner *p);
int plan_write_build(struct planner *p) MUST_CHECK;			  /* plan_write.c */
int plan_ddl_build(struct planner *p) MUST_CHECK;			  /* plan_ddl.c */
/* Rejects constructs that no rung plans for sharded tables (error 1235; plan_refuse.c). */
int plan_refuse(struct planner *p) MUST_CHECK;
/* 1: server administration, planned; -1: rejected (error 1227 without the right); 0: something else. */
int plan_admin_build(struct planner *p) MUST_CHECK;
/* Rejects a text that no tree was made of for words in it (error 1227). */
int plan_admin_check_words(struct planner *p) MUST_CHECK;
int plan_other_build(struct planner *p) MUST_CHECK; /* plan_other.c */
/* Replaces LAST_INSERT_ID() and the like by pieces, when the plan has none yet. */
int plan_session_values(struct planner *p) MUST_CHECK; /* plan_session.c */
#endif
