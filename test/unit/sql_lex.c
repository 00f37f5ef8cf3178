/* The lexer, token by token, in all modes; literal values. */
#include "sql/lex/keyword.h"
#include "sql/lex/lex.h"
#include "sql/lex/literal.h"
#include "src/base/buf.h"
#include "test/lib/tap.h"

static struct lex_opts opts;

static const char *kind_name(unsigned kind)
{
	static const char *const names[] = {
		"word", "quoted", "str", "nstr", "hex",	 "bit", "int",	 "dec", "float",
		"var",	"@@",	  "<=",	 ">=",	 "!=",	 "<=>", "<<",	 ">>",	":=",
		"&&",	"||",	  "->",	 "->>",	 "hint", "vt",	"error", "dollar",
	};
	static char one[2];

	if (kind >= LEX_WORD && kind < LEX_KIND_END)
		return names[kind - LEX_WORD];
	one[0] = (char)kind;
	return one;
}

/* The tokens as "kind:text kind:text". */
static const char *lexed(const char *sql, size_t n)
{
	static struct buf b;
	struct lex l;
	struct lex_token t;

	buf_reset(&b);
	lex_init(&l, &opts, str_make(sql, n), 0);
	for (lex_next(&l, &t); t.kind != LEX_EOF; lex_next(&l, &t)) {
		if (b.len)
			buf_puts(&b, " ");
		buf_puts(&b, kind_name(t.kind));
		if (t.kind >= LEX_WORD &&
		    (t.kind < LEX_AT_AT || t.kind == LEX_HINT || t.kind == LEX_DIRECTIVE ||
		     t.kind == LEX_DOLLAR)) {
			buf_puts(&b, ":");
			buf_str(&b, lex_text(&l, &t));
		}
		if (t.kind == LEX_ERROR)
			break;
	}
	return buf_cstr(&b);
}

#define LEX(sql, expected) CHECK_STR(lexed(sql, sizeof(sql) - 1), expected)

static void words_and_numbers(void)
{
	opts = (struct lex_opts){0};
	LEX("select a.b from `t``x` where 1a = 5",
	    "word:select word:a . word:b word:from quoted:`t``x` "
	    "word:where word:1a = int:5");
	LEX("1 1.5 .5 1. 1e5 1E-5 1e 1.e3 0x1F 0xZ 0b01 0b2 1e+",
	    "int:1 dec:1.5 dec:.5 dec:1. float:1e5 "
	    "float:1E-5 word:1e float:1.e3 hex:0x1F word:0xZ bit:0b01 word:0b2 word:1e +");
	LEX("t.1a t.5 t .5", "word:t . word:1a word:t . word:5 word:t dec:.5");
	LEX("x'4F' X'4f' x'4' b'01'", "hex:x'4F' hex:X'4f' error");
	LEX("b'01' B'1' n'a' N'a''b' x 'y'",
	    "bit:b'01' bit:B'1' nstr:n'a' nstr:N'a''b' word:x str:'y'");
	LEX("a<=>b<=c<>d!=e<<f>>g:=h->i->>j||k&&l",
	    "word:a <=> word:b <= word:c != word:d != word:e << "
	    "word:f >> word:g := word:h -> word:i ->> word:j || word:k && word:l");
	LEX("@a @a.b @`x y` @'z' @@x @@global.y @ b",
	    "var:@a var:@a.b var:@`x y` var:@'z' @@ word:x @@ "
	    "word:global . word:y @ word:b");
	LEX("\\N", "word:\\N");
	LEX("\xc3\xa9t\xc3\xa9 $x", "word:\xc3\xa9t\xc3\xa9 word:$x");
	LEX("a\0b", "word:a error");
	LEX("? ;", "? ;");
	LEX("", "");
}

static void strings(void)
{
	opts = (struct lex_opts){0};
	LEX("'a''b' 'a\\'b' \"x'y\" 'open", "str:'a''b' str:'a\\'b' str:\"x'y\" error");
	LEX("'long enough for the eight byte steps \\' of the scanner' x",
	    "str:'long enough for the eight "
	    "byte steps \\' of the scanner' word:x");
	LEX("'\\\\' x", "str:'\\\\' word:x");
	LEX("'a\\", "error");
	LEX("`open", "error");
	opts.mode = LEX_ANSI_QUOTES;
	LEX("\"a\"\"b\" 'c'", "quoted:\"a\"\"b\" str:'c'");
	opts.mode = LEX_NO_BACKSLASH_ESCAPES;
	LEX("'a\\' x", "str:'a\\' word:x");
}

