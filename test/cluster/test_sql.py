"""The same statements on an unsharded keyspace and on a two-shard one must give the same answers: rows
(in order, where an order is asked for), column names, types, affected rows, errors."""
import datetime
import decimal
import random

import pymysql
import pytest

SCHEMA = """
CREATE TABLE users (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(40), age INT, balance DECIMAL(12,2),
  score DOUBLE, born DATE, seen DATETIME(3), kind ENUM('small','big','huge'), tag VARBINARY(20), note TEXT,
  KEY age (age)) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
CREATE TABLE orders (id BIGINT NOT NULL, user_id BIGINT NOT NULL, total DECIMAL(10,2), placed DATE,
  PRIMARY KEY (user_id, id));
CREATE TABLE tags (tag VARCHAR(40) COLLATE utf8mb4_bin NOT NULL PRIMARY KEY, v INT) CHARACTER SET utf8mb4;
CREATE TABLE codes (code CHAR(20) COLLATE utf8mb4_bin NOT NULL PRIMARY KEY, v INT) CHARACTER SET utf8mb4;
"""
VSCHEMA = {"sharded": True, "vindexes": {"hash": {"type": "hash"}, "xx": {"type": "xxhash"}},
           "tables": {"users": {"column_vindexes": [{"column": "id", "name": "hash"}]},
                      "orders": {"column_vindexes": [{"column": "user_id", "name": "hash"}]},
                      "tags": {"column_vindexes": [{"column": "tag", "name": "xx"}]},
                      "codes": {"column_vindexes": [{"column": "code", "name": "xx"}]}}}
KEYSPACES = {"uno": {"shards": ["-"], "replicas": 0, "schema": SCHEMA, "vschema": {"sharded": False, "tables": {}}},
             "duo": {"shards": ["-80", "80-"], "replicas": 0, "schema": SCHEMA, "vschema": VSCHEMA}}


@pytest.fixture(scope="module")
def sql_cluster(start_cluster):
    return start_cluster({"keyspaces": KEYSPACES})


class Both:
    """Two connections that are asked the same."""

    def __init__(self, cluster, **kw):
        self.conns = [cluster.connect(ks, **kw) for ks in ("uno", "duo")]

    def answers(self, sql, args=None):
        out = []
        for c in self.conns:
            with c.cursor() as cur:
                try:
                    n = cur.execute(sql, args)
                    rows = cur.fetchall() if cur.description else None
                    desc = [(d[0], d[1]) for d in cur.description] if cur.description else None
                    out.append((n, rows, desc))
                except pymysql.MySQLError as e:
                    out.append(("error", e.args[0]))
        return out

    def same(self, sql, args=None, ordered=True):
        a, b = self.answers(sql, args)
        if not ordered and a[1] is not None and b[1] is not None and a[0] != "error":
            a, b = ((x[0], sorted(x[1], key=repr), x[2]) for x in (a, b))
        assert a == b, sql
        return a

    def close(self):
        for c in self.conns:
            c.close()


@pytest.fixture(scope="module")
def both(sql_cluster):
    b = Both(sql_cluster, autocommit=True)
    rng = random.Random(7)
    names = ["ann", "Ann", "bob", "BOB ", "cy", "ärger", "zoë", "Zoe", "", None, "x" * 40, "tab\tx", "tab x"]
    for i in range(1, 301):
        b.same("INSERT INTO users VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)",
               (i * 37 - 500, rng.choice(names), rng.choice([None, 1, 20, 33, 47]),
                None if i % 9 == 0 else decimal.Decimal(rng.randrange(-100000, 100000)) / 100,
                rng.choice([None, 0.5, 1e10, -2.25]), rng.choice([None, datetime.date(2020, 1, 1 + i % 28)]),
                datetime.datetime(2021, 1 + i % 12, 1 + i % 28, i % 24, i % 60, 5, 120000),
                rng.choice(["small", "big", "huge", None]), rng.choice([b"\x00\xff", b"b", b"", None]), "n%d" % i))
    rows = ",".join("(%d,%d,%d.50,'2022-02-%02d')" % (i, (i % 300 + 1) * 37 - 500, i % 90, 1 + i % 28)
                    for i in range(1, 601))
    assert b.same("INSERT INTO orders (id,user_id,total,placed) VALUES " + rows)[0] == 600
    yield b
    b.close()


