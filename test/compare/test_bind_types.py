"""Types of results: type code, length, decimals, sign, nullability and collation of each column are those of a real MariaDB's field packets."""
import os
import random

import pymysql
import pytest

from bind_statements import SCHEMA, STATEMENTS
from test_bind import Random, lines, ours

COLUMNS = """id INT NOT NULL PRIMARY KEY, ti TINYINT, tu TINYINT UNSIGNED NOT NULL, si SMALLINT, mi MEDIUMINT, bi BIGINT,
 bu BIGINT UNSIGNED NOT NULL, f FLOAT, d DOUBLE NOT NULL, d2 DOUBLE(10,2), f2 FLOAT(7,3), dc DECIMAL(10,2), du DECIMAL(20,5) UNSIGNED NOT NULL,
 d0 DECIMAL(5), bt BIT(10), yr YEAR, dt DATE, dtt DATETIME(3) NOT NULL, ts TIMESTAMP NULL, tm TIME(2), ch CHAR(5), cn CHAR(3) NOT NULL,
 vc VARCHAR(20), vl VARCHAR(10) CHARACTER SET latin1, vb VARBINARY(12), bn BINARY(4), tx TEXT, tt TINYTEXT, mt MEDIUMTEXT, lt LONGTEXT, bl BLOB,
 tb TINYBLOB, lb LONGBLOB, en ENUM('a','bbb') NOT NULL, st SET('x','yy'), bb VARCHAR(8) COLLATE utf8mb4_bin, js JSON, zf INT(6) ZEROFILL, bo BOOL"""
TYPES = ["CREATE TABLE ty (" + COLUMNS + ")", "CREATE TABLE tz (k INT, n BIGINT NOT NULL, s VARCHAR(30) NOT NULL, m DECIMAL(8,3), w TEXT)",
         "CREATE VIEW vm AS SELECT id, ti + 1 AS t1, 'x' AS c, vc FROM ty", "CREATE VIEW vg AS SELECT ti, COUNT(*) AS n, MAX(vc) AS m FROM ty GROUP BY ti"]

