"""Clients that break the protocol or go away must not hurt the gate nor its other clients. Run it against a gate
with sanitizers (SLUICE_GATE=build-asan/bin/sluice-gate); what they find ends the gate with a status of its own."""
import os
import random
import socket
import struct
import threading
import time

import pytest

import mysql_raw as m
from gate_process import Gate
from mysql_raw import Raw, ServerError

TABLE = "CREATE TABLE %s (id BIGINT NOT NULL PRIMARY KEY, v VARCHAR(2000));"
SCHEMA = TABLE % "big" + TABLE % "junk"
VSCHEMA = {"sharded": True, "vindexes": {"hash": {"type": "hash"}},
           "tables": {t: {"column_vindexes": [{"column": "id", "name": "hash"}]} for t in ("big", "junk")}}
SEED = int(os.environ.get("SLUICE_SEED", "20"))
GONE = (ServerError, EOFError, OSError, AssertionError, IndexError, struct.error, ValueError)


class Bystander(threading.Thread):
    """Does ordinary work meanwhile; every answer must be right and in time."""

    def __init__(self, gate):
        super().__init__()
        self.gate, self.stop, self.problem, self.done, self.slowest = gate, False, None, 0, 0

    def run(self):
        try:
            r = Raw(self.gate.address)
            r.login(db="duo")
            s, _, _ = r.prepare("SELECT v FROM big WHERE id = ?")
            while not self.stop:
                began = time.monotonic()
                i = self.done % 500 + 1
                assert r.rows("SELECT COUNT(*), SUM(id) FROM big") == [(b"500", b"125250")]
                assert r.execute(s, [m.int64(i)], types=self.done == 0).rows == [((b"%d" % i * 500)[:1500],)]
                self.done += 1
                self.slowest = max(self.slowest, time.monotonic() - began)
                time.sleep(0.01)
        except Exception as e:  # pylint: disable=broad-except
            self.problem = e


@pytest.fixture(scope="module")
def cluster(start_cluster):
    return start_cluster({"keyspaces": {
        "uno": {"shards": ["-"], "replicas": 0, "schema": SCHEMA, "vschema": {"sharded": False, "tables": {}}},
        "duo": {"shards": ["-80", "80-"], "replicas": 0, "schema": SCHEMA, "vschema": VSCHEMA}}})


@pytest.fixture
def gate(cluster, tmp_path):
    g = Gate(cluster.info()["topo"]["address"], tmp_path, "--connect-timeout", "3s", "--max-allowed-packet", "1M",
             "--drain-timeout", "2s", "--max-prepared", "100")
    for ks in ("uno", "duo"):
        r = Raw(g.address)
        r.login(db=ks)
        r.query("DELETE FROM big")
        r.query("INSERT INTO big VALUES " + ",".join("(%d,'%s')" % (i, (str(i) * 500)[:1500]) for i in range(1, 501)))
        r.close()
    by = Bystander(g)
    by.start()
    yield g
    by.stop = True
    by.join(60)
    assert not by.is_alive() and by.problem is None, (by.problem, g.text()[-4000:])
    assert by.done > 0 and by.slowest < 10
    assert g.p.poll() is None, g.text()[-4000:]
    assert g.stop() == 0, g.text()[-6000:]


def connect(gate):
    s = socket.create_connection(gate.address, 10)
    s.settimeout(2)
    return s


def drink(s, most=1 << 20):
    """Reads what comes until the end or silence."""
    got = b""
    try:
        while len(got) < most:
            b = s.recv(65536)
            if not b:
                break
            got += b
    except OSError:
        pass
    return got


def frame(payload, seq):
    return len(payload).to_bytes(3, "little") + bytes([seq & 255]) + payload


def good_reply(db=b"duo"):
    return (struct.pack("<IIB23x", m.BASE | m.CAP_CONNECT_WITH_DB | m.CAP_DEPRECATE_EOF | m.CAP_MULTI, 1 << 24, 45)
            + b"root\0\0" + db + b"\0caching_sha2_password\0")


