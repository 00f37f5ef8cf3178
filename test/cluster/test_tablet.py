"""A tablet with a real mysqld: answers, transactions, sessions, isolation between users, kills, recovery."""
import os
import signal
import subprocess
import sys
import time

import pymysql
import pytest

sys.path.insert(0, os.path.dirname(__file__))
from tablet_client import (BEGIN, COMMIT, DDL, EXECUTE, FINISH, FOUND_ROWS, HEALTH, MULTI, PREPARED, RELEASE, RESERVE, ROLLBACK,
                           RpcError, Tablet, field, long_param)
from tablet_process import TabletProcess


@pytest.fixture(scope="module")
def process():
    p = TabletProcess("--pool-size", "4", "--pool-wait", "1s", "--transaction-idle", "3s")
    t = p.connect()
    assert not t.run("CREATE TABLE t (id BIGINT PRIMARY KEY AUTO_INCREMENT, v VARCHAR(100)) ENGINE=InnoDB", flags=DDL).errno
    t.close()
    yield p
    status = p.stop()
    log = open(p.log).read()
    p.remove()
    assert status == 0, log[-5000:]
    assert "ERROR: AddressSanitizer" not in log and "runtime error" not in log, log[-8000:]


@pytest.fixture
def tablet(process):
    process.wait_ready()
    t = process.connect()
    t.run("TRUNCATE TABLE t")
    yield t
    t.close()


def sql(process, text):
    """Straight to mysqld, past the tablet."""
    out = subprocess.run(["mariadb", "--no-defaults", "-uroot", "-S", process.dir + "/mysqld/mysqld.sock", "-N", "-e", text, "ks"],
                         capture_output=True, text=True, timeout=30)
    assert out.returncode == 0, out.stderr
    return out.stdout.strip()


def lost(call, *a, **k):
    with pytest.raises(RpcError) as e:
        call(*a, **k)
    return e.value


def test_text(tablet):
    a = tablet.run("INSERT INTO t (v) VALUES ('x'), (NULL)")
    assert (a.affected, a.insert_id, a.session) == (2, 1, 0)
    assert tablet.run("SELECT id, v FROM t ORDER BY id").rows == [["1", "x"], ["2", None]]
    a = tablet.run("SELECT nonsense")
    assert (a.errno, a.session) == (1054, 0)
    assert tablet.run("SELECT 1").value == "1"


def test_prepared(process, tablet):
    tablet.run("INSERT INTO t (v) VALUES ('a'), ('b'), ('c')")
    before = int(sql(process, "SHOW GLOBAL STATUS LIKE 'Com_stmt_prepare'").split()[1])
    for i in range(1, 4):
        rows = tablet.prepared("SELECT v FROM t WHERE id = ?", i).rows
        assert [r[2:] for r in rows] == [b"\x01" + b"abc"[i - 1:i]]
    assert int(sql(process, "SHOW GLOBAL STATUS LIKE 'Com_stmt_prepare'").split()[1]) <= before + 1
    assert not tablet.prepared("SELECT v FROM t WHERE id = ?", None).rows
    assert len(tablet.prepared("SELECT 1").rows) == 1
    assert tablet.prepared("SELECT FROM").errno == 1064
    assert tablet.prepared("SELECT ?, ?", 1).errno == 1210, "a block that does not fit"
    assert tablet.run("SELECT 5").value == "5"


def test_prepare_answer(tablet):
    p = tablet.prepare("SELECT id FROM t WHERE v = ?")
    assert p[4] == 0 and p[9:11] == b"\1\0" and p[11:13] == b"\1\0"
    assert tablet.prepare("SELECT FROM")[4] == 0xff


def test_schema_change_under_prepared(tablet):
    """A statement whose table has changed is prepared again by mysqld or by us, never an error."""
    tablet.run("CREATE TABLE IF NOT EXISTS change_me (a INT)", flags=DDL)
    for _ in range(4):
        assert not tablet.prepared("SELECT * FROM change_me").errno
    tablet.run("ALTER TABLE change_me ADD COLUMN b INT", flags=DDL)
    for _ in range(8):
        assert not tablet.prepared("SELECT * FROM change_me").errno
    tablet.run("DROP TABLE change_me", flags=DDL)


def test_found_rows(tablet):
    tablet.run("INSERT INTO t (v) VALUES ('x')")
    assert tablet.run("UPDATE t SET v = 'x'").affected == 0
    assert tablet.run("UPDATE t SET v = 'x'", flags=FOUND_ROWS).affected == 1
    assert tablet.run("UPDATE t SET v = 'x'").affected == 0


def test_transaction(process, tablet):
    a = tablet.run("INSERT INTO t (v) VALUES ('x')", flags=BEGIN)
    assert a.session and a.in_txn
    assert tablet.run("SELECT COUNT(*) FROM t").value == "0"
    assert tablet.run("SELECT COUNT(*) FROM t", session=a.session).value == "1"
    f = tablet.finish(a.session, COMMIT)
    assert not f.errno and not f.session and not f.in_txn
    assert tablet.run("SELECT COUNT(*) FROM t").value == "1"
    assert lost(tablet.run, "SELECT 1", session=a.session).code == "ERR_TXN_LOST"
    a = tablet.run("DELETE FROM t", flags=BEGIN)
    tablet.finish(a.session, ROLLBACK)
    assert tablet.run("SELECT COUNT(*) FROM t").value == "1"


