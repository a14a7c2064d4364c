#!/usr/bin/env python3
"""RTMPT in front of a server of plain RTMP on this machine.

  tunnel.py PORT PLAIN_PORT [close|old] [CERTIFICATE KEY]

close ends each connection after two replies, old speaks HTTP/1.0. With a
certificate it is RTMPTS. A line for each session that was closed, with the
number of its requests, goes to the output.
"""
import http.server
import itertools
import socket
import ssl
import sys

PORT, PLAIN = int(sys.argv[1]), int(sys.argv[2])
HOW = sys.argv[3] if len(sys.argv) % 2 == 0 else ""
PEM = sys.argv[-2:] if len(sys.argv) > 4 else None
sessions, ids = {}, itertools.count(1)


class Session:
    """One connection to the plain server."""

    def __init__(self):
        self.plain = socket.create_connection(("127.0.0.1", PLAIN))
        self.next = 0

    def answer(self, wait):
        """What has come from the server; with wait, all up to its end."""
        data = b""
        self.plain.setblocking(wait)
        try:
            while len(data) < 32768 or wait:
                block = self.plain.recv(4096)
                if not block:
                    break
                data += block
        except BlockingIOError:
            pass
        self.plain.setblocking(True)
        return data


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0" if HOW == "old" else "HTTP/1.1"
    disable_nagle_algorithm = True
    replies = 0

    def log_message(self, *_):
        pass

    def reply(self, body, status=200):
        self.replies += 1
        self.send_response(status)
        self.send_header("Content-Type", "application/x-fcs")
        if HOW == "close" and self.replies == 2:
            self.send_header("Connection", "close")
        if HOW != "old":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        _, verb, *path = self.path.split("/")
        assert self.headers["Content-Type"] == "application/x-fcs" and body
        if verb == "open":
            name = f"session{next(ids)}"
            sessions[name] = Session()
            self.reply(name.encode() + b"\n")
            return
        session = sessions.get(path[0])
        if session is None or int(path[1]) != session.next:
            self.reply(b"", 404)
            return
        session.next += 1
        if verb == "send":
            session.plain.sendall(body)
        elif verb == "close":
            session.plain.shutdown(socket.SHUT_WR)
            del sessions[path[0]]
            print("closed", session.next, flush=True)
        self.reply((b"\0" if verb == "close" else b"\1") + session.answer(verb == "close"))


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True


server = Server(("127.0.0.1", PORT), Handler)
if PEM:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*PEM)
    server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