def mutate(rng, p):
    p = bytearray(p)
    for _ in range(rng.randrange(1, 6)):
        k = rng.randrange(5)
        if k == 0 and p:
            p[rng.randrange(len(p))] = rng.choice([0, 1, 0x7f, 0x80, 0xfb, 0xfc, 0xfd, 0xfe, 0xff, rng.randrange(256)])
        elif k == 1 and p:
            del p[rng.randrange(len(p)):]
        elif k == 2:
            at = rng.randrange(len(p) + 1)
            p[at:at] = rng.randbytes(rng.randrange(1, 40))
        elif k == 3 and p:
            at = rng.randrange(len(p))
            del p[at:at + rng.randrange(1, 8)]
        elif p:
            at = rng.randrange(len(p))
            p += p[at:at + rng.randrange(1, 100)]
    return bytes(p)


def test_broken_handshakes(gate):
    rng = random.Random(SEED)
    good = good_reply()
    tries = [b"", b"\0", b"\xff" * 40, good[:31], good[:32], good[:33], good + b"\0" * 100]
    tries += [good[:i] for i in range(0, len(good), 5)]
    tries += [struct.pack("<IIB23x", m.BASE | m.CAP_SSL, 0, 45), struct.pack("<IIB23x", 0xffffffff, 0xffffffff, 255)]
    tries += [mutate(rng, good) for _ in range(200)]
    for p in tries:
        s = connect(gate)
        try:
            s.sendall(frame(p, 1))
            s.sendall(frame(mutate(rng, b"some proof of 20 by"), 3))
            s.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        drink(s)
        s.close()
    for seq in (0, 2, 255):
        s = connect(gate)
        s.sendall(frame(good, seq))
        assert b"out of order" in drink(s)
        s.close()


def session(gate, db="duo"):
    r = Raw(gate.address, timeout=10)
    r.login(db=db, caps=m.CAP_DEPRECATE_EOF | m.CAP_MULTI)
    return r


STATEMENTS = [b"SELECT * FROM junk", b"SELECT id, v FROM junk WHERE id IN (1,2,3) ORDER BY v DESC LIMIT 2",
              b"INSERT INTO junk VALUES (1000001,'x')", b"UPDATE junk SET v = v WHERE id = 3", b"BEGIN", b"COMMIT", b"ROLLBACK",
              b"SET sql_mode='ANSI', @a = 5, autocommit = 1", b"SELECT @a, @@sql_mode; SELECT 2", b"SHOW DATABASES",
              b"USE `uno`", b"USE duo", b"SAVEPOINT a", b"ROLLBACK TO a", b"SHOW WARNINGS", b"KILL QUERY 1",
              b"DELETE FROM junk WHERE id = 1000001"]


def test_garbage_in_commands(gate):
    rng = random.Random(SEED + 1)
    r = None
    for i in range(1500):
        try:
            if r is None:
                r = session(gate, rng.choice(["uno", "duo"]))
                ident, _, _ = r.prepare("SELECT id FROM junk WHERE id = ? AND v <> ?")
                ex = struct.pack("<IBI", ident, 0, 1) + b"\0\1" + struct.pack("<HH", 8, 253) + struct.pack("<q", 5) + b"\3abc"
                bodies = {m.EXECUTE: ex, m.LONG_DATA: struct.pack("<IH", ident, 1) + b"data", m.RESET: struct.pack("<I", ident),
                          m.SET_OPTION: b"\0\0", m.INIT_DB: b"duo:-80@primary", m.PREPARE: rng.choice(STATEMENTS),
                          m.PROCESS_KILL: struct.pack("<I", 0xfffffff0), 28: struct.pack("<II", ident, 5),
                          m.CHANGE_USER: b"root\0\0duo\0\x2d\0caching_sha2_password\0\0", 4: b"junk\0%"}
            command = rng.choice(list(bodies) + [m.QUERY] * 8 + [rng.randrange(256)])
            body = bodies.get(command, rng.choice(STATEMENTS))
            if rng.random() < 0.8:
                body = mutate(rng, body)
            if b"kill" in body.lower() and i:
                continue
            r.s.settimeout(0.3)
            r.send(command, body)
            r.s.recv(1 << 16)
            r.s.settimeout(0.02)
            drink(r.s)
            if rng.random() < 0.1:
                r.s.sendall(rng.randbytes(rng.randrange(1, 60)))
        except GONE:
            r = r and r.close()
            r = None


