"""Issue 8, C 7: the image of docker/Dockerfile is built, and a cluster is started from it."""
import json
import os
import shutil
import subprocess
import tempfile
import time

import pymysql
import pytest

from dockerfile import Image, sh

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MIRROR = os.environ.get("SLUICE_MIRROR", "http://deb.debian.org/debian")
SCHEMA = "CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, v VARCHAR(100));"
SPEC = {"users": {"root": "secret"}, "buffer_pool": "32M", "durable": False, "keyspaces": {
    "duo": {"shards": ["-80", "80-"], "replicas": 1, "schema": "duo.sql", "vschema": "duo.json"}}}
HASH = {"sharded": True, "vindexes": {"hash": {"type": "hash"}},
        "tables": {"t": {"column_vindexes": [{"column": "id", "name": "hash"}]}}}


@pytest.fixture(scope="module")
def image():
    if os.geteuid() != 0:
        pytest.skip("needs root for chroot")
    directory = tempfile.mkdtemp(prefix="sluice-image-", dir=os.environ.get("SLUICE_IMAGE_DIR"))
    base = os.environ.get("SLUICE_IMAGE_BASE")  # a tar file of an earlier run saves a minute
    if not base:
        assert shutil.which("mmdebstrap"), "mmdebstrap is missing"
        base = directory + "/base.tar"
        sh("mmdebstrap", "--variant=minbase", "bookworm", base, f"deb {MIRROR} bookworm main")
    files = sh("git", "-C", ROOT, "ls-files", "-co", "--exclude-standard").splitlines()
    files = [f for f in files if os.path.exists(os.path.join(ROOT, f))]
    i = Image(ROOT + "/docker/Dockerfile", ROOT, files, base, directory + "/stages")
    try:
        yield i.last
    finally:
        i.close()
        shutil.rmtree(directory, ignore_errors=True)


def test_programs(image):
    assert image.user != "root"
    for program in ("sluice-gate", "sluice-tablet", "sluice-keeper", "sluicectl"):
        assert program in image.run(program, "--version")
    assert "Usage: sluice-gate" in image.run(*image.command)


def test_cluster(image):
    """Gate, keeper, tablets and their mysqlds run from the image alone, as its user."""
    home = image.root + image.workdir
    for name, text in (("spec.json", json.dumps(SPEC)), ("duo.sql", SCHEMA), ("duo.json", json.dumps(HASH))):
        with open(os.path.join(home, name), "w") as f:
            f.write(text)
    out = image.run("sluicectl", "cluster", "up", "--spec", "spec.json", "--dir", "c", timeout=240)
    try:
        assert "ready" in out
        with open(home + "/c/cluster.json") as f:
            info = json.load(f)
        uid = os.stat(f"/proc/{info['tablets'][0]['mysqld_pid']}").st_uid
        assert uid == int(image.run("id", "-u"))
        c = pymysql.connect(host="127.0.0.1", port=info["gates"][0]["mysql_port"], user="root", password="secret",
                            database="duo", autocommit=True)
        with c.cursor() as cur:
            cur.executemany("INSERT INTO t (id, v) VALUES (%s, 'x')", [(i,) for i in range(50)])
            cur.execute("SELECT COUNT(*) FROM t")
            assert cur.fetchall() == ((50,),)
        c.close()
        assert "every keyspace in use is served" in image.run("sluicectl", "cluster", "status", "--dir", "c")
    finally:
        image.run("sluicectl", "cluster", "down", "--dir", "c", timeout=240)
    end = time.monotonic() + 10
    while subprocess.run(["pgrep", "-f", "datadir=" + image.workdir + "/c"], stdout=subprocess.PIPE, check=False).stdout:
        assert time.monotonic() < end, "something of the cluster still runs"
        time.sleep(0.1)
