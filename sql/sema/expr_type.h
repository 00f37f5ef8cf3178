/* expr_type - expressions with their types: a tree of struct expr made of a tree of struct ast_node.
 *
 * Each node knows what a MariaDB 10.11 would say about it before any row is read: type, length,
 * decimals, sign, whether it may be NULL, character set, collation and how binding that collation is
 * (the derivation). Operators decide here, once, how they will compare and compute. sql/eval gives
 * the nodes their code and runs them.
 *
 * What is not understood (a function, a collation, a subquery) ends with ERR_UNSUPPORTED and its name
 * in the message: the caller then leaves the expression to a server.
 *
 * Memory: the caller's arena, which also must outlive the tree; literals borrow the statement's text.
 * Thread: the builder's; a finished tree is read-only and may be used by all. */
#ifndef SEMA_EXPR_TYPE_H
#define SEMA_EXPR_TYPE_H
#include <stdbool.h>
#include <stdint.h>

#include "sql/ast/ast.h"
#include "sql/lex/lex.h"
#include "src/base/arena.h"
#include "src/base/err.h"
#include "src/data/collation.h"
#include "src/data/datum.h"
#include "src/data/type.h"

enum {
	EXPR_NOT_FIXED = 39, /* decimals: of strings, and of doubles with as many as needed */
	EXPR_MAX_SCALE = 38,
	EXPR_MAX_DEPTH = 500,
};

/* How a value is computed and compared. */
enum expr_result { EXPR_STRING, EXPR_REAL, EXPR_INT, EXPR_DECIMAL, EXPR_TIME, EXPR_ROW };

/* From most to least binding, as COERCIBILITY() says. */
enum expr_derivation {
	EXPR_EXPLICIT,
	EXPR_NONE,
	EXPR_IMPLICIT,
	EXPR_SYSCONST,
	EXPR_COERCIBLE,
	EXPR_NUMERIC,
	EXPR_IGNORABLE,
};

/* The values of an ENUM or SET column, in its character set. */
struct expr_members {
	uint32_t n;
	const struct str *v;
};

struct expr_type {
	uint8_t type;	    /* enum type_id */
	uint8_t decimals;   /* EXPR_NOT_FIXED */
	uint8_t derivation; /* enum expr_derivation */
	bool is_unsigned, nullable;
	bool is_bool; /* TRUE, FALSE, the result of a predicate */
	bool is_hex;  /* 0x41, b'1': a string that is a number in numeric context */
	bool natural; /* an integer that is never negative: its length counts no sign */
	bool ascii;   /* has only ASCII characters */
	uint8_t digits; /* of a number with fewer or more of them than its length tells; 0: it tells */
	uint32_t length; /* bytes, as metadata tells it */
	uint8_t width;	  /* an integer column's display width */
	uint8_t zerofill; /* digits that the text of a ZEROFILL column has at least; 0: of any */
	const struct collation *collation;
	const struct expr_members *members; /* borrowed: as the column; NULL: unknown, or of others */
};

/* sql_mode, as far as values depend on it. */
enum expr_mode {
	EXPR_STRICT = 1, /* STRICT_TRANS_TABLES or STRICT_ALL_TABLES */
	EXPR_ERROR_FOR_DIVISION_BY_ZERO = 2,
	EXPR_NO_ZERO_DATE = 4,
	EXPR_NO_ZERO_IN_DATE = 8,
	EXPR_ALLOW_INVALID_DATES = 16,
	EXPR_NO_UNSIGNED_SUBTRACTION = 32,
	EXPR_NO_BACKSLASH_ESCAPES = 64,
	EXPR_PAD_CHAR_TO_FULL_LENGTH = 128,
	EXPR_TIME_ROUND_FRACTIONAL = 256,
};

/* The session's settings that types and values depend on. */
struct expr_session {
	const struct collation *collation; /* collation_connection */
	const char *time_zone;		   /* "+00:00"; names are unknown */
	int64_t now_usec;		   /* NOW(), microseconds of UTC since 1970 */
	int32_t zone_seconds;		   /* time_zone as an offset */
	uint32_t mode;			   /* enum expr_mode */
	uint32_t max_allowed_packet;
	uint8_t div_precision_increment;
	uint8_t default_week_format;
};

/* The defaults of a MariaDB 10.11 with utf8mb4. */
void expr_session_init(struct expr_session *s);

enum expr_kind {
	EXPR_LITERAL,
	EXPR_COLUMN,
	EXPR_CALL,  /* fn */
	EXPR_UNARY, /* op: ast_op */
	EXPR_BINARY,
	EXPR_LOGIC,
	EXPR_IS, /* op: ast_is_op */
	EXPR_BETWEEN,
	EXPR_IN, /* arg[0] in the rest */
	EXPR_LIKE,
	EXPR_REGEXP,
	EXPR_CASE, /* [operand] (when then)... [else]; has_operand, has_else */
	EXPR_CAST,
	EXPR_CONVERT,
	EXPR_COLLATE,
	EXPR_INTERVAL_ADD, /* arg[0] + INTERVAL arg[1] unit; negated for - */
	EXPR_TRIM,	   /* op: ast_trim_op; arg[0] from, arg[1] what */
	EXPR_ROW_VALUE,
	EXPR_OTHER, /* typed by expr_env.other; it cannot be computed here */
};