static void multi_byte(void)
{
	/* 0xBF 0x27: no character of gbk, so the quote ends the string. 0xBF 0x5C is one. */
	opts = (struct lex_opts){.charset = LEX_CS_GBK};
	LEX("'\xbf\x5c' x", "str:'\xbf\x5c' word:x");
	LEX("'\xbf\x27 x", "str:'\xbf\x27 word:x");
	/* After a backslash one byte is skipped: then 0x5C escapes the quote, as in the servers. */
	LEX("'\\\xbf\x5c' x' y", "str:'\\\xbf\x5c' x' word:y");
	opts.charset = LEX_CS_SJIS;
	LEX("'\x83\x5c' x", "str:'\x83\x5c' word:x");
	LEX("`\x83\x60` x", "quoted:`\x83\x60` word:x");
	opts.charset = LEX_CS_BIG5;
	LEX("'\xa5\x5c' x", "str:'\xa5\x5c' word:x");
	opts.charset = LEX_CS_SAFE;
	LEX("'\x83\x5c' x", "error");
	CHECK(lex_charset_of(STR_LIT("gbk_chinese_ci")) == LEX_CS_GBK);
	CHECK(lex_charset_of(STR_LIT("CP932")) == LEX_CS_SJIS);
	CHECK(lex_charset_of(STR_LIT("utf8mb4_general_ci")) == LEX_CS_SAFE);
	CHECK(lex_charset_of(STR_LIT("gbkx")) == LEX_CS_SAFE);
}

static void comments(void)
{
	opts = (struct lex_opts){0};
	LEX("a -- b\nc --d\n#e\nf/* g */h/**/i", "word:a word:c - - word:d word:f word:h word:i");
	LEX("a --", "word:a");
	LEX("/*! a */ /*!50600 b */ /*!50701 c */ /*!80000 d */ /*!100100 e */ /*!999999 f */ /*M! "
	    "g */ "
	    "/*M!100100 h */ x",
	    "word:a word:b word:e word:g word:h word:x");
	LEX("/*!99999 a /* nested */ b */ c", "word:c");
	LEX("/*! a /* in */ b */ * / c", "word:a word:b * / word:c");
	LEX("/* open", "error");
	LEX("/*! open", "word:open error");
	LEX("select /*+ MAX(1) */ 1 /*vt+ A=b */",
	    "word:select hint:/*+ MAX(1) */ int:1 vt:/*vt+ A=b */");
	opts = (struct lex_opts){.mysql = true, .version = 80036};
	LEX("/*!50701 c */ /*!80000 d */ /*!90000 e */ /*M! g */ x", "word:c word:d word:x");
}

static void servers(void)
{
	struct lex_opts o = {0};

	CHECK(lex_server_of(STR_LIT("5.5.5-10.11.11-MariaDB-Sluice"), &o));
	CHECK(!o.mysql && o.version == 101111);
	CHECK(lex_server_of(STR_LIT("8.0.36"), &o) && o.mysql && o.version == 80036);
	CHECK(lex_server_of(STR_LIT("5.7.44-log"), &o) && o.mysql && o.version == 50744);
	CHECK(lex_server_of(STR_LIT("9.1"), &o) && o.mysql && o.version == 90100);
	CHECK(lex_server_of(STR_LIT("11.4.2"), &o) && !o.mysql && o.version == 110402);
	CHECK(lex_server_of(STR_LIT("5.3.12-MariaDB"), &o) && !o.mysql);
	CHECK(!lex_server_of(STR_LIT(""), &o) && !lex_server_of(STR_LIT("8"), &o) &&
	      !lex_server_of(STR_LIT("8.0.x"), &o) && !lex_server_of(STR_LIT("new"), &o));
}

static void dollars(void)
{
	opts = (struct lex_opts){.mysql = true, .version = 90100};
	LEX("as $$ a; 'b -- $c$ */ $$;", "word:as dollar:$$ a; 'b -- $c$ */ $$ ;");
	LEX("$t$ $$ $u$ $t$x", "dollar:$t$ $$ $u$ $t$ word:x");
	LEX("$a + a$b + t.$$ + a$$", "word:$a + word:a$b + word:t . word:$$ + word:a$$");
	LEX("$$ open $", "error");
	LEX("$t$ open $$", "error");
	LEX("$", "word:$");
	opts = (struct lex_opts){.mysql = true, .version = 80036};
	LEX("$$; $$", "word:$$ ; word:$$");
	opts = (struct lex_opts){0};
	LEX("$$; $t$", "word:$$ ; word:$t$");
}

static void brackets(void)
{
	opts = (struct lex_opts){.mode = LEX_BRACKETS};
	LEX("[a b].[c]]d] '[x' [open", "quoted:[a b] . quoted:[c]]d] str:'[x' error");
	opts = (struct lex_opts){0};
	LEX("[a]", "[ word:a ]");
}

