"""Epigos: a workspace key in `X-Api-Key`; scope project manages, scope inference only predicts."""

from .loopback import Answer, Stub


class Epigos(Stub):
    """Accepts the keys of `keys` (key to scope, `project` or `inference`)."""

    name = "epigos"

    def __init__(self, log, keys=None, certificate=None):
        self.keys = dict(keys or {})
        super().__init__(log, certificate)

    def answer(self, request):
        scope = self.keys.get(request.headers.get("x-api-key"))
        if scope is None:
            return Answer(401, {"message": "No valid API key provided"})
        parts = request.path.strip("/").split("/")
        if parts[0] == "projects" and len(parts) == 2:
            if scope != "project":
                return Answer(403, {"message": "The API key doesn't have permissions to perform the request"})
            return Answer(
                200,
                {"id": parts[1], "name": "defects", "workspaceId": "w1", "projectType": "classification", "labels": []},
            )
        if parts[:2] == ["predict", "classify"] and len(parts) == 3:
            return Answer(200, {"category": "good", "confidence": 0.97, "predictions": []})
        return Answer(404, {"message": "Not found"})