def test_transaction_error_keeps_it(tablet):
    a = tablet.run("INSERT INTO t (id) VALUES (1)", flags=BEGIN)
    b = tablet.run("INSERT INTO t (id) VALUES (1)", session=a.session)
    assert b.errno == 1062 and b.session == a.session and b.in_txn
    tablet.finish(a.session, COMMIT)
    assert tablet.run("SELECT COUNT(*) FROM t").value == "1"
    a = tablet.run("SELECT nonsense", flags=BEGIN)
    assert a.errno == 1054 and a.session and a.in_txn, "MySQL keeps a transaction over its first statement's error"
    tablet.finish(a.session, ROLLBACK)


def test_begin_text_and_chain(tablet):
    a = tablet.run("SELECT 1", flags=BEGIN, begin="START TRANSACTION READ ONLY")
    assert tablet.run("INSERT INTO t (v) VALUES (1)", session=a.session).errno == 1792
    f = tablet.finish(a.session, COMMIT, sql="COMMIT AND CHAIN")
    assert f.session == a.session and f.in_txn
    tablet.finish(a.session, ROLLBACK)
    a = tablet.run("SELECT 1", flags=BEGIN, begin="BEGIN NONSENSE")
    assert a.errno == 1064 and not a.session, "without BEGIN there is no transaction"


def test_before(tablet):
    a = tablet.run("INSERT INTO t (v) VALUES ('kept')", flags=BEGIN)
    b = tablet.run("INSERT INTO t (v) VALUES ('gone')", session=a.session, before=["SAVEPOINT s1", "SAVEPOINT s2"])
    assert not b.errno
    tablet.run("ROLLBACK TO s1", session=a.session)
    b = tablet.run("INSERT INTO t (v) VALUES ('never')", session=a.session, before=["SAVEPOINT s3", "RELEASE SAVEPOINT nope"])
    assert b.errno == 1305 and b.session == a.session and b.in_txn
    tablet.finish(a.session, COMMIT)
    assert [r[0] for r in tablet.run("SELECT v FROM t").rows] == ["kept"]


def test_implicit_commit_and_deadlock(process, tablet):
    a = tablet.run("INSERT INTO t (v) VALUES ('x')", flags=BEGIN)
    b = tablet.run("CREATE TABLE made (a INT)", session=a.session, flags=DDL)
    assert not b.errno and not b.session and not b.in_txn, "DDL commits; nothing is left to keep"
    tablet.run("DROP TABLE made", flags=DDL)
    tablet.run("INSERT INTO t (id, v) VALUES (101, 1), (102, 1)")
    other = process.connect()
    a = tablet.run("UPDATE t SET v = 2 WHERE id = 101", flags=BEGIN)
    b = other.run("UPDATE t SET v = 2 WHERE id = 102", flags=BEGIN)
    c1 = tablet.begin_call("UPDATE t SET v = 3 WHERE id = 102", session=a.session)
    time.sleep(0.3)
    c2 = other.begin_call("UPDATE t SET v = 3 WHERE id = 101", session=b.session)
    ra, rb = tablet.wait(c1), other.wait(c2)
    loser, winner = (ra, rb) if ra.errno else (rb, ra)
    assert loser.errno == 1213 and not loser.in_txn and not loser.session
    assert not winner.errno and winner.in_txn
    (other if loser is ra else tablet).finish(winner.session, ROLLBACK)
    other.close()


def test_reserved(process, tablet):
    a = tablet.run("SELECT GET_LOCK('mine', 1)", flags=RESERVE)
    assert a.value == "1" and a.session and not a.in_txn
    assert tablet.run("SELECT IS_FREE_LOCK('mine')").value == "0"
    b = tablet.run("INSERT INTO t (v) VALUES (1)", session=a.session, flags=BEGIN)
    f = tablet.finish(b.session, COMMIT, keep=True)
    assert f.session == a.session and not f.in_txn
    assert tablet.run("SELECT IS_FREE_LOCK('mine')").value == "0"
    f = tablet.finish(a.session, RELEASE)
    assert not f.session
    for _ in range(20):
        if tablet.run("SELECT IS_FREE_LOCK('mine')").value == "1":
            break
        time.sleep(0.05)
    else:
        raise AssertionError("the lock outlives its session")
    assert not tablet.finish(a.session, RELEASE).session, "releasing twice is fine"


def test_sessions_belong_to_their_connection(process, tablet):
    a = tablet.run("INSERT INTO t (v) VALUES (1)", flags=BEGIN)
    other = process.connect()
    assert lost(other.run, "SELECT 1", session=a.session).code == "ERR_TXN_LOST"
    assert lost(other.finish, a.session, COMMIT).code == "ERR_TXN_LOST"
    other.close()
    tablet.finish(a.session, ROLLBACK)


