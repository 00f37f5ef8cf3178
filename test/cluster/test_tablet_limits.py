"""Every wait at a tablet ends: clients that read nothing, statements that say nothing, a mysqld that hangs, sessions that nobody
uses, shutting down."""
import os
import signal
import sys
import time

import pytest

sys.path.insert(0, os.path.dirname(__file__))
from tablet_client import BEGIN, COMMIT, DDL, FINISH, HEALTH, RELEASE, RESERVE, ROLLBACK, RpcError, field
from tablet_process import TabletProcess

LARGE = "SELECT REPEAT(seq, 1000) FROM (WITH RECURSIVE s(seq) AS (SELECT 10000 UNION ALL SELECT seq + 1 FROM s WHERE seq < 14200)" \
        " SELECT seq FROM s) x"
RECURSIVE = "max_recursive_iterations=100000"


@pytest.fixture(scope="module")
def process():
    p = TabletProcess("--pool-size", "2", "--pool-reserved", "3", "--pool-wait", "500ms", "--write-timeout", "1s",
                      "--statement-timeout", "2s", "--session-idle", "2s", "--mysqld-timeout", "1s")
    t = p.connect()
    assert not t.run("CREATE TABLE t (id BIGINT PRIMARY KEY, v VARCHAR(100)) ENGINE=InnoDB", flags=DDL).errno
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
    t.run("INSERT INTO t VALUES (1, 'x')")
    yield t
    t.close()


def lost(call, *a, **k):
    with pytest.raises(RpcError) as e:
        call(*a, **k)
    return e.value


def outcome(tablet, call):
    try:
        tablet.wait(call)
        return None
    except RpcError as e:
        return e.code


def wait_for(what, seconds):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_clients_that_do_not_read(process, tablet):
    """Issue 8, B 4: all connections of the pool have an answer that its client does not take."""
    calls = [tablet.begin_call(LARGE, grant=False, settings=RECURSIVE) for _ in range(2)]
    a = tablet.run("UPDATE t SET v = 'locked'", flags=BEGIN)
    calls.append(tablet.begin_call(LARGE, grant=False, settings=RECURSIVE, session=a.session))
    time.sleep(0.2)
    assert lost(tablet.run, "SELECT 1").code == "ERR_EXHAUSTED"
    for c in calls:
        e = lost(tablet.wait, c, timeout=4)
        assert e.code == "ERR_DEADLINE" and not e.session
    assert tablet.run("SELECT 1").value == "1"
    assert tablet.run("UPDATE t SET v = 'free'", timeout=3).affected == 1, "the lock is gone, too"


def test_slow_client(process, tablet):
    """One that takes something now and then gets it all."""
    call = tablet.begin_call(LARGE, grant=False, settings=RECURSIVE)
    granted, end = 0, time.monotonic() + 15
    while tablet.calls[call]["end"] is None:
        assert time.monotonic() < end
        try:
            tablet.step(0.2)
        except TimeoutError:
            got = sum(map(len, tablet.calls[call]["data"]))
            tablet.frame(6, call, aux=got - granted + 4000000)
            granted = got + 4000000
    assert len(tablet.wait(call).rows) == 4201


def test_statement_that_says_nothing(process, tablet):
    a = tablet.run("UPDATE t SET v = 'mine'", flags=BEGIN)
    e = lost(tablet.run, "SELECT SLEEP(20)", session=a.session, timeout=5)
    assert e.code == "ERR_DEADLINE" and e.session == a.session and e.in_txn
    assert not tablet.finish(a.session, COMMIT).errno
    assert tablet.run("SELECT v FROM t").value == "mine"
    assert lost(tablet.run, "SELECT SLEEP(20)", timeout=5).code == "ERR_DEADLINE"
    assert tablet.run("SELECT SLEEP(2.5)", flags=DDL, timeout=5).value == "0", "what changes the schema may take its time"


def test_begin_waits_its_time(process, tablet):
    """Issue 8, B 4: BEGIN behind a full pool ends."""
    held = [tablet.run("SELECT 1", flags=BEGIN).session for _ in range(2)]
    start = time.monotonic()
    assert lost(tablet.run, "SELECT 1", flags=BEGIN).code == "ERR_EXHAUSTED"
    assert time.monotonic() - start < 2
    for s in held:
        tablet.finish(s, ROLLBACK)


