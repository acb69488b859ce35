"""Eighteen services behind one key each: how each is asked who calls, and what it says to a good key and to a bad one."""

import base64

from .loopback import Answer, Stub


class Service(Stub):
    """One of `SERVICES`. Accepts the secrets of `values`; `forbidden` ones are known, but may not.

    `sees(request)` gives the secret that a request carries; `good` and `bad` are the answers.
    """

    name = "service"

    def __init__(self, log, service, values=(), certificate=None):
        self.service = SERVICES[service]
        self.values = set(values)
        self.forbidden = set()
        super().__init__(log, certificate)

    def answer(self, request):
        for path, body in self.service.get("open", {}).items():
            if request.path == path:
                return Answer(200, {k: v.format(self.origin) for k, v in body.items()})
        seen = self.service["sees"](request)
        if seen in self.forbidden:
            return Answer(403, {"message": "not for you"})
        if seen not in self.values and seen != TOKEN["access_token"]:
            return self.service.get("bad", Answer(401, {"message": "no such key"}))
        for path, body in self.service["good"].items():
            if request.path.rstrip("/") == path.rstrip("/"):
                return Answer(200, body)
        return Answer(404, {"message": "no such place"})


def header(name, prefix=""):
    """The secret in a header, behind a prefix."""

    def sees(request):
        value = request.headers.get(name, "")
        return value[len(prefix) :] if value.startswith(prefix) else None

    return sees


def basic(request):
    """`user:password` as sent."""
    value = request.headers.get("authorization", "")
    return base64.b64decode(value[6:]).decode() if value.startswith("Basic ") else None


def password(user):
    """The password that came with this user."""

    def sees(request):
        found, _, secret = (basic(request) or "").partition(":")
        return secret if found == user else None

    return sees


def either(*ways):
    """The first way that finds something."""

    def sees(request):
        return next((found for found in (way(request) for way in ways) if found), None)

    return sees


def parameter(name):
    def sees(request):
        return request.parameters().get(name)

    return sees


BEARER = header("authorization", "Bearer ")
MODELS = {"object": "list", "data": [{"id": "m-1", "object": "model", "created": 1, "owned_by": "them"}]}
TOKEN = {"access_token": "an-access-token", "token_type": "Bearer", "expires_in": 3600}

SERVICES = {
    "github": {
        "sees": either(header("authorization", "token "), BEARER),
        "good": {"/user": {"login": "ada", "id": 7, "url": "https://api.github.com/users/ada"}},
    },
    "gitlab": {"sees": header("private-token"), "good": {"/api/v4/user": {"id": 7, "username": "ada"}}},
    "huggingface": {"sees": BEARER, "good": {"/api/whoami-v2": {"type": "user", "id": "7", "name": "ada"}}},
    "databricks": {
        "sees": either(BEARER, basic),
        "good": {
            "/api/2.0/preview/scim/v2/Me": {"id": "7", "userName": "ada"},
            "/oidc/v1/token": TOKEN,
        },
        "bad": Answer(401, {"error": "invalid_client", "error_code": 401, "message": "no such token"}),
        "open": {
            "/.well-known/databricks-config": {"oidc_endpoint": "{}/oidc", "workspace_id": "7"},
            "/oidc/.well-known/oauth-authorization-server": {
                "authorization_endpoint": "{}/oidc/v1/authorize",
                "token_endpoint": "{}/oidc/v1/token",
            },
        },
    },
    "openai": {"sees": BEARER, "good": {"/v1/models": MODELS}},
    "anthropic": {
        "sees": either(header("x-api-key"), BEARER),
        "good": {"/v1/models": {**MODELS, "data": [
            {"id": "c-1", "type": "model", "display_name": "C", "created_at": "2026-01-01T00:00:00Z"}
        ], "has_more": False, "first_id": "c-1", "last_id": "c-1"}},
    },  # fmt: skip
    "gemini": {
        "sees": header("x-goog-api-key"),
        "good": {"/v1beta/models": {"models": [{"name": "models/g-1"}]}, "/v1/models": {"models": [{"name": "g"}]}},
        "bad": Answer(400, {"error": {"code": 400, "details": [{"reason": "API_KEY_INVALID"}]}}),
    },
    "mistral": {"sees": BEARER, "good": {"/v1/models": {"object": "list", "data": []}}},
    "cohere": {"sees": BEARER, "good": {"/v1/models": {"models": [{"name": "command"}]}}},
    "wandb": {
        "sees": password("api"),
        "good": {"/graphql": {"data": {
            "viewer": {"id": "v7", "username": "ada", "name": "Ada", "entity": "ada", "email": "a@example.com",
                "flags": "{}", "admin": False, "deletedAt": None, "teams": {"edges": []}, "apiKeys": {"edges": []}},
            "serverInfo": {"cliVersionInfo": None, "features": []},
            "queryType": {"fields": []}, "__schema": {"queryType": {"fields": []}},
        }}},
        "bad": Answer(200, {"data": {"viewer": None}}),
    },  # fmt: skip
    "mlflow": {
        "sees": either(BEARER, basic),
        "good": {"/api/2.0/mlflow/experiments/search": {"experiments": []}},
    },
    "kaggle": {
        "sees": either(BEARER, basic),
        "good": {
            "/api/v1/kernels/list": [],
            "/v1/security.OAuthService/IntrospectToken": {"active": True, "username": "ada", "scope": ""},
            "/v1/kernels.KernelsApiService/ListKernels": {"kernels": []},
        },
    },
    "langsmith": {"sees": header("x-api-key"), "good": {"/sessions": [], "/info": {"version": "0.1"}}},
    "azure": {
        "sees": parameter("client_secret"),
        "good": {"/a-tenant/oauth2/v2.0/token": TOKEN},
        "bad": Answer(401, {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret"}),
    },
    "azure-openai": {"sees": header("api-key"), "good": {"/openai/models": MODELS}},
    "npm": {"sees": BEARER, "good": {"/-/whoami": {"username": "ada"}}},
}