CLIENT = """
import sys, time
sys.path.insert(0, sys.argv[2])
from tablet_client import *
t = Tablet(sys.argv[1])
a = t.run("INSERT INTO t (id, v) VALUES (7, 'x')", flags=BEGIN)
t.run("SELECT GET_LOCK('dead', 1)", session=a.session, flags=RESERVE)
if sys.argv[3] == "busy":
    t.begin_call("SELECT SLEEP(30)", session=a.session)
print("ready", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("what", ["idle", "busy"])
def test_dead_client(process, tablet, what):
    """kill -9 of a gate: what it kept is rolled back at once."""
    gate = subprocess.Popen([sys.executable, "-c", CLIENT, process.address, os.path.dirname(os.path.abspath(__file__)), what],
                            stdout=subprocess.PIPE)
    assert gate.stdout.readline() == b"ready\n"
    time.sleep(0.2)
    assert tablet.run("SELECT IS_FREE_LOCK('dead')").value == "0"
    gate.kill()
    gate.wait()
    end = time.monotonic() + 4
    while tablet.run("SELECT IS_FREE_LOCK('dead')").value == "0":
        assert time.monotonic() < end, "a dead gate's lock is still held"
        time.sleep(0.05)
    assert not tablet.run("INSERT INTO t (id, v) VALUES (7, 'y')").errno, "its row lock is gone"
    assert tablet.run("SELECT v FROM t WHERE id = 7").value == "y"


@pytest.mark.parametrize("leave, look, clean", [
    ("SET @a = 5", "SELECT @a", None),
    ("SELECT @a := 5", "SELECT @a", None),
    ("SELECT 5 INTO @a", "SELECT @a", None),
    ("/* note */ select(1)and@a:=5", "SELECT @a", None),
    ("SET sql_mode = ''", "SELECT @@sql_mode = @@global.sql_mode", "1"),
    ("CREATE TEMPORARY TABLE hidden (a INT)", "SELECT 1 FROM hidden", 1146),
    ("SELECT GET_LOCK('leak', 0)", "SELECT IS_FREE_LOCK('leak')", "1"),
    ("PREPARE p FROM 'SELECT 1'", "EXECUTE p", 1243),
    ("LOCK TABLES t READ", "INSERT INTO t (v) VALUES (1)", 0),
    ("BEGIN", "SELECT @@in_transaction", "0"),
    ("SET autocommit = 0", "SELECT @@autocommit", "1"),
    ("USE information_schema", "SELECT DATABASE()", "ks"),
    ("SET NAMES latin1", "SELECT @@character_set_client", "utf8mb4"),
])
def test_isolation(process, tablet, leave, look, clean):
    """What one statement leaves on its connection, nobody else sees."""
    assert not tablet.run(leave).errno
    for _ in range(6):
        a = tablet.run(look)
        if isinstance(clean, int):
            assert a.errno == clean, a.error
        else:
            assert a.value == clean


STATEFUL = ["CREATE FUNCTION take_lock() RETURNS INT RETURN GET_LOCK('inside', 0)",
            "CREATE FUNCTION set_var() RETURNS INT BEGIN SET @inside = 5; RETURN 1; END",
            "CREATE TRIGGER var_trigger BEFORE INSERT ON stateful FOR EACH ROW SET @inside = 5",
            "CREATE VIEW lock_view AS SELECT GET_LOCK('inside', 0) AS l"]


@pytest.mark.parametrize("make, run", zip(STATEFUL, ["SELECT take_lock()", "SELECT set_var()", "INSERT INTO stateful VALUES (1)",
                                                     "SELECT * FROM lock_view"]))
def test_isolation_of_stored_code(process, tablet, make, run):
    """Issue 8, A 16: what a function, trigger or view leaves on a connection, another session does not see."""
    tablet.run("CREATE TABLE stateful (a INT)", flags=DDL)
    try:
        a = tablet.run(make, flags=DDL)
        assert not a.errno, a.error
        assert not tablet.run(run).errno
        for _ in range(5):
            assert tablet.run("SELECT CONCAT(IS_FREE_LOCK('inside'), @inside IS NULL)").value == "11"
    finally:
        for text in ("TABLE stateful", "FUNCTION take_lock", "FUNCTION set_var", "VIEW lock_view"):
            tablet.run("DROP " + text.replace(" ", " IF EXISTS ", 1), flags=DDL)


def test_isolation_of_sequences(process, tablet):
    """Issue 8, A 16: LASTVAL() never tells another session's value."""
    tablet.run("CREATE SEQUENCE sq", flags=DDL)
    tablet.run("CREATE TABLE numbered (id INT DEFAULT NEXTVAL(sq), v INT)", flags=DDL)
    try:
        for text in ("SELECT NEXTVAL(sq)", "INSERT INTO numbered (v) VALUES (1)"):
            assert not tablet.run(text).errno
            assert tablet.run("SELECT LASTVAL(sq)").value is None
            assert tablet.run("SELECT PREVIOUS VALUE FOR sq").value is None
        a = tablet.run("SELECT NEXTVAL(sq)", flags=RESERVE)
        assert tablet.run("SELECT LASTVAL(sq)", session=a.session).value == a.value, "a session that keeps its connection has its own"
        tablet.finish(a.session, RELEASE)
    finally:
        tablet.run("DROP TABLE numbered", flags=DDL)
        tablet.run("DROP SEQUENCE sq", flags=DDL)


def test_settings(tablet):
    ask = "SELECT CONCAT(@@time_zone, '|', @@group_concat_max_len, '|', @@sql_mode)"
    default = tablet.run(ask).value
    for _ in range(3):
        one = tablet.run(ask, settings="group_concat_max_len=555,sql_mode='ANSI_QUOTES,PIPES_AS_CONCAT',time_zone='+05:00'").value
        assert one == "+05:00|555|PIPES_AS_CONCAT,ANSI_QUOTES"
        assert tablet.run(ask, settings="time_zone='+01:00'").value == default.replace("SYSTEM", "+01:00")
        assert tablet.run(ask).value == default


def test_settings_error_is_the_answer(tablet):
    a = tablet.run("INSERT INTO t (v) VALUES ('never')", settings="sql_mode='NO_SUCH_MODE'")
    assert a.errno == 1231
    a = tablet.run("INSERT INTO t (v) VALUES ('never')", settings="time_zone='+01:00',no_such_variable=1", flags=BEGIN)
    assert a.errno == 1193 and not a.session
    assert tablet.run("SELECT COUNT(*) FROM t").value == "0"
    assert tablet.run("SELECT @@time_zone").value == "SYSTEM"


