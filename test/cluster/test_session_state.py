"""What a session leaves behind for its next statements, compared with a server: settings, user variables, counters, prepared
statements. Each test names its line of issue 8."""
import pymysql
import pytest
from pymysql.constants import CLIENT

from mysql_raw import INIT_DB, Raw

SCHEMA = ("CREATE TABLE t (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, v VARCHAR(100) CHARACTER SET utf8mb4);"
          "CREATE TABLE s (id BIGINT NOT NULL PRIMARY KEY, v VARCHAR(100) CHARACTER SET utf8mb4);")
NUM = ("CREATE TABLE usr (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20));"
       "CREATE TABLE item (usr BIGINT NOT NULL, id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20));")
VSCHEMA = {"sharded": True, "vindexes": {"hash": {"type": "hash"}}, "tables": {
    "s": {"column_vindexes": [{"column": "id", "name": "hash"}]}}}


@pytest.fixture(scope="module")
def state_cluster(start_cluster):
    return start_cluster({"keyspaces": {
        "uno": {"shards": ["-"], "replicas": 0, "schema": SCHEMA, "vschema": {"sharded": False, "tables": {}}},
        "due": {"shards": ["-"], "replicas": 0, "schema": SCHEMA, "vschema": {"sharded": False, "tables": {}}},
        "duo": {"shards": ["-80", "80-"], "replicas": 0, "schema": SCHEMA.split(";")[1] + ";", "vschema": VSCHEMA},
        "num": {"shards": ["-80", "80-"], "replicas": 0, "schema": NUM, "vschema": {
            "sharded": True, "vindexes": {"hash": {"type": "hash"}}, "tables": {
                "usr": {"column_vindexes": [{"column": "id", "name": "hash"}]},
                "item": {"column_vindexes": [{"column": "usr", "name": "hash"}]}}}}}})


def connect(cluster, ks="uno", **kw):
    return cluster.connect(ks, **dict(dict(autocommit=True, read_timeout=20, client_flag=CLIENT.MULTI_STATEMENTS), **kw))


def run(conn, *statements):
    with conn.cursor() as cur:
        for s in statements:
            cur.execute(s)
        return cur.fetchall()


def same(cluster, *statements, ks="uno", **kw):
    """The last statement's rows, through the gate and on the server itself."""
    out = []
    tablet = next(t for t in cluster.info()["tablets"] if t["keyspace"] == ks)
    for c in (connect(cluster, ks, **kw), cluster.connect_mysqld(tablet, autocommit=True, **kw)):
        try:
            out.append(run(c, *statements))
        except pymysql.MySQLError as e:
            out.append(e.args[0])
        c.close()
    assert out[0] == out[1], statements
    return out[0]


@pytest.mark.parametrize("charset", ["latin1", "utf8", "gbk", "utf8mb4"])
@pytest.mark.parametrize("change", ["SET NAMES utf8mb4", "SET CHARACTER SET utf8mb4", "SET NAMES utf8mb4 COLLATE utf8mb4_bin",
                                    "SET collation_connection=latin1_swedish_ci, NAMES utf8mb4"])
def test_set_names_behind_another_login(state_cluster, charset, change):
    """Issue 8, A 12: the connection's collation goes with its character set; no '?' in place of characters."""
    for cluster_conn in (connect(state_cluster, "uno", charset=charset), connect(state_cluster, "duo", charset=charset)):
        table = "s" if cluster_conn.db == b"duo" else "t"
        run(cluster_conn, f"DELETE FROM {table}", change)
        cluster_conn.encoding = "utf8"
        run(cluster_conn, f"INSERT INTO {table} (id, v) VALUES (5, 'gr\u00fc\u00dfe \u6f22\u5b57 \U0001f600')")
        assert run(connect(state_cluster, cluster_conn.db.decode()), f"SELECT v FROM {table}") == \
            (("gr\u00fc\u00dfe \u6f22\u5b57 \U0001f600",),)
    variables = ("SELECT @@character_set_client, @@character_set_connection, @@character_set_results, "
                 "@@collation_connection")
    same(state_cluster, change, variables, charset=charset)


