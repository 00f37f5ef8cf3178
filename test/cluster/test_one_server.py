"""What a client sees of each statement through the gate, compared with a MariaDB server: rows, column definitions, counts, ids,
messages, errors, status flags. Scripts run on an unsharded keyspace and, where they say so, on one of two shards too."""
import os
import random
import signal
import threading
import time

import pytest

from mysql_raw import CAP_MULTI, Raw, ServerError

SCHEMA = ("CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, v VARCHAR(100), n INT);"
          "CREATE TABLE m (id BIGINT NOT NULL PRIMARY KEY, v VARCHAR(100)) ENGINE=MyISAM;")
VSCHEMA = {"sharded": True, "vindexes": {"hash": {"type": "hash"}}, "tables": {
    name: {"column_vindexes": [{"column": "id", "name": "hash"}]} for name in ("t", "m")}}
TRACKED = 0x4000  # SESSION_STATE_CHANGED: the gate does not offer session tracking
USER_SCHEMAS = ("uno", "due", "duo")

# Of one session each, on one unsharded keyspace. Each text's whole outcome is compared.
ONE = [
    ("SELECT FOUND_ROWS()", "SELECT ROW_COUNT()", "SELECT LAST_INSERT_ID()", "SELECT (FOUND_ROWS())", "SELECT FOUND_ROWS() > 0"),
    ("SELECT CONCAT(DATABASE(), 'x') <> ''", "SELECT CONNECTION_ID() > 0", "SELECT DATABASE() IS NULL, SCHEMA() IS NULL"),
    ("SELECT ROW_COUNT()-- x", "SELECT ROW_COUNT() # x", "SELECT /* a */ FOUND_ROWS() /* b */ > 2 -- c", "SELECT 1 /* end */"),
    ("SELECT ROW_COUNT() FROM (SELECT ROW_COUNT() > 1) q", "SELECT * FROM (SELECT ROW_COUNT() < 1) `a``b`", "SELECT (SELECT ROW_COUNT() > 1)",
     "SELECT FOUND_ROWS() IN (FOUND_ROWS(), 2), 'a`b', FOUND_ROWS() = 'a`b'"),
    ("INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2)", "SELECT ROW_COUNT(), ROW_COUNT()"),
    ("SELECT GET_LOCK('a', 0)", "SELECT IS_USED_LOCK('a') = CONNECTION_ID()", "SELECT IS_USED_LOCK('b') IS NULL", "SELECT IS_FREE_LOCK('a')",
     "SELECT RELEASE_LOCK('a')"),
    ("BEGIN", "INSERT INTO m VALUES (1, 'a')", "ROLLBACK", "SHOW WARNINGS", "SHOW COUNT(*) WARNINGS"),
    ("BEGIN", "INSERT INTO m VALUES (1, 'a')", "INSERT INTO t VALUES (1, 'a', 1)", "SAVEPOINT a", "INSERT INTO m VALUES (2, 'a')",
     "ROLLBACK TO a", "SHOW WARNINGS", "ROLLBACK", "SHOW WARNINGS"),
    ("SET sort_buffer_size = 1", "SHOW WARNINGS", "SET sql_select_limit = 5, sort_buffer_size = 1", "SHOW WARNINGS"),
    ("SET lc_time_names = 'xx'", "SHOW WARNINGS"),
    ("BEGIN", "INSERT INTO t VALUES (1, 'a', 1)", "SELECT ROW_COUNT()", "COMMIT", "SELECT ROW_COUNT()", "SELECT ROW_COUNT()"),
    ("SET autocommit = 0", "SAVEPOINT a", "SELECT 1", "SELECT * FROM t", "COMMIT", "SET autocommit = 1"),
    ("SET autocommit = 0", "SAVEPOINT a", "INSERT INTO t VALUES (1, 'a', 1)", "ROLLBACK TO a", "COMMIT", "ROLLBACK TO a",
     "SELECT COUNT(*) FROM t"),
    ("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", "BEGIN", "SELECT @@tx_isolation", "COMMIT AND CHAIN", "COMMIT"),
    ("SET TRANSACTION READ ONLY", "BEGIN", "INSERT INTO t VALUES (1,'a',1)", "COMMIT", "INSERT INTO t VALUES (1,'a',1)"),
    ("SET TRANSACTION READ ONLY", "INSERT INTO t VALUES (1,'a',1)", "INSERT INTO t VALUES (1,'a',1)", "SELECT * FROM t",
     "INSERT INTO t VALUES (1,'a',1)"),
    ("SET TRANSACTION READ ONLY", "BEGIN", "SET TRANSACTION READ WRITE", "COMMIT AND CHAIN", "INSERT INTO t VALUES (1,'a',1)", "COMMIT"),
    ("SET TRANSACTION READ ONLY", "SET @@tx_read_only = 0", "INSERT INTO t VALUES (1,'a',1)"),
    ("SET TRANSACTION READ ONLY", "START TRANSACTION READ WRITE", "INSERT INTO t VALUES (1,'a',1)", "COMMIT"),
    ("EXPLAIN SELECT * FROM t WHERE id = 7", "EXPLAIN SELECT 1", "DESCRIBE t", "EXPLAIN FORMAT=JSON SELECT 1"),
    ("SET NAMES latin1", "EXPLAIN SELECT 1", "SHOW WARNINGS", "SHOW TABLES", "SELECT 'a'", "SET NAMES utf8mb4"),
    ("SHOW WARNINGS", "SHOW COUNT(*) WARNINGS", "SHOW COUNT(*) ERRORS", "SHOW ERRORS", "SELECT 1/0", "SHOW WARNINGS LIMIT 1"),
    ("SELEC 1", "SELECT * FROM", "SELECT 'abc", "SELECT `abc", "SELECT * FROM no_such", "SELECT no_such FROM t", "SELECT 1 FROM t WHERE",
     "SELECT no_such()", "SELECT /* abc", "INSERT INTO t VALUES (1", "SELECT \"abc"),
    ("INSERT INTO t VALUES (1, 'a', 1)", "INSERT INTO t VALUES (1, 'a', 1)", "INSERT IGNORE INTO t VALUES (1, 'a', 1), (2, 'b', 2)",
     "SHOW WARNINGS", "UPDATE t SET n = 5", "UPDATE t SET n = 5", "REPLACE INTO t VALUES (1, 'c', 3)",
     "INSERT INTO t VALUES (1, 'd', 4) ON DUPLICATE KEY UPDATE v = 'e'", "DELETE FROM t WHERE id = 2", "TRUNCATE TABLE t"),
    ("SET @u = 1", "SET sql_safe_updates = 1", "INSERT INTO t VALUES (1, 'a', 1)", "DELETE FROM t WHERE id = @u", "SELECT COUNT(*) FROM t"),
    ("CREATE TABLE c AS SELECT 1 AS a UNION SELECT 2", "SELECT * FROM c", "DROP TABLE c", "DROP TABLE c"),
    ("CREATE VIEW w AS SELECT id FROM t", "INSERT INTO t VALUES (3, 'x', 1)", "SELECT * FROM w", "DROP VIEW w"),
    ("WITH q AS (SELECT 1 AS a) SELECT * FROM q", "SELECT 1 INTO @a", "SELECT @a", "DO 1", "SELECT 1 FROM DUAL WHERE 0"),
    ("SELECT VERSION()", "SELECT @@version", "SELECT @@version_comment = ''"),
    ("SELECT 1 LIMIT ROWS EXAMINED 5", "SELECT SLEEP(0)", "SELECT BENCHMARK(1, 1)", "SELECT UUID() = ''"),
    ("USE no_such", "SHOW TABLES LIKE 'no%'"),
    ("LOCK TABLES t WRITE", "INSERT INTO m VALUES (1, 'a')", "INSERT INTO t VALUES (1, 'a', 1)", "UNLOCK TABLES"),
    ("CREATE TEMPORARY TABLE tt (a INT)", "INSERT INTO tt VALUES (1)", "SELECT * FROM tt", "DROP TEMPORARY TABLE tt"),
    ("CHECK TABLE t", "ANALYZE TABLE t", "OPTIMIZE TABLE t", "CHECKSUM TABLE t"),
]
# Rows are compared, names and kinds of columns; lengths and flags are not a server's.
ROWS = [
    ("SELECT @@autocommit", "SELECT @@warning_count", "SELECT @@error_count", "SELECT @@autocommit + 0.5", "SELECT `v`, @@warning_count FROM t"),
    ("SELECT ROW_COUNT()+1 , 'x'", "SELECT (SELECT ROW_COUNT()), ROW_COUNT() UNION SELECT 1, ROW_COUNT()"),
    ("SELECT FOUND_ROWS(), FOUND_ROWS() + 0", "SELECT DATABASE()", "SELECT CHARSET(USER()), COERCIBILITY(DATABASE())"),
    tuple(f"SELECT {','.join(['ROW_COUNT()'] * n)}" for n in (63, 64, 65, 200)),
    ("SHOW DATABASES LIKE 'un%'",),
    ("SHOW WARNINGS; SELECT 1/0; SHOW WARNINGS",),
    # Plans are cached by the shape of a text: neither names nor locks are another statement's.
    ("SELECT ROW_COUNT() + 1", "SELECT ROW_COUNT() + 2", "SELECT ROW_COUNT() + 1, 'a'", "SELECT ROW_COUNT() + 3, 'b'"),
    ("SELECT GET_LOCK('a', 0)", "SELECT IS_USED_LOCK('a') IS NULL AS n", "SELECT IS_USED_LOCK('b') IS NULL AS n",
     "SELECT IS_USED_LOCK('a') IS NULL AS n", "SELECT RELEASE_LOCK('a')"),
]
# On two shards too.
BOTH = [
    ("SELECT FOUND_ROWS()", "SELECT ROW_COUNT()", "SELECT LAST_INSERT_ID()", "SELECT (FOUND_ROWS())", "SELECT FOUND_ROWS() > 0"),
    ("INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)", "SELECT ROW_COUNT()", "SELECT * FROM t WHERE id = 2", "SELECT FOUND_ROWS()",
     "SELECT id FROM t ORDER BY id", "SELECT FOUND_ROWS()", "UPDATE t SET n = 9 WHERE id = 1", "UPDATE t SET n = 9", "UPDATE t SET n = 9",
     "SELECT ROW_COUNT()", "DELETE FROM t WHERE id = 3", "DELETE FROM t"),
    ("INSERT INTO t VALUES (1, 'a', 1)", "INSERT INTO t VALUES (1, 'a', 1)", "SELECT ROW_COUNT()", "SHOW WARNINGS", "SHOW ERRORS"),
    ("BEGIN", "INSERT INTO m VALUES (1, 'a'), (2, 'b'), (3, 'c')", "ROLLBACK", "SHOW WARNINGS", "SHOW COUNT(*) WARNINGS"),
    ("SET TRANSACTION READ ONLY", "BEGIN", "UPDATE t SET n = 1", "COMMIT", "UPDATE t SET n = 1"),
    ("SET TRANSACTION READ ONLY", "UPDATE t SET n = 1", "UPDATE t SET n = 1", "SELECT * FROM t", "UPDATE t SET n = 1"),
    ("SET TRANSACTION READ ONLY", "BEGIN", "COMMIT AND CHAIN", "INSERT INTO t VALUES (1,'a',1)", "COMMIT", "INSERT INTO t VALUES (1,'a',1)"),
    ("SET autocommit = 0", "SAVEPOINT a", "INSERT INTO t VALUES (1, 'a', 1), (2, 'a', 1), (3, 'a', 1)", "ROLLBACK TO a", "COMMIT",
     "SELECT COUNT(*) FROM t"),
    ("INSERT INTO t VALUES (2.0, 'a', 1), (0x3, 'b', 1), (b'101', 'c', 1), (6e0, 'd', 1), ('7', 'e', 1)", "SELECT id, v FROM t ORDER BY id",
     "SELECT v FROM t WHERE id = 2", "SELECT v FROM t WHERE id = 3.0", "SELECT v FROM t WHERE id = 0x05", "SELECT v FROM t WHERE id = 6"),
    # One row on each shard: the counts are in the answer all the same.
    ("INSERT INTO t VALUES (1, 'a', 1), (4, 'b', 1)", "INSERT IGNORE INTO t VALUES (1, 'a', 1), (4, 'b', 1)",
     "REPLACE INTO t VALUES (1, 'x', 1), (4, 'y', 1)", "INSERT INTO t VALUES (1, 'a', 1), (4, 'b', 1) ON DUPLICATE KEY UPDATE n = 7",
     "INSERT INTO t VALUES (1, 'a', 1)"),
    ("INSERT INTO t VALUES (7, 'a', 1)", "EXPLAIN SELECT * FROM t WHERE id = 7", "EXPLAIN UPDATE t SET n = 2 WHERE id = 7"),
    ("SELECT 'abc", "SELECT /* abc"),
    ("INSERT INTO t (nosuch) VALUES (1)", "INSERT INTO t (id, nosuch) VALUES (1, 1)", "REPLACE INTO t (v, nosuch) VALUES ('a', 1)",
     "INSERT INTO t SET nosuch = 1", "REPLACE INTO t SET v = 'a', nosuch = 2", "INSERT INTO t (nosuch) VALUES (1, 2)",
     "INSERT INTO t (id, v) VALUES (1)"),
]


