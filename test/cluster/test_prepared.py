"""Prepared statements as a client sees them, byte by byte and through client libraries."""
import decimal
import datetime
import os
import struct
import subprocess
import textwrap

import pytest

import mysql_raw as m
from gate_process import Gate
from mysql_raw import Raw, ServerError, int64, text

SCHEMA = """
CREATE TABLE users (id BIGINT NOT NULL PRIMARY KEY, ti TINYINT, si SMALLINT UNSIGNED, i INT, b BIGINT UNSIGNED,
  f FLOAT, d DOUBLE, n DECIMAL(20,4), da DATE, dt DATETIME(6), ts TIMESTAMP NULL, tm TIME(3), y YEAR,
  c CHAR(5), v VARCHAR(50), bl LONGBLOB, tx TEXT, bi BIT(9), e ENUM('x','y'), js JSON) CHARACTER SET utf8mb4;
CREATE TABLE orders (id BIGINT NOT NULL, user_id BIGINT NOT NULL, total DECIMAL(10,2), PRIMARY KEY (user_id, id));
"""
VSCHEMA = {"sharded": True, "vindexes": {"hash": {"type": "hash"}},
           "tables": {"users": {"column_vindexes": [{"column": "id", "name": "hash"}]},
                      "orders": {"column_vindexes": [{"column": "user_id", "name": "hash"}]}}}


@pytest.fixture(scope="module")
def cluster(start_cluster):
    return start_cluster({"keyspaces": {
        "uno": {"shards": ["-"], "replicas": 0, "schema": SCHEMA, "vschema": {"sharded": False, "tables": {}}},
        "duo": {"shards": ["-80", "80-"], "replicas": 0, "schema": SCHEMA, "vschema": VSCHEMA}}})


@pytest.fixture(scope="module")
def gate(cluster, tmp_path_factory):
    g = Gate(cluster.info()["topo"]["address"], tmp_path_factory.mktemp("gate"), "--max-prepared", "20", "--max-allowed-packet",
             "4M")
    yield g
    assert g.stop() == 0, g.text()


@pytest.fixture(params=[("uno", 0), ("uno", m.CAP_DEPRECATE_EOF), ("duo", 0), ("duo", m.CAP_DEPRECATE_EOF)],
                ids=["uno-eof", "uno", "duo-eof", "duo"])
def raw(gate, request):
    r = Raw(gate.address)
    r.login(db=request.param[0], caps=request.param[1])
    r.query("DELETE FROM users")
    r.query("DELETE FROM orders")
    r.ks = request.param[0]
    yield r
    r.close()


def refused(fn, errno):
    with pytest.raises(ServerError) as e:
        fn()
    assert e.value.errno == errno, e.value
    return e.value


def test_metadata(raw):
    s, params, columns = raw.prepare("SELECT id, n, v AS name FROM users WHERE id = ? AND n > ? ORDER BY id LIMIT ?")
    assert len(params) == 3
    assert [c.name for c in columns] == ["id", "n", "name"]
    assert [c.type for c in columns] == [8, 246, 253]
    _, params, columns = raw.prepare("INSERT INTO orders VALUES (?,?,?)")
    assert (len(params), len(columns)) == (3, 0)
    refused(lambda: raw.prepare("SELECT nope FROM users"), 1054)
    refused(lambda: raw.prepare("SELECT FROM"), 1064)
    refused(lambda: raw.prepare("SELECT 1; SELECT 2"), 1064)
    refused(lambda: raw.prepare(""), 1065)
    x = raw.execute(s, [int64(1), text("1.5"), int64(10)])
    assert [c.name for c in x.columns] == ["id", "n", "name"] and x.rows == []


def dt(year, month, day, *rest):
    body = struct.pack("<HBB", year, month, day)
    if rest:
        body += struct.pack("<BBB", *rest[:3])
    if len(rest) > 3:
        body += struct.pack("<I", rest[3])
    return bytes([len(body)]) + body


