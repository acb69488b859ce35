"""PostgreSQL up to the password: asks for it in clear, remembers what it was told, and answers one query."""

import socket
import struct
import threading


class Postgres:
    """Accepts `accepted` as passwords; `received()` is a list of (user, database, password)."""

    def __init__(self, accepted=()):
        self.accepted = set(accepted)
        self._seen = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def received(self):
        return list(self._seen)

    def close(self):
        self._socket.close()

    def _serve(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                try:
                    self._answer(connection)
                except (OSError, struct.error):
                    pass

    def _answer(self, connection):
        def exactly(count):
            data = b""
            while len(data) < count:
                more = connection.recv(count - len(data))
                if not more:
                    raise OSError("closed")
                data += more
            return data

        while True:
            (length,) = struct.unpack("!i", exactly(4))
            body = exactly(length - 4)
            if struct.unpack("!i", body[:4])[0] in (80877103, 80877104):  # TLS or GSSAPI? no
                connection.sendall(b"N")
                continue
            break
        words = body[4:].rstrip(b"\0").split(b"\0")
        start = dict(zip(words[::2], words[1::2]))
        connection.sendall(b"R" + struct.pack("!ii", 8, 3))
        kind = exactly(1)
        (length,) = struct.unpack("!i", exactly(4))
        password = exactly(length - 4).rstrip(b"\0")
        assert kind == b"p"
        self._seen.append((start[b"user"].decode(), start.get(b"database", b"").decode(), password.decode()))
        if password.decode() not in self.accepted:
            message = b"SFATAL\0C28P01\0Mpassword authentication failed\0\0"
            connection.sendall(b"E" + struct.pack("!i", 4 + len(message)) + message)
            return
        ready = b"Z" + struct.pack("!i", 5) + b"I"
        connection.sendall(b"R" + struct.pack("!ii", 8, 0) + ready)
        exactly(1)
        (length,) = struct.unpack("!i", exactly(4))
        exactly(length - 4)
        done = b"SELECT 0\0"
        connection.sendall(b"C" + struct.pack("!i", 4 + len(done)) + done + ready)
