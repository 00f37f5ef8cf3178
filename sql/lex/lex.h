/* lex - SQL text to tokens, for both dialects; shared by fingerprint, parser and splitters.
 * It allocates nothing and never reads past the text. Tokens are spans of the text.
 * Thread: struct lex is the caller's. */
#ifndef LEX_LEX_H
#define LEX_LEX_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/str.h"

/* What of sql_mode changes the tokens. */
enum lex_mode {
	LEX_ANSI_QUOTES = 1,
	LEX_NO_BACKSLASH_ESCAPES = 2,
	LEX_PIPES_AS_CONCAT = 4,
	LEX_IGNORE_SPACE = 8,
	LEX_HIGH_NOT_PRECEDENCE = 16,
	LEX_ORACLE = 32,   /* no token; stored programs are PL/SQL */
	LEX_BRACKETS = 64, /* [name] */
};

/* Connection character sets in classes: in the last ones a character's second byte may look like
 * a quote, a backtick or a backslash. */
enum lex_charset {
	LEX_CS_SAFE, /* utf8, utf8mb4, latin1, binary, eucjpms... */
	LEX_CS_GBK,
	LEX_CS_SJIS, /* sjis, cp932 */
	LEX_CS_BIG5,
	LEX_CS_GB18030,
};

/* The bits of enum lex_mode that a value of sql_mode ("ANSI,NO_ZERO_DATE") stands for; false: it has
 * words in it that are no modes. */
bool lex_mode_of(struct str sql_mode, uint32_t *mode);

/* How text is to be read; the zero value is a MariaDB 10.11 in its default mode. */
struct lex_opts {
	uint32_t mode; /* enum lex_mode bits */
	enum lex_charset charset;
	uint32_t version; /* of the servers, 101116 or 80036; 0: 101100 */
	bool mysql;	  /* the servers are MySQL, not MariaDB */
};

/* Version and kind of the server that says @version ("5.5.5-10.11.11-MariaDB-log", "8.0.36") into
 * @opts; without the word MariaDB it is one from 10.0 on. False: no version. */
bool lex_server_of(struct str version, struct lex_opts *opts);

/* Token kinds. Single characters are themselves; keywords are LEX_WORD until looked up. */
enum lex_kind {
	LEX_EOF = 0,
	LEX_WORD = 258, /* unquoted word: name or keyword */
	LEX_QUOTED,	/* `name` or, in their modes, "name" and [name] */
	LEX_STRING,	/* '...' or "..." */
	LEX_NSTRING,	/* N'...' */
	LEX_HEX,	/* 0xFF or x'FF' */
	LEX_BIT,	/* 0b01 or b'01' */
	LEX_INT,	/* digits */
	LEX_DECIMAL,	/* digits with a point */
	LEX_FLOAT,	/* with an exponent */
	LEX_USER_VAR,	/* @name, @'name', @`name`; "@" alone is a character token */
	LEX_AT_AT,	/* @@, before a system variable's words */
	LEX_LE,		/* <= */
	LEX_GE,		/* >= */
	LEX_NE,		/* <> or != */
	LEX_NULLSAFE,	/* <=> */
	LEX_SHL,	/* << */
	LEX_SHR,	/* >> */
	LEX_ASSIGN,	/* := */
	LEX_ANDAND,	/* && */
	LEX_OROR,	/* || */
	LEX_ARROW,	/* -> */
	LEX_ARROW2,	/* ->> */
	LEX_HINT,	/* an optimizer hint, slash-star-plus ... star-slash */
	LEX_DIRECTIVE,	/* slash-star vt+ ... star-slash */
	LEX_ERROR,	/* not a token: a stray byte, or an unterminated string or comment */
	LEX_DOLLAR,	/* $$...$$ or $tag$...$tag$, MySQL's, a program in another language */
	LEX_KIND_END,
};

struct lex_token {
	uint16_t kind;	     /* enum lex_kind or a character */
	bool spaced;	     /* white space or a comment stands before it */
	bool escaped;	     /* a string or name with escapes or doubled quotes in it */
	uint32_t start, end; /* bytes [start, end) of the text */
};

struct lex {
	const uint8_t *p; /* borrowed */
	uint32_t at, n;	  /* next byte, length */
	uint32_t version;
	uint8_t mode;
	uint8_t charset;
	bool mysql;
	bool in_version_comment; /* an executed comment is open */
	bool after_name;	 /* the last token was a name: ".5" is a dot and a name */
	bool after_dot;		 /* ...was a dot: digits begin a name */
};

/* Reads @text (borrowed, under 4 GB) from byte @at on. */
void lex_init(struct lex *l, const struct lex_opts *opts, struct str text, uint32_t at);
/* The next token. At the end LEX_EOF again and again; after LEX_ERROR do not go on. */
void lex_next(struct lex *l, struct lex_token *t);
static inline struct str lex_text(const struct lex *l, const struct lex_token *t)
{
	return str_make(l->p + t->start, t->end - t->start);
}
/* The token is a literal value (LEX_STRING .. LEX_FLOAT). */
static inline bool lex_is_literal(unsigned kind)
{
	return kind >= LEX_STRING && kind <= LEX_FLOAT;
}
/* After a "-" where an operand begins: when a number follows (white space between is fine), reads
 * it and stretches it over the sign; else false and nothing is read. */
bool lex_join_minus(struct lex *l, const struct lex_token *minus, struct lex_token *number);
/* After a string @t: takes in the strings that follow it, which SQL concatenates. */
void lex_join_strings(struct lex *l, struct lex_token *t);
/* An operand may end with this token, so that a minus sign after it subtracts. @kw: what
 * keyword_find() says of a LEX_WORD, 0 after a dot. */
bool lex_ends_operand(unsigned kind, unsigned kw);
/* Bytes of the multi-byte character at @p (at least one byte before @end), 1 if it is none. */
unsigned lex_char_len(enum lex_charset cs, const uint8_t *p, const uint8_t *end);
/* No character of @s is cut off: its first byte would take in what is printed after it. */
bool lex_is_whole(enum lex_charset cs, struct str s);
/* The class of a MySQL character set or collation name ("gbk", "sjis_japanese_ci"). */
enum lex_charset lex_charset_of(struct str name);
#endif