def test_reserved_sessions_do_not_starve_transactions(process, tablet):
    """Issue 8, B 4: as many idle reserved sessions as the pool of transactions has places."""
    held = [tablet.run("SELECT @a := 1", flags=RESERVE).session]
    for _ in range(2):
        a = tablet.run("SELECT @a := 1", flags=RESERVE | BEGIN)
        assert tablet.finish(a.session, COMMIT, keep=True).session == a.session
        held.append(a.session)
    a = tablet.run("SELECT 1", flags=BEGIN)
    assert a.value == "1" and tablet.run("SELECT @a", session=held[1]).value == "1"
    tablet.finish(a.session, ROLLBACK)
    assert lost(tablet.run, "SELECT 1", flags=RESERVE).code == "ERR_EXHAUSTED"
    for s in held:
        tablet.finish(s, RELEASE)


def test_idle_reserved_session(process, tablet):
    a = tablet.run("SELECT GET_LOCK('idle', 0)", flags=RESERVE)

    def released():
        tablet.ping()
        return process.metric("sluice_tablet_sessions_kept") == 0
    wait_for(released, 5)
    assert lost(tablet.run, "SELECT 1", session=a.session).code == "ERR_TXN_LOST"


def test_stopped_mysqld(process, tablet):
    """Issue 8, B 4: behind a mysqld that hangs (SIGSTOP) nothing waits for ever; when it goes on, so do we."""
    a = tablet.run("SELECT 1", flags=BEGIN)
    b = tablet.run("UPDATE t SET v = 'never' WHERE id = 1", flags=BEGIN)
    pid = tablet.control("status")["mysqld_pid"]
    os.kill(pid, signal.SIGSTOP)
    try:
        calls = [tablet.begin_call("SELECT 2", session=a.session, flags=DDL), tablet.begin_call("SELECT 1", flags=DDL),
                 tablet.begin_call("CREATE TABLE never (a INT)", flags=DDL)]
        calls.append(tablet.start(FINISH, field(1, b.session)))  # a COMMIT is never killed, but it ends, too
        end = time.monotonic() + 15
        while any(tablet.calls[c]["end"] is None for c in calls):
            assert time.monotonic() < end, open(process.log).read()[-3000:]
            tablet.ping()
            try:
                tablet.step(0.5)
            except TimeoutError:
                pass
        # EXHAUSTED: got no connection; None: mysqld was quicker than SIGSTOP.
        assert {outcome(tablet, c) for c in calls} <= {"ERR_UNAVAILABLE", "ERR_EXHAUSTED", None}
        assert lost(tablet.run, "SELECT 1").code == "ERR_UNAVAILABLE"
    finally:
        os.kill(pid, signal.SIGCONT)
    process.wait_ready()
    assert tablet.run("SELECT COUNT(*) FROM t").value == "1"
    tablet.run("DROP TABLE IF EXISTS never", flags=DDL)


def test_drain_lets_transactions_finish():
    """Issue 8, A 14: SIGTERM: an open transaction goes on and commits, new statements go elsewhere, then the tablet ends."""
    p = TabletProcess("--drain-timeout", "20s")
    try:
        t = p.connect()
        t.run("CREATE TABLE d (a INT PRIMARY KEY)", flags=DDL)
        health = t.start(HEALTH, b"")
        assert t.health(health)["serving"]
        a = t.run("INSERT INTO d VALUES (1)", flags=BEGIN)
        idle = t.run("SELECT GET_LOCK('x', 0)", flags=RESERVE)
        p.process.send_signal(signal.SIGTERM)
        while t.health(health)["serving"]:
            pass
        for flags in (0, BEGIN, RESERVE):
            assert lost(t.run, "SELECT 1", flags=flags).code == "ERR_SHUTDOWN"
        assert lost(t.prepare, "SELECT 1").code == "ERR_SHUTDOWN"
        assert t.run("INSERT INTO d VALUES (2)", session=a.session).affected == 1
        assert t.run("SELECT IS_FREE_LOCK('x')", session=idle.session).value == "0"
        time.sleep(0.5)
        assert p.process.poll() is None
        assert not t.finish(a.session, COMMIT).errno
        start = time.monotonic()
        assert p.process.wait(60) == 0
        assert time.monotonic() - start < 15, "it ends when nothing is open"
        p.start()
        assert p.connect().run("SELECT COUNT(*) FROM d").value == "2"
    finally:
        p.remove()