/* op of EXPR_CAST. */
enum expr_cast {
	EXPR_CAST_SIGNED,
	EXPR_CAST_UNSIGNED,
	EXPR_CAST_REAL,
	EXPR_CAST_FLOAT,
	EXPR_CAST_DECIMAL,
	EXPR_CAST_TEXT,
	EXPR_CAST_TIME, /* DATE, TIME, DATETIME */
};

/* How two values are compared. */
struct expr_cmp {
	uint8_t by;   /* enum expr_result */
	uint8_t time; /* enum temporal_kind for EXPR_TIME: DATE and DATETIME do the same */
	bool is_unsigned; /* of the second one, for EXPR_INT */
	bool year;	  /* a YEAR and a constant, as EXPR_DECIMAL */
	bool raw;	  /* texts as they are, whatever their character sets */
	bool rounds;	  /* decimals as they are shown: 1/3 = 0.3333 */
	const struct collation *collation; /* for EXPR_STRING */
};

struct eval;
struct expr;
/* Computes @x into *out, which is DATUM_NULL when called; see sql/eval/eval.h. */
typedef void (*expr_eval_fn)(struct eval *v, const struct expr *x, struct datum *out);

struct expr {
	struct expr_type t;
	uint8_t kind; /* enum expr_kind */
	uint8_t op;
	uint16_t fn;	/* enum keyword_fn of EXPR_CALL */
	uint16_t unit;	/* enum keyword: of INTERVAL, EXTRACT, TIMESTAMPADD, TIMESTAMPDIFF,
		GET_FORMAT */
	bool negated;	/* NOT IN, IS NOT, date - INTERVAL... */
	bool has_operand, has_else;
	bool constant; /* no column in it, and the same each time within a statement */
	struct expr_cmp cmp;
	struct expr_cmp *cmps; /* of EXPR_IN, EXPR_CASE, EXPR_ROW_VALUE comparisons: one per item */
	uint32_t n;
	struct expr **arg;
	uint32_t start, end; /* bytes of the statement's text */
	union {
		struct datum value; /* EXPR_LITERAL */
		uint32_t column;    /* EXPR_COLUMN: as the callback numbered it */
		uint32_t limit;	    /* EXPR_CAST: characters or bytes; UINT32_MAX: no limit */
		void *state;	    /* the evaluator's: a compiled pattern... */
	};
	expr_eval_fn eval; /* set by eval_compile() */
};

/* What a tree is built with. */
struct expr_env {
	struct arena *arena;
	const struct expr_session *session;
	struct lex_opts lex;
	struct str text; /* the statement, for messages */
	/* The type and number of a column. -1 with @e set: unknown. NULL: there are no columns. */
	int (*column)(void *arg, const struct ast_column *c, struct expr_type *t, uint32_t *number,
		      struct err *e);
	/* The type of what is no function of values (aggregates, window functions, subqueries,
	 * variables...) into x->t. 1: done, 0: unknown, -1: @e is set. NULL: all are unknown. Of
	 * columns it is asked first: 0: column() has them. */
	int (*other)(struct expr_env *env, const struct ast_node *n, struct expr *x);
	void *arg;
	/* Computes the constant @x as an INT, STRING or whatever it is: servers do so while they type,
	 * and the values shape types. -1 with env->e set: it fails. NULL: only the values of literals
	 * are known. */
	int (*compute)(struct expr_env *env, struct expr *x, enum expr_result as,
		       struct datum *out);
	void *compute_arg;
	/* inside */
	struct err *e;
	unsigned depth;
};

/* The typed tree of @n. NULL: see @e: ERR_UNSUPPORTED (1235) with the name of what is not done here,
 * or the error a server gives (1267, 1582, 1241, ...). */
struct expr *expr_build(struct expr_env *env, const struct ast_node *n, struct err *e);
/* The same within expr_env.other. */
struct expr *expr_build_more(struct expr_env *env, const struct ast_node *n);
enum expr_result expr_result_of(const struct expr_type *t);
/* An integer, DECIMAL or double. */
bool expr_is_number(const struct expr *x);
/* Digits before the point that a number of this type may have, and all its digits. */
unsigned expr_int_digits(const struct expr *x);
unsigned expr_precision(const struct expr *x);
/* Characters that the longest text of this type has. */
uint32_t expr_chars(const struct expr_type *t);
/* Whether ROUND() and its like make an integer of @x: of integers, dates, 0x41, ENUM and SET. */
bool expr_rounds_to_int(const struct expr *x);
/* The type in result metadata, where ENUM and SET are strings with a flag. */
uint8_t expr_wire_type(const struct expr_type *t);
/* JSON that a function made: what is put into JSON as it is. */
bool expr_is_json(const struct expr *x);
/* The type as a word: "varchar", "bigint unsigned", "decimal". */
const char *expr_type_name(const struct expr_type *t);
#endif
