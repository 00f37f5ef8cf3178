"""A sluice-tablet with a mysqld of its own, for tests."""
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from tablet_client import Tablet

BUILD = os.environ.get("SLUICE_BUILD") or os.path.join(os.path.dirname(__file__), "../../build")


class TabletProcess:
    def __init__(self, *options, alias="zone1-100", kind="primary", directory=None, wait=True):
        self.dir = directory or tempfile.mkdtemp(prefix="sluice-tablet-")
        self.keep = directory is not None
        self.alias, self.kind, self.options = alias, kind, options
        self.log = self.dir + "/tablet.log"
        self.start(wait)

    def start(self, wait=True):
        self.process = subprocess.Popen(
            [BUILD + "/bin/sluice-tablet", "--alias", self.alias, "--keyspace", "ks", "--shard", "-", "--type", self.kind,
             "--data-dir", self.dir + "/mysqld", "--buffer-pool", "32M", "--no-durable", "--schema-poll", "500ms",
             "--drain-timeout", "3s", *self.options],
            stderr=open(self.log, "a"))
        started = os.path.getsize(self.log)
        for _ in range(200):
            with open(self.log) as f:
                f.seek(started)
                found = re.search(r"event=listening .* rpc=(\S+) web_port=(\d+)", f.read())
            if found:
                break
            if self.process.poll() is not None:
                raise RuntimeError(open(self.log).read())
            time.sleep(0.05)
        self.address, self.web_port = found[1], int(found[2])
        if wait:
            self.wait_ready()

    def http(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.web_port}{path}", timeout=5) as r:
                return r.status, r.read().decode()
        except urllib.error.HTTPError as e:
            return e.code, e.read().decode()

    def wait_ready(self, timeout=60):
        end = time.monotonic() + timeout
        while self.http("/readyz")[0] != 200:
            if time.monotonic() > end or self.process.poll() is not None:
                raise RuntimeError("not ready: " + open(self.log).read()[-4000:])
            time.sleep(0.1)

    def connect(self, **more):
        return Tablet(self.address, **more)

    def metric(self, name):
        total = 0
        for line in self.http("/metrics")[1].splitlines():
            if re.match(re.escape(name) + r"[ {]", line):
                total += float(line.rsplit(" ", 1)[1])
        return total

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode

    def remove(self):
        self.stop()
        if not self.keep:
            shutil.rmtree(self.dir, ignore_errors=True)
