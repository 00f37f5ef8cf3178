"""Clients of all character sets: the gate in front of one server and of two shards answers as that server itself does. What is text to
the server must be text to the gate: in gbk, sjis and big5 the second byte of a character may look like a quote or a backslash."""
import pytest

import mysql_raw as m
from mysql_raw import Raw, ServerError

SCHEMA = """
CREATE TABLE tags (tag VARCHAR(40) COLLATE utf8mb4_bin NOT NULL PRIMARY KEY, v INT) CHARACTER SET utf8mb4;
CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY, note TEXT) CHARACTER SET utf8mb4;
"""
VSCHEMA = {"sharded": True, "vindexes": {"hash": {"type": "hash"}, "xx": {"type": "xxhash"}},
           "tables": {"notes": {"column_vindexes": [{"column": "id", "name": "hash"}]},
                      "tags": {"column_vindexes": [{"column": "tag", "name": "xx"}]}}}
UNSHARDED = {"shards": ["-"], "replicas": 0, "schema": SCHEMA, "vschema": {"sharded": False, "tables": {}}}
KEYSPACES = {"one": UNSHARDED, "uno": UNSHARDED,
             "duo": {"shards": ["-80", "80-"], "replicas": 0, "schema": SCHEMA, "vschema": VSCHEMA}}
LATIN1, UTF8MB3, UTF8MB4, GBK, SJIS, BIG5, CP932, BINARY = 8, 33, 45, 28, 13, 1, 95, 63


@pytest.fixture(scope="module")
def cluster(start_cluster):
    return start_cluster({"keyspaces": KEYSPACES})


class Trio:
    """A client of a server, the same of the gate before that server, and of the gate before two shards."""

    def __init__(self, cluster, charset):
        self.raws = []
        for where, ks in ((cluster.tablets("one")[0]["mysqld_socket"], "one"), (("127.0.0.1", cluster.mysql_port), "uno"), (("127.0.0.1", cluster.mysql_port), "duo")):
            raw = Raw(where)
            raw.login(db=ks, caps=m.CAP_DEPRECATE_EOF | m.CAP_MULTI, charset=charset)
            self.raws.append(raw)

    def answers(self, sql):
        out = []
        for raw in self.raws:
            got = []
            try:
                for r in raw.results(sql):
                    got.append((r.rows, [(c.name, c.type, c.charset, c.length) for c in r.columns or []], r.affected))
            except ServerError as e:
                got.append(e.errno)
            out.append(got)
        return out

    def same(self, sql):
        server, uno, duo = self.answers(sql)
        assert uno == server, sql
        assert duo == server, sql
        return server

    def same_rows(self, sql):
        """Without what column definitions say."""
        server, uno, duo = ([x if isinstance(x, int) else x[0] for x in got] for got in self.answers(sql))
        assert server == uno == duo, sql

    def close(self):
        for raw in self.raws:
            raw.close()


@pytest.fixture
def clients(cluster):
    made = []

    def make(charset):
        made.append(Trio(cluster, charset))
        return made[-1]

    yield make
    for trio in made:
        trio.close()


VARIABLES = "SELECT @@character_set_client, @@character_set_results, @@character_set_connection, @@collation_connection"


@pytest.mark.parametrize("charset", [LATIN1, UTF8MB3, UTF8MB4, GBK, SJIS, BIG5, CP932, BINARY, 47, 48, 87, 224, 46, 192])
def test_the_login_names_it(clients, charset):
    trio = clients(charset)
    # Column definitions have the default collation's number, where the login had another one.
    trio.same = trio.same_rows if charset in (47, 48, 87, 224, 46, 192) else trio.same
    trio.same(VARIABLES)
    trio.same(b"SELECT 'a', 'a' = 'A', CHARSET('a'), COLLATION('a'), _utf8mb4 X'C3A9', _latin1 X'E9' AS x")
    trio.same("INSERT INTO notes VALUES (1, _utf8mb4 X'C3A9E4B8AD')")
    trio.same("SELECT note, note = _utf8mb4 X'C3A9E4B8AD' FROM notes WHERE id = 1")
    trio.same("DELETE FROM notes")


@pytest.mark.parametrize("charset", [35, 54, 56, 60])
def test_no_client_writes_in_these(cluster, charset):
    with pytest.raises(ServerError) as e:
        Trio(cluster, charset)
    assert e.value.errno == 1231
    raw = Raw(("127.0.0.1", cluster.mysql_port))
    with pytest.raises(ServerError) as e:
        raw.login(db="uno", charset=charset)
    assert e.value.errno == 1231
    raw.close()


