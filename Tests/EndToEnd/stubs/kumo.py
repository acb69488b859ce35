"""Kumo: `GET /api/v1/connectors` is the login test of every kumoai, `GET /api/config` follows from 2.20.3 on."""

from .loopback import Answer, Stub


class Kumo(Stub):
    """Accepts the API keys in `accepted`, answers 403 to those in `forbidden`, and takes Snowflake session tokens."""

    name = "kumo"

    def __init__(self, log, accepted=(), forbidden=(), session_tokens=(), certificate=None):
        self.accepted = set(accepted)
        self.forbidden = set(forbidden)
        self.session_tokens = session_tokens
        super().__init__(log, certificate)

    @property
    def url(self):
        return self.origin + "/api"

    def answer(self, request):
        key = request.headers.get("x-api-key", "")
        token = request.headers.get("authorization", "").removeprefix('Snowflake Token="').removesuffix('"')
        if key in self.forbidden:
            return Answer(403, {"detail": "Forbidden"})
        if key not in self.accepted and token not in self.session_tokens:
            return Answer(401, {"detail": "Invalid API key"})
        if request.path == "/api/v1/connectors":
            return Answer(200, [])
        if request.path == "/api/config":
            return Answer(200, {"rbac": False})
        return Answer(404, {"detail": "Not Found"})
