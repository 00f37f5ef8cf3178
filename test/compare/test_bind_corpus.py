"""Names in the scripts of mysql-test/main: each runs on a server, and its statements are bound over the tables that the server has at
that point. What a server refuses for a name must be refused here with the same number and text; what it runs must be bound, and the
result's columns be called the same.

CORPUS_FILES=N takes one of N scripts (default 16; 1: all of them)."""
import binascii
import re
import subprocess
import time

import pymysql
import pytest

import corpus
import mysqltest
from conftest import program
from test_bind import column
from test_corpus_rows import NOT_RUN, RUN, fresh, scripts, start

# Errors of names, as far as they are found before anything is run.
NAMES = {1046, 1051, 1052, 1054, 1056, 1060, 1066, 1096, 1109, 1110, 1111, 1136, 1146, 1166, 1221, 1222, 1241, 1247, 1250, 1288, 1327, 1348,
         1353, 1356, 1393, 1395, 1471, 1582, 3028, 4002, 4004, 4005, 4008, 4009, 4010, 4011, 4012, 4013, 4014, 4015, 4017, 4018, 4019, 4020, 4074, 4078,
         4099, 4100, 4141, 4172, 4177}
# Found before names are looked at, or not at all here.
OTHERS = {1064, 1235, 1305, 1193, 1227, 1142, 1143, 1149, 1231, 1238, 1273, 1253, 1267, 1270, 1271, 1115, 1295, 1370, 1584, 1618, 1210, 1630, 1176, 1191, 1747,
          1735, 1049, 1969, 1317, 1436, 1100, 1300, 1616, 1792}
BOUND = re.compile(rb"\W*(select|with|values|insert|replace|update|delete|do|set)\b", re.I)
DDL = re.compile(rb"\W*(create|alter|drop|rename|use)\b", re.I)
NOT_BOUND = re.compile(rb"information_schema|mysql\.|performance_schema|\bsys\.|seq_\d+_to|for system_time|nextval|next value|previous value|lastval|procedure analyse"
                       rb"|set (global|session|names|character|transaction|password|role|statement|@@|[a-z_]+\s*=)", re.I)


class Client:
    def __init__(self, server):
        self.conn = server.connect(database="test", read_timeout=30)
        self.ask(b"SET max_statement_time = 2, lock_wait_timeout = 1, innodb_lock_wait_timeout = 1, timestamp = 1700000000")

    def ask(self, sql):
        """("ok", names or None) or ("error", number, text)."""
        try:
            self.conn._execute_command(3, sql)
            self.conn._read_query_result(unbuffered=False)
            result = self.conn._result
            names = [d[0] for d in result.description] if result.description else []
            while result.has_next:
                self.conn._read_query_result(unbuffered=False)
                result = self.conn._result
            return ("ok", names)
        except pymysql.Error as e:
            return ("error", e.args[0] if e.args else 0, e.args[1] if len(e.args) > 1 else "")
        except UnicodeDecodeError:
            return ("error", 0, "undecodable")


def run_script(path, servers):
    """Pairs of statements and the server's answers; a None answer: a definition that it took."""
    fresh(servers)
    client = Client(servers[0])
    out = [(b"CREATE DATABASE test; USE test", None)]
    end = time.monotonic() + 8
    for s in mysqltest.Script(path).statements():
        if time.monotonic() > end:
            break
        if not RUN.match(s.sql) or NOT_RUN.search(s.sql) or corpus.is_oracle(s) or s.mode or b"\0" in s.sql or s.multi:
            continue
        answer = client.ask(s.sql)
        if answer[0] == "error" and answer[1] in (0, 2002, 2003, 2006, 2013, 2014):
            break
        if DDL.match(s.sql):
            # A DROP that does not find all has dropped the rest.
            if answer[0] == "ok" or (answer[1] == 1051 and re.match(rb"\W*drop", s.sql, re.I)):
                out.append((s.sql, None))
        elif BOUND.match(s.sql) and not NOT_BOUND.search(s.sql):
            out.append((s.sql, answer))
    client.conn.close()
    return out


def bind(statements):
    data = b"".join((b"\1" if answer is None else b"") + sql + b"\0" for sql, answer in statements)
    done = subprocess.run([program("bind_probe"), "/dev/null"], input=data, stdout=subprocess.PIPE, check=True, timeout=30)
    out = []
    for line in done.stdout.decode().split("\n")[:-1]:
        p = line.split("\t")
        out.append(p if p[0] == "ok" else ("error", int(p[1]), binascii.unhexlify(p[2]).decode(errors="replace")))
    return out


def named(sql, message):
    """The missing table is one of the statement's own: none of a trigger, a function or the server's."""
    table = re.search(r"\.([^.']*)' doesn't exist", message)
    return table and re.search(rb"\b%s\b" % re.escape(table.group(1)).encode(), sql) is not None


def differs(sql, answer, mine):
    """None: nothing to compare; False, True."""
    if mine[0] == "error" and mine[1] in (1235, 1064):
        return None
    if answer[0] == "error":
        if answer[1] == 1146 and not named(sql, answer[2]):
            return None
        if answer[1] in NAMES:
            return mine[0] != "error" or mine[1] != answer[1] or mine[2] != answer[2]
        return None if answer[1] in OTHERS else mine[0] == "error"
    if mine[0] == "error":
        return True
    names = [column(m)[0] for m in mine[1:]]
    return not all(n.isascii() for n in answer[1]) and None or names != answer[1]


@pytest.fixture(scope="module")
def servers():
    pair = [start()]
    yield pair
    for s in pair:
        s.stop()


def test_scripts(servers):
    compared = skipped = 0
    bad = []
    for path in scripts():
        statements = run_script(path, servers)
        asked = [s for s in statements if s[1] is not None]
        mine = bind(statements)
        assert len(mine) == len(asked), path
        for (sql, answer), m in zip(asked, mine):
            d = differs(sql, answer, m)
            compared += d is not None
            skipped += d is None
            if d:
                bad.append("%s: %s\n  server %s\n  here   %s" % (path.split("/")[-1], sql.decode("latin1")[:400], str(answer)[:300],
                                                              m if m[0] == "error" else [column(x)[0] for x in m[1:]]))
    print("%d compared, %d not, %d differ" % (compared, skipped, len(bad)))
    assert compared > 1000
    assert len(bad) <= compared * 0.008, "\n".join(bad)
