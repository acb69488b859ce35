"""An agent that lies: a socket in the right place, with the right modes, that answers what a test says."""

import json
import os
import socket
import struct
import threading

from kist import _places


def frame(content, segments=(), **wrong):
    """The bytes of a frame; `wrong` overrides total, header length or count."""
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    lengths = [len(segment) for segment in segments]
    size = 6 + 4 * len(lengths) + len(text) + sum(lengths)
    head = struct.pack(
        ">IIH", wrong.get("total", size), wrong.get("header", len(text)), wrong.get("count", len(lengths))
    )
    return (
        head
        + b"".join(struct.pack(">I", length) for length in wrong.get("lengths", lengths))
        + text
        + b"".join(segments)
    )


def hello(number=1, **changed):
    vault = _places.find().vault
    result = {"protocol": 1, "version": "0.1.0", "state": "unlocked", "pid": os.getpid(), "vault": vault, **changed}
    return frame({"jsonrpc": "2.0", "id": number, "result": result})


def overview(name="kumo", **changed):
    return {
        "profile": "default",
        "name": name,
        "platform": "kumo",
        "plain": {"url": "https://demo.kumoai.cloud/api"},
        "order": ["url"],
        "secrets": ["api_key"],
        "created": "2026-11-21T00:31:09Z",
        "modified": "2026-11-21T00:31:09Z",
        "revision": 2,
        **changed,
    }


def revealed(number=2, overview=overview(), fields=({"name": "api_key", "segment": 0},), **more):
    return {
        "jsonrpc": "2.0",
        "id": number,
        "result": {"items": [{"overview": overview, "fields": list(fields)}], **more},
    }


class Liar:
    """Answers every connection with the same bytes, then closes it. Call inside of a home."""

    def __init__(self, answer, linger=False):
        self.path = _places.find().socket()
        os.makedirs(os.path.dirname(self.path), 0o700, exist_ok=True)
        self.answer = answer
        self.linger = linger
        self.heard = []
        self._open = []
        self.listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listening.bind(self.path)
        os.chmod(self.path, 0o600)
        self.listening.listen(16)
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            try:
                self.heard.append(connection.recv(1 << 20))
                connection.sendall(self.answer)
            except OSError:
                pass
            if self.linger:
                self._open.append(connection)
            else:
                connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # A blocked accept is not woken by close alone.
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self.thread.join(10)
        for connection in self._open:
            connection.close()
        os.unlink(self.path)
