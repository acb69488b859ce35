"""Any API behind a key in a header, and any OAuth 2 token endpoint."""

import base64

from .loopback import Answer, Stub


class Generic(Stub):
    """Accepts header `header` with one of `values`; `clients` (id to secret) at `/token` as Basic, form or JSON."""

    name = "generic"

    def __init__(self, log, header="authorization", values=(), clients=None, certificate=None):
        self.header = header.lower()
        self.values = set(values)
        self.clients = dict(clients or {})
        super().__init__(log, certificate)

    def answer(self, request):
        if request.path == "/token":
            return self._token(request)
        if request.headers.get(self.header) in self.values:
            return Answer(200, {"ok": True})
        return Answer(401, {"ok": False})

    def _token(self, request):
        form = "form" in request.headers.get("content-type", "")
        asked = request.parameters() if form else request.json() or {}
        client, secret = asked.get("client_id"), asked.get("client_secret")
        basic = request.headers.get("authorization", "")
        if basic.startswith("Basic "):
            client, _, secret = base64.b64decode(basic[6:]).decode().partition(":")
        if client is None or self.clients.get(client) != secret:
            return Answer(401, {"error": "invalid_client"})
        return Answer(200, {"access_token": "generic-access-token", "token_type": "Bearer", "expires_in": 3600})
