"""What names mean: for each statement our error (number and text) is a real MariaDB's, or our names of result columns are."""
import binascii
import random
import subprocess

import pymysql
import pytest

from bind_statements import KNOWN, SCHEMA, STATEMENTS
from conftest import MariaDB, program

def lines(text):
    return [s for s in text.split("\n") if s]


def statements():
    return lines(STATEMENTS)


class Random:
    """SELECTs over the schema; names are mostly such as there are."""

    def __init__(self, seed):
        self.r = random.Random(seed)

    def column(self, aliases):
        names = ["a", "b", "c", "d", "e", "x", "z"]
        name = self.r.choice(names)
        return name if self.r.random() < 0.5 or not aliases else self.r.choice(aliases) + "." + name

    def expr(self, aliases, depth=0):
        n = self.r.random()
        if n < 0.6 or depth > 2:
            return self.column(aliases)
        if n < 0.7:
            return str(self.r.randint(1, 3))
        if n < 0.9:
            return self.expr(aliases, depth + 1) + self.r.choice([" + ", "*", " = "]) + self.expr(aliases, depth + 1)
        if depth == 0 and n > 0.95:
            return "(select %s from %s)" % (self.column(["one"] + aliases), "one")
        return "coalesce(%s, %s)" % (self.expr(aliases, depth + 1), self.expr(aliases, depth + 1))

    def select(self):
        tables, aliases = [], []
        for _ in range(self.r.randint(1, 3)):
            t = self.r.choice(["t", "u", "w", "one", "v", "(select a, d from w)"])
            alias = self.r.choice(["", "x", "y", "z"]) if t[0] != "(" else self.r.choice(["p", "q"])
            aliases.append(alias or t)
            tables.append(t + (" " + alias if alias else ""))
        text = tables[0]
        for t in tables[1:]:
            how = self.r.choice([", ", " join ", " left join ", " natural join ", " natural right join "])
            text += how + t
            if how in (" left join ", " join "):
                text += self.r.choice([" on " + self.expr(aliases), " using (b)", " using (a)", " using (d)"] +
                                      ([""] if how == " join " else []))
        items = [self.r.choice([self.r.choice(aliases) + ".*", self.expr(aliases), self.expr(aliases) + " as " + self.r.choice("abz")])
                 for _ in range(self.r.randint(1, 3))]
        if self.r.random() < 0.3:
            items.insert(0, "*")
        s = "select %s from %s" % (", ".join(items), text)
        for word in (" where ", " group by ", " having ", " order by "):
            if self.r.random() < 0.25:
                s += word + self.expr(aliases)
        return s


@pytest.fixture(scope="module")
def server(mariadb, tmp_path_factory):
    path = tmp_path_factory.mktemp("bind") / "schema.sql"
    path.write_text("CREATE DATABASE bind_test; USE bind_test;\n" + SCHEMA)
    with mariadb.connect() as c, c.cursor() as k:
        k.execute("CREATE DATABASE bind_test CHARACTER SET utf8mb4")
        k.execute("USE bind_test")
        for s in SCHEMA.split(";\n"):
            k.execute(s)
        yield k, path
        k.execute("DROP DATABASE bind_test")


def theirs(k, s):
    try:
        # EXPLAIN-less and rowless: an empty schema, so nothing is computed.
        k.execute("START TRANSACTION")
        k.execute(s)
        return ("ok", [d[0] for d in k.description or ()])
    except pymysql.Error as e:
        return ("error", e.args[0], e.args[1])
    finally:
        k.execute("ROLLBACK")
        if s.startswith("create"):
            k.execute("DROP VIEW IF EXISTS vv")
            k.execute("DROP TABLE IF EXISTS tt")


def column(text):
    """Name and type, without the type when it is not known."""
    name, meta = text.split(" ")
    name = binascii.unhexlify(name).decode(errors="replace")
    return (name,) if meta == "?" else (name, tuple(map(int, meta.split(","))))


def ours(path, all_statements, *options):
    done = subprocess.run([program("bind_probe"), str(path), *options], input=b"\0".join(s.encode() for s in all_statements) + b"\0", stdout=subprocess.PIPE,
                          check=True, timeout=60)
    out = []
    for line in done.stdout.decode().split("\n")[:-1]:
        p = line.split("\t")
        out.append(("ok", [column(x) for x in p[1:]]) if p[0] == "ok" else ("error", int(p[1]), binascii.unhexlify(p[2]).decode(errors="replace")))
    return out


def names(mine):
    return ("ok", [c[0] for c in mine[1]]) if mine[0] == "ok" else mine


def differences(server, all_statements):
    k, path = server
    mine = ours(path, all_statements)
    assert len(mine) == len(all_statements)
    return [(s, "server", real, "here", names(m)) for s, real, m in ((s, theirs(k, s), m) for s, m in zip(all_statements, mine)) if real != names(m)]


def test_table(server):
    all_statements = statements()
    assert len(all_statements) >= 1100
    bad = differences(server, all_statements)
    assert sorted(b[0] for b in bad) == sorted(lines(KNOWN)), "%d of %d\n" % (len(bad), len(all_statements)) + "\n".join(map(str, bad))


def test_lower_case_table_names(tmp_path):
    """1: names of tables, databases and aliases have no case and are told in lower case. (2 needs a file system without case.)"""
    more = ["select * from T", "select * from BIND_TEST.t", "select T.a, x.B from t, u X", "select t.a from T as T", "select * from t, T",
            "select * from NOPE", "select * from t x, u X", "select * from t X, u X", "delete T, t from T", "select Y.a from T x", "select Y.* from T x", "select X.* from T x", "select Bind_Test.T.a from t",
            "with X as (select a from T) select x.a from x", "select * from (select a from T) X where x.a = 1", "select * from V natural join T",
            "update T X, U set x.a = 1", "update T X, U set Y.a = 1", "delete X from T x, U", "delete Y from T x, U", "insert into T (t.a) values (1)",
            "insert into T (a) values (1) on duplicate key update T.b = t.a", "select * from NODB.T"]
    server = MariaDB("--lower-case-table-names=1")
    try:
        path = tmp_path / "schema.sql"
        path.write_text("CREATE DATABASE bind_test; USE bind_test;\n" + SCHEMA)
        with server.connect() as c, c.cursor() as k:
            k.execute("CREATE DATABASE bind_test CHARACTER SET utf8mb4")
            k.execute("USE bind_test")
            for s in SCHEMA.split(";\n"):
                k.execute(s)
            mine = ours(path, more, "--lower-case-table-names=1")
            bad = [(s, theirs(k, s), m) for s, m in zip(more, map(names, mine)) if theirs(k, s) != m]
    finally:
        server.stop()
    assert not bad, "\n".join(map(str, bad))


def test_random(server):
    r = Random(20)
    all_statements = [r.select() for _ in range(3000)]
    k, _ = server
    good = sum(theirs(k, s)[0] == "ok" for s in all_statements[:500])
    assert 50 < good < 450
    bad = differences(server, all_statements)
    assert not bad, "%d of %d\n" % (len(bad), len(all_statements)) + "\n".join(map(str, bad[:60]))