def seen(conn, sql):
    """All that a client sees of one text, as a list."""
    out = []
    try:
        conn.send(3, sql.encode())
        while True:
            r = conn.result()
            out.append((
                r.columns and [("ks" if c.schema in USER_SCHEMAS else c.schema, c.table, c.name, c.charset, c.length, c.type, c.flags, c.decimals)
                               for c in r.columns],
                r.rows, r.affected, r.insert_id, [s & ~TRACKED for s in r.statuses], r.warnings, r.info))
            if not r.status & 8:
                return out
    except ServerError as e:
        return [*out, (e.errno, e.state, e.message)]


def session(address, db, script):
    conn = Raw(address)
    conn.login(db=db, caps=CAP_MULTI)
    for table in ("t", "m"):
        conn.query(f"DELETE FROM {table}")
    conn.query("SELECT 1")
    out = [(sql, seen(conn, sql)) for sql in script]
    conn.close()
    return out


def plain(out):
    """Names of keyspaces are not compared."""
    return [a if len(a) != 3 else (a[0], a[1], a[2].replace("'duo.", "'uno.")) for a in out]


@pytest.fixture(scope="module")
def one(start_cluster):
    return start_cluster({"keyspaces": {
        "uno": {"shards": ["-"], "replicas": 0, "schema": SCHEMA, "vschema": {"sharded": False, "tables": {}}},
        "due": {"shards": ["-"], "replicas": 0, "schema": SCHEMA, "vschema": {"sharded": False, "tables": {}}},
        "duo": {"shards": ["-80", "80-"], "replicas": 0, "schema": SCHEMA, "vschema": VSCHEMA}}})


