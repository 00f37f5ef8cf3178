"""The topology store on both back ends: what one process sees (the check program), and what must
hold when processes die, connections are cut and servers restart."""
import os
import queue
import signal
import socket
import subprocess
import threading
import time

import pytest

import etcd

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("SLUICE_BUILD", os.path.join(ROOT, "build"))
PROGRAM = os.path.join(BUILD, "test/conformance/topo_store")


class Actor:
    """A running topo_store command whose output lines are read as they come."""

    def __init__(self, address, *args, env=None):
        self.process = subprocess.Popen([PROGRAM, address, *args], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True,
                                        env=dict(os.environ, **(env or {})))
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.strip())
        self.lines.put(None)

    def expect(self, start, seconds=15):
        """The next line that starts with @start; lines before it are returned too."""
        seen, end = [], time.time() + seconds
        while True:
            try:
                line = self.lines.get(timeout=max(0.01, end - time.time()))
            except queue.Empty:
                raise AssertionError(f"no line {start!r}; got {seen}") from None
            assert line is not None, f"ended without {start!r}: {seen}"
            seen.append(line)
            if line.startswith(start):
                return seen

    def silent(self, start, seconds):
        """No line that starts with @start comes for a while."""
        end = time.time() + seconds
        while time.time() < end:
            try:
                line = self.lines.get(timeout=max(0.01, end - time.time()))
            except queue.Empty:
                return
            assert line is not None and not line.startswith(start), line

    def stop(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait(20)
        return self.process.returncode

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def run(address, *args, env=None, timeout=120):
    return subprocess.run([PROGRAM, address, *args], capture_output=True, text=True, timeout=timeout,
                          env=dict(os.environ, **(env or {})), check=False)


def check(address, env=None):
    done = run(address, "check", env=env)
    bad = [line for line in done.stdout.splitlines() if line.startswith(("not ok", "#"))]
    assert done.returncode == 0, "\n".join(bad) + done.stderr


@pytest.fixture
def server(tmp_path):
    node = etcd.Etcd(tmp_path).start().wait()
    yield node
    node.kill()


@pytest.fixture(params=["sqlite", "etcd"])
def address(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:{tmp_path}/topo.db"
        return
    node = etcd.Etcd(tmp_path).start().wait()
    yield "etcd:" + node.url
    node.kill()


class Proxy:
    """Forwards TCP to a port, and can be cut."""

    def __init__(self, target):
        self.target, self.port, self.pairs = target, etcd.free_port(), []
        self.listener = None  # None: cut
        self.lock = threading.Lock()
        self.up()

    def up(self):
        self.listener = socket.create_server(("127.0.0.1", self.port), reuse_port=True)
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def _accept(self, listener):
        while True:
            try:
                client = listener.accept()[0]
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                return
            with self.lock:
                if self.listener is not listener:  # cut while this connection was being made
                    client.close()
                    server.close()
                    return
                self.pairs += [client, server]
            for a, b in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=(a, b), daemon=True).start()

    @staticmethod
    def _pump(a, b):
        try:
            while data := a.recv(65536):
                b.sendall(data)
        except OSError:
            pass
        for s in (a, b):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        with self.lock:
            listener, self.listener = self.listener, None
            pairs, self.pairs = self.pairs, []
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for s in pairs:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()


def test_conformance(address):
    check(address)


def test_two_processes_share(address):
    watch = Actor(address, "watch", "p/")
    watch.expect("SYNCED")
    for i in range(5):
        assert run(address, "put", f"p/{i}", str(i)).returncode == 0
    got = [line for line in watch.expect("PUT p/4") if line.startswith("PUT")]
    assert got == [f"PUT p/{i} {i}" for i in range(5)]
    assert watch.stop() == 0


def test_lock_of_a_killed_holder_expires(address):
    first = Actor(address, "lock", "locks/x", "3")
    fence = int(first.expect("HELD")[-1].split()[1])
    second = Actor(address, "lock", "locks/x", "3")
    second.silent("HELD", 4)  # kept alive beyond its life
    first.kill()
    start = time.time()
    assert int(second.expect("HELD", 10)[-1].split()[1]) > fence
    assert 1 < time.time() - start < 8
    assert second.stop() == 0
    third = Actor(address, "lock", "locks/x", "3")  # given back at once
    third.expect("HELD", 2)
    third.stop()


def test_stopped_holder_finds_its_lock_lost(address):
    first = Actor(address, "lock", "locks/x", "3")
    first.expect("HELD")
    second = Actor(address, "lock", "locks/x", "3")
    first.process.send_signal(signal.SIGSTOP)
    second.expect("HELD", 10)
    first.process.send_signal(signal.SIGCONT)
    first.expect("LOST", 5)
    second.silent("LOST", 2)
    first.stop()
    second.stop()


def test_election_hand_over(address):
    one = Actor(address, "elect", "e", "one", "3")
    fence = int(one.expect("LEADING")[-1].split()[1])
    two = Actor(address, "elect", "e", "two", "3")
    two.silent("LEADING", 1)
    one.kill()
    assert int(two.expect("LEADING", 10)[-1].split()[1]) > fence
    three = Actor(address, "elect", "e", "three", "3")
    three.silent("LEADING", 1)
    two.stop()
    three.expect("LEADING", 3)
    three.stop()


def test_watch_compares_after_compaction_sqlite(tmp_path):
    address = f"sqlite:{tmp_path}/topo.db"
    run(address, "put", "w/a", "1")
    watch = Actor(address, "watch", "w/")
    watch.expect("SYNCED")
    watch.process.send_signal(signal.SIGSTOP)
    for value in ("2", "3"):
        run(address, "put", "w/a", value)
    run(address, "put", "w/b", "1")
    assert run(address, "compact").returncode == 0
    watch.process.send_signal(signal.SIGCONT)
    assert [x for x in watch.expect("SYNCED") if x.startswith("PUT")] == ["PUT w/a 3", "PUT w/b 1"]
    watch.stop()


def test_watch_compares_after_compaction_etcd(server):
    direct, proxy = "etcd:" + server.url, Proxy(server.port)
    run(direct, "put", "w/a", "1")
    watch = Actor(f"etcd:http://127.0.0.1:{proxy.port}", "watch", "w/", env={"TOPO_TIMEOUT_MS": "1000"})
    watch.expect("SYNCED")
    proxy.cut()
    for value in ("2", "3"):
        run(direct, "put", "w/a", value)
    run(direct, "put", "w/b", "1")
    assert run(direct, "compact").returncode == 0
    watch.expect("LOST", 10)
    proxy.up()
    assert [x for x in watch.expect("SYNCED") if x.startswith("PUT")] == ["PUT w/a 3", "PUT w/b 1"]
    run(direct, "put", "w/c", "1")
    watch.expect("PUT w/c 1")
    watch.stop()


def test_etcd_away_and_back(server):
    address, env = "etcd:" + server.url, {"TOPO_TIMEOUT_MS": "1000"}
    run(address, "put", "global/keyspaces/ks/keyspace", '{"name":"ks"}')
    watch = Actor(address, "watch", "w/", env=env)
    watch.expect("SYNCED")
    graph = Actor(address, "graph", "z1", env=env)
    graph.expect("GRAPH keyspaces=1 away=0")
    server.kill()
    watch.expect("LOST")
    graph.expect("GRAPH keyspaces=1 away=1")  # the last one stays
    failed = run(address, "put", "w/a", "1", env=env)
    assert failed.returncode == 1 and "ERR_UNAVAILABLE" in failed.stderr
    server.start().wait()
    watch.expect("SYNCED")
    graph.expect("GRAPH keyspaces=1 away=0")
    assert run(address, "put", "w/a", "2").returncode == 0
    watch.expect("PUT w/a 2")
    assert watch.stop() == 0
    assert graph.stop() == 0


def test_etcd_hangs(server):
    """A member that takes connections and says nothing."""
    address, env = "etcd:" + server.url, {"TOPO_TIMEOUT_MS": "1000"}
    server.process.send_signal(signal.SIGSTOP)
    start = time.time()
    failed = run(address, "put", "w/a", "1", env=env)
    assert failed.returncode == 1 and "ERR_UNAVAILABLE" in failed.stderr
    assert time.time() - start < 5
    server.process.send_signal(signal.SIGCONT)
    assert run(address, "put", "w/a", "2").returncode == 0


def test_sqlite_busy_and_back(tmp_path):
    address = f"sqlite:{tmp_path}/topo.db"
    run(address, "put", "a", "1")
    writer = subprocess.Popen(["python3", "-c", (
        "import sqlite3,sys,time\n"
        f"c=sqlite3.connect({str(tmp_path)!r}+'/topo.db',isolation_level=None)\n"
        "c.execute('BEGIN IMMEDIATE')\nprint('held',flush=True)\nsys.stdin.read()\n")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert writer.stdout.readline() == "held\n"
    failed = run(address, "put", "a", "2", env={"TOPO_TIMEOUT_MS": "500"})
    assert failed.returncode == 1 and "ERR_UNAVAILABLE" in failed.stderr
    writer.stdin.close()
    writer.wait()
    assert run(address, "put", "a", "3").returncode == 0


def test_sqlite_bad_files(tmp_path):
    (tmp_path / "text").write_text("this is not a database, but long enough to look like one" * 50)
    for name in ("text", "no/such/directory/x"):
        failed = run(f"sqlite:{tmp_path}/{name}", "put", "a", "1")
        assert failed.returncode != 0 and failed.stderr.count("\n") == 1, failed.stderr


def test_bad_addresses():
    for address in ("zk:x", "etcd:", "etcd:127.0.0.1", "etcd:http://", "etcd:http://a:0", "sqlite:"):
        failed = run(address, "put", "a", "1")
        assert failed.returncode != 0 and failed.stderr.startswith("ERR_"), address


def make_certificates(path):
    def openssl(*args):
        subprocess.run(["openssl", *args], cwd=path, check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem",
            "-days", "2", "-subj", "/CN=test ca")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "s.key", "-out", "s.csr", "-subj", "/CN=etcd")
    (path / "ext").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    openssl("x509", "-req", "-in", "s.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-out", "s.pem", "-days", "2", "-extfile", "ext")


def test_etcd_tls_and_password(tmp_path):
    make_certificates(tmp_path)
    node = etcd.Etcd(tmp_path, extra=["--cert-file", f"{tmp_path}/s.pem", "--key-file", f"{tmp_path}/s.key",
                                      "--auth-token-ttl", "3"]).start().wait()

    def ctl(*args):
        subprocess.run(["etcdctl", "--endpoints", node.url, "--cacert", f"{tmp_path}/ca.pem", *args],
                       check=True, capture_output=True, env=dict(os.environ, ETCDCTL_API="3"))

    try:
        ctl("user", "add", "root:rootpw")
        ctl("user", "grant-role", "root", "root")
        ctl("user", "add", "sluice:secret")
        ctl("role", "add", "sluice")
        ctl("role", "grant-permission", "sluice", "--prefix=true", "readwrite", "/sluice/")
        ctl("user", "grant-role", "sluice", "sluice")
        ctl("auth", "enable")
        (tmp_path / "pw").write_text("secret\n")
        (tmp_path / "bad").write_text("wrong\n")
        address = "etcd:" + node.url
        env = {"TOPO_CA": f"{tmp_path}/ca.pem", "TOPO_USER": "sluice", "TOPO_PASSWORD_FILE": f"{tmp_path}/pw"}
        watch = Actor(address, "watch", "late/", env=env)
        watch.expect("SYNCED")
        assert run(address, "put", "late/0", "x", env=env).returncode == 0
        watch.expect("PUT late/0")
        holder = Actor(address, "lock", "locks/long", "6", env=env)
        holder.expect("HELD")
        holder.silent("LOST", 8)  # longer than a token lives
        assert run(address, "put", "late/1", "x", env=env).returncode == 0
        watch.expect("PUT late/1")
        assert holder.stop() == 0
        assert watch.stop() == 0
        bad = run(address, "put", "a", "1", env=dict(env, TOPO_PASSWORD_FILE=f"{tmp_path}/bad"))
        assert bad.returncode == 1 and "ERR_DENIED" in bad.stderr
        nobody = run(address, "put", "a", "1", env={"TOPO_CA": env["TOPO_CA"]})
        assert nobody.returncode == 1 and "ERR_DENIED" in nobody.stderr
        elsewhere = run(address + "/other/", "put", "a", "1", env=env)
        assert elsewhere.returncode == 1 and "ERR_DENIED" in elsewhere.stderr
        other_ca = run(address, "put", "a", "1", env=dict(env, TOPO_CA="/etc/ssl/certs/ca-certificates.crt",
                                                          TOPO_TIMEOUT_MS="500"))
        assert other_ca.returncode != 0
    finally:
        node.kill()


def test_etcd_leader_killed(tmp_path):
    nodes = etcd.cluster(tmp_path)
    address = "etcd:" + ",".join(n.url for n in nodes)
    try:
        watch = Actor(address, "watch", "w/")
        watch.expect("SYNCED")
        lock = Actor(address, "lock", "locks/x", "10")
        lock.expect("HELD")
        graph = Actor(address, "graph", "z1")
        graph.expect("GRAPH")
        writer = Actor(address, "write", "8")
        time.sleep(2)
        etcd.leader(nodes).kill()
        result = writer.expect("W", 30)[-1]
        fields = dict(f.split("=", 1) for f in result.split()[1:])
        assert int(fields["gap_ms"]) < 4000, result
        assert fields["n"] == fields["value"], result
        for i in range(3):
            assert run(address, "put", f"w/{i}", str(i)).returncode == 0
        got = [x for x in watch.expect("PUT w/2") if x.startswith("PUT")]
        assert got == ["PUT w/0 0", "PUT w/1 1", "PUT w/2 2"]
        lock.silent("LOST", 3)
        graph.silent("GRAPH keyspaces=0 away=1", 1)
        for actor in (watch, lock, graph):
            assert actor.stop() == 0
    finally:
        for n in nodes:
            n.kill()


def test_etcd_quorum_lost(tmp_path):
    nodes = etcd.cluster(tmp_path)
    address = "etcd:" + ",".join(n.url for n in nodes)
    env = {"TOPO_TIMEOUT_MS": "2000"}
    try:
        watch = Actor(address, "watch", "w/", env=env)
        watch.expect("SYNCED")
        for n in nodes[:2]:
            n.kill()
        watch.expect("LOST", 30)
        failed = run(address, "put", "w/a", "1", env=env)
        assert failed.returncode == 1 and "ERR_UNAVAILABLE" in failed.stderr
        nodes[0].start().wait()
        watch.expect("SYNCED", 30)
        assert run(address, "put", "w/b", "2").returncode == 0
        watch.expect("PUT w/b 2")
        assert watch.stop() == 0
    finally:
        for n in nodes:
            n.kill()
