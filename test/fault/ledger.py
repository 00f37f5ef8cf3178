"""Writers that remember what was acknowledged, and comparisons of what the servers hold."""
import os
import threading
import time

import pymysql

SCHEMA = "CREATE TABLE acks (id BIGINT NOT NULL PRIMARY KEY, v BIGINT NOT NULL);"
VSCHEMA = {"sharded": False, "tables": {"acks": {}}}
LIMIT = 20  # seconds within which any statement must have ended, one way or the other
SUMS = "SELECT COUNT(*), COALESCE(BIT_XOR(CRC32(CONCAT_WS(',', id, v))), 0) FROM acks"


def until(what, seconds=30, why="not in time"):
    """Calls @what until it returns something true; errors of a server that is away count as not yet."""
    end = time.monotonic() + seconds
    while True:
        got, error = None, None
        try:
            got = what()
        except (pymysql.MySQLError, OSError) as e:
            error = e
        if got:
            return got
        assert time.monotonic() < end, f"{why} ({error or got})"
        time.sleep(0.05)


class Writer(threading.Thread):
    """Inserts a row per statement while it is not paused."""

    def __init__(self, cluster, who, keyspace="uno"):
        super().__init__(daemon=True)
        self.cluster, self.who, self.keyspace = cluster, who, keyspace
        self.acked, self.errors, self.slowest, self.stop = [], 0, 0.0, False
        self.go, self.idle = threading.Event(), threading.Event()

    def run(self):
        conn, n = None, 0
        while not self.stop:
            if not self.go.is_set():
                self.idle.set()
                self.go.wait(0.1)
                continue
            self.idle.clear()
            n += 1
            began = time.monotonic()
            try:
                conn = conn or self.cluster.connect(self.keyspace, autocommit=True, read_timeout=LIMIT,
                                                    connect_timeout=LIMIT)
                row = self.who * 10000000 + n
                with conn.cursor() as cur:
                    cur.execute("INSERT INTO acks VALUES (%s,%s)", (row, row * 3))
                self.acked.append(row)
            except (pymysql.MySQLError, OSError):
                self.errors += 1
                conn = None
                time.sleep(0.02)
            self.slowest = max(self.slowest, time.monotonic() - began)


class Writers:
    def __init__(self, cluster, count=4, keyspace="uno"):
        self.all = [Writer(cluster, i + 1, keyspace) for i in range(count)]
        for w in self.all:
            w.start()

    def count(self):
        return sum(len(w.acked) for w in self.all)

    def acked(self):
        return {i for w in self.all for i in w.acked}

    def resume(self):
        for w in self.all:
            w.go.set()

    def pause(self):
        """Returns when no statement is under way."""
        for w in self.all:
            w.go.clear()
        for w in self.all:
            w.idle.clear()
        for w in self.all:
            assert w.idle.wait(LIMIT + 5), "a writer hangs"

    def end(self):
        for w in self.all:
            w.stop = True
            w.go.set()
        for w in self.all:
            w.join(LIMIT + 5)


def rows_of(cluster, keyspace="uno"):
    """All rows, through a gate."""
    conn = cluster.connect(keyspace, read_timeout=5, connect_timeout=5)
    try:
        with conn.cursor() as cur:
            cur.execute("SELECT id, v FROM acks")
            return dict(cur.fetchall())
    finally:
        conn.close()


def rows(cluster, tablet, sql):
    """From a tablet's own mysqld."""
    conn = cluster.connect_mysqld(tablet)
    try:
        with conn.cursor() as cur:
            cur.execute(sql)
            return cur.fetchall()
    finally:
        conn.close()


def value(cluster, tablet, sql):
    """The first row."""
    return rows(cluster, tablet, sql)[0]


OPEN = ("SELECT t.trx_id, p.info FROM information_schema.innodb_trx t JOIN information_schema.processlist p"
        " ON p.id = t.trx_mysql_thread_id WHERE p.user = 'sluice_app'"
        " UNION SELECT id, info FROM information_schema.processlist WHERE user = 'sluice_app' AND command != 'Sleep'")


def nothing_open(cluster, seconds):
    """No transaction or statement of a client is left on any mysqld, at the latest after @seconds."""
    end = time.monotonic() + seconds
    for t in cluster.info()["tablets"]:
        while True:
            left = rows(cluster, t, OPEN)
            if not left:
                break
            assert time.monotonic() < end, f"open on {t['alias']} after {seconds} s: {left}"
            time.sleep(0.15)  # innodb_trx is cached when it is read more often than every 100 ms


def same(cluster, primary, replica, sums=(SUMS,)):
    """Whether the replica has reached the primary's position and holds the same rows."""
    at = value(cluster, primary, "SELECT @@GLOBAL.gtid_binlog_pos")[0]
    has = value(cluster, replica, "SELECT @@GLOBAL.gtid_slave_pos")[0]
    return at == has and all(value(cluster, primary, s) == value(cluster, replica, s) for s in sums)


def directory(tablet):
    """Where a tablet of cluster.json has its mysqld's data, socket and log."""
    return os.path.dirname(tablet["mysqld_socket"])


def mysqld_pid(tablet):
    """The mysqld that runs in a tablet's directory now; 0: none."""
    try:
        with open(os.path.join(directory(tablet), "mysqld.pid")) as f:
            pid = int(f.read())
        with open(f"/proc/{pid}/cmdline") as f:
            return pid if directory(tablet) in f.read() else 0
    except (OSError, ValueError):
        return 0


def log_of_mysqld(tablet):
    with open(os.path.join(directory(tablet), "mysqld.log"), errors="replace") as f:
        return f.read()
