"""Random expressions, from a seed: literals, casts and columns of every type, operators and functions over them."""
import random

COLUMNS = {
    "num": ["ti", "tu", "si", "mi", "i", "iu", "bi", "bu", "nn", "f", "d", "dd", "de", "dl", "d0", "du", "y",
            "su", "mu", "i3", "iz", "fu", "fd", "dn", "ds", "du0", "b1", "b8", "b64", "ni", "nd"],
    "time": ["da", "ti0", "ti6", "dt", "dt3", "ts", "dtn", "d00", "nt"],
    "text": ["c", "v", "vb", "vu", "l", "bn", "tx", "bl", "n1", "e", "st", "el", "lb", "cl", "cb", "u3", "b4", "tb", "tt", "mt", "lt", "vn"],
}

TABLE = """CREATE TABLE t (id INT PRIMARY KEY, ti TINYINT, tu TINYINT UNSIGNED, si SMALLINT, mi MEDIUMINT, i INT, iu INT UNSIGNED,
 bi BIGINT, bu BIGINT UNSIGNED, nn INT NOT NULL, f FLOAT, d DOUBLE, dd DOUBLE(10,3), de DECIMAL(10,2), dl DECIMAL(65,30),
 d0 DECIMAL(20,0), du DECIMAL(8,3) UNSIGNED, da DATE, ti0 TIME, ti6 TIME(6), dt DATETIME, dt3 DATETIME(3), y YEAR,
 c CHAR(5) CHARACTER SET utf8mb4, v VARCHAR(20) CHARACTER SET utf8mb4,
 vb VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, vu VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci,
 l VARCHAR(20) CHARACTER SET latin1, bn VARBINARY(20), tx TEXT CHARACTER SET utf8mb4, bl BLOB, n1 VARCHAR(10) CHARACTER SET utf8mb4,
 su SMALLINT UNSIGNED, mu MEDIUMINT UNSIGNED, i3 INT(3), iz INT(6) ZEROFILL, fu FLOAT UNSIGNED, fd FLOAT(8,2), dn DOUBLE UNSIGNED NOT NULL,
 ds DECIMAL(5,5), du0 DECIMAL(12,0) UNSIGNED NOT NULL, b1 BIT, b8 BIT(8) NOT NULL, b64 BIT(64), ni BIGINT, nd DOUBLE,
 ts TIMESTAMP(2) NULL, dtn DATETIME NOT NULL, d00 DATE NOT NULL, nt TIME(2),
 e ENUM('one','two','3') CHARACTER SET utf8mb4, st SET('a','b','ü') CHARACTER SET utf8mb4 NOT NULL, el ENUM('x','y') CHARACTER SET latin1,
 lb VARCHAR(8) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL, cl CHAR(6) CHARACTER SET latin1, cb CHAR(4) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
 u3 VARCHAR(12) CHARACTER SET utf8mb3, b4 BINARY(4), tb TINYBLOB, tt TINYTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
 mt MEDIUMTEXT CHARACTER SET latin1, lt LONGTEXT CHARACTER SET utf8mb4, vn VARCHAR(7) CHARACTER SET utf8mb4 NOT NULL)"""

ROW = """INSERT INTO t VALUES (1, -5, 200, 300, -70000, 123456, 4000000000, -9000000000, 18000000000000000000, 7, 1.5, -2.25e10,
 3.141, -12.34, 123456789.123456789, 99999, 5.125, '2024-02-29','-12:34:56','100:00:01.123456','2023-12-31 23:59:59',
 '2000-01-01 00:00:00.125', 1999, 'ab', 'Hello', 'Wörld', 'straße', _utf8mb4'café', x'00ff3132', '12.5abc', '1e3', NULL,
 60000, 16000000, 5, 42, 2.5, -1234.56, 1e-3, -0.12345, 999999999999, 1, 65, 0xFFFFFFFFFFFFFFFE, NULL, NULL,
 '2021-06-07 08:09:10.11', '1970-01-01 00:00:01', 0, NULL, 'two', 'a,ü', 'y', 'Abc', 'x', 'é', 'naïve', x'41420000', 'tb', '7up',
 _utf8mb4'señor', '2022-02-02 02:02:02', '')"""

