"""The statements of mariadb-test-data: what the server parses must parse here and print to an equal tree; what it refuses
as a syntax error must be refused here. CORPUS_SAMPLE=N takes about one of N statements (default 1: all, a minute)."""
import os
import zlib

import pytest

import corpus
import verdicts

PARSED = 99.9  # percent of what the server accepts
REFUSED = 95  # percent of what it refuses as a syntax error


@pytest.fixture(scope="module")
def figures(mariadb):
    if not os.path.isdir(os.path.join(corpus.mysqltest.ROOT, "main")):
        pytest.fail("the package mariadb-test-data is missing")
    pairs = corpus.judged(mariadb, int(os.environ.get("CORPUS_SAMPLE", "1")))
    return corpus.Figures(pairs)


def test_enough(figures):
    assert figures.accepted * int(os.environ.get("CORPUS_SAMPLE", "1")) > 150000


def test_parsed(figures):
    print(figures)
    assert figures.parsed() >= PARSED, str(figures) + "".join("\n%s: %s" % (m, s.sql[:200]) for s, m in figures.missed[:50])


def test_refused(figures):
    print(figures)
    assert figures.refused() >= REFUSED, str(figures) + "".join("\n%s" % s.sql[:200] for s, _ in figures.wrong[:50])


def test_printed_is_accepted(figures, mariadb):
    """What is printed of a statement, the server's parser must take when it took the statement; of one in three definitions
    of tables (and of whatever else is printed from a tree), in the file's own mode and character set."""
    changed = [(s, p) for s, number, p in figures.printed if number not in verdicts.SYNTAX and p != s.sql and
               zlib.crc32(s.sql) % 3 == 0 and corpus.word_of(s.sql) in ("CREATE", "ALTER", "SHOW", "SET")]
    known = verdicts.Verdicts(os.path.join(corpus.BUILD, "corpus-verdicts"), mariadb)
    said = known.of([s._replace(sql=p) for s, p in changed])
    bad = [(s.sql, p) for (s, p), number in zip(changed, said) if number in verdicts.SYNTAX]
    print("printed and judged: %d, refused: %d" % (len(changed), len(bad)))
    assert len(changed) > 8000 or "CORPUS_SAMPLE" in os.environ
    assert len(bad) <= len(changed) // 5000, "".join("\n%s\n   %s" % (s[:300], p[:300]) for s, p in bad[:60])