def test_all_types(raw):
    cols = "id,ti,si,i,b,f,d,n,da,dt,ts,tm,y,c,v,bl,tx,bi,e,js"
    s, params, _ = raw.prepare("INSERT INTO users (%s) VALUES (%s)" % (cols, ",".join("?" * 20)))
    assert len(params) == 20
    tm = struct.pack("<BIBBBI", 1, 2, 3, 4, 5, 678000)
    values = [int64(7), (1, struct.pack("<b", -5)), (2 | 0x8000, struct.pack("<H", 65535)), (3, struct.pack("<i", -70000)),
              (8 | 0x8000, struct.pack("<Q", 2 ** 64 - 1)), (4, struct.pack("<f", 1.5)), (5, struct.pack("<d", -2.25e100)),
              (246, m.put_str(b"-1234567890123456.7891")), (10, dt(2024, 2, 29)), (12, dt(2024, 2, 29, 23, 59, 58, 123456)),
              (7, dt(2020, 1, 2, 3, 4, 5)), (11, bytes([len(tm)]) + tm), (2, struct.pack("<h", 1999)), text("abc"),
              text("zoë ☃ 'quoted\\"), (252, m.put_str(bytes(range(256)))), text("t" * 3000), (253, m.put_str(b"\1\xff")),
              text("y"), text('{"a": [1, null]}')]
    assert raw.execute(s, values).affected == 1
    # the types of before are used again
    again = [int64(8)] + values[1:]
    assert raw.execute(s, again, types=False).affected == 1
    nulls = [(t, None) for t, _ in values]
    assert raw.execute(s, [int64(9)] + nulls[1:]).affected == 1
    q, _, _ = raw.prepare("SELECT %s FROM users ORDER BY id" % cols)
    x = raw.execute(q)
    assert [r[0] for r in x.rows] == [7, 8, 9]
    assert x.rows[0][1:] == x.rows[1][1:] and x.rows[2][1:] == (None,) * 19
    got = x.rows[0]
    assert got[1:8] == (-5, 65535, -70000, 2 ** 64 - 1, 1.5, -2.25e100, b"-1234567890123456.7891")
    assert got[8] == (10, dt(2024, 2, 29)[1:]) and got[9] == (12, dt(2024, 2, 29, 23, 59, 58, 123456)[1:])
    assert got[10] == (7, dt(2020, 1, 2, 3, 4, 5)[1:])
    assert got[11] == (11, tm) and got[12] == 1999
    assert got[13:15] == (b"abc", "zoë ☃ 'quoted\\".encode())
    assert got[15] == bytes(range(256)) and got[16] == b"t" * 3000 and got[17] == b"\1\xff" and got[18] == b"y"
    assert got[19] == b'{"a": [1, null]}'
    # and each of them in a WHERE
    for name, v in zip(cols.split(","), values):
        if name in ("f", "js", "bi"):
            continue
        w, _, _ = raw.prepare("SELECT id FROM users WHERE %s = ? ORDER BY id" % name)
        want = [(7,), (8,)] if name != "id" else [(7,)]
        assert raw.execute(w, [v]).rows == want, name
        assert raw.execute(w, [(v[0], None)]).rows == [], name
        raw.stmt_close(w)


def test_zero_dates_and_short_forms(raw):
    s, _, _ = raw.prepare("SELECT ?, ?, ?")
    x = raw.execute(s, [(12, dt(2024, 2, 29)), (11, b"\0"), (12, dt(2024, 1, 1, 1, 2, 3))])
    assert len(x.rows) == 1
    for bad in ([(254, b"\xfe\xff\xff\xff\xff\xff\xff\xff\x7fxx")],
                [(8, b"\1")], [(99, b"\0")]):  # cut, or of no type
        w, _, _ = raw.prepare("SELECT id FROM users WHERE id = ?")
        with pytest.raises(ServerError):
            raw.execute(w, bad)
        raw.stmt_close(w)
    raw.ping()


def test_long_data(raw):
    s, _, _ = raw.prepare("REPLACE INTO users (id, bl, tx) VALUES (?,?,?)")
    pieces = [os.urandom(70000), b"", b"'\\\0", os.urandom(300000)]
    for p in pieces:
        raw.long_data(s, 1, p)
    raw.long_data(s, 2, b"")
    assert raw.execute(s, [int64(3), (252, Ellipsis), (252, Ellipsis)]).affected >= 1
    q, _, _ = raw.prepare("SELECT bl, tx FROM users WHERE id = ?")
    assert raw.execute(q, [int64(3)]).rows == [(b"".join(pieces), b"")]
    # used up by the execution
    assert raw.execute(s, [int64(3), (252, m.put_str(b"short")), (252, None)]).affected >= 1
    assert raw.execute(q, [int64(3)], types=False).rows == [(b"short", None)]
    # forgotten by a reset
    raw.long_data(s, 1, b"never")
    raw.stmt_reset(s)
    raw.execute(s, [int64(3), (252, m.put_str(b"kept")), (252, None)])
    assert raw.execute(q, [int64(3)]).rows == [(b"kept", None)]
    # more than max_allowed_packet: told by the execution, gone after it
    for _ in range(5):
        raw.long_data(s, 1, b"x" * (1 << 20))
    refused(lambda: raw.execute(s, [int64(3), (252, Ellipsis), (252, None)]), 1153)
    raw.execute(s, [int64(3), (252, m.put_str(b"after")), (252, None)])
    assert raw.execute(q, [int64(3)]).rows == [(b"after", None)]
    raw.long_data(s, 77, b"nobody")
    refused(lambda: raw.execute(s, [int64(3), (252, m.put_str(b"no")), (252, None)]), 1210)
    raw.long_data(4711, 0, b"nobody")
    raw.ping()
    raw.send(m.LONG_DATA, b"\1")
    raw.ping()


