"""Cloudera ML: the v2 API, a model endpoint with its two keys, and the old v1 API with Basic."""

import base64

from .loopback import Answer, Stub

# The words of the product when the key is good and its owner was not added to the project.
NOT_A_COLLABORATOR = {
    "User APikey not authorized to access model": "Check APIKEY permissions or model authentication permissions"
}


class Cloudera(Stub):
    """Accepts v2 keys in `keys`; models in `models` (access key to the set of API keys of its collaborators)."""

    name = "cloudera"

    def __init__(self, log, keys=(), models=None, legacy=None, certificate=None):
        self.keys = set(keys)
        self.models = dict(models or {})
        self.legacy = dict(legacy or {})
        super().__init__(log, certificate)

    def answer(self, request):
        if request.path.startswith("/api/v1/users/"):
            return self._legacy_user(request)
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if bearer not in self.keys:
            return Answer(401, {"message": "Unauthorized", "code": 16})
        if request.path == "/api/v2/projects":
            return Answer(200, {"projects": [{"id": "p1", "name": "churn"}], "next_page_token": ""})
        if request.path == "/model" and request.method == "POST":
            return self._model(request, bearer)
        return Answer(404, {"message": "Not Found", "code": 5})

    def _model(self, request, bearer):
        body = request.json() or {}
        access = body.get("accessKey") or request.parameters().get("accessKey")
        if access not in self.models:
            return Answer(404, {"success": False, "errors": "model not found"})
        if bearer not in self.models[access]:
            return Answer(403, {"success": False, "errors": NOT_A_COLLABORATOR})
        return Answer(
            200,
            {
                "success": True,
                "response": {"prediction": {"churn": 0.17}, "uuid": "9b2f"},
                "ReplicaID": "churn-1-6d5f9c7b8-x2x7q",
            },
        )

    def _legacy_user(self, request):
        name = request.path.rsplit("/", 1)[-1]
        sent = request.headers.get("authorization", "").removeprefix("Basic ")
        expected = base64.b64encode(f"{self.legacy.get(name)}:".encode()).decode()
        if name not in self.legacy or sent != expected:
            return Answer(401, {"message": "Unauthorized"})
        return Answer(200, {"username": name, "name": name})
