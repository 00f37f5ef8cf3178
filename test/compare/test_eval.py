"""sql/eval against a real MariaDB: random expressions over columns and literals of every type; values byte for byte,
types as result metadata tells them, warnings counted, errors by number. SLUICE_EVAL_COUNT says how many (20000: the whole corpus)."""
import json
import os
import re
import subprocess

import pymysql

from conftest import BUILD, program
from eval_corpus import ROW, TABLE, Generator, matrix
from eval_json_corpus import JsonGenerator

SEED = int(os.environ.get("SLUICE_EVAL_SEED", "20240301"))
COUNT = int(os.environ.get("SLUICE_EVAL_COUNT", "2000"))
NOW = 1700000000
UNSUPPORTED = 1235


def connect(server):
    connection = server.connect(conv={})
    with connection.cursor() as k:
        k.execute("CREATE DATABASE IF NOT EXISTS eval")
        k.execute("USE eval")
        k.execute("SET sql_mode='STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO', time_zone='+00:00', collation_connection=utf8mb4_general_ci, "
                  f"timestamp={NOW}")
        k.execute("DROP TABLE IF EXISTS t")
        k.execute(TABLE)
        k.execute(ROW)
        k.execute(ROW.replace("VALUES (1,", "VALUES (2,"))  # a table of one row is a constant, now and then
        k.execute("SET character_set_results=NULL")
    return connection


def raw(value, charset=None):
    if value is None:
        return "NULL"
    return (value if isinstance(value, bytes) else value.encode("utf-8")).hex()


def ask(connection, expression):
    """What the server says: ("ok", value, type, length, decimals, unsigned, nullable, charset, warnings) or ("error", errno).
    The row is looked for, as rows are: that of a table whose key is given would be a constant."""
    with connection.cursor() as k:
        try:
            k.execute("SELECT " + expression + " FROM t WHERE id + 0 = 1")
        except pymysql.Error as e:
            return ("error", e.args[0])
        r = k._result
        f = r.fields[0]
        value = r.rows[0][0]
        return ("ok", raw(value), f.type_code, f.length, f.scale, int(bool(f.flags & 32)), int(not f.flags & 1), f.charsetnr, r.warning_count)


ENUM, SET = 247, 248  # types that result metadata tells by flags


def members(connection, name):
    """The names of an ENUM or SET, which come in the connection's character set: those of the table fit into its own."""
    with connection.cursor() as k:
        k.execute("SELECT COLUMN_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'eval' AND TABLE_NAME = 't' AND COLUMN_NAME = %s", name)
        return ",".join(m.hex() for m in re.findall(rb"'([^']*)'", k._result.rows[0][0]))


def columns(connection):
    lines = []
    with connection.cursor() as k:
        k.execute("SELECT * FROM t WHERE id = 1")
        r = k._result
    for f, value in zip(r.fields, r.rows[0]):
        kind = ENUM if f.flags & 256 else SET if f.flags & 2048 else f.type_code
        line = ["C", f.name, str(kind), str(f.length), str(f.scale), str(f.flags), str(f.charsetnr), raw(value)]
        lines.append("\t".join(line + ([members(connection, f.name)] if kind in (ENUM, SET) else [])))
    return lines


def bytes_always(monkey):
    """Turns off PyMySQL's decoding of text."""
    def read(self, packet):
        row = []
        for encoding, converter in self.converters:
            row.append(packet.read_length_coded_string())
        return tuple(row)
    monkey.setattr(pymysql.connections.MySQLResult, "_read_row_from_packet", read)


NAMES = ("value", "type", "length", "decimals", "unsigned", "nullable", "collation", "warnings")


def compare(want, got):
    """What differs, the gravest first."""
    if got[0] == "error" and int(got[1]) == UNSUPPORTED:
        return ["unsupported"]
    if want[0] == "error" or got[0] == "error":
        return [] if want[0] == got[0] and int(got[1]) == want[1] else ["error"]
    return [name for name, a, b in zip(NAMES, want[1:], got[1:]) if str(a) != b]