def test_rows_are_spread(sql_cluster, both):
    counts = []
    for shard in ("-80", "80-"):
        c = sql_cluster.connect("duo:" + shard)
        with c.cursor() as cur:
            cur.execute("SELECT COUNT(*), SUM(id IN (SELECT user_id FROM orders)) FROM users")
            counts.append(cur.fetchone()[0])
        c.close()
    assert sum(counts) == 300 and min(counts) > 100


ORDERED = [
    "SELECT * FROM users WHERE id = -463",
    "SELECT * FROM users WHERE id = '-463'",
    "SELECT id, name FROM users WHERE id = 123456",
    "SELECT id, name FROM users WHERE id = NULL",
    "SELECT id FROM users WHERE id = -463.0",
    "SELECT id FROM users WHERE id = '-463abc'",
    "SELECT id, name FROM users WHERE id IN (-463, -426, 5, NULL) ORDER BY id",
    "SELECT id, age FROM users ORDER BY age DESC, id LIMIT 20",
    "SELECT id FROM users ORDER BY id LIMIT 10 OFFSET 35",
    "SELECT id FROM users ORDER BY id DESC LIMIT 7, 5",
    "SELECT id FROM users ORDER BY id LIMIT 0",
    "SELECT id, name FROM users ORDER BY name, id",
    "SELECT id, name FROM users ORDER BY name DESC, id DESC LIMIT 50",
    "SELECT * FROM users ORDER BY balance, id",
    "SELECT id, score FROM users ORDER BY score, id",
    "SELECT id, born FROM users ORDER BY born DESC, id",
    "SELECT id, seen FROM users ORDER BY seen, id",
    "SELECT id, kind FROM users ORDER BY kind, id",
    "SELECT id, tag FROM users ORDER BY tag, id",
    "SELECT id x, age y FROM users ORDER BY y, x",
    "SELECT id, age FROM users ORDER BY 2, 1 LIMIT 9",
    "SELECT id FROM users ORDER BY age * 2 + id, id",
    "SELECT id FROM users ORDER BY LENGTH(name), id",
    "SELECT COUNT(*) FROM users",
    "SELECT COUNT(*) FROM users WHERE id = 99999",
    "SELECT COUNT(*), COUNT(age), SUM(age), MIN(age), MAX(age), AVG(age) FROM users",
    "SELECT SUM(balance), AVG(balance), MIN(balance), MAX(balance) FROM users",
    "SELECT SUM(score), MIN(score), MAX(score), MIN(born), MAX(seen) FROM users",
    "SELECT AVG(age), SUM(age) FROM users WHERE age IS NULL",
    "SELECT age, COUNT(*), SUM(balance) FROM users GROUP BY age ORDER BY age",
    "SELECT name, COUNT(*) c, AVG(balance) FROM users GROUP BY name ORDER BY name",
    "SELECT age a, kind k, COUNT(*) n FROM users GROUP BY a, k ORDER BY a, k",
    "SELECT kind, MAX(id) FROM users GROUP BY kind ORDER BY MAX(id) DESC LIMIT 2",
    "SELECT age, SUM(balance) s FROM users GROUP BY age ORDER BY s DESC, age",
    "SELECT DISTINCT age FROM users ORDER BY age",
    "SELECT DISTINCT kind, age FROM users ORDER BY age, kind",
    "SELECT u.id, o.id, o.total FROM users u JOIN orders o ON o.user_id = u.id ORDER BY o.total, u.id, o.id",
    "SELECT u.id, COUNT(o.id) FROM users u LEFT JOIN orders o ON o.user_id = u.id GROUP BY u.id ORDER BY u.id",
    "SELECT u.name, SUM(o.total) FROM users u, orders o WHERE u.id = o.user_id AND u.id = -463 GROUP BY u.name",
    "SELECT id FROM users WHERE age = 20 UNION ALL SELECT user_id FROM orders WHERE total < 5 ORDER BY id LIMIT 30",
    "SELECT id, (SELECT COUNT(*) FROM orders WHERE orders.user_id = users.id) FROM users WHERE id = -463",
    "SELECT id FROM users WHERE id = -463 AND EXISTS (SELECT 1 FROM orders WHERE orders.user_id = users.id)",
    "SELECT 1 + 1, 'x', NULL",
    "SELECT ROW_COUNT(), FOUND_ROWS() >= 0, LAST_INSERT_ID()",
    "SELECT nope FROM users",
    "SELECT * FROM users WHERE",
    "SELECT * FROM missing_table_in_both",
]
UNORDERED = [
    "SELECT * FROM users",
    "SELECT id, name FROM users WHERE name = 'ANN'",
    "SELECT id FROM users WHERE id IN (-463, -426, 7, '-389')",
    "SELECT DISTINCT kind FROM users",
    "SELECT age, COUNT(*) FROM users GROUP BY age",
    "SELECT id FROM users WHERE id > 100 AND age IN (1, 20)",
    "SELECT id FROM users WHERE age = 1 UNION ALL SELECT user_id FROM orders WHERE user_id = -463",
]


