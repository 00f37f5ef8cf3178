"""src/data's decimals and number formats against a real MariaDB, digit for digit, on random values."""
import math
import random
import struct
import subprocess

import pytest

from conftest import program

SEED = 20240229


def probe(lines):
    done = subprocess.run([program("decimal_probe")], input="\n".join(lines) + "\n", stdout=subprocess.PIPE, text=True,
                          check=True, timeout=60)
    return done.stdout.splitlines()


def ask(server, expressions, chunk=200):
    """The texts MariaDB prints for the expressions."""
    out = []
    connection = server.connect(conv={})
    with connection, connection.cursor() as k:
        for at in range(0, len(expressions), chunk):
            k.execute("SELECT " + ",".join(expressions[at:at + chunk]))
            out += [v.decode() if isinstance(v, bytes) else v for v in k.fetchone()]
    return out


def decimal(r, digits=30, scale=15):
    behind = r.randint(0, scale)
    front = r.randint(0, digits - behind)
    style = r.random()
    pick = (lambda: "0") if style < 0.1 else (lambda: "9") if style < 0.25 else (lambda: r.choice("0123456789"))
    head = "".join(pick() for _ in range(front)).lstrip("0") or "0"
    tail = "".join(pick() for _ in range(behind))
    return r.choice(["", "-"]) + head + ("." + tail if tail else "")


def literal(text):
    """As a decimal literal: one without a point would be an integer."""
    return "(" + text + ("" if "." in text else ".") + ")"


def scale_of(text):
    return len(text.split(".")[1]) if "." in text else 0


def different(lines, got, want):
    bad = [(l, g, w) for l, g, w in zip(lines, got, want) if g != w]
    assert len(got) == len(want) == len(lines)
    assert not bad, "%d of %d differ, first: %s" % (len(bad), len(lines), bad[:5])


@pytest.mark.parametrize("op", ["+", "-", "*", "/"])
def test_arithmetic(mariadb, op):
    r = random.Random(SEED)
    lines, expressions = [], []
    for i in range(3000):
        digits, scale = ((30, 15), (18, 9), (5, 2))[i % 3]
        a, b = decimal(r, digits, scale), decimal(r, digits, scale)
        if op == "/" and not any(c in "123456789" for c in b):
            continue
        # What counts is the scale of the operand as the server sees the literal.
        lines.append(f"{op} {a} {b} {min(scale_of(a) + 4, 38)}")
        expressions.append(f"{literal(a)} {op} {literal(b)}")
    want = [w[1:] if w.strip("-0.") == "" and w.startswith("-") else w for w in ask(mariadb, expressions)]
    different(lines, probe(lines), want)


def test_wide_products(mariadb):
    """Scales that add up to more than 38."""
    r = random.Random(SEED + 1)
    lines, expressions = [], []
    for _ in range(1000):
        a, b = decimal(r, 28, 26), decimal(r, 28, 26)
        lines.append(f"* {a} {b}")
        expressions.append(f"{literal(a)} * {literal(b)}")
    want = [w[1:] if w.strip("-0.") == "" and w.startswith("-") else w for w in ask(mariadb, expressions)]
    different(lines, probe(lines), want)


def test_compare_and_round(mariadb):
    r = random.Random(SEED + 2)
    lines, expressions = [], []
    for _ in range(2000):
        a = decimal(r)
        b = a + "0" if "." in a and r.random() < 0.2 else decimal(r)
        lines.append(f"c {a} {b}")
        expressions.append(f"IF({literal(a)} < {literal(b)}, -1, {literal(a)} > {literal(b)})")
        n = r.randint(0, 20)
        lines.append(f"r {a} {n}")
        expressions.append(f"CAST({literal(a)} AS DECIMAL(65,{n}))")
    want = [w[1:] if w.strip("-0.") == "" and w.startswith("-") else w for w in ask(mariadb, expressions)]
    different(lines, probe(lines), want)


def doubles(r, count):
    out = [5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 1e15, 1e16, 1e14, 1e-15, 1e-16, 123456789012345680.0,
           0.1 + 0.2, 1 / 3, 999999999999999.9, 9999999999999998.0]
    out += [2.0 ** k for k in range(-1074, 1024, 7)] + [10.0 ** k for k in range(-320, 308)]
    while len(out) < count:
        kind = r.random()
        if kind < 0.4:
            d = struct.unpack("<d", struct.pack("<Q", r.getrandbits(64)))[0]
        elif kind < 0.7:
            d = r.uniform(-1, 1) * 10 ** r.randint(-20, 20)
        else:
            d = round(r.uniform(-1e6, 1e6), r.randint(0, 6))
        if math.isfinite(d):
            out.append(d)
    return [d for d in out if d]


def column(server, type_, values):
    server.sql("CREATE DATABASE IF NOT EXISTS numbers", "DROP TABLE IF EXISTS numbers.n",
               f"CREATE TABLE numbers.n (i INT PRIMARY KEY, v {type_})", "SET sql_mode=''")
    connection = server.connect(conv={})
    with connection, connection.cursor() as k:
        k.execute("SET sql_mode=''")
        for at in range(0, len(values), 500):
            rows = ",".join("(%d,%r)" % (at + i, v) for i, v in enumerate(values[at:at + 500]))
            k.execute("INSERT INTO numbers.n VALUES " + rows)
        k.execute("SELECT v FROM numbers.n ORDER BY i")
        return [v.decode() if isinstance(v, bytes) else v for (v,) in k.fetchall()]


def test_double_text(mariadb):
    values = doubles(random.Random(SEED + 3), 5000)
    lines = ["d %r x" % v for v in values]
    different(lines, probe(lines), column(mariadb, "DOUBLE", values))


def test_float_text(mariadb):
    values = [v for v in doubles(random.Random(SEED + 4), 5000) if 1e-37 < abs(v) < 3e38]
    lines = ["f %r x" % v for v in values]
    different(lines, probe(lines), column(mariadb, "FLOAT", values))


def test_fixed_text(mariadb):
    values = [v for v in doubles(random.Random(SEED + 5), 5000) if 1e-9 < abs(v) < 1e12]
    got = column(mariadb, "DOUBLE(30,4)", values)
    lines = ["x %s 4" % g for g in got]  # the server rounds when it stores
    different(lines, probe(lines), got)


def test_average(mariadb):
    """AVG is the sum divided by the count, as the gate computes it from the parts of several shards."""
    r = random.Random(SEED + 6)
    for type_, whole, scale in (("DECIMAL(12,5)", 7, 5), ("DECIMAL(30,9)", 21, 9), ("BIGINT", 15, 0), ("DECIMAL(40,30)", 10, 30)):
        values = [v for v in (decimal(r, whole + scale, scale) for _ in range(2000)) if len(v.split(".")[0].strip("-")) <= whole]
        mariadb.sql("CREATE DATABASE IF NOT EXISTS numbers", "DROP TABLE IF EXISTS numbers.a",
                    f"CREATE TABLE numbers.a (g INT, v {type_})",
                    "INSERT INTO numbers.a VALUES " + ",".join(f"({i % 97},{v})" for i, v in enumerate(values)))
        with mariadb.connect(conv={}) as c, c.cursor() as k:
            k.execute("SELECT SUM(v), COUNT(v), AVG(v) FROM numbers.a GROUP BY g")
            rows = [[v.decode() if isinstance(v, bytes) else v for v in row] for row in k.fetchall()]
        lines = [f"/ {s} {n} {scale_of(s) + 4}" for s, n, _ in rows]
        different(lines, probe(lines), [a for _, _, a in rows])