def compare(one, ks, script, part=lambda out: out):
    gate = session(("127.0.0.1", one.mysql_port), ks, script)
    server = session(one.tablets("uno")[0]["mysqld_socket"], "uno", script)
    for (sql, a), (_, b) in zip(gate, server):
        assert part(plain(a)) == part(plain(b)), sql


def without_lengths(out):
    return [a if len(a) == 3 else ([(c[2], c[3], c[5] in (3, 8)) for c in a[0] or ()],) + a[1:4] + a[5:] for a in out]


def without_index_flags(out):
    """NO_INDEX_USED (32) and its like are the servers' opinions of each shard."""
    return [a if len(a) == 3 else a[:4] + ([s & ~0x830 for s in a[4]],) + a[5:] for a in out]


@pytest.mark.parametrize("script", ONE, ids=lambda s: s[0])
def test_unsharded(one, script):
    """Issue 8, A 16, D 5, D 6, D 7, F."""
    compare(one, "uno", script)


@pytest.mark.parametrize("script", ROWS, ids=lambda s: s[0][:80])
def test_unsharded_rows(one, script):
    """Issue 8, D 7."""
    compare(one, "uno", script, without_lengths)


@pytest.mark.parametrize("script", BOTH, ids=lambda s: s[0])
@pytest.mark.parametrize("ks", ["uno", "duo"])
def test_both(one, ks, script):
    compare(one, ks, script, without_index_flags)