static void values(void)
{
	struct arena a;
	struct str s;
	struct err e;
	bool neg;
	uint64_t u;

	opts = (struct lex_opts){0};
	arena_init(&a, 0);
#define VALUE(sql, expected)                                                                       \
	CHECK(literal_string(STR_LIT(sql), &opts, &a, &s, &e) == 0);                               \
	CHECK_MEM(s.p, s.n, expected, sizeof(expected) - 1)
	VALUE("'abc'", "abc");
	VALUE("'a''b\\'c\\n\\0\\%\\_\\x\\\\'", "a'b'c\n\0\\%\\_x\\");
	VALUE("\"a\"\"b'\"", "a\"b'");
	VALUE("'a' 'b' \"c''d\"", "abc''d");
	VALUE("N'x' 'y'", "xy");
	VALUE("''", "");
	opts.mode = LEX_NO_BACKSLASH_ESCAPES;
	VALUE("'a\\n'", "a\\n");
	opts = (struct lex_opts){.charset = LEX_CS_GBK};
	VALUE("'\xbf\x5c'", "\xbf\x5c");
	CHECK(literal_string(STR_LIT("5"), &opts, &a, &s, &e) == -1 && e.code == ERR_SYNTAX);
	CHECK(literal_name(STR_LIT("`a``b`"), LEX_CS_SAFE, &a, &s, &e) == 0 && str_eqz(s, "a`b"));
	CHECK(literal_name(STR_LIT("ab"), LEX_CS_SAFE, &a, &s, &e) == 0 && str_eqz(s, "ab"));
	CHECK(literal_name(STR_LIT("`\x83\x60``x`"), LEX_CS_SJIS, &a, &s, &e) == 0 &&
	      str_eqz(s, "\x83\x60`x"));
	CHECK(literal_bytes(STR_LIT("x'4142'"), &a, &s, &e) == 0 && str_eqz(s, "AB"));
	CHECK(literal_bytes(STR_LIT("0x141"), &a, &s, &e) == 0 && str_eqz(s, "\x01"
									     "A"));
	CHECK(literal_bytes(STR_LIT("b'101000001'"), &a, &s, &e) == 0 && str_eqz(s, "\x01"
										    "A"));
	CHECK(literal_int(STR_LIT("- 42"), &neg, &u) && neg && u == 42);
	CHECK(literal_int(STR_LIT("18446744073709551615"), &neg, &u) && !neg && u == UINT64_MAX);
	CHECK(!literal_int(STR_LIT("18446744073709551616"), &neg, &u));
	arena_fini(&a);
}

static void keywords(void)
{
	static const char *const all[] = {
#define K(name, cls, ends) #name,
#include "sql/lex/keywords.def"
#undef K
	};
	bool ok = true;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		ok = ok && keyword_find(all[i], strlen(all[i])).kw == KW_BASE + i;
	CHECK(ok);
	CHECK(keyword_find("sElEcT", 6).kw == KW_SELECT);
	CHECK(keyword_find("selects", 7).kw == 0);
	CHECK(keyword_find("last_insert_id", 14).fn == FN_LAST_INSERT_ID);
	CHECK(keyword_find("left", 4).kw == KW_LEFT && keyword_find("left", 4).fn == FN_LEFT);
	CHECK(keyword_fn_flags(FN_COUNT) == (FN_IS_KNOWN | FN_IS_AGG | FN_IS_GLUED));
	CHECK(keyword_is_reserved(KW_SELECT) && !keyword_is_reserved(KW_STATUS));
	CHECK(keyword_needs_quotes(KW_RANK) && !keyword_is_reserved(KW_RANK));
}

static void modes(void)
{
	uint32_t m = 1;

	CHECK(lex_mode_of(STR_LIT(""), &m) && m == 0);
	CHECK(lex_mode_of(STR_LIT("ansi_quotes, STRICT_ALL_TABLES"), &m) && m == LEX_ANSI_QUOTES);
	CHECK(lex_mode_of(STR_LIT("ANSI,NO_BACKSLASH_ESCAPES"), &m) &&
	      m == (LEX_ANSI_QUOTES | LEX_PIPES_AS_CONCAT | LEX_IGNORE_SPACE |
		    LEX_NO_BACKSLASH_ESCAPES));
	CHECK(!lex_mode_of(STR_LIT("HIGH_NOT_PRECEDENCE,NONSENSE"), &m) &&
	      m == LEX_HIGH_NOT_PRECEDENCE);
}

int main(void)
{
	modes();
	words_and_numbers();
	strings();
	multi_byte();
	comments();
	servers();
	dollars();
	brackets();
	values();
	keywords();
	return TAP_DONE();
}
