"""Whole clusters for tests, started by sluicectl in a directory of their own and stopped whatever happens."""
import json
import os
import shutil
import subprocess
import tempfile

import pymysql
import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get("SLUICE_BIN") or os.path.join(os.environ.get("SLUICE_BUILD") or os.path.join(ROOT, "build"), "bin")
CTL = os.path.join(BIN, "sluicectl")
UP_SECONDS = 240


def ctl(*args, check=True, **kw):
    """Runs sluicectl; the finished process with its output as text."""
    p = subprocess.run([CTL, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                       timeout=UP_SECONDS, **kw)
    assert not check or p.returncode == 0, f"sluicectl {' '.join(args)}: {p.returncode}\n{p.stdout}{p.stderr}"
    return p


class Cluster:
    """A cluster of a spec whose schemas are SQL text and whose vschemas are dicts, instead of file names."""

    def __init__(self, spec):
        self.dir = tempfile.mkdtemp(prefix="sluice-")
        self.data = os.path.join(self.dir, "c")
        self.keyspaces = list(spec["keyspaces"])
        spec = json.loads(json.dumps(dict({"durable": False, "buffer_pool": "32M", "users": {"root": ""},
                                           "io": os.environ.get("SLUICE_IO", "auto")}, **spec)))
        for name, ks in spec["keyspaces"].items():
            if "schema" in ks:
                ks["schema"] = self._write(name + ".sql", ks["schema"])
            if "vschema" in ks:
                ks["vschema"] = self._write(name + ".json", json.dumps(ks["vschema"], indent=1))
        self.spec = self._write("spec.json", json.dumps(spec, indent=1))

    def _write(self, name, text):
        with open(os.path.join(self.dir, name), "w") as f:
            f.write(text)
        return name

    def up(self, *options, **kw):
        return ctl("cluster", "up", "--spec", os.path.join(self.dir, self.spec), "--dir", self.data, *options, **kw)

    def down(self, **kw):
        return ctl("cluster", "down", "--dir", self.data, **kw)

    def ctl(self, *args, **kw):
        return ctl(*args, "--dir", self.data, **kw)

    def status(self):
        return json.loads(self.ctl("cluster", "status", "--json", check=False).stdout)

    def info(self):
        """cluster.json as it is now."""
        with open(os.path.join(self.data, "cluster.json")) as f:
            return json.load(f)

    @property
    def mysql_port(self):
        return self.info()["gates"][0]["mysql_port"]

    def connect(self, db=None, **kw):
        """Through the first gate."""
        return pymysql.connect(**dict(dict(host="127.0.0.1", port=self.mysql_port, user="root", database=db,
                                           charset="utf8mb4"), **kw))

    def connect_mysqld(self, tablet, **kw):
        """To a tablet's own mysqld; @tablet is its entry in cluster.json."""
        return pymysql.connect(**dict(dict(unix_socket=tablet["mysqld_socket"], user="root",
                                           database=tablet["keyspace"], charset="utf8mb4"), **kw))

    def tablets(self, keyspace, kind="primary"):
        return [t for t in self.info()["tablets"] if t["keyspace"] == keyspace and t["type"] == kind]

    def logs(self):
        """The ends of all logs, for a failure's report."""
        out = []
        for where, _, files in os.walk(self.data):
            for name in files:
                if name.endswith(".log") and ("/log" in where or name == "mysqld.log"):
                    with open(os.path.join(where, name), errors="replace") as f:
                        out.append(f"--- {os.path.join(where, name)}\n" + "".join(f.readlines()[-25:]))
        return "\n".join(out)

    def close(self):
        p = self.down(check=False) if os.path.isdir(self.data) else None
        if os.environ.get("SLUICE_KEEP"):
            print("kept", self.dir)
        else:
            shutil.rmtree(self.dir, ignore_errors=True)
        assert p is None or p.returncode == 0, p.stdout + p.stderr


@pytest.fixture(scope="module")
def start_cluster():
    """A function that starts a cluster of a spec; all are stopped at the end of the module."""
    clusters = []

    def start(spec, *options):
        c = Cluster(spec)
        clusters.append(c)
        p = c.up(*options, check=False)
        assert p.returncode == 0, p.stdout + p.stderr + c.logs()
        return c

    yield start
    errors = []
    for c in clusters:
        try:
            c.close()
        except AssertionError as e:
            errors.append(str(e))
    assert not errors, errors


@pytest.fixture(scope="module")
def cluster(start_cluster):
    """One unsharded keyspace and one of two shards, with a table each."""
    schema = "CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, v VARCHAR(100));"
    return start_cluster({"keyspaces": {
        "uno": {"shards": ["-"], "replicas": 0, "schema": schema, "vschema": {"sharded": False, "tables": {"t": {}}}},
        "duo": {"shards": ["-80", "80-"], "replicas": 1, "schema": schema, "vschema": {
            "sharded": True, "vindexes": {"hash": {"type": "hash"}},
            "tables": {"t": {"column_vindexes": [{"column": "id", "name": "hash"}]}}}}}})