def test_ids(raw):
    s, _, _ = raw.prepare("SELECT 1")
    for command in (m.EXECUTE, m.RESET):
        raw.send(command, struct.pack("<IBI", s + 100, 0, 1))
        refused(raw.ok, 1243)
    raw.stmt_close(s)
    refused(lambda: raw.execute(s), 1243)
    raw.stmt_close(s)
    raw.stmt_close(12345)
    raw.ping()
    ids = [raw.prepare("SELECT %d" % i)[0] for i in range(20)]
    assert len(set(ids)) == 20
    e = refused(lambda: raw.prepare("SELECT 21"), 1461)
    assert e.state == "42000" and "20" in e.message
    for i, ident in enumerate(ids):
        assert raw.execute(ident).rows == [(i,)]
    raw.stmt_close(ids[3])
    new, _, _ = raw.prepare("SELECT 'new'")
    assert raw.execute(new).rows == [(b"new",)]
    raw.send(m.RESET_CONNECTION)
    raw.ok()
    for ident in ids:
        refused(lambda: raw.execute(ident), 1243)  # noqa: B023
    ids = [raw.prepare("SELECT 1")[0] for _ in range(20)]


def test_malformed_execute(raw):
    s, _, _ = raw.prepare("SELECT id FROM users WHERE id = ? AND i = ?")
    refused(lambda: raw.execute(s, [int64(1), int64(2)], types=False), 1210)
    for body in (b"", b"\1", struct.pack("<I", s), struct.pack("<IBI", s, 0, 1), struct.pack("<IBIB", s, 0, 1, 0),
                 struct.pack("<IBIBB", s, 0, 1, 0, 1), struct.pack("<IBIBBHH", s, 0, 1, 0, 1, 8, 8)):
        raw.send(m.EXECUTE, body)
        with pytest.raises(ServerError):
            raw.result(binary=True)
    assert raw.execute(s, [int64(1), int64(2)]).rows == []


def fill(raw):
    raw.query("INSERT INTO users (id, i, n, v) VALUES " +
              ",".join("(%d,%d,%d.25,'v%d')" % (i, i % 3, i, i % 5) for i in range(1, 61)))
    raw.query("INSERT INTO orders VALUES " + ",".join("(%d,%d,%d.50)" % (i, i % 60 + 1, i) for i in range(200)))


def test_merged_results(raw):
    fill(raw)
    s, _, _ = raw.prepare("SELECT id, v FROM users WHERE id > ? ORDER BY v, id DESC LIMIT ?, ?")
    rows = sorted(((i, b"v%d" % (i % 5)) for i in range(11, 61)), key=lambda r: (r[1], -r[0]))
    assert raw.execute(s, [int64(10), int64(3), int64(20)]).rows == rows[3:23]
    assert raw.execute(s, [int64(10), int64(0), int64(5)], types=False).rows == rows[:5]
    assert raw.execute(s, [int64(10), int64(0), int64(0)], types=False).rows == []
    s, _, _ = raw.prepare("SELECT i, COUNT(*), SUM(n), AVG(n), MIN(id), MAX(id) FROM users WHERE id <= ? GROUP BY i ORDER BY i")
    x = raw.execute(s, [int64(60)])
    for i, count, total, avg, low, high in x.rows:
        ids = [k for k in range(1, 61) if k % 3 == i]
        want = sum(decimal.Decimal(k) + decimal.Decimal("0.25") for k in ids)
        assert count == len(ids) and decimal.Decimal(total.decode()) == want and high == max(ids)
        assert decimal.Decimal(avg.decode()) == (want / len(ids)).quantize(decimal.Decimal("0.00000001"))
        assert low == min(ids)
    assert len(x.rows) == 3
    s, _, _ = raw.prepare("SELECT COUNT(*), SUM(total) FROM orders WHERE total > ?")
    assert raw.execute(s, [text("1000000")]).rows == [(0, None)]
    s, _, _ = raw.prepare("SELECT u.id, SUM(o.total) FROM users u JOIN orders o ON o.user_id = u.id WHERE u.id IN (?,?,?)"
                          " GROUP BY u.id ORDER BY u.id")
    x = raw.execute(s, [int64(3), int64(40), int64(41)])
    assert [r[0] for r in x.rows] == [3, 40, 41]
    s, _, _ = raw.prepare("SELECT DISTINCT v FROM users WHERE i IN (?, ?) ORDER BY v")
    assert raw.execute(s, [int64(0), int64(1)]).rows == [(b"v%d" % i,) for i in range(5)]
    u, _, _ = raw.prepare("UPDATE users SET n = n + ? WHERE i = ?")
    assert raw.execute(u, [text("1.00"), int64(1)]).affected == 20
    d, _, _ = raw.prepare("DELETE FROM orders WHERE user_id IN (?, ?)")
    assert raw.execute(d, [int64(1), int64(2)]).affected == 8


