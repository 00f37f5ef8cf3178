/* ast - the tree of a statement: nodes in an arena, each with its place in the text.
 * Kinds and fields are in nodes.def; this file makes structs of them and says what op and flags
 * mean. Strings are slices of the statement's text or in the arena; both must outlive the tree.
 * Thread: the owner's; a tree that nobody changes may be read by all. */
#ifndef AST_AST_H
#define AST_AST_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/str.h"

enum ast_kind {
	AST_NONE,
#define NODE(KIND, name, fields) AST_##KIND,
#include "sql/ast/nodes.def"
#undef NODE
	AST_KIND_COUNT
};

struct ast_node {
	uint8_t kind; /* enum ast_kind */
	uint8_t op;   /* depends on the kind */
	uint16_t flags;
	uint32_t start, end; /* bytes of the text; both 0 for nodes that were made later */
};

struct ast_list {
	struct ast_node **v;
	uint32_t n, cap;
};

#define P(x) struct ast_node *x;
#define L(x) struct ast_list x;
#define S(x) struct str x;
#define U(x) uint32_t x;
#define O(x) uint32_t x;
#define NODE(KIND, name, fields)                                                                   \
	struct ast_##name {                                                                        \
		struct ast_node n;                                                                 \
		fields                                                                             \
	};
#include "sql/ast/nodes.def"
#undef NODE
#undef P
#undef L
#undef S
#undef U
#undef O

/* The node as its own struct; the caller has looked at the kind. */
#define AST_AS(name, node) ((struct ast_##name *)(void *)(uintptr_t)(node))

#define AST_NO_LIT UINT32_MAX

enum ast_lit {
	AST_LIT_NULL, /* as enum fingerprint_type */
	AST_LIT_TRUE,
	AST_LIT_FALSE,
	AST_LIT_INT,
	AST_LIT_DECIMAL,
	AST_LIT_FLOAT,
	AST_LIT_STRING, /* the text is quoted, as written */
	AST_LIT_NSTRING,
	AST_LIT_HEX,
	AST_LIT_BIT,
	AST_LIT_PARAM,
};

enum ast_op {
	AST_OP_NONE,
#define X(name, text, prec) AST_OP_##name,
#include "sql/ast/ops.def"
#undef X
};

