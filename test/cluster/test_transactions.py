"""Transactions through the gate where clients, statements or tablets fail: a server's answer, nothing half done, nothing
left open. Each test names its line of issue 8."""
import os
import signal
import socket
import threading
import time

import pymysql
import pytest
from pymysql.constants import CLIENT

from gate_process import Gate

SCHEMA = ("CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, v VARCHAR(100));"
          "CREATE TABLE pad (id BIGINT NOT NULL PRIMARY KEY, p LONGTEXT);")
VSCHEMA = {"sharded": True, "vindexes": {"hash": {"type": "hash"}}, "tables": {
    t: {"column_vindexes": [{"column": "id", "name": "hash"}]} for t in ("t", "pad")}}


@pytest.fixture(scope="module")
def txn_cluster(start_cluster):
    return start_cluster({"keyspaces": {
        "uno": {"shards": ["-"], "replicas": 0, "schema": SCHEMA, "vschema": {"sharded": False, "tables": {}}},
        "duo": {"shards": ["-80", "80-"], "replicas": 0, "schema": SCHEMA, "vschema": VSCHEMA}}})


@pytest.fixture(params=["uno", "duo"])
def ks(request, txn_cluster):
    for name in ("uno", "duo"):
        run(txn_cluster.connect(name, autocommit=True), "DELETE FROM t")
    return request.param


def run(conn, *statements):
    """The rows of the last one."""
    with conn.cursor() as cur:
        for s in statements:
            cur.execute(s)
        return cur.fetchall()


def ids(cluster, ks):
    """All ids, read on the servers themselves."""
    out = []
    for t in cluster.tablets(ks):
        c = cluster.connect_mysqld(t)
        out += [r[0] for r in run(c, "SELECT id FROM t")]
        c.close()
    return sorted(out)


def until(what, seconds=10):
    end = time.monotonic() + seconds
    while True:
        got = what()
        if got or time.monotonic() > end:
            return got
        time.sleep(0.15)  # InnoDB shows transactions as they were while it is asked more often than every 100 ms


def open_transactions(cluster):
    n = 0
    for ks in cluster.keyspaces:
        for t in cluster.tablets(ks):
            c = cluster.connect_mysqld(t)
            n += run(c, "SELECT COUNT(*) FROM information_schema.innodb_trx")[0][0]
            c.close()
    return n


def test_statement_that_cannot_be_sent(txn_cluster):
    """Issue 8, A 7: a statement that fails before it is sent leaves the transaction open, and ROLLBACK undoes the retry."""
    run(txn_cluster.connect("duo", autocommit=True), "DELETE FROM t")
    c = txn_cluster.connect("duo")
    tablet = txn_cluster.tablets("duo")[1]
    run(c, "BEGIN", "SAVEPOINT a")
    os.kill(tablet["pid"], signal.SIGKILL)
    failed = 0
    end = time.monotonic() + 30
    done = set()
    while len(done) < 8 and time.monotonic() < end:
        for i in range(1, 9):
            try:
                run(c, f"INSERT INTO t VALUES ({i}, 'x')")
                done.add(i)
            except pymysql.err.IntegrityError:
                done.add(i)
            except pymysql.MySQLError as e:
                failed += 1
                assert e.args[0] not in (2006, 2013), e
                if "transaction was lost" in str(e):
                    run(c, "ROLLBACK", "BEGIN", "SAVEPOINT a")
                    done.clear()
                time.sleep(0.02)
    assert failed and len(done) == 8
    run(c, "ROLLBACK")
    assert ids(txn_cluster, "duo") == []


def test_unlock_tables_in_a_transaction(txn_cluster, ks):
    """Issue 8, A 8: without LOCK TABLES it does nothing, least of all a rollback."""
    c = txn_cluster.connect(ks, autocommit=True)
    run(c, "BEGIN", "INSERT INTO t VALUES (101, 'a')", "UNLOCK TABLES", "INSERT INTO t VALUES (102, 'b')", "COMMIT")
    assert ids(txn_cluster, ks) == [101, 102]