@pytest.mark.parametrize("sql", ORDERED)
def test_ordered(both, sql):
    both.same(sql)


@pytest.mark.parametrize("sql", UNORDERED)
def test_unordered(both, sql):
    both.same(sql, ordered=False)


def test_average_of_the_session(both):
    """Issue 8, D 4's kind: an average has as many digits as the session's div_precision_increment says."""
    for digits in (0, 7, 30, 4):
        both.same(f"SET div_precision_increment={digits}")
        both.same("SELECT AVG(age), AVG(balance), AVG(age * 1.5) FROM users")
        both.same("SELECT AVG(-age / 1000000), AVG(IF(age > 30, -1, 0)), SUM(-age / 1000000000) FROM users")


def test_sum_of_quotients(both):
    """Found by attacking: a server adds quotients with more digits than it shows, so the shards' sums may not be rounded first."""
    for digits in (4, 7, 12):
        both.same(f"SET div_precision_increment={digits}")
        both.same("SELECT SUM(id / 7), AVG(id / 7), SUM(age / 3 * 1.5), COUNT(id / 7) FROM users")
        both.same("SELECT SUM(balance / 9), AVG(IF(age > 20, balance / 7, age)), SUM(CASE WHEN id > 5 THEN 1 / id END) FROM users")
        both.same("SELECT SUM(id / 7) FROM users WHERE id = 99999")
        both.same("SELECT AVG(ROUND(id / 7, 2)), SUM(CAST(age / 3 AS DECIMAL(20, 3))) FROM users")
    both.same("SET div_precision_increment=4")


def test_limit_without_order(both):
    a, b = both.answers("SELECT id FROM users LIMIT 7")
    assert len(a[1]) == len(b[1]) == 7
    assert len(set(b[1])) == 7


def test_writes(both):
    for sql in ["INSERT INTO users (id, name) VALUES (900001, 'w1'), (900002, 'w2'), (900003, 'w3')",
                "INSERT INTO users (id, name) VALUES (900001, 'again')",
                "INSERT INTO users (id, name) VALUES (900001, 'again') ON DUPLICATE KEY UPDATE name = 'dup'",
                "REPLACE INTO users (id, name) VALUES (900002, 'r2')",
                "INSERT IGNORE INTO users (id, name) VALUES (900002, 'i'), (900004, 'w4')",
                "INSERT INTO users SET id = 900005, name = 'w5'",
                "UPDATE users SET age = 5 WHERE id = 900001",
                "UPDATE users SET age = 6 WHERE id IN (900002, 900003, 900004)",
                "UPDATE users SET age = 7 WHERE name LIKE 'w%'",
                "UPDATE users SET age = 7 WHERE name LIKE 'w%'",
                "DELETE FROM users WHERE id = 900001",
                "DELETE FROM users WHERE id IN (900002, 900003)",
                "INSERT INTO users (id, name) VALUES (NULL, 'x')",
                "INSERT INTO users (id, name) VALUES ('abc', 'x')",
                "INSERT INTO users (id, name) VALUES (1)",
                "DELETE FROM users WHERE id > 900000"]:
        a, b = both.answers(sql)
        if sql.endswith("('abc', 'x')"):
            assert a[0] == b[0] == "error"
        else:
            assert a == b, sql
    both.same("SELECT id, name, age FROM users WHERE id > 900000 ORDER BY id")


