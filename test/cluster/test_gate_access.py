"""Who gets in at the gate, and what one user learns of the others. Each test names its line of issue 8."""
import glob
import json
import os
import subprocess
import threading
import time

import pymysql
import pytest

from conftest import BIN
from gate_process import Gate
from mysql_raw import CHANGE_USER, Raw, ServerError

SCHEMA = "CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, v VARCHAR(100));"


@pytest.fixture(scope="module")
def access_cluster(start_cluster):
    return start_cluster({"users": {"root": "", "ann": "ann's secret", "bob": "bob's secret",
                                    "dba": {"password": "dba's secret", "process": True}}, "keyspaces": {
        "uno": {"shards": ["-"], "replicas": 0, "schema": SCHEMA, "vschema": {"sharded": False, "tables": {}}}}})


def connect(cluster, user="ann", password=None, **kw):
    return pymysql.connect(host="127.0.0.1", port=cluster.mysql_port, user=user, database="uno", autocommit=True, read_timeout=20,
                           password=f"{user}'s secret" if password is None else password, **kw)


def run(conn, *statements):
    with conn.cursor() as cur:
        for s in statements:
            cur.execute(s)
        return cur.fetchall()


def test_no_users_file(access_cluster, tmp_path):
    """Issue 8, C 5: without --users only the gate's own user gets in, over the unix socket."""
    g = Gate(access_cluster.info()["topo"]["address"], tmp_path, users=False, wait=False)
    try:
        end = time.monotonic() + 20
        while "event=schema keyspace=uno" not in g.text():
            assert time.monotonic() < end, g.text()
            time.sleep(0.05)
        for user in ("root", "ann", ""):
            with pytest.raises(pymysql.MySQLError) as e:
                pymysql.connect(host="127.0.0.1", port=g.port, user=user)
            assert e.value.args[0] == 1045
        c = pymysql.connect(unix_socket=g.socket, user="root")
        assert run(c, "SELECT 1") == ((1,),)
        if os.geteuid() == 0:
            pid = os.fork()
            if pid == 0:  # as another user: the socket lets it connect, the gate does not let it in
                os.chmod(g.socket, 0o777)
                os.setuid(65534)
                try:
                    pymysql.connect(unix_socket=g.socket, user="root")
                    os._exit(1)
                except pymysql.MySQLError as err:
                    os._exit(0 if err.args[0] in (1045, 2003) else 2)
            assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    finally:
        g.stop()


def test_processlist_is_the_gates(access_cluster):
    """Issue 8, C 6: own connections with the gate's ids, nobody else's; KILL takes these ids."""
    ann, ann2, bob = connect(access_cluster), connect(access_cluster), connect(access_cluster, "bob")
    rows = run(ann, "SHOW PROCESSLIST")
    assert {r[0] for r in rows} == {ann.thread_id(), ann2.thread_id()}
    mine = next(r for r in rows if r[0] == ann.thread_id())
    assert mine[1:5] == ("ann", "127.0.0.1", "uno", "Query") and mine[7] == "SHOW PROCESSLIST"
    secret = "SELECT SLEEP(5) /* bob's business */"

    def sleep():
        try:
            run(bob, secret)
        except pymysql.MySQLError:
            pass

    t = threading.Thread(target=sleep)
    t.start()
    try:
        for sql in ("SHOW FULL PROCESSLIST", "SHOW PROCESSLIST"):
            assert "business" not in str(run(ann, sql))
        for sql in ("SELECT * FROM information_schema.processlist", "SELECT * FROM information_schema.innodb_trx",
                    "SELECT 1 FROM (SELECT info FROM information_schema.PROCESSLIST) x"):
            with pytest.raises(pymysql.MySQLError) as e:
                run(ann, sql)
            assert e.value.args[0] == 1227
        with pytest.raises(pymysql.MySQLError) as e:
            run(ann, f"KILL {bob.thread_id()}")
        assert e.value.args[0] == 1094
    finally:
        run(connect(access_cluster, "bob"), f"KILL QUERY {bob.thread_id()}")
        t.join()
    dba = connect(access_cluster, "dba")
    assert {ann.thread_id(), ann2.thread_id(), bob.thread_id(), dba.thread_id()} <= {r[0] for r in run(dba, "SHOW PROCESSLIST")}
    run(dba, f"KILL {bob.thread_id()}")
    with pytest.raises(pymysql.MySQLError):
        run(bob, "SELECT 1")
    run(ann, f"KILL {ann2.thread_id()}")
    with pytest.raises(pymysql.MySQLError):
        run(ann2, "SELECT 1")