# One statement a line.
BY_HAND = r"""
select * from ty
select tx, concat(tx), ti, ti+1, en, concat(en), vc, concat(vc) from ty
select * from (select * from ty limit 1) x
select * from ty union select * from ty
select count(*), count(distinct ti), sum(ti), sum(bu), sum(d), sum(dc), sum(du), sum(vc), sum(f), sum(dt), sum(bt), sum(yr), sum(1), sum(1.5), sum(null), sum(en) from ty
select avg(ti), avg(bu), avg(d), avg(dc), avg(du), avg(vc), avg(f), avg(d2), avg(dt), avg(bt), avg(1), avg(f2) from ty
select min(ti), max(bu), min(d), max(dc), min(vc), max(ch), min(tx), max(dt), min(dtt), max(ts), min(tm), max(en), min(st), max(bt), max(yr), max(f), max(d2), max(1), min('x'), max(null), max(vl), max(vb), max(bn), max(bb), max(zf), max(bo), max(lt), max(a) from ty, (select 1 as a) x
select std(ti), stddev_samp(dc), variance(d), var_samp(vc), stddev(f), var_pop(bu), std(1), std(d2) from ty
select bit_and(ti), bit_or(bu), bit_xor(vc) from ty
select group_concat(vc), group_concat(ti), group_concat(vl), group_concat(vb), group_concat(vc, ti), json_arrayagg(ti), json_objectagg(vc, ti), group_concat(distinct vc order by ti separator '--') from ty
select row_number() over (order by id), rank() over (order by id), dense_rank() over (order by id), percent_rank() over (order by id), cume_dist() over (order by id), ntile(3) over (order by id) from ty
select lag(ti) over (order by id), lead(vc, 2) over (order by id), first_value(dc) over (order by id), last_value(tx) over (order by id), nth_value(en, 2) over (order by id), lag(1) over (order by id), lag(id) over (order by id), first_value(id) over (order by id), lag('x') over (order by id), lead(dtt) over (order by id) from ty
select sum(ti) over (), count(*) over (), max(vc) over (), avg(dc) over (), min(id) over (), bit_or(ti) over (), std(ti) over () from ty
select median(ti) over (partition by ti), percentile_cont(0.5) within group (order by dc) over (partition by ti), percentile_disc(0.5) within group (order by dc) over (partition by ti), percentile_disc(0.5) within group (order by dt) over (partition by ti) from ty
select (select ti from ty limit 1), (select id from ty limit 1), (select 1), (select vc from ty limit 1), (select tx from ty limit 1), (select en from ty limit 1), (select count(*) from ty), (select max(id) from ty), (select 'x' from ty limit 1), (select null), (select id+1 from ty limit 1), (select bt from ty limit 1)
select exists (select 1 from ty), 1 in (select id from ty), id in (select id from ty), ti in (select id from ty), id = any (select id from ty), id > all (select ti from ty), not exists (select 1), id not in (select ti from ty) from ty
select @x, @@version, @@max_connections, @@sql_mode, @@autocommit, @a := 1, @a := vc from ty
select ti+1, count(*) from ty group by ti+1
select ti+1 as x, vc, en, count(*), tx from ty group by x, vc, en, tx
select ti, sum(id) from ty group by ti with rollup
select id, sum(id) from ty group by id with rollup
select id + 1, sum(id) from ty group by id with rollup
select id, en, vc, tu from ty group by id, en with rollup
select distinct id, ti+1, vc, concat(vc, 'x') from ty order by 2
select distinct id, en, concat(tx) from ty
select t1.id, t2.id, t2.tu + 1, coalesce(t2.id, 0), t2.en from ty t1 left join ty t2 on t1.id = t2.ti
select t1.id, t2.id from ty t1 right join ty t2 on t1.id = t2.ti
select x.* from ty left join (select id as k, id + 1 as y, 1 as z, 'a' as s, vc, en from ty) x on x.k = ti
select x.* from (select id as k, id + 1 as y, 1 as z, 'a' as s, concat(vc, 'b') as w, null as nn, ti + 1 as q, 1.5 as dd, 1e1 as ee, now() as nw, concat(tx) as ct, true as tr, ti = 1 as e, ti + bu as bi2, repeat('x', 600) as rp, repeat('x', 100000) as rl, '' as em, date'2020-01-01' as dl, dc * 2 as dm, d * 2 as ddd, f + 1 as ff, x'41' as hx, 1 in (1) as i1, tx like 'x' as lk, coalesce(ti, 1) as co, if(ti, vc, vl) as ifv, cast(ti as char(5)) as ca, cast(ti as decimal(10,3)) as cd, cast(ti as unsigned) as cu, year(dt) as yy, dtt + interval 1 day as iv from ty) x
select x.* from (select id as k, id + 1 as y, 1 as z, 'a' as s, concat(vc, 'b') as w, null as nn, ti + 1 as q, 1.5 as dd, 1e1 as ee, now() as nw, concat(tx) as ct, true as tr, ti = 1 as e, ti + bu as bi2, repeat('x', 600) as rp, repeat('x', 100000) as rl, '' as em, date'2020-01-01' as dl, dc * 2 as dm, d * 2 as ddd, f + 1 as ff, x'41' as hx, 1 in (1) as i1, tx like 'x' as lk, coalesce(ti, 1) as co, if(ti, vc, vl) as ifv, cast(ti as char(5)) as ca, cast(ti as decimal(10,3)) as cd, cast(ti as unsigned) as cu, year(dt) as yy, dtt + interval 1 day as iv from ty limit 1) x
select x.* from (select count(*) as c, sum(ti) as s, sum(d) as sd, avg(ti) as a, min(ti) as mi, max(vc) as mv, max(en) as me, group_concat(vc) as g, bit_or(ti) as bo, std(ti) as sd2, max(tx) as mt, max(id) as mid from ty) x
select x.* from (select row_number() over (order by id) as rn, percent_rank() over (order by id) as pr, ntile(2) over (order by id) as nt, lag(id) over (order by id) as lg, first_value(vc) over (order by id) as fv, cume_dist() over (order by id) as cd from ty) x
select 1 as a union select 2
select 1 union select 'x'
select 1 union select 1.5
select 1 union select null
select null union select null
select id from ty union select ti from ty
select ti from ty union select bu from ty
select vc from ty union select vl from ty
select vc from ty union select tx from ty
select dt from ty union select dtt from ty
select dt from ty union select vc from ty
select dc from ty union select d from ty
select dc from ty union select ti from ty
select dc from ty union select du from ty
select 'a' union select 'bbb'
select en from ty union select vc from ty
select vb from ty union select vc from ty
select id + 1 from ty union select ti + 1 from ty
select f from ty union select ti from ty
select bt from ty union select ti from ty
select yr from ty union select ti from ty
select yr from ty union select yr from ty
select tm from ty union select dt from ty
select id from ty union all select id from ty
select true union select false
select id = 1 from ty union select ti from ty
select count(*) from ty union select 1
select x.* from (select 1 as a, 'x' as b, null as c union select 2, 'yyy', 1) x
values (1, 'a', null), (2.5, 'bbb', 1)
select * from (values (1, 'a'), (2.5, 'bbb')) x
with x as (select id, ti + 1 as y from ty) select * from x, x as z
select * from json_table('[]', '$[*]' columns (n for ordinality, p int path '$', q varchar(10) path '$', r double path '$', d decimal(10,2) path '$', e int exists path '$.a', j json path '$', tx text path '$', dt date path '$', ch char(5) path '$', dtm datetime path '$', u int unsigned path '$', b bigint path '$')) x
select id, tu, vc, row_number() over (order by ti) from ty
select id, tu, vc, dtt, cn, row_number() over () from ty
select id + 1, concat(vc, 'x'), coalesce(id, 0), sum(ti) over () from ty
select concat(max(vc) over (), 'x'), 1 + sum(ti) over (), coalesce(max(tu) over (), 1), 'abc', now(), year(dt) from ty
select case when max(dt) over () is null then 'a' else vc end, lag(id) over (order by id) + id from ty
select ti, id, count(*) over (order by ti) from ty where id > 0
select ti, group_concat(vc) as g from ty group by ti order by g
select ti, group_concat(vc) as g from ty group by ti order by ti
select ti, count(*) as n, concat(vc,'x') from ty group by ti, vc order by n
select ti, count(*) as n, concat(vc,'x') from ty group by ti, vc order by ti, vc
select ti, count(distinct vc) as n, concat(ti,'x') from ty group by ti order by n
select id, count(*), concat(vc, 'x') from ty group by id order by 2
select distinct id, concat(vc, 'x') from ty order by vc
select max(vc), count(*) from ty order by 1
select concat(vc, 'x') from ty order by 1
select ti, max(id) over (partition by ti), max(sum(id)) over () from ty group by ti
"""

