"""kill -9 of any part at any moment: clients get MySQL errors in time, nothing acknowledged is lost, no wrong
answer, and the part comes back."""
import os
import signal
import threading
import time

import pymysql
import pytest

SCHEMA = "CREATE TABLE acks (id BIGINT NOT NULL PRIMARY KEY, who INT NOT NULL, v BIGINT NOT NULL);"
VSCHEMA = {"sharded": True, "vindexes": {"hash": {"type": "hash"}},
           "tables": {"acks": {"column_vindexes": [{"column": "id", "name": "hash"}]}}}
LIMIT = 20  # seconds within which any statement must have ended, one way or the other


@pytest.fixture(scope="module", params=["embedded", "etcd"])
def fault_cluster(request, start_cluster):
    return start_cluster({"topo": request.param, "keyspaces": {
        "duo": {"shards": ["-80", "80-"], "replicas": 0, "schema": SCHEMA, "vschema": VSCHEMA}}})


class Writer(threading.Thread):
    """Inserts rows one after the other; remembers which were acknowledged and how long statements took."""

    def __init__(self, cluster, who, txn):
        super().__init__()
        self.cluster, self.who, self.txn = cluster, who, txn
        self.acked, self.errors, self.slowest, self.stop = [], [], 0.0, False
        self.wrong = None

    def connect(self):
        return self.cluster.connect("duo", autocommit=not self.txn, read_timeout=LIMIT, connect_timeout=LIMIT)

    def step(self, conn, n):
        ids = [self.who * 10000000 + n * 2, self.who * 10000000 + n * 2 + 1]
        with conn.cursor() as cur:
            if self.txn:
                for i in ids:
                    cur.execute("INSERT INTO acks VALUES (%s,%s,%s)", (i, self.who, i * 3))
                conn.commit()
                self.acked += ids
            else:
                cur.execute("INSERT INTO acks VALUES (%s,%s,%s)", (ids[0], self.who, ids[0] * 3))
                self.acked.append(ids[0])
            if self.acked:
                cur.execute("SELECT v FROM acks WHERE id = %s", (self.acked[-1],))
                got = cur.fetchall()
                if got != ((self.acked[-1] * 3,),):
                    self.wrong = (self.acked[-1], got)

    def run(self):
        conn, n = None, 0
        while not self.stop:
            n += 1
            began = time.monotonic()
            try:
                conn = conn or self.connect()
                self.step(conn, n)
            except (pymysql.MySQLError, OSError) as e:
                self.errors.append(e)
                try:
                    conn and conn.close()
                except pymysql.MySQLError:
                    pass
                conn = None
                time.sleep(0.05)
            self.slowest = max(self.slowest, time.monotonic() - began)


def wait_for_rows(cluster, seconds):
    """Until a statement over all shards works again."""
    end = time.monotonic() + seconds
    while True:
        try:
            c = cluster.connect("duo", read_timeout=5, connect_timeout=5)
            with c.cursor() as cur:
                cur.execute("SELECT id, v FROM acks")
                rows = dict(cur.fetchall())
            c.close()
            return rows
        except (pymysql.MySQLError, OSError):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def victim_pid(cluster, what):
    info = cluster.info()
    if what == "gate":
        return info["gates"][0]["pid"]
    if what == "tablet":
        return info["tablets"][0]["pid"]
    if what == "mysqld":
        return info["tablets"][1]["mysqld_pid"]
    if what == "keeper":
        return info["keeper"]["pid"]
    return info["topo"]["pid"]


KILLED = ["tablet", "mysqld", "gate", "etcd"]


@pytest.mark.parametrize("what", KILLED)
def test_kill(fault_cluster, what):
    if what == "etcd" and not fault_cluster.info()["topo"].get("pid"):
        return  # the embedded store is a file; there is nobody to kill
    writers = [Writer(fault_cluster, 1 + i + KILLED.index(what) * 10, txn=i % 2 == 1) for i in range(4)]
    for w in writers:
        w.start()
    try:
        for _ in range(2):
            time.sleep(1.0)
            pid = victim_pid(fault_cluster, what)
            os.kill(pid, signal.SIGKILL)
            end = time.monotonic() + 30
            while victim_pid(fault_cluster, what) == pid and time.monotonic() < end:
                time.sleep(0.1)
            assert victim_pid(fault_cluster, what) != pid, what + " was not restarted"
            wait_for_rows(fault_cluster, 30)
    finally:
        for w in writers:
            w.stop = True
        for w in writers:
            w.join()
    rows = wait_for_rows(fault_cluster, 30)
    for w in writers:
        assert w.wrong is None
        missing = [i for i in w.acked if rows.get(i) != i * 3]
        assert not missing, f"{len(missing)} of {len(w.acked)} acknowledged rows are lost"
        assert w.slowest < LIMIT, "a statement took %.1f s" % w.slowest
        assert len(w.acked) > 20
        for e in w.errors:
            assert not isinstance(e, pymysql.InternalError) or e.args[0] != 1105, e


def test_session_limit_without_a_server(fault_cluster):
    """Issue 8, B 4: max_statement_time of a session holds also when the server does not answer; its own error comes first
    when it does."""
    c = fault_cluster.connect("duo", autocommit=True, read_timeout=LIMIT)
    mysqlds = [t["mysqld_pid"] for t in fault_cluster.tablets("duo")]
    with c.cursor() as cur:
        cur.execute("SET max_statement_time=1.5")
        with pytest.raises(pymysql.MySQLError) as e:
            cur.execute("SELECT SLEEP(10)")
        assert e.value.args[0] == 1969
        for pid in mysqlds:
            os.kill(pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            with pytest.raises(pymysql.MySQLError) as e:
                cur.execute("SELECT COUNT(*) FROM acks")
            assert 2 < time.monotonic() - began < 5 and e.value.args[0] == 3024, e.value
        finally:
            for pid in mysqlds:
                os.kill(pid, signal.SIGCONT)
        cur.execute("SELECT COUNT(*) FROM acks")
