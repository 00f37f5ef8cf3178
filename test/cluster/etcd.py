"""etcd servers on loopback for tests: started on ports below the ephemeral range, stopped by pid."""
import os
import random
import signal
import socket
import subprocess
import time
import urllib.request


def free_port():
    """A port below 32768 that nobody listens on."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Etcd:
    """One member. @cluster: name -> peer URL of all members."""

    def __init__(self, directory, name="default", port=None, peer=None, cluster=None, extra=()):
        self.name, self.dir = name, os.path.join(str(directory), name)
        self.port = port or free_port()
        self.peer = peer or free_port()
        self.cluster = cluster or {name: f"http://127.0.0.1:{self.peer}"}
        self.extra = list(extra)
        self.scheme = "https" if "--cert-file" in self.extra else "http"
        self.process = None

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def start(self):
        log = open(self.dir + ".log", "ab")
        self.process = subprocess.Popen(
            ["etcd", "--name", self.name, "--data-dir", self.dir,
             "--listen-client-urls", self.url, "--advertise-client-urls", self.url,
             "--listen-peer-urls", f"http://127.0.0.1:{self.peer}",
             "--initial-advertise-peer-urls", f"http://127.0.0.1:{self.peer}",
             "--initial-cluster", ",".join(f"{n}={u}" for n, u in self.cluster.items()),
             *self.extra], stdout=log, stderr=log)
        log.close()
        return self

    def wait(self, seconds=20):
        """Until it answers."""
        end = time.time() + seconds
        while time.time() < end:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    pass
                if self.scheme == "https":
                    return self
                with urllib.request.urlopen(self.url + "/health", timeout=1) as r:
                    if b'"true"' in r.read():
                        return self
            except OSError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"etcd {self.name} does not answer")

    def kill(self, sig=signal.SIGKILL):
        if self.process:
            self.process.send_signal(sig)
            self.process.wait()
            self.process = None


def cluster(directory, members=3):
    """Started members that know each other."""
    peers = {f"e{i}": free_port() for i in range(members)}
    urls = {n: f"http://127.0.0.1:{p}" for n, p in peers.items()}
    nodes = [Etcd(directory, n, peer=p, cluster=urls).start() for n, p in peers.items()]
    for n in nodes:
        n.wait()
    return nodes


def leader(nodes):
    """The member that leads."""
    for n in nodes:
        if n.process is None:
            continue
        out = subprocess.run(["etcdctl", "--endpoints", n.url, "endpoint", "status", "-w", "fields"],
                             capture_output=True, text=True, env=dict(os.environ, ETCDCTL_API="3"),
                             check=True).stdout
        fields = dict(line.split(" : ", 1) for line in out.splitlines() if " : " in line)
        if fields['"MemberID"'] == fields['"Leader"']:
            return n
    raise AssertionError("no leader")
