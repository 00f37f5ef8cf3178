"""Tablets and the topology store: who is primary, replication, restarts, changes of the shard's record, attaching."""
import json
import os
import sqlite3
import sys
import tempfile
import time

import pytest

sys.path.insert(0, os.path.dirname(__file__))
from tablet_client import BEGIN, DDL, RpcError
from tablet_process import TabletProcess


class Store:
    """The embedded store, written as src/topo's SQLite back end does."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="sluice-topo-")
        self.path = self.dir + "/topo.db"
        with open(self.dir + "/password", "w") as f:
            f.write("secret\n")
        self.options = ("--topo", "sqlite:" + self.path, "--replication-password-file", self.dir + "/password")

    def get(self, key):
        with sqlite3.connect(self.path) as c:
            row = c.execute("SELECT value FROM kv WHERE key = ?", (key,)).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, key, value):
        c = sqlite3.connect(self.path, timeout=10, isolation_level=None)
        c.execute("BEGIN IMMEDIATE")
        revision = c.execute("UPDATE meta SET revision = revision + 1 RETURNING revision").fetchall()[0][0]
        text = json.dumps(value)
        c.execute("INSERT INTO log VALUES (?, ?, ?)", (revision, key, text))
        c.execute("INSERT OR REPLACE INTO kv VALUES (?, ?, ?, 0)", (key, text, revision))
        c.execute("COMMIT")
        c.close()


SHARD = "global/keyspaces/ks/shards/-"


def until(what, timeout=15):
    end = time.monotonic() + timeout
    while True:
        try:
            got = what()
        except (RpcError, ConnectionError):
            got = None
            if time.monotonic() > end:
                raise
        if got:
            return got
        assert time.monotonic() < end, "not in time"
        time.sleep(0.1)


def kind(p):
    t = p.connect()
    try:
        return t.control("status")["type"]
    finally:
        t.close()


def test_shard():
    store = Store()
    first = TabletProcess(*store.options, "--workers", "2")
    second = TabletProcess(*store.options, alias="zone1-101", kind="replica")
    try:
        shard = store.get(SHARD)
        assert shard["primary"] == "zone1-100"
        record = store.get("cells/zone1/tablets/zone1-101")
        assert record["type"] == "replica" and record["rpc_address"] == second.address
        one, two = first.connect(), second.connect(kind=1)
        assert not one.run("CREATE TABLE x (a INT PRIMARY KEY)", flags=DDL).errno
        assert not one.run("INSERT INTO x VALUES (1)").errno
        until(lambda: two.run("SELECT a FROM x").rows == [["1"]])
        assert two.run("INSERT INTO x VALUES (2)").errno == 1290, "a replica is read-only"

        # The record names the other one: roles change, and what the old primary had open is gone.
        a = one.run("INSERT INTO x VALUES (3)", flags=BEGIN)
        shard.update(primary="zone1-101", primary_term=shard["primary_term"] + 5)
        store.put(SHARD, shard)
        until(lambda: kind(second) == "primary" and kind(first) == "replica")
        with pytest.raises(RpcError) as e:
            one.run("SELECT 1")
        assert e.value.code == "ERR_NOT_PRIMARY"
        with pytest.raises(RpcError) as e:
            one.finish(a.session)
        assert e.value.code == "ERR_TXN_LOST"
        two.target = ("ks", "-", 0)
        assert not two.run("INSERT INTO x VALUES (4)").errno
        one.target = ("ks", "-", 1)
        until(lambda: one.run("SELECT a FROM x ORDER BY a").rows == [["1"], ["4"]])
        one.close()

        # Started as a primary once more, it believes the record.
        first.stop()
        first.start()
        until(lambda: kind(first) == "replica")
        assert not two.run("INSERT INTO x VALUES (5)").errno
        one = first.connect(kind=1)
        until(lambda: one.run("SELECT COUNT(*) FROM x").value == "3")
        assert store.get(SHARD)["primary"] == "zone1-101"
    finally:
        statuses = first.stop(), second.stop()
        log = open(first.log).read() + open(second.log).read()
        first.remove()
        second.remove()
    assert statuses == (0, 0) and "Sanitizer" not in log, log[-6000:]


def test_no_store():
    """Without its store a new tablet serves as nothing; it goes on by itself when the store comes."""
    store = Store()
    os.mkdir(store.path)
    p = TabletProcess(*store.options, wait=False)
    try:
        time.sleep(5)
        status, why = p.http("/readyz")
        assert status == 503 and "role" in why
        # Issue 8, A 1: how mysqld must recover is not known either, so that it is not started.
        assert not os.path.exists(p.dir + "/mysqld/mysqld.pid")
        t = p.connect()
        with pytest.raises(RpcError) as e:
            t.run("SELECT 1")
        assert e.value.code == "ERR_UNAVAILABLE"
        os.rmdir(store.path)
        p.wait_ready()
        assert not t.run("CREATE TABLE x (a INT)", flags=DDL).errno
    finally:
        p.remove()


def test_attach():
    """One tablet leaves its mysqld running; another attaches to it, over a unix socket for gates."""
    first = TabletProcess("--leave-mysqld")
    second = None
    try:
        t = first.connect()
        t.run("CREATE TABLE x (a INT)", flags=DDL)
        pid = t.control("status")["mysqld_pid"]
        assert first.stop() == 0
        os.kill(pid, 0)
        socket = first.dir + "/mysqld/mysqld.sock"
        second = TabletProcess("--attach-socket", socket, "--rpc-address", f"unix:{first.dir}/rpc.sock")
        t = second.connect()
        assert not t.run("INSERT INTO x VALUES (1)").errno
        t.close()
        assert second.stop() == 0
        os.kill(pid, 0)
        first.options = ()
        first.start() # adopts it, and stops it at the end
        t = first.connect()
        assert t.control("status")["mysqld_pid"] == pid
        assert t.run("SELECT a FROM x").value == "1"
    finally:
        if second:
            second.remove()
        first.remove()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
