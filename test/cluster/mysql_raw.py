"""A MySQL client that shows every byte: for tests of what client libraries hide."""
import hashlib
import socket
import ssl
import struct

CAP_LONG_PASSWORD, CAP_FOUND_ROWS, CAP_CONNECT_WITH_DB, CAP_PROTOCOL_41, CAP_SSL = 1, 2, 8, 1 << 9, 1 << 11
CAP_SECURE, CAP_MULTI, CAP_MULTI_RESULTS, CAP_PS_MULTI = 1 << 15, 1 << 16, 1 << 17, 1 << 18
CAP_PLUGIN_AUTH, CAP_ATTRS, CAP_DEPRECATE_EOF = 1 << 19, 1 << 20, 1 << 24
BASE = CAP_LONG_PASSWORD | CAP_PROTOCOL_41 | CAP_SECURE | CAP_PLUGIN_AUTH | CAP_MULTI_RESULTS | CAP_PS_MULTI
QUIT, INIT_DB, QUERY, STATISTICS, PROCESS_KILL, PING, CHANGE_USER = 1, 2, 3, 9, 12, 14, 17
PREPARE, EXECUTE, LONG_DATA, CLOSE, RESET, SET_OPTION, RESET_CONNECTION = 22, 23, 24, 25, 26, 27, 31
MORE_RESULTS, IN_TRANS, AUTOCOMMIT = 8, 1, 2
FULL = 0xffffff


class ServerError(Exception):
    def __init__(self, payload):
        self.errno = struct.unpack_from("<H", payload, 1)[0]
        self.state = payload[4:9].decode() if payload[3:4] == b"#" else ""
        self.message = payload[9:].decode("utf8", "replace") if self.state else payload[3:].decode("utf8", "replace")
        super().__init__(self.errno, self.message)


def lenenc(p, at):
    """A length-encoded number: (value or None, next)."""
    n = p[at]
    if n < 251:
        return n, at + 1
    if n == 251:
        return None, at + 1
    size = {252: 2, 253: 3, 254: 8}[n]
    return int.from_bytes(p[at + 1:at + 1 + size], "little"), at + 1 + size


def lenenc_str(p, at):
    n, at = lenenc(p, at)
    return (None, at) if n is None else (bytes(p[at:at + n]), at + n)


def put_lenenc(n):
    if n < 251:
        return bytes([n])
    if n < 1 << 16:
        return b"\xfc" + struct.pack("<H", n)
    if n < 1 << 24:
        return b"\xfd" + n.to_bytes(3, "little")
    return b"\xfe" + struct.pack("<Q", n)


def put_str(s):
    return put_lenenc(len(s)) + s


class Column:
    def __init__(self, p):
        names, at = [], 0
        for _ in range(6):
            v, at = lenenc_str(p, at)
            names.append(v.decode(errors="surrogateescape"))
        self.schema, self.table, self.name = names[1], names[2], names[4]
        self.charset, self.length, self.type, self.flags, self.decimals = struct.unpack_from("<HIBHB", p, at + 1)


class Result:
    """columns None: an OK packet."""

    def __init__(self):
        self.columns, self.rows, self.raw = None, [], []
        self.affected = self.insert_id = self.status = self.warnings = 0
        self.info = b""
        self.kinds = []  # of each packet: "count", "col", "eof", "row", "ok"
        self.statuses = []  # of each EOF and OK

    def take_ok(self, p):
        self.affected, at = lenenc(p, 1)
        self.insert_id, at = lenenc(p, at)
        self.status, self.warnings = struct.unpack_from("<HH", p, at)
        self.info = p[at + 4:]
        self.statuses.append(self.status)
        self.kinds.append("ok")
        return self

    def take_eof(self, p):
        self.warnings, self.status = struct.unpack_from("<HH", p, 1)
        self.statuses.append(self.status)
        self.kinds.append("eof")


def decode(col, p, at):
    t, unsigned = col.type, col.flags & 32
    fixed = {1: "b", 2: "h", 13: "h", 3: "i", 9: "i", 8: "q"}
    if t in fixed:
        f = "<" + (fixed[t].upper() if unsigned else fixed[t])
        return struct.unpack_from(f, p, at)[0], at + struct.calcsize(f)
    if t == 4:
        return struct.unpack_from("<f", p, at)[0], at + 4
    if t == 5:
        return struct.unpack_from("<d", p, at)[0], at + 8
    if t in (7, 10, 12, 11):
        n = p[at]
        return (t, bytes(p[at + 1:at + 1 + n])), at + 1 + n
    return lenenc_str(p, at)


