"""Gates started by hand next to a cluster's own, with options of a test's choosing."""
import atexit
import os
import signal
import subprocess
import time

from etcd import free_port

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def gate_binary():
    """SLUICE_GATE names a gate of another build (sanitizers)."""
    if os.environ.get("SLUICE_GATE"):
        return os.environ["SLUICE_GATE"]
    for d in (os.environ.get("SLUICE_BIN", ""), os.path.join(os.environ.get("SLUICE_BUILD", ""), "bin"),
              os.path.join(ROOT, "build", "bin")):
        p = os.path.join(d, "sluice-gate")
        if d and os.path.exists(p):
            return p
    raise FileNotFoundError("no sluice-gate: build it, or set SLUICE_BIN")


class Gate:
    def __init__(self, topo, directory, *options, wait=True, users=True):
        self.port = free_port()
        self.socket = os.path.join(str(directory), "gate-%d.sock" % self.port)
        self.log_path = os.path.join(str(directory), "gate-%d.log" % self.port)
        self.log = open(self.log_path, "wb")
        options = list(options)
        if users and "--users" not in options:
            users = os.path.join(str(directory), "users-%d.json" % self.port)
            with open(users, "w") as f:
                f.write('{"root": ""}')
            options += ["--users", users]
        secret = os.path.join(os.path.dirname(topo.partition(":")[2]), "rpc.secret")
        if os.path.exists(secret):
            options += ["--rpc-secret-file", secret]
        env = dict(os.environ, ASAN_OPTIONS="detect_leaks=1:abort_on_error=0:exitcode=99",
                   UBSAN_OPTIONS="halt_on_error=1:exitcode=98:print_stacktrace=1")
        self.p = subprocess.Popen(
            [gate_binary(), "--topo", topo, "--mysql-address", "127.0.0.1:%d" % self.port, "--mysql-socket",
             self.socket, "--web-address", "", "--workers", "2", *options],
            stdout=self.log, stderr=subprocess.STDOUT, env=env)
        atexit.register(self.p.kill)  # when a test fails before it stops its gate
        self.address = ("127.0.0.1", self.port)
        if wait:
            self.wait()

    def wait(self, keyspaces=("uno", "duo")):
        end = time.monotonic() + 30
        while not all(("event=schema keyspace=%s " % k) in self.text() for k in keyspaces):
            assert self.p.poll() is None, self.text()
            assert time.monotonic() < end, self.text()
            time.sleep(0.05)

    def text(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()

    def hangup(self, expect, times=1):
        """SIGHUP; waits until the log shows @expect so many times."""
        self.p.send_signal(signal.SIGHUP)
        end = time.monotonic() + 10
        while self.text().count(expect) < times:
            assert time.monotonic() < end, self.text()
            time.sleep(0.02)

    def stop(self, seconds=60):
        """The exit status of a SIGTERM."""
        if self.p.poll() is None:
            self.p.terminate()
        try:
            return self.p.wait(seconds)
        finally:
            if self.p.poll() is None:
                self.p.kill()
                self.p.wait()
            self.log.close()
