"""Kills and stops parts of a cluster at random, from a seed; and clients that keep a ledger meanwhile."""
import os
import random
import signal
import socket
import subprocess
import threading
import time

import pymysql

from conftest import CTL

GRACE = 2.5  # seconds that a loaded machine may add to any wait


class Chaos:
    """Faults of one cluster. Each is kill -9, or SIGSTOP and later SIGCONT, of one process."""

    def __init__(self, cluster, seed):
        self.cluster, self.rng = cluster, random.Random(seed)
        self.stopped = {}  # pid: when it goes on
        self.gate_pauses = []  # [from, to) of monotonic time in which a gate was stopped
        self.counts, self.keeper_died, self.up = {}, None, None

    def victims(self):
        info = self.cluster.info()
        out = [("keeper", info["keeper"]["pid"]), ("store", info["topo"].get("pid", 0))]
        out += [("gate", g["pid"]) for g in info["gates"]]
        for t in info["tablets"]:
            name = "" if t["type"] == "primary" else "replica's "
            out += [(name + "tablet", t["pid"]), (name + "mysqld", t["mysqld_pid"])]
        return [(name, pid) for name, pid in out if self.ours(pid) and pid not in self.stopped]

    def ours(self, pid):
        try:
            with open(f"/proc/{pid}/environ") as f:
                return pid > 0 and self.cluster.data in f.read()
        except OSError:
            return False

    def strike(self):
        """One fault."""
        victims = self.victims()
        if not victims or len(self.stopped) > 1:
            return
        name, pid = self.rng.choice(victims)
        kill = self.rng.random() < 0.5
        what = ("kill " if kill else "stop ") + name
        self.counts[what] = self.counts.get(what, 0) + 1
        now = time.monotonic()
        try:
            os.kill(pid, signal.SIGKILL if kill else signal.SIGSTOP)
        except ProcessLookupError:
            return
        if not kill:
            until = now + self.rng.choice([0.3, 1.0, 3.0, 9.0])
            self.stopped[pid] = until
            if name == "gate":
                self.gate_pauses.append([now, until + GRACE])
        elif name == "keeper":
            self.keeper_died = now

    def tend(self, all_of_them=False):
        """Lets go on what has been stopped for long enough; starts a keeper in the place of one that was killed."""
        now = time.monotonic()
        for pid, when in list(self.stopped.items()):
            if all_of_them or when <= now:
                del self.stopped[pid]
                try:
                    os.kill(pid, signal.SIGCONT)
                except ProcessLookupError:
                    pass
        if self.keeper_died and not self.up and (all_of_them or now - self.keeper_died > 1):
            self.keeper_died = None
            # Not waited for here: it waits for what is stopped.
            self.up = subprocess.Popen([CTL, "cluster", "up", "--dir", self.cluster.data], stdout=subprocess.PIPE,
                                       stderr=subprocess.STDOUT, text=True)
        if self.up and (all_of_them or self.up.poll() is not None):
            text = self.up.communicate(timeout=180)[0]
            assert self.up.returncode == 0 or self.keeper_died, text
            self.up = None
            if self.keeper_died and all_of_them:
                self.tend(True)

    def run(self, seconds):
        end = time.monotonic() + seconds
        strike = time.monotonic()
        while time.monotonic() < end:
            self.tend()
            if time.monotonic() >= strike:
                self.strike()
                strike = time.monotonic() + self.rng.uniform(0.3, 2.5)
            time.sleep(0.05)

    def paused(self, began, ended):
        """For how long of this time a gate was stopped."""
        return sum(max(0, min(b, ended) - max(a, began)) for a, b in self.gate_pauses)


class Teller(threading.Thread):
    """Writes rows one by one (acks) and pairs of rows of one transaction (credit, debit); some of its connections die
    in the middle. No number is used twice."""

    def __init__(self, cluster, keyspace, who, seed, limits):
        super().__init__(daemon=True)
        self.cluster, self.keyspace, self.n, self.limits = cluster, keyspace, who * 10000000, limits
        self.rng = random.Random(seed)
        self.acked, self.pairs, self.errors, self.died, self.waits = [], [], {}, 0, []
        self.conn, self.stop, self.wrong = None, False, []

    def say(self, kind, what):
        """Runs @what and notes how long the client waited."""
        began = time.monotonic()
        try:
            return what()
        finally:
            self.waits.append((kind, began, time.monotonic()))

    def sql(self, text, kind="statement"):
        def run():
            with self.conn.cursor() as cur:
                cur.execute(text)
                return cur.fetchall()
        return self.say(kind, run)

    def connect(self):
        self.conn = self.say("connect", lambda: self.cluster.connect(
            self.keyspace, autocommit=True, connect_timeout=60, read_timeout=90, write_timeout=90))
        self.sql(f"SET max_statement_time={self.limits['statement'][0]}", "set")

    def die(self, last="SELECT 1"):
        """As a client that is killed: without QUIT, with a statement under way."""
        self.died += 1
        try:
            if self.rng.random() < 0.5:
                self.conn._execute_command(3, self.rng.choice(["SELECT SLEEP(1)", "UPDATE credit SET v = v", last]))
            self.conn._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            self.conn._sock.close()
        except (pymysql.MySQLError, OSError):
            pass
        self.conn = None

    def step(self):
        self.n += 1
        n, v = self.n, self.n * 3
        if self.rng.random() < 0.5:
            self.sql(f"INSERT INTO acks (id, v) VALUES ({n}, {v})")
            self.acked.append(n)
            got = self.sql(f"SELECT v FROM acks WHERE id = {n}")
            if got != ((v,),):
                self.wrong.append((n, got))
            return
        doomed = self.rng.random() < 0.1
        self.sql("BEGIN")
        self.sql(f"INSERT INTO credit (id, v) VALUES ({n}, {v})")
        if doomed and self.rng.random() < 0.5:
            return self.die()
        self.sql(f"INSERT INTO debit (id, v) VALUES ({n}, {-v})")
        if doomed:
            return self.die("COMMIT")
        self.sql("COMMIT", "commit")
        self.pairs.append(n)

    def run(self):
        while not self.stop:
            try:
                if not self.conn:
                    self.connect()
                self.step()
            except (pymysql.MySQLError, OSError) as e:
                code = e.args[0] if e.args else 0
                self.errors[code] = self.errors.get(code, 0) + 1
                if self.conn and code in (2006, 2013, 0):
                    self.conn = None
                elif self.conn and not self.over():
                    self.conn = None
                time.sleep(0.02)
        if self.conn:
            self.die()

    def over(self):
        """Ends the transaction after an error; false: the connection is no good."""
        try:
            self.sql("ROLLBACK", "commit")
            return True
        except (pymysql.MySQLError, OSError):
            return False
