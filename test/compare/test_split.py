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
            found[i].append(("columns", len(p["tree"]["items"]) if p["tree"]["kind"] == "select" else 0) if p["ok"] else ("error", p["errno"]))
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


# Programs, and what stands outside of programs but has semicolons in it, too.
BODIES = [
    "begin end", "begin set @a = 1; end", "set @a = 1", "begin for i in 1..2 do set @a = i; end for; set @a = 2; end", "for i in 1..2 do set @a = i; end for",
    "if 1 then set @a = 1; end if", "if not 0 then set @a = 1; else set @a = 2; end if", "begin if 1 then if 2 then set @a = 1; end if; end if; set @b = 1; end",
    "begin while 0 do set @a = 1; end while; repeat set @a = 1; until 1 end repeat; l: loop leave l; end loop; end", "l: begin leave l; end l",
    "begin case 1 when 1 then set @a = 1; else set @a = 2; end case; set @a = case when 1 then 2 else 3 end; end", "case 1 when 1 then begin end; end case",
    "begin declare exit handler for not found if 1 then set @a = 1; end if; set @a = 2; end",
    "begin declare continue handler for sqlexception, sqlstate '42000' begin set @a = 1; end; set @a = if(1, 2, 3); end",
    "begin declare exit handler for sqlwarning set @a = if(1, 2, 3); set @b = 2; end", "begin declare c cursor for select 1; open c; close c; end",
    "begin declare a int default if(1, 2, 3); set a = repeat('a', 2) + case 1 when 2 then 3 end; end", "begin do if(1, 2, 3); set @a = 1; end", "set @a = if(1, 2, 3)",
    "begin insert into t set a = 1; update t set a = 2; delete from t; end", "begin begin not atomic set @a = 1; end; end",
    "begin declare x condition for sqlstate '42000'; declare exit handler for x while 0 do set @a = 1; end while; for r in (select 1 as a) do set @a = r.a; end for; end",
]
HEADS = ["create or replace procedure p() ", "create or replace procedure p(a int, b char(3) character set latin1) comment 'if' deterministic ",
         "create procedure if not exists q() ", "create or replace trigger tr before insert on t for each row ",
         "create or replace event ev on schedule every 1 day comment 'begin' do ", "begin not atomic ", ""]
ORACLE = [
    "create or replace procedure p as a int; b int := 1; begin a := 1; end", "create or replace function f return int as begin return 1; end",
    "create or replace procedure p(a int) is cursor c is select 1 from dual; begin open c; close c; end p",
    "create or replace procedure p as begin declare a int; begin a := 1; end; if 1 then null; elsif 2 then null; end if; end",
    "create or replace procedure p as begin for i in 1..2 loop null; end loop; while 0 loop null; end loop; loop exit when 1; end loop; end",
    "create or replace procedure p as a int; begin a := 1; exception when others then a := 2; end",
    "create or replace procedure p as x condition for sqlstate '42000'; exit handler for x begin set @a = 1; end; begin null; end",
    "create or replace package k as a int; procedure p; function f return int; end", "declare a int; b int; begin a := 1; b := a; end", "begin set @a = 1; end",
    "create or replace package body k as a int; procedure p as b int; begin b := 1; end; function f return int as begin return 1; end; begin a := 1; end",
    "create or replace trigger tr before insert on t for each row declare a int; begin a := 1; end", "<<l>> begin null; end", "begin", "begin work",
    "begin if 1 then null; end if; set @a = case when 1 then 2 else 3 end; end",
]


def programs():
    for body in BODIES:
        for head in HEADS:
            if not (head.startswith("begin") and body.startswith("declare")):
                yield "", head + body + ("; end" if head.startswith("begin") else "")
    yield "", "create or replace function f() returns int return if(1, 2, 3)"
    yield "", "create or replace function f() returns int begin return if(1, 2, 3); end"
    yield "", "alter event ev do begin set @a = 1; end"
    yield "", "begin"
    yield "", "begin work"
    for text in ORACLE:
        yield "ORACLE", text


def test_programs(mariadb):
    """What has semicolons in it is one statement, and ends where the server says."""
    texts_, bad = list(programs()), []
    for mode in ("", "ORACLE"):
        connection = mariadb.connect(client_flag=CLIENT.MULTI_STATEMENTS, use_unicode=False, conv={})
        cursor = connection.cursor()
        for sql in ("CREATE DATABASE IF NOT EXISTS programs", "USE programs", "CREATE TABLE IF NOT EXISTS t (a INT)"):
            cursor.execute(sql)
        cursor.execute("SET sql_mode = %s" % connection.escape(mode))
        group = [(t + "; select 1, 2; rollback").encode() for m, t in texts_ if m == mode]
        for text, got in zip(group, split((mode, "utf8mb4"), group)):
            want = ask(connection, text)
            if not agree(want, got):
                bad.append("%s %r\n   server %s\n   here   %s" % (mode, text, want, got))
        connection.close()
    assert len(texts_) > 150
    assert not bad, "%d\n%s" % (len(bad), "\n".join(bad))