def test_slow_clients(gate):
    """Every byte on its own, several clients at once."""
    def one(out):
        s = socket.create_connection(gate.address, 20)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for p in (frame(good_reply(), 1), frame(b"\3SELECT COUNT(*) FROM big", 0), frame(b"\x0e", 0)):
            for b in p:
                s.sendall(bytes([b]))
                time.sleep(0.002)
        s.settimeout(1)
        out.append(drink(s))
        s.close()

    out = []
    threads = [threading.Thread(target=one, args=(out,)) for _ in range(20)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(out) == 20 and all(b"\x03500" in o for o in out)
    # a client that never finishes its login is ended
    s = connect(gate)
    s.settimeout(10)
    drink(s, 1)
    began = time.monotonic()
    s.sendall(frame(good_reply(), 1)[:20])
    assert drink(s) == b"" and time.monotonic() - began < 9


def test_clients_that_vanish(gate):
    rng = random.Random(SEED + 2)

    def leave(s):
        if rng.random() < 0.5:  # with a reset
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.close()

    for i in range(250):
        stage = i % 10
        if stage < 3:
            s = connect(gate)
            if stage:
                s.recv(200)
            if stage == 2:
                s.sendall(frame(good_reply(), 1)[:rng.randrange(60)])
            leave(s)
            continue
        r = session(gate, rng.choice(["uno", "duo"]))
        if stage == 3:
            r.s.sendall(frame(b"\3SELECT * FROM big", 0)[:rng.randrange(1, 20)])
        elif stage == 4:
            r.send(m.QUERY, b"SELECT * FROM big a")
        elif stage == 5:  # in the middle of a large result
            r.send(m.QUERY, b"SELECT a.v, a.id FROM big a ORDER BY a.id")
            r.s.recv(rng.randrange(1, 70000))
        elif stage == 6:
            r.query("BEGIN")
            r.query("UPDATE big SET v = 'lost' WHERE id < 20" if rng.random() < 0.5 else "DELETE FROM big WHERE id = 7")
        elif stage == 7:
            r.query("BEGIN")
            r.query("INSERT INTO big VALUES (2000001,'a'),(2000002,'b'),(2000003,'c')")
            r.send(m.QUERY, rng.choice([b"ROLLBACK", b"SELECT SLEEP(1) FROM big WHERE id = 1"]))
        elif stage == 8:
            r.send(m.QUERY, b"SELECT SLEEP(2)")
        else:
            s, _, _ = r.prepare("SELECT * FROM big WHERE id > ?")
            r.long_data(s, 0, b"12")
            if rng.random() < 0.5:
                r.send(m.EXECUTE, struct.pack("<IBI", s, 0, 1) + b"\0\1" + struct.pack("<H", 253))
        leave(r.s)
    # what they held is free again, and nothing of theirs is there
    r = session(gate)
    r.query("UPDATE big SET v = v WHERE id < 500")
    assert r.rows("SELECT COUNT(*) FROM big WHERE id > 500 OR v = 'lost'") == [(b"0",)]
    r.close()


def test_random_garbage_in_parallel(gate):
    def one(seed):
        rng = random.Random(seed)
        for _ in range(3):
            try:
                s = connect(gate)
                s.settimeout(0.5)
                if rng.random() < 0.5:
                    s.sendall(frame(good_reply(), 1))
                for _ in range(rng.randrange(1, 30)):
                    p = rng.randbytes(rng.randrange(1, 3000))
                    s.sendall(frame(p, rng.choice([0, 1, rng.randrange(256)])) if rng.random() < 0.7 else p)
                drink(s)
                s.close()
            except OSError:
                pass

    threads = [threading.Thread(target=one, args=(SEED * 1000 + i,)) for i in range(200)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