TEXTS = ["", "a", "abc", "ABC", "Hello", "hello ", " x", "12", "-7", "12abc", "1e2", "1.5", ".5", "0", "ß", "é", "日本", "😀", "a,b,c", "%",
         "a%", "_b_", "l+", "2020-01-01", "2020-02-30", "2021-12-31 23:59:59.5", "10:20:30", "0000-00-00", "20200101", "1:2", "-1:30",
         "x'y", "127.0.0.1", "::1", "YWJj", "4142", "9999999999999999999"]
INTS = ["0", "1", "2", "3", "-1", "5", "10", "17", "100", "255", "1234", "65536", "2147483647", "-2147483648", "4294967296",
        "9223372036854775807", "-9223372036854775808", "18446744073709551615", "202001", "20200101", "101112"]
DECIMALS = ["0.5", "1.5", "2.50", "-0.25", "0.0", "3.14159", "123.456", "-99.999", "1000000.000001", "12345678901234567890.5",
            "0.000000000000000001", "20200101101112.5"]
FLOATS = ["1e0", "-1.5e0", "1e10", "2.5e-3", "1e20", "-1e-5", "0e0"]
DATES = ["DATE'2020-02-29'", "DATE'1999-12-31'", "TIMESTAMP'2020-01-01 10:11:12'", "TIMESTAMP'2001-02-03 04:05:06.789'", "TIME'10:11:12'",
         "TIME'-00:00:01.5'", "TIME'838:59:59'"]
CASTS = ["SIGNED", "UNSIGNED", "DOUBLE", "FLOAT", "DECIMAL", "DECIMAL(5,2)", "DECIMAL(20,10)", "CHAR", "CHAR(3)", "BINARY", "BINARY(4)",
         "DATE", "TIME", "DATETIME", "TIME(3)", "DATETIME(6)", "CHAR CHARACTER SET latin1"]
UNITS = ["YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "MICROSECOND", "YEAR_MONTH", "DAY_HOUR", "DAY_SECOND",
         "HOUR_MINUTE", "MINUTE_SECOND", "SECOND_MICROSECOND", "DAY_MICROSECOND"]
SIMPLE_UNITS = UNITS[:9]
FORMATS = ["'%Y-%m-%d'", "'%H:%i:%s'", "'%W %M %e %y'", "'%D %b %a %j'", "'%r %T %f %p'", "'%U %u %V %v %X %x'", "'%k %l %h %I %c %w %%'"]

PATTERNS = ["l+", "^H", "[a-z]+", "(.)l", "x?", "é", "a|b"]
KINDS = ["num", "time", "text"]

# Texts for STR_TO_DATE() and formats that may read them.
WRITTEN = ["2020-01-02", "2020-02-30", "02.01.2020", "20200102", "10:11:12", "10:11:12 PM", "2020-01-02 10:11:12.5", "January 5th 2020", "5 Jan 99", "0000-00-00",
           "Mon 10", "monday, 3 2020", "60 2020", "200442 Monday", "2020-01-02x", "10:60:00", "13:11:12 AM", "31 23", "a,,5", "12", "", "  7", "-5", "+5",
           "5%", "2020-13-01", "ju 5", "53 Sunday 2019"]
READ = ["%Y-%m-%d", "%d.%m.%Y", "%Y%m%d", "%H:%i:%s", "%r", "%T", "%Y-%m-%d %H:%i:%s.%f", "%Y-%m-%d %T", "%M %D %Y", "%d %b %y", "%a %d", "%W, %c %Y", "%j %Y",
        "%X%V %W", "%d %H", "a%.%d", "%h:%i:%s %p", "%k:%i", "%@%d", "%#", "%e", "%s.%f", "", "%", "%q", "%d%%", "%M %d", "%U %W %Y", "%x%v %a", "%u %w %Y", "%l %I"]

