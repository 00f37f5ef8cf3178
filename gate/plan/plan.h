/* plan - what the planner hands to the executor: which shards, what text, how to merge.
 *
 * A plan is made once for a fingerprint and cached; what differs between statements of one
 * fingerprint are the slots (sql/norm): the literals, ? markers, IN lists and VALUES groups in the
 * order of the text. A plan refers to them by number. A literal whose very value shaped the plan
 * ("ORDER BY 2") is a guard: a cached plan is used only when its text is the same again.
 *
 * Lifetime: everything hangs off the plan's arena and off the catalog it holds a reference to.
 * Thread: one worker (each has its own cache); immutable after plan_build(). */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/data/value.h"

struct gate_catalog;
struct graph_keyspace;
struct ast_node;
struct vindex;

/* --- values known when the plan runs --- */

enum plan_value_kind {
	PLAN_VALUE_CONST,   /* constant */
	PLAN_VALUE_SLOT,    /* the literal or parameter in a slot */
	PLAN_VALUE_ELEMENT, /* column @column of the current row of group slot @slot */
};
struct plan_value {
	enum plan_value_kind kind;
	uint32_t slot, column;
	struct value constant;
};

/* --- where to --- */

enum route_op {
	ROUTE_NONE,	 /* no shard: provably nothing (id = NULL, IN of NULLs) */
	ROUTE_ANY,	 /* any one shard of the keyspace (SELECT 1, information_schema) */
	ROUTE_UNSHARDED, /* the keyspace's only shard */
	ROUTE_EQUAL,	 /* the shard(s) of value[0..columns): one vindex look-up */
	ROUTE_IN,	 /* one look-up per row of group slot @group, or per list[] entry */
	ROUTE_ROWS,	 /* INSERT: as ROUTE_IN, but each row must have exactly one shard */
	ROUTE_SCATTER,	 /* every shard */
};
/* How a vindex column compares, which decides whether a value finds its row by the vindex. */
enum plan_column_class {
	PLAN_COLUMN_NUMBER, /* integers and decimals */
	PLAN_COLUMN_TEXT,   /* text and bytes: a number compared with it must ask every shard */
	PLAN_COLUMN_CHAR,   /* the same, stored without its trailing spaces */
	PLAN_COLUMN_PADDED, /* the same, where 'a' = 'a ' but the vindex tells them apart */
};
struct plan_route {
	enum route_op op;
	const struct vindex *vindex; /* EQUAL, IN, ROWS; borrowed from the catalog */
	uint32_t columns;	     /* vindex columns given; fewer than it has: a prefix */
	const enum plan_column_class *column_class; /* of each; NULL: all numbers */
	/* EQUAL: columns values. IN and ROWS over a group: columns values of kind ELEMENT (or
	 * CONST/SLOT when the same for each row). IN and ROWS over a list: rows * columns values.
	 */
	struct plan_value *value;
	int32_t group; /* the group slot, or -1: the list */
	uint32_t rows; /* list entries */
};

/* --- what to send --- */

enum piece_kind {
	PIECE_TEXT,    /* text as it stands */
	PIECE_SLOT,    /* the literal of a slot as the client wrote it, or its ? */
	PIECE_GROUP,   /* the elements or rows of group slot @slot joined by ","; with @row only
			* those that belong to this shard */
	PIECE_LIMIT,   /* count + offset of the merge's limit, as a number */
	PIECE_SESSION, /* a value of the session: enum session_value in @slot */
};
enum session_value {
	SESSION_FOUND_ROWS,
	SESSION_ROW_COUNT,
	SESSION_CONNECTION_ID,
	SESSION_USER,	       /* 'name'@'host', quoted */
	SESSION_DATABASE,      /* the keyspace, quoted, or NULL */
	SESSION_AUTOCOMMIT,    /* 1 or 0 */
	SESSION_WARNING_COUNT, /* of the statement before */
	SESSION_ERROR_COUNT,
};
struct piece {
	enum piece_kind kind;
	uint32_t slot, row;
	struct str text;
};

/* --- how to merge --- */

/* One key to order or group by: a column of the shards' rows. */
struct plan_key {
	uint32_t column;
	int32_t weight; /* column holding WEIGHT_STRING(column), or -1: compared by its type */
	bool descending;
	bool pad_space;		 /* with weight: the shorter is extended with space_weight */
	struct str space_weight; /* in the plan's arena */
};
enum agg_op {
	AGG_FIRST, /* the group's first value (group keys, ANY_VALUE) */
	AGG_COUNT, /* sum of counts */
	AGG_SUM, /* @sum is its own column, or a hidden one with more digits */
	AGG_MIN,
	AGG_MAX,
	AGG_AVG, /* sum column / count column; metadata of the column itself */
};
struct plan_agg {
	enum agg_op op;
	uint32_t column; /* MIN, MAX of text compare by @key */
	uint32_t sum, count; /* AVG: their columns; SUM: @sum alone, as AGG_SUM says */
	struct plan_key key;
};
struct plan_limit {
	bool present;
	struct plan_value offset, count; /* offset: constant 0 when not given */
};
struct plan_merge {
	uint32_t visible; /* leading columns the client sees; what follows is hidden. 0: all */
	/* Shard streams arrive in this order and are merged in it; none: as they come. */
	struct plan_key *order;
	uint32_t order_count;
	/* Adjacent rows equal in order[0..group_count) are one group. aggregate with group_count 0:
	 * exactly one row comes out, also when no row went in. */
	bool aggregate, distinct; /* distinct: keep the first of each group */
	uint32_t group_count;
	struct plan_agg *agg; /* one per shard column when aggregate */
	uint32_t agg_count;
	/* Sorted again at the gate (ORDER BY an aggregate). */
	struct plan_key *sort;
	uint32_t sort_count;
	struct plan_limit limit;
};

