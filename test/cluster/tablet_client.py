"""A client of the tablet's RPC for tests: frames, the few protobuf messages, MySQL packets."""
import hashlib
import hmac
import os
import socket
import struct
import time

EXECUTE, PREPARE, FINISH, HEALTH, SCHEMA, CONTROL = 1, 2, 3, 4, 5, 6
BEGIN, RESERVE, PREPARED, FOUND_ROWS, MULTI, DDL = 1, 2, 4, 8, 16, 32
COMMIT, ROLLBACK, RELEASE = 0, 1, 2
MAGIC = b"sluice-rpc"


class RpcError(Exception):
    def __init__(self, code, errno, message):
        super().__init__(f"{code} ({errno}): {message}")
        self.code, self.errno, self.message = code, errno, message
        self.session, self.in_txn = 0, False  # of the trailer, if there is one


# --- protobuf ---

def varint(n):
    out = b""
    while n >= 128:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(number, value):
    if isinstance(value, bool):
        value = int(value)
    if isinstance(value, int):
        return varint(number << 3) + varint(value) if value else b""
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, list):
        return b"".join(varint(number << 3 | 2) + varint(len(v)) + v for v in [x.encode() if isinstance(x, str) else x for x in value])
    return varint(number << 3 | 2) + varint(len(value)) + value if value else b""


def message(data):
    """{field: [values]}"""
    out, at = {}, 0

    def read():
        nonlocal at
        shift = n = 0
        while True:
            b = data[at]
            at += 1
            n |= (b & 127) << shift
            shift += 7
            if b < 128:
                return n

    while at < len(data):
        tag = read()
        if tag & 7 == 0:
            v = read()
        else:
            n = read()
            v = data[at:at + n]
            at += n
        out.setdefault(tag >> 3, []).append(v)
    return out


# --- MySQL packets ---

def lenenc(p, at):
    b = p[at]
    if b < 251:
        return b, at + 1
    if b == 251:
        return None, at + 1
    n = {252: 2, 253: 3, 254: 8}[b]
    return int.from_bytes(p[at + 1:at + 1 + n], "little"), at + 1 + n


def unpack_error(payload):
    name, rest = payload.split(b"\0", 1)
    return RpcError(name.decode(), struct.unpack("<H", rest[:2])[0], rest[7:].decode())


class Answer:
    """The packets of an answer, read as a text result."""

    def __init__(self, data, trailer, binary=False):
        self.data, self.errno, self.error, self.rows, self.affected, self.status = data, 0, "", [], None, 0
        self.info = b""
        m = message(trailer)
        self.session = m.get(1, [0])[0]
        self.in_txn = bool(m.get(2, [0])[0])
        self.schema_version = m.get(3, [0])[0]
        self.binary = binary
        if data:
            self.parse()

    def packets(self):
        at, payload, seq = 0, b"", 1
        while at < len(self.data):
            n = int.from_bytes(self.data[at:at + 3], "little")
            assert self.data[at + 3] == seq & 255, f"sequence number {self.data[at + 3]}, expected {seq & 255}"
            assert at + 4 + n <= len(self.data), "cut-off packet"
            payload += self.data[at + 4:at + 4 + n]
            at, seq = at + 4 + n, seq + 1
            if n < 0xffffff:
                yield payload
                payload = b""

    def parse(self):
        packets = self.packets()
        for p in packets:
            if p[0] == 0xff:
                self.errno, self.error = struct.unpack("<H", p[1:3])[0], p[9:].decode()
                return
            if p[0] == 0:
                self.affected, at = lenenc(p, 1)
                self.insert_id, at = lenenc(p, at)
                self.status = struct.unpack("<H", p[at:at + 2])[0]
                return
            columns = lenenc(p, 0)[0]
            for _ in range(columns):
                next(packets)
            for p in packets:
                if p[0] == 0xff and len(p) < 1000:
                    self.errno, self.error = struct.unpack("<H", p[1:3])[0], p[9:].decode()
                    return
                if p[0] == 0xfe and len(p) < 0xffffff:
                    break
                self.rows.append(p if self.binary else self.row(p, columns))

    @staticmethod
    def row(p, columns):
        at, out = 0, []
        for _ in range(columns):
            n, at = lenenc(p, at)
            out.append(None if n is None else p[at:at + n].decode("utf8", "replace"))
            at += n or 0
        return out

    @property
    def value(self):
        assert not self.errno, self.error
        return self.rows[0][0]


