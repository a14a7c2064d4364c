#!/usr/bin/env python3
"""An RTMP server that wants credentials, and writes down what it got.

  gatekeeper.py adobe|llnw|token USER PASSWORD

Prints its port, then a line for each connect: what came, or whether the answer
to its challenge is right. It goes no further than that.
"""
import base64
import hashlib
import socket
import struct
import sys

MODE, USER, PASSWORD = sys.argv[1:]
SALT, CHALLENGE, OPAQUE, NONCE = "c2FsdA==", "Y2hhbGxlbmdl", "b3BhcXVl", "n0nce"
PLAIN = "TEA decodes, to this: 0123456789"


def amf(value):
    if value is None:
        return b"\5"
    if isinstance(value, str):
        return b"\2" + struct.pack(">H", len(value)) + value.encode()
    if isinstance(value, dict):
        return b"\3" + b"".join(amf(k)[1:] + amf(v) for k, v in value.items()) + b"\0\0\t"
    return b"\0" + struct.pack(">d", value)


def parse(data, at):
    kind, at = data[at], at + 1
    if kind == 0:
        return struct.unpack_from(">d", data, at)[0], at + 8
    if kind == 1:
        return bool(data[at]), at + 1
    if kind == 2:
        return parse_name(data, at)
    if kind == 10:
        size, at = struct.unpack_from(">I", data, at)[0], at + 4
        values = []
        for _ in range(size):
            value, at = parse(data, at)
            values.append(value)
        return values, at
    if kind != 3:
        return None, at
    members = {}
    while data[at:at + 3] != b"\0\0\t":
        name, at = parse_name(data, at)
        members[name], at = parse(data, at)
    return members, at + 3


def parse_name(data, at):
    size, = struct.unpack_from(">H", data, at)
    return data[at + 2:at + 2 + size].decode(), at + 2 + size


def parse_all(data):
    values, at = [], 0
    while at < len(data):
        value, at = parse(data, at)
        values.append(value)
    return values


class Peer:
    def __init__(self, connection):
        self.file = connection.makefile("rwb")
        self.chunk_size = 128
        self.streams = {}
        hello = self.take(1537)[1:]
        self.file.write(b"\3" + bytes(1536) + hello)
        self.file.flush()
        self.take(1536)

    def take(self, size):
        data = self.file.read(size)
        if len(data) < size:
            raise EOFError
        return data

    def chunk(self):
        """A message's type and payload, once it is whole"""
        first = self.take(1)[0]
        header, number = self.take((11, 7, 3, 0)[first >> 6]), first & 63
        size, kind, got = self.streams.get(number, (0, 0, b""))
        if len(header) >= 7:
            size, kind = int.from_bytes(header[3:6], "big"), header[6]
        got += self.take(min(self.chunk_size, size - len(got)))
        done = len(got) == size
        self.streams[number] = (size, kind, b"" if done else got)
        return (kind, got) if done else None

    def commands(self):
        while True:
            message = self.chunk()
            if message and message[0] == 1:
                self.chunk_size = int.from_bytes(message[1], "big")
            elif message and message[0] == 20:
                yield parse_all(message[1])

    def call(self, *values):
        payload = b"".join(map(amf, values))
        pieces = [payload[i:i + 128] for i in range(0, len(payload), 128)]
        self.file.write(b"\3\0\0\0" + len(payload).to_bytes(3, "big") + b"\x14\0\0\0\0"
                        + b"\xc3".join(pieces))
        self.file.flush()


def md5(text, form):
    digest = hashlib.md5(text.encode())
    return digest.hexdigest() if form == "hex" else base64.b64encode(digest.digest()).decode()


def adobe(_, got):
    secret = md5(USER + SALT + PASSWORD, "base64")
    return md5(secret + OPAQUE + got["challenge"], "base64"), got.get("opaque") == OPAQUE


def llnw(app, got):
    path = app if "/" in app else app + "/_definst_"
    return md5(":".join((md5(f"{USER}:live:{PASSWORD}", "hex"), NONCE, got["nc"], got["cnonce"],
                         "auth", md5("publish:/" + path, "hex"))), "hex"), got["nonce"] == NONCE


def judge(full):
    """What to write down, and what to reject with; None: let in"""
    app, _, query = full.partition("?")
    got = dict(pair.partition("=")[::2] for pair in query.split("&"))
    reason = f"[ AccessManager.Reject ] : [ authmod={MODE} ] : ?reason="
    if got.get("authmod") != MODE:
        return "nothing", f"[ AccessManager.Reject ] : [ code=403 need auth; authmod={MODE} ] : "
    if got.get("user") != USER:
        return "stranger", reason + "nosuchuser"
    if "response" not in got:
        return "user", f"{reason}needauth&user={USER}&" + (
            f"salt={SALT}&challenge={CHALLENGE}&opaque={OPAQUE}" if MODE == "adobe"
            else f"nonce={NONCE}")
    response, echoed = {"adobe": adobe, "llnw": llnw}[MODE](app, got)
    if response == got["response"] and echoed:
        return "right", None
    return "wrong", reason + "authfailed"


def xxtea(text, password):
    """Wowza's secure token: what decodes to the text"""
    data = text.encode()
    v = list(struct.unpack(f"<{(len(data) + 3) // 4}I", data + bytes(-len(data) % 4)))
    key = struct.unpack("<4I", password.encode()[:16].ljust(16, b"\0"))
    total, n = 0, len(v)
    for _ in range(6 + 52 // n):
        total = total + 0x9e3779b9 & 0xffffffff
        for p in range(n):
            y, z = v[(p + 1) % n], v[p - 1]
            mix = ((z >> 5 ^ y << 2) + (y >> 3 ^ z << 4)) ^ (
                (total ^ y) + (key[p & 3 ^ total >> 2 & 3] ^ z))
            v[p] = v[p] + mix & 0xffffffff
    return struct.pack(f"<{n}I", *v).hex()


def serve(peer):
    commands = peer.commands()
    name, transaction, *args = next(commands)
    assert name == "connect", name
    info = {"level": "status", "code": "NetConnection.Connect.Success", "description": "ok"}
    if MODE == "token":
        peer.call("_result", transaction, {}, dict(info, secureToken=xxtea(PLAIN, PASSWORD)))
        answer = next(c for c in commands if c[0] == "secureTokenResponse")
        print("right" if answer[1:] == [0, None, PLAIN] else "wrong", flush=True)
        return
    seen, reject = judge(args[0]["app"])
    print(seen, flush=True)
    if reject:
        info = {"level": "error", "code": "NetConnection.Connect.Rejected", "description": reject}
    peer.call("_error" if reject else "_result", transaction, None, info)


def main():
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        connection.settimeout(10)
        try:
            serve(Peer(connection))
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass
        except (EOFError, OSError) as error:
            print(f"# {error}", file=sys.stderr)
        connection.close()


main()
