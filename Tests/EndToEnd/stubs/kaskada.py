"""Kaskada's identity provider: OAuth 2 client credentials as JSON, over TLS only (the client knows no other way)."""

from .loopback import Answer, Stub


class Kaskada(Stub):
    """Accepts the `clients` (id to secret) at `POST /oauth/token`."""

    name = "kaskada"

    def __init__(self, log, clients=None, certificate=None):
        self.clients = dict(clients or {})
        super().__init__(log, certificate)

    def answer(self, request):
        if (request.method, request.path) != ("POST", "/oauth/token"):
            return Answer(404, {"error": "not_found"})
        form = "form" in request.headers.get("content-type", "")
        asked = request.parameters() if form else request.json() or {}
        secret = self.clients.get(asked.get("client_id"))
        if asked.get("grant_type") != "client_credentials" or secret is None or secret != asked.get("client_secret"):
            return Answer(401, {"error": "access_denied", "error_description": "Unauthorized"})
        return Answer(200, {"access_token": "kaskada-access-token", "expires_in": 86400, "token_type": "Bearer"})