LEVEL = "SELECT trx_isolation_level FROM information_schema.innodb_trx WHERE trx_tables_locked > 0"
SERIALIZABLE, READ_COMMITTED = "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", "SET @@tx_isolation = 'READ-COMMITTED'"


def transactions(one, none=False):
    """The levels of due's transactions with locks, once there are any (or none). InnoDB's list is a cache of 100 ms."""
    with one.connect_mysqld(one.tablets("due")[0], autocommit=True).cursor() as server:
        for _ in range(60):
            time.sleep(0.15)
            server.execute(LEVEL)
            levels = server.fetchall()
            if bool(levels) != none:
                return levels
    raise AssertionError("a transaction stays open" if none else "no transaction is open")


@pytest.mark.parametrize("script, want", [
    (("BEGIN",), "REPEATABLE READ"),
    ((SERIALIZABLE, "BEGIN"), "SERIALIZABLE"),
    ((SERIALIZABLE, "SET autocommit = 0"), "SERIALIZABLE"),
    ((SERIALIZABLE, "BEGIN", "SELECT * FROM t", "COMMIT", "BEGIN"), "REPEATABLE READ"),
    ((SERIALIZABLE, "BEGIN", "SELECT * FROM t", "COMMIT AND CHAIN"), "SERIALIZABLE"),
    ((SERIALIZABLE, "BEGIN", "SELECT * FROM t", "COMMIT AND CHAIN", "ROLLBACK", "BEGIN"), "REPEATABLE READ"),
    ((SERIALIZABLE, "SELECT * FROM t", "BEGIN"), "REPEATABLE READ"),
    ((SERIALIZABLE, "SELECT 1", "BEGIN"), "SERIALIZABLE"),
    ((READ_COMMITTED, "START TRANSACTION READ WRITE"), "READ COMMITTED"),
    ((SERIALIZABLE, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", "BEGIN"), "READ COMMITTED"),
    (("SET tx_isolation = 'SERIALIZABLE'", "BEGIN", "COMMIT", "BEGIN"), "SERIALIZABLE"),
])
def test_isolation(one, script, want):
    """Issue 8, A 16, D 6: the level of the next transaction, and of a chain."""
    conn = Raw(("127.0.0.1", one.mysql_port))
    conn.login(db="due")
    conn.query("REPLACE INTO t VALUES (1, 'a', 1)")
    for sql in script:
        conn.query(sql)
    conn.query("SELECT * FROM t FOR UPDATE")
    levels = transactions(one)
    conn.close()
    transactions(one, none=True)  # the next test must not see this one's
    assert levels == ((want,),)


def test_comments_reach_the_server(one):
    """Issue 8, D 5: what stands behind a statement, too."""
    conn = Raw(("127.0.0.1", one.mysql_port))
    conn.login(db="uno", caps=CAP_MULTI)
    with one.connect_mysqld(one.tablets("uno")[0], autocommit=True).cursor() as server:
        server.execute("SET GLOBAL log_output = 'TABLE'")
        server.execute("SET GLOBAL general_log = 1")
        conn.query("/* before */ SELECT /* in */ 42 /* behind */ -- it")
        conn.results("SELECT 43 /* first */; SELECT 44 /* second */ ;")
        ident = conn.prepare("SELECT 45 /* prepared */")[0]
        conn.execute(ident)
        server.execute("SET GLOBAL general_log = 0")
        server.execute("SELECT CAST(argument AS CHAR) FROM mysql.general_log WHERE argument LIKE '%SELECT%4%' AND argument NOT LIKE '%general%'")
        texts = [row[0] for row in server.fetchall()]
        server.execute("TRUNCATE TABLE mysql.general_log")
    assert texts[0].endswith("SELECT /* in */ 42 /* behind */ -- it")
    assert texts[1:3] == ["SELECT 43 /* first */", "SELECT 44 /* second */"]
    assert set(texts[3:]) == {"SELECT 45 /* prepared */"}


def test_error_of_a_statement_among_others(one):
    """A server quotes what follows to the end of the text (found by attacking)."""
    compare(one, "duo", ["SELECT 1; SELECT * FROM ; SELECT 3", "SELECT 1; SELECT 1 FROM t WHERE /* x */", "SELECT 1;\nSELEC 2;\nSELECT 3"])


@pytest.mark.parametrize("sql, word", [
    ("CREATE VIEW w AS SELECT id FROM t", "CREATE VIEW in"), ("WITH q AS (SELECT * FROM t) SELECT * FROM q", "WITH over"),
    ("LOAD DATA INFILE 'x' INTO TABLE t", "LOAD in"), ("BEGIN NOT ATOMIC SELECT 1; END", "BEGIN NOT ATOMIC in"),
    ("ANALYZE DELETE FROM t", "ANALYZE of a statement that writes"), ("SET profiling = 1", "profiling is not supported"),
    ("CHECKSUM TABLE t", "CHECKSUM TABLE over several shards")])
def test_refusals_name_the_statement(one, sql, word):
    """Issue 8, F, D 5."""
    conn = Raw(("127.0.0.1", one.mysql_port))
    conn.login(db="duo")
    with pytest.raises(ServerError) as e:
        conn.query(sql)
    assert e.value.errno == 1235 and word in e.value.message


def test_used_lock_of_another(one):
    """Issue 8, D 5: a lock's owner is never told a number that is a client's of this gate, but for its own."""
    a, b = Raw(("127.0.0.1", one.mysql_port)), Raw(("127.0.0.1", one.mysql_port))
    for c in (a, b):
        c.login(db="uno")
    assert a.rows("SELECT GET_LOCK('z', 0)") == [(b"1",)]
    assert a.rows("SELECT IS_USED_LOCK('z')") == [(str(a.id).encode(),)]
    assert int(b.rows("SELECT IS_USED_LOCK('z')")[0][0]) > 1 << 31
    ident = a.prepare("SELECT IS_USED_LOCK(?) AS n, ? + ROW_COUNT() AS m")[0]
    for name, want in ((b"z", a.id), (b"y", None), (b"z", a.id)):
        row = a.execute(ident, [(253, b"\1" + name), (8, (5).to_bytes(8, "little"))]).rows[0]
        assert row[0] == want and row[1] == 4, row
    a.query("DO RELEASE_LOCK('z')")


PROCEDURES = ("CREATE PROCEDURE opens() BEGIN START TRANSACTION; INSERT INTO t VALUES (700, 'x', 1); END",
              "CREATE PROCEDURE ends() BEGIN INSERT INTO t VALUES (701, 'x', 1); COMMIT; END",
              "CREATE PROCEDURE undoes() BEGIN INSERT INTO t VALUES (702, 'x', 1); ROLLBACK; END",
              "CREATE PROCEDURE off() BEGIN SET autocommit = 0; INSERT INTO t VALUES (703, 'x', 1); END",
              "CREATE PROCEDURE fails() BEGIN COMMIT; INSERT INTO no_such VALUES (1); END",
              "CREATE PROCEDURE counts() INSERT INTO auto (v) VALUES ('a'), ('b')")
STORED = [
    ("CALL opens()", "SELECT 1", "COMMIT", "SELECT id FROM t"), ("CALL opens()", "ROLLBACK", "SELECT id FROM t"),
    ("BEGIN", "INSERT INTO t VALUES (1, 'a', 1)", "CALL ends()", "INSERT INTO t VALUES (2, 'b', 1)", "ROLLBACK", "SELECT id FROM t"),
    ("BEGIN", "INSERT INTO t VALUES (1, 'a', 1)", "CALL undoes()", "INSERT INTO t VALUES (2, 'b', 1)", "ROLLBACK", "SELECT id FROM t"),
    ("BEGIN", "CALL ends()", "BEGIN", "CALL opens()", "ROLLBACK", "SELECT id FROM t"),
    ("BEGIN", "INSERT INTO t VALUES (1, 'a', 1)", "CALL fails()", "INSERT INTO t VALUES (2, 'b', 1)", "ROLLBACK", "SELECT id FROM t"),
    ("CALL off()", "INSERT INTO t VALUES (1, 'a', 1)", "ROLLBACK", "SELECT id FROM t", "SET autocommit = 1"),
    ("BEGIN NOT ATOMIC START TRANSACTION; INSERT INTO t VALUES (704, 'x', 1); END", "ROLLBACK", "SELECT id FROM t"),
    ("SET autocommit = 0", "CALL ends()", "INSERT INTO t VALUES (1, 'a', 1)", "ROLLBACK", "SELECT id FROM t", "SET autocommit = 1"),
    ("TRUNCATE TABLE auto", "ALTER TABLE auto AUTO_INCREMENT = 50", "CALL counts()", "SELECT LAST_INSERT_ID()",
     "INSERT INTO t VALUES (LAST_INSERT_ID(), 'x', 1)", "SELECT id FROM t"),
]


@pytest.fixture(scope="module")
def stored(one):
    conn = Raw(("127.0.0.1", one.mysql_port))
    conn.login(db="uno")
    conn.query("CREATE TABLE auto (id BIGINT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(9))")
    for text in PROCEDURES:
        conn.query(text)
    conn.close()
    return one


@pytest.mark.parametrize("script", STORED, ids=lambda s: s[0] + ";" + s[1])
def test_transactions_of_stored_code(stored, script):
    """What procedures do to the transaction and to LAST_INSERT_ID() is the session's (found by attacking)."""
    compare(stored, "uno", script)


@pytest.mark.parametrize("setting", ["max_statement_time = 0.001", "max_join_size = 1", "max_session_mem_used = 8192", "sql_select_limit = 0"])
def test_limits_hold_for_the_statement_alone(one, setting):
    """The gate's own reading of variables behind a write must not fail it (found by attacking)."""
    conn = Raw(("127.0.0.1", one.mysql_port))
    conn.login(db="uno")
    conn.query("DELETE FROM t")
    conn.query("SET @n = 50")
    conn.query(f"SET {setting}")
    for i in range(20):
        try:
            conn.query(f"INSERT INTO t VALUES (@n := @n + 1, 'x', {i})")
            done = True
        except ServerError as e:
            assert e.errno in (1969, 1290), e  # the statement's own
            done = False
        other = Raw(("127.0.0.1", one.mysql_port))
        other.login(db="uno")
        assert bool(other.rows(f"SELECT 1 FROM t WHERE n = {i}")) == done, (i, done)
        other.close()


@pytest.mark.parametrize("sql", [
    "BEGIN NOT ATOMIC DROP DATABASE uno; END", "BEGIN NOT ATOMIC ALTER SCHEMA uno CHARACTER SET latin1; END",
    "BEGIN NOT ATOMIC SHOW PROCESSLIST; END", "CREATE PROCEDURE bad() SHOW FULL PROCESSLIST", "CREATE PROCEDURE bad() KILL QUERY 5",
    "CREATE FUNCTION bad() RETURNS INT RETURN (SELECT COUNT(*) FROM information_schema.processlist)",
    "CREATE VIEW bad AS SELECT * FROM information_schema.`PROCESSLIST`",
    "CREATE PROCEDURE bad() SET PASSWORD = PASSWORD('zz')", "FLUSH TABLES WITH READ\tLOCK", "FLUSH TABLES WITH  READ  LOCK",
    "BEGIN NOT ATOMIC\nDROP\n/* x */ DATABASE uno; END"])
def test_stored_code_gets_no_more_rights(one, sql):
    """The account is shared: its rights over itself are nobody's (found by attacking)."""
    conn = Raw(("127.0.0.1", one.mysql_port))
    conn.login(db="uno")
    with pytest.raises(ServerError) as e:
        conn.query(sql)
    assert e.value.errno == 1227, e.value
    assert conn.rows("SELECT DATABASE()") == [(b"uno",)]


def test_names_that_are_words_of_programs(one):
    """Tables and columns may be called so."""
    conn = Raw(("127.0.0.1", one.mysql_port))
    conn.login(db="uno")
    conn.query("CREATE TABLE processlist (processlist INT, `kill` INT, `database` INT)")
    conn.query("ALTER TABLE processlist ADD password INT")
    conn.query("DROP TABLE processlist")


@pytest.mark.parametrize("ks", ["uno", "duo"])
def test_kill_of_the_first_write(one, ks):
    """KILL QUERY never hits the BEGIN that goes before a transaction's first statement: that would commit by itself (found by
    attacking). Killed or not, ROLLBACK undoes it; and a statement over two shards is done whole or not at all."""
    rng, address = random.Random(7), ("127.0.0.1", one.mysql_port)
    conn, killer, look = (Raw(address) for _ in range(3))
    for c in (conn, killer, look):
        c.login(db=ks)
    conn.query("DELETE FROM t")
    killed = 0
    for i in range(400):
        txn = i % 2
        if txn:
            conn.query("BEGIN")
        conn.send(3, b"INSERT INTO t VALUES (1, 'z', SLEEP(0.0003)), (4, 'z', SLEEP(0.0003)), (2, 'z', SLEEP(0.0003))")
        time.sleep(rng.choice([0, 0, 0.0001, 0.0005]))
        killer.query(f"KILL QUERY {conn.id}")
        try:
            conn.result()
            done = True
        except ServerError as e:
            assert e.errno == 1317, e
            done, killed = False, killed + 1
        for _ in range(3):  # the KILL may come to this statement
            try:
                conn.query("ROLLBACK")
                break
            except ServerError as e:
                assert e.errno == 1317, e
        rows = len(look.rows("SELECT id FROM t"))
        assert rows == (3 if done and not txn else 0), (i, txn, done, rows)
        look.query("DELETE FROM t")
    print(killed, "killed")
    assert killed > 5


def test_stalled_tablet_keeps_no_transaction(one):
    """Requests that a tablet reads from a connection that is gone leave nothing behind (found by attacking)."""
    address, stop = ("127.0.0.1", one.mysql_port), []

    def work(n):
        while not stop:
            try:
                c = Raw(address, timeout=30)
                c.login(db="duo")
                while not stop:
                    c.query("BEGIN")
                    for k in range(4):
                        c.query(f"REPLACE INTO t VALUES ({n * 100 + k}, 'x', 1)")
                    c.query("COMMIT")
            except (ServerError, OSError, EOFError):
                time.sleep(0.05)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for t in threads:
        t.start()
    tablets = one.tablets("duo")
    try:
        for i in range(3):
            time.sleep(0.3)
            os.kill(tablets[i % 2]["pid"], signal.SIGSTOP)
            time.sleep(3)
            os.kill(tablets[i % 2]["pid"], signal.SIGCONT)
            time.sleep(1)
    finally:
        stop.append(True)
        for t in threads:
            t.join()
    for tablet in tablets:
        with one.connect_mysqld(tablet, autocommit=True).cursor() as server:
            end = time.monotonic() + 5
            while True:
                server.execute("SELECT t.trx_id FROM information_schema.innodb_trx t JOIN information_schema.processlist p"
                               " ON p.id = t.trx_mysql_thread_id WHERE p.user = 'sluice_app'")
                left = server.fetchall()
                if not left:
                    break
                assert time.monotonic() < end, left
                time.sleep(0.2)