@pytest.mark.parametrize("statements", [
    ("set optimizer_switch='mrr=on'", "set optimizer_switch='index_merge=off'", "select @@optimizer_switch"),
    ("set sql_big_selects=1", "set max_join_size=2", "select @@sql_big_selects, @@max_join_size"),
    ("set max_join_size=2", "set sql_big_selects=1", "select @@sql_big_selects, @@max_join_size"),
    ("set sql_mode='ansi'", "select @@sql_mode"),
    ("set sql_mode=concat(@@sql_mode, ',ANSI_QUOTES')", "select @@sql_mode"),
    ("set @x = 3, sql_select_limit = @x", "select @x, @@sql_select_limit"),
    ("set @x = 3", "set sql_select_limit = @x + 1", "set sql_select_limit = default", "select @@sql_select_limit"),
    ("set time_zone='+03:00'", "select @@time_zone"),
    ("set character_set_results=NULL", "select @@character_set_results"),
    ("set collation_connection=utf8mb4_bin", "set character_set_connection=latin1", "select @@collation_connection"),
    ("set names latin1 collate latin1_bin", "select @@collation_connection, @@character_set_client"),
    ("set names utf8mb4 collate \"utf8mb4_bin' or 1\"", "select 1"),
    ("set names 'no_such'", "select 1"),
    ("set sql_mode='NO_SUCH'", "select 1"),
    ("set session sort_buffer_size=1", "select @@sort_buffer_size"),
    ("set sort_buffer_size=99999999999999999999", "select 1"),
    ("set no_such_variable=1", "select 1"),
    ("set @x = foo", "select 1"),
    ("set @x = 'A' collate utf8mb4_bin", "select @x = 'a', @x"),
    ("set @x = 1, @y = @x + 1", "set @x = 7, @y = @x + 1", "select @x, @y"),
    ("set @x = 1.50, @y = 1e3, @z = null, @w = x'41'", "select @x, @y, @z, @w"),
    ("set autocommit = 'ON'", "select @@autocommit"),
    ("set lc_time_names='de_DE'", "select date_format('2026-11-28', '%M')"),
    ("set tx_isolation='SERIALIZABLE'", "set tx_isolation=default", "select @@tx_isolation"),
    ("set session transaction isolation level read committed, read only", "select @@tx_isolation, @@tx_read_only"),
])
def test_set_has_a_servers_effect(state_cluster, statements):
    """Issue 8, D 4, A 16: each variable has the value that one server would have given it."""
    same(state_cluster, *statements)


STORED = [
    "CREATE PROCEDURE op(OUT o INT) SET o = 7",
    "CREATE PROCEDURE iop(INOUT o VARCHAR(20)) SET o = CONCAT(o, '!')",
    "CREATE PROCEDURE sp() SET @x = 'p', @`ne``w` = 1.50",
    "CREATE PROCEDURE bad() BEGIN SET @x = 'before'; SIGNAL SQLSTATE '45000'; END",
    "CREATE PROCEDURE show_xy() SELECT @x, @y",
    "CREATE FUNCTION fx(n INT) RETURNS INT BEGIN SET @x = n, @y = 'A' COLLATE utf8mb4_bin; RETURN n + 1; END",
    "CREATE FUNCTION fo(OUT o INT) RETURNS INT BEGIN SET o = 41; RETURN 42; END",
    "CREATE TABLE trig (id INT PRIMARY KEY)",
    "CREATE TRIGGER tr BEFORE INSERT ON trig FOR EACH ROW SET @x = CONCAT(IFNULL(@x, ''), NEW.id), @d = NOW()",
    "CREATE VIEW vx AS SELECT fx(5) AS f",
]


@pytest.fixture(scope="module")
def stored(state_cluster):
    run(connect(state_cluster, "due"), *STORED)
    return state_cluster


