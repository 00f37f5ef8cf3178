"""The server and we see the same tokens: of random texts of quotes, backslashes, halves of characters, comments and semicolons,
in all character sets whose second byte may be a quote or backslash, both must say the same: one statement, or none. Without bytes
over 0x7F there is no exception. With them, a bare name of bytes that are no characters is refused by the server and taken here,
which can split nothing; a name whose last character is cut off is refused here and maybe taken there."""
import random

import verdicts
from corpus import ours
from mysqltest import Statement

PIECES = [b"'", b"'", b'"', b"`", b"\\", b"\\'", b"''", b";", b" ", b"\n", b"a", b"1", b",", b"/*", b"*/", b"/*!", b"/*!50000 ", b"/*M!100000 ", b"/*!99999 ", b"-- ",
          b"--", b"#", b"\x81", b"\xa1", b"\xe0", b"\xfe", b"\x5c", b"\x40", b"N'", b"x'41'", b"0x41", b"_binary'", b"@`v`", b"@'v'", b"$$", b"\\N", b"1e5", b".5",
          b"1.", b"||", b"&&", b"(", b")", b"+", b"-", b"select ", b"\xa4\x5c", b"\x95\x5c", b"\xbf'", b"\xbf\x5c'", b"[", b"]"]
CHARSETS = ["utf8mb4", "latin1", "gbk", "sjis", "cp932", "big5", "binary"]
# Errors in the middle of parsing, behind which the server reads no further: not text in its character set, an unknown variable or function.
EARLY = (1300, 1193, 1305)
MODES = [None, "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "ANSI", "HIGH_NOT_PRECEDENCE", "IGNORE_SPACE", "MSSQL"]


def texts(seed, n):
    r = random.Random(seed)
    for i in range(n):
        body = b"".join(r.choice(PIECES) for _ in range(r.randint(1, 7)))
        shape = r.choice([b"select '%s'", b"select '%s', 'b'", b"select %s", b"select 1 %s", b'select "%s"', b"select `%s`", b"select 'a' %s 'b'"])
        # A server takes semicolons and spaces off the end first, and "--" at the end is a comment.
        body = body.rstrip(b"; \n") if body.rstrip(b"; \n").endswith(b"--") else body
        yield Statement("random", i, r.choice(MODES), r.choice(CHARSETS), shape.replace(b"%s", body), False)


def test_one_statement_or_none(mariadb):
    statements = sorted(set(texts(20261125, 14000)), key=lambda s: (s.mode or "", s.charset))
    server = verdicts.Server(mariadb)
    bad, harmless, accepted, refused = [], 0, 0, 0
    for i in range(0, len(statements), 100):
        # Neighbours share mode and character set only mostly.
        for s, (message, _) in zip(statements[i:i + 100], ours(statements[i:i + 100])):
            server.setting(s.mode, s.charset)
            number = server.prepare([s.sql])[0]
            if number in EARLY:
                continue
            syntax = number in verdicts.SYNTAX
            accepted += not syntax
            refused += syntax
            if message is not None and message.startswith("error 0"):
                bad.append("%s %s %r %s" % (s.mode, s.charset, s.sql, message))
            if syntax != (message is not None) and max(s.sql) > 0x7F:
                harmless += 1
            elif syntax != (message is not None):
                bad.append("%s %s %r server %d, we: %s" % (s.mode, s.charset, s.sql, number, message))
    assert harmless < len(statements) / 100
    assert accepted > 1000 and refused > 1000
    assert not bad, "%d\n%s" % (len(bad), "\n".join(bad[:60]))
