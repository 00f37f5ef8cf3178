"""What a real MariaDB's parser says of statements: 0, or the number of the error.

A statement is prepared (COM_STMT_PREPARE), not run: the server parses all of it, then looks up tables and the like, and
nothing changes. Errors of the later steps (1146 no such table...), and 1295 (parsed, but this kind cannot be prepared)
are none of the parser. What prepares to a syntax error is sent once more as a plain query, because some texts are
refused in a prepared statement only; if it is a syntax error indeed, that has no effect either, and if not, it ran on a
server that is thrown away. (Nothing that stops or reconfigures the server is in that class: SKIP.)

The commands are sent in batches, so that 200,000 statements take about a minute. Verdicts are kept in a file, by a hash
of mode, character set and text.
"""
import hashlib
import os
import re
import struct

import pymysql

SYNTAX = (1064, 1149)
BATCH = 200
SKIP = re.compile(rb"shutdown|restart|install|kill|change\s+master", re.I)


class Server:
    """One connection over which prepares are sent in batches."""

    def __init__(self, mariadb):
        self.mariadb = mariadb
        self.open()

    def open(self):
        self.conn = self.mariadb.connect()
        with self.conn.cursor() as k:
            k.execute("CREATE DATABASE IF NOT EXISTS test")
            k.execute("USE test")
        self.sock = self.conn._sock
        self.file = self.sock.makefile("rb")
        self.settings = None

    def setting(self, mode, charset):
        if self.settings == (mode, charset):
            return
        with self.conn.cursor() as k:
            try:
                if mode is None:
                    k.execute("SET sql_mode = DEFAULT")
                else:
                    k.execute("SET sql_mode = %s" if not mode.isdigit() else "SET sql_mode = " + mode, None if mode.isdigit() else (mode,))
            except pymysql.Error:
                k.execute("SET sql_mode = DEFAULT")
            k.execute("SET NAMES utf8mb4")
            try:
                k.execute("SET character_set_client = " + charset)
            except pymysql.Error:
                k.execute("SET character_set_client = latin1")
        self.settings = (mode, charset)

    def packet(self):
        head = self.file.read(4)
        if len(head) < 4:
            raise ConnectionError("the server has gone")
        return self.file.read(int.from_bytes(head[:3], "little"))

    def prepare(self, sqls):
        """The error number of each."""
        self.sock.sendall(b"".join((len(s) + 1).to_bytes(3, "little") + b"\0\x16" + s for s in sqls))
        result, closes = [], []
        for _ in sqls:
            p = self.packet()
            if p[0] == 0xFF:
                result.append(struct.unpack_from("<H", p, 1)[0])
                continue
            statement, columns, params = struct.unpack_from("<IHH", p, 1)
            for count in (params, columns):
                for _ in range(count + (count > 0)):  # with an EOF packet
                    self.packet()
            closes.append(b"\x05\0\0\0\x19" + struct.pack("<I", statement))
            result.append(0)
        self.sock.sendall(b"".join(closes))
        return result

    def run(self, sql):
        """The error number of a plain query."""
        if SKIP.search(sql):
            return None
        self.settings = None
        try:
            self.conn._execute_command(3, sql)
            self.conn._read_query_result(unbuffered=False)
        except pymysql.Error as e:
            if e.args[0] in (2006, 2013, 2014):
                self.open()
            return e.args[0] if isinstance(e.args[0], int) else 0
        return 0


def key(s):
    return hashlib.sha1(repr((s.mode, s.charset)).encode() + s.sql).hexdigest()[:24]


class Verdicts:
    """Verdicts by key, kept in @path."""

    def __init__(self, path, mariadb):
        self.path, self.mariadb = path, mariadb
        self.known = {}
        self.server = None
        if os.path.exists(path):
            with open(path) as f:
                self.known = {line.split()[0]: int(line.split()[1]) for line in f}

    def of(self, statements):
        """The number for each statement."""
        missing = [s for s in statements if key(s) not in self.known]
        missing.sort(key=lambda s: (s.mode or "", s.charset))
        if missing:
            self.server = self.server or Server(self.mariadb)
            with open(self.path, "a") as f:
                while missing:
                    n = 1
                    while n < min(BATCH, len(missing)) and missing[n][2:4] == missing[0][2:4] and sum(len(s.sql) for s in missing[:n]) < 60000:
                        n += 1
                    self.judge(missing[:n], f)
                    missing = missing[n:]
        return [self.known[key(s)] for s in statements]

    def judge(self, batch, f):
        self.server.setting(batch[0].mode, batch[0].charset)
        numbers = self.server.prepare([s.sql for s in batch])
        for s, number in zip(batch, numbers):
            if number in SYNTAX:
                self.server.setting(s.mode, s.charset)
                second = self.server.run(s.sql)
                number = number if second is None else second
            self.known[key(s)] = number
            f.write("%s %d\n" % (key(s), number))
