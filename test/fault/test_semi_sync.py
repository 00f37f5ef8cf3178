"""Durability semi_sync: a commit is acknowledged when a replica has it, and never without."""
import json
import os
import re
import signal
import struct
import threading
import time

import pymysql
import pytest

from ledger import SCHEMA, VSCHEMA, Writers, directory, log_of_mysqld, mysqld_pid, rows_of, same, until, value
from tablet_client import DDL, RpcError
from tablet_process import TabletProcess
from test_tablet_topo import SHARD, Store, kind


@pytest.fixture(scope="module")
def cluster(start_cluster):
    return start_cluster({"keyspaces": {"uno": {
        "shards": ["-"], "replicas": 1, "durability": "semi_sync", "schema": SCHEMA, "vschema": VSCHEMA}}})


def durability(cluster):
    primary = cluster.tablets("uno")[0]
    return json.loads(cluster.ctl("tablet", "show", primary["alias"], "--json").stdout)["status"]["durability"]


def problem(cluster):
    primary = cluster.tablets("uno")[0]
    return [p["problem"] for p in cluster.status()["processes"] if p["name"] == "tablet-" + primary["alias"]][0]


class Insert(threading.Thread):
    def __init__(self, cluster, row):
        super().__init__(daemon=True)
        self.cluster, self.row, self.outcome = cluster, row, None

    def run(self):
        try:
            conn = self.cluster.connect("uno", autocommit=True)
            self.thread_id = conn.thread_id()
            conn.cursor().execute("INSERT INTO acks VALUES (%s, %s)", (self.row, self.row * 3))
            self.outcome = "acknowledged"
        except (pymysql.MySQLError, OSError) as e:
            self.outcome = e


def settings(cluster, tablet):
    names = ("master_enabled", "master_wait_point", "master_wait_no_slave", "slave_enabled")
    return value(cluster, tablet, "SELECT " + ", ".join("@@GLOBAL.rpl_semi_sync_" + n for n in names))


def test_waits(cluster):
    """Issue 8, A 3: on where it must be, off where it must not, shown; without a replica commits wait."""
    primary, replica = cluster.tablets("uno")[0], cluster.tablets("uno", "replica")[0]
    assert settings(cluster, primary)[:3] == (1, "AFTER_SYNC", 1)
    assert settings(cluster, replica)[0] == 0 and settings(cluster, replica)[3] == 1
    until(lambda: durability(cluster) == {"mode": "semi_sync", "on": True, "replicas": 1, "waiting": 0, "problem": ""})
    assert problem(cluster) == ""
    pid = mysqld_pid(replica)
    tablet = replica["pid"]
    os.kill(tablet, signal.SIGSTOP)  # it would start its mysqld again
    os.kill(pid, signal.SIGKILL)
    try:
        # A server says OK to a statement that is killed while it waits; a gate does not.
        killed = Insert(cluster, 2)
        killed.start()
        until(lambda: durability(cluster)["waiting"] == 1)
        conn = cluster.connect("uno", read_timeout=5)
        with conn.cursor() as cur:
            cur.execute("KILL QUERY %d" % killed.thread_id)
        until(lambda: killed.outcome)
        assert killed.outcome != "acknowledged"
        insert = Insert(cluster, 1)
        insert.start()
        until(lambda: durability(cluster)["waiting"] == 1)
        assert "no replica is connected: commits wait" in until(lambda: problem(cluster))
        # AFTER_SYNC: nobody sees what may be lost.
        with conn.cursor() as cur:
            cur.execute("SELECT COUNT(*) FROM acks WHERE id = 1")
            assert cur.fetchone() == (0,)
        assert insert.outcome is None
    finally:
        os.kill(tablet, signal.SIGCONT)
    until(lambda: insert.outcome)
    assert insert.outcome == "acknowledged"
    until(lambda: problem(cluster) == "" and same(cluster, primary, replica))


def test_replica_without_data(cluster):
    """Issue 8, A 3 and A 5: the only replica is copied anew although commits wait for it."""
    primary, replica = cluster.tablets("uno")[0], cluster.tablets("uno", "replica")[0]
    until(lambda: same(cluster, primary, replica))
    conn = cluster.connect("uno", autocommit=True)
    with conn.cursor() as cur:
        cur.execute("CREATE TABLE late (id BIGINT PRIMARY KEY)")  # the last event but for what waits
    os.kill(replica["pid"], signal.SIGSTOP)
    os.rename(directory(replica) + "/data", directory(replica) + "/away")
    os.kill(mysqld_pid(replica), signal.SIGKILL)
    insert = Insert(cluster, 3)
    insert.start()
    until(lambda: durability(cluster)["waiting"] == 1)
    os.kill(replica["pid"], signal.SIGCONT)
    until(lambda: insert.outcome, 60)
    assert insert.outcome == "acknowledged"
    until(lambda: same(cluster, primary, replica) and problem(cluster) == "")
    assert value(cluster, replica, "SELECT COUNT(*) FROM late") == (0,)
    with open(cluster.data + f"/log/tablet-{replica['alias']}.log") as f:
        assert f.read().count("event=rebuild") == 0