# Columns whose types differ, and why: statement, tab, column.
KNOWN = r"""
"""


class RandomTypes:
    """SELECTs that a server takes, over columns of every type."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.names = [c.split()[0] for c in COLUMNS.replace("\n", "").split(", ") if not c[0].isdigit()]

    def column(self, alias):
        return alias + "." + self.r.choice(self.names)

    def number(self, alias):
        return alias + "." + self.r.choice(["id", "ti", "tu", "si", "mi", "bi", "bu", "f", "d", "d2", "f2", "dc", "du", "d0", "yr", "zf", "bo"])

    def text(self, alias):
        return alias + "." + self.r.choice(["ch", "cn", "vc", "vb", "tx", "tt", "en", "st", "js", "vl"])

    def value(self, alias, depth=0):
        n = self.r.random()
        if n < 0.45 or depth > 1:
            return self.column(alias)
        if n < 0.55:
            return self.r.choice(["1", "'abc'", "1.5", "NULL", "TRUE", "2e0", "12345678901", "-3", "''", "x'41'"])
        if n < 0.7:
            return "%s %s %s" % (self.number(alias), self.r.choice("+-*"), self.r.choice([self.number(alias), "1"]))
        if n < 0.78:
            return "coalesce(%s, %s)" % (self.number(alias), self.r.choice([self.number(alias), "1"]))
        if n < 0.84:
            return "concat(%s, 'x')" % self.text(alias)
        if n < 0.88:
            return "if(%s, %s, %s)" % (self.number(alias), self.number(alias), self.number(alias))
        if n < 0.92:
            return "%s %s %s" % (self.number(alias), self.r.choice(["=", "<", "<=>"]), self.number(alias))
        if n < 0.96:
            return "cast(%s as %s)" % (self.number(alias), self.r.choice(["char(10)", "decimal(10,3)", "signed", "unsigned", "double"]))
        return self.subquery(alias)

    def subquery(self, alias):
        return self.r.choice(["(select max(q.%s) from ty q where q.id = %s.id)" % (self.r.choice(self.names), alias), "(select q.%s from ty q limit 1)" %
                              self.r.choice(self.names), "exists (select 1 from tz where k = %s.id)" % alias, "(select count(*) from tz)",
                              "%s.ti in (select k from tz)" % alias, "(select n from tz where k = %s.ti)" % alias])

    def aggregate(self, alias):
        f = self.r.choice(["count", "sum", "avg", "min", "max", "std", "variance", "bit_or", "group_concat", "min", "max"])
        if f in ("sum", "avg", "std", "variance"):
            return "%s(%s)" % (f, self.number(alias))
        return "%s(%s)" % (f, self.column(alias))

    def window(self, alias):
        f = self.r.choice(["row_number()", "rank()", "percent_rank()", "ntile(2)", "lag(%s)" % self.column(alias), "first_value(%s)" % self.column(alias),
                           "sum(%s)" % self.number(alias), "max(%s)" % self.column(alias), "count(*)", "avg(%s)" % self.number(alias)])
        return f + " over (order by %s.id)" % alias

    def items(self, make, n=None):
        return ", ".join("%s as c%d" % (make(), i) for i in range(n or self.r.randint(1, 4)))

    def simple(self, n=None):
        kind = self.r.random()
        if kind < 0.5:
            return "select %s from ty a" % self.items(lambda: self.value("a"), n)
        if kind < 0.7:
            return "select %s from ty a" % self.items(lambda: self.aggregate("a"), n)
        if kind < 0.8:
            return "select %s from ty a" % self.items(lambda: self.window("a") if self.r.random() < 0.6 else self.value("a"), n)
        if kind < 0.9:
            return "select distinct %s from ty a limit 3" % self.items(lambda: self.value("a"), n)
        return "select %s from ty a %s join ty b on a.id = b.ti" % (self.items(lambda: self.value(self.r.choice("ab")), n), self.r.choice(["left", "right", "inner"]))

    def select(self):
        kind = self.r.random()
        if kind < 0.25:
            return self.simple()
        if kind < 0.5:
            n = self.r.randint(1, 4)
            return "select x.* from (%s) x" % self.simple(n)
        if kind < 0.6:
            return "select x.*, x.c0 is null from tz left join (%s) x on true" % self.simple()
        if kind < 0.7:
            n = self.r.randint(1, 3)
            return " union ".join("(%s)" % self.simple(n) for _ in range(self.r.randint(2, 3)))
        if kind < 0.75:
            n = self.r.randint(1, 3)
            return "select x.* from (%s) x" % " union all ".join("(%s)" % self.simple(n) for _ in range(2))
        if kind < 0.82:
            return "with x as (%s) select c0, coalesce(c0, c0) as cc, x.* from x" % self.simple()
        if kind < 0.9:
            c = self.column("a")
            return "select %s, %s as g, %s from ty a group by %s%s" % (c, self.aggregate("a"), self.aggregate("a"), c,
                                                                      self.r.choice(["", "", " with rollup", " order by g", " order by " + c, " order by 2, 1"]))
        return "select v.*, %s as z from ty a left join %s v on v.ti = a.ti" % (self.value("a"), self.r.choice(["vg", "ty"]))


@pytest.fixture(scope="module")
def server(mariadb, tmp_path_factory):
    path = tmp_path_factory.mktemp("types") / "schema.sql"
    all_tables = SCHEMA.split(";\n") + TYPES
    path.write_text("CREATE DATABASE bind_types CHARACTER SET utf8mb4; USE bind_types;\n" + ";\n".join(all_tables))
    with mariadb.connect() as c, c.cursor() as k:
        k.execute("CREATE DATABASE bind_types CHARACTER SET utf8mb4")
        k.execute("USE bind_types")
        for s in all_tables:
            k.execute(s)
        # Lengths in the columns' own character sets; the modes of struct expr_session.
        k.execute("SET character_set_results=NULL, sql_mode='STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO', collation_connection=utf8mb4_general_ci")
        yield k, path
        k.execute("DROP DATABASE bind_types")


def theirs(k, s):
    """Names and types; None: an error, or no result."""
    try:
        k.execute(s)
    except pymysql.Error:
        return None
    if not k.description:
        return None
    return [(f.name, (f.type_code, f.length, f.scale, int(bool(f.flags & 32)), int(not f.flags & 1), f.charsetnr)) for f in k._result.fields]


def compare(server, all_statements):
    """How many columns, how many without a type here, and those that differ."""
    k, path = server
    count = unknown = 0
    bad = []
    for s, mine in zip(all_statements, ours(path, all_statements)):
        real = theirs(k, s)
        if real is None:
            continue
        if mine[0] == "error" and mine[1] == 1235:
            unknown += len(real)
            continue
        assert mine[0] == "ok" and len(mine[1]) == len(real), (s, real, mine)
        for r, m in zip(real, mine[1]):
            count += 1
            unknown += len(m) == 1
            if len(m) > 1 and r != m:
                bad.append((s, r, m))
    return count, unknown, bad


def test_by_hand(server):
    all_statements = [s for s in lines(BY_HAND) + lines(STATEMENTS) if not s.startswith(("create", "explain", "delete", "insert", "update", "replace"))]
    count, unknown, bad = compare(server, all_statements)
    print("%d columns, %d unknown, %d differ" % (count, unknown, len(bad)))
    assert sorted(s + "\t" + r[0] for s, r, m in bad) == sorted(lines(KNOWN)), "\n".join(map(str, bad))
    assert unknown <= 38 and count > 1000


def test_random_names(server):
    """The SELECTs of test_bind.py."""
    r = Random(20)
    count, unknown, bad = compare(server, [r.select() for _ in range(3000)])
    print("%d columns, %d unknown, %d differ" % (count, unknown, len(bad)))
    assert count > 1000 and unknown == 0
    assert not bad, "\n".join(map(str, bad[:40]))


def test_random_types(server):
    r = RandomTypes(int(os.environ.get("SLUICE_TYPES_SEED", "7")))
    count, unknown, bad = compare(server, [r.select() for _ in range(int(os.environ.get("SLUICE_TYPES_COUNT", "2000")))])
    print("%d columns, %d unknown, %d differ" % (count, unknown, len(bad)))
    assert count > 2000 and unknown < count * 0.02
    assert len(bad) <= count * float(os.environ.get("SLUICE_TYPES_MAX", "0.001")), "%d of %d\n" % (len(bad), count) + "\n".join(map(str, bad[:60]))
