"""Memory stays bounded: a million rows to a slow client, thousands of idle clients."""
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pymysql
import pytest

SCHEMA = "CREATE TABLE big (id BIGINT NOT NULL PRIMARY KEY, pad CHAR(200) NOT NULL);"
VSCHEMA = {"sharded": True, "vindexes": {"hash": {"type": "hash"}},
           "tables": {"big": {"column_vindexes": [{"column": "id", "name": "hash"}]}}}
ROWS = 1000  # times itself: a million


def rss_kb(pid, what="VmRSS"):
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith(what + ":"))


def under_asan(pid):
    """AddressSanitizer's shadow and quarantine say nothing of what the program needs."""
    with open(f"/proc/{pid}/maps") as f:
        return "libasan" in f.read()


@pytest.fixture(scope="module")
def stream_cluster(start_cluster):
    c = start_cluster({"keyspaces": {
        "uno": {"shards": ["-"], "replicas": 0, "schema": SCHEMA, "vschema": {"sharded": False, "tables": {}}},
        "duo": {"shards": ["-80", "80-"], "replicas": 0, "schema": SCHEMA, "vschema": VSCHEMA}}})
    for ks in ("uno", "duo"):
        conn = c.connect(ks, autocommit=True)
        with conn.cursor() as cur:
            for start in range(0, ROWS, 250):
                cur.execute("INSERT INTO big VALUES " + ",".join("(%d,'%s')" % (i, "p" * 200)
                                                                 for i in range(start, start + 250)))
        conn.close()
    return c


@pytest.mark.parametrize("sql", ["SELECT a.id, b.pad FROM big a JOIN big b ON a.id >= 0 AND b.id >= 0"])
def test_million_rows_to_a_slow_client(stream_cluster, sql):
    conn = stream_cluster.connect("uno", cursorclass=pymysql.cursors.SSCursor)
    info = stream_cluster.info()
    pids = {"gate": info["gates"][0]["pid"],
            "tablet": next(t["pid"] for t in info["tablets"] if t["keyspace"] == "uno")}
    n = 0
    with conn.cursor() as cur:
        cur.execute(sql)
        while True:
            rows = cur.fetchmany(20000)
            if not rows:
                break
            n += len(rows)
            if n < 300000:
                time.sleep(0.1)  # slower than the servers
    conn.close()
    assert n == ROWS * ROWS
    for what, pid in pids.items():
        peak = rss_kb(pid, "VmHWM")
        print(f"{what}: peak {peak} kB")
        assert under_asan(pid) or peak < 64 * 1024, f"{what} took {peak} kB"


def test_sharded_stream(stream_cluster):
    """Ordered merge of two shards, read slowly."""
    conn = stream_cluster.connect("duo", cursorclass=pymysql.cursors.SSCursor)
    with conn.cursor() as cur:
        cur.execute("SELECT id, REPEAT(pad, 200) FROM big ORDER BY id")
        ids = []
        while True:
            row = cur.fetchone()
            if not row:
                break
            ids.append(row[0])
            if len(ids) % 100 == 0:
                time.sleep(0.02)
    conn.close()
    assert ids == list(range(ROWS))
    gate = stream_cluster.info()["gates"][0]["pid"]
    assert under_asan(gate) or rss_kb(gate, "VmHWM") < 64 * 1024


def test_definitions_in_pieces(stream_cluster):
    """Column definitions that fill several pieces: no row of the other shard comes before their end."""
    names = [f"a_rather_long_name_of_a_column_number_{i:04d}" for i in range(1200)]
    sql = "SELECT " + ", ".join(f"id AS {n}" for n in names) + " FROM big WHERE id < 60"
    wrong = []

    def ask():
        with stream_cluster.connect("duo") as conn, conn.cursor() as cur:
            for _ in range(15):
                cur.execute(sql)
                rows = cur.fetchall()
                if [d[0] for d in cur.description] != names or {r[0] for r in rows} != set(range(60)) or \
                        any(len(set(r)) != 1 for r in rows):
                    wrong.append(len(rows))

    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(ask) for _ in range(6)]:
            done.result()
    assert not wrong


def login(port):
    """As little of a client as possible: five thousand of these must fit into the test."""
    s = socket.create_connection(("127.0.0.1", port))
    s.recv(4096)
    caps = 0x00000200 | 0x00008000 | 0x00000001
    body = caps.to_bytes(4, "little") + (1 << 24).to_bytes(4, "little") + b"\x2d" + b"\0" * 23 + b"root\0" + b"\0"
    s.sendall(len(body).to_bytes(3, "little") + b"\x01" + body)
    reply = s.recv(4096)
    if reply[4] == 0xfe:  # asked for another plugin: an empty password again
        s.sendall(b"\0\0\0" + bytes([reply[3] + 1]))
        reply = s.recv(4096)
    assert reply[4] == 0, reply
    return s


def test_idle_clients(stream_cluster):
    import resource
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(20000, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
    gate = stream_cluster.info()["gates"][0]
    warm = [login(gate["mysql_port"]) for _ in range(200)]
    before = rss_kb(gate["pid"])
    socks = [login(gate["mysql_port"]) for _ in range(5000)]
    after = rss_kb(gate["pid"])
    each = (after - before) * 1024 / 5000
    print(f"{each:.0f} bytes per idle client")
    assert under_asan(gate["pid"]) or each < 8 * 1024
    for s in socks + warm:
        s.close()
    c = stream_cluster.connect("uno")
    with c.cursor() as cur:
        cur.execute("SELECT 1")
        assert cur.fetchone() == (1,)
    c.close()