@pytest.mark.parametrize("statements", [
    ("SET @o = 1", "CALL op(@o)", "SELECT @o"),
    ("CALL op(@o)", "SELECT @o + 1, @O"),
    ("SET @o = 'a'", "CALL iop(@o)", "CALL iop(@o)", "SELECT @o, COLLATION(@o)"),
    ("SET @x = 1", "CALL sp()", "SELECT @x, @`ne``w`"),
    ("SET @x = 1, @y = 'k'", "CALL show_xy()"),
    ("SET @x = 1", "SELECT fx(3)", "SELECT @x, @y, @y = 'a'"),
    ("SET @x = 1", "SELECT f FROM vx", "SELECT @x"),
    ("SET @x = 1", "DO fx(9)", "SELECT @x"),
    ("SET @x = 1", "SET @r = fx(3)", "SELECT @x, @r"),
    ("SET @x = 1", "BEGIN", "SELECT fx(3)", "ROLLBACK", "SELECT @x"),
    ("DELETE FROM trig", "SET @x = 1", "INSERT INTO trig VALUES (2), (3)", "SELECT @x, LENGTH(@d)"),
    ("SET @x = 1", "BEGIN NOT ATOMIC SET @x = 2; SET @z = X'00ff'; END", "SELECT @x, @z"),
    ("SET @x = 1", "IF 1 THEN SET @x = NULL; END IF", "SELECT @x"),
    ("SET @i = 2", "SELECT ExtractValue('<a><b>b1</b><b>b2</b></a>', '/a/b[$@i]')"),
    ("SET @o = 1", "SET @r = fo(@o)", "SELECT @r, @o"),
    ("SET @a = (@b := 3) + 1", "SELECT @a, @b"),
    ("SELECT fo(@o)",),
])
def test_stored_code_sets_user_variables(stored, statements):
    """Issue 8, D 3: variables that procedures, functions, triggers and compound statements set, whether they had a value or
    not."""
    same(stored, *statements, ks="due")


def test_failing_procedure_has_set_user_variables(stored):
    """Issue 8, D 3: what a CALL had set before its error stays set."""
    c = connect(stored, "due")
    run(c, "SET @x = 1")
    with pytest.raises(pymysql.MySQLError) as e:
        run(c, "CALL bad()")
    assert e.value.args[0] == 1644
    assert run(c, "SELECT @x") == (("before",),)


def test_set_out_of_range_does_not_stick(state_cluster):
    """Issue 8, D 6: a value that is corrected is kept as it was corrected; a refused one leaves all as it was."""
    c = connect(state_cluster)
    run(c, "SET sort_buffer_size = 1", "SET sql_select_limit = 5")
    with pytest.raises(pymysql.MySQLError):
        run(c, "SET sql_select_limit = 'x'")
    with pytest.raises(pymysql.MySQLError):
        run(c, "SET sql_select_limit = 9, tx_isolation = 'x'")
    assert run(c, "SELECT @@sql_select_limit") == ((5,),)
    assert run(c, "SET sort_buffer_size = 300000", "SELECT 1") == ((1,),)


@pytest.mark.parametrize("n", [20000, 300000, 5000000])
def test_long_user_variables(state_cluster, n):
    """Issue 8, A 16: values of any size, by SET and by := ."""
    c = connect(state_cluster)
    assert run(c, "SET @y = 'old'", f"SET @x = REPEAT('a', {n})", f"SELECT LENGTH(@y := REPEAT('b', {n}))") == ((n,),)
    assert run(c, "SELECT LENGTH(@x), LENGTH(@y), LEFT(@y, 1)") == ((n, n, "b"),)


def test_many_user_variables(state_cluster):
    """Issue 8, A 16: more than 64 in one statement."""
    c = connect(state_cluster)
    run(c, "SELECT " + ",".join(f"@v{i} := {i}" for i in range(200)))
    assert run(c, "SELECT " + ",".join(f"@v{i}" for i in range(200))) == (tuple(range(200)),)


def test_user_variables_keep_no_connection(state_cluster):
    """Issue 8, B 4: idle sessions that once ran SELECT @a := 1 do not starve others."""
    idle = []
    for i in range(80):
        c = connect(state_cluster)
        assert run(c, f"SELECT @a := {i}") == ((i,),)
        idle.append(c)
    d = connect(state_cluster, autocommit=False, read_timeout=10)
    assert run(d, "BEGIN", "SELECT 1", "COMMIT", "SELECT 2") == ((2,),)
    for i, c in enumerate(idle):
        assert run(c, "SELECT @a") == ((i,),)


def test_prepared_statement_stays_in_its_keyspace(state_cluster):
    """Issue 8, A 16: PREPARE in one keyspace, INIT_DB another, EXECUTE reads the first one's table."""
    run(connect(state_cluster, "uno"), "DELETE FROM t", "INSERT INTO t VALUES (1, 'uno')")
    run(connect(state_cluster, "due"), "DELETE FROM t", "INSERT INTO t VALUES (1, 'due')")
    c = Raw(("127.0.0.1", state_cluster.mysql_port))
    c.login(db="uno")
    ident = c.prepare("SELECT v FROM t")[0]
    c.send(INIT_DB, b"due")
    c.ok()
    assert c.execute(ident).rows == [(b"uno",)]
    assert c.rows("SELECT v FROM t") == [(b"due",)]


