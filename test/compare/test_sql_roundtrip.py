"""What the parser prints of a statement, a real MariaDB must accept, and a query must give the same rows."""
import os
import re
import subprocess

import pymysql
import pytest

from conftest import program

HERE = os.path.dirname(__file__)

# Not repeatable, or not on an empty server.
NOT_RUN = re.compile(r"outfile|dumpfile|connection_id|sql_calc|found_rows|now\(|@|rand|version\(\)|last_insert|\?|for update|share|curdate", re.I)

SCHEMA = ["CREATE DATABASE db", "CREATE DATABASE a", "USE db"] + [
    "CREATE TABLE %s (%s, KEY i (a), KEY j (b), KEY k (c), FULLTEXT (a), FULLTEXT (a, b)) ENGINE=MyISAM" % (
        t, ", ".join(c + " VARCHAR(20)" for c in
                     "a b c d e f g h i j k n x y z date time timestamp year day status value names offset1 offset select".replace(
                         "select", "`select`").replace("offset ", "`offset` ").split())) for t in "t u v w".split()] + [
    "CREATE TABLE a.b (c INT)",
    "INSERT INTO t (a, b, c, d, e) VALUES ('1', '2', '3', '4', '5'), ('2', NULL, 'x', '0', '-1'), ('3', '2', '', '9', '7')",
    "INSERT INTO u (a, b, c) VALUES ('1', '2', '3'), ('2', '1', NULL), ('9', '9', '9')",
    "INSERT INTO v (a, b, c, d) VALUES ('1', '5', '3', '4'), ('2', '3', 'x', '0')",
]


def statements(array):
    text = open(os.path.join(HERE, "../unit/sql_statements.h")).read()
    body = text[text.index(array):]
    body = body[:body.index("\n};")]
    return [s.encode().decode("unicode_escape") for s in re.findall(r'^\t"((?:[^"\\]|\\.)*)",$', body, re.M)]


def probe(sqls, mode=0):
    done = subprocess.run([program("sql_probe"), str(mode)], input="".join(s + "\0" for s in sqls).encode("latin1"),
                          stdout=subprocess.PIPE, check=True, timeout=60)
    return [s.decode("latin1") for s in done.stdout.split(b"\0")[:-1]]


def syntax_error(cursor, sql):
    """The message when the server's parser refuses the statement; any other error is none of its."""
    try:
        cursor.execute("SET @q = %s", (sql,))
        cursor.execute("PREPARE q FROM @q")
    except pymysql.Error as e:
        return str(e) if e.args[0] in (1064, 1149) else None
    return None


def outcome(cursor, sql):
    try:
        cursor.execute(sql.replace("%", "%"))
        return sorted(map(repr, cursor.fetchall()))
    except pymysql.Error as e:
        return e.args[0]


@pytest.fixture(scope="module")
def cursor(mariadb):
    with mariadb.connect() as c, c.cursor() as k:
        for s in SCHEMA:
            k.execute(s)
        yield k
        k.execute("DROP DATABASE db")
        k.execute("DROP DATABASE a")


def test_printed_is_accepted(cursor):
    sqls = statements("mariadb_statements")
    assert len(sqls) > 300
    bad = []
    for sql, printed in zip(sqls, probe(sqls)):
        if not printed.startswith("ok "):
            bad.append((sql, printed))
            continue
        # Each is compared with its original: what the server has against that is not our printer's.
        first, second = syntax_error(cursor, sql), syntax_error(cursor, printed[3:])
        if second and not first:
            bad.append((sql, printed[3:], second))
        elif first:
            bad.append((sql, "the original is refused", first))
    assert not bad, "\n".join(map(str, bad))


def test_printed_gives_the_same_rows(cursor):
    sqls = [s for s in statements("mariadb_statements") if re.match(r"\W*(select|with|values)\b", s, re.I) and not NOT_RUN.search(s)]
    assert len(sqls) > 80
    bad = []
    ran = 0
    for sql, printed in zip(sqls, probe(sqls)):
        first, second = outcome(cursor, sql), outcome(cursor, printed[3:])
        ran += isinstance(first, list)
        if first != second:
            bad.append((sql, printed[3:], first, second))
    assert not bad, "\n".join(map(str, bad))
    assert ran > 60


@pytest.mark.parametrize("mode,bits", [("ANSI_QUOTES", 1), ("NO_BACKSLASH_ESCAPES", 2), ("PIPES_AS_CONCAT", 4), ("HIGH_NOT_PRECEDENCE", 16)])
def test_modes(cursor, mode, bits):
    sqls = ["select not a between 1 and 2 from t", "select a || b || 'x' from t", "select 'a\\\\', 'b' from t",
            'select "a" from t', "select not a = 1, not a in (1, 2), !a + 1 from t", "select a || b + 1, - a || b from t"]
    cursor.execute("SET sql_mode = %s", (mode,))
    for sql, printed in zip(sqls, probe(sqls, bits)):
        assert printed.startswith("ok "), (sql, printed)
        assert outcome(cursor, sql) == outcome(cursor, printed[3:]), (mode, sql, printed)
    cursor.execute("SET sql_mode = DEFAULT")