/* --- the whole --- */

enum plan_kind {
	PLAN_LOCAL, /* the gate itself does it: @local, @tree */
	PLAN_QUERY, /* rows from shards; one shard: relayed as they come, more: merged */
	PLAN_WRITE, /* INSERT, UPDATE, DELETE, ...: counts are added up */
	PLAN_DDL,   /* on every shard of the routes; the schema is read again before OK */
};
enum plan_local {
	LOCAL_NONE,
	LOCAL_SET,
	LOCAL_USE,
	LOCAL_BEGIN,
	LOCAL_COMMIT,
	LOCAL_ROLLBACK,
	LOCAL_SAVEPOINT,
	LOCAL_ROLLBACK_TO,
	LOCAL_RELEASE_SAVEPOINT,
	LOCAL_SHOW_DATABASES,
	LOCAL_SHOW_WARNINGS,
	LOCAL_SHOW_ERRORS,
	LOCAL_SHOW_SHARDS,
	LOCAL_SHOW_TABLETS,
	LOCAL_SHOW_VSCHEMA,
	LOCAL_SHOW_PROCESSLIST,
	LOCAL_PREPARE,
	LOCAL_EXECUTE,
	LOCAL_DEALLOCATE,
	LOCAL_KILL,
	LOCAL_UNLOCK_TABLES,
	LOCAL_SELECT, /* SELECT of session values and system variables only */
};
enum plan_flag {
	PLAN_RESERVE = 1, /* leaves state on the connection (temporary table, GET_LOCK, LOCK TABLES,
			     ...) */
	PLAN_USER_VARS_READ =
		2, /* @x appears: session's variables are set on the connection first */
	PLAN_USER_VARS_SET = 4, /* and read back after */
	PLAN_LOCKING = 8,	/* FOR UPDATE / LOCK IN SHARE MODE: primary only */
	PLAN_NO_CACHE = 16,
	PLAN_IMPLICIT_COMMIT = 32, /* ends the transaction before it runs (DDL) */
	PLAN_CALC_FOUND_ROWS = 64,
	PLAN_LOCK_TABLES = 128,
	PLAN_LAST_INSERT_ID = 256,     /* its value is set on the connection first */
	PLAN_SETS_LAST_INSERT_ID = 512, /* LAST_INSERT_ID(x): and read back after */
	PLAN_NO_TABLES = 1024, /* reads no table: opens no transaction, and leaves SHOW WARNINGS alone */
	PLAN_STORED_USER_VARS = 2048, /* stored code may read and set user variables of any name */
	PLAN_ADMIN = 4096,  /* server administration: alone, on a connection that may do it */
	PLAN_FOLLOW = 8192, /* stored code may begin and end transactions: the session follows */
};
struct plan_guard {
	uint32_t slot;
	struct str text; /* the literal's text when planned, in the plan's arena */
};
struct plan {
	struct arena arena;
	struct gate_catalog *catalog; /* ref */
	enum plan_kind kind;
	enum plan_local local;
	unsigned flags;		     /* enum plan_flag */
	const struct ast_node *tree; /* the parsed statement, in the arena; LOCAL plans need it */
	const struct graph_keyspace
		*keyspace; /* borrowed from the catalog; NULL for most LOCAL plans */
	/* Targets are those of all routes together: a UNION ALL runs whole on each of them. */
	struct plan_route *route;
	uint32_t route_count;
	/* What several shards get; NULL: the client's text as it is. */
	struct piece *piece;
	uint32_t piece_count;
	bool render_always;	 /* pieces also for one shard; else that gets the client's text */
	struct plan_merge merge; /* used when more than one shard answers */
	struct plan_guard *guard;
	uint32_t guard_count;
	/* The client's words come back in column names: also white space and case must be the same.
	 */
	bool text_guard;
	uint64_t text_hash; /* fingerprint_text_hash() */
	/* The pieces have the client's markers, all of them in its order. */
	bool verbatim_params;
	/* INSERT: the value of the AUTO_INCREMENT column, when each row has one that is a literal. */
	struct plan_auto_id {
		bool known;    /* value is there */
		bool required; /* a server's own numbers would be wrong: it has to be given */
		struct plan_value value;
		const char *column; /* borrowed from the catalog */
	} auto_id;
	/* Right on one shard only: when the values turn out to need several, plan again with
	 * context.scatter. */
	bool single_only;
};

void plan_free(struct plan *p); /* NULL is fine */
#endif