@pytest.mark.parametrize("charset", ["utf8mb4"])
def test_no_backslash_escapes_is_told(state_cluster, charset):
    """Issue 8, D 1: clients escape by SERVER_STATUS_NO_BACKSLASH_ESCAPES; without it, text is code."""
    c = connect(state_cluster)
    run(c, "SET sql_mode='NO_BACKSLASH_ESCAPES'")
    assert c.server_status & 512
    evil = "\\' OR 1=1 -- "
    with c.cursor() as cur:
        cur.execute("SELECT %s", (evil,))
        assert cur.fetchall() == ((evil,),)
    run(c, "SET sql_mode=''")
    assert not c.server_status & 512


def test_show_warnings_types(state_cluster):
    """Issue 8, D 7: Code is a number."""
    c = connect(state_cluster)
    run(c, "SELECT CAST('x' AS SIGNED)")
    assert run(c, "SHOW WARNINGS") == (("Warning", 1292, "Truncated incorrect INTEGER value: 'x'"),)
    assert run(c, "SHOW COUNT(*) WARNINGS") == ((1,),)


@pytest.mark.parametrize("statements", [
    ("INSERT INTO t (v) VALUES ('a')", "INSERT INTO t (v) VALUES (LAST_INSERT_ID())", "SELECT id, v FROM t ORDER BY id"),
    ("INSERT INTO t (v) VALUES (DATABASE()), ('x')", "SELECT v FROM t ORDER BY id"),
    ("INSERT INTO t (v) VALUES ('a'), (ROW_COUNT()), ('c')", "SELECT v FROM t ORDER BY id"),
    ("REPLACE INTO t (v) VALUES (CONCAT(DATABASE(), 'x'))", "SELECT v FROM t ORDER BY id"),
    ("SELECT 1 FROM DUAL WHERE DATABASE() IN (DATABASE(), 'x')",),
    ("INSERT INTO t (v) VALUES ('a')", "INSERT INTO t (id, v) VALUES (10, 'b')", "SELECT LAST_INSERT_ID()"),
    ("INSERT INTO t (v) VALUES ('a')", "INSERT INTO t VALUES (10, 'b'), (11, 'c')", "SELECT LAST_INSERT_ID()"),
    ("INSERT INTO t (v) VALUES ('a')", "INSERT INTO t VALUES (10, 'b'), (NULL, 'c'), (0, 'd')", "SELECT LAST_INSERT_ID()"),
    ("INSERT INTO t SET id = 7, v = 'a'", "SELECT LAST_INSERT_ID()"),
    ("SET LAST_INSERT_ID = 90", "SELECT LAST_INSERT_ID()"),
    ("DO LAST_INSERT_ID(5)", "SELECT LAST_INSERT_ID()"),
    ("SELECT LAST_INSERT_ID(77)", "SELECT LAST_INSERT_ID(), LAST_INSERT_ID() + 1"),
    ("INSERT INTO t VALUES (1, 'a')", "UPDATE t SET id = LAST_INSERT_ID(id + 5)", "SELECT LAST_INSERT_ID()"),
    ("SELECT CAST('x' AS SIGNED)", "SELECT @@warning_count", "SELECT @@warning_count", "SHOW WARNINGS"),
    ("SELECT CAST('x' AS SIGNED)", "SELECT 1", "SHOW WARNINGS"),
    ("SELECT CAST('x' AS SIGNED)", "SELECT COUNT(*) FROM t", "SHOW WARNINGS"),
    ("SELECT CAST('x' AS SIGNED)", "SELECT CAST('y' AS SIGNED)", "SHOW WARNINGS"),
    ("SELECT CAST('x' AS SIGNED)", "SET @a = 1", "BEGIN", "COMMIT", "SHOW WARNINGS"),
])
def test_counters(state_cluster, statements):
    """Issue 8, D 6: LAST_INSERT_ID(), its like and the diagnostics area, as on a server."""
    for c in (connect(state_cluster), ):
        run(c, "TRUNCATE TABLE t")
    out = []
    tablet = next(t for t in state_cluster.info()["tablets"] if t["keyspace"] == "uno")
    for c in (connect(state_cluster), state_cluster.connect_mysqld(tablet, autocommit=True)):
        out.append(run(c, "TRUNCATE TABLE t", *statements))
    assert out[0] == out[1]


