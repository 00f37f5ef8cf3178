"""Sessions of random statements, some cut off at a random byte: the gate lives, answers, and leaves nothing open on the servers.

SLUICE_FUZZ=600: seconds; SLUICE_SEED: the seed that a failing run has printed. With SLUICE_BUILD of an ASAN build its findings are
in the gate's log, and end it."""
import os
import random
import socket
import struct
import threading
import time

import pytest

from ledger import nothing_open, rows
from mysql_raw import CAP_MULTI, Raw, ServerError

SECONDS = float(os.environ.get("SLUICE_FUZZ", "12"))
SEED = int(os.environ.get("SLUICE_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 31)
SCHEMA = ("CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, v VARCHAR(200), n INT);"
          "CREATE TABLE big (id BIGINT NOT NULL PRIMARY KEY, p LONGTEXT);")
VSCHEMA = {"sharded": True, "vindexes": {"hash": {"type": "hash"}}, "tables": {
    name: {"column_vindexes": [{"column": "id", "name": "hash"}]} for name in ("t", "big")}}
WAIT = 30  # seconds that an answer may take


@pytest.fixture(scope="module")
def cluster(start_cluster):
    c = start_cluster({"keyspaces": {
        "uno": {"shards": ["-"], "schema": SCHEMA, "vschema": {"sharded": False, "tables": {}}},
        "duo": {"shards": ["-80", "80-"], "schema": SCHEMA, "vschema": VSCHEMA}}})
    for t in c.info()["tablets"]:  # deadlocks over two servers end by it
        rows(c, t, "SET GLOBAL innodb_lock_wait_timeout = 5")
    return c


def value(r):
    return r.choice([str(r.randrange(60)), "NULL", "'x'", "-1", "2.5", "@a", "'" + "y" * r.choice([1, 50, 150]) + "'", "REPEAT('z', 9)"])


def statement(r, ids):
    key = r.randrange(60)
    return r.choice([
        lambda: f"SELECT * FROM t WHERE id = {key}",
        lambda: f"SELECT id, v FROM t WHERE id IN ({key}, {key + 1}, {r.randrange(60)}) ORDER BY id",
        lambda: "SELECT COUNT(*), SUM(n), MAX(id) FROM t",
        lambda: f"SELECT * FROM t ORDER BY id LIMIT {r.randrange(9)}",
        lambda: "SELECT id, LENGTH(p) FROM big",
        lambda: "SELECT * FROM big",
        lambda: f"REPLACE INTO big VALUES ({key}, REPEAT('p', {r.choice([10, 3000, 400000])}))",
        lambda: f"INSERT INTO t VALUES ({key}, {value(r)}, {r.randrange(9)})",
        lambda: f"INSERT IGNORE INTO t VALUES ({key}, 'a', 1), ({key + 1}, 'b', 2), ({key + 2}, 'c', 3)",
        lambda: f"UPDATE t SET n = n + 1 WHERE id < {key}",
        lambda: f"UPDATE t SET v = {value(r)} WHERE id = {key}",
        lambda: f"DELETE FROM t WHERE id = {key}",
        lambda: "DELETE FROM t",
        lambda: "BEGIN", lambda: "BEGIN", lambda: "COMMIT", lambda: "ROLLBACK", lambda: "COMMIT AND CHAIN",
        lambda: "START TRANSACTION WITH CONSISTENT SNAPSHOT", lambda: "SET TRANSACTION READ ONLY",
        lambda: f"SAVEPOINT s{r.randrange(3)}", lambda: f"ROLLBACK TO s{r.randrange(3)}", lambda: f"RELEASE SAVEPOINT s{r.randrange(3)}",
        lambda: f"SET @a = {value(r)}, @b = REPEAT('b', {r.randrange(2000)})", lambda: f"SET autocommit = {r.randrange(2)}",
        lambda: r.choice(["SET sql_mode = ''", "SET sql_mode = DEFAULT", "SET NAMES latin1", "SET NAMES utf8mb4", "SET sort_buffer_size = 1",
                          "SET sql_mode = 'ANSI_QUOTES'", "SET no_such = 1", "SET max_statement_time = 3"]),
        lambda: "SELECT ROW_COUNT(), FOUND_ROWS(), @a, @@warning_count", lambda: "SHOW WARNINGS", lambda: "SELECT SLEEP(0.05)",
        lambda: f"KILL QUERY {r.choice(ids)}", lambda: f"KILL {r.choice(ids)}" if r.random() < 0.2 else "SHOW PROCESSLIST",
        lambda: r.choice(["USE uno", "USE duo", "USE `duo:-80`", "USE nowhere"]),
        lambda: "SELECT GET_LOCK('l', 0)", lambda: "DO RELEASE_LOCK('l')",
        lambda: "SELEC nonsense", lambda: "SELECT 'open", lambda: "/* only */", lambda: "",
    ])()


class Client(threading.Thread):
    def __init__(self, cluster, seed, until, ids):
        super().__init__(daemon=True)
        self.cluster, self.r, self.until, self.ids = cluster, random.Random(seed), until, ids
        self.wrong, self.done, self.text = [], 0, None

    def step(self, c, prepared):
        r = self.r
        text = "; ".join(statement(r, self.ids) for _ in range(r.choice([1, 1, 1, 2, 5])))
        self.text, what = text, r.random()
        if what < 0.04:  # a packet that stops somewhere
            packet = struct.pack("<I", len(text) + 1)[:3] + b"\0\3" + text.encode()
            c.s.sendall(packet[:r.randrange(len(packet) + 1)])
            return False
        if what < 0.08:  # a client that leaves while its answer comes
            c.send(3, text.encode())
            if r.random() < 0.5:
                c.s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            return False
        if what < 0.2:
            prepared.append(c.prepare(statement(r, self.ids))[0])
        elif what < 0.35 and prepared:
            c.execute(r.choice(prepared))
        elif what < 0.38 and prepared:
            c.stmt_close(prepared.pop())
        elif what < 0.4:
            c.send(31)  # COM_RESET_CONNECTION
            c.ok()
            prepared.clear()
        else:
            c.results(text)
        return True

    def run(self):
        while time.monotonic() < self.until:
            try:
                c = Raw(("127.0.0.1", self.cluster.mysql_port), timeout=WAIT)
                c.login(db=self.r.choice(["uno", "duo"]), caps=CAP_MULTI)
            except (ServerError, OSError, EOFError) as e:
                self.wrong.append(f"no login: {e!r}")
                return
            self.ids.append(c.id)
            prepared = []
            try:
                for _ in range(self.r.randrange(1, 60)):
                    try:
                        if time.monotonic() > self.until or not self.step(c, prepared):
                            break
                        self.done += 1
                    except ServerError:
                        self.done += 1
            except socket.timeout:
                runs = [rows(self.cluster, t, "SHOW FULL PROCESSLIST") for t in self.cluster.info()["tablets"]]
                self.wrong.append(f"no answer in {WAIT} s to {self.text!r}: {runs}")
            except (OSError, EOFError):
                pass  # killed by another
            c.close()


def test_sessions(cluster):
    """Issue 8, B 6."""
    print(f"SLUICE_SEED={SEED}")
    pid = cluster.info()["gates"][0]["pid"]
    ids = [1]
    clients = [Client(cluster, SEED + i, time.monotonic() + SECONDS, ids) for i in range(8)]
    for c in clients:
        c.start()
    for c in clients:
        c.join(SECONDS + 4 * WAIT)
        assert not c.is_alive(), "a client hangs"
    assert not [w for c in clients for w in c.wrong], [c.wrong for c in clients]
    assert cluster.info()["gates"][0]["pid"] == pid, "the gate ended:\n" + cluster.logs()
    nothing_open(cluster, 2)
    print(sum(c.done for c in clients), "statements")
    assert sum(c.done for c in clients) > 200