enum ast_is_op { AST_IS_NULL, AST_IS_TRUE, AST_IS_FALSE, AST_IS_UNKNOWN };
enum ast_temporal_op { AST_DATE, AST_TIME, AST_TIMESTAMP };
enum ast_trim_op { AST_TRIM_PLAIN, AST_TRIM_BOTH, AST_TRIM_LEADING, AST_TRIM_TRAILING };
enum ast_match_op {
	AST_MATCH_PLAIN,
	AST_MATCH_NATURAL,
	AST_MATCH_NATURAL_EXPAND,
	AST_MATCH_BOOLEAN,
	AST_MATCH_EXPAND,
};
enum ast_frame_op { AST_FRAME_ROWS, AST_FRAME_RANGE, AST_FRAME_GROUPS };
enum ast_bound_op {
	AST_BOUND_CURRENT,
	AST_BOUND_UNBOUNDED_PRECEDING,
	AST_BOUND_PRECEDING,
	AST_BOUND_FOLLOWING,
	AST_BOUND_UNBOUNDED_FOLLOWING,
};
enum ast_setop_op { AST_UNION, AST_EXCEPT, AST_INTERSECT };
enum ast_dir_op { AST_DIR_NONE, AST_DIR_ASC, AST_DIR_DESC };
enum ast_hint_op { AST_HINT_USE, AST_HINT_IGNORE, AST_HINT_FORCE };
enum ast_join_op {
	AST_JOIN_INNER,
	AST_JOIN_CROSS,
	AST_JOIN_STRAIGHT,
	AST_JOIN_LEFT,
	AST_JOIN_RIGHT,
};
enum ast_json_column_op {
	AST_JSON_VALUE,
	AST_JSON_ORDINALITY,
	AST_JSON_EXISTS,
	AST_JSON_NESTED,
};
enum ast_json_on_op { AST_JSON_NULL, AST_JSON_ERROR, AST_JSON_DEFAULT };
enum ast_handler_op { AST_HANDLER_OPEN, AST_HANDLER_CLOSE, AST_HANDLER_READ };
enum ast_lock_op { AST_LOCK_UPDATE, AST_LOCK_SHARE, AST_LOCK_SHARE_MODE };
enum ast_insert_op { AST_INSERT_INSERT, AST_INSERT_REPLACE };
enum ast_scope_op {
	AST_SCOPE_NONE,
	AST_SCOPE_GLOBAL,
	AST_SCOPE_SESSION,
	AST_SCOPE_LOCAL,
	AST_SCOPE_PERSIST,
	AST_SCOPE_PERSIST_ONLY,
};
enum ast_set_op { AST_SET_VARIABLE, AST_SET_NAMES, AST_SET_CHARSET };
enum ast_isolation_op {
	AST_READ_UNCOMMITTED = 1,
	AST_READ_COMMITTED,
	AST_REPEATABLE_READ,
	AST_SERIALIZABLE,
};
enum ast_txn_op {
	AST_TXN_BEGIN,
	AST_TXN_START,
	AST_TXN_COMMIT,
	AST_TXN_ROLLBACK,
	AST_TXN_SAVEPOINT,
	AST_TXN_ROLLBACK_TO,
	AST_TXN_RELEASE,
	AST_TXN_XA,
};
enum ast_explain_op { AST_EXPLAIN_EXPLAIN, AST_EXPLAIN_VEXPLAIN, AST_EXPLAIN_ANALYZE };
enum ast_kill_op {
	AST_KILL_CONNECTION,
	AST_KILL_QUERY,
	AST_KILL_QUERY_ID,
	AST_KILL_USER,
	AST_KILL_QUERY_USER
};
enum ast_lock_table_op {
	AST_LOCK_READ,
	AST_LOCK_READ_LOCAL,
	AST_LOCK_WRITE,
	AST_LOCK_LOW_PRIORITY_WRITE,
	AST_LOCK_WRITE_CONCURRENT,
};
enum ast_show_op {
	AST_SHOW_OTHER,
#define X(name, words) AST_SHOW_##name,
#include "sql/ast/shows.def"
#undef X
};
enum ast_admin_op {
	AST_ADMIN_FLUSH,
	AST_ADMIN_ANALYZE,
	AST_ADMIN_CHECK,
	AST_ADMIN_CHECKSUM,
	AST_ADMIN_OPTIMIZE,
	AST_ADMIN_REPAIR,
};
enum ast_ddl_op { AST_DDL_CREATE, AST_DDL_ALTER, AST_DDL_DROP, AST_DDL_RENAME, AST_DDL_TRUNCATE };
enum ast_key_op {
	AST_KEY_INDEX,
	AST_KEY_UNIQUE,
	AST_KEY_PRIMARY,
	AST_KEY_FULLTEXT,
	AST_KEY_SPATIAL,
	AST_KEY_FOREIGN,
};
enum ast_fk_match { AST_FK_NONE, AST_FK_FULL, AST_FK_PARTIAL, AST_FK_SIMPLE };
enum ast_partition_op {
	AST_PARTITION_HASH,
	AST_PARTITION_KEY,
	AST_PARTITION_RANGE,
	AST_PARTITION_RANGE_COLUMNS,
	AST_PARTITION_LIST,
	AST_PARTITION_LIST_COLUMNS,
	AST_PARTITION_SYSTEM_TIME,
};
enum ast_partition_values {
	AST_VALUES_NONE,
	AST_VALUES_LESS_THAN, /* (list) */
	AST_VALUES_MAXVALUE,  /* LESS THAN MAXVALUE */
	AST_VALUES_IN,
	AST_VALUES_DEFAULT,
	AST_VALUES_HISTORY,
	AST_VALUES_CURRENT,
};
enum ast_alter_op {
	AST_ALTER_ADD,		 /* defs: columns (flags AST_PARENS), keys, checks, period */
	AST_ALTER_CHANGE,	 /* name, defs[0] */
	AST_ALTER_MODIFY,	 /* defs[0] */
	AST_ALTER_DROP_COLUMN,	 /* name */
	AST_ALTER_DROP_KEY,	 /* name, NULL: the primary key */
	AST_ALTER_DROP_FOREIGN,	 /* name */
	AST_ALTER_DROP_CHECK,	 /* name: DROP CONSTRAINT */
	AST_ALTER_RENAME,	 /* the table: the second of the DDL's tables */
	AST_ALTER_RENAME_COLUMN, /* name, to */
	AST_ALTER_RENAME_KEY,	 /* name, to */
	AST_ALTER_SET_DEFAULT,	 /* name, defs[0] */
	AST_ALTER_DROP_DEFAULT,	 /* name */
	AST_ALTER_OPTIONS,	 /* defs: OPTION */
	AST_ALTER_PARTITION_BY,	 /* defs[0] */
	AST_ALTER_ADD_PARTITION, /* defs: PARTITION_DEF */
	AST_ALTER_OTHER,	 /* text */
};

