"""A MariaDB server of our own for the compare tests, on a unix socket and a loopback port."""
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import pymysql
import pytest

BUILD = os.environ.get("SLUICE_BUILD") or os.path.join(os.path.dirname(__file__), "../../build")


def free_port():
    """A port below the ephemeral range."""
    for port in range(21000 + os.getpid() % 5000, 32000):
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise RuntimeError("no free port")


class MariaDB:
    def __init__(self, *options):
        self.dir = tempfile.mkdtemp(prefix="sluice-compare-")
        self.socket = self.dir + "/s"
        self.port = free_port()
        env = dict(os.environ, TMPDIR=self.dir)  # a server deletes what looks like its own in /tmp
        made = subprocess.run(
            ["mariadb-install-db", "--no-defaults", "--datadir=" + self.dir + "/data", "--auth-root-authentication-method=normal", "--skip-name-resolve", "--force",
             "--skip-test-db", "--user=" + os.environ.get("USER", "root")],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env)
        assert made.returncode == 0, made.stdout
        self.log = open(self.dir + "/log", "w")
        self.process = subprocess.Popen(
            ["mariadbd", "--no-defaults", "--datadir=" + self.dir + "/data", "--socket=" + self.socket, f"--port={self.port}",
             "--bind-address=127.0.0.1", "--innodb-buffer-pool-size=32M", "--innodb-log-file-size=64M", "--skip-name-resolve",
             "--max-allowed-packet=64M", "--local-infile=1", "--user=root", *options],
            stdout=self.log, stderr=self.log, env=env)
        for _ in range(300):
            try:
                self.connect().close()
                return
            except pymysql.Error:
                time.sleep(0.1)
        self.stop()
        raise RuntimeError("mariadbd does not start")

    def connect(self, **more):
        return pymysql.connect(unix_socket=self.socket, user="root", charset="utf8mb4", autocommit=True, **more)

    def sql(self, *statements):
        with self.connect() as c, c.cursor() as k:
            for s in statements:
                k.execute(s)
            return k.fetchall()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.dir, ignore_errors=True)


def make_certificate(path):
    """A self-signed certificate for localhost; returns (cert, key)."""
    cert, key = path + "/cert.pem", path + "/key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "30",
                    "-subj", "/CN=localhost"], check=True, stderr=subprocess.DEVNULL)
    return cert, key


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    return make_certificate(str(tmp_path_factory.mktemp("tls")))


@pytest.fixture(scope="session")
def mariadb(certificate):
    cert, key = certificate
    server = MariaDB("--ssl-cert=" + cert, "--ssl-key=" + key, "--ssl-ca=" + cert)
    yield server
    server.stop()


def program(name):
    return os.path.join(BUILD, "test/compare", name)