def test_prepared_like_types(both):
    """Values of every kind in routing positions."""
    for v in (-463, "-463", -463.0, decimal.Decimal("-463"), b"-463", None, "x", 1 << 62, 5.5):
        both.same("SELECT id, name FROM users WHERE id = %s", (v,))


REFUSED = ["SELECT COUNT(DISTINCT age) FROM users", "SELECT RANK() OVER (ORDER BY age) FROM users",
           "SELECT age FROM users GROUP BY age HAVING COUNT(*) > 1", "UPDATE users SET id = 1 WHERE id = 2",
           "DELETE FROM users LIMIT 1", "INSERT INTO users (id) SELECT 5", "SELECT * FROM users, uno.orders"]


@pytest.mark.parametrize("sql", REFUSED)
def test_refused_by_name(both, sql):
    with both.conns[1].cursor() as cur:
        with pytest.raises(pymysql.MySQLError) as e:
            cur.execute(sql)
    assert e.value.args[0] == 1235 and "doesn't yet support" in e.value.args[1]


def test_show_and_describe(both):
    for sql in ("SHOW COLUMNS FROM users", "DESCRIBE orders", "SHOW CREATE TABLE orders", "SHOW INDEX FROM orders",
                "SHOW VARIABLES LIKE 'version_comment'", "SHOW WARNINGS"):
        both.same(sql) if "INDEX" not in sql else both.answers(sql)
    a, b = both.answers("SHOW TABLES")
    assert sorted(a[1]) == sorted(b[1]) == [("codes",), ("orders",), ("tags",), ("users",)]
    a, _ = both.answers("SHOW DATABASES")
    assert {("uno",), ("duo",)} <= set(a[1])


def test_transactions(both):
    for end in ("ROLLBACK", "COMMIT"):
        for sql in ("BEGIN", "INSERT INTO users (id, age) VALUES (800001, 1), (800002, 2), (800003, 3)",
                    "SELECT COUNT(*) FROM users WHERE id > 800000", "SAVEPOINT s1",
                    "UPDATE users SET age = 9 WHERE id > 800000", "SELECT SUM(age) FROM users WHERE id > 800000",
                    "ROLLBACK TO s1", "SELECT SUM(age) FROM users WHERE id > 800000",
                    "SAVEPOINT s2", "DELETE FROM users WHERE id = 800001", "RELEASE SAVEPOINT s2",
                    "ROLLBACK TO s2", end, "SELECT id, age FROM users WHERE id > 800000 ORDER BY id"):
            both.same(sql)
    both.same("DELETE FROM users WHERE id > 800000")


def test_failed_statement_leaves_nothing(both):
    """One row of several collides: none of the others stays, in a transaction and without."""
    for txn in (False, True):
        if txn:
            both.same("BEGIN")
        both.same("INSERT INTO users (id) VALUES (700001)")
        a, b = both.answers("INSERT INTO users (id) VALUES (700002), (700003), (700004), (700005), (700001)")
        assert a[:2] == b[:2] == ("error", 1062)
        both.same("SELECT id FROM users WHERE id > 700000 AND id < 800000 ORDER BY id")
        if txn:
            both.same("COMMIT")
        both.same("DELETE FROM users WHERE id > 700000 AND id < 800000")


