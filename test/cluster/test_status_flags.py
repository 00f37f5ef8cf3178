"""Status flags in every packet, as a server sends them (issue 8, D 1), and clients that ask for what was not offered (D 2)."""
import struct

import pytest

from mysql_raw import CAP_MULTI, ServerError, Raw

SCHEMA = ("CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, v VARCHAR(100)); INSERT INTO t VALUES (1, 'a'), (2, 'b');"
          "CREATE PROCEDURE two() BEGIN SELECT 1; SELECT id FROM t WHERE v = 'a'; END;"
          "CREATE PROCEDURE outs(OUT a INT, INOUT b INT) BEGIN SET a = b + 1; SET b = 7; END;")


@pytest.fixture(scope="module")
def both(start_cluster):
    """A client of the gate, and one of its only server."""
    c = start_cluster({"keyspaces": {"uno": {"shards": ["-"], "replicas": 0, "schema": SCHEMA.split("CREATE PROC")[0],
                                             "vschema": {"sharded": False, "tables": {}}}}})
    tablet = c.tablets("uno")[0]
    direct = c.connect_mysqld(tablet, autocommit=True)
    with direct.cursor() as cur:
        for p in SCHEMA.split("CREATE PROC")[1:]:
            cur.execute("CREATE PROC" + p.strip().rstrip(";"))
        for p in ("two", "outs"):
            cur.execute(f"GRANT EXECUTE ON PROCEDURE uno.{p} TO CURRENT_USER")
    clients = []
    for address in (("127.0.0.1", c.mysql_port), tablet["mysqld_socket"]):
        r = Raw(address)
        r.login(db="uno", caps=CAP_MULTI)
        clients.append(r)
    return clients


@pytest.mark.parametrize("sql", ["SELECT 1", "SELECT id FROM t WHERE id = 1", "SELECT id FROM t WHERE v = 'a'", "SELECT 1; SELECT 2",
                                 "SELECT id FROM t; DO 1; SELECT 3", "CALL two()", "CALL two(); SELECT 1", "BEGIN; SELECT 1; COMMIT",
                                 "SET sql_mode='NO_BACKSLASH_ESCAPES'; SELECT 1; SET sql_mode=DEFAULT; SELECT 1",
                                 "START TRANSACTION READ ONLY; SELECT 1; COMMIT AND CHAIN; SELECT id FROM t; COMMIT; SELECT 1",
                                 "SET sql_mode='ANSI'; SELECT 1; SELECT id FROM t; SET sql_mode=DEFAULT; SELECT 1",
                                 "SET autocommit=0; SELECT 1; SELECT id FROM t; COMMIT; SET autocommit=1"])
def test_every_status(both, sql):
    gate, server = ([(r.kinds, r.statuses) for r in c.results(sql)] for c in both)
    tracked = 0x4000  # SESSION_STATE_CHANGED: the gate does not offer session tracking
    plain = lambda out: [(k, [s & ~tracked for s in ss]) for k, ss in out]
    assert plain(gate) == plain(server)


def test_out_parameters(both):
    out = []
    for c in both:
        ident = c.prepare("CALL outs(?, ?)")[0]
        results = [c.execute(ident, [(3, struct.pack("<i", 0)), (3, struct.pack("<i", 41))])]
        while results[-1].status & 8:
            results.append(c.result(binary=True))
        out.append([(r.rows, [s & ~0x4000 for s in r.statuses]) for r in results])
    assert out[0] == out[1]
    assert out[0][0][0] == [(42, 7)] and out[0][0][1][0] & 0x1000


def test_compression_that_was_not_offered(both):
    """Issue 8, D 2: it ends with an error, not in silence."""
    c = Raw(both[0].s.getpeername())
    with pytest.raises((ServerError, ConnectionError)) as e:
        c.login(db="uno", caps=32)
        c.ping()
    assert "ompress" in str(e.value)