def test_turned_off(cluster):
    """Issue 8, A 3: a primary that does not wait any more is made to wait again."""
    primary = cluster.tablets("uno")[0]
    conn = cluster.connect_mysqld(primary)
    conn.cursor().execute("SET GLOBAL rpl_semi_sync_master_enabled = OFF")
    until(lambda: settings(cluster, primary)[0] == 1)
    conn.close()


def test_kills(cluster):
    """Issue 8, A 1 and A 3: nothing acknowledged is lost when primary and replica are killed in turn."""
    writers = Writers(cluster)
    try:
        for n in range(2):
            for kind in ("primary", "replica"):
                victim, before = cluster.tablets("uno", kind)[0], writers.count()
                pid = mysqld_pid(victim)
                writers.resume()
                until(lambda: writers.count() - before > 100, why="no progress")
                os.kill(pid, signal.SIGKILL)
                until(lambda: mysqld_pid(victim) not in (0, pid))
                writers.pause()
                rows = until(lambda: rows_of(cluster))
                assert not [i for i in writers.acked() if rows.get(i) != i * 3]
                until(lambda: same(cluster, cluster.tablets("uno")[0], cluster.tablets("uno", "replica")[0]))
    finally:
        writers.end()
    assert settings(cluster, cluster.tablets("uno")[0])[0] == 1
    assert "truncated binlog" not in "".join(log_of_mysqld(t) for t in cluster.info()["tablets"])


class Statement(threading.Thread):
    """One statement at a tablet, as a gate sends it."""

    def __init__(self, tablet, sql, kind=0):
        super().__init__(daemon=True)
        self.conn, self.sql, self.outcome = tablet.connect(kind=kind), sql, None

    def run(self):
        try:
            self.outcome = "refused" if self.conn.run(self.sql).errno else "acknowledged"
        except (RpcError, ConnectionError) as e:
            self.outcome = e


def query(p, sql):
    conn = pymysql.connect(unix_socket=p.dir + "/mysqld/mysqld.sock", user="root")
    try:
        with conn.cursor() as cur:
            cur.execute(sql)
            return cur.fetchall()
    finally:
        conn.close()


def waiting(p):
    return query(p, "SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_master_wait_sessions'")[0][1] == "1"


def name_primary(store, alias):
    shard = store.get(SHARD)
    shard.update(primary=alias, primary_term=shard["primary_term"] + 5)
    store.put(SHARD, shard)


def test_former_primary():
    """Issue 8, A 1 and A 3: a primary under semi-sync that comes back as a replica gives up what was not acknowledged;
    one that is demoted while a commit waits acknowledges nothing."""
    store = Store()
    first = second = None
    try:
        first = TabletProcess(*store.options)
        store.put("global/keyspaces/ks/keyspace", {"name": "ks", "sharded": False, "durability": "semi_sync"})
        second = TabletProcess(*store.options, alias="zone1-101", kind="replica")
        until(lambda: query(first, "SELECT @@GLOBAL.rpl_semi_sync_master_enabled") == ((1,),))
        one, two = first.connect(), second.connect()
        assert not one.run("CREATE TABLE x (a INT PRIMARY KEY)", flags=DDL).errno
        assert not one.run("INSERT INTO x VALUES (1)").errno
        two.control("stop_replication")
        late = Statement(first, "INSERT INTO x VALUES (2)")
        late.start()
        until(lambda: waiting(first))
        pid = first.connect().control("status")["mysqld_pid"]
        first.process.kill()
        first.process.wait()
        os.kill(pid, signal.SIGKILL)
        name_primary(store, "zone1-101")
        until(lambda: kind(second) == "primary")
        after = Statement(second, "INSERT INTO x VALUES (3)")
        after.start()
        until(lambda: waiting(second))
        assert after.outcome is None
        first.start()
        until(lambda: after.outcome)
        assert after.outcome == "acknowledged" and late.outcome != "acknowledged"
        assert query(first, "SELECT a FROM ks.x ORDER BY a") == ((1,), (3,))
        assert query(second, "SELECT a FROM ks.x ORDER BY a") == ((1,), (3,))
        assert "recovery=truncate" in open(first.log).read()

        # Demoted while it runs.
        first.connect().control("stop_replication")
        late = Statement(second, "INSERT INTO x VALUES (4)")
        late.start()
        until(lambda: waiting(second))
        name_primary(store, "zone1-100")
        until(lambda: kind(first) == "primary" and kind(second) == "replica")
        until(lambda: late.outcome)
        assert late.outcome != "acknowledged"
        assert query(first, "SELECT a FROM ks.x ORDER BY a") == ((1,), (3,))
        until(lambda: query(second, "SELECT @@GLOBAL.rpl_semi_sync_master_enabled, @@GLOBAL.read_only") == ((0, 1),))
        # It holds what its primary does not have: it is made anew, and what it had written stays beside.
        until(lambda: query(second, "SELECT a FROM ks.x ORDER BY a") == ((1,), (3,)))
        second.wait_ready()
        assert os.path.isdir(second.dir + "/mysqld/data.old") and "event=rebuild" in open(second.log).read()
    finally:
        for p in (first, second):
            if p:
                p.remove()


