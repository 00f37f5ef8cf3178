"""src/wire/client_conn against a real MariaDB: unix socket, TCP, TLS, both EOF forms, logins."""
import subprocess

import pytest

from conftest import program

TYPES = [
    ("id", "INT PRIMARY KEY"), ("a", "TINYINT"), ("b", "SMALLINT UNSIGNED"), ("c", "MEDIUMINT"), ("d", "BIGINT UNSIGNED"),
    ("e", "DECIMAL(20,5)"), ("f", "FLOAT"), ("g", "DOUBLE"), ("g2", "DOUBLE(10,3)"), ("h", "DATE"), ("i", "DATETIME(6)"),
    ("j", "TIMESTAMP(3) NULL"), ("k", "TIME(2)"), ("l", "YEAR"), ("m", "VARCHAR(20)"), ("n", "CHAR(5)"), ("o", "BLOB"),
    ("p", "TEXT"), ("q", "ENUM('x','y')"), ("r", "SET('p','q')"), ("s", "BINARY(3)"), ("t", "VARBINARY(9)"), ("u", "DATETIME"),
]
ROW = ("1,-128,65535,-8388608,18446744073709551615,-12345.67800,0.1,1e20,1234.5,'2024-02-29','2024-02-29 01:02:03.000004',"
       "'2024-01-01 00:00:00.5','-838:59:59','2155','h\u00e9','ab','\\x01b','text','y','p,q','abc','de','0000-00-00 00:00:00'")
EXPECT_ROW = ("[1] [-128] [65535] [-8388608] [18446744073709551615] [-12345.67800] [0.1] [1e20] [1234.500] [2024-02-29]"
              " [2024-02-29 01:02:03.000004] [2024-01-01 00:00:00.500] [-838:59:59.00] [2155] [h\u00e9] [ab] [x01b] [text] [y]"
              " [p,q] [abc] [de] [0000-00-00 00:00:00]")
NULL_ROW = "[2]" + " NULL" * (len(TYPES) - 1)


@pytest.fixture(scope="module")
def server(mariadb):
    mariadb.sql(
        "DROP DATABASE IF EXISTS probe", "CREATE DATABASE probe", "SET sql_mode=''",
        "CREATE TABLE probe.t (id INT AUTO_INCREMENT PRIMARY KEY, v INT)", "CREATE TABLE probe.f (v INT)",
        "CREATE TABLE probe.types (" + ",".join(n + " " + t for n, t in TYPES) + ") CHARSET utf8mb4",
        "INSERT INTO probe.types VALUES (" + ROW + ")", "INSERT INTO probe.types(id, j) VALUES (2, NULL)",
        "CREATE PROCEDURE probe.two() BEGIN SELECT 1; SELECT 2, 3; END",
        "CREATE OR REPLACE USER native@'%' IDENTIFIED BY 'secret'", "GRANT ALL ON *.* TO native@'%'",
        "CREATE OR REPLACE USER empty@'%'", "GRANT ALL ON *.* TO empty@'%'",
        "CREATE OR REPLACE USER tlsonly@'%' IDENTIFIED BY 'secret' REQUIRE SSL", "GRANT ALL ON *.* TO tlsonly@'%'")
    return mariadb


def run(server, address, user="native", password="secret", ca="-", old=False):
    server.sql("TRUNCATE probe.t", "TRUNCATE probe.f")
    done = subprocess.run([program("wire_probe"), address, user, password, ca] + (["old"] if old else []),
                          stdout=subprocess.PIPE, timeout=60)
    assert done.returncode == 0
    return done.stdout.decode().splitlines()