def test_deadlock_touches_nobody_else(sql_cluster):
    """A deadlock rolls its own transaction back, and never one that runs after it."""
    import threading
    for ks in ("uno", "duo"):
        a, b = (sql_cluster.connect(ks, autocommit=True) for _ in range(2))
        others = [sql_cluster.connect(ks, autocommit=True) for _ in range(4)]
        for _ in range(3):
            for c, i in ((a, -463), (b, -426)):
                with c.cursor() as cur:
                    cur.execute("BEGIN")
                    cur.execute("UPDATE users SET note = 'd' WHERE id = %s", (i,))
            errors = []

            def cross(c, i):
                try:
                    with c.cursor() as cur:
                        cur.execute("UPDATE users SET note = 'd' WHERE id = %s", (i,))
                except pymysql.MySQLError as e:
                    errors.append(e.args[0])
            t = [threading.Thread(target=cross, args=x) for x in ((a, -426), (b, -463))]
            for x in t:
                x.start()
            for x in t:
                x.join()
            assert len(errors) == 1 and errors[0] in (1205, 1213)
            for c in (a, b):
                c.rollback()
            for c in others:
                with c.cursor() as cur:
                    cur.execute("BEGIN")
                    cur.execute("INSERT INTO users (id) VALUES (400001)")
                    cur.execute("INSERT INTO users (id) VALUES (400002)")
                    cur.execute("ROLLBACK")
                    cur.execute("SELECT COUNT(*) FROM users WHERE id IN (400001, 400002)")
                    assert cur.fetchone() == (0,)
        for c in [a, b] + others:
            c.close()


def test_autocommit_off(sql_cluster):
    b = Both(sql_cluster, autocommit=False)
    b.same("INSERT INTO users (id) VALUES (600001), (600002)")
    b.same("SELECT COUNT(*) FROM users WHERE id > 600000 AND id < 700000")
    for c in b.conns:
        c.rollback()
    b.same("SELECT COUNT(*) FROM users WHERE id > 600000 AND id < 700000")
    b.same("SELECT @@autocommit")
    b.close()


def test_session_state_is_private(sql_cluster):
    """What one client leaves behind the next one on the same backend connection does not see."""
    for ks in ("uno", "duo"):
        a = sql_cluster.connect(ks, autocommit=True)
        with a.cursor() as cur:
            cur.execute("SET sql_mode = 'ANSI_QUOTES'")
            cur.execute('SELECT "id" FROM users WHERE id = -463')
            assert cur.fetchall() == ((-463,),)
            cur.execute("SET @x = 5, time_zone = '+03:00'")
            cur.execute("SELECT @x, @@time_zone, @x + 1")
            assert cur.fetchone() == (5, "+03:00", 6)
        b = sql_cluster.connect(ks, autocommit=True)
        with b.cursor() as cur:
            for _ in range(20):
                cur.execute("SELECT @x, @@sql_mode LIKE '%ANSI_QUOTES%', @@time_zone")
                assert cur.fetchone() == (None, 0, "SYSTEM")
        a.close()
        b.close()
    a = sql_cluster.connect("uno", autocommit=True)
    with a.cursor() as cur:
        cur.execute("CREATE TEMPORARY TABLE tmp1 (a INT)")
        cur.execute("INSERT INTO tmp1 VALUES (1)")
        cur.execute("SELECT * FROM tmp1")
        assert cur.fetchall() == ((1,),)
        cur.execute("SELECT GET_LOCK('l', 1)")
        assert cur.fetchone() == (1,)
        cur.execute("SELECT @r := COUNT(*) FROM users")
        cur.execute("SELECT @r")
        assert cur.fetchone()[0] >= 300
    b = sql_cluster.connect("uno", autocommit=True)
    with b.cursor() as cur:
        with pytest.raises(pymysql.MySQLError):
            cur.execute("SELECT * FROM tmp1")
        cur.execute("SELECT GET_LOCK('l', 0)")
        assert cur.fetchone() == (0,)
    a.close()
    with b.cursor() as cur:
        cur.execute("SELECT GET_LOCK('l', 5)")
        assert cur.fetchone() == (1,)
    b.close()


