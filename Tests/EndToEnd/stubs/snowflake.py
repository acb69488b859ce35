"""Snowflake: the login, token and query requests that both generations of its Python connector make."""

import base64
import json
import subprocess
import tempfile
import uuid

from .loopback import Answer, Stub


class Snowflake(Stub):
    """Accepts `users` (name to password), and key-pair logins of `public_keys` (name to PEM path)."""

    name = "snowflake"

    def __init__(self, log, users=None, public_keys=None, tokens=(), certificate=None):
        self.users = {k.upper(): v for k, v in (users or {}).items()}
        self.public_keys = {k.upper(): v for k, v in (public_keys or {}).items()}
        self.tokens = set(tokens)
        self.issued = []
        super().__init__(log, certificate)

    def header(self):
        """What goes to a service behind Snowflake: the session token that was given out last."""
        return f'Snowflake Token="{self.issued[-1]}"'

    def answer(self, request):
        if request.path == "/session/v1/login-request":
            return self._login(request.json()["data"])
        if request.path == "/session/token-request":
            self.issued.append(f"spcs-{len(self.issued) + 1}")
            return _success(
                {
                    "sessionToken": self.issued[-1],
                    "validityInSecondsST": 3600,
                    "masterToken": "master-token",
                    "validityInSecondsMT": 14400,
                    "sessionId": 1,
                }
            )
        if request.path == "/queries/v1/query-request":
            return self._query(request.json())
        if request.path == "/api/v2/statements":
            return self._statement(request)
        if request.path in ("/session", "/telemetry/send", "/session/heartbeat", "/session/logout-request"):
            return _success(None)
        return Answer(404, {"message": "no such path", "success": False})

    def logins(self):
        """The `data` of every login request so far."""
        paths = ("/session/v1/login-request",)
        return [json.loads(r["body"])["data"] for r in self.received() if r["path"] in paths]

    def _login(self, data):
        user = (data.get("LOGIN_NAME") or "").upper()
        authenticator = (data.get("AUTHENTICATOR") or "SNOWFLAKE").upper()
        if authenticator == "SNOWFLAKE_JWT":
            good = user in self.public_keys and _is_signed(data.get("TOKEN", ""), self.public_keys[user])
        elif authenticator in ("OAUTH", "PROGRAMMATIC_ACCESS_TOKEN"):
            good = data.get("TOKEN") in self.tokens
        else:
            good = user in self.users and data.get("PASSWORD") == self.users[user]
        if not good:
            return Answer(
                200,
                {
                    "data": {"authnMethod": "USERNAME_PASSWORD"},
                    "code": "390100",
                    "success": False,
                    "headers": None,
                    "message": "Incorrect username or password was specified.",
                },
            )
        self.user = user
        return _success(
            {
                "masterToken": "master-token",
                "token": "session-token",
                "validityInSeconds": 3600,
                "masterValidityInSeconds": 14400,
                "displayUserName": user,
                "serverVersion": "9.99.0",
                "firstLogin": False,
                "remMeToken": None,
                "remMeValidityInSeconds": 0,
                "healthCheckInterval": 45,
                "newClientForUpgrade": None,
                "sessionId": 1,
                "parameters": [{"name": "CLIENT_TELEMETRY_ENABLED", "value": False}],
                "idToken": None,
                "idTokenValidityInSeconds": 0,
                "responseData": None,
                "mfaToken": None,
                "mfaTokenValidityInSeconds": 0,
                "sessionInfo": {"databaseName": None, "schemaName": None, "warehouseName": None, "roleName": "PUBLIC"},
            }
        )

    def _query(self, query):
        column = {
            "name": "CURRENT_USER()",
            "type": "text",
            "nullable": True,
            "length": 256,
            "byteLength": 1024,
            "precision": None,
            "scale": None,
            "database": "",
            "schema": "",
            "table": "",
            "collation": None,
        }
        return _success(
            {
                "parameters": [],
                "rowtype": [column],
                "rowset": [[self.user]],
                "total": 1,
                "returned": 1,
                "queryId": str(uuid.uuid4()),
                "sqlState": "00000",
                "databaseProvider": None,
                "finalDatabaseName": None,
                "finalSchemaName": None,
                "finalWarehouseName": None,
                "finalRoleName": "PUBLIC",
                "numberOfBinds": 0,
                "arrayBindSupported": False,
                "statementTypeId": 4096,
                "version": 1,
                "sendResultTime": 0,
                "queryResultFormat": "json",
            }
        )

    def _statement(self, request):
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        signed = any(_is_signed(token, key) for key in self.public_keys.values())
        if token in self.tokens or signed:
            return Answer(200, {"code": "090001", "data": [["1"]], "message": "Statement executed successfully."})
        return Answer(401, {"code": "390101", "message": "Authorization header field value is invalid"})


def _success(data):
    return Answer(200, {"data": data, "message": None, "code": None, "success": True})


def _is_signed(token, public_key):
    """Whether a JSON web token carries an RS256 signature of that public key, as openssl sees it."""
    try:
        head, claims, signature = token.split(".")
        raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    except ValueError:
        return False
    with tempfile.NamedTemporaryFile() as file:
        file.write(raw)
        file.flush()
        verify = ["openssl", "dgst", "-sha256", "-verify", public_key, "-signature", file.name]
        return subprocess.run(verify, input=f"{head}.{claims}".encode(), capture_output=True).returncode == 0