def long_param(*values):
    """The parameter block of integers (None: NULL)."""
    nulls = bytearray((len(values) + 7) // 8)
    for i, v in enumerate(values):
        if v is None:
            nulls[i // 8] |= 1 << i % 8
    return (bytes(nulls) + b"\1" + b"\x08\0" * len(values)
            + b"".join(struct.pack("<q", v) for v in values if v is not None))


class Tablet:
    """A connection to a tablet of keyspace "ks", shard "-", as a gate's worker has. @secret: the bytes of the RPC secret."""

    def __init__(self, address, keyspace="ks", shard="-", kind=0, secret=None):
        self.target = (keyspace, shard, kind)
        if address.startswith("unix:"):
            self.s = socket.socket(socket.AF_UNIX)
            self.s.connect(address[5:])
        else:
            host, port = address.rsplit(":", 1)
            self.s = socket.create_connection((host, int(port)))
            self.s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buf, self.next, self.calls = b"", 1, {}
        nonce = os.urandom(32) if secret else b""
        self.frame(1, 0, MAGIC + nonce, method=1, aux=1)
        if secret:
            self.prove(secret, nonce)

    def prove(self, secret, nonce, timeout=10):
        """The handshake of src/rpc/rpc_auth.h."""
        _, kind, _, hello = self.read_frame(timeout)
        assert kind == 1 and len(hello) == len(MAGIC) + 32, "the tablet wants no secret"
        both = nonce + hello[len(MAGIC):]

        def proof(side):
            return hmac.new(secret, b"sluice-rpc " + side + b"\0" + both, hashlib.sha256).digest()
        self.frame(10, 0, proof(b"client"))
        _, kind, _, payload = self.read_frame(timeout)
        assert kind == 10 and payload == proof(b"server"), "the tablet does not know the secret"

    def close(self):
        self.s.close()

    def frame(self, kind, stream, payload=b"", method=0, aux=0, flags=0):
        self.s.sendall(struct.pack("<IIBBHI", len(payload), stream, kind, flags, method, aux) + payload)

    def start(self, method, payload, timeout_ms=0, grant=True):
        stream, self.next = self.next, self.next + 1
        self.calls[stream] = {"data": [], "end": None, "grant": grant}
        self.frame(2, stream, payload, method, timeout_ms)
        return stream

    def read_frame(self, timeout):
        end = time.monotonic() + timeout
        while True:
            if len(self.buf) >= 16:
                n, stream, kind, _, _, aux = struct.unpack("<IIBBHI", self.buf[:16])
                if len(self.buf) >= 16 + n:
                    payload, self.buf = self.buf[16:16 + n], self.buf[16 + n:]
                    return stream, kind, aux, payload
            self.s.settimeout(max(end - time.monotonic(), 0.001))
            got = self.s.recv(1 << 20)
            if not got:
                raise ConnectionError("the tablet closed the connection")
            self.buf += got
            self.s.settimeout(None)

    def step(self, timeout):
        stream, kind, aux, payload = self.read_frame(timeout)
        c = self.calls.get(stream)
        if kind == 3 and c:
            c["data"].append(payload)
            if c["grant"] and payload:
                self.frame(6, stream, aux=len(payload))
        elif kind == 4 and c:
            c["end"] = (aux, payload)

    def wait(self, stream, timeout=20, binary=False):
        c = self.calls[stream]
        end = time.monotonic() + timeout
        while c["end"] is None:
            self.step(end - time.monotonic())
        del self.calls[stream]
        failed, payload = c["end"]
        if failed:
            e = unpack_error(payload[:failed - 1] if failed > 1 else payload)
            m = message(payload[failed - 1:]) if failed > 1 else {}
            e.session, e.in_txn = m.get(1, [0])[0], bool(m.get(2, [0])[0])
            raise e
        return Answer(b"".join(c["data"]), payload, binary) if binary is not None else b"".join(c["data"])

    def cancel(self, stream):
        """Stops a call whose END is of no interest any more."""
        self.frame(5, stream)
        self.calls.pop(stream, None)

    def stop(self, stream):
        """Stops a call; wait() tells how it ended."""
        self.frame(5, stream)

    def abandon(self, stream):
        """Whoever the call was made for is gone: the tablet keeps nothing for it."""
        self.frame(5, stream, flags=1)
        self.calls.pop(stream, None)

    def ping(self):
        self.frame(7, 0)

    def request(self, sql, session=0, flags=0, settings="", params=b"", count=0, begin="", before=(), database=""):
        ks, shard, kind = self.target
        return (field(1, ks) + field(2, shard) + field(3, kind) + field(4, session) + field(6, database) + field(7, settings)
                + field(8, flags) + field(9, begin) + field(10, params) + field(11, count) + field(13, list(before)) + field(5, sql))

    def begin_call(self, sql, timeout_ms=0, grant=True, **more):
        return self.start(EXECUTE, self.request(sql, **more), timeout_ms, grant)

    def run(self, sql, timeout=20, binary=False, **more):
        return self.wait(self.begin_call(sql, **more), timeout, binary)

    def prepare(self, sql, session=0):
        ks, shard, kind = self.target
        s = self.start(PREPARE, field(1, ks) + field(2, shard) + field(3, kind) + field(4, session) + field(5, sql))
        return self.wait(s, binary=None)

    def prepared(self, sql, *values, **more):
        return self.run(sql, flags=more.pop("flags", 0) | PREPARED, params=long_param(*values) if values else b"",
                        count=len(values), binary=True, **more)

    def finish(self, session, action=COMMIT, keep=False, sql="", timeout=20):
        return self.wait(self.start(FINISH, field(1, session) + field(2, action) + field(3, keep) + field(4, sql)), timeout)

    def control(self, command, sql="", argument="", timeout=60):
        import json
        s = self.start(CONTROL, field(1, command) + field(2, sql) + field(3, argument))
        return json.loads(self.wait(s, timeout, None))

    def schema(self):
        m = message(self.wait(self.start(SCHEMA, b""), binary=None))
        tables = {}
        for t in m.get(2, []):
            t = message(t)
            tables[t[1][0].decode()] = {
                "view": bool(t.get(2, [0])[0]), "key": [k.decode() for k in t.get(4, [])],
                "columns": {message(c)[1][0].decode(): message(c) for c in t.get(3, [])}}
        collations = {message(c)[1][0].decode(): message(c) for c in m.get(3, [])}
        return m[1][0], tables, collations

    def health(self, stream, timeout=10):
        """The next update of a health stream."""
        c = self.calls[stream]
        end = time.monotonic() + timeout
        while not c["data"]:
            self.step(end - time.monotonic())
        m = message(c["data"].pop(0))
        return {"alias": m[1][0].decode(), "type": m.get(4, [0])[0], "serving": bool(m.get(5, [0])[0]),
                "reason": m.get(6, [b""])[0].decode(), "schema_version": m.get(7, [0])[0], "term": m.get(8, [0])[0],
                "used": m.get(10, [0])[0], "max": m.get(11, [0])[0]}