def test_big_packets(both):
    big = "y" * (20 * 1024 * 1024)
    both.same("CREATE TABLE IF NOT EXISTS blobs (id BIGINT NOT NULL PRIMARY KEY, body LONGTEXT)")
    c = both.conns[0]
    with c.cursor() as cur:
        cur.execute("INSERT INTO blobs VALUES (1, %s)", (big,))
        cur.execute("SELECT body FROM blobs WHERE id = 1")
        assert cur.fetchone()[0] == big
    both.same("DROP TABLE blobs")


def test_multi_statements(sql_cluster):
    from pymysql.constants import CLIENT
    b = Both(sql_cluster, autocommit=True, client_flag=CLIENT.MULTI_STATEMENTS)
    for c in b.conns:
        with c.cursor() as cur:
            cur.execute("SELECT 1; SELECT id FROM users WHERE id = -463; SELECT COUNT(*) FROM users; SET @a = 1")
            got = [cur.fetchall()]
            while cur.nextset():
                got.append(cur.fetchall())
            assert got[:3] == [((1,),), ((-463,),), ((300,),)]
            cur.execute("COMMIT; BEGIN; INSERT INTO users (id) VALUES (500001),(500002),(500003); COMMIT; COMMIT; BEGIN; "
                        "DELETE FROM users WHERE id IN (500001,500002,500003); ROLLBACK; ROLLBACK; SET autocommit=0; "
                        "SELECT COUNT(*) FROM users WHERE id > 500000; SET autocommit=1; "
                        "DELETE FROM users WHERE id > 500000")
            got = [cur.fetchall()]
            while cur.nextset():
                got.append(cur.fetchall())
            assert ((3,),) in got
    b.close()


def test_ddl_is_seen_at_once(both):
    both.same("CREATE TABLE made (id BIGINT NOT NULL PRIMARY KEY, v INT)")
    with both.conns[0].cursor() as cur:
        cur.execute("INSERT INTO made VALUES (1, 2)")
        cur.execute("ALTER TABLE made ADD COLUMN w INT")
        cur.execute("SELECT * FROM made")
        assert cur.fetchall() == ((1, 2, None),)
    both.same("DROP TABLE made")


def test_trailing_spaces_of_sharding_keys(both):
    """Where 'a' = 'a ', equality finds the row whichever way it is written; xxhash alone would not."""
    for i in range(12):
        both.same("INSERT INTO codes VALUES (%s, %s)", ("k%d%s" % (i, " " * (i % 3)), i))
        both.same("INSERT INTO tags VALUES (%s, %s)", ("k%d" % i, i))
    for i in range(12):
        for spaces in ("", " ", "   "):
            for table, key in (("codes", "code"), ("tags", "tag")):
                a = both.same(f"SELECT v FROM {table} WHERE {key} = %s", ("k%d%s" % (i, spaces),))
                assert a[1] == ((i,),)
    both.same("SELECT v FROM tags WHERE tag IN ('k1 ', 'k2', 'k3  ') ORDER BY v")
    both.same("INSERT INTO codes VALUES ('k1 ', 0)")  # 1062
    with pytest.raises(pymysql.MySQLError) as e, both.conns[1].cursor() as cur:
        cur.execute("INSERT INTO tags VALUES ('fine', 1), ('not fine ', 2)")
    assert e.value.args[0] == 1366 and "spaces" in e.value.args[1]
    with pytest.raises(pymysql.MySQLError) as e, both.conns[1].cursor() as cur:
        cur.execute("INSERT INTO tags VALUES (x'66696E6520', 1)")
    assert e.value.args[0] == 1366
    both.same("INSERT INTO codes VALUES (x'6279746573202020', 5)")
    assert both.same("SELECT v FROM codes WHERE code = 'bytes'")[1] == ((5,),)
    with both.conns[1].cursor() as cur:
        assert cur.execute("SELECT v FROM tags WHERE tag LIKE '%fine%'") == 0
    both.same("DELETE FROM tags")
    both.same("DELETE FROM codes")
