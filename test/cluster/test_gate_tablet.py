"""What a gate and its tablets owe each other: a gate that was stopped finds its tablets alive, and mysqld is the wall behind it."""
import os
import signal
import time

import pymysql
import pytest

from test_tablet import ATTACKS


@pytest.fixture(scope="module")
def pair(start_cluster):
    return start_cluster({"keyspaces": {"ks": {"shards": ["-"], "schema": "CREATE TABLE t (id BIGINT PRIMARY KEY, v INT);"}}})


def test_gate_that_was_stopped(pair):
    """Issue 8, A 11: SIGSTOP of the gate for longer than it gives a silent tablet: its transactions go on."""
    gate = pair.info()["gates"][0]["pid"]
    c = pair.connect("ks", autocommit=False)
    with c.cursor() as cur:
        cur.execute("INSERT INTO t VALUES (1, 1)")
        for _ in range(2):
            os.kill(gate, signal.SIGSTOP)
            time.sleep(3.5)
            os.kill(gate, signal.SIGCONT)
            cur.execute("INSERT INTO t SELECT MAX(id) + 1, 1 FROM t")
        c.commit()
        cur.execute("SELECT COUNT(*) FROM t")
        assert cur.fetchone() == (3,)
    c.close()


def server_state(pair):
    c = pair.connect_mysqld(pair.tablets("ks")[0])
    out = []
    with c.cursor() as cur:
        for text in ("SELECT host, user, JSON_REMOVE(priv, '$.password_last_changed', '$.authentication_string') FROM mysql.global_priv"
                     " ORDER BY 1, 2", "SELECT * FROM mysql.db", "SELECT * FROM mysql.plugin", "SELECT * FROM mysql.servers",
                     "SELECT @@global.max_connections, @@global.read_only, @@global.event_scheduler", "SHOW DATABASES", "SHOW TABLES",
                     "SELECT name FROM mysql.proc WHERE db = 'ks'", "SHOW SLAVE STATUS"):
            cur.execute(text)
            out.append(cur.fetchall())
    c.close()
    return out


def test_server_administration_through_a_gate(pair):
    """Issue 8, C 1: through a gate each of them is an error, and nothing has changed; the session goes on."""
    before = server_state(pair)
    c = pair.connect("ks", autocommit=True)
    taken = []
    with c.cursor() as cur:
        for text, _ in ATTACKS + [("kill hard user sluice_app", 0)]:
            try:
                cur.execute(text)
                taken.append(text)
            except pymysql.MySQLError:
                pass
        cur.execute("SELECT 1")
        assert cur.fetchone() == (1,)
    c.close()
    assert not taken
    assert server_state(pair) == before