# What the letters take: n number, s text, t date or time, a anything, i small integer, p pattern, z time zone; digits are taken as they are.
FUNCTIONS = """ABS n|ACOS n|ASIN n|ATAN n|ATAN n n|ATAN2 n n|BIT_COUNT n|CEIL n|CEILING n|COS n|COT n|CRC32 a|DEGREES n|EXP i|FLOOR n|LN n|LOG n|
LOG n n|LOG10 n|LOG2 n|MOD n n|POW i i|POWER n i|RADIANS n|ROUND n|ROUND n i|SIGN n|SIN n|SQRT n|TAN n|TRUNCATE n i|
COALESCE a a|COALESCE a a a|ELT i s s|FIELD s s s|FIELD n n n|GREATEST n n|GREATEST s s|LEAST n n n|LEAST s s|IF a a a|IFNULL a a|
INTERVAL n n n|ISNULL a|NULLIF a a|NVL a a|NVL2 a a a|STRCMP s s|ASCII a|BIN n|BIT_LENGTH a|CHAR i i|CHAR_LENGTH a|CHARSET a|COERCIBILITY a|
COLLATION a|CONCAT a a|CONCAT a a a|CONCAT_WS s a a|CONV n i i|EXPORT_SET i s s|EXPORT_SET i s s s i|FIND_IN_SET s s|FORMAT n i|
FROM_BASE64 s|HEX a|INSERT s i i s|INSTR s s|LCASE a|LEFT a i|LENGTH a|LOCATE s s|LOCATE s s i|LOWER s|LPAD a i s|LTRIM a|
MAKE_SET i s s s|MD5 a|MID a i i|OCT n|OCTET_LENGTH a|ORD a|QUOTE a|REPEAT a i|REPLACE s s s|REVERSE a|RIGHT a i|RPAD a i s|
RTRIM a|SHA1 a|SHA2 a i|SPACE i|SUBSTR a i|SUBSTRING a i i|SUBSTRING_INDEX s s i|TO_BASE64 a|TRIM a|UCASE s|UNHEX s|UPPER a|
REGEXP_INSTR s p|REGEXP_SUBSTR s p|REGEXP_REPLACE s p s|INET_ATON s|INET_NTOA n|INET6_ATON s|INET6_NTOA s|IS_IPV4 s|IS_IPV6 s|
ADDTIME t t|SUBTIME t t|DATE t|DATEDIFF t t|DAY t|DAYNAME t|DAYOFMONTH t|DAYOFWEEK t|DAYOFYEAR t|FROM_DAYS n|HOUR t|LAST_DAY t|
MAKEDATE i i|MAKETIME i i i|MICROSECOND t|MINUTE t|MONTH t|MONTHNAME t|PERIOD_ADD p6 i|PERIOD_DIFF p6 p6|QUARTER t|SECOND t|SEC_TO_TIME n|
TIME t|TIMEDIFF t t|TIMESTAMP t|TIME_TO_SEC t|TO_DAYS t|TO_SECONDS t|UNIX_TIMESTAMP t|WEEK t|WEEK t i|WEEKDAY t|WEEKOFYEAR t|YEAR t|
YEARWEEK t|YEARWEEK t i|DATE a|TIME a|YEAR a|SUBDATE t i|ADDDATE t i|TIMESTAMP t t|CONVERT_TZ t z z|FROM_UNIXTIME n|SOUNDEX s|
IS_IPV4_COMPAT s|IS_IPV4_MAPPED s|NOW|NOW 3|CURDATE|CURTIME|CURTIME 2|UTC_TIMESTAMP|UTC_DATE|UTC_TIME 6|PI|UNIX_TIMESTAMP|LPAD a i|RPAD a i|
GREATEST t t|LEAST t t s|GREATEST a a|FIELD t t|FIELD a a a|INTERVAL a a a|NULLIF t t|COALESCE t t|IFNULL n n|IFNULL s s|IF n n n|IF n t t|
CONCAT s s|CONCAT s s s|REPLACE a s s|LOCATE a a|STRCMP a a|FORMAT s i|DATE_FORMAT t s|HEX n|DATE_FORMAT a s|
STR_TO_DATE d f|STR_TO_DATE d f|STR_TO_DATE s f|STR_TO_DATE t f|STR_TO_DATE d s|GET_FORMAT g w|DATE_FORMAT t f|TIME_FORMAT t f""".replace("\n", "").split("|")


