"""A forward proxy that keeps every byte it is sent, to prove what travels in clear and what does not."""

import select
import socket
import threading


class SniffingProxy:
    """Set as HTTP_PROXY and HTTPS_PROXY. `CONNECT host:port` is tunnelled to `routes[host]` (a loopback port), so that
    a client talks TLS to a stub under the platform's own name; a plain request is answered 200 and nothing else.
    """

    def __init__(self, routes=None):
        self.routes = dict(routes or {})
        self.clear = bytearray()
        self.tunnelled = bytearray()
        self.requests = []
        self._keeping = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def variables(self):
        """The environment that sends a client here, in both spellings."""
        names = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy")
        return {**{name: self.url for name in names}, "NO_PROXY": "", "no_proxy": ""}

    def everything(self):
        """All bytes that any client has sent, in clear and inside tunnels."""
        with self._keeping:
            return bytes(self.clear) + bytes(self.tunnelled)

    def close(self):
        self._listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client:
            try:
                head = b""
                while b"\r\n\r\n" not in head:
                    chunk = client.recv(65536)
                    if not chunk:
                        return
                    head += chunk
                    with self._keeping:
                        self.clear += chunk
                method, target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
                self.requests.append((method, target))
                if method == "CONNECT":
                    self._tunnel(client, target.rsplit(":", 1)[0])
                else:
                    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
            except (OSError, ValueError):
                return

    def _tunnel(self, client, host):
        port = self.routes.get(host)
        if port is None:
            client.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", port)) as server:
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            while True:
                ready, _, _ = select.select([client, server], [], [], 60)
                for side in ready:
                    chunk = side.recv(65536)
                    if not chunk:
                        return
                    if side is client:
                        with self._keeping:
                            self.tunnelled += chunk
                    (server if side is client else client).sendall(chunk)
                if not ready:
                    return
