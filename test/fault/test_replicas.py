"""Replicas that stop, break, lag: they are shown, not read from, and repaired."""
import json
import os
import urllib.error
import urllib.request

import pymysql
import pytest

from ledger import SCHEMA, VSCHEMA, same, until, value


@pytest.fixture(scope="module")
def cluster(start_cluster):
    return start_cluster({"max_replica_lag": "2s", "keyspaces": {
        "uno": {"shards": ["-"], "replicas": 2, "schema": SCHEMA, "vschema": VSCHEMA}}})


def http(tablet, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{tablet['web_port']}{path}", timeout=5) as r:
            return r.status, r.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode()


def metric(tablet, name):
    return next(int(line.split()[1]) for line in http(tablet, "/metrics")[1].splitlines() if line.startswith(name + " "))


def run(conn, *statements):
    with conn.cursor() as cur:
        for s in statements:
            cur.execute(s)
        return cur.fetchall()


def replicas(cluster):
    return sorted(cluster.tablets("uno", "replica"), key=lambda t: t["alias"])


def all_ready(cluster):
    return all(http(t, "/readyz")[0] == 200 for t in replicas(cluster))


def read(cluster, sql, db="uno@replica"):
    conn = cluster.connect(db)
    try:
        return run(conn, sql)
    finally:
        conn.close()


def insert(cluster, row):
    conn = cluster.connect("uno", autocommit=True)
    run(conn, f"INSERT INTO acks VALUES ({row}, {row * 3})")
    conn.close()


def shown(cluster, tablet):
    """What `cluster status` and `tablet show` say of it."""
    status = [p for p in cluster.status()["processes"] if p["name"] == "tablet-" + tablet["alias"]][0]
    return status, json.loads(cluster.ctl("tablet", "show", tablet["alias"], "--json").stdout)["status"]


def test_lag(cluster):
    """Issue 8, A 2: a replica too far behind is not ready, not picked, shown; well again when it has caught up."""
    one, two = replicas(cluster)
    until(lambda: all_ready(cluster))
    locks = [cluster.connect_mysqld(t) for t in (one, two)]
    try:
        run(locks[0], "LOCK TABLES acks READ")  # its SQL thread waits
        insert(cluster, 1)
        status, why = until(lambda: http(one, "/readyz")[0] == 503 and http(one, "/readyz"))
        assert "s behind its primary, 2.0 s are allowed" in why
        assert metric(one, "sluice_tablet_replication_lag_ms") > 2000
        process, tablet = shown(cluster, one)
        assert not process["ready"] and "behind" in process["problem"]
        assert tablet["replication"]["state"] == "running" and tablet["replication"]["lag_ms"] > 2000
        for _ in range(20):
            assert read(cluster, "SELECT id FROM acks WHERE id = 1") == ((1,),), "the stale one was read"
        # None is left: an error that names the reason, not an old row.
        run(locks[1], "LOCK TABLES acks READ")
        insert(cluster, 2)
        until(lambda: http(two, "/readyz")[0] == 503)
        with pytest.raises(pymysql.MySQLError) as e:
            for _ in range(40):  # the gate hears of it within a second
                read(cluster, "SELECT id FROM acks WHERE id = 2")
        assert "behind its primary" in str(e.value)
    finally:
        for c in locks:
            c.close()
    until(lambda: all_ready(cluster))
    assert until(lambda: read(cluster, "SELECT id FROM acks WHERE id = 2")) == ((2,),)


def test_stopped(cluster):
    """Issue 8, A 2: replication that somebody stopped is started again."""
    one = replicas(cluster)[0]
    until(lambda: all_ready(cluster))
    before = metric(one, "sluice_tablet_replication_restarts_total")
    conn = cluster.connect_mysqld(one)
    for statement in ("STOP SLAVE", "STOP SLAVE SQL_THREAD", "STOP SLAVE IO_THREAD"):
        run(conn, statement)
        until(lambda: metric(one, "sluice_tablet_replication_restarts_total") > before)
        until(lambda: all_ready(cluster))
        before = metric(one, "sluice_tablet_replication_restarts_total")
    conn.close()
    insert(cluster, 10)
    until(lambda: same(cluster, cluster.tablets("uno")[0], one))


def test_primary_away(cluster):
    """Issue 8, A 2: while its primary is away a replica is read from until it may be too far behind."""
    one, primary = replicas(cluster)[0], cluster.tablets("uno")[0]
    until(lambda: all_ready(cluster))
    conn = cluster.connect_mysqld(primary)
    with open(os.path.join(cluster.data, "replication.password")) as f:
        password = f.read().strip()
    run(conn, "SET sql_log_bin = 0", "ALTER USER sluice_repl@'%' IDENTIFIED BY 'another'", "KILL USER sluice_repl")
    _, why = until(lambda: http(one, "/readyz")[0] == 503 and http(one, "/readyz"))
    assert "behind" in why and "Access denied" in why, why
    run(conn, f"ALTER USER sluice_repl@'%' IDENTIFIED BY '{password}'")
    until(lambda: all_ready(cluster))
    conn.close()


def test_another_source(cluster):
    """Issue 8, A 2: a replica that follows another server is made to follow its primary."""
    one = replicas(cluster)[0]
    until(lambda: all_ready(cluster))
    conn = cluster.connect_mysqld(one)
    run(conn, "STOP SLAVE", "CHANGE MASTER TO MASTER_PORT=1", "START SLAVE")
    until(lambda: all_ready(cluster) and str(cluster.tablets("uno")[0]["mysqld_port"])
          in str(run(conn, "SHOW SLAVE STATUS")), why="it was not corrected")
    conn.close()


def test_unknown_lag_is_no_number(cluster):
    """Issue 8, A 2 and F: a lag that is not known is not shown as 4294967295."""
    for t in replicas(cluster):
        for path in ("/", "/metrics", "/debug/vars"):
            assert "4294967295" not in http(t, path)[1]
    assert value(cluster, replicas(cluster)[0], "SELECT @@GLOBAL.read_only") == (1,)
