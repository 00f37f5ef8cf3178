"""Where the statements of a text end: a server that takes several at once and the fingerprint, by which texts are split here, find the
same ones. The texts are random: quotes, comments (executed ones too), backslashes, halves of characters and semicolons between
SELECTs of literals; the server tells how many columns each result has and what ends it."""
import json
import os
import random
import subprocess

import pymysql
from pymysql.constants import CLIENT

from conftest import BUILD
from test_lexer import CHARSETS, EARLY, PIECES

COUNT = 12000
MODES = ["", "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "MSSQL", "ORACLE"]
SEPARATORS = [b";", b";", b";", b"; ", b" ;\n", b";-- x\n", b";/* ; */", b";/*! */", b";;", b"/*! ; */", b"/*!99999 ; */", b"';'", b'";"', b"`;`", b"\\;", b"#;\n", b""]
EMPTY = 1065
SYNTAX = (1064, 1149)


def texts(seed):
    r = random.Random(seed)
    settings = [(m, c) for m in MODES for c in CHARSETS]
    for i in range(COUNT):
        parts = []
        for _ in range(r.randint(2, 4)):
            literals = [r.choice([b"1", b"'a'", b"'%s'", b'"%s"', b"'a;b'", b"/*! 2, */ 3", b"%s", b"1.5 /* ; */"]) for _ in range(r.randint(1, 3))]
            parts.append(b"select " + b", ".join(x.replace(b"%s", b"".join(r.choice(PIECES) for _ in range(r.randint(0, 3)))) for x in literals))
            parts.append(r.choice(SEPARATORS))
        yield settings[i % len(settings)], b"".join(parts).replace(b"\0", b"")


def sluicectl(verb, setting, statements):
    program = os.path.join(os.environ.get("SLUICE_BIN") or BUILD + "/bin", "sluicectl")
    done = subprocess.run([program, "sql", verb, "--sql-mode", setting[0], "--charset", setting[1]], input=b"\0".join(statements) + b"\0",
                          stdout=subprocess.PIPE, check=True, timeout=60)
    return [json.loads(line) for line in done.stdout.decode("utf-8", "replace").splitlines()]


def split(setting, all_texts):
    """For each text its statements as columns or error number; a text that breaks off ends with 1064. A server takes semicolons and
    spaces off the end first; so does the gate."""
    found = [[] for _ in all_texts]
    rest = [(i, t.rstrip(b"; \n")) for i, t in enumerate(all_texts)]
    while rest:
        prints = sluicectl("fingerprint", setting, [t for _, t in rest])
        pieces, after = [], []
        for (i, text), f in zip(rest, prints):
            if not f["ok"]:
                found[i].append(("error", f["errno"]))
                continue
            pieces.append((i, text[:f.get("next", len(text))]))
            if "next" in f:
                after.append((i, text[f["next"]:]))
        for (i, text), p in zip(pieces, sluicectl("parse", setting, [t for _, t in pieces])):
            found[i].append(("columns", len(p["tree"]["items"])) if p["ok"] else ("error", p["errno"]))
        # Behind an error nothing is run.
        rest = [(i, text) for i, text in after if text.strip(b" \t\n\v\f\r") and found[i][-1][0] != "error"]
    return found


def ask(connection, text):
    """The same of the server."""
    found = []
    try:
        connection._execute_command(3, text)
        while True:
            connection._read_query_result()
            found.append(("columns", connection._result.field_count))
            if not connection._result.has_next:
                break
    except pymysql.Error as e:
        found.append(("error", e.args[0]))
    return found


def agree(want, got):
    if want == got:
        return True
    if want[-1][0] == "error" and got[:len(want) - 1] == want[:-1]:
        at = got[len(want) - 1] if len(got) >= len(want) else None
        number = want[-1][1]
        if number in EARLY:
            return True
        if number in SYNTAX:
            return at is not None and at[0] == "error"
        return at is not None and at[0] == "columns"  # it parses, and names nothing that is there
    # Nothing but comments behind the last semicolon: the server says OK to that.
    return want[-1] == ("columns", 0) and want[:-1] == got[:-1] and got[-1] == ("error", EMPTY)


def test_same_statements(mariadb):
    by_setting = {}
    for setting, text in texts(20261126):
        by_setting.setdefault(setting, []).append(text)
    bad, several, refused, odd = [], 0, 0, 0
    for (mode, charset), group in sorted(by_setting.items()):
        connection = mariadb.connect(client_flag=CLIENT.MULTI_STATEMENTS, use_unicode=False, conv={})
        connection.cursor().execute("SET sql_mode = %s", (mode,))
        connection.cursor().execute("SET character_set_client = " + charset)
        for text, got in zip(group, split((mode, charset), group)):
            want = ask(connection, text)
            several += len(want) > 1
            refused += want[-1][0] == "error" and want[-1][1] in SYNTAX
            if agree(want, got):
                continue
            if max(text) > 0x7F:  # what is no text in its character set: see test_lexer.py
                odd += 1
            else:
                bad.append("%s %s %r\n   server %s\n   here   %s" % (mode, charset, text, want, got))
        connection.close()
    print("%d texts, %d of several statements, %d refused, %d odd" % (COUNT, several, refused, odd))
    assert several > COUNT / 4 and refused > COUNT / 10
    assert not bad, "%d\n%s" % (len(bad), "\n".join(bad[:30]))
    assert odd < COUNT / 50