def test_hashes_are_caching_sha2(access_cluster):
    """Issue 8, C 6: passwords are stored as caching_sha2_password; clients log in again and again, also by RSA."""
    with open(os.path.join(access_cluster.data, "users.json")) as f:
        users = json.load(f)
    assert users["root"] == "" and users["ann"].startswith("$A$005$") and users["dba"]["password"].startswith("$A$005$")
    # First, as a login is remembered: this client sends the password in clear, which may not leave the machine.
    mariadb = ["mariadb", "--no-defaults", "-h127.0.0.1", f"-P{access_cluster.mysql_port}", "-Ne", "SELECT 1"]
    p = subprocess.run([*mariadb, "-uann", "-pann's secret"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=30)
    assert p.stdout == "1\n", p.stderr
    p = subprocess.run([*mariadb, "-uann", "-panother"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=30)
    assert "ERROR 1045" in p.stderr
    for _ in range(2):
        assert run(connect(access_cluster), "SELECT CURRENT_USER()")[0][0].startswith("ann@")


RESERVED = ["mysql", "information_schema", "performance_schema", "sys", "_sluice", "sluice", "MySQL", "Sys"]


@pytest.mark.parametrize("name", RESERVED)
def test_reserved_keyspaces(access_cluster, name):
    """Issue 8, C 6: no keyspace has the name of a server's or tablet's own database, wherever it would be made."""
    p = access_cluster.ctl("keyspace", "create", name, check=False)
    assert p.returncode in (1, 2) and "no keyspace can have the name" in p.stderr, p.stderr
    p = access_cluster.ctl("shard", "create", name + "/-", check=False)
    assert p.returncode in (1, 2) and "no keyspace can have the name" in p.stderr, p.stderr
    tablet = os.path.join(BIN, "sluice-tablet")
    p = subprocess.run([tablet, "--alias=zone1-1", f"--keyspace={name}", "--data-dir=/nonexistent"], stderr=subprocess.PIPE,
                       text=True, timeout=20, check=False)
    assert p.returncode in (1, 2) and "no keyspace can have the name" in p.stderr, p.stderr


@pytest.mark.parametrize("sql", [
    "UPDATE mysql.global_priv SET priv = '{}'", "INSERT INTO mysql.proc SELECT * FROM mysql.proc", "DELETE FROM mysql.user",
    "CREATE TABLE mysql.x (a INT)", "FLUSH PRIVILEGES", "RESET MASTER", "SET PASSWORD = 'x'", "INSTALL SONAME 'ha_spider'",
    "BACKUP STAGE START", "GRANT ALL ON *.* TO app", "SHUTDOWN", "CHANGE MASTER TO MASTER_HOST='x'", "PURGE BINARY LOGS TO 'x'",
    "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'x')", "CREATE FUNCTION f RETURNS INTEGER SONAME 'x.so'",
    "SELECT 1 INTO OUTFILE '/tmp/x'", "LOAD DATA INFILE '/etc/passwd' INTO TABLE t", "SELECT LOAD_FILE('/etc/passwd') IS NOT NULL",
    "SELECT * FROM mysql.global_priv", "KILL HARD USER root", "BEGIN NOT ATOMIC KILL 1; END",
    "CREATE PROCEDURE pk() KILL 1", "CREATE TRIGGER tk BEFORE INSERT ON t FOR EACH ROW BEGIN /*!50000 kill */ QUERY 1; END",
    "CREATE EVENT ek ON SCHEDULE EVERY 1 DAY DO KILL 1", "SET GLOBAL read_only = 1", "STOP SLAVE", "CREATE USER x",
    "CREATE TABLE y (a INT) DATA DIRECTORY = '/tmp'", "SELECT * FROM _sluice.schema_change", "USE mysql", "USE _sluice"])
def test_server_administration_is_refused(access_cluster, sql):
    """Issue 8, C 1: no gate user gets at the servers behind it."""
    c = connect(access_cluster)
    try:
        rows = run(c, sql)
    except pymysql.MySQLError as e:
        assert e.args[0] in (1044, 1045, 1049, 1142, 1227, 1235, 1290), e
        assert "sluice" not in str(e.args[1]).replace("Sluice", "").replace("_sluice", ""), e
        return
    if sql.startswith("SELECT LOAD_FILE"):
        assert rows == ((0,),)
    elif "DATA DIRECTORY" in sql:
        assert not os.path.exists("/tmp/uno") and not os.path.exists("/tmp/y.ibd")
        run(c, "DROP TABLE y")
    else:
        raise AssertionError(f"{sql}: {rows}")


def test_administration_needs_the_right(access_cluster, tmp_path):
    """Issue 8, C 1: users with the right `admin` administer a server over a connection of its own; the tablet's log tells who
    did what, without passwords. Other users, and all other statements, have no more rights than before."""
    users = tmp_path / "users.json"
    users.write_text('{"root": "", "op": {"password": "", "admin": true}}')
    g = Gate(access_cluster.info()["topo"]["address"], tmp_path, "--users", str(users), wait=False)
    tablet = access_cluster.tablets("uno")[0]
    mysqld = access_cluster.connect_mysqld(tablet, autocommit=True)

    def errno(conn, sql):
        try:
            run(conn, sql)
            return 0
        except pymysql.MySQLError as e:
            return e.args[0]

    try:
        g.wait(["uno"])
        op, root = (pymysql.connect(host="127.0.0.1", port=g.port, user=u, database="uno") for u in ("op", "root"))
        run(op, "BEGIN", "INSERT INTO t VALUES (77, 'x')")
        for sql in ("CREATE USER eve IDENTIFIED BY 'hidden1'", "SET PASSWORD FOR eve = PASSWORD('hidden2')",
                    "GRANT SELECT ON uno.* TO eve", "SET GLOBAL max_connect_errors = 77", "FLUSH STATUS", "DROP USER eve"):
            assert errno(root, sql) == 1227, sql
            assert errno(op, sql) == 0, sql
            assert errno(root, sql) == 1227, sql
        run(op, "ROLLBACK")
        assert run(mysqld, "SELECT id FROM t WHERE id = 77") == ((77,),)  # they commit, as on a server
        assert run(mysqld, "SELECT @@global.max_connect_errors") == ((77,),)
        for sql, want in (("FLUSH TABLES WITH READ LOCK", 1235), ("BACKUP STAGE START", 1235), ("SELECT * FROM mysql.global_priv", None),
                          ("SELECT 1 INTO OUTFILE '/tmp/sluice-x'", None), ("SET GLOBAL max_connect_errors = 78, sql_mode = ''", 1235)):
            got = errno(op, sql)
            assert got and want in (None, got), (sql, got)
        assert run(op, "SELECT COUNT(*) FROM t WHERE id = 77") == ((1,),)
        grants = " ".join(r[0] for r in run(mysqld, "SHOW GRANTS FOR sluice_admin@localhost"))
        assert "FILE" not in grants and "SUPER" in grants
        assert not run(mysqld, "SELECT * FROM information_schema.processlist WHERE user = 'sluice_admin' AND command <> 'Sleep'")
        lines = []
        for path in glob.glob(os.path.join(access_cluster.data, "**", "*.log"), recursive=True):
            with open(path, errors="replace") as f:
                lines += [line for line in f if "tablet.admin" in line]
        assert len(lines) == 6 and all('user="op" shard=uno/-' in line for line in lines), lines
        assert "CREATE USER eve IDENTIFIED BY ?" in lines[0] and "hidden" not in str(lines)
        op.close()
        root.close()
    finally:
        run(mysqld, "DELETE FROM t WHERE id = 77", "DROP USER IF EXISTS eve")
        g.stop()


def test_failed_logins_wait(access_cluster):
    """Issue 8, C 6: attempts of one address and user wait longer and longer; unknown users look like known ones."""
    times = {}
    for user in ("bob", "nobody"):
        for i in range(6):
            began = time.monotonic()
            with pytest.raises(pymysql.MySQLError) as e:
                connect(access_cluster, user, "wrong")
            assert e.value.args[0] == 1045
            times.setdefault(user, []).append(time.monotonic() - began)
    for user, took in times.items():
        assert took[5] > 0.25, (user, took)
    began = time.monotonic()
    run(connect(access_cluster), "SELECT 1")  # others do not wait long: the address has a limit of its own
    assert time.monotonic() - began < 5


def test_refused_change_user_keeps_the_connection(access_cluster):
    """Issue 8, D 5: as on a server."""
    c = Raw(("127.0.0.1", access_cluster.mysql_port))
    c.login(user="ann", password=b"ann's secret", db="uno")
    nonce = b"x" * 20
    c.send(CHANGE_USER, b"bob\0" + b"\x14" + nonce + b"uno\0" + b"\x2d\0" + b"mysql_native_password\0")
    with pytest.raises(ServerError) as e:
        while True:
            p = c.read()
            if p[0] == 0xff:
                raise ServerError(p)
            assert p[0] in (0xfe, 0x01)
            c.write(nonce[:32] if p[0] == 0xfe else b"wrong\0")
    assert e.value.errno == 1045
    assert c.rows("SELECT CURRENT_USER()")[0][0].startswith(b"ann@")