def run(server, monkeypatch, expressions):
    """Cases (expression, server's answer, ours) by what differs."""
    bytes_always(monkeypatch)
    connection = connect(server)
    lines = [f"S\t3\t{NOW * 1000000}"] + columns(connection) + ["E\t" + e.encode("utf-8").hex() for e in expressions]
    done = subprocess.run([program("eval_probe")], input="\n".join(lines) + "\n", stdout=subprocess.PIPE, text=True, check=True, timeout=600)
    got = [line.split("\t") for line in done.stdout.splitlines()]
    assert len(got) == len(expressions)
    result = {}
    for e, g in zip(expressions, got):
        want = ask(connection, e)
        result.setdefault(tuple(compare(want, g)), []).append((e, want, g))
    connection.close()
    return result


def share(result, allowed):
    """Of the cases, how many differ in nothing but what is allowed."""
    return sum(len(cases) for kinds, cases in result.items() if set(kinds) <= set(allowed)) / sum(map(len, result.values()))


def tell(result):
    """The figures, and with SLUICE_EVAL_SHOW examples of each kind."""
    count = sum(map(len, result.values()))
    for kinds, cases in sorted(result.items(), key=lambda item: -len(item[1])):
        print("%-30s %6d %7.3f %%" % (", ".join(kinds) or "equal in everything", len(cases), 100 * len(cases) / count))
        if kinds and os.environ.get("SLUICE_EVAL_SHOW"):
            for case in cases[:int(os.environ["SLUICE_EVAL_SHOW"])]:
                print("   ", *case, sep="\n      ")
    print("%-30s        %7.3f %%" % ("equal but for the length", 100 * share(result, ["length"])))


def test_corpus(mariadb, monkeypatch):
    """The figures are those that doc/sql.md tells; what is not equal is known there by kind."""
    g = Generator(SEED)
    result = run(mariadb, monkeypatch, [g.next() for _ in range(COUNT)])
    tell(result)
    few = COUNT < 20000  # one more or less is much of few
    assert share(result, []) >= (0.996 if few else 0.9985)
    assert share(result, ["length"]) >= (0.996 if few else 0.9985)
    assert share(result, ["value", "warnings", "unsupported", "error"]) >= (0.9985 if few else 0.9997)  # types and what goes with them
    assert share(result, ["warnings", "unsupported"]) >= (0.9975 if few else 0.999)


def test_matrix(mariadb, monkeypatch):
    """Functions within functions, one of each, not by chance: types above all."""
    result = run(mariadb, monkeypatch, matrix(SEED, COUNT))
    tell(result)
    assert share(result, []) >= 0.998
    assert share(result, ["value", "warnings", "unsupported"]) >= 0.999


def test_json(mariadb, monkeypatch):
    """JSON functions, good JSON and broken."""
    g = JsonGenerator(SEED)
    result = run(mariadb, monkeypatch, [g.next() for _ in range(COUNT // 2)])
    tell(result)
    assert share(result, ["length"]) >= 0.995
    assert share(result, []) >= 0.993


def test_sluicectl():
    """The command's objects, one per expression."""
    program_ = os.path.join(os.environ.get("SLUICE_BIN") or os.path.join(BUILD, "bin"), "sluicectl")
    text = b"1 / 3\0CONCAT('a', NULL)\0'x' + 1\x009223372036854775807 + 1\0UUID()\0SELECT\0"
    done = subprocess.run([program_, "sql", "eval"], input=text, stdout=subprocess.PIPE, check=True, timeout=20)
    got = [json.loads(line) for line in done.stdout.splitlines()]
    assert got[0] == {"ok": True, "value": "0.3333", "type": "decimal", "warnings": 0}
    assert got[1]["ok"] and got[1]["value"] is None
    assert got[2]["value"] == "1" and got[2]["warnings"] == 1
    assert [(g["ok"], g["errno"]) for g in got[3:]] == [(False, 1690), (False, 1235), (False, 1064)]
