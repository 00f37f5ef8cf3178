"""The statements of mariadb-test-data: what the server parses must parse here and print to an equal tree; what it refuses
as a syntax error must be refused here. CORPUS_SAMPLE=N takes about one of N statements (default 1: all, a minute)."""
import os

import pytest

import corpus

PARSED = 99.9  # percent of what the server accepts
REFUSED = 95  # percent of what it refuses as a syntax error


@pytest.fixture(scope="module")
def figures(mariadb):
    if not os.path.isdir(os.path.join(corpus.mysqltest.ROOT, "main")):
        pytest.fail("the package mariadb-test-data is missing")
    pairs = corpus.judged(mariadb, int(os.environ.get("CORPUS_SAMPLE", "1")))
    return corpus.Figures([p for p in pairs if not corpus.is_oracle(p[0])])


def test_enough(figures):
    assert figures.accepted * int(os.environ.get("CORPUS_SAMPLE", "1")) > 150000


def test_parsed(figures):
    print(figures)
    assert figures.parsed() >= PARSED, str(figures) + "".join("\n%s: %s" % (m, s.sql[:200]) for s, m in figures.missed[:50])


def test_refused(figures):
    print(figures)
    assert figures.refused() >= REFUSED, str(figures) + "".join("\n%s" % s.sql[:200] for s, _ in figures.wrong[:50])