def test_settings_of_a_kept_session(tablet):
    a = tablet.run("SELECT @@time_zone", flags=BEGIN, settings="group_concat_max_len=99,time_zone='+01:00'")
    assert a.value == "+01:00"
    ask = "SELECT CONCAT(@@time_zone, @@group_concat_max_len)"
    assert tablet.run(ask, session=a.session, settings="time_zone='+02:00'").value == "+02:001048576"
    assert tablet.run(ask, session=a.session).value == "SYSTEM1048576"
    b = tablet.run("SELECT 1", session=a.session, settings="time_zone='nowhere'")
    assert b.errno == 1298 and b.session == a.session and b.in_txn
    tablet.finish(a.session, ROLLBACK)


def test_database(tablet):
    assert tablet.run("SELECT DATABASE()", database="information_schema").value == "information_schema"
    assert tablet.run("SELECT DATABASE()").value == "ks"
    assert tablet.run("SELECT 1", database="no_such_db").errno == 1044, "the database of the keyspace only"


def test_prepared_under_settings(tablet):
    """How a statement is read depends on sql_mode."""
    text = "SELECT \"v\" FROM t"
    tablet.run("INSERT INTO t (v) VALUES ('column')")
    for _ in range(3):
        assert b"column" in tablet.prepared(text, settings="sql_mode='ANSI_QUOTES'").rows[0]
        assert b"column" not in tablet.prepared(text).rows[0]


def test_multi_statements(tablet):
    a = tablet.run("SELECT 1; SELECT 2", flags=MULTI)
    assert not a.errno and a.data.count(b"\x011") == 2 and a.data.count(b"\x012") == 2, "names and values"
    assert tablet.run("SELECT 1; SELECT 2").errno == 1064


def test_wrong_target(process, tablet):
    for target, code in [(("other", "-", 0), "ERR_NOT_FOUND"), (("ks", "-80", 0), "ERR_NOT_FOUND"), (("ks", "-", 1), "ERR_NOT_PRIMARY")]:
        tablet.target = target
        assert lost(tablet.run, "SELECT 1").code == code
    tablet.target = ("ks", "-", 0)


def test_malformed(tablet):
    for method in (1, 2, 3):
        for junk in (b"\xff", b"\x2a\xff\xff\xff\xff\x0f", b"\x0a\x05ab"):
            e = lost(tablet.wait, tablet.start(method, junk))
            assert e.code == "ERR_PROTOCOL"
    assert lost(tablet.wait, tablet.start(99, b"")).code == "ERR_UNSUPPORTED"
    assert lost(tablet.finish, 12345).code == "ERR_TXN_LOST"
    assert tablet.run("").errno == 1065
    assert tablet.run("SELECT 1").value == "1"


def test_deadline(process, tablet):
    kills = process.metric("sluice_tablet_kills_total")
    start = time.monotonic()
    call = tablet.begin_call("SELECT SLEEP(20)", timeout_ms=300)
    assert lost(tablet.wait, call).code == "ERR_DEADLINE"
    assert time.monotonic() - start < 3
    assert process.metric("sluice_tablet_kills_total") == kills + 1
    for _ in range(10):
        assert tablet.run("SELECT SLEEP(0)").value == "0", "KILL never hits another statement"
    assert sql(process, "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP(20)%'") == "0"


def test_deadline_in_transaction(process, tablet):
    a = tablet.run("INSERT INTO t (v) VALUES ('x')", flags=BEGIN)
    call = tablet.begin_call("SELECT SLEEP(20)", timeout_ms=300, session=a.session)
    assert lost(tablet.wait, call).code == "ERR_DEADLINE"
    for _ in range(10):
        assert tablet.run("SELECT COUNT(*) FROM t", session=a.session).value == "1", "the transaction is still there"
    assert not tablet.finish(a.session, COMMIT).errno
    assert tablet.run("SELECT COUNT(*) FROM t").value == "1"


def test_cancel_of_a_new_transaction(process, tablet):
    tablet.run("INSERT INTO t (id, v) VALUES (1, 'x')")
    call = tablet.begin_call("UPDATE t SET v = SLEEP(20)", flags=BEGIN)
    time.sleep(0.3)
    tablet.cancel(call)
    assert tablet.run("UPDATE t SET v = 'y'", timeout=5).affected == 1
    assert process.metric("sluice_tablet_sessions_kept") == 0


def outcome(tablet, call):
    """The session that an ended call left, whether it failed or not."""
    try:
        return tablet.wait(call).session
    except RpcError as e:
        return e.session


def kept(process):
    return process.metric("sluice_tablet_sessions_kept")


def wait_for(what, seconds=1.0):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_cancel_crosses_end(process, tablet):
    """Issue 8, A 10: whether CANCEL or END comes first, END tells of the session that is kept, and nothing leaks."""
    known = 0
    for n in range(1500):
        call = tablet.begin_call("SELECT 1", flags=BEGIN)
        if n % 3 == 1:
            time.sleep(n % 16 / 20000)  # about the time that the statement takes
        tablet.stop(call)
        session = outcome(tablet, call)
        known += session != 0
        if session:
            tablet.finish(session, RELEASE)
    assert 0 < known, "no cancel came late"
    wait_for(lambda: kept(process) == 0)


def test_abandon_crosses_end(process, tablet):
    """Issue 8, A 10: a client that is gone leaves no session, whatever of its call has happened."""
    for n in range(3000):
        call = tablet.begin_call("SELECT 1", flags=BEGIN)
        if n % 3 == 1:
            time.sleep(n % 16 / 20000)
        elif n % 3 == 2:  # END was read already
            while tablet.calls[call]["end"] is None:
                tablet.step(5)
        tablet.abandon(call)
    wait_for(lambda: kept(process) == 0)
    assert tablet.run("SELECT 1", flags=BEGIN).session, "the pool is not used up"