/* n.flags. One meaning each, whatever the kind, but for the AST_SELECT_ and AST_TXN_ ones. */
enum ast_flags {
	AST_NOT = 1 << 0,
	AST_ALL = 1 << 1,
	AST_DISTINCT = 1 << 2,
	AST_STAR_ARG = 1 << 3,
	AST_NO_PARENS = 1 << 4,
	AST_IGNORE_NULLS = 1 << 5,
	AST_RESPECT_NULLS = 1 << 6,
	AST_WITHIN_GROUP = 1 << 7,
	AST_AS_ARG = 1 << 4,
	AST_RETURNING = 1 << 5,
	AST_PREVIOUS = 1 << 3,
	AST_WITH_TIES = 1 << 3,
	AST_ON_ERROR = 1 << 3,
	AST_ROW_WORD = 1 << 3,
	AST_CONVERT_WORD = 1 << 3,
	AST_COLON = 1 << 3,
	AST_WINDOW_REF = 1 << 3,
	AST_RECURSIVE = 1 << 3,
	AST_DOT_STAR = 1 << 3,
	AST_LATERAL = 1 << 3,
	AST_NATURAL = 1 << 3,
	AST_LOW_PRIORITY = 1 << 7,
	AST_DELAYED = 1 << 8,
	AST_HIGH_PRIORITY = 1 << 9,
	AST_IGNORE = 1 << 10,
	AST_QUICK = 1 << 11,
	AST_USING = 1 << 12,
	AST_ANALYZE = 1 << 3,
	AST_EXTENDED = 1 << 4,
	AST_PARTITIONS = 1 << 5,
	AST_FULL = 1 << 6,
	AST_GLOBAL = 1 << 7,
	AST_SESSION = 1 << 8,
	AST_HARD = 1 << 3,
	AST_SOFT = 1 << 4,
	AST_IF_EXISTS = 1 << 3,
	AST_IF_NOT_EXISTS = 1 << 4,
	AST_OR_REPLACE = 1 << 5,
	AST_TEMPORARY = 1 << 6,
	AST_CONSTRAINT = 1 << 0,
	AST_NOT_ENFORCED = 1 << 1,
	AST_ENFORCED = 1 << 2,
	AST_OVERLAPS = 1 << 0,
	AST_LINEAR = 1 << 0,
	AST_PARENS = 1 << 0,
	AST_FIRST = 1 << 1,
	AST_ALTER_ONLINE = 1 << 0,
	AST_ALONE = 1 << 2,
	/* COLUMN_DEF */
	AST_COL_NULL = 1 << 0,
	AST_COL_NOT_NULL = 1 << 1,
	AST_COL_AUTO_INCREMENT = 1 << 2,
	AST_COL_UNIQUE = 1 << 3,
	AST_COL_PRIMARY = 1 << 4,
	AST_COL_INVISIBLE = 1 << 5,
	AST_COL_VISIBLE = 1 << 6,
	AST_COL_STORED = 1 << 7,
	AST_COL_VIRTUAL = 1 << 8,
	AST_COL_ROW_START = 1 << 9,
	AST_COL_ROW_END = 1 << 10,
	AST_COL_VERSIONED = 1 << 11,
	AST_COL_NOT_VERSIONED = 1 << 12,
	AST_COL_SERIAL_DEFAULT = 1 << 13,
	AST_COL_IF_EXISTS = 1 << 14, /* MODIFY IF EXISTS, CHANGE IF EXISTS */
	AST_COL_IF_NOT_EXISTS = 1 << 15,
	/* DATA_TYPE */
	AST_TYPE_UNSIGNED = 1 << 0,
	AST_TYPE_SIGNED = 1 << 1,
	AST_TYPE_ZEROFILL = 1 << 2,
	AST_TYPE_COMPRESSED = 1 << 4,
	AST_TYPE_BINARY = 1 << 3, /* the attribute: the charset's _bin collation */
	/* SELECT */
	AST_SELECT_DISTINCT = 1 << 2,
	AST_SELECT_ALL = 1 << 1,
	AST_SELECT_STRAIGHT = 1 << 3,
	AST_SELECT_HIGH_PRIORITY = 1 << 4,
	AST_SELECT_SMALL_RESULT = 1 << 5,
	AST_SELECT_BIG_RESULT = 1 << 6,
	AST_SELECT_BUFFER_RESULT = 1 << 7,
	AST_SELECT_CALC_FOUND_ROWS = 1 << 8,
	AST_SELECT_CACHE = 1 << 9,
	AST_SELECT_NO_CACHE = 1 << 10,
	AST_SELECT_ROLLUP = 1 << 11,
	AST_SELECT_CUBE = 1 << 12,
	/* TXN */
	AST_TXN_SNAPSHOT = 1 << 3,
	AST_TXN_READ_ONLY = 1 << 4,
	AST_TXN_READ_WRITE = 1 << 5,
	AST_TXN_CHAIN = 1 << 6,
	AST_TXN_NO_CHAIN = 1 << 7,
	AST_TXN_RELEASE_CONN = 1 << 8,
	AST_TXN_NO_RELEASE = 1 << 9,
};

