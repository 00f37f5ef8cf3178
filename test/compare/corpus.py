"""The parse corpus: the statements of mariadb-test-data, what the server's parser says of each, and what ours says.

Run as a program it prints the figures and the differences, grouped by first word and message:

    corpus.py [--first WORD]... [--sample N] [--show N] [--kind missed|wrong]

"missed" are those that the server parses and we do not, "wrong" the other way round. sql_mode=ORACLE is another language:
its part is told apart, too.
"""
import argparse
import collections
import os
import re
import subprocess
import sys
import zlib

import mysqltest
import verdicts
from conftest import BUILD, MariaDB, program

LEX_MODES = {"ANSI_QUOTES": 1, "NO_BACKSLASH_ESCAPES": 2, "PIPES_AS_CONCAT": 4, "IGNORE_SPACE": 8, "HIGH_NOT_PRECEDENCE": 16}
COMBINED = {"ANSI": 1 | 4 | 8, "DB2": 1 | 4 | 8, "MAXDB": 1 | 4 | 8, "MSSQL": 1 | 4 | 8 | 64, "ORACLE": 1 | 4 | 8 | 32, "POSTGRESQL": 1 | 4 | 8,
            "MYSQL323": 16, "MYSQL40": 16}
LEX_CHARSETS = {"gbk": 1, "sjis": 2, "cp932": 2, "big5": 3}


def mode_bits(mode):
    if mode and mode.isdigit():
        return 0
    bits = 0
    for word in (mode or "").replace(" ", "").split(","):
        bits |= LEX_MODES.get(word, 0) | COMBINED.get(word, 0)
    return bits


def is_oracle(s):
    return "ORACLE" in (s.mode or "")


def ours(statements):
    """What the parser here says of each: (None, printed) or (message, None)."""
    groups = collections.defaultdict(list)
    for i, s in enumerate(statements):
        groups[mode_bits(s.mode), LEX_CHARSETS.get(s.charset, 0)].append(i)
    result = [None] * len(statements)
    for (bits, charset), members in groups.items():
        done = subprocess.run([program("sql_probe"), str(bits), str(charset)], input=b"".join(statements[i].sql.replace(b"\0", b"") + b"\0" for i in members),
                              stdout=subprocess.PIPE, check=True)
        for i, line in zip(members, done.stdout.split(b"\0")[:-1], strict=True):
            result[i] = (None, line[3:]) if line.startswith(b"ok ") else (line.decode("latin1"), None)
    return result


def pieces(s, known):
    """A text of several statements, which a delimiter other than ';' makes possible: each that the server parses."""
    start = 0
    for m in re.finditer(rb";", s.sql):
        part = s._replace(sql=s.sql[start:m.start()].strip(), multi=False)
        if part.sql and known.of([part])[0] not in verdicts.SYNTAX:
            yield part
            start = m.end()
    if start:
        part = s._replace(sql=s.sql[start:].strip(), multi=False)
        if part.sql:
            yield part
    else:
        yield s


def judged(mariadb, sample=1, first=None):
    """(statement, the server's error number) for all, or for about one of @sample of them."""
    chosen = [s for s in mysqltest.statements() if zlib.crc32(s.sql) % sample == 0 and s.sql and b"\0" not in s.sql and
              (not first or word_of(s.sql) in first)]
    known = verdicts.Verdicts(os.path.join(BUILD, "corpus-verdicts"), mariadb)
    result = []
    for s, number in zip(chosen, known.of(chosen)):
        if s.multi and number in verdicts.SYNTAX:
            parts = list(pieces(s, known))
            result += zip(parts, known.of(parts))
        else:
            result.append((s, number))
    return result


def word_of(sql):
    m = re.match(rb"(?:\s|\(|/\*.*?\*/|--[ \t].*?\n|#.*?\n)*(\w+)", sql, re.S)
    return m.group(1).decode().upper() if m else "-"


class Figures:
    def __init__(self, pairs):
        self.accepted = self.rejected = 0
        self.missed, self.wrong, self.printed = [], [], []
        for (s, number), (message, printed) in zip(pairs, ours([s for s, _ in pairs])):
            syntax = number in verdicts.SYNTAX
            self.accepted += not syntax
            self.rejected += syntax
            if message and not syntax and not (number == 1065 and message.startswith("error 1065")):
                self.missed.append((s, message))
            elif not message and syntax:
                self.wrong.append((s, "parsed"))
            if printed is not None:
                self.printed.append((s, number, printed))

    def parsed(self):
        return 100 * (1 - len(self.missed) / max(self.accepted, 1))

    def refused(self):
        return 100 * (1 - len(self.wrong) / max(self.rejected, 1))

    def __str__(self):
        return "accepted by the server: %d, parsed here: %.3f %% (%d missed); refused by the server: %d, refused here: %.2f %% (%d parsed)" % (
            self.accepted, self.parsed(), len(self.missed), self.rejected, self.refused(), len(self.wrong))


def report(pairs, show):
    groups = collections.defaultdict(list)
    for s, message in pairs:
        near = re.search(r"near '(\S{0,20})", message, re.S)
        groups[word_of(s.sql), near.group(1).upper() if near else message].append(s)
    for (word, near), members in sorted(groups.items(), key=lambda g: -len(g[1])):
        print("%5d  %s ... %s" % (len(members), word, near))
        for s in members[:show]:
            text = re.sub(rb"\s+", b" ", s.sql)[:260].decode("latin1")
            print("         %s:%d [%s] %s" % (s.file, s.line, s.mode or "", text))


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--first", action="append", type=str.upper)
    a.add_argument("--not-first", action="append", type=str.upper, default=[])
    a.add_argument("--sample", type=int, default=1)
    a.add_argument("--show", type=int, default=2)
    a.add_argument("--kind", choices=["missed", "wrong"])
    args = a.parse_args()
    mariadb = MariaDB("--skip-networking=0")
    try:
        pairs = judged(mariadb, args.sample, args.first)
    finally:
        mariadb.stop()
    pairs = [p for p in pairs if word_of(p[0].sql) not in args.not_first]
    oracle = Figures([p for p in pairs if is_oracle(p[0])])
    total = Figures(pairs)
    if args.kind != "wrong":
        print("--- missed")
        report(total.missed, args.show)
    if args.kind != "missed":
        print("--- wrong")
        report(total.wrong, args.show)
    print(total)
    print("of them in sql_mode=ORACLE:", oracle)


if __name__ == "__main__":
    sys.exit(main())
