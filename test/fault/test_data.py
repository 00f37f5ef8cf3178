"""Data directories that vanish, belong to another shard, or cannot follow: never served, copied anew where possible."""
import os
import shutil
import signal

import pymysql
import pytest

from ledger import SCHEMA, VSCHEMA, Writers, directory, mysqld_pid, rows_of, same, until, value
from test_replicas import http, metric, read, run

MORE = """
CREATE VIEW doubled AS SELECT id, v * 2 AS w FROM acks;
CREATE FUNCTION twice(x BIGINT) RETURNS BIGINT DETERMINISTIC RETURN x * 2;
CREATE TABLE noted (id BIGINT PRIMARY KEY, f FLOAT);
CREATE TRIGGER note AFTER INSERT ON acks FOR EACH ROW INSERT INTO noted VALUES (NEW.id, NEW.id / 3);
"""


@pytest.fixture(scope="module")
def cluster(start_cluster):
    return start_cluster({"keyspaces": {
        "uno": {"shards": ["-"], "replicas": 1, "schema": SCHEMA + MORE, "vschema": VSCHEMA}}})


@pytest.fixture(autouse=True)
def healthy(cluster):
    """Each test begins and ends with a primary and a replica that are equal."""
    until(lambda: all(http(t, "/readyz")[0] == 200 for t in cluster.info()["tablets"]) and equal(cluster))
    yield
    until(lambda: all(http(t, "/readyz")[0] == 200 for t in cluster.info()["tablets"]) and equal(cluster))


def primary(cluster):
    return cluster.tablets("uno")[0]


def replica(cluster):
    return cluster.tablets("uno", "replica")[0]


def equal(cluster):
    noted = "SELECT COUNT(*), COALESCE(BIT_XOR(CRC32(CONCAT_WS(',', id, HEX(f * 1e6)))), 0) FROM noted"
    return same(cluster, primary(cluster), replica(cluster)) and \
        value(cluster, primary(cluster), noted) == value(cluster, replica(cluster), noted)


def kill_mysqld(tablet):
    pid = mysqld_pid(tablet)
    os.kill(pid, signal.SIGKILL)
    until(lambda: mysqld_pid(tablet) != pid)


def take_data(tablet):
    """Moves the data directory away under a mysqld that is killed; returns where it is."""
    away = directory(tablet) + "/away"
    os.rename(directory(tablet) + "/data", away)
    kill_mysqld(tablet)
    return away


def unready(tablet, text):
    return until(lambda: http(tablet, "/readyz")[0] == 503 and text in http(tablet, "/readyz")[1], why=text)


def insert(cluster, row):
    conn = cluster.connect("uno", autocommit=True)
    run(conn, f"INSERT INTO acks VALUES ({row}, {row * 3})")
    conn.close()


def test_primary_without_data(cluster):
    """Issue 8, A 4: a primary whose data directory is gone does not come back empty."""
    insert(cluster, 1)
    tablet = primary(cluster)
    away = take_data(tablet)
    try:
        unready(tablet, "is missing, but shard uno/- was initialised")
        with pytest.raises(pymysql.MySQLError):
            read(cluster, "SELECT COUNT(*) FROM acks", "uno")
        # The same when the tablet is started anew.
        os.kill(tablet["pid"], signal.SIGKILL)
        until(lambda: primary(cluster)["pid"] not in (0, tablet["pid"]))
        unready(tablet, "put the data back, or make a replica the primary")
        assert not os.path.exists(directory(tablet) + "/data")
        process = [p for p in cluster.status()["processes"] if p["name"] == "tablet-" + tablet["alias"]][0]
        assert "was initialised" in process["problem"]
    finally:
        os.rename(away, directory(tablet) + "/data")
    assert until(lambda: rows_of(cluster))[1] == 3