def test_counters_prepared(state_cluster):
    """Issue 8, D 6: the same with parameters beside the call."""
    c = Raw(("127.0.0.1", state_cluster.mysql_port))
    c.login(db="uno")
    c.query("TRUNCATE TABLE t")
    ident = c.prepare("INSERT INTO t (v, id) VALUES (CONCAT(?, DATABASE()), ?)")[0]
    c.execute(ident, [(253, b"\2ab"), (8, (5).to_bytes(8, "little"))])
    assert c.rows("SELECT v, id FROM t") == [(b"abuno", b"5")]


def test_numbers_of_a_sharded_table_must_be_given(state_cluster):
    """Issue 8, A 13: what each shard would count for itself is refused, and nothing is stored."""
    c = connect(state_cluster, "num")
    for values in ("(0, 'a')", "(NULL, 'a')", "(5, 'a'), (0, 'b')", "('0', 'x')", "(0.0, 'x')"):
        with pytest.raises(pymysql.MySQLError) as e:
            run(c, "INSERT INTO usr VALUES " + values)
        assert e.value.args[0] in (1235, 1048), values
    with pytest.raises(pymysql.MySQLError) as e:
        run(c, "INSERT INTO usr (name) VALUES ('a')")
    for values in ("(1, 0, 'a')", "(1, NULL, 'a')"):
        with pytest.raises(pymysql.MySQLError) as e:
            run(c, "INSERT INTO item VALUES " + values)
        assert e.value.args[0] == 1235
    with pytest.raises(pymysql.MySQLError) as e:
        run(c, "INSERT INTO item (usr, name) VALUES (1, 'a')")
    assert e.value.args[0] == 1235
    assert run(c, "SELECT * FROM usr") == () and run(c, "SELECT * FROM item") == ()
    run(c, "INSERT INTO usr VALUES (7, 'a'), (8, 'b')", "INSERT INTO item VALUES (7, 1, 'x')")
    assert run(c, "SELECT * FROM usr WHERE id = 7") == ((7, "a"),)


def test_sequences_and_handlers_are_the_sessions(state_cluster):
    """Issue 8, A 16, D 5: LASTVAL() and HANDLER live on the session's connection."""
    a, b = connect(state_cluster), connect(state_cluster)
    run(a, "CREATE SEQUENCE IF NOT EXISTS sq", "CREATE TABLE IF NOT EXISTS h (id INT PRIMARY KEY)", "REPLACE INTO h VALUES (1), (2)")
    first = run(a, "SELECT NEXTVAL(sq)")[0][0]
    second = run(b, "SELECT NEXTVAL(sq)")[0][0]
    assert second == first + 1
    for _ in range(5):
        assert run(a, "SELECT LASTVAL(sq)") == ((first,),)
        assert run(b, "SELECT LASTVAL(sq)") == ((second,),)
    run(a, "HANDLER h OPEN")
    assert run(a, "HANDLER h READ FIRST") == ((1,),)
    run(b, "SELECT 1")
    assert run(a, "HANDLER h READ NEXT") == ((2,),)
    run(a, "HANDLER h CLOSE")


def test_wait_timeout(state_cluster):
    """Issue 8, D 5: the gate obeys the session's wait_timeout."""
    c, d = connect(state_cluster), connect(state_cluster)
    run(c, "SET wait_timeout = 1")
    import time
    end = time.monotonic() + 15
    while run(d, "SELECT 1") and len(run(d, "SHOW PROCESSLIST")) > 1 and \
            c.thread_id() in [r[0] for r in run(d, "SHOW PROCESSLIST")]:
        assert time.monotonic() < end
        time.sleep(0.1)
    with pytest.raises((pymysql.MySQLError, OSError)):
        run(c, "SELECT 1")


def test_found_rows_in_a_snapshot(state_cluster):
    """A connection that a statement of the gate's own opened counts as the client asked for (CLIENT_FOUND_ROWS)."""
    run(connect(state_cluster), "REPLACE INTO t VALUES (8, 'a')")
    for flag, want in ((0, 0), (CLIENT.FOUND_ROWS, 1)):
        c = connect(state_cluster, client_flag=flag)
        run(c, "START TRANSACTION WITH CONSISTENT SNAPSHOT")
        with c.cursor() as cur:
            assert cur.execute("UPDATE t SET v = 'a' WHERE id = 8") == want
        run(c, "ROLLBACK")