def expected():
    return [
        "ready version",
        "SELECT 1, NULL, 'x' -> row: [1] NULL [x] rows=1 end",
        "SELEC -> error 1064 42000 You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server"
        " version for the right syntax to use near 'SELEC' at line 1",
        "SELECT 1; SET @a=1; SELECT 2 FROM DUAL WHERE 0; SELECT 3 -> row: [1] rows=1 end more ok affected=0 id=0 more rows=0 end"
        " more row: [3] rows=1 end",
        "INSERT INTO probe.t(v) VALUES (1),(2) -> ok affected=2 id=1",
        "BEGIN -> ok affected=0 id=0",
        "SELECT COUNT(*) FROM probe.t -> row: [2] rows=1 end trx",
        "SELECT * FROM probe.types ORDER BY id -> row: " + EXPECT_ROW + " row: " + NULL_ROW + " rows=2 end trx",
        "prepare -> prepared params=0 columns=%d" % len(TYPES),
        "execute -> row: " + EXPECT_ROW + " row: " + NULL_ROW + " rows=2 end trx",
        "prepare -> prepared params=3 columns=3 p p p",
        "execute -> row: [43] [text!] [2024-02-29 01:02:03.000004] rows=1 end trx",
        "prepare -> error 1064 42000 You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server"
        " version for the right syntax to use near 'FROM' at line 1",
        "prepare -> prepared params=0 columns=0",
        "execute -> ok affected=0 id=0",
        "SELECT REPEAT('y', 16777214), REPEAT('z', 20000000) -> row: <16777214 bytes> <20000000 bytes> rows=1 end trx",
        "SELECT REPEAT('y', 16777206) UNION ALL SELECT REPEAT('y', 16777207) -> row: <16777206 bytes> row: <16777207 bytes>"
        " rows=2 end trx",
        "long 17000000 -> row: [17000000] rows=1 end trx",
        "long 16777197 -> row: [16777197] rows=1 end trx",
        "SELECT seq, REPEAT('a', 100) FROM probe.seq_1_to_100000 ->" +
        "".join(" row: [%d] <100 bytes>" % i for i in (1, 2, 3)) + " rows=100000 end trx",
        "pipelined -> row: [7] rows=1 end row: [8] rows=1 end",
        "ping -> ok affected=0 id=0",
        "statistics -> text Uptime:",
        "init_db -> ok affected=0 id=0",
        "field_list -> rows=0 end",
        "set_option -> ok affected=0 id=0",
        "LOAD DATA LOCAL INFILE '/any' INTO TABLE probe.f -> infile /any ok affected=2 id=0",
        "CALL probe.two() -> row: [1] rows=1 end more row: [2] [3] rows=1 end more ok affected=0 id=0",
        "SELECT SUM(v), COUNT(*) FROM probe.f -> row: [3] [2] rows=1 end",
    ]


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("line", ["unix", "tcp", "tls"])
def test_everything(server, certificate, line, old):
    address = "unix:" + server.socket if line == "unix" else f"127.0.0.1:{server.port}"
    got = run(server, address, ca=certificate[0] if line == "tls" else "-", old=old)
    want = expected()
    for g, w in zip(got, want):
        assert g == w
    # A connection may be told of its end in the response, or just lose the line.
    assert len(got) >= len(want) + 1 and "kill ->" in got[len(want)]
    assert any(t in " ".join(got[len(want):]) for t in ("error 1317", "closed 1927", "closed 2013", "error 1927"))


def test_logins(server, certificate):
    unix, tcp = "unix:" + server.socket, f"127.0.0.1:{server.port}"
    assert run(server, unix, "empty", "")[0] == "ready version"
    assert run(server, unix, "native", "wrong")[0].startswith(" closed 1045 Access denied for user 'native'@'localhost'")
    assert run(server, tcp, "native", "")[0].startswith(" closed 1045")
    assert run(server, tcp, "tlsonly", "secret")[0].startswith(" closed 1045")
    assert run(server, tcp, "tlsonly", "secret", certificate[0])[0] == "ready version"


def test_no_server(server):
    assert run(server, "unix:/nonexistent/socket")[0].startswith(" closed")
    assert run(server, "127.0.0.1:1")[0].startswith(" closed")