def test_replica_without_data(cluster):
    """Issue 8, A 4 and A 5: a replica without data is copied from its primary while clients write, although the
    primary's first binary logs are gone; a copy that was interrupted is thrown away."""
    tablet, conn = replica(cluster), cluster.connect_mysqld(primary(cluster))
    run(conn, "FLUSH BINARY LOGS", "FLUSH BINARY LOGS")
    last = run(conn, "SHOW BINARY LOGS")[-1][0]
    writers = Writers(cluster)
    try:
        writers.resume()
        until(lambda: writers.count() > 100)
        os.mkdir(directory(tablet) + "/data.clone")
        with open(directory(tablet) + "/data.clone/junk", "w") as f:
            f.write("half a copy")
        shutil.rmtree(take_data(tablet))
        until(lambda: not mysqld_pid(tablet) or "away" not in os.listdir(directory(tablet)))
        run(conn, f"PURGE BINARY LOGS TO '{last}'")
        until(lambda: mysqld_pid(tablet) and http(tablet, "/readyz")[0] == 200)
        before = writers.count()
        until(lambda: writers.count() - before > 100)
        writers.pause()
    finally:
        writers.end()
    conn.close()
    until(lambda: equal(cluster))
    assert not os.path.exists(directory(tablet) + "/data/junk")
    assert read(cluster, "SELECT COUNT(*) FROM doubled") == read(cluster, "SELECT COUNT(*) FROM acks")
    assert read(cluster, "SELECT twice(4)") == ((8,),)
    assert value(cluster, tablet, "SELECT COUNT(*) FROM information_schema.triggers WHERE trigger_schema = 'uno'") == (1,)


def test_wrong_identity(cluster):
    """Issue 8, A 4: a tablet does not serve another shard's data, as replica or as primary."""
    for tablet in (replica(cluster), primary(cluster)):
        conn = cluster.connect_mysqld(tablet, autocommit=True)
        right = run(conn, "SELECT id FROM _sluice.identity")[0][0]
        run(conn, "SET sql_log_bin = 0", "UPDATE _sluice.identity SET id = REPEAT('0', 32)")
        kill_mysqld(tablet)
        unready(tablet, "the data has the identity 00000000000000000000000000000000")
        assert value(cluster, tablet, "SELECT @@GLOBAL.read_only") == (1,)
        with pytest.raises(pymysql.MySQLError):
            for _ in range(40):
                read(cluster, "SELECT COUNT(*) FROM acks", "uno@" + tablet["type"])
        conn = cluster.connect_mysqld(tablet, autocommit=True)
        run(conn, "SET sql_log_bin = 0", "UPDATE _sluice.identity SET shard = '-80', id = '%s'" % right)
        unready(tablet, "the data is that of shard uno/-80, not of uno/-")
        run(conn, "DELETE FROM _sluice.identity")
        unready(tablet, "the data does not say whose it is")
        run(conn, f"INSERT INTO _sluice.identity VALUES (1, 'uno', '-', '{right}')")
        conn.close()
        until(lambda: http(tablet, "/readyz")[0] == 200)


def test_promote(cluster):
    """Issue 8, A 4: the way out of a primary whose data is lost: an operator makes the replica the primary."""
    old, new = primary(cluster), replica(cluster)
    insert(cluster, 50)
    until(lambda: equal(cluster))
    p = cluster.ctl("shard", "promote", "uno/-", new["alias"], check=False)
    assert p.returncode == 1 and f"the primary {old['alias']} serves" in p.stderr
    p = cluster.ctl("shard", "promote", "uno/-", old["alias"], check=False)
    assert p.returncode == 1 and "is the primary already" in p.stderr
    shutil.rmtree(take_data(old))
    unready(old, "is missing, but shard")
    cluster.ctl("shard", "promote", "uno/-", new["alias"])
    until(lambda: primary(cluster)["alias"] == new["alias"] and replica(cluster)["alias"] == old["alias"])
    assert until(lambda: rows_of(cluster))[50] == 150
    until(lambda: insert(cluster, 51) or True)
    until(lambda: http(old, "/readyz")[0] == 200 and equal(cluster))


def rebuilds(tablet):
    return metric(tablet, "sluice_tablet_replica_rebuilds_total")


def test_cannot_follow(cluster):
    """Issue 8, A 2 and A 5: a replica that has diverged is not read from and is made anew from its primary."""
    tablet = replica(cluster)
    before = rebuilds(tablet)
    conn = cluster.connect_mysqld(tablet, autocommit=True)
    run(conn, "SET sql_log_bin = 0", "INSERT INTO noted VALUES (77, 1)")
    conn.close()
    insert(cluster, 77)
    unready(tablet, "replication is broken: error 1062")
    until(lambda: rebuilds(tablet) > before, 60)
    until(lambda: http(tablet, "/readyz")[0] == 200 and equal(cluster))
    assert read(cluster, "SELECT COUNT(*) FROM noted WHERE id = 77 AND f > 2") == ((1,),)
    assert not os.path.exists(directory(tablet) + "/data.old")


def test_expiry(cluster):
    """Issue 8, A 5: binary logs are removed one day, but not at once."""
    for tablet in cluster.info()["tablets"]:
        assert value(cluster, tablet, "SELECT @@GLOBAL.binlog_expire_logs_seconds") == (7 * 86400,)