def test_limits_in_a_merge(raw):
    fill(raw)
    s, _, _ = raw.prepare("SELECT id FROM users ORDER BY id LIMIT ?")
    assert [r[0] for r in raw.execute(s, [(3, struct.pack("<i", 4))]).rows] == [1, 2, 3, 4]
    assert [r[0] for r in raw.execute(s, [(8 | 0x8000, struct.pack("<Q", 2 ** 64 - 1))]).rows] == list(range(1, 61))
    if raw.ks == "duo":  # mysqld takes it for a large number
        with pytest.raises(ServerError):
            raw.execute(s, [int64(-1)])
    raw.ping()


def test_columns_change_under_a_statement(raw):
    raw.query("INSERT INTO orders VALUES (1,1,1),(2,2,2),(3,3,3)")
    s, _, columns = raw.prepare("SELECT * FROM orders ORDER BY user_id")
    assert len(columns) == 3 and len(raw.execute(s).rows) == 3
    raw.query("ALTER TABLE orders ADD COLUMN extra VARCHAR(10) DEFAULT 'more'")
    try:
        x = raw.execute(s)
        assert [c.name for c in x.columns] == ["id", "user_id", "total", "extra"]
        assert [r[3] for r in x.rows] == [b"more"] * 3
    finally:
        raw.query("ALTER TABLE orders DROP COLUMN extra")
    x = raw.execute(s)
    assert len(x.columns) == 3 and len(x.rows) == 3


def test_many_executions(raw):
    fill(raw)
    s, _, _ = raw.prepare("SELECT v FROM users WHERE id = ?")
    for i in range(1, 61):
        assert raw.execute(s, [int64(i)], types=i == 1).rows == [(b"v%d" % (i % 5),)]
    big, _, _ = raw.prepare("SELECT id, v FROM users UNION ALL SELECT id, 'o' FROM users")
    try:
        assert len(raw.execute(big).rows) == 120
    except ServerError as e:
        assert e.errno == 1235