def test_unlock_tables_commits(txn_cluster):
    """Issue 8, A 8: with LOCK TABLES it commits, as a server."""
    run(txn_cluster.connect("uno", autocommit=True), "DELETE FROM t")
    c = txn_cluster.connect("uno", autocommit=False)
    run(c, "CREATE TEMPORARY TABLE mine (a INT)", "LOCK TABLES t WRITE", "INSERT INTO t VALUES (7, 'x')", "UNLOCK TABLES",
        "ROLLBACK")
    assert ids(txn_cluster, "uno") == [7]
    assert run(c, "SELECT COUNT(*) FROM mine") == ((0,),)  # the connection is still this session's
    d = txn_cluster.connect("uno", autocommit=True, read_timeout=5)
    run(d, "INSERT INTO t VALUES (8, 'y')")  # and the lock is gone
    # BEGIN lets go of LOCK TABLES, too.
    run(c, "COMMIT", "LOCK TABLES t WRITE", "BEGIN")
    run(d, "INSERT INTO t VALUES (9, 'y')")


def test_commit_outlives_its_client(txn_cluster):
    """Issue 8, A 9: a client that leaves during a COMMIT over two shards leaves all of it or nothing."""
    run(txn_cluster.connect("duo", autocommit=True), "DELETE FROM t")
    tablets = txn_cluster.tablets("duo")
    n = 30
    for k in range(n):
        c = txn_cluster.connect("duo")
        run(c, "BEGIN", *[f"INSERT INTO t VALUES ({1000 * k + i}, 'x')" for i in range(6)])
        # The second shard's mysqld is asleep while COMMIT is under way.
        os.kill(tablets[1]["mysqld_pid"], signal.SIGSTOP)
        try:
            c._execute_command(3, "COMMIT")
            time.sleep(0.005 * (k % 4))
            c._sock.close()
        finally:
            os.kill(tablets[1]["mysqld_pid"], signal.SIGCONT)
    assert until(lambda: open_transactions(txn_cluster) == 0)
    left = ids(txn_cluster, "duo")
    for k in range(n):
        mine = [i for i in left if i // 1000 == k]
        assert len(mine) in (0, 6), f"half of transaction {k}: {mine}"
    assert len(left) == 6 * n  # each COMMIT had been sent


def test_commit_outlives_a_drain(txn_cluster, tmp_path):
    """Issue 8, A 9: a gate that shuts down waits for a COMMIT whose client has left."""
    run(txn_cluster.connect("duo", autocommit=True), "DELETE FROM t")
    g = Gate(txn_cluster.info()["topo"]["address"], tmp_path)
    mysqlds = [t["mysqld_pid"] for t in txn_cluster.tablets("duo")]
    c = pymysql.connect(host="127.0.0.1", port=g.port, user="root", database="duo")
    run(c, "BEGIN", *[f"INSERT INTO t VALUES ({i}, 'x')" for i in range(6)])
    for pid in mysqlds:
        os.kill(pid, signal.SIGSTOP)
    try:
        c._execute_command(3, "COMMIT")
        time.sleep(0.2)
        leave(c)
        time.sleep(0.2)
        g.p.terminate()
        time.sleep(0.5)
        assert g.p.poll() is None
    finally:
        for pid in mysqlds:
            os.kill(pid, signal.SIGCONT)
    assert g.p.wait(30) == 0 and "event=drained" in g.text()
    g.stop()
    assert ids(txn_cluster, "duo") == list(range(6))


def leave(conn):
    """As a client that dies: without QUIT, at once."""
    conn._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    conn._rfile.close()  # it has the socket, too
    conn._sock.close()


@pytest.mark.parametrize("statement", ["INSERT INTO t VALUES (%d, 'x')", "SELECT * FROM t FOR UPDATE", "UPDATE t SET v = 'y'"])
def test_clients_that_die(txn_cluster, ks, statement):
    """Issue 8, A 10: their transactions are rolled back within a second, whatever crosses on the line."""
    run(txn_cluster.connect(ks, autocommit=True), *[f"INSERT INTO t VALUES ({i}, 'x')" for i in range(1, 20)])
    stop = time.monotonic() + 2.5

    def die(who):
        k = 0
        while time.monotonic() < stop:
            k += 1
            c = txn_cluster.connect(ks)
            text = statement % (100000 * who + k) if "%d" in statement else statement
            c.client_flag |= CLIENT.MULTI_STATEMENTS
            c._execute_command(3, "BEGIN")
            c._read_ok_packet()
            c._execute_command(3, text)
            time.sleep((k % 7) * 0.0003)
            leave(c)

    threads = [threading.Thread(target=die, args=(1 + i,)) for i in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert until(lambda: open_transactions(txn_cluster) == 0, 1)
    c = txn_cluster.connect(ks, autocommit=True, read_timeout=5)
    run(c, "UPDATE t SET v = 'mine'")


@pytest.mark.parametrize("last", [None, "SELECT SLEEP(30)", "INSERT INTO t VALUES (2, 'x')", "SELECT * FROM t FOR UPDATE"])
def test_one_client_that_dies(txn_cluster, ks, last):
    """Issue 8, A 10: its transaction is rolled back, and its locks are gone, within a second; also while a statement runs."""
    run(txn_cluster.connect(ks, autocommit=True), *[f"INSERT INTO t VALUES ({i}, 'x')" for i in range(100, 110)])
    other = txn_cluster.connect(ks, autocommit=True, read_timeout=15)
    for pause in (0, 0.05, 0.3):
        c = txn_cluster.connect(ks)
        run(c, "BEGIN", "UPDATE t SET v = 'theirs'", "INSERT INTO t VALUES (1, 'x')")
        if last:
            c._execute_command(3, last)
            time.sleep(pause)
        leave(c)
        began = time.monotonic()
        run(other, "UPDATE t SET v = 'mine'")
        assert time.monotonic() - began < 1
        assert until(lambda: open_transactions(txn_cluster) == 0, began + 1 - time.monotonic())
        assert ids(txn_cluster, ks) == list(range(100, 110))


def test_savepoint_name_used_twice(txn_cluster, ks):
    """Issue 8, A 15: the name moves; the transaction lives on."""
    c = txn_cluster.connect(ks)
    run(c, "BEGIN", "INSERT INTO t VALUES (1, 'x')", "SAVEPOINT a", "INSERT INTO t VALUES (2, 'x')", "SAVEPOINT b",
        "INSERT INTO t VALUES (3, 'x')", "SAVEPOINT a", "INSERT INTO t VALUES (4, 'x')", "ROLLBACK TO b")
    with pytest.raises(pymysql.MySQLError) as e:
        run(c, "ROLLBACK TO a")
    assert e.value.args[0] == 1305
    run(c, "INSERT INTO t VALUES (5, 'x')", "COMMIT")
    assert ids(txn_cluster, ks) == [1, 2, 5]


def test_savepoint_moves_past_a_shard(txn_cluster, ks):
    """Issue 8, A 15: the moved name undoes only what came behind its last place."""
    c = txn_cluster.connect(ks)
    run(c, "BEGIN", "SAVEPOINT a", "INSERT INTO t VALUES (1, 'x')", "INSERT INTO t VALUES (2, 'x')", "SAVEPOINT a",
        "INSERT INTO t VALUES (3, 'x')", "ROLLBACK TO a", "COMMIT")
    assert ids(txn_cluster, ks) == [1, 2]


def test_snapshot_opens_at_once(txn_cluster):
    """Issue 8, A 15: WITH CONSISTENT SNAPSHOT on one shard is a snapshot of that moment."""
    other = txn_cluster.connect("uno", autocommit=True)
    run(other, "DELETE FROM t", "INSERT INTO t VALUES (1, 'x')")
    c = txn_cluster.connect("uno")
    run(c, "START TRANSACTION WITH CONSISTENT SNAPSHOT")
    run(other, "INSERT INTO t VALUES (2, 'x')")
    assert run(c, "SELECT COUNT(*) FROM t") == ((1,),)
    run(c, "COMMIT")
    assert run(c, "SELECT COUNT(*) FROM t") == ((2,),)
    d = txn_cluster.connect(None)
    run(d, "START TRANSACTION WITH CONSISTENT SNAPSHOT", "COMMIT")  # mariadb-dump does so before USE


@pytest.mark.parametrize("statement", ["FLUSH TABLES WITH READ LOCK", "FLUSH TABLES t WITH READ LOCK", "FLUSH TABLES t FOR EXPORT",
                                       "BACKUP STAGE START", "BACKUP LOCK t"])
def test_locks_that_would_hold_nothing(txn_cluster, ks, statement):
    """Issue 8, A 15: what would answer OK and hold nothing is refused."""
    c = txn_cluster.connect(ks, autocommit=True)
    with pytest.raises(pymysql.MySQLError) as e:
        run(c, statement)
    assert e.value.args[0] in (1227, 1235), e.value


def test_kill_query_keeps_the_transaction(txn_cluster):
    """Issue 8, D 6: a server rolls back the statement alone."""
    c = txn_cluster.connect("uno")
    run(c, "DELETE FROM t", "COMMIT", "BEGIN", "INSERT INTO t VALUES (1, 'x')")
    killer = txn_cluster.connect("uno", autocommit=True)
    got = []

    def sleep():
        try:
            got.append(run(c, "SELECT SLEEP(20)"))
        except pymysql.MySQLError as e:
            got.append(e.args[0])

    t = threading.Thread(target=sleep)
    t.start()
    me = c.thread_id()
    sleeping = "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP(20)%'"
    tablet = txn_cluster.connect_mysqld(txn_cluster.tablets("uno")[0])
    assert until(lambda: run(tablet, sleeping)[0][0])
    run(killer, f"KILL QUERY {me}")
    t.join(10)
    assert got in ([1317], [((1,),)])
    run(c, "INSERT INTO t VALUES (2, 'x')", "COMMIT")
    assert ids(txn_cluster, "uno") == [1, 2]


def test_row_count_and_chain(txn_cluster, ks):
    """Issue 8, D 6 and A 16: ROW_COUNT() behind BEGIN and COMMIT; AND CHAIN keeps the access mode; RELEASE disconnects."""
    c = txn_cluster.connect(ks, autocommit=True)
    run(c, "INSERT INTO t VALUES (1, 'x')", "BEGIN")
    assert run(c, "SELECT ROW_COUNT()") == ((0,),)
    run(c, "COMMIT")
    assert run(c, "SELECT ROW_COUNT()") == ((0,),)
    run(c, "START TRANSACTION READ ONLY", "SELECT * FROM t WHERE id = 1", "COMMIT AND CHAIN")
    with pytest.raises(pymysql.MySQLError) as e:
        run(c, "INSERT INTO t VALUES (1000, 'x')")
    assert e.value.args[0] == 1792
    run(c, "COMMIT RELEASE")
    with pytest.raises((pymysql.MySQLError, OSError)):
        run(c, "SELECT 1")


class Blocked:
    """An INSERT of a client that waits for row locks which the test holds on mysqlds: @rows are (tablet, id)."""

    def __init__(self, cluster, conn, statement, *rows):
        self.cluster, self.conn, self.got = cluster, conn, []
        self.looks = [cluster.connect_mysqld(tablet, autocommit=True) for tablet, _ in rows]
        self.locks = [cluster.connect_mysqld(tablet) for tablet, _ in rows]
        for lock, (_, row) in zip(self.locks, rows):
            run(lock, f"INSERT INTO t VALUES ({row}, 'lock')")
        self.thread = threading.Thread(target=self._run, args=(statement,))
        self.thread.start()
        assert until(lambda: all(self._runs(i) for i in range(len(rows))))

    def _run(self, statement):
        try:
            with self.conn.cursor() as cur:
                self.got.append(cur.execute(statement))
        except pymysql.MySQLError as e:
            self.got.append(e.args[0])

    def _runs(self, i):
        return run(self.looks[i], "SELECT COUNT(*) FROM information_schema.processlist "
                   "WHERE user = 'sluice_app' AND info LIKE 'INSERT%'")[0][0]

    def ends_unseen(self, i):
        """Lets it end on a mysqld whose tablet is stopped and sees that later."""
        self.locks[i].rollback()
        assert until(lambda: not self._runs(i))

    def kill(self):
        run(self.cluster.connect(autocommit=True), f"KILL QUERY {self.conn.thread_id()}")

    def outcome(self):
        self.thread.join(10)
        for c in self.locks + self.looks:
            c.close()
        return self.got


class Stopped:
    """Processes that are stopped inside of `with`."""

    def __init__(self, *tablets):
        self.pids = [t["pid"] for t in tablets]

    def __enter__(self):
        for pid in self.pids:
            os.kill(pid, signal.SIGSTOP)

    def __exit__(self, *_):
        for pid in self.pids:
            os.kill(pid, signal.SIGCONT)


def client_for_kill(cluster, ks, *before):
    run(cluster.connect(ks, autocommit=True), "DELETE FROM t")
    c = cluster.connect(ks, autocommit=True)
    run(c, "DO 1", *before)
    return c


@pytest.mark.parametrize("begin", [[], ["BEGIN"], ["BEGIN", "INSERT INTO t VALUES (9, 'x')"]])
def test_kill_query_comes_too_late(txn_cluster, begin):
    """Issue 8, D 6 and A 10: a statement that had ended when KILL QUERY came is answered as a server does: OK."""
    c = client_for_kill(txn_cluster, "uno", *begin)
    tablet = txn_cluster.tablets("uno")[0]
    b = Blocked(txn_cluster, c, "INSERT INTO t VALUES (1, 'x'), (2, 'x')", (tablet, 1))
    with Stopped(tablet):
        b.ends_unseen(0)
        b.kill()
    assert b.outcome() == [2]
    assert run(c, "SELECT ROW_COUNT()") == ((2,),)
    run(c, "INSERT INTO t VALUES (3, 'x')", "COMMIT")
    assert ids(txn_cluster, "uno") == [1, 2, 3] + [9] * (len(begin) > 1)


@pytest.mark.parametrize("begin", [[], ["BEGIN"]])
def test_kill_query_of_rows_that_come_back(txn_cluster, begin):
    """Issue 8, A 10: an INSERT ... RETURNING that had ended is not answered as if it had not been done."""
    c = client_for_kill(txn_cluster, "uno", *begin)
    tablet = txn_cluster.tablets("uno")[0]
    b = Blocked(txn_cluster, c, "INSERT INTO t VALUES (1, 'x') RETURNING id", (tablet, 1))
    with Stopped(tablet):
        b.ends_unseen(0)
        b.kill()
    assert b.outcome() in ([1], [1317])
    run(c, "COMMIT")
    assert ids(txn_cluster, "uno") == [1]


@pytest.mark.parametrize("begin", [[], ["BEGIN"], ["BEGIN", "INSERT INTO t VALUES (5, 'x'), (6, 'x')"]])
@pytest.mark.parametrize("done", [[], [0], [0, 1]])
def test_kill_query_over_shards(txn_cluster, begin, done):
    """Issue 8, D 6: KILL QUERY of a statement that some shards have done: all of it is undone, and only that; one that all
    have done is answered OK. The gate does not know yet which are done."""
    c = client_for_kill(txn_cluster, "duo", *begin)
    tablets = txn_cluster.tablets("duo")
    b = Blocked(txn_cluster, c, "INSERT INTO t VALUES (1, 'x'), (4, 'x')", (tablets[0], 1), (tablets[1], 4))
    with Stopped(*[tablets[i] for i in done]):
        for i in done:
            b.ends_unseen(i)
        b.kill()
    assert b.outcome() == ([2] if len(done) == 2 else [1317])
    run(c, "COMMIT")
    assert ids(txn_cluster, "duo") == [1, 4] * (len(done) == 2) + [5, 6] * (len(begin) > 1)
    run(txn_cluster.connect("duo", autocommit=True), "REPLACE INTO t VALUES (1, 'y'), (4, 'y')")  # no lock is left


@pytest.mark.parametrize("begin", [[], ["BEGIN"], ["BEGIN", "INSERT INTO t VALUES (5, 'x'), (6, 'x')"]])
def test_kill_query_after_one_shard(txn_cluster, begin):
    """Issue 8, D 6: the same where the gate has the first shard's answer already."""
    c = client_for_kill(txn_cluster, "duo", *begin)
    b = Blocked(txn_cluster, c, "INSERT INTO t VALUES (1, 'x'), (4, 'x')", (txn_cluster.tablets("duo")[1], 4))
    b.kill()
    assert b.outcome() == [1317]
    run(c, "COMMIT")
    assert ids(txn_cluster, "duo") == [5, 6] * (len(begin) > 1)
