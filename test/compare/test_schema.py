"""The catalog made of CREATE and ALTER TABLE must know each column as a real MariaDB sends it in a result's metadata."""
import subprocess

import pymysql
import pytest

from conftest import program

TYPES = """TINYINT|TINYINT(2)|TINYINT UNSIGNED|SMALLINT|SMALLINT UNSIGNED ZEROFILL|MEDIUMINT|MEDIUMINT UNSIGNED|INT|INTEGER UNSIGNED|INT(5) ZEROFILL|
BIGINT|BIGINT UNSIGNED|INT1|INT2|INT3|INT4|INT8|BOOL|BOOLEAN|BIT|BIT(17)|SERIAL|
DECIMAL|DECIMAL(5)|DECIMAL(20,6)|NUMERIC(4,4) UNSIGNED|DEC(65,30)|FIXED(3,1)|DECIMAL(7.2)|
FLOAT|FLOAT(5)|FLOAT(30)|FLOAT(7,3)|FLOAT UNSIGNED|DOUBLE|DOUBLE PRECISION|DOUBLE(10,2)|REAL|FLOAT4|FLOAT8|
DATE|TIME|TIME(3)|DATETIME|DATETIME(6)|TIMESTAMP NULL|TIMESTAMP(2) NULL|YEAR|YEAR(4)|
CHAR|CHAR(20)|CHAR(255)|VARCHAR(100)|CHAR(3) BINARY|VARCHAR(5) CHARACTER SET latin1|NCHAR(4)|NATIONAL VARCHAR(5)|CHARACTER VARYING(7)|
BINARY|BINARY(16)|VARBINARY(300)|VARCHAR(9) CHARACTER SET binary|
TINYTEXT|TEXT|MEDIUMTEXT|LONGTEXT|TEXT(20)|TEXT(100)|TEXT(40000)|TEXT(5000000)|LONG|LONG VARCHAR|
TINYBLOB|BLOB|MEDIUMBLOB|LONGBLOB|BLOB(5)|BLOB(1000)|BLOB(100000)|LONG VARBINARY|TEXT CHARACTER SET latin1|
ENUM('a','bcd','e''f')|SET('x','yy')|ENUM('ä','öüß')|JSON|GEOMETRY|POINT|POLYGON NOT NULL|
INT NOT NULL|INT NOT NULL DEFAULT 5|INT DEFAULT NULL|VARCHAR(3) NOT NULL|TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP|
INT UNIQUE|INT PRIMARY KEY|INT AUTO_INCREMENT PRIMARY KEY|INT NOT NULL UNIQUE KEY|BIGINT SERIAL DEFAULT VALUE|VARCHAR(10) COLLATE utf8mb4_bin|
INT AS (1 + 1)|INT GENERATED ALWAYS AS (2) STORED|VARCHAR(8) COMMENT 'x' CHECK (c > 'a')""".replace("\n", "").split("|")

CHANGES = [
    ["CREATE TABLE m (a INT, b INT, c VARCHAR(5), PRIMARY KEY (a, b), KEY (c), UNIQUE u (b))"],
    ["CREATE TABLE m (a INT)", "ALTER TABLE m ADD b INT FIRST, ADD COLUMN (c CHAR(3), d DATE), ADD e INT AFTER b"],
    ["CREATE TABLE m (a INT, b INT, KEY k (b))", "ALTER TABLE m CHANGE a x BIGINT NOT NULL AFTER b, MODIFY b CHAR(4), DROP KEY k"],
    ["CREATE TABLE m (a INT PRIMARY KEY, b INT)", "ALTER TABLE m DROP PRIMARY KEY, ADD UNIQUE (z), RENAME COLUMN b TO z"],
    ["CREATE TABLE o (a INT UNSIGNED NOT NULL, b TEXT, KEY (a))", "CREATE TABLE m LIKE o"],
    ["CREATE TABLE o (a INT)", "ALTER TABLE o RENAME TO p", "RENAME TABLE p TO m", "ALTER TABLE m DROP COLUMN IF EXISTS q, ADD COLUMN IF NOT EXISTS a DATE"],
    ["CREATE TABLE m (a INT, b INT)", "ALTER TABLE m DROP a"],
    ["CREATE TABLE m (a INT, b VARCHAR(3), INDEX (a, b), INDEX (b))", "ALTER TABLE m RENAME KEY a TO k, DROP KEY b"],
]

WIRE = {15: 253, 249: 252, 250: 252, 251: 252, 247: 254, 248: 254, 245: 252}  # what the wire makes of the catalog's types
KNOWN = 1 | 2 | 4 | 8 | 16 | 32 | 64 | 256 | 512 | 2048 | 4096 | 8192  # flags; BINARY (128) depends on the collation


def ours(text):
    done = subprocess.run([program("schema_probe")], input=text.encode(), stdout=subprocess.PIPE, check=True, timeout=60)
    out = done.stdout.decode()
    assert not out.startswith("error"), out
    rows = [line.split("\t") for line in out.splitlines()]
    return [(c, int(t), int(f), int(n), int(d)) for table, c, t, f, n, d in rows if table == "m"]


def theirs(cursor):
    cursor.execute("SELECT * FROM m LIMIT 0")
    return cursor._result.fields


def differences(cursor, statements):
    # what a server adds by itself when keys are too long or types cannot be generated is no business of this test
    for s in statements:
        cursor.execute(s)
    bad = []
    mine, real = ours(";\n".join(statements)), theirs(cursor)
    if [c[0] for c in mine] != [f.name for f in real]:
        bad.append((statements, [c[0] for c in mine], [f.name for f in real]))
    for (name, kind, flags, length, decimals), f in zip(mine, real):
        text = kind in (15, 253, 254, 247, 248) and f.charsetnr != 63
        expected = (f.type_code, f.flags & KNOWN, f.length // 4 if text else f.length if kind not in range(249, 253) else length, f.scale if kind in (0, 4, 5, 246, 7, 11, 12) else decimals)
        got = (WIRE.get(kind, kind), flags & KNOWN, length, decimals)
        if expected != got:
            bad.append((statements, name, "server", expected, "here", got))
    for t in ("m", "o", "p"):
        cursor.execute("DROP TABLE IF EXISTS " + t)
    return bad


@pytest.fixture(scope="module")
def cursor(mariadb):
    with mariadb.connect() as c, c.cursor() as k:
        k.execute("CREATE DATABASE schema_test CHARACTER SET utf8mb4")
        k.execute("USE schema_test")
        yield k
        k.execute("DROP DATABASE schema_test")


def test_types(cursor):
    bad = []
    for t in TYPES:
        try:
            bad += differences(cursor, ["CREATE TABLE m (c %s)" % t])
        except pymysql.Error as e:
            bad.append((t, str(e)))
    assert len(TYPES) > 90
    assert not bad, "\n".join(map(str, bad))


def test_changes(cursor):
    bad = []
    for statements in CHANGES:
        bad += differences(cursor, statements)
    assert not bad, "\n".join(map(str, bad))