CLIENT = r"""
#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static void die(MYSQL *m, MYSQL_STMT *s) { printf("%s %s\n", mysql_error(m), s ? mysql_stmt_error(s) : ""); exit(1); }
int main(int c, char **v)
{
	MYSQL *m = mysql_init(NULL);
	MYSQL_STMT *s;
	MYSQL_BIND b[3], r[3];
	long long id, got;
	char blob[200000], name[300];
	unsigned long n, nlen, blen;
	my_bool null = 0, isnull;
	int rows = 0;
	(void)c;
	if (!mysql_real_connect(m, "127.0.0.1", "root", "", v[2], atoi(v[1]), NULL, CLIENT_MULTI_STATEMENTS)) die(m, NULL);
	s = mysql_stmt_init(m);
	if (mysql_stmt_prepare(s, "INSERT INTO users (id, v, bl) VALUES (?,?,?)", 44)) die(m, s);
	if (mysql_stmt_param_count(s) != 3) die(m, s);
	memset(b, 0, sizeof b);
	b[0].buffer_type = MYSQL_TYPE_LONGLONG; b[0].buffer = &id;
	b[1].buffer_type = MYSQL_TYPE_STRING; b[1].buffer = name; b[1].length = &n; b[1].buffer_length = sizeof name;
	b[1].is_null = &null;
	b[2].buffer_type = MYSQL_TYPE_BLOB;
	if (mysql_stmt_bind_param(s, b)) die(m, s);
	for (id = 1; id <= 50; id++) {
		n = (unsigned long)snprintf(name, sizeof name, "name-%lld", id);
		null = id % 7 == 0;
		memset(blob, (int)id, sizeof blob);
		for (int k = 0; k < 3; k++)
			if (mysql_stmt_send_long_data(s, 2, blob, (unsigned long)id * 100)) die(m, s);
		if (mysql_stmt_execute(s)) die(m, s);
		if (mysql_stmt_affected_rows(s) != 1) die(m, s);
	}
	mysql_stmt_close(s);
	s = mysql_stmt_init(m);
	if (mysql_stmt_prepare(s, "SELECT id, v, bl FROM users WHERE id >= ? ORDER BY id", 53)) die(m, s);
	if (mysql_stmt_field_count(s) != 3) die(m, s);
	memset(b, 0, sizeof b);
	b[0].buffer_type = MYSQL_TYPE_LONGLONG; b[0].buffer = &id;
	for (int mode = 0; mode < 2; mode++) {
		if (mysql_stmt_bind_param(s, b)) die(m, s);
		id = 1;
		if (mysql_stmt_execute(s)) die(m, s);
		memset(r, 0, sizeof r);
		r[0].buffer_type = MYSQL_TYPE_LONGLONG; r[0].buffer = &got;
		r[1].buffer_type = MYSQL_TYPE_STRING; r[1].buffer = name; r[1].buffer_length = sizeof name; r[1].length = &nlen;
		r[1].is_null = &isnull;
		r[2].buffer_type = MYSQL_TYPE_BLOB; r[2].buffer = blob; r[2].buffer_length = sizeof blob; r[2].length = &blen;
		if (mysql_stmt_bind_result(s, r)) die(m, s);
		if (mode && mysql_stmt_store_result(s)) die(m, s);
		for (rows = 0; mysql_stmt_fetch(s) == 0; rows++) {
			char want[300];
			snprintf(want, sizeof want, "name-%lld", got);
			if (got != rows + 1 || isnull != (got % 7 == 0) || blen != (unsigned long)got * 300) die(m, s);
			if (!isnull && (nlen != strlen(want) || memcmp(want, name, nlen))) die(m, s);
			for (unsigned long k = 0; k < blen; k++) if (blob[k] != (char)got) die(m, s);
		}
		if (rows != 50) { printf("rows %d\n", rows); die(m, s); }
		mysql_stmt_free_result(s);
	}
	if (mysql_stmt_reset(s)) die(m, s);
	mysql_stmt_close(s);
	mysql_close(m);
	puts("ok");
	return 0;
}
"""


@pytest.mark.parametrize("ks", ["uno", "duo"])
def test_connector_c(gate, tmp_path, ks):
    (tmp_path / "client.c").write_text(textwrap.dedent(CLIENT))
    subprocess.run("cc -O1 -o client client.c $(mariadb_config --cflags --libs)", shell=True, cwd=tmp_path, check=True)
    r = Raw(gate.address)
    r.login(db=ks)
    r.query("DELETE FROM users")
    p = subprocess.run([str(tmp_path / "client"), str(gate.port), ks], stdout=subprocess.PIPE, text=True, timeout=60)
    assert p.returncode == 0 and p.stdout == "ok\n", p.stdout
    r.close()


@pytest.mark.parametrize("ks", ["uno", "duo"])
def test_text_protocol_values(gate, ks):
    """The same values through PyMySQL, as Python sees them."""
    import pymysql
    c = pymysql.connect(host="127.0.0.1", port=gate.port, user="root", database=ks, autocommit=True)
    with c.cursor() as cur:
        cur.execute("DELETE FROM users")
        cur.execute("INSERT INTO users (id, n, da, dt, bl) VALUES (%s,%s,%s,%s,%s)",
                    (1, decimal.Decimal("1.5"), datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 1, 2, 3, 4),
                     b"\0\xff'"))
        cur.execute("SELECT n, da, dt, bl FROM users ORDER BY id")
        assert cur.fetchall() == ((decimal.Decimal("1.5000"), datetime.date(2024, 2, 29),
                                   datetime.datetime(2024, 2, 29, 1, 2, 3, 4), b"\0\xff'"),)
    c.close()
