#!/usr/bin/env python3
"""Writes uca_table.inc: the first-level weights of the UCA 6.2 root table (CLDR 23).

Source: golang.org/x/text/collate/tables.go, as Debian's golang-golang-x-text-dev has it; that file
holds this very version in the form of a trie over UTF-8 bytes. Canonical combining classes and
compatibility decompositions come from Python's unicodedata; of characters that were assigned after
6.2 the table has no weights, so its version does not matter for them.

Usage: gen_uca.py [TABLES_GO] > uca_table.inc
"""
import re
import sys
import unicodedata

SOURCE = "/usr/share/gocode/src/golang.org/x/text/collate/tables.go"
ROOT_LOOKUP = 0x15 * 64  # locales[0], "und": lookupOffset 0x15, valuesOffset 0
NO_INDEX = 0xFF
KIND_ELEM, KIND_EXPAND, KIND_CONTRACT, KIND_DECOMPOSE = range(4)


def read_tables(path):
    with open(path, encoding="utf-8") as f:
        text = re.sub(r"//.*", "", f.read())
    if 'CLDRVersion = "23"' not in text or 'UnicodeVersion = "6.2.0"' not in text:
        sys.exit(path + ": not the tables of CLDR 23 / Unicode 6.2.0")

    def numbers(name):
        m = re.search(r"var %s = \[(\d+)\]\w+\{(.*?)\n\}" % name, text, re.S)
        out = [0] * int(m.group(1))
        pos = 0
        number = r"0x[0-9a-fA-F]+|\d+"
        for key, value in re.findall(r"(?:(%s)\s*:\s*)?(%s)\s*," % (number, number), m.group(2)):
            pos = int(key, 0) if key else pos
            out[pos] = int(value, 0)
            pos += 1
        return out

    m = re.search(r"var mainCTEntries = \[\d+\]struct\{[^}]*\}\{(.*?)\n\}", text, re.S)
    entries = [tuple(int(x, 0) for x in e.split(",")) for e in re.findall(r"\{([^}]*)\}", m.group(1))]
    return {name: numbers(name) for name in
            ("mainValues", "mainLookup", "mainExpandElem", "mainContractElem")} | {"trie": entries}


class Root:
    """The root table, and what has been collected from it for the C table."""

    def __init__(self, tables):
        self.t = tables
        self.elems = []      # packed elements of expansions
        self.elem_at = {}    # tuple of packed elements -> offset
        self.nodes = []      # contraction nodes: [elems offset, elems count, children]
        self.decomp = []     # code points of decompositions
        self.special = []    # u32 entries
        self.special_at = {}

    def lookup(self, cp):
        b = chr(cp).encode("utf-8")
        values, index = self.t["mainValues"], self.t["mainLookup"]
        if len(b) == 1:
            return values[b[0]]
        i = index[ROOT_LOOKUP + b[0]]
        for c in b[1:-1]:
            i = index[i * 64 + c]
        return values[i * 64 + b[-1]]

    @staticmethod
    def pack(ce):
        """primary | combining class << 21 of a collation element."""
        if ce >= 0x80000000:
            primary = 0 if ce > 0xA0000000 else ce & 0xFFFF
            ccc = (ce >> 16 if ce & 0xA0000000 == 0x80000000 else ce >> 20) & 0xFF
        else:
            primary, ccc = (ce & 0x3FFFFE00) >> 9, 0
        return primary | ccc << 21

    def sequence(self, ces):
        key = tuple(self.pack(c) for c in ces)
        if key not in self.elem_at:
            self.elem_at[key] = len(self.elems)
            self.elems.extend(key)
        return self.elem_at[key], len(key)

    def expansion(self, ce):
        i = ce & 0xFFFF
        e = self.t["mainExpandElem"]
        return self.sequence(e[i + 1:i + 1 + e[i]])

    def weights(self, ce):
        return self.expansion(ce) if ce >= 0xE0000000 else self.sequence([ce])

    def contraction(self, ce):
        """Turns the trie over bytes that @ce points to into one over code points."""
        n, index, offset = ce & 15, ce >> 4 & 0xFFF, ce >> 16 & 0x1FFF
        found = {}

        def walk(prefix, state, count):
            seen = set()
            for low, high, size, i in self.t["trie"][state:state + count]:
                # The first entry that takes a byte wins, as in a scan.
                if low not in seen:
                    seen.add(low)
                    if i != NO_INDEX:
                        found[prefix + bytes([low])] = i
                    if size:
                        walk(prefix + bytes([low]), state + high + count, size)
                if size == 0:
                    for c in range(low + 1, high + 1):
                        if c not in seen:
                            seen.add(c)
                            found[prefix + bytes([c])] = c - low + i

        walk(b"", index, n)
        elem = self.t["mainContractElem"]
        root = {"own": self.weights(elem[offset]), "next": {}}
        for suffix, i in found.items():
            node = root
            for ch in suffix.decode("utf-8"):
                node = node["next"].setdefault(ord(ch), {"own": None, "next": {}})
            node["own"] = self.weights(elem[offset + i])
        return self.add_nodes(root)

    def add_nodes(self, root):
        """Breadth first, so that the children of a node are neighbours. Returns the root's index."""
        first = len(self.nodes)
        queue = [(0, root)]
        self.nodes.append(None)
        at = first
        while queue:
            cp, node = queue.pop(0)
            child = len(self.nodes)
            for c in sorted(node["next"]):
                self.nodes.append(None)
                queue.append((c, node["next"][c]))
            own = node["own"] or (0, 0)
            self.nodes[at] = (cp, child, len(node["next"]), own[0], own[1])
            at += 1
        return first

    def entry(self, cp, ce):
        if ce <= 0xAFFFFFFF:
            e = self.pack(ce)
            if e < 0x8000:
                return e
            return self.add_special(KIND_ELEM << 30 | e)
        if ce <= 0xDFFFFFFF:
            return self.add_special(KIND_CONTRACT << 30 | self.contraction(ce))
        if ce <= 0xEFFFFFFF:
            at, n = self.expansion(ce)
            return self.add_special(KIND_EXPAND << 30 | n << 20 | at)
        nfkd = [ord(c) for c in unicodedata.normalize("NFKD", chr(cp))]
        at = len(self.decomp)
        self.decomp.extend(nfkd)
        return self.add_special(KIND_DECOMPOSE << 30 | len(nfkd) << 20 | at)

    def add_special(self, value):
        if value not in self.special_at:
            self.special_at[value] = len(self.special)
            self.special.append(value)
        return 0x8000 | self.special_at[value]


