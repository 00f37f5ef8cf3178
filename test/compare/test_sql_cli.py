"""sluicectl sql: one JSON object for each statement on standard input."""
import json
import os
import subprocess

from conftest import BUILD


def sql(verb, *statements, options=()):
    done = subprocess.run([os.path.join(os.environ.get("SLUICE_BIN") or BUILD + "/bin", "sluicectl"), "sql", verb, *options],
                          input="".join(s + "\0" for s in statements).encode("latin1"), stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_parse():
    good, bad, empty = sql("parse", "select a.b from t as a", "select 1\nfrom from t", "")
    assert good["ok"] and good["tree"]["kind"] == "select"
    assert good["tree"]["items"][0]["expr"] == {"kind": "column", "at": [7, 10], "table": "a", "name": "b"}
    assert good["tree"]["from"][0] == {"kind": "table", "at": [16, 22], "name": "t", "alias": "a"}
    assert bad == {"ok": False, "errno": 1064, "offset": 14, "message": bad["message"]}
    assert "near 'from t' at line 2" in bad["message"]
    assert empty["errno"] == 1065


def test_print():
    assert sql("print", "select  'a'  as x,b+1 from `select`") == [{"ok": True, "text": "SELECT 'a' AS x, b + 1 FROM `select`"}]


def test_fingerprint():
    a, b, c = sql("fingerprint", "select 1 from t where a in (1, 2, 3)", "SELECT 77 FROM t WHERE a IN(5)", "select 'x' from t where a in (1)")
    assert a["fingerprint"] == b["fingerprint"] != c["fingerprint"]
    assert a["text"] == "select ? from t where a in (?, ...)"
    assert [(x["type"], x["text"], x["offset"], x["slot"]) for x in a["literals"]] == [
        ("int", "1", 7, 0), ("int", "1", 28, 1), ("int", "2", 31, 1), ("int", "3", 34, 1)]


def test_schema(tmp_path):
    path = tmp_path / "schema.sql"
    path.write_text("CREATE TABLE t (a INT NOT NULL, b VARCHAR(10));\nCREATE VIEW v (x) AS SELECT b FROM t;\nCREATE DATABASE d; CREATE TABLE d.t (z BIGINT)")
    options = ["--schema", str(path)]
    one, two, bad, no_table, no_select, show = sql("parse", "select a + 1, x from t, v", "insert into t values (1, 'x') returning *", "select a, nope from t",
                                                   "select 1 from t, nope", "do 1", "show tables", options=options)
    assert one["ok"] and one["tree"]["kind"] == "select"
    assert one["columns"] == [{"name": "a + 1", "type": "bigint", "length": 12, "decimals": 0, "nullable": False, "collation": "binary"},
                              {"name": "x", "table": "v", "column": "x", "type": "varchar", "length": 40, "decimals": 0, "nullable": True,
                               "collation": "utf8mb4_general_ci"}]
    assert [c["name"] for c in two["columns"]] == ["a", "b"]
    assert bad == {"ok": False, "errno": 1054, "message": "Unknown column 'nope' in 'SELECT'", "offset": 10}
    assert (no_table["errno"], no_table["offset"]) == (1146, 17)
    assert no_select["columns"] == show["columns"] == []
    printed, = sql("print", "select  z from d.t", options=options)
    assert printed["text"] == "SELECT z FROM d.t" and printed["columns"][0]["type"] == "bigint"
    assert "columns" not in sql("print", "select z from d.t")[0]
    assert sql("eval", "1 + 1", options=options)[0]["value"] == "2"
    program = os.path.join(os.environ.get("SLUICE_BIN") or BUILD + "/bin", "sluicectl")
    path.write_text("CREATE TABLE t (a INT")
    for verb, message in (("parse", "error in your SQL syntax"), ("fingerprint", "unknown option")):
        done = subprocess.run([program, "sql", verb, *options], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        assert done.returncode and message in done.stderr


def test_two_statements_are_no_statement():
    one, = sql("parse", "select 1; drop table t")
    assert one["errno"] == 1064 and one["offset"] == 8
    one, = sql("fingerprint", "select 1; drop table t")
    assert one["text"] == "select ?" and one["next"] == 10


def test_server_version():
    routine = "create function f() returns int language javascript as $$ return 1; $$"
    assert not sql("parse", routine)[0]["ok"]
    assert sql("parse", routine, options=["--server-version", "9.1"])[0]["ok"]
    assert not sql("parse", routine, options=["--server-version", "8.0.36"])[0]["ok"]
    assert sql("print", "select /*!80000 2, */ 1", options=["--server-version", "8.0.36"])[0]["text"] == "SELECT 2, 1"
    assert sql("print", "select /*!80000 2, */ 1")[0]["text"] == "SELECT 1"


def test_modes_and_character_sets():
    text = 'select "a" || \'\\\''
    assert not sql("parse", text)[0]["ok"]
    tree = sql("parse", text, options=["--sql-mode", "ANSI,NO_BACKSLASH_ESCAPES"])[0]["tree"]
    assert tree["items"][0]["expr"]["op"] == "||" and tree["items"][0]["expr"]["left"]["name"] == "a"
    # A quote's backslash is half of a character.
    assert not sql("parse", "select '\x81\\'", options=["--charset", "latin1"])[0]["ok"]
    assert sql("parse", "select '\x81\\'", options=["--charset", "gbk"])[0]["ok"]
    assert subprocess.run([os.path.join(BUILD, "bin/sluicectl"), "sql", "parse", "--sql-mode", "NONSENSE"], stdin=subprocess.DEVNULL,
                          stderr=subprocess.PIPE).returncode == 2
    assert sql("print", "select [a]]b] from [select]", options=["--sql-mode", "MSSQL"])[0]["text"] == "SELECT `a]b` FROM `select`"


# What nests or repeats: before, what is repeated, in the middle, after each of what is repeated, at the end.
SHAPES = [
    ("create procedure p() begin ", "if 1 then ", "select 1 1;", "end if;", "end"),
    ("create procedure p() begin ", "case when 1 then ", "select 1 1;", "end case;", "end"),
    ("create procedure p() ", "begin ", "select 1 1;", "end;", ""),
    ("create procedure p() ", "begin declare exit handler for not found ", "select 1 1;", " end", ""),
    ("begin not atomic ", "a: loop ", "select 1 1;", "end loop;", "end"),
    ("", "create procedure p() ", "select 1 1", "", ""),
    ("", "create event e on schedule every 1 day do ", "select 1 1", "", ""),
    ("create event e on schedule every ", "(", "1", ")", " day do select 1 1"),
    ("grant select on a.b to ", "u@h,", "x x", "", ""),
    ("alter table t ", "add column (a int), ", "x x", "", ""),
    ("create table t (a int) partition by list(a) (", "partition p values in (1,2),", "x x", "", ""),
    ("select ", "/*!50000 a,*/", "b b c", "", ""),
    ("with ", "a as (select 1), ", "b b", "", ""),
    ("select 1 from a ", "join a ", "", "on 1 ", "1 1"),
    ("select ", "a + interval ", "1 1", "", ""),
    ("select ", "case ", "1 1", "", ""),
    ("select 1 from ", "(", "a", ")", " 1 1"),
    ("select ", "(", "select 1 1", ")", ""),
    ("select ", "'a' ", "1 1", "", ""),
    ("select ", "a or ", "1 1", "", ""),
]


def test_no_text_takes_long():
    """Wrong at the end or too deep: an error, and soon, however long it is."""
    texts = [before + what * n + middle + after * n + end for before, what, middle, after, end in SHAPES for n in (20, 200, 2000, 20000)]
    for mode in ("", "ORACLE"):
        done = subprocess.run([os.path.join(os.environ.get("SLUICE_BIN") or BUILD + "/bin", "sluicectl"), "sql", "parse", "--sql-mode", mode],
                              input="".join(t + "\0" for t in texts).encode(), stdout=subprocess.PIPE, check=True, timeout=60)
        errors = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(errors) == len(texts)
        assert {e.get("errno") for e in errors} == {1064, 1436}, [t[:80] for t, e in zip(texts, errors) if e["ok"]]