def test_it_comes_back_with_a_reset(clients):
    trio = clients(LATIN1)
    for raw in trio.raws:
        raw.query("SET NAMES gbk")
        raw.send(m.RESET_CONNECTION)
        raw.ok()
    trio.same(VARIABLES)
    trio.same(b"SELECT '\xbf\\'', 'b'")


@pytest.mark.parametrize("how", ["login", "SET NAMES", "SET character_set_client"])
@pytest.mark.parametrize("charset, name, tail", [(GBK, "gbk", b"\xbf\\"), (SJIS, "sjis", b"\x95\\"), (CP932, "cp932", b"\x95\\"), (BIG5, "big5", b"\xa5\\")])
def test_second_bytes_that_look_like_a_backslash(clients, charset, name, tail, how):
    trio = clients(charset if how == "login" else UTF8MB4)
    if how == "SET NAMES":
        trio.same("SET NAMES " + name)
    elif how != "login":
        trio.same("SET character_set_client = " + name)
    trio.same(b"SELECT '" + tail + b"', 'x'")
    trio.same(b"SELECT '" + tail + b"' AS a; SELECT 'b;' AS `" + tail + b"`")
    trio.same(b"INSERT INTO notes VALUES (7, '" + tail + b"'), (8, 'O\\'" + tail + b"')")
    trio.same(b"SELECT id, HEX(note) FROM notes WHERE note = '" + tail + b"' OR 1 = 1 ORDER BY id -- ' OR note = '")
    trio.same(b"SELECT id FROM notes WHERE note IN ('" + tail + b"', 'b') ORDER BY id")
    trio.same(b"SET @a = '" + tail + b"', @b = 'x\\'y', @c = \"q\"")
    trio.same("SELECT HEX(@a), @b, @c")
    trio.same("DELETE FROM notes")
    trio.same("SET NAMES utf8mb4")
    trio.same("SELECT '\xbf\\', 'b'".encode())
    trio.same("SELECT LEFT(HEX(CONVERT(@a USING utf8mb4)), 20), @b, @c")


def test_variables_outlive_modes(clients):
    trio = clients(UTF8MB4)
    trio.same("SET @a = 'é', @b = 'x\\ny', @c = \"q\", @d = 'it''s'")
    trio.same("SET NAMES latin1, sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'")
    trio.same("SELECT HEX(CONVERT(@a USING utf8mb4)), HEX(@b), HEX(@c), @d")


def test_keys_are_the_same_characters(clients):
    """A row is found by its key whatever the client writes in."""
    utf8, latin1, gbk = clients(UTF8MB4), clients(LATIN1), clients(GBK)
    utf8.same("INSERT INTO tags VALUES ('é', 1), ('zoë', 2), ('中', 3), ('plain', 4)")
    latin1.same(b"INSERT INTO tags VALUES ('\xe8', 5), ('\x80', 6)")
    latin1.same(b"SELECT v FROM tags WHERE tag = '\xe9'")
    latin1.same(b"SELECT v FROM tags WHERE tag IN ('\xe9', 'zo\xeb', 'plain') ORDER BY v")
    utf8.same("SELECT v FROM tags WHERE tag = 'è'")
    utf8.same("SELECT v FROM tags WHERE tag = '€'")
    gbk.same(b"SELECT v FROM tags WHERE tag = '\xd6\xd0'")
    gbk.same(b"SELECT v FROM tags WHERE tag = 'plain'")
    gbk.same("UPDATE tags SET v = 40 WHERE tag = 'plain'")
    server, uno, duo = gbk.answers(b"INSERT INTO tags VALUES ('\xd6\xd1', 7)")
    assert uno == server and duo == [1235]  # nobody here knows gbk's characters: better no row than a lost one
    for raw in utf8.raws:
        raw.query("DELETE FROM tags")


def test_variables_keep_what_the_client_does_not_have(clients):
    utf8, latin1 = clients(UTF8MB4), clients(LATIN1)
    utf8.same("INSERT INTO notes VALUES (1, '中é')")
    latin1.same("SET @a = (SELECT note FROM notes WHERE id = 1), @b = 1 + 1, @c = _latin1 X'E9', @d = CAST('x' AS BINARY)")
    latin1.same("SELECT HEX(@a), @b, HEX(@c), @c, CHARSET(@a), CHARSET(@c), CHARSET(@d)")
    latin1.same("BEGIN")
    latin1.same("SELECT note INTO @e FROM notes WHERE id = 1")
    latin1.same("SELECT HEX(@e)")
    latin1.same("COMMIT")
    latin1.same("SELECT note FROM notes WHERE id = 1")  # its results are latin1 as before
    utf8.same("DELETE FROM notes")