@pytest.mark.parametrize("in_place, torn", [(False, False), (True, False), (True, True)])
def test_replica_restarts_without_its_primary(in_place, torn):
    """Issue 8, A 3: the relay log of a replica whose mysqld was killed after its primary holds what was acknowledged: it is
    applied before the replica reads anew, or is promoted. in_place: the replica's tablet dies with its mysqld; torn: in the
    middle of writing an event into the relay log."""
    store = Store()
    first = second = None
    try:
        first = TabletProcess(*store.options)
        store.put("global/keyspaces/ks/keyspace", {"name": "ks", "sharded": False, "durability": "semi_sync"})
        second = TabletProcess(*store.options, alias="zone1-101", kind="replica")
        until(lambda: query(first, "SELECT @@GLOBAL.rpl_semi_sync_master_enabled") == ((1,),))
        one = first.connect()
        assert not one.run("CREATE TABLE x (a INT PRIMARY KEY, t VARCHAR(20)) CHARACTER SET utf8mb4", flags=DDL).errno
        assert not one.run("INSERT INTO x VALUES (0, 'first')").errno
        until(lambda: query(second, "SELECT a FROM ks.x") == ((0,),))
        lock = pymysql.connect(unix_socket=second.dir + "/mysqld/mysqld.sock", user="root")
        lock.cursor().execute("LOCK TABLES ks.x READ")  # nothing is applied any more
        for i in range(1, 50):
            assert not one.run(f"INSERT INTO x VALUES ({i}, 'gr\u00fc\u00dfe')").errno
        assert not one.run("UPDATE x SET t = 'all'").errno
        assert not one.run("CREATE TABLE y (a INT PRIMARY KEY)", flags=DDL).errno
        pids = [p.connect(kind=k).control("status")["mysqld_pid"] for p, k in ((first, 0), (second, 1))]
        first.process.kill()
        first.process.wait()
        os.kill(pids[0], signal.SIGKILL)
        if in_place:
            second.process.kill()
            second.process.wait()
        os.kill(pids[1], signal.SIGKILL)
        if torn:
            until(lambda: not os.path.exists(f"/proc/{pids[1]}"))
            newest = sorted(f for f in os.listdir(second.dir + "/mysqld/data") if re.fullmatch(r"relay\.\d+", f))[-1]
            with open(f"{second.dir}/mysqld/data/{newest}", "ab") as f:
                f.write(struct.pack("<IBIIIH", int(time.time()), 162, 1, 1000, 0, 0))
        if in_place:
            name_primary(store, "zone1-101")
            second.start(wait=False)
        else:
            until(lambda: query(second, "SHOW SLAVE STATUS")[0][10] == "Connecting")
            name_primary(store, "zone1-101")
        until(lambda: kind(second) == "primary")
        assert query(second, "SELECT COUNT(*), COUNT(DISTINCT t), MAX(t) FROM ks.x") == ((50, 1, "all"),)
        assert query(second, "SELECT COUNT(*) FROM ks.y") == ((0,),)
        # The former primary follows.
        first.start(wait=False)
        until(lambda: kind(first) == "replica")
        first.wait_ready()
        after = Statement(second, "INSERT INTO y VALUES (1)")
        after.start()
        until(lambda: after.outcome == "acknowledged")
        until(lambda: query(first, "SELECT COUNT(*) FROM ks.y") == ((1,),))
        assert query(first, "SELECT COUNT(*) FROM ks.x WHERE t = 'all'") == ((50,),)
        assert "event=rebuild" not in open(first.log).read()
    finally:
        for p in (first, second):
            if p:
                p.remove()