class Generator:
    def __init__(self, seed):
        self.r = random.Random(seed)

    def quoted(self, s):
        return "'" + s.replace("\\", "\\\\").replace("'", "''") + "'"

    def literal(self, kind):
        r = self.r
        x = r.random()
        if x < 0.04:
            return "NULL"
        if kind == "num":
            return r.choice(r.choice([INTS, INTS, DECIMALS, FLOATS]) + ["TRUE"])
        if kind == "time":
            return r.choice(DATES)
        return self.quoted(r.choice(TEXTS)) if x < 0.95 else r.choice(["x'4142'", "0x61", "N'abc'", "_latin1'abc'", "_utf8mb4'é'", "b'1000001'"])

    def leaf(self, kind):
        if self.r.random() < 0.55:
            return self.r.choice(COLUMNS[kind])
        return self.literal(kind)

    def small(self):
        return str(self.r.choice([0, 1, 2, 3, 4, 5, 7, 10, 12, 20, -1, -2, 2020]))

    def argument(self, letter, depth):
        r = self.r
        if letter == "i":
            return self.small() if r.random() < 0.85 else self.expr("num", depth)
        if letter == "p":
            return self.quoted(r.choice(PATTERNS))
        if letter == "p6":
            return r.choice(["202001", "199912", "9801", "2012", "nn + 202000"])
        if letter == "z":
            return self.quoted(r.choice(["+00:00", "+01:00", "-09:30", "+13:00", "+14:00", "", "5", "-1:5"]) if r.random() < 0.95 else "UTC")
        if letter.isdigit():
            return letter
        if letter == "d":
            return self.quoted(r.choice(WRITTEN))
        if letter == "f":
            return self.quoted(r.choice(READ)) if r.random() < 0.9 else self.expr("text", depth)
        if letter == "g":
            return r.choice(["DATE", "TIME", "DATETIME", "TIMESTAMP"])
        if letter == "w":
            return self.quoted(r.choice(["EUR", "usa", "JIS", "ISO", "internal", "x"])) if r.random() < 0.9 else self.expr("text", depth)
        kinds = {"n": "num", "s": "text", "t": "time"}
        kind = kinds.get(letter) or r.choice(["num", "text", "time"])
        if r.random() < 0.06:
            kind = r.choice(["num", "text", "time"])
        return self.expr(kind, depth)

    def function(self, depth):
        name, *letters = self.r.choice(FUNCTIONS).split()
        return name + "(" + ", ".join(self.argument(a, depth) for a in letters) + ")"

    def special(self, depth):
        r = self.r
        x = r.randrange(22)
        e = lambda k=None: self.expr(k or r.choice(["num", "text", "time"]), depth)
        if x == 0:
            return f"CAST({e()} AS {r.choice(CASTS)})"
        if x == 1:
            return f"CASE {e('num')} WHEN {e('num')} THEN {e()} ELSE {e()} END"
        if x == 2:
            return f"CASE WHEN {e('num')} THEN {e()} WHEN {e('num')} THEN {e()} END"
        if x == 3:
            return f"{e('text')} {r.choice(['', 'NOT '])}LIKE {self.quoted(r.choice(['a%', '%l%', '_b%', 'H_llo', '', '%']))}"
        if x == 4:
            k = r.choice(["num", "text"])
            return f"{e(k)} {r.choice(['', 'NOT '])}BETWEEN {e(k)} AND {e(k)}"
        if x == 5:
            k = r.choice(["num", "text"])
            return f"{e(k)} {r.choice(['', 'NOT '])}IN ({e(k)}, {e(k)}, {e(k)})"
        if x == 6:
            return f"{e()} IS {r.choice(['', 'NOT '])}{r.choice(['NULL', 'TRUE', 'FALSE', 'UNKNOWN'])}"
        if x == 7:
            return f"DATE_{r.choice(['ADD', 'SUB'])}({e('time')}, INTERVAL {self.small()} {r.choice(UNITS)})"
        if x == 8:
            return f"{r.choice(COLUMNS['time'])} {r.choice(['+', '-'])} INTERVAL {r.choice([self.small(), chr(39) + '1:2' + chr(39), '1.5'])} {r.choice(UNITS)}"
        if x == 9:
            return f"EXTRACT({r.choice(UNITS)} FROM {self.leaf('time')})"
        if x == 10:
            return f"TIMESTAMPDIFF({r.choice(SIMPLE_UNITS)}, {self.leaf('time')}, {self.leaf('time')})"
        if x == 11:
            return f"{r.choice(['DATE_FORMAT', 'TIME_FORMAT'])}({self.leaf('time')}, {r.choice(FORMATS)})"
        if x == 12:
            return f"TRIM({r.choice(['LEADING', 'TRAILING', 'BOTH'])} {self.literal('text')} FROM {e('text')})"
        if x == 13:
            return f"CONVERT({e()} USING {r.choice(['latin1', 'utf8mb4', 'utf8mb3', 'binary'])})"
        if x == 14:
            return f"{r.choice(['v', 'vb', 'vu', 'c', 'tx'])} COLLATE {r.choice(['utf8mb4_bin', 'utf8mb4_unicode_ci', 'utf8mb4_general_ci', 'utf8mb4_unicode_520_ci'])}"
        if x == 15:
            return f"TIMESTAMPADD({r.choice(SIMPLE_UNITS)}, {self.small()}, {e('time')})"
        if x == 16:
            return f"{e('text')} {r.choice(['', 'NOT '])}REGEXP {self.quoted(r.choice(PATTERNS))}"
        if x == 17:
            k, l = r.choice(KINDS), r.choice(KINDS)
            pair = lambda: f"({self.leaf(k)}, {self.leaf(l)})"
            return r.choice([f"{pair()} {r.choice(['=', '<', '>=', '<>', '<=>'])} {pair()}", f"{pair()} IN ({pair()}, {pair()})"])
        if x == 18:
            return f"{e()} {r.choice(['+', '-'])} INTERVAL {e(r.choice(['num', 'num', 'text']))} {r.choice(UNITS)}"
        if x == 19:
            return f"BINARY {self.leaf(r.choice(KINDS))}"
        if x == 20:
            return f"CHAR({self.small()}, {e('num')} USING {r.choice(['latin1', 'utf8mb4', 'utf8mb3', 'ascii', 'binary'])})"
        return f"EXTRACT({r.choice(UNITS)} FROM {e()})"

    def operator(self, depth):
        r = self.r
        a = lambda: self.expr(r.choice(["num", "num", "num", "text", "time"]), depth)
        x = r.random()
        if x < 0.45:
            return f"{a()} {r.choice(['+', '-', '*', '/', 'DIV', '%'])} {a()}"
        if x < 0.55:
            return f"{a()} {r.choice(['&', '|', '^', '<<', '>>'])} {a()}"
        if x < 0.62:
            return r.choice(["-", "~", "NOT ", "!"]) + a()
        if x < 0.85:
            k = r.choice(["num", "text", "time"])
            return f"{self.expr(k, depth)} {r.choice(['=', '<>', '<', '<=', '>', '>=', '<=>'])} {self.expr(k if r.random() < 0.8 else 'text', depth)}"
        return f"{a()} {r.choice(['AND', 'OR', 'XOR'])} {a()}"

    def expr(self, kind, depth):
        x = self.r.random()
        if depth <= 0 or x < 0.35:
            return self.leaf(kind)
        if x < 0.65:
            return self.function(depth - 1)
        if x < 0.85:
            return "(" + self.operator(depth - 1) + ")"
        return "(" + self.special(depth - 1) + ")"

    def next(self):
        depth = self.r.choice([1, 1, 1, 2, 2, 3])
        return self.r.choice([self.function, self.operator, self.special])(depth - 1)


