"""sysbench's oltp_read_write through the gate on two shards: prepare, run, clean up, without one error that a client would see; rows are
where the vindex says. SLUICE_SYSBENCH_SECONDS=60 for the long run."""
import os
import re
import subprocess

import pytest

SECONDS = os.environ.get("SLUICE_SYSBENCH_SECONDS", "8")
TABLES, ROWS, THREADS = 2, 10000, 32
VSCHEMA = {"sharded": True, "vindexes": {"hash": {"type": "hash"}},
           "tables": {f"sbtest{i}": {"column_vindexes": [{"column": "id", "name": "hash"}]} for i in range(1, TABLES + 1)}}


@pytest.fixture(scope="module")
def sysbench_cluster(start_cluster):
    # sysbench makes the tables that the VSchema names.
    return start_cluster({"keyspaces": {"pair": {"shards": ["-80", "80-"], "replicas": 0, "schema": "", "vschema": VSCHEMA}}}, "--force")


def sysbench(cluster, action, *options):
    cmd = ["sysbench", "oltp_read_write", "--db-driver=mysql", "--mysql-host=127.0.0.1",
           f"--mysql-port={cluster.mysql_port}", "--mysql-user=root", "--mysql-db=pair", f"--tables={TABLES}",
           f"--table-size={ROWS}", "--auto_inc=off", f"--threads={THREADS}", *options, action]
    p = subprocess.run(cmd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600)
    assert p.returncode == 0 and "FATAL" not in p.stdout, p.stdout
    return p.stdout


def counts(cluster, target):
    c = cluster.connect(target, autocommit=True)
    with c.cursor() as cur:
        out = []
        for i in range(1, TABLES + 1):
            cur.execute(f"SELECT COUNT(*) FROM sbtest{i}")
            out.append(cur.fetchone()[0])
    c.close()
    return out


@pytest.mark.parametrize("ps", ["auto", "disable"])
def test_oltp_read_write(sysbench_cluster, ps):
    c = sysbench_cluster
    sysbench(c, "prepare")
    out = sysbench(c, "run", f"--time={SECONDS}", f"--db-ps-mode={ps}")
    # Deadlocks are part of this workload on one server, too; sysbench begins such a transaction again.
    deadlocks = int(re.search(r"ignored errors:\s+(\d+)", out).group(1))
    transactions = int(re.search(r"transactions:\s+(\d+)", out).group(1))
    print(f"{transactions} transactions, {deadlocks} begun again after a deadlock")
    assert transactions > 50 and deadlocks < transactions / 20, out
    assert counts(c, "pair") == [ROWS] * TABLES
    low, high = counts(c, "pair:-80"), counts(c, "pair:80-")
    assert [a + b for a, b in zip(low, high)] == [ROWS] * TABLES and min(low + high) > ROWS / 3
    # Each row is on the shard where a look-up by its id goes.
    conn = c.connect("pair", autocommit=True)
    shard = c.connect("pair:-80", autocommit=True)
    with conn.cursor() as cur, shard.cursor() as one:
        one.execute("SELECT id FROM sbtest1 ORDER BY id LIMIT 500")
        for (i,) in one.fetchall():
            cur.execute("SELECT id FROM sbtest1 WHERE id = %s", (i,))
            assert cur.fetchall() == ((i,),)
    conn.close()
    shard.close()
    sysbench(c, "cleanup")
