"""The server every stub is built on: one loopback port, plain or TLS, everything received written down."""

import gzip
import json
import ssl
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Request:
    """One request as it arrived. Header names are lower case; the body is text after undoing gzip."""

    method: str
    path: str
    query: str
    headers: dict
    body: str
    certificate: bool = False  # whether the client showed a certificate that was asked for
    raw: bytes = b""  # the body as it is, for what is no text

    def json(self):
        return json.loads(self.body or "null")

    def parameters(self):
        """The query, or the body of a form, as name to first value."""
        form = "application/x-www-form-urlencoded" in self.headers.get("content-type", "")
        return {k: v[0] for k, v in urllib.parse.parse_qs(self.body if form else self.query).items()}


@dataclass
class Answer:
    """What the stub sends back: `body` is sent as JSON unless it is text or bytes."""

    status: int = 200
    body: object = None
    headers: dict = field(default_factory=dict)


class Stub:
    """A platform on 127.0.0.1. Subclasses implement `answer`.

    `fail` makes every answer that status; `delay` holds every answer back that many seconds; `redirect` answers 307.
    """

    name = "stub"

    def __init__(self, log, certificate=None):
        self.log = log
        self.fail = None
        self.delay = 0.0
        self.redirect = None
        self._writing = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.tls = certificate is not None
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate.chain, certificate.key)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def origin(self):
        """Scheme, host and port: `http://127.0.0.1:4711`."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def authority(self):
        return f"127.0.0.1:{self.port}"

    def answer(self, request):
        raise NotImplementedError

    def received(self):
        """Every request of this stub so far, in order, as dictionaries."""
        try:
            with open(self.log, encoding="utf-8") as lines:
                return [r for r in map(json.loads, lines) if r["stub"] == self.name and r["port"] == self.port]
        except FileNotFoundError:
            return []

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def _write_down(self, request):
        line = json.dumps(
            {
                "stub": self.name,
                "port": self.port,
                "tls": self.tls,
                "method": request.method,
                "path": request.path,
                "query": request.query,
                "headers": request.headers,
                "body": request.body,
            }
        )
        with self._writing, open(self.log, "a", encoding="utf-8") as log:
            log.write(line + "\n")

    def _decide(self, request):
        self._write_down(request)
        if self.delay:
            time.sleep(self.delay)
        if self.redirect:
            return Answer(307, "", {"Location": self.redirect})
        if self.fail:
            return Answer(self.fail, {"message": "the stub was told to fail"})
        return self.answer(request)

    def _handler(stub):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def body(self):
                """All of it, by its length or in chunks (RFC 9112, 7.1)."""
                if "chunked" not in self.headers.get("transfer-encoding", ""):
                    return self.rfile.read(int(self.headers.get("content-length") or 0))
                parts = []
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    parts.append(self.rfile.read(size))
                    self.rfile.readline()
                while self.rfile.readline().strip():
                    pass
                return b"".join(parts)

            def handle_one(self):
                parts = urllib.parse.urlsplit(self.path)
                raw = self.body()
                if self.headers.get("content-encoding") == "gzip" or raw[:2] == b"\x1f\x8b":
                    raw = gzip.decompress(raw)
                request = Request(
                    self.command,
                    parts.path,
                    parts.query,
                    {k.lower(): v for k, v in self.headers.items()},
                    raw.decode("utf-8", "replace"),
                    bool(getattr(self.connection, "getpeercert", dict)()),
                    raw,
                )
                self.respond(stub._decide(request))

            def respond(self, answer):
                kind, data = "application/json", answer.body
                if isinstance(data, bytes):
                    kind = "application/octet-stream"
                elif isinstance(data, str):
                    kind, data = "text/plain", data.encode()
                else:
                    data = json.dumps(data).encode()
                self.send_response(answer.status)
                headers = {"Content-Type": kind, "Content-Length": str(len(data)), **answer.headers}
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = handle_one

            def log_message(self, *_):
                pass

            def handle(self):
                try:
                    super().handle()
                except (ConnectionError, ssl.SSLError, TimeoutError):
                    pass  # A client that goes away, or that refuses the certificate, is its own affair.

        return Handler
