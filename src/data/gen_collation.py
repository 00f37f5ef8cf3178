#!/usr/bin/env python3
"""Writes collation_table.inc: case pairs, weights of characters, and cp1252, as a MariaDB server has them.

The server of Debian 12's mariadb-server-core is started on an empty directory and asked, one character at a
time: UPPER(), LOWER(), WEIGHT_STRING(). What can be computed is left out of the tables: characters that are
their own weight, implicit weights of Han and of characters that are not assigned, Hangul syllables (their
weights are those of their parts). The generator checks each character against the rules that collation.c
has, so that the tables and the rules together are exact.

Usage: gen_collation.py > collation_table.inc
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time

MAX = 0x110000
SURROGATES = range(0xD800, 0xE000)


class Server:
    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="gen-collation-")
        subprocess.run(["mariadb-install-db", "--no-defaults", "--datadir=" + self.dir + "/data", "--force",
                        "--auth-root-authentication-method=normal", "--skip-test-db", "--user=root"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.process = subprocess.Popen(
            ["mariadbd", "--no-defaults", "--datadir=" + self.dir + "/data", "--socket=" + self.dir + "/s",
             "--skip-networking", "--user=root"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(300):
            if subprocess.run(self.client() + ["-e", "SELECT 1"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0:
                return self
            time.sleep(0.1)
        sys.exit("mariadbd does not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.dir)

    def client(self):
        return ["mariadb", "--no-defaults", "-uroot", "-S", self.dir + "/s", "-N", "--default-character-set=utf8mb4", "mysql"]

    def ask(self, sql):
        done = subprocess.run(self.client(), input=sql, stdout=subprocess.PIPE, check=True, text=True)
        return [line.split("\t") for line in done.stdout.splitlines()]

    def each(self, expression):
        """The hexadecimal text of @expression over every character c, by code point."""
        out = {}
        for low in range(0, MAX, 0x10000):
            for cp, value in self.ask(
                    f"SELECT seq, {expression.format(c='CONVERT(CHAR(seq USING utf32) USING utf8mb4)')} "
                    f"FROM seq_{low}_to_{low + 0xFFFF} WHERE seq NOT BETWEEN 55296 AND 57343;"):
                out[int(cp)] = value
        return out


def words(text):
    return tuple(int(text[i:i + 4], 16) for i in range(0, len(text), 4))


def hangul(cp):
    """The parts of a Hangul syllable."""
    i = cp - 0xAC00
    parts = [0x1100 + i // 588, 0x1161 + i % 588 // 28]
    return parts + ([0x11A7 + i % 28] if i % 28 else [])


def implicit(cp, version):
    """The weights of characters that the table does not have."""
    if 0x3400 <= cp <= 0x4DB5:
        base = 0xFB80
    elif 0x4E00 <= cp <= (0x9FA5 if version == 400 else 0x9FCB) or (version == 520 and cp in COMPAT_HAN):
        base = 0xFB40
    else:
        base = 0xFBC0
    return base + (cp >> 15), (cp & 0x7FFF) | 0x8000


COMPAT_HAN = {0xFA0E, 0xFA0F, 0xFA11, 0xFA13, 0xFA14, 0xFA1F, 0xFA21, 0xFA23, 0xFA24, 0xFA27, 0xFA28, 0xFA29}


class Weights:
    """Pages of 256 entries: below 0x8000 the weight, 0x8000 implicit, else 0x8001 + the place of a sequence."""

    def __init__(self, weights, version, last):
        self.pool, self.place, self.pages, self.page_of = [], {}, [], []
        seen = {}
        for low in range(0, last + 1, 256):
            page = tuple(self.entry(cp, weights, version) for cp in range(low, low + 256))
            if page not in seen:
                seen[page] = len(self.pages)
                self.pages.append(page)
            self.page_of.append(seen[page])

    def entry(self, cp, weights, version):
        if cp in SURROGATES:
            return 0x8000
        w = weights[cp]
        if 0xAC00 <= cp <= 0xD7A3:
            if w == sum((weights[p] for p in hangul(cp)), ()):
                return 0x8000
            if w != implicit(cp, version):
                sys.exit("Hangul %x: %s" % (cp, w))
        if w == implicit(cp, version):
            return 0x8000
        if len(w) == 0:
            return 0
        if len(w) == 1 and w[0] < 0x8000:
            return w[0]
        if w not in self.place:
            self.place[w] = len(self.pool)
            self.pool.extend((len(w),) + w)
        return 0x8001 + self.place[w]


def emit(decl, items):
    print("static const %s = {" % decl)
    line = "\t"
    for item in items:
        text = "%d," % item
        if len(line) + len(text) > 92:
            print(line)
            line = "\t"
        line += text
    print(line + "\n};")


def emit_pages(name, pages, page_of):
    emit("uint16_t %s_page[%d]" % (name, len(page_of)), page_of)
    emit("uint16_t %s_entry[%d * 256]" % (name, len(pages)), [e for p in pages for e in p])


def emit_differences(name, mapping):
    """A map of BMP characters as pages of differences modulo 2^16; most pages are all zero."""
    if any(cp > 0xFFFF or to > 0xFFFF for cp, to in mapping.items() if to != cp):
        sys.exit(name + ": a change beyond the BMP")
    pages, seen, page_of = [], {}, []
    for low in range(0, 0x10000, 256):
        page = tuple((mapping.get(cp, cp) - cp) & 0xFFFF for cp in range(low, low + 256))
        if page not in seen:
            seen[page] = len(pages)
            pages.append(page)
        page_of.append(seen[page])
    emit_pages(name, pages, page_of)


def single(weights, beyond):
    out = {}
    for cp, text in weights.items():
        if cp > 0xFFFF:
            if text != beyond:
                sys.exit("%x weighs %s" % (cp, text))
        else:
            out[cp] = int(text, 16)
    return out


def case_map(server, function, collation):
    raw = server.each("HEX(CONVERT(%s({c} COLLATE %s) USING utf32))" % (function, collation))
    return {cp: int(text, 16) for cp, text in raw.items()}


def latin1(server):
    """cp1252, its case pairs, and the weights of the collations that are one byte to one weight."""
    rows = server.ask("SELECT HEX(CONVERT(CONVERT(UNHEX(LPAD(HEX(seq),2,'0')) USING latin1) USING utf32)), "
                      "HEX(UPPER(CONVERT(UNHEX(LPAD(HEX(seq),2,'0')) USING latin1))), "
                      "HEX(LOWER(CONVERT(UNHEX(LPAD(HEX(seq),2,'0')) USING latin1))), " +
                      ", ".join("HEX(WEIGHT_STRING(CONVERT(UNHEX(LPAD(HEX(seq),2,'0')) USING latin1) "
                                "COLLATE latin1_%s))" % c for c in ("swedish_ci", "general_ci", "general_cs", "german1_ci",
                                                                    "danish_ci", "spanish_ci")) + " FROM seq_0_to_255;")
    columns = list(zip(*rows))
    emit("uint16_t latin1_unicode[256]", [int(v, 16) for v in columns[0]])
    for name, column in zip(("upper", "lower", "swedish", "general_ci", "general_cs", "german1", "danish", "spanish"),
                            columns[1:]):
        emit("uint8_t latin1_%s[256]" % name, [int(v, 16) for v in column])


def main():
    with Server() as server:
        version = server.ask("SELECT VERSION();")[0][0]
        print("/* Made by gen_collation.py from a MariaDB %s. Do not edit. */" % version)
        emit_differences("general_ci", single(server.each("HEX(WEIGHT_STRING({c} COLLATE utf8mb4_general_ci))"), "FFFD"))
        for name, collation in (("", "utf8mb4_general_ci"), ("520_", "utf8mb4_unicode_520_ci")):
            for function in ("upper", "lower"):
                mapping = case_map(server, function, collation)
                beyond = {cp: to for cp, to in mapping.items() if cp > 0xFFFF and to != cp}
                ranges = []
                for cp in sorted(beyond):
                    if ranges and ranges[-1][1] + 1 == cp and ranges[-1][2] == beyond[cp] - cp:
                        ranges[-1][1] = cp
                    else:
                        ranges.append([cp, cp, beyond[cp] - cp])
                print("static const struct case_range case_%s%s_beyond[] = {" % (name, function))
                for r in ranges or [[1, 0, 0]]:
                    print("\t{%#x, %#x, %d}," % tuple(r))
                print("};")
                emit_differences("case_%s%s" % (name, function), {cp: to for cp, to in mapping.items() if cp not in beyond})
        for name, collation, number, last in (("uca400", "utf8mb4_unicode_ci", 400, 0xFFFF),
                                              ("uca520", "utf8mb4_unicode_520_ci", 520, MAX - 1)):
            weights = {cp: words(text) for cp, text in server.each("HEX(WEIGHT_STRING({c} COLLATE %s))" % collation).items()}
            if last == 0xFFFF and any(w != (0xFFFD,) for cp, w in weights.items() if cp > last):
                sys.exit(collation + ": weights beyond the BMP")
            table = Weights(weights, number, last)
            emit_pages(name, table.pages, table.page_of)
            emit("uint16_t %s_pool[]" % name, table.pool)
        latin1(server)


main()