def test_abandon_rolls_back(process, tablet):
    """Issue 8, A 10: a dead client's transaction is rolled back within a second, running or idle."""
    tablet.run("INSERT INTO t (id, v) VALUES (1, 'x')")
    for running in (False, True):
        a = tablet.run("UPDATE t SET v = 'y' WHERE id = 1", flags=BEGIN)
        call = tablet.begin_call("SELECT SLEEP(20)" if running else "SELECT 1", session=a.session)
        if running:
            time.sleep(0.1)
        else:
            while tablet.calls[call]["end"] is None:
                tablet.step(5)
        start = time.monotonic()
        tablet.abandon(call)
        assert tablet.run("UPDATE t SET v = 'z' WHERE id = 1", timeout=5).affected == (not running)
        assert time.monotonic() - start < 1
        assert lost(tablet.run, "SELECT 1", session=a.session).code == "ERR_TXN_LOST"
    wait_for(lambda: kept(process) == 0)


def test_abandoned_commit(process, tablet):
    """A COMMIT is not killed; the connection that was to stay reserved goes."""
    a = tablet.run("INSERT INTO t (id, v) VALUES (5, 'x')", flags=BEGIN | RESERVE)
    call = tablet.start(FINISH, field(1, a.session) + field(3, True))
    tablet.abandon(call)
    wait_for(lambda: kept(process) == 0)
    assert tablet.run("SELECT v FROM t").value == "x"


def test_cancel_in_transaction_tells_the_session(process, tablet):
    a = tablet.run("INSERT INTO t (id, v) VALUES (1, 'x')", flags=BEGIN)
    call = tablet.begin_call("SELECT SLEEP(20)", session=a.session)
    time.sleep(0.1)
    tablet.stop(call)
    e = lost(tablet.wait, call)
    assert e.code == "ERR_CANCELED" and e.session == a.session and e.in_txn
    e = lost(tablet.wait, tablet.begin_call("SELECT SLEEP(20)", timeout_ms=200, session=a.session))
    assert e.code == "ERR_DEADLINE" and e.session == a.session and e.in_txn
    assert not tablet.finish(a.session, COMMIT).errno
    assert tablet.run("SELECT COUNT(*) FROM t").value == "1"


def test_release_while_running(process, tablet):
    a = tablet.run("INSERT INTO t (id, v) VALUES (1, 'x')", flags=BEGIN)
    call = tablet.begin_call("SELECT SLEEP(20)", session=a.session)
    assert lost(tablet.run, "SELECT 1", session=a.session).code == "ERR_CONFLICT"
    start = time.monotonic()
    assert not tablet.finish(a.session, RELEASE).session
    assert lost(tablet.wait, call).code == "ERR_CANCELED"
    assert time.monotonic() - start < 3
    assert tablet.run("SELECT COUNT(*) FROM t").value == "0"


def test_statement_behind_a_canceled_one(tablet):
    a = tablet.run("INSERT INTO t (id, v) VALUES (1, 'x')", flags=BEGIN)
    call = tablet.begin_call("SELECT SLEEP(20)", session=a.session)
    time.sleep(0.2)
    tablet.cancel(call)
    assert tablet.run("SELECT COUNT(*) FROM t", session=a.session).value == "1"
    tablet.finish(a.session, COMMIT)
    assert tablet.run("SELECT COUNT(*) FROM t").value == "1"


def test_large_answer(process, tablet):
    """20 MB, against a reader who stops for a while: all of it arrives, and little is held."""
    text = "SELECT REPEAT(seq, 1000) FROM (WITH RECURSIVE s(seq) AS (SELECT 10000 UNION ALL SELECT seq + 1 FROM s WHERE seq < 14200)" \
           " SELECT seq FROM s) x"
    tablet.run("SELECT 1")
    call = tablet.begin_call(text, grant=False, settings="max_recursive_iterations=100000")
    time.sleep(0.5)
    tablet.ping()
    while True:
        try:
            tablet.step(0.5)
        except TimeoutError:
            break
    got = sum(map(len, tablet.calls[call]["data"]))
    assert 200000 < got < 2000000, "flow control stops it"
    assert tablet.run("SELECT 2").value == "2", "others go on"
    tablet.calls[call]["grant"] = True
    tablet.frame(6, call, aux=got)
    a = tablet.wait(call)
    assert len(a.rows) == 4201 and len(a.data) > 20000000
    assert all(r[0] == str(10000 + i) * 1000 for i, r in enumerate(a.rows))


def test_large_request(tablet):
    """Statements of several packets; the answer is numbered as if it were one."""
    for n in (3000000, 2 ** 24 - 40, 2 ** 24 - 39, 2 ** 24 + 1000000, 2 ** 25 + 5):
        assert tablet.run("SELECT LENGTH('" + "x" * n + "'), REPEAT('y', 10)").rows == [[str(n), "y" * 10]]
    assert tablet.run("SELECT 1").value == "1"


def test_full_pool(process, tablet):
    """Four connections: the fifth statement waits, for a while."""
    calls = [tablet.begin_call("SELECT SLEEP(2)") for _ in range(4)]
    assert lost(tablet.run, "SELECT 1").code == "ERR_EXHAUSTED"
    a = tablet.run("SELECT 1", flags=BEGIN)
    assert a.value == "1", "transactions have connections of their own"
    tablet.finish(a.session, ROLLBACK)
    for c in calls:
        assert tablet.wait(c).value == "0"
    calls = [tablet.begin_call("SELECT SLEEP(0.3)") for _ in range(12)]
    for c in calls:
        assert tablet.wait(c).value == "0"


