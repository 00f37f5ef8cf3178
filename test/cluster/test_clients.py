"""Client libraries of several languages connect, write and read 10,000 rows."""
import os
import shutil
import subprocess

import pytest

CLIENTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "clients")
SCHEMA = "CREATE TABLE items (id BIGINT NOT NULL PRIMARY KEY, v VARCHAR(40));"
VSCHEMA = {"sharded": True, "vindexes": {"hash": {"type": "hash"}},
           "tables": {"items": {"column_vindexes": [{"column": "id", "name": "hash"}]}}}


@pytest.fixture(scope="module")
def clients_cluster(start_cluster):
    return start_cluster({"keyspaces": {
        "uno": {"shards": ["-"], "replicas": 0, "schema": SCHEMA, "vschema": {"sharded": False, "tables": {}}},
        "duo": {"shards": ["-80", "80-"], "replicas": 0, "schema": SCHEMA, "vschema": VSCHEMA}}})


def run(cmd, **kw):
    p = subprocess.run(cmd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, **kw)
    assert p.returncode == 0 and "ok 10000" in p.stdout, " ".join(cmd) + "\n" + p.stdout


def python_driver(module, port, ks):
    code = f"""
import {module} as m
c = m.connect(host="127.0.0.1", port={port}, user="root", {"database" if module == "pymysql" else "db"}="{ks}", charset="utf8mb4")
cur = c.cursor()
for i in range(0, 10000, 1000):
    cur.executemany("INSERT INTO items (id,v) VALUES (%s,%s)", [(k, "py-%d" % k) for k in range(i, i + 1000)])
c.commit()
for i in range(300):
    cur.execute("SELECT v FROM items WHERE id = %s", (i,))
    assert cur.fetchone() == ("py-%d" % i,)
cur.execute("SELECT id FROM items ORDER BY id")
assert [r[0] for r in cur.fetchall()] == list(range(10000))
print("ok 10000")
"""
    run(["/usr/bin/python3", "-c", code])


@pytest.mark.parametrize("ks", ["uno", "duo"])
@pytest.mark.parametrize("client", ["pymysql", "MySQLdb", "php", "perl", "node", "java"])
def test_client(clients_cluster, tmp_path, client, ks):
    c = clients_cluster.connect(ks, autocommit=True)
    with c.cursor() as cur:
        cur.execute("DELETE FROM items")
    c.close()
    port = str(clients_cluster.mysql_port)
    if client in ("pymysql", "MySQLdb"):
        python_driver(client, port, ks)
    elif client == "php":
        run(["php", os.path.join(CLIENTS, "client.php"), port, ks])
    elif client == "perl":
        run(["perl", os.path.join(CLIENTS, "client.pl"), port, ks])
    elif client == "node":
        for f in ("client.js", "package.json"):
            shutil.copy(os.path.join(CLIENTS, f), tmp_path)
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=tmp_path, check=True)
        run(["node", "client.js", port, ks], cwd=tmp_path)
    else:
        jar = "/usr/share/java/mariadb-java-client.jar"
        subprocess.run(["javac", "-d", str(tmp_path), os.path.join(CLIENTS, "Client.java")], check=True)
        run(["java", "-cp", f"{tmp_path}:{jar}:/usr/share/java/slf4j-api.jar", "Client", port, ks])
