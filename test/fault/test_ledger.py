"""Everything is killed and stopped at random while clients write: nothing acknowledged is lost, nothing is there twice or
half, no transaction outlives its client, nobody waits beyond a limit, and all parts come back.

SLUICE_LEDGER=600: the long form, in seconds; SLUICE_SEED: the seed that a failing run has printed."""
import os
import random
import time

import pytest

from chaos import GRACE, Chaos, Teller
from ledger import log_of_mysqld, nothing_open, rows, same, until

SECONDS = float(os.environ.get("SLUICE_LEDGER", "30"))
SEED = int(os.environ.get("SLUICE_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 31)
ROUND = 15  # seconds of faults between two audits
TABLES = ("acks", "credit", "debit")
SCHEMA = "".join(f"CREATE TABLE {t} (n BIGINT AUTO_INCREMENT PRIMARY KEY, id BIGINT NOT NULL, v BIGINT NOT NULL, KEY (id));"
                 for t in TABLES)
VSCHEMA = {"sharded": False, "tables": {t: {} for t in TABLES}}
SUMS = [f"SELECT COUNT(*), COALESCE(BIT_XOR(CRC32(CONCAT_WS(',', n, id, v))), 0) FROM {t}" for t in TABLES]
# Seconds: what the session asks for, and what the gate grants beyond it for the server's own error to come first.
LIMITS = {"statement": (4, 5), "set": (8, 8), "connect": (10, 10), "commit": (30, 30)}


@pytest.fixture(scope="module")
def cluster(start_cluster):
    keyspace = {"shards": ["-"], "schema": SCHEMA, "vschema": VSCHEMA}
    return start_cluster({"topo": "etcd", "limits": {"query_timeout": "%ds" % LIMITS["set"][1]}, "keyspaces": {
        "alone": keyspace, "followed": dict(keyspace, replicas=1, durability="semi_sync")}})


def audit(cluster, keyspace, tellers):
    primary = cluster.tablets(keyspace)[0]
    have = {t: rows(cluster, primary, f"SELECT id, v FROM {t}") for t in TABLES}
    by_id = {t: dict(r) for t, r in have.items()}
    for t in TABLES:
        assert len(by_id[t]) == len(have[t]), f"{keyspace}: {len(have[t]) - len(by_id[t])} rows of {t} are there twice"
    wrong = [i for t, sign in (("acks", 3), ("credit", 3), ("debit", -3)) for i, v in by_id[t].items() if v != i * sign]
    assert not wrong, f"{keyspace}: rows {wrong[:9]} hold other values"
    half = set(by_id["debit"]) ^ set(by_id["credit"])
    assert not half, f"{keyspace}: half of the transactions {list(half)[:9]}"
    for w in tellers:
        assert not w.wrong, w.wrong
        lost = [i for i in w.acked if i not in by_id["acks"]] + [i for i in w.pairs if i not in by_id["credit"]]
        assert not lost, f"{keyspace}: {len(lost)} acknowledged of {len(w.acked) + len(w.pairs)} are lost: {lost[:9]}"
    for replica in cluster.tablets(keyspace, "replica"):
        until(lambda: same(cluster, primary, replica, SUMS), 60, f"{keyspace}: the replica differs")


def late(chaos, tellers):
    """The waits that were longer than allowed."""
    out = []
    for w in tellers:
        for kind, began, ended in w.waits:
            over = ended - began - chaos.paused(began, ended) - LIMITS[kind][1] - GRACE
            if over > 0:
                out.append(f"{w.keyspace}: a {kind} took {ended - began:.1f} s")
    return out


def ready(cluster):
    status = cluster.status()
    return status["served"] or None


def test_ledger(cluster):
    """Issue 8, Measure: the single-shard ledger, without and with a replica (semi_sync)."""
    print(f"SLUICE_SEED={SEED}")
    chaos, rng = Chaos(cluster, SEED), random.Random(SEED + 1)
    done, slowest = [], {}
    end = time.monotonic() + SECONDS
    rounds = 0
    while time.monotonic() < end:
        rounds += 1
        tellers = [Teller(cluster, ks, len(done) + 1 + i, rng.randrange(1 << 31), LIMITS)
                   for i, ks in enumerate(["alone", "followed"] * 3)]
        for w in tellers:
            w.start()
        chaos.run(min(ROUND, end - time.monotonic()))
        chaos.tend(all_of_them=True)
        until(lambda: ready(cluster), 90, f"not ready: {cluster.status()}")
        for w in tellers:
            w.stop = True
        for w in tellers:
            w.join(100)
            assert not w.is_alive(), f"a client of {w.keyspace} hangs"
        nothing_open(cluster, 2)
        assert not late(chaos, tellers)
        done += tellers
        for w in tellers:
            for kind, began, ended in w.waits:
                slowest[kind] = max(slowest.get(kind, 0), ended - began - chaos.paused(began, ended))
            w.waits = []
        for ks in ("alone", "followed"):
            audit(cluster, ks, [w for w in done if w.keyspace == ks])
    errors = {}
    for w in done:
        for code, n in w.errors.items():
            errors[code] = errors.get(code, 0) + n
    print(f"{rounds} rounds, {sum(len(w.acked) for w in done)} rows and {sum(len(w.pairs) for w in done)} transactions "
          f"acknowledged, {sum(w.died for w in done)} clients died; none lost, twice, half or left open")
    print("faults:", ", ".join(f"{k} {n}" for k, n in sorted(chaos.counts.items())))
    print("longest waits:", ", ".join(f"{k} {s:.1f} s" for k, s in slowest.items()), "errors:", errors)
    assert sum(len(w.acked) for w in done) > 100 and sum(len(w.pairs) for w in done) > 50
    assert "truncated binlog" not in "".join(log_of_mysqld(t) for t in cluster.info()["tablets"])