def test_results_in_another_character_set_than_statements(clients):
    """What the gate asks of a server about its own settings does not come in the client's character_set_results."""
    trio = clients(UTF8MB4)
    trio.same("SET character_set_results = utf16")
    trio.same("SET character_set_client = gbk, character_set_connection = gbk")
    trio.same(b"SELECT '\xbf\\', 1; SELECT 2")
    trio.same("SET sql_mode = 'ANSI_QUOTES'")
    trio.same("SET sql_mode = \"ANSI\"")
    trio.same("SET character_set_results = gbk")
    trio.same(b'SELECT 1 AS "a", \'\xbf\\\'')


def test_strings_in_double_quotes(clients):
    trio = clients(UTF8MB4)
    for sql in ['SET sql_mode = "NO_BACKSLASH_ESCAPES"', "SELECT '\\', @@sql_mode", 'SET sql_mode = ""', 'SET autocommit = "ON"', "SELECT @@autocommit = 1 AS a",
                'SET @a = "it\'s", @b = "a\\tb"', "SELECT @a, @b"]:
        trio.same(sql)


def test_prepared_before_the_character_set_changed(clients):
    """A server goes on with what it has read; here it would be read again."""
    trio = clients(UTF8MB4)
    for raw in trio.raws[1:]:
        plain, _, _ = raw.prepare("SELECT 'a', 1")
        other, _, _ = raw.prepare("SELECT 'é', 1")
        assert raw.execute(other).rows == [("é".encode(), 1)]
        raw.query("SET NAMES latin1")
        assert raw.execute(plain).rows == [(b"a", 1)]
        with pytest.raises(ServerError) as e:
            raw.execute(other)
        assert e.value.errno == 1615
        raw.query("SET NAMES utf8mb4, sql_mode = 'ANSI_QUOTES'")
        with pytest.raises(ServerError) as e:
            raw.execute(plain)
        assert e.value.errno == 1615


def test_a_character_set_that_is_not_ascii(clients):
    """In swe7 the byte of [ is a letter."""
    utf8, swe7 = clients(UTF8MB4), clients(10)
    utf8.same("INSERT INTO tags VALUES ('Ä', 1), ('[', 2)")
    swe7.same("SELECT v FROM tags WHERE tag = '['")
    server, uno, duo = swe7.answers("INSERT INTO tags VALUES ('[x', 3)")
    assert uno == server and duo == [1235]
    for raw in utf8.raws:
        raw.query("DELETE FROM tags")


def test_nothing_but_comments(clients):
    trio = clients(UTF8MB4)
    for sql in ["-- nothing", "/* nothing */", "/* ; */", "", "  ", ";", ";;", "; /* x */", "select 1; /* x */", "select 1;;", "select 1; ; ", "select 1;;select 2",
                "/* a */;select 2", "/*! */", ";select 2", "/* a */; ", "select 1 --;", "-- x\n;", "select 1\0", "select 1; -- x", "select 1; select 2; # x"]:
        trio.same(sql)
    for raw in trio.raws:
        statement, params, columns = raw.prepare("/* nothing */")
        assert not params and not columns
        assert raw.execute(statement).rows == []


def test_characters_that_the_client_does_not_have(clients):
    """They come as question marks, but rows, groups and their order are those of the values."""
    utf8, latin1 = clients(UTF8MB4), clients(LATIN1)
    utf8.same("INSERT INTO notes VALUES (1, '中'), (2, '文'), (3, '中'), (4, 'é'), (5, '?'), (6, NULL), (7, '文'), (8, 'e')")
    for sql in ["SELECT note, COUNT(*) FROM notes GROUP BY note ORDER BY note", "SELECT DISTINCT note FROM notes ORDER BY note",
                "SELECT note, id FROM notes ORDER BY note, id", "SELECT note, id FROM notes ORDER BY note DESC, id LIMIT 5",
                "SELECT note, SUM(id) AS s FROM notes GROUP BY note ORDER BY s", "SELECT COUNT(*), MIN(id) FROM notes WHERE note > 'a'"]:
        utf8.same(sql)
        latin1.same(sql)
    utf8.same("DELETE FROM notes")