def decode_row(columns, p):
    n, out = len(columns), []
    bitmap, at = p[1:1 + (n + 9) // 8], 1 + (n + 9) // 8
    for i, c in enumerate(columns):
        if bitmap[(i + 2) // 8] & 1 << (i + 2) % 8:
            out.append(None)
            continue
        v, at = decode(c, p, at)
        out.append(v)
    assert at == len(p), "bytes left in a binary row"
    return tuple(out)


class Raw:
    def __init__(self, address, timeout=20):
        """@address: (host, port) or the path of a unix socket. Reads the greeting."""
        if isinstance(address, str):
            self.s = socket.socket(socket.AF_UNIX)
            self.s.settimeout(timeout)
            self.s.connect(address)
        else:
            self.s = socket.create_connection(address, timeout)
        self.seq = 0
        self.more_auth = []
        p = self.read()
        if p[0] == 0xff:
            raise ServerError(p)
        end = p.index(b"\0", 1)
        self.version = p[1:end].decode()
        self.id = struct.unpack_from("<I", p, end + 1)[0]
        self.nonce = p[end + 5:end + 13]
        lo, self.charset, self.status, hi, n = struct.unpack_from("<HBHHB", p, end + 14)
        self.offered = lo | hi << 16
        self.nonce += p[end + 32:end + 44]
        self.plugin = p[end + 45:].rstrip(b"\0").decode()
        self.caps = 0

    # --- packets ---

    def exactly(self, n):
        out = bytearray()
        while len(out) < n:
            b = self.s.recv(min(n - len(out), 1 << 20))
            if not b:
                raise EOFError("the server closed the connection")
            out += b
        return bytes(out)

    def read(self):
        out = []
        while True:
            h = self.exactly(4)
            n = int.from_bytes(h[:3], "little")
            assert h[3] == self.seq, "sequence %d instead of %d" % (h[3], self.seq)
            self.seq = (self.seq + 1) % 256
            out.append(self.exactly(n))
            if n < FULL:
                return b"".join(out) if len(out) > 1 else out[0]

    def write(self, payload):
        at = 0
        while True:
            piece = payload[at:at + FULL]
            self.s.sendall(len(piece).to_bytes(3, "little") + bytes([self.seq]) + piece)
            self.seq = (self.seq + 1) % 256
            at += len(piece)
            if len(piece) < FULL:
                return

    def send(self, command, body=b""):
        self.seq = 0
        self.write(bytes([command]) + body)

    def close(self):
        self.s.close()

    # --- login ---

    def start_tls(self, context=None):
        self.write(struct.pack("<IIB23x", BASE | CAP_SSL, 1 << 24, 45))
        if context is None:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.s = context.wrap_socket(self.s, server_hostname="localhost")

    @staticmethod
    def native(password, nonce):
        if not password:
            return b""
        one = hashlib.sha1(password).digest()
        two = hashlib.sha1(nonce + hashlib.sha1(one).digest()).digest()
        return bytes(a ^ b for a, b in zip(one, two))

    @staticmethod
    def sha2(password, nonce):
        if not password:
            return b""
        one = hashlib.sha256(password).digest()
        two = hashlib.sha256(hashlib.sha256(one).digest() + nonce).digest()
        return bytes(a ^ b for a, b in zip(one, two))

    def proof(self, plugin, password, nonce):
        return (self.native if plugin == "mysql_native_password" else self.sha2)(password, nonce)

    def login(self, user="root", password=b"", db="", caps=0, plugin=None, attrs=None, charset=45):
        plugin = plugin or self.plugin
        self.caps = BASE | caps | (CAP_CONNECT_WITH_DB if db else 0) | (CAP_ATTRS if attrs is not None else 0)
        if isinstance(self.s, ssl.SSLSocket):
            self.caps |= CAP_SSL
        a = self.proof(plugin, password, self.nonce)
        p = struct.pack("<IIB23x", self.caps, 1 << 24, charset) + user.encode() + b"\0" + bytes([len(a)]) + a
        p += (db.encode() + b"\0") if db else b""
        p += plugin.encode() + b"\0"
        if attrs is not None:
            body = b"".join(put_str(k) + put_str(v) for k, v in attrs.items())
            p += put_str(body)
        self.write(p)
        return self.prove(password, self.nonce)

    def prove(self, password, nonce):
        """Goes on until OK; self.more_auth tells what the server asked for."""
        self.more_auth = []
        while True:
            p = self.read()
            if p[0] == 0xff:
                raise ServerError(p)
            if p[0] == 0:
                return Result().take_ok(p)
            if p[0] == 0xfe:
                name, data = p[1:].split(b"\0", 1)
                nonce = data[:20]
                self.more_auth.append("switch " + name.decode())
                self.write(self.proof(name.decode(), password, nonce))
                continue
            assert p[0] == 1
            if p[1:] == b"\3":
                self.more_auth.append("fast")
                continue
            assert p[1:] == b"\4"
            self.more_auth.append("full")
            if isinstance(self.s, ssl.SSLSocket) or self.s.family == socket.AF_UNIX:
                self.write(password + b"\0")
                continue
            self.write(b"\2")
            key = self.read()
            assert key[0] == 1, key
            self.more_auth.append("rsa")
            self.write(self.encrypt(key[1:], password, nonce))

    @staticmethod
    def encrypt(pem, password, nonce):
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import padding
        plain = password + b"\0"
        plain = bytes(c ^ nonce[i % 20] for i, c in enumerate(plain))
        sha1 = hashes.SHA1()
        return serialization.load_pem_public_key(pem).encrypt(plain, padding.OAEP(padding.MGF1(sha1), sha1, None))

    # --- commands ---

    def ok(self):
        p = self.read()
        if p[0] == 0xff:
            raise ServerError(p)
        assert p[0] == 0, p
        return Result().take_ok(p)

    def result(self, binary=False):
        """One answer to COM_QUERY or COM_STMT_EXECUTE."""
        r, p = Result(), self.read()
        if p[0] == 0xff:
            raise ServerError(p)
        if p[0] == 0:
            return r.take_ok(p)
        n, _ = lenenc(p, 0)
        r.kinds.append("count")
        r.columns = [Column(self.read()) for _ in range(n)]
        r.kinds += ["col"] * n
        if not self.caps & CAP_DEPRECATE_EOF:
            p = self.read()
            assert p[0] == 0xfe and len(p) == 5, p
            r.take_eof(p)
        while True:
            p = self.read()
            if p[0] == 0xff:
                raise ServerError(p)
            if p[0] == 0xfe and len(p) < FULL:
                if self.caps & CAP_DEPRECATE_EOF:
                    assert len(p) >= 7
                    return r.take_ok(p)
                if len(p) == 5:
                    r.take_eof(p)
                    return r
            r.kinds.append("row")
            if binary:
                r.rows.append(decode_row(r.columns, p))
            else:
                row, at = [], 0
                for _ in r.columns:
                    v, at = lenenc_str(p, at)
                    row.append(v)
                assert at == len(p)
                r.rows.append(tuple(row))

    def query(self, sql):
        self.send(QUERY, sql if isinstance(sql, bytes) else sql.encode())
        return self.result()

    def rows(self, sql):
        return self.query(sql).rows

    def results(self, sql):
        """All answers of a text with several statements."""
        out = [self.query(sql)]
        while out[-1].status & MORE_RESULTS:
            out.append(self.result())
        return out

    def ping(self):
        self.send(PING)
        return self.ok()

    # --- prepared statements ---

    def prepare(self, sql):
        """(id, parameter columns, result columns)"""
        self.send(PREPARE, sql.encode())
        p = self.read()
        if p[0] == 0xff:
            raise ServerError(p)
        ident, columns, params = struct.unpack_from("<IHH", p, 1)
        out = []
        for n in (params, columns):
            out.append([Column(self.read()) for _ in range(n)])
            if n and not self.caps & CAP_DEPRECATE_EOF:
                e = self.read()
                assert e[0] == 0xfe and len(e) == 5
        return ident, out[0], out[1]

    def execute(self, ident, params=(), types=True, flags=0):
        """@params: (type, bytes) each; bytes None: NULL, Ellipsis: sent as long data before."""
        body = struct.pack("<IBI", ident, flags, 1)
        if params:
            bitmap = bytearray((len(params) + 7) // 8)
            for i, (_, v) in enumerate(params):
                if v is None:
                    bitmap[i // 8] |= 1 << i % 8
            body += bytes(bitmap) + (b"\1" if types else b"\0")
            if types:
                body += b"".join(struct.pack("<H", t) for t, _ in params)
            body += b"".join(v for _, v in params if v is not None and v is not Ellipsis)
        self.send(EXECUTE, body)
        return self.result(binary=True)

    def long_data(self, ident, param, data):
        self.send(LONG_DATA, struct.pack("<IH", ident, param) + data)

    def stmt_reset(self, ident):
        self.send(RESET, struct.pack("<I", ident))
        return self.ok()

    def stmt_close(self, ident):
        self.send(CLOSE, struct.pack("<I", ident))


def int64(n):
    return (8, struct.pack("<q", n))


def text(s):
    return (253, put_str(s if isinstance(s, bytes) else s.encode()))