# Operands and what is made of them ({}), for a look at each function within each other one.
OPERANDS = """NULL|TRUE|FALSE|0|1|-5|100|2147483648|18446744073709551615|1.5|-0.25|123456789012345678901.5|1e0|-1.5e10|'a'|''|'12'|'1:2:3.5'|
'2020-01-01 10:11:12.25'|'日本'|x'4142'|0x41|b'1000001'|N'abc'|_latin1'abc'|DATE'2020-01-01'|TIME'10:11:12.5'|TIMESTAMP'2020-01-01 10:11:12.5'|ABS(i)|
ABS(de)|ABS(d)|-i|-de|-ti|~i|NOT i|i+ti|i*de|de/i|d/i|i/i|i DIV ti|i%ti|de%i|d%i|i&1|i<<1|i=1|i IS NULL|i AND 1|i IN (1,2)|v LIKE 'a'|BIT_COUNT(i)|
CEIL(i)|CEIL(de)|FLOOR(du)|CEIL(d)|CRC32(v)|ROUND(i,-1)|ROUND(de,1)|ROUND(d,1)|SIGN(i)|SQRT(i)|PI()|TRUNCATE(de,1)|COALESCE(i,ti)|COALESCE(i,de)|
COALESCE(i,'a')|COALESCE(iu,i)|COALESCE(iu,tu)|COALESCE(de,du)|COALESCE(d,f)|COALESCE(da,dt3)|COALESCE(c,i)|COALESCE(tx,v)|ELT(1,'a','b')|FIELD(i,1)|
IF(i,1,2)|IF(i,v,l)|NULLIF(i,1)|NULLIF(DAY(dt),1)|INTERVAL(i,1)|STRCMP(v,v)|ASCII(v)|BIN(i)|BIT_LENGTH(v)|CHAR(i)|CHAR(i USING utf8mb4)|
CHAR_LENGTH(v)|CHARSET(v)|COERCIBILITY(v)|CONCAT(v,i)|CONV(i,10,16)|EXPORT_SET(i,'a','b')|FIND_IN_SET(v,v)|FORMAT(i,1)|FROM_BASE64(v)|HEX(i)|HEX(v)|
INSERT(v,1,1,'a')|INSTR(v,'a')|LEFT(v,2)|LENGTH(v)|LOWER(v)|LPAD(v,10,'a')|LPAD(v,i,'a')|MAKE_SET(i,'a','b')|MD5(v)|OCT(i)|ORD(v)|QUOTE(v)|
REPEAT(v,2)|REPLACE(v,'a','bc')|REVERSE(v)|SHA2(v,256)|SOUNDEX(v)|SPACE(3)|SUBSTRING(v,2)|SUBSTRING_INDEX(v,'a',1)|TO_BASE64(v)|TRIM(v)|UNHEX(v)|
REGEXP_INSTR(v,'a')|REGEXP_SUBSTR(v,'a')|REGEXP_REPLACE(v,'a','b')|INET_ATON(v)|INET_NTOA(i)|INET6_ATON(v)|INET6_NTOA(bn)|IS_IPV4(v)|
da + INTERVAL 1 DAY|v + INTERVAL 1 DAY|'2020-01-01' + INTERVAL 1 SECOND|ADDTIME(dt,ti6)|ADDTIME(ti0,'1:2')|CONVERT_TZ(dt3,'+00:00','+01:00')|DATE(dt)|
DATEDIFF(dt,da)|DATE_FORMAT(dt,'%Y')|DAY(dt)|DAYNAME(dt)|DAYOFWEEK(dt)|DAYOFYEAR(dt)|EXTRACT(YEAR FROM dt)|EXTRACT(DAY_SECOND FROM dt)|
EXTRACT(SECOND_MICROSECOND FROM dt)|FROM_DAYS(730000)|FROM_UNIXTIME(1)|FROM_UNIXTIME(de)|HOUR(dt)|LAST_DAY(dt)|MAKEDATE(2020,1)|MAKETIME(1,2,de)|
MICROSECOND(dt)|MONTH(dt)|NOW()|NOW(3)|CURTIME(2)|CURDATE()|PERIOD_ADD(202001,1)|PERIOD_DIFF(202001,202002)|QUARTER(dt)|SECOND(dt)|SEC_TO_TIME(de)|
TIME(dt3)|TIMEDIFF(dt,dt3)|TIMESTAMP(da,'1:2')|TIMESTAMPADD(DAY,1,da)|TIMESTAMPDIFF(DAY,dt,dt3)|TIME_TO_SEC(ti0)|TIME_TO_SEC(ti6)|TO_DAYS(dt)|
TO_SECONDS(dt)|UNIX_TIMESTAMP(dt)|UNIX_TIMESTAMP(dt3)|WEEK(dt)|WEEKDAY(dt)|YEAR(dt)|YEARWEEK(dt)|CAST(v AS SIGNED)|CAST(i AS UNSIGNED)|
CAST(v AS DECIMAL(10,2))|CAST(v AS DOUBLE)|CAST(v AS FLOAT)|CAST(i AS CHAR)|CAST(v AS CHAR(3))|CAST(v AS BINARY)|CAST(v AS BINARY(4))|CAST(v AS DATE)|
CAST(v AS TIME(3))|CAST(v AS DATETIME(6))|CONVERT(v USING latin1)|CONVERT(v USING binary)|v COLLATE utf8mb4_bin|BINARY v|MOD(i,2)|POW(i,2)|
GREATEST(i,2)|GREATEST(v,'a')|LEAST(de,i)|LEAST(da,dt)|CASE i WHEN 1 THEN 2 END|NVL2(i,v,NULL)|REPEAT(v,i)|REPEAT(bn,3)|CONCAT(bn,bn)|LEFT(l,3)|
LEFT(bl,3)""".replace("|\n", "|").split("|")
WRAPPERS = """{}|({})+1|1-({})|({})*1.5|({})/3|({}) DIV 3|({})%7|1e0*({})|-({})|~({})|NOT ({})|({}) = 1|({}) & 3|ABS({})|CEIL({})|FLOOR({})|ROUND({})|ROUND({},1)|
ROUND({},-1)|ROUND({},i)|TRUNCATE({},1)|SIGN({})|SQRT(({}))|COALESCE({},1)|COALESCE({},NULL)|COALESCE({},'abc')|COALESCE({},1.5)|COALESCE({},1e0)|
COALESCE({},da)|COALESCE({},ti6)|COALESCE({},dt3)|COALESCE({},iu)|COALESCE({},bu)|COALESCE({},c)|COALESCE({},bl)|COALESCE({},y)|COALESCE({},f)|
IFNULL({},{})|IF(i,{},NULL)|IF(i,NULL,{})|IF(i,{},1)|NULLIF({},1)|(NULLIF({},1))+1|CASE i WHEN 1 THEN {} END|CASE WHEN i THEN {} ELSE {} END|
ELT(i,{},1)|GREATEST({},{})|LEAST({},1)|CONCAT({},'a')|CONCAT({})|CONCAT_WS(',',{},{})|LEFT({},3)|RIGHT({},30)|SUBSTRING({},2)|SUBSTRING({},2,3)|
LPAD({},12,'x')|REPEAT({},3)|REPLACE({},'a','bcd')|REPLACE('abc','b',{})|INSERT({},1,1,'xyz')|TRIM({})|TRIM('a' FROM {})|UPPER({})|LOWER({})|
REVERSE({})|QUOTE({})|HEX({})|UNHEX({})|BIN({})|OCT({})|FORMAT({},2)|FORMAT(1.5,{})|LEFT('abcdef',{})|REPEAT('ab',{})|LPAD('ab',{},'c')|
ROUND(1.25,{})|SUBSTRING('abcdef',{})|SUBSTRING('abcdef',1,{})|SPACE({})|SHA2('a',{})|TO_BASE64({})|FROM_BASE64({})|MD5({})|MAKE_SET(3,{},'a')|
EXPORT_SET(3,{},'b')|SOUNDEX({})|SUBSTRING_INDEX({},'a',1)|CHAR({})|CONV({},10,16)|CAST({} AS SIGNED)|CAST({} AS UNSIGNED)|(CAST({} AS SIGNED))+1|
CAST({} AS DECIMAL(20,5))|CAST({} AS DOUBLE)|CAST({} AS CHAR)|CAST({} AS CHAR(2))|CAST({} AS BINARY)|CAST({} AS BINARY(2))|CAST({} AS DATE)|
CAST({} AS TIME)|CAST({} AS DATETIME(3))|CONVERT({} USING latin1)|CONVERT({} USING utf8mb4)|CONVERT({} USING binary)|BINARY ({})|TIME({})|DATE({})|
TIMESTAMP({})|TIMESTAMP(da,{})|TIMEDIFF({},ti0)|ADDTIME({},'1:2')|ADDTIME(dt,{})|({}) + INTERVAL 1 DAY|({}) + INTERVAL 1 MONTH|
({}) + INTERVAL 1 SECOND|({}) + INTERVAL 1.5 SECOND|({}) + INTERVAL 1 MICROSECOND|dt + INTERVAL ({}) SECOND|da + INTERVAL ({}) DAY|SEC_TO_TIME({})|
TIME_TO_SEC({})|UNIX_TIMESTAMP({})|FROM_UNIXTIME({})|MAKETIME(1,2,{})|EXTRACT(DAY FROM {})|EXTRACT(YEAR FROM {})|LAST_DAY({})|DATE_FORMAT({},'%Y')|
DATE_FORMAT(dt,{})|CONVERT_TZ({},'+00:00','+01:00')|REGEXP_SUBSTR({},'a')|REGEXP_REPLACE({},'a','b')|LENGTH({})|COERCIBILITY({})|COLLATION({})|
CHARSET({})|CONCAT({},l)|CONCAT({},v)|CONCAT(vu,{})|({}) LIKE 'a'|STRCMP({},'a')|LOCATE({},'a')|({}) IN ('a',1)|({}) BETWEEN 1 AND 'a'|FIELD({},'a')|
POW({},2)|CRC32({})|(({}))*(({}))|(({}))+(({}))""".replace("|\n", "|").split("|")


def matrix(seed, count):
    """So many of all combinations, columns alone among the operands."""
    operands = [c for names in COLUMNS.values() for c in names] + OPERANDS
    every = [w.replace("{}", o) for o in operands for w in WRAPPERS]
    return random.Random(seed).sample(every, min(count, len(every)))