/* A zeroed node of @kind, NULL when out of memory. */
void *ast_new(struct arena *a, enum ast_kind kind);
/* Adds @node at the end. 0, or -1: out of memory. */
int ast_push(struct arena *a, struct ast_list *l, struct ast_node *node) MUST_CHECK;
/* The kind's name in lower case: "select". */
const char *ast_kind_name(enum ast_kind kind);
enum ast_field_kind {
	AST_FIELD_END,
	AST_FIELD_NODE,	  /* struct ast_node * */
	AST_FIELD_LIST,	  /* struct ast_list */
	AST_FIELD_STR,	  /* struct str */
	AST_FIELD_U32,	  /* uint32_t */
	AST_FIELD_SOURCE, /* uint32_t, tells about the source only */
};
struct ast_field {
	const char *name;
	enum ast_field_kind kind;
	const void *value;
};
/* Field @i of @node, in the order of nodes.def; false: it has no so many. */
bool ast_field(const struct ast_node *node, unsigned i, struct ast_field *out);
/* Calls @fn with the place of each child (not NULL) of @node, in the order of nodes.def, until it
 * returns false; false then. @fn may set *place. */
bool ast_each(struct ast_node *node, bool (*fn)(struct ast_node **place, void *arg), void *arg);

enum ast_step { AST_GO_ON, AST_SKIP_CHILDREN, AST_STOP };
/* A visitor of ast_walk(). */
typedef int (*ast_walk_fn)(struct ast_node *node, void *arg); /* returns enum ast_step */
/* Visits @node (NULL is fine) and all below it, parents first. False when @fn said AST_STOP. */
bool ast_walk(struct ast_node *node, ast_walk_fn fn, void *arg);
/* The same for each of a list. */
bool ast_walk_list(const struct ast_list *l, ast_walk_fn fn, void *arg);
/* A deep copy into @a; strings are shared unless @strings, then they are copied too. NULL when out
 * of memory. */
struct ast_node *ast_clone(struct arena *a, const struct ast_node *node, bool strings);
/* Equal but for places in the text. Names compare byte by byte. */
bool ast_equal(const struct ast_node *a, const struct ast_node *b);
/* Levels of nodes below and including @node, counted up to @limit; past it it stops and
 * returns limit + 1. */
uint32_t ast_depth(struct ast_node *node, uint32_t limit);
#endif
