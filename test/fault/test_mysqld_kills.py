"""kill -9 of primaries' mysqlds while clients write: no acknowledged row is lost and replicas stay equal.
SLUICE_KILLS sets the number of kills."""
import os
import signal

from ledger import LIMIT, SCHEMA, VSCHEMA, Writers, log_of_mysqld, mysqld_pid, rows_of, same, until

KILLS = int(os.environ.get("SLUICE_KILLS", "8"))
ACKS = 150  # acknowledged rows before each kill


def check(cluster, keyspace, writers, kill):
    rows = until(lambda: rows_of(cluster, keyspace))
    lost = [i for i in writers.acked() if rows.get(i) != i * 3]
    assert not lost, f"kill {kill} of {keyspace}: {len(lost)} of {writers.count()} acknowledged rows are lost"
    for replica in cluster.tablets(keyspace, "replica"):
        until(lambda: same(cluster, cluster.tablets(keyspace)[0], replica),
              why=f"kill {kill} of {keyspace}: the replica differs from the primary")


def test_kills(start_cluster):
    """Issue 8, A 1: a server that goes on as primary recovers as a primary, with and without a replica."""
    keyspace = {"shards": ["-"], "schema": SCHEMA, "vschema": VSCHEMA}
    cluster = start_cluster({"keyspaces": {"alone": dict(keyspace, replicas=0),
                                           "followed": dict(keyspace, replicas=1)}})
    writers = {k: Writers(cluster, keyspace=k) for k in ("alone", "followed")}
    try:
        for n in range(KILLS):
            for name, w in writers.items():
                primary, before = cluster.tablets(name)[0], w.count()
                pid = mysqld_pid(primary)
                w.resume()
                until(lambda: w.count() - before >= ACKS, why="no progress")
                os.kill(pid, signal.SIGKILL)
                until(lambda: mysqld_pid(primary) not in (0, pid), why="mysqld was not restarted")
                w.pause()
                check(cluster, name, w, n + 1)
    finally:
        for w in writers.values():
            w.end()
    for name, w in writers.items():
        assert max(x.slowest for x in w.all) < LIMIT
        print(f"{name}: {w.count()} rows acknowledged, {KILLS} kills, none lost")
    assert "truncated binlog" not in "".join(log_of_mysqld(t) for t in cluster.info()["tablets"])