def test_idle_transaction(process, tablet):
    a = tablet.run("INSERT INTO t (v) VALUES ('x')", flags=BEGIN)
    for _ in range(8):
        time.sleep(1)
        tablet.ping()
        if process.metric("sluice_tablet_transaction_timeouts_total"):
            break
    assert lost(tablet.finish, a.session, COMMIT).code == "ERR_TXN_LOST"
    assert tablet.run("SELECT COUNT(*) FROM t").value == "0"


def test_schema(process, tablet):
    tablet.run("CREATE TABLE kinds (a INT UNSIGNED NOT NULL, b DECIMAL(10,2), c VARCHAR(20) COLLATE utf8mb4_nopad_bin, d DATETIME(6),"
               " e ENUM('x','y'), f BLOB, g INT AS (a + 1), PRIMARY KEY (c, a))", flags=DDL)
    tablet.run("CREATE VIEW look AS SELECT a FROM kinds", flags=DDL)
    version, tables, collations = tablet.schema()
    k = tables["kinds"]
    assert k["key"] == ["c", "a"] and not k["view"] and tables["look"]["view"]
    c = k["columns"]
    assert list(c) == list("abcdefg")
    assert c["a"][2] == [3] and c["a"][3][0] & 35 == 35
    assert c["b"][2] == [246] and c["b"][4] == [2] and c["b"][5] == [10]
    assert c["c"][2] == [253] and c["c"][6] == [b"utf8mb4_nopad_bin"] and c["c"][5] == [20]
    assert c["d"][4] == [6] and c["e"][3][0] & 256 and c["f"][2] == [252] and c["g"][7] == [1]
    assert 3 not in collations["utf8mb4_nopad_bin"] and collations["utf8mb4_general_ci"][3] == [1]
    health = tablet.start(HEALTH, b"")
    assert tablet.health(health)["schema_version"] == version
    assert tablet.control("reload_schema")["schema_version"] == version, "nothing changed"
    sql(process, "ALTER TABLE kinds ADD COLUMN behind_our_back INT")
    end = time.monotonic() + 5
    while tablet.health(health)["schema_version"] == version:
        assert time.monotonic() < end
    assert "behind_our_back" in tablet.schema()[1]["kinds"]["columns"]
    assert tablet.run("DROP VIEW look", flags=DDL).schema_version > version
    tablet.run("DROP TABLE kinds", flags=DDL)
    assert "kinds" not in tablet.schema()[1]


def test_control(process, tablet):
    assert tablet.control("ping") == {"ok": True}
    s = tablet.control("status")
    assert s["alias"] == "zone1-100" and s["serving"] and s["type"] == "primary"
    version = s["schema_version"]
    r = tablet.control("apply_schema", "CREATE TABLE s1 (a INT); CREATE TABLE s2 (a INT)")
    assert r["schema_version"] > version
    assert {"s1", "s2"} <= set(tablet.schema()[1])
    e = lost(tablet.control, "apply_schema", "DROP TABLE s1; DROP TABLE s2; SELECT FROM")
    assert e.errno == 1064
    assert "s1" not in tablet.schema()[1], "what ran before the error is seen"
    assert lost(tablet.control, "dance").code == "ERR_UNSUPPORTED"
    assert tablet.control("position")["read_only"] == "0"


def test_set_type(process, tablet):
    a = tablet.run("INSERT INTO t (v) VALUES ('x')", flags=BEGIN)
    health = tablet.start(HEALTH, b"")
    assert tablet.health(health)["type"] == 0
    assert tablet.control("set_type", argument="replica")["type"] == "replica"
    assert lost(tablet.run, "SELECT 1").code == "ERR_NOT_PRIMARY"
    assert lost(tablet.finish, a.session, COMMIT).code == "ERR_TXN_LOST", "it cannot commit any more"
    assert tablet.control("position")["read_only"] == "1"
    assert lost(tablet.control, "apply_schema", "CREATE TABLE no (a INT)").code == "ERR_NOT_PRIMARY"
    tablet.target = ("ks", "-", 1)
    assert "replicates from nobody" in str(lost(tablet.run, "SELECT 1")), "issue 8, A 2: it cannot be read from"
    s = tablet.control("set_type", argument="primary")
    assert s["type"] == "primary" and int(s["term"]) > 0
    tablet.target = ("ks", "-", 0)
    assert tablet.run("INSERT INTO t (v) VALUES (1)").affected == 1