def runs(root):
    out = []
    for cp in range(0x110000):
        if 0xD800 <= cp < 0xE000:
            continue
        ce = root.lookup(cp)
        if ce == 0:
            continue
        e = root.entry(cp, ce)
        if out and out[-1][0] + len(out[-1][1]) == cp:
            out[-1][1].append(e)
        else:
            out.append((cp, [e]))
    return out


def marks():
    """(code point, count, first class, last class): runs whose canonical decomposition starts
    with a combining class other than 0."""
    out = []
    for cp in range(0x110000):
        if 0xD800 <= cp < 0xE000:
            continue
        nfd = unicodedata.normalize("NFD", chr(cp))
        lead, trail = unicodedata.combining(nfd[0]), unicodedata.combining(nfd[-1])
        if lead == 0:
            continue
        if out and out[-1][0] + out[-1][1] == cp and out[-1][2:] == [lead, trail]:
            out[-1][1] += 1
        else:
            out.append([cp, 1, lead, trail])
    return out


def emit(decl, items):
    print("static const %s = {" % decl)
    line = "\t"
    for item in items:
        text = item + ","
        if len(line) + len(text) > 92:
            print(line)
            line = "\t"
        line += text
    print(line + "\n};")


def main():
    root = Root(read_tables(sys.argv[1] if len(sys.argv) > 1 else SOURCE))
    table = runs(root)
    print("/* Made by gen_uca.py from golang.org/x/text/collate (CLDR 23, Unicode 6.2.0). Do not edit.\n"
          " * The data is Unicode's: Copyright (C) 1991-2012 Unicode, Inc., see\n"
          " * https://www.unicode.org/license.txt. */")
    at, rows, entries = 0, [], []
    for cp, es in table:
        rows.append("{%#x,%d,%d}" % (cp, len(es), at))
        entries.extend(es)
        at += len(es)
    emit("struct uca_run uca_runs[]", rows)
    emit("uint16_t uca_entries[]", ["%d" % e for e in entries])
    emit("uint32_t uca_special[]", ["%#x" % e for e in root.special])
    emit("uint32_t uca_elems[]", ["%#x" % e for e in root.elems])
    emit("struct uca_node uca_nodes[]", ["{%#x,%d,%d,%d,%d}" % n for n in root.nodes])
    emit("uint32_t uca_decomp[]", ["%#x" % c for c in root.decomp])
    emit("struct uca_mark uca_marks[]", ["{%#x,%d,%d,%d}" % tuple(m) for m in marks()])


main()
