"""What cargo, kubectl and Google's client libraries talk to: a registry that wants a token for everything, a cluster's API
server, and Google's token endpoint."""

import hashlib
import io
import json
import ssl
import tarfile

from .loopback import Answer, Stub


class CargoRegistry(Stub):
    """A sparse registry with the package `treasure` 0.1.0; `tokens` are whole Authorization headers."""

    name = "cargo"

    def __init__(self, log, tokens=(), certificate=None):
        self.tokens = set(tokens)
        self.published = []
        self.crate = self._crate()
        super().__init__(log, certificate)

    @property
    def index(self):
        return f"sparse+{self.origin}/index/"

    @staticmethod
    def _crate():
        files = {
            "Cargo.toml": '[package]\nname = "treasure"\nversion = "0.1.0"\nedition = "2021"\n',
            "src/lib.rs": "pub fn gold() -> u32 { 7 }\n",
        }
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as tar:
            for name, text in files.items():
                entry = tarfile.TarInfo(f"treasure-0.1.0/{name}")
                entry.size = len(text)
                tar.addfile(entry, io.BytesIO(text.encode()))
        return packed.getvalue()

    def answer(self, request):
        if request.headers.get("authorization") not in self.tokens:
            challenge = {"WWW-Authenticate": f'Cargo login_url="{self.origin}/me"'}
            return Answer(401, {"errors": [{"detail": "a token is needed"}]}, challenge)
        if request.path == "/index/config.json":
            return Answer(200, {"dl": f"{self.origin}/dl", "api": self.origin, "auth-required": True})
        if request.path == "/index/tr/ea/treasure":
            checksum = hashlib.sha256(self.crate).hexdigest()
            line = {"name": "treasure", "vers": "0.1.0", "deps": [], "cksum": checksum, "features": {}, "yanked": False}
            return Answer(200, json.dumps(line) + "\n")
        if request.path == "/index/mi/ne/miner" and self.published:
            line = {"name": "miner", "vers": "0.1.0", "deps": [], "cksum": "0" * 64, "features": {}, "yanked": False}
            return Answer(200, json.dumps(line) + "\n")
        if request.path == "/dl/treasure/0.1.0/download":
            return Answer(200, self.crate)
        if request.path == "/api/v1/crates/treasure/owners":
            return Answer(200, {"users": [{"id": 1, "login": "ada", "name": "Ada"}]})
        if request.path == "/api/v1/crates/new":
            self.published.append(request.body)
            return Answer(200, {"warnings": {"invalid_categories": [], "invalid_badges": [], "other": []}})
        return Answer(404, {"errors": [{"detail": "no such place"}]})


class Cluster(Stub):
    """An API server with one pod. Takes bearer `tokens`, and with `authority` the certificates that it signed."""

    name = "cluster"

    def __init__(self, log, tokens=(), certificate=None, authority=None):
        self.tokens = set(tokens)
        super().__init__(log, certificate)
        if authority:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate.chain, certificate.key)
            context.verify_mode = ssl.CERT_OPTIONAL
            context.load_verify_locations(authority)
            plain = self._server.socket
            self._server.socket = context.wrap_socket(
                plain if not isinstance(plain, ssl.SSLSocket) else _unwrapped(plain),
                server_side=True,
                do_handshake_on_connect=False,
            )

    def answer(self, request):
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        known = (scheme == "Bearer" and token in self.tokens) or request.certificate
        if not known:
            return Answer(401, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 401})
        pods = {"name": "pods", "singularName": "pod", "namespaced": True, "kind": "Pod", "verbs": ["get", "list"]}
        places = {
            "/api": {"kind": "APIVersions", "versions": ["v1"]},
            "/version/": {"major": "1", "minor": "32", "gitVersion": "v1.32.0", "gitCommit": "", "gitTreeState": "", "buildDate": "", "goVersion": "", "compiler": "", "platform": ""},
            "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
            "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1", "resources": [pods]},
            "/api/v1/namespaces/default/pods": {
                "kind": "PodList",
                "apiVersion": "v1",
                "items": [{"metadata": {"name": "kist-pod", "namespace": "default"}}],
            },
        }
        return Answer(200, places[request.path]) if request.path in places else Answer(404, {"kind": "Status"})


def _unwrapped(wrapped):
    """The listening socket below TLS."""
    import socket

    return socket.socket(fileno=wrapped.detach())


class GoogleTokens(Stub):
    """Google's token endpoints: an assertion that `public_key` proves, or a subject token of `subjects`, for a token."""

    name = "google"

    def __init__(self, log, subjects=(), certificate=None):
        self.subjects = set(subjects)
        super().__init__(log, certificate)

    def answer(self, request):
        given = request.parameters()
        if request.path == "/token" and given.get("assertion", "").count(".") == 2:
            return Answer(200, {"access_token": "ya29.account", "expires_in": 3599, "token_type": "Bearer"})
        if request.path == "/sts" and given.get("subject_token") in self.subjects:
            kind = "urn:ietf:params:oauth:token-type:access_token"
            return Answer(
                200, {"access_token": "ya29.identity", "issued_token_type": kind, "expires_in": 3599, "token_type": "Bearer"}
            )
        return Answer(400, {"error": "invalid_grant"})