ATTACKS = [
    ("UPDATE mysql.global_priv SET priv = '{}'", 1142), ("INSERT INTO mysql.proc (db) VALUES ('x')", 1142),
    ("SELECT * FROM mysql.global_priv", 1142), ("SELECT * FROM _sluice.schema_change", 1142), ("DROP DATABASE _sluice", 1044),
    ("HANDLER mysql.user OPEN", 1142), ("FLUSH PRIVILEGES", 1227), ("FLUSH TABLES WITH READ LOCK", 1227), ("FLUSH LOGS", 1227),
    ("RESET MASTER", 1227), ("RESET SLAVE", 1227), ("PURGE BINARY LOGS TO 'x'", 1227), ("SHOW BINARY LOGS", 1227),
    ("SHOW MASTER STATUS", 1227), ("INSTALL SONAME 'simple_password_check'", 1142), ("UNINSTALL SONAME 'simple_password_check'", 1142),
    ("CREATE FUNCTION f RETURNS STRING SONAME 'x.so'", 1044), ("BACKUP STAGE START", 1227), ("SELECT 1 INTO OUTFILE '/tmp/sluice-out'", 1227),
    ("LOAD DATA INFILE '/etc/passwd' INTO TABLE t", 1045), ("SET GLOBAL max_connections = 5", 1227), ("SET GLOBAL read_only = 1", 1227),
    ("SET SESSION sql_log_bin = 0", 1227), ("SET SESSION binlog_format = 'STATEMENT'", 1227), ("SET gtid_seq_no = 500", 1227),
    ("SET server_id = 7", 1227), ("SET GLOBAL event_scheduler = ON", 1227), ("SHUTDOWN", 1227), ("CHANGE MASTER TO MASTER_HOST = 'x'", 1227),
    ("STOP SLAVE", 1227), ("CREATE USER evil", 1227), ("CREATE ROLE evil", 1227), ("GRANT ALL ON *.* TO sluice_app@localhost", 1045),
    ("GRANT SELECT ON ks.* TO root@localhost", 1044), ("CREATE DATABASE evil", 1044), ("DROP DATABASE mysql", 1044),
    ("CREATE DEFINER = root@localhost PROCEDURE p() SELECT 1", 1227), ("CREATE DEFINER = root@localhost VIEW w AS SELECT 1", 1227),
    ("CREATE DEFINER = root@localhost TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET @a = 1", 1227),
    ("CREATE DEFINER = root@localhost EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1", 1227),
    ("CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST '127.0.0.1')", 1227), ("ALTER USER CURRENT_USER() IDENTIFIED BY 'y'", 1227),
    ("DROP USER root@localhost", 1227), ("RENAME USER root@localhost TO evil@localhost", 1227), ("SET PASSWORD FOR root@localhost = ''", 1044),
    ("SHOW ENGINE INNODB STATUS", 1227), ("BINLOG 'x'", 1227), ("SHOW GRANTS FOR root@localhost", 1044),
    ("CREATE TABLE performance_schema.x (a INT)", 1142), ("BEGIN NOT ATOMIC EXECUTE IMMEDIATE 'SET GLOBAL read_only = 1'; END", 1227),
]


def server_state(process):
    """All that an attack might change, as text."""
    return sql(process, "SELECT host, user, JSON_REMOVE(priv, '$.password_last_changed', '$.authentication_string') FROM mysql.global_priv"
               " ORDER BY 1, 2; SELECT * FROM mysql.db; SELECT * FROM mysql.plugin; SELECT * FROM mysql.servers; SELECT * FROM mysql.func;"
               " SELECT @@global.max_connections, @@global.read_only, @@global.event_scheduler, @@global.gtid_binlog_pos; SHOW DATABASES;"
               " SELECT name, type FROM mysql.proc WHERE db = 'ks'; SHOW SLAVE STATUS")


def test_least_privilege(process, tablet):
    """Issue 8, C 1: what only an administrator may do, mysqld refuses to the tablet's user, and nothing changes."""
    before = server_state(process)
    got = {text: tablet.run(text).errno for text, _ in ATTACKS}
    assert got == dict(ATTACKS)
    a = tablet.run("SELECT 1", flags=BEGIN)
    got = {text: tablet.run(text, session=a.session).errno for text, _ in ATTACKS[:3]}
    assert got == dict(ATTACKS[:3])
    tablet.finish(a.session, RELEASE)
    assert server_state(process) == before
    grants = sql(process, "SHOW GRANTS FOR sluice_app@localhost").split("\n")
    assert grants[0].startswith("GRANT USAGE ON *.*") and grants[1:] == ["GRANT ALL PRIVILEGES ON `ks`.* TO `sluice_app`@`localhost`"]


def test_privileges_that_applications_need(tablet):
    for text in ("CREATE TABLE need (id INT PRIMARY KEY, v INT)", "CREATE INDEX i ON need (v)", "CREATE VIEW need_v AS SELECT * FROM need",
                 "CREATE FUNCTION need_f(a INT) RETURNS INT RETURN a + 1", "CREATE PROCEDURE need_p() SELECT 5",
                 "CREATE TRIGGER need_t BEFORE INSERT ON need FOR EACH ROW SET NEW.v = NEW.id", "CREATE SEQUENCE need_s",
                 "CREATE EVENT need_e ON SCHEDULE EVERY 1 DAY DO SELECT 1", "INSERT INTO need (id) VALUES (NEXTVAL(need_s)), (2)",
                 "CREATE TEMPORARY TABLE need_tmp AS SELECT * FROM need", "SELECT need_f(v) FROM need_v", "CALL need_p()",
                 "SHOW CREATE VIEW need_v", "SHOW CREATE PROCEDURE need_p", "SHOW FULL PROCESSLIST", "ANALYZE TABLE need",
                 "OPTIMIZE TABLE need", "TRUNCATE need", "LOCK TABLES need WRITE", "SELECT COUNT(*) FROM information_schema.tables",
                 "DROP EVENT need_e", "DROP FUNCTION need_f", "DROP PROCEDURE need_p", "DROP VIEW need_v", "DROP SEQUENCE need_s",
                 "DROP TABLE need"):
        a = tablet.run(text)
        assert not a.errno, (text, a.error)


def test_set_password(process, tablet):
    """Issue 8, C 1: a user may change his own password; the tablet logs in all the same. If its user is gone, it comes back."""
    assert not tablet.run("SET PASSWORD = PASSWORD('mine')").errno
    for text in ("KILL USER sluice_app", "DROP USER sluice_app@localhost; KILL USER sluice_app"):
        sql(process, text)
        end = time.monotonic() + 5
        while True:
            try:
                assert tablet.run("SELECT 1").value == "1"
                break
            except RpcError as e:
                assert e.code == "ERR_UNAVAILABLE" and time.monotonic() < end, e
    assert tablet.run("SELECT COUNT(*) FROM t").value == "0"


