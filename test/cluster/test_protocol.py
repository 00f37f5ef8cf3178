"""What a client sees of the MySQL protocol: logging in, commands, packets, limits."""
import hashlib
import json
import os
import socket
import struct
import subprocess
import threading
import time

import pymysql
import pytest

import mysql_raw as m
from gate_process import Gate
from mysql_raw import Raw, ServerError

SCHEMA = "CREATE TABLE items (id BIGINT NOT NULL PRIMARY KEY, v LONGBLOB);"
VSCHEMA = {"sharded": True, "vindexes": {"hash": {"type": "hash"}},
           "tables": {"items": {"column_vindexes": [{"column": "id", "name": "hash"}]}}}


@pytest.fixture(scope="module")
def cluster(start_cluster):
    return start_cluster({"keyspaces": {
        "uno": {"shards": ["-"], "replicas": 0, "schema": SCHEMA, "vschema": {"sharded": False, "tables": {}}},
        "duo": {"shards": ["-80", "80-"], "replicas": 0, "schema": SCHEMA, "vschema": VSCHEMA}}})


def native_hash(password):
    return "*" + hashlib.sha1(hashlib.sha1(password).digest()).hexdigest().upper()


SECRET = b"p\xc3\xa4ssword"


def crypt_sha256(password, salt, rounds):
    """SHA-crypt with a 20 byte salt, which crypt(3) cuts off at 16: what MySQL stores."""
    def digest(*parts):
        return hashlib.sha256(b"".join(parts)).digest()

    b = digest(password, salt, password)
    a = password + salt + (b * (len(password) // 32 + 1))[:len(password)]
    n = len(password)
    while n:
        a += b if n & 1 else password
        n >>= 1
    a = digest(a)
    dp = digest(password * len(password))
    p = (dp * (len(password) // 32 + 1))[:len(password)]
    ds = digest(salt * (16 + a[0]))
    s = (ds * (len(salt) // 32 + 1))[:len(salt)]
    c = a
    for i in range(rounds):
        c = digest(p if i & 1 else c, s if i % 3 else b"", p if i % 7 else b"", c if i & 1 else p)
    order = [(0, 10, 20), (21, 1, 11), (12, 22, 2), (3, 13, 23), (24, 4, 14), (15, 25, 5), (6, 16, 26),
             (27, 7, 17), (18, 28, 8), (9, 19, 29)]
    chars = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    out = ""
    for x, y, z in order:
        w = c[x] << 16 | c[y] << 8 | c[z]
        for _ in range(4):
            out, w = out + chars[w & 63], w >> 6
    w = c[31] << 8 | c[30]
    for _ in range(3):
        out, w = out + chars[w & 63], w >> 6
    return out


def stored_sha2(password):
    salt = b"MySaltMySaltMySaltMy"
    return "$A$005$" + salt.decode() + crypt_sha256(password, salt, 5000)


@pytest.fixture(scope="module")
def certs(tmp_path_factory):
    d = tmp_path_factory.mktemp("certs")

    def openssl(*args):
        subprocess.run(["openssl", *args], cwd=d, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "30",
            "-subj", "/CN=test ca")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "gate.key", "-out", "gate.csr", "-subj", "/CN=localhost")
    (d / "ext").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "gate.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30",
            "-extfile", "ext", "-out", "gate.pem")
    return d


USERS = {"root": "", "nat": native_hash(SECRET), "sha": stored_sha2(SECRET), "none": {"password": ""},
         "far": {"password": "", "hosts": ["10.9.8.7"]}, "near": {"password": "", "hosts": ["10.9.8.7", "127.0.0.1"]},
         "safe": {"password": native_hash(SECRET), "tls": True}}


@pytest.fixture(scope="module")
def users_file(tmp_path_factory):
    p = tmp_path_factory.mktemp("users") / "users.json"
    p.write_text(json.dumps(USERS))
    return p


@pytest.fixture(scope="module")
def gate(cluster, certs, users_file, tmp_path_factory):
    g = Gate(cluster.info()["topo"]["address"], tmp_path_factory.mktemp("gate"), "--users", str(users_file), "--tls-cert",
             str(certs / "gate.pem"), "--tls-key", str(certs / "gate.key"), "--max-allowed-packet", "40M",
             "--max-prepared", "20", "--log-level", "info")
    yield g
    assert g.stop() == 0, g.text()


@pytest.fixture
def raw(gate):
    r = Raw(gate.address)
    r.login(db="duo", caps=m.CAP_DEPRECATE_EOF | m.CAP_MULTI)
    yield r
    r.close()


def refused(fn, errno):
    with pytest.raises(ServerError) as e:
        fn()
    assert e.value.errno == errno, e.value
    return e.value


# --- logging in ---


def test_greeting(gate):
    a, b = Raw(gate.address), Raw(gate.address)
    assert "MariaDB" in a.version and a.plugin == "caching_sha2_password" and a.id != b.id
    assert a.nonce != b.nonce and 0 not in a.nonce and len(a.nonce) == 20
    assert a.offered & m.CAP_SSL and a.status & m.AUTOCOMMIT


@pytest.mark.parametrize("plugin", ["mysql_native_password", "caching_sha2_password"])
def test_native_user(gate, plugin):
    r = Raw(gate.address)
    r.login("nat", SECRET, plugin=plugin)
    assert r.more_auth == ([] if plugin == "mysql_native_password" else ["switch mysql_native_password"])
    assert r.rows("SELECT USER()")[0][0].startswith(b"nat@")


def test_sha2_over_rsa_then_fast(cluster, users_file, tmp_path):
    g = Gate(cluster.info()["topo"]["address"], tmp_path, "--users", str(users_file))
    refused(lambda: Raw(g.address).login("sha", b"wrong"), 1045)
    r = Raw(g.address)
    r.login("sha", SECRET)
    assert r.more_auth == ["full", "rsa"]
    refused(lambda: Raw(g.address).login("sha", b"wrong"), 1045)
    r = Raw(g.address)
    r.login("sha", SECRET)
    assert r.more_auth == ["fast"]
    r = Raw(g.address)
    r.login("sha", SECRET, plugin="mysql_native_password")
    assert r.more_auth == ["switch caching_sha2_password", "fast"]
    g.hangup("event=reload")  # new users: what was learned is forgotten
    r = Raw(g.address)
    r.login("sha", SECRET)
    assert r.more_auth == ["full", "rsa"] or r.more_auth == ["fast"]
    assert g.stop() == 0


@pytest.mark.parametrize("way", ["tls", "unix"])
def test_sha2_in_clear(cluster, certs, users_file, tmp_path, way):
    g = Gate(cluster.info()["topo"]["address"], tmp_path, "--users", str(users_file), "--tls-cert", str(certs / "gate.pem"),
             "--tls-key", str(certs / "gate.key"))
    for expected in (["full"], ["fast"]):
        r = Raw(g.socket if way == "unix" else g.address)
        if way == "tls":
            r.start_tls()
        r.login("sha", SECRET)
        assert r.more_auth == expected
        r.ping()
        wrong = Raw(g.socket if way == "unix" else g.address)
        if way == "tls":
            wrong.start_tls()
        refused(lambda: wrong.login("sha", b"wrong"), 1045)  # noqa: B023
    assert g.stop() == 0


def test_denied(gate):
    e = refused(lambda: Raw(gate.address).login("nat", b"wrong"), 1045)
    assert e.state == "28000" and "'nat'@'127.0.0.1' (using password: YES)" in e.message
    e = refused(lambda: Raw(gate.address).login("nat", b""), 1045)
    assert "(using password: NO)" in e.message
    refused(lambda: Raw(gate.address).login("nobody", b"x"), 1045)
    refused(lambda: Raw(gate.address).login("nobody", b""), 1045)
    refused(lambda: Raw(gate.address).login("none", b"x"), 1045)
    refused(lambda: Raw(gate.address).login("NAT", SECRET), 1045)
    refused(lambda: Raw(gate.address).login("sha", b""), 1045)
    r = Raw(gate.address)
    with pytest.raises(ServerError):
        r.login("nat", b"wrong")
    with pytest.raises((EOFError, OSError)):
        r.ping()
    Raw(gate.address).login("none", b"")


def test_unknown_users_look_like_others(gate):
    """Names cannot be probed: the same packets until the verdict."""
    steps = []
    for user in ("nobody", "sha"):
        r = Raw(gate.address)
        refused(lambda: r.login(user, b"wrong password"), 1045)
        steps.append(r.more_auth)
    assert steps[0] == steps[1]


def test_hosts(gate):
    refused(lambda: Raw(gate.address).login("far", b""), 1045)
    Raw(gate.address).login("near", b"")
    Raw(gate.socket).login("far", b"")


def test_user_that_needs_tls(gate):
    refused(lambda: Raw(gate.address).login("safe", SECRET), 1045)
    Raw(gate.socket).login("safe", SECRET)
    r = Raw(gate.address)
    r.start_tls()
    r.login("safe", SECRET)
    assert r.rows("SELECT 1+1") == [(b"2",)]


def test_require_tls(cluster, certs, tmp_path):
    g = Gate(cluster.info()["topo"]["address"], tmp_path, "--require-tls", "--tls-cert", str(certs / "gate.pem"), "--tls-key",
             str(certs / "gate.key"))
    refused(lambda: Raw(g.address).login(), 3159)
    r = Raw(g.address)
    r.start_tls()
    r.login()
    Raw(g.socket).login()
    assert g.stop() == 0
    bad = Gate(cluster.info()["topo"]["address"], tmp_path, "--require-tls", wait=False)
    assert bad.p.wait(20) == 1 and "--require-tls needs" in bad.text()


def test_tls_versions_and_clients(gate, certs):
    import ssl
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        ctx = ssl.create_default_context(cafile=str(certs / "ca.pem"))
        ctx.minimum_version = ctx.maximum_version = version
        r = Raw(gate.address)
        r.start_tls(ctx)
        r.login("sha", SECRET)
        big = b"x" * 3000000
        assert r.rows(b"SELECT '" + big + b"'") == [(big,)]
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with pytest.raises((OSError, EOFError)):
        r = Raw(gate.address)
        r.start_tls(old)
        r.login()
    for tls in ("TLSv1.2", "TLSv1.3"):
        out = subprocess.run(["mariadb", "-h127.0.0.1", "-P%d" % gate.port, "-unat", "-p" + SECRET.decode(), "duo",
                              "--ssl-ca=%s" % (certs / "ca.pem"), "--ssl-verify-server-cert", "--tls-version=" + tls,
                              "-N", "-e", "SELECT 42"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert out.returncode == 0 and "42" in out.stdout, out.stdout
    c = pymysql.connect(host="127.0.0.1", port=gate.port, user="sha", password=SECRET, database="duo",
                        ssl={"ca": str(certs / "ca.pem")})
    c.ping()
    c.close()


def test_users_are_read_again(cluster, tmp_path):
    f = tmp_path / "users.json"
    f.write_text(json.dumps({"a": ""}))
    g = Gate(cluster.info()["topo"]["address"], tmp_path, "--users", str(f))
    old = Raw(g.address)
    old.login("a")
    f.write_text(json.dumps({"b": native_hash(SECRET)}))
    g.hangup("event=reload")
    old.ping()  # who is in stays in
    refused(lambda: Raw(g.address).login("a"), 1045)
    Raw(g.address).login("b", SECRET)
    for i, (broken, why) in enumerate([("{", "users file"), ('{"c": "plain text"}', 'user "c"'), ("[]", "one JSON object"),
                                       ('{"c": {"password": "", "host": []}}', '"host"')]):
        f.write_text(broken)
        g.hangup("event=reload problem=", i + 1)
        Raw(g.address).login("b", SECRET)
        refused(lambda: Raw(g.address).login("c"), 1045)
        line = [x for x in g.text().splitlines() if "event=reload problem=" in x][-1]
        assert str(f) in line and why in line, line
    os.unlink(f)
    g.hangup("event=reload problem=", 5)
    Raw(g.address).login("b", SECRET)
    assert g.stop() == 0


def test_broken_users_file_at_start(cluster, tmp_path):
    f = tmp_path / "users.json"
    f.write_text('{"a": "secret"}')
    g = Gate(cluster.info()["topo"]["address"], tmp_path, "--users", str(f), wait=False)
    assert g.p.wait(20) == 1
    assert 'user "a"' in g.text() and "secret" not in g.text().replace(str(f), "")


def test_connect_attributes_and_database(gate):
    r = Raw(gate.address)
    r.login(db="duo", attrs={b"_client_name": b"raw", b"x" * 300: b"y" * 5000})
    assert r.rows("SELECT DATABASE()") == [(b"duo",)]
    r = Raw(gate.address)
    e = refused(lambda: r.login(db="nothere"), 1049)
    assert e.message == "Unknown database 'nothere'"
    r = Raw(gate.address)
    r.login(db="duo:-80@primary")
    r.rows("SELECT COUNT(*) FROM items")


# --- commands ---


def test_simple_commands(raw):
    raw.ping()
    raw.send(m.INIT_DB, b"uno")
    raw.ok()
    assert raw.rows("SELECT DATABASE()") == [(b"uno",)]
    raw.send(m.INIT_DB, b"none")
    assert refused(raw.ok, 1049).state == "42000"
    assert raw.rows("SELECT DATABASE()") == [(b"uno",)]
    raw.send(m.STATISTICS)
    assert raw.read().startswith(b"Uptime: ")
    for command in (0, 5, 8, 10, 11, 13, 18, 32, 77, 255):
        raw.send(command, b"some bytes")
        refused(raw.ok, 1047)
    raw.ping()
    raw.send(m.QUIT)
    with pytest.raises(EOFError):
        raw.read()


def test_set_option(gate):
    r = Raw(gate.address)
    r.login(db="uno")
    refused(lambda: r.results("SELECT 1; SELECT 2"), 1064)
    for option, n in ((0, 2), (1, None)):
        r.send(m.SET_OPTION, struct.pack("<H", option))
        p = r.read()
        assert p[0] == 0xfe and len(p) == 5
        if n:
            assert [x.rows for x in r.results("SELECT 1; SELECT 2")] == [[(b"1",)], [(b"2",)]]
        else:
            refused(lambda: r.results("SELECT 1; SELECT 2"), 1064)
    for body in (b"", b"\1", b"\5\0"):
        r.send(m.SET_OPTION, body)
        with pytest.raises(ServerError):
            r.ok()
    r.ping()


def test_multi_statements(raw):
    raw.query("DELETE FROM items")
    out = raw.results("INSERT INTO items VALUES (1,'a'),(2,'b'); SELECT id FROM items ORDER BY id;"
                      " UPDATE items SET v = 'c' WHERE id = 2; SELECT v FROM items WHERE id = 2 ;")
    assert [o.rows for o in out] == [[], [(b"1",), (b"2",)], [], [(b"c",)]] and out[0].affected == 2
    raw.send(m.QUERY, b"SELECT 1; SELECT nope FROM items; SELECT 3")
    assert raw.result().status & m.MORE_RESULTS
    refused(raw.result, 1054)
    raw.ping()
    for empty in (b"", b";", b"   "):
        raw.send(m.QUERY, empty)
        refused(raw.result, 1065)
    assert [o.rows for o in raw.results("SELECT 1; ; ")][0] == [(b"1",)]
    raw.ping()


def state_of(r):
    return r.rows("SELECT @@sql_mode, @x, @@autocommit, @@time_zone")


@pytest.mark.parametrize("how", ["reset", "change_user"])
@pytest.mark.parametrize("ks", ["uno", "duo"])
def test_everything_is_forgotten(gate, how, ks):
    r = Raw(gate.address)
    r.login(db=ks)
    r.query("DELETE FROM items")
    fresh = state_of(r)
    r.query("SET sql_mode='ANSI_QUOTES', time_zone='+03:00', @x = 7")
    if ks == "uno":
        r.query("CREATE TEMPORARY TABLE tmp (a INT)")
        r.query("INSERT INTO tmp VALUES (1)")
    stmt, _, _ = r.prepare("SELECT COUNT(*) FROM items")
    r.query("SET autocommit = 0")
    r.query("INSERT INTO items VALUES (1,'a'),(2,'b'),(3,'c')")
    assert state_of(r) != fresh
    if how == "reset":
        r.send(m.RESET_CONNECTION)
        assert r.ok().status & (m.IN_TRANS | m.AUTOCOMMIT) == m.AUTOCOMMIT
        assert r.rows("SELECT DATABASE()") == [(ks.encode(),)]
    else:
        change_user(r, "nat", SECRET, ks)
        assert r.rows("SELECT USER()")[0][0].startswith(b"nat@")
    assert state_of(r) == fresh
    assert r.rows("SELECT COUNT(*) FROM items") == [(b"0",)]
    refused(lambda: r.execute(stmt), 1243)
    if ks == "uno":
        refused(lambda: r.query("SELECT * FROM tmp"), 1146)
    r.close()


def change_user(r, user, password, db=""):
    nonce = r.nonce
    a = r.native(password, nonce)
    r.send(m.CHANGE_USER, user.encode() + b"\0" + bytes([len(a)]) + a + db.encode() + b"\0" + struct.pack("<H", 45)
           + b"mysql_native_password\0")
    return r.prove(password, nonce)


def test_change_user(gate):
    r = Raw(gate.address)
    r.login(db="duo")
    change_user(r, "sha", SECRET)
    assert r.rows("SELECT DATABASE()") == [(None,)]
    change_user(r, "none", b"")
    change_user(r, "nat", SECRET, "uno")
    assert r.rows("SELECT DATABASE()") == [(b"uno",)]
    refused(lambda: change_user(r, "nat", b"wrong"), 1045)
    r.ping()  # as on a server: the connection stays the old user's
    r = Raw(gate.address)
    r.login()
    refused(lambda: change_user(r, "nat", SECRET, "nothere"), 1049)
    r = Raw(gate.address)
    r.login()
    refused(lambda: change_user(r, "safe", SECRET), 1045)


def test_kill(gate):
    def sleeper(out):
        r = Raw(gate.address)
        r.login(db="uno")
        out.append(r)
        try:
            out.append(r.rows("SELECT SLEEP(15)"))
        except (ServerError, EOFError, OSError) as e:
            out.append(e)

    for how in ("KILL QUERY %d", "KILL %d", "com"):
        got = []
        t = threading.Thread(target=sleeper, args=(got,))
        t.start()
        while not got:
            time.sleep(0.01)
        time.sleep(0.4)
        k = Raw(gate.address)
        k.login()
        began = time.monotonic()
        if how == "com":
            k.send(m.PROCESS_KILL, struct.pack("<I", got[0].id))
            k.ok()
        else:
            k.query(how % got[0].id)
        t.join(10)
        assert not t.is_alive() and time.monotonic() - began < 5
        assert isinstance(got[1], (ServerError, EOFError)), got
        if how.startswith("KILL QUERY"):
            assert got[1].errno == 1317
            got[0].ping()
        else:
            with pytest.raises((EOFError, OSError)):
                got[0].ping()
    k = Raw(gate.address)
    k.login()
    refused(lambda: k.query("KILL 4000000"), 1094)
    other = Raw(gate.address)
    other.login("none")
    refused(lambda: k.query("KILL %d" % other.id), 1094)
    other.ping()
    idle = Raw(gate.address)
    idle.login()
    k.query("KILL QUERY %d" % idle.id)
    idle.ping()
    k.query("KILL %d" % idle.id)
    with pytest.raises((EOFError, OSError)):
        idle.ping()
    refused(lambda: k.query("KILL %d" % k.id), 1317)
    with pytest.raises((EOFError, OSError)):
        k.ping()


@pytest.mark.parametrize("ks", ["uno", "duo"])
def test_found_rows(gate, ks):
    for caps, n in ((0, 1), (m.CAP_FOUND_ROWS, 3)):
        r = Raw(gate.address)
        r.login(db=ks, caps=caps)
        r.query("REPLACE INTO items VALUES (1,'a'),(2,'a'),(3,'b')")
        r.query("UPDATE items SET v = IF(id = 3, 'b', 'a')")
        assert r.query("UPDATE items SET v = 'a'").affected == n


@pytest.mark.parametrize("ks", ["uno", "duo"])
@pytest.mark.parametrize("sql", ["SELECT id, v FROM items", "SELECT id, v FROM items ORDER BY v", "SHOW DATABASES",
                                 "SELECT COUNT(*), MAX(v) FROM items", "SELECT 1", "SELECT @@autocommit"])
def test_ends_of_results(gate, ks, sql):
    """The same rows with and without EOF packets, and the right packets."""
    got = []
    for caps in (0, m.CAP_DEPRECATE_EOF):
        r = Raw(gate.address)
        r.login(db=ks, caps=caps)
        r.query("REPLACE INTO items VALUES (1,'a'),(2,'b'),(3,NULL)")
        x = r.query(sql)
        n = len(x.columns)
        eof = [] if caps else ["eof"]
        assert x.kinds == ["count"] + ["col"] * n + eof + ["row"] * len(x.rows) + (["ok"] if caps else ["eof"])
        assert x.status & m.AUTOCOMMIT
        s, params, columns = r.prepare(sql)
        y = r.execute(s)
        assert y.kinds == x.kinds and not params and len(columns) in (0, n)
        got.append((sorted(x.rows, key=repr), sorted(y.rows, key=repr), [c.type for c in x.columns]))
    assert got[0] == got[1]


# --- packets ---


@pytest.mark.parametrize("ks", ["uno", "duo"])
@pytest.mark.parametrize("size", [m.FULL - 1, m.FULL, m.FULL + 1, 2 * m.FULL])
def test_big_packets(gate, ks, size):
    r = Raw(gate.address, timeout=60)
    r.login(db=ks)
    r.query("DELETE FROM items")
    # the packet to the gate: command, text
    head, tail = b"INSERT INTO items VALUES (5,'", b"')"
    n = size - 1 - len(head) - len(tail)
    assert r.query(head + b"q" * n + tail).affected == 1
    assert r.rows("SELECT LENGTH(v), MD5(v) FROM items") == [
        (str(n).encode(), hashlib.md5(b"q" * n).hexdigest().encode())]
    # the packet back: length-encoded length, value
    back = size - 4 if size - 4 < 1 << 24 else size - 9
    lead = 4 if size - 4 < 1 << 24 else 9
    assert lead + back == size
    got = r.rows("SELECT RPAD(v, %d, 'z') FROM items WHERE id = 5" % back)
    assert got == [(b"q" * min(n, back) + b"z" * max(0, back - n),)]
    s, _, _ = r.prepare("SELECT RPAD(v, ?, 'z') FROM items ORDER BY id")
    assert r.execute(s, [m.int64(back)]).rows == got
    r.query("DELETE FROM items")


def test_too_big(cluster, tmp_path):
    g = Gate(cluster.info()["topo"]["address"], tmp_path, "--max-allowed-packet", "1M")
    r = Raw(g.address)
    r.login(db="duo")
    assert r.rows(b"SELECT LENGTH('" + b"x" * ((1 << 20) - 60) + b"')") == [(str((1 << 20) - 60).encode(),)]
    r.send(m.QUERY, b"SELECT '" + b"x" * (1 << 20) + b"'")
    assert refused(r.result, 1153).state == "08S01"
    assert r.rows("SELECT 1+1") == [(b"2",)]
    r.send(m.QUERY, b"SELECT '" + b"x" * (2 * m.FULL + 5) + b"'")
    refused(r.result, 1153)
    r.ping()
    r = Raw(g.address)
    try:
        r.write(b"\x85\xa2\x03\0" + b"u" * 3000000)
        r.read()
    except (OSError, EOFError):
        pass
    r = Raw(g.address)
    r.login()
    assert g.stop() == 0


# --- limits ---


def test_limits(cluster, tmp_path):
    g = Gate(cluster.info()["topo"]["address"], tmp_path, "--max-connections", "3", "--connect-timeout", "2s", "--idle-timeout",
             "3s")
    open_ones = [Raw(g.address) for _ in range(3)]
    e = refused(lambda: Raw(g.address), 1040)
    assert e.message == "Too many connections"
    open_ones[0].login(db="uno")
    began = time.monotonic()
    with pytest.raises((EOFError, OSError)):
        open_ones[1].read()
    assert 1 < time.monotonic() - began < 5
    open_ones[0].ping()
    assert open_ones[0].rows("SELECT SLEEP(4)") == [(b"0",)]  # a running statement is not idle
    began = time.monotonic()
    with pytest.raises((EOFError, OSError)):
        open_ones[0].read()
    assert 2 < time.monotonic() - began < 6
    r = Raw(g.address)
    r.login()
    r.ping()
    assert g.stop() == 0


@pytest.mark.parametrize("ks", ["uno", "duo"])
def test_errors_leave_the_session_usable(gate, ks):
    r = Raw(gate.address)
    r.login(db=ks)
    r.query("DELETE FROM items")
    for bad, errno in (("SELEC", 1064), ("SELECT nope FROM items", 1054), ("SELECT * FROM nope", 1146),
                       ("SET @@nope = 1", 1193), ("USE nope", 1049), ("INSERT INTO items VALUES (1)", 1136)):
        refused(lambda: r.query(bad), errno)
        assert r.rows("SELECT COUNT(*) FROM items") == [(b"0",)]
    r.query("BEGIN")
    r.query("INSERT INTO items VALUES (1,'a'),(2,'b')")
    refused(lambda: r.query("INSERT INTO items VALUES (1,'b')"), 1062)
    assert r.query("SELECT COUNT(*) FROM items").status & m.IN_TRANS
    r.query("COMMIT")
    assert r.rows("SELECT COUNT(*) FROM items") == [(b"2",)]


def test_drain_tells_idle_clients(cluster, tmp_path):
    g = Gate(cluster.info()["topo"]["address"], tmp_path, "--drain-timeout", "10s")
    idle, busy = Raw(g.address), Raw(g.address)
    idle.login()
    busy.login(db="uno")
    busy.query("BEGIN")
    g.p.terminate()
    with pytest.raises((EOFError, OSError)):
        idle.read()
        idle.ping()
    assert busy.rows("SELECT 1 FROM DUAL") == [(b"1",)]
    busy.query("COMMIT")
    assert g.stop() == 0


@pytest.mark.parametrize("ks", ["uno", "duo"])
@pytest.mark.parametrize("binary", [False, True])
def test_warnings(gate, ks, binary):
    r = Raw(gate.address)
    r.login(db=ks, caps=m.CAP_MULTI)
    r.query("SET sql_mode = ''")

    def run(sql):
        return r.execute(r.prepare(sql)[0]) if binary else r.query(sql)

    def shown(sql="SHOW WARNINGS"):
        return r.rows(sql)

    r.query("DELETE FROM items")
    assert shown() == [] and r.rows("SHOW COUNT(*) WARNINGS") == [(b"0",)]
    run("INSERT IGNORE INTO items VALUES (1,'a'),(2,'b'),(3,'c'),(4,'d')")
    x = run("INSERT IGNORE INTO items VALUES (1,'a'),(2,'b'),(3,'c'),(4,'d'),(5,'e')")
    assert x.affected == 1 and x.warnings == 4
    got = shown()
    assert len(got) == 4 and all(w[:2] == (b"Warning", b"1062") for w in got) and len(set(got)) == 4
    assert shown() == got  # looking does not forget
    assert shown("SHOW WARNINGS LIMIT 1") == got[:1] and shown("SHOW WARNINGS LIMIT 1, 2") == got[1:3]
    assert shown("SHOW ERRORS") == [] and r.rows("SHOW COUNT(*) WARNINGS") == [(b"4",)]
    assert r.rows("SELECT @@warning_count, @@error_count") == [(b"4", b"0")]
    x = run("SELECT COUNT(*) FROM items WHERE CAST('12x' AS SIGNED) = 12")
    assert x.warnings >= 1 and shown()[0][:2] == (b"Warning", b"1292")
    with pytest.raises(ServerError) as e:
        r.query("SELECT nope FROM items")
    assert shown() == shown("SHOW ERRORS") == [(b"Error", b"1054", e.value.message.encode())]
    assert r.rows("SHOW COUNT(*) ERRORS") == [(b"1",)]
    run("SELECT COUNT(*) FROM items")
    assert shown() == [] and r.rows("SELECT @@warning_count") == [(b"0",)]
    run("DROP TABLE IF EXISTS nosuchtable") if ks == "uno" else None
    if ks == "uno":
        assert shown()[0][:2] == (b"Note", b"1051")
    # in a transaction, which goes on
    r.query("BEGIN")
    x = run("INSERT IGNORE INTO items VALUES (1,'x'),(2,'x'),(11,'x'),(12,'x')")
    assert x.affected == 2 and len(shown()) == 2
    r.query("ROLLBACK")
    assert r.rows("SELECT COUNT(*) FROM items") == [(b"5",)]
    run("INSERT IGNORE INTO items VALUES (1,'a')")
    r.send(m.RESET_CONNECTION)
    r.ok()
    assert shown() == []
    # no more than mysqld keeps
    r.query("INSERT IGNORE INTO items VALUES " + ",".join("(%d,'')" % i for i in range(200)))
    x = r.query("INSERT IGNORE INTO items VALUES " + ",".join("(%d,'')" % i for i in range(200)))
    assert x.warnings == 200 or x.warnings == 64 or ks == "duo"
    assert len(shown()) == 64
    r.query("DELETE FROM items")
