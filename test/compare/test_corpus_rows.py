"""What is printed of a statement means the same to a server. The scripts of mysql-test/main are run on two servers at once,
statement by statement: on the first as they are, on the second as they are printed here. Each pair must end in the same
rows or the same error. What a script's loops and $variables would have made of it is left out, as is what stops, waits or
reaches out of the server.

CORPUS_FILES=N runs one of N scripts (default 16: a minute; 1: all of them), of each script what fits in some seconds."""
import os
import re
import time
import zlib

import pymysql
import pytest

import corpus
import mysqltest
from conftest import MariaDB

RUN = re.compile(rb"\W*(select|with|values|table|insert|replace|update|delete|create|alter|drop|truncate|rename|set|do|prepare|execute|deallocate|begin|start"
                 rb"|commit|rollback|savepoint|handler|lock|unlock|call|use|explain|analyze|check|optimize|flush tables|show (create|columns|fields|index|keys))\b", re.I)
# Of the whole server, outside of it, slow, or asleep.
NOT_RUN = re.compile(rb"global|persist|outfile|dumpfile|load_file|infile|sleep|get_lock|benchmark|master|slave|plugin|server|shutdown|\buser\b|password|grant|debug"
                     rb"|event|tablespace|directory|kill|binlog|mysql\.|engine\s*=\s*(?!innodb|myisam|memory|heap|aria)|statistics|log_|file_|wait|performance_schema|sys\.", re.I)
# Not the same twice, or not on two servers: run, but not compared. EXPLAIN shows estimates, SHOW and the schema times.
NOT_COMPARED = re.compile(rb"rand|uuid|now|sysdate|curtime|curdate|current|utc_|connection_id|version|unix_timestamp|localtime|last_insert_id|row_count|found_rows"
                          rb"|explain|analyze|show|information_schema|thread|status|processlist|procedure\s+analyse|@@|nextval|next value|timestamp|limit(?!.*order by)|check|optimize|handler"
                          rb"|group_concat|json_arrayagg|json_objectagg|prepare|execute|call", re.I | re.S)
# Where they differ for a reason that is known.
KNOWN = {
    # Errors to a server that are taken here.
    "main/column_compression.test:48", "main/create.test:555", "main/ctype_collate_column.test:23", "main/ctype_filename.test:70",
    "main/fetch_first.test:37", "main/partition_column.test:303", "main/win.test:2089",
    # The names of columns without alias are the texts of their expressions.
    "main/temporal_literal.test:36",
    # Not the same twice: costs, what a statement before has left behind, an sql_mode that a program sets.
    "main/mdev-35721-ubsan.test:22", "main/selectivity_notembedded.test:255", "main/ps_1general.test:472",
}
LOST = (0, 2002, 2003, 2006, 2013, 2014)
SCRIPT_SECONDS = 8


class Run:
    """A connection that runs bytes."""

    def __init__(self, server):
        self.conn = server.connect(database="test", read_timeout=30)
        self.mode = ""
        self.sql("SET max_statement_time = 2, lock_wait_timeout = 1, innodb_lock_wait_timeout = 1, timestamp = 1700000000, rand_seed1 = 1, rand_seed2 = 2")

    def sql(self, text):
        """The rows, or the number of the error."""
        if isinstance(text, str):
            text = text.encode()
        try:
            self.conn._execute_command(3, text)
            self.conn._read_query_result(unbuffered=False)
            result = self.conn._result
            rows = result.rows
            while result.has_next:
                self.conn._read_query_result(unbuffered=False)
                result = self.conn._result
            return "ok" if rows is None else sorted(map(repr, rows))
        except pymysql.Error as e:
            return e.args[0] if e.args else 0
        except UnicodeDecodeError:
            return "undecodable"

    def set_mode(self, mode):
        if mode == self.mode:
            return
        self.mode = mode
        self.sql("SET sql_mode = DEFAULT" if mode is None else "SET sql_mode = " + (mode if mode.isdigit() else "'%s'" % mode))

    def close(self):
        try:
            self.conn.close()
        except pymysql.Error:
            pass


def start():
    return MariaDB("--character-set-server=latin1")


@pytest.fixture(scope="module")
def servers():
    pair = [start(), start()]
    yield pair
    for s in pair:
        s.stop()


def fresh(servers):
    """Empty databases, and nobody left who holds locks; a server that a script has brought down (its assertions do) is started
    again."""
    for i, server in enumerate(servers):
        try:
            for (other,) in server.sql("SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND user = 'root'"):
                server.sql("KILL %d" % other)
            server.sql("DROP DATABASE IF EXISTS test", "CREATE DATABASE test")
        except pymysql.Error:
            server.stop()
            servers[i] = start()
            servers[i].sql("CREATE DATABASE test")


def scripts():
    every = int(os.environ.get("CORPUS_FILES", "16"))
    main = os.path.join(mysqltest.ROOT, "main")
    return [os.path.join(main, f) for f in sorted(os.listdir(main)) if f.endswith(".test") and zlib.crc32(f.encode()) % every == 0]


def run_script(path, servers, bad):
    """The numbers of statements run and compared; differences go to @bad."""
    chosen = [s for s in mysqltest.Script(path).statements() if RUN.match(s.sql) and not NOT_RUN.search(s.sql) and not corpus.is_oracle(s)
              and not re.match(rb"set.*sql_mode", s.sql, re.I | re.S) and b"\0" not in s.sql]
    printed = corpus.ours(chosen)
    fresh(servers)
    runs = [Run(s) for s in servers]
    ran = compared = 0
    end = time.monotonic() + SCRIPT_SECONDS
    for s, (message, text) in zip(chosen, printed):
        if time.monotonic() > end:
            break
        for r in runs:
            r.set_mode(s.mode)
        first, second = runs[0].sql(s.sql), runs[1].sql(s.sql if message else text)
        if first in LOST or second in LOST:
            break
        ran += 1
        if message or NOT_COMPARED.search(s.sql) or 1969 in (first, second):  # 1969: took too long
            continue
        compared += 1
        if first != second and "%s:%d" % (s.file, s.line) in KNOWN:
            break
        if first != second:
            bad.append("%s:%d\n  %s\n  %s\n  %.300s\n  %.300s" % (s.file, s.line, s.sql.decode("latin1"), text.decode("latin1"), first, second))
            break  # the tables are no longer the same
    for r in runs:
        r.close()
    return ran, compared


def test_printed_scripts_do_the_same(servers):
    bad = []
    ran = compared = 0
    for path in scripts():
        r, c = run_script(path, servers, bad)
        ran += r
        compared += c
    print("%d scripts, %d statements run, %d compared, %d differ" % (len(scripts()), ran, compared, len(bad)))
    assert compared > 1500
    assert not bad, "%d of %d\n%s" % (len(bad), compared, "\n".join(bad))