def test_data_directory(process, tablet):
    """Issue 8, C 1: tables stay where the server puts them."""
    for text in ("CREATE TABLE dd (a INT) DATA DIRECTORY = '{}'", "CREATE TABLE dd (a INT) ENGINE = MyISAM INDEX DIRECTORY = '{}'",
                 "CREATE TABLE dd (a INT) PARTITION BY RANGE (a) (PARTITION p VALUES LESS THAN (5) DATA DIRECTORY = '{}')"):
        tablet.run(text.format(process.dir))
        assert not [f for f in os.listdir(process.dir) if f.startswith(("dd", "ks"))]
        tablet.run("DROP TABLE IF EXISTS dd")


def login(port, user):
    try:
        pymysql.connect(host="127.0.0.1", port=port, user=user, password="").close()
        return 0
    except pymysql.err.OperationalError as e:
        return e.args[0]


def test_accounts():
    """Issue 8, C 1 and C 2: nothing to log in with from a distance; a directory of an older version is corrected."""
    p = TabletProcess()
    try:
        port = int(sql(p, "SELECT @@port"))
        users = ["root", "", "sluice_app", "sluice_repl", "sluice_dba", "mysql", "mariadb.sys"]
        assert not [u for u in users if not login(port, u)]
        accounts = sql(p, "SELECT user, host, plugin FROM mysql.user ORDER BY user")
        assert accounts.split("\n") == ["mariadb.sys\tlocalhost\tmysql_native_password", "root\tlocalhost\tunix_socket",
                                        "sluice_admin\tlocalhost\tmysql_native_password",
                                        "sluice_app\tlocalhost\tmysql_native_password"]
        sql(p, "ALTER USER root@localhost IDENTIFIED BY ''; CREATE USER root@'127.0.0.1', ''@localhost, open@'%';"
            " GRANT ALL ON *.* TO root@'127.0.0.1', sluice_app@localhost WITH GRANT OPTION; CREATE USER sluice_dba@localhost;"
            " GRANT ALL ON *.* TO sluice_dba@localhost; CREATE USER monitor@'%' IDENTIFIED BY 'secret'; CREATE USER sluice_repl@'%'")
        assert not login(port, "root") and not login(port, "open")
        p.stop()
        p.start()
        assert not [u for u in users + ["open"] if not login(port, u)]
        assert sql(p, "SELECT user, host, plugin FROM mysql.user WHERE user <> 'monitor' ORDER BY user") == accounts
        assert login(port, "monitor") and sql(p, "SELECT COUNT(*) FROM mysql.user WHERE user = 'monitor'") == "1"
        assert "ON *.*" not in sql(p, "SHOW GRANTS FOR sluice_app@localhost").replace("GRANT USAGE ON *.*", "")
        assert p.connect().run("SELECT 1").value == "1"
    finally:
        p.remove()


def test_web(process, tablet):
    assert process.http("/healthz") == (200, "ok\n")
    status, page = process.http("/")
    assert status == 200 and "zone1-100" in page
    assert process.http("/debug/vars")[1].startswith("{")
    assert process.metric("sluice_tablet_requests_total") > 50


def test_mysqld_dies(process, tablet):
    """kill -9 of mysqld: statements fail with a clear error, and it comes back by itself."""
    tablet.run("INSERT INTO t (v) VALUES ('x')")
    a = tablet.run("INSERT INTO t (v) VALUES ('y')", flags=BEGIN)
    call = tablet.begin_call("SELECT SLEEP(30)")
    time.sleep(0.2)
    os.kill(tablet.control("status")["mysqld_pid"], signal.SIGKILL)
    e = lost(tablet.wait, call)
    assert e.code == "ERR_UNAVAILABLE" and "ks/-" in e.message
    assert lost(tablet.run, "SELECT 1", session=a.session).code in ("ERR_TXN_LOST", "ERR_UNAVAILABLE")
    end = time.monotonic() + 60
    while True:
        try:
            assert tablet.run("SELECT COUNT(*) FROM t").value == "1"
            break
        except RpcError as e:
            assert e.code == "ERR_UNAVAILABLE" and time.monotonic() < end, e
            time.sleep(0.2)
            tablet.ping()
    assert lost(tablet.finish, a.session, COMMIT).code == "ERR_TXN_LOST"


def test_drain():
    """SIGTERM lets what runs end; a restart keeps data, port and schema."""
    p = TabletProcess()
    try:
        t = p.connect()
        t.run("CREATE TABLE d (a INT)", flags=DDL)
        version = t.run("INSERT INTO d VALUES (1)").schema_version
        port = sql(p, "SELECT @@port")
        call = t.begin_call("SELECT SLEEP(1)")
        time.sleep(0.2)
        p.process.send_signal(signal.SIGTERM)
        assert t.wait(call).value == "0"
        assert p.process.wait(60) == 0
        p.start()
        t = p.connect()
        assert t.run("SELECT * FROM d").value == "1"
        wait_for(lambda: t.run("DO 1").schema_version > version, 5)
        assert sql(p, "SELECT @@port") == port
    finally:
        p.remove()


def test_options():
    binary = os.environ.get("SLUICE_BUILD", os.path.join(os.path.dirname(__file__), "../../build")) + "/bin/sluice-tablet"
    for args, text in [(["--help"], "--alias"), (["--version"], "sluice"), (["--man"], ".TH")]:
        out = subprocess.run([binary, *args], capture_output=True, text=True, timeout=10)
        assert out.returncode == 0 and text in out.stdout
    for args in [[], ["--alias", "x"], ["--alias", "z-1", "--keyspace", "ks"], ["--alias", "z-1", "--keyspace", "k s", "--data-dir", "/x"],
                 ["--alias", "z-1", "--keyspace", "ks", "--data-dir", "/x", "--type", "king"]]:
        out = subprocess.run([binary, *args], capture_output=True, text=True, timeout=10)
        assert out.returncode == 2 and "sluice-tablet: " in out.stderr, args
