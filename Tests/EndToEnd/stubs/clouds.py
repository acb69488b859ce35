"""AWS's token service, and a registry of images: as much of them as a check and a client's first call need."""

import base64
import hashlib
import json

from .loopback import Answer, Stub


class TokenService(Stub):
    """STS: knows `keys` by their ids, and looks at the signature no further than its form; AWS's own code tells good from bad."""

    name = "sts"

    def __init__(self, log, keys=(), certificate=None):
        self.keys = set(keys)
        super().__init__(log, certificate)

    def answer(self, request):
        signed = request.headers.get("authorization", "")
        if not signed.startswith("AWS4-HMAC-SHA256 Credential=") or "Signature=" not in signed:
            return Answer(403, "<Error><Code>MissingAuthenticationToken</Code></Error>")
        if signed.split("Credential=", 1)[1].split("/", 1)[0] not in self.keys:
            return Answer(403, "<Error><Code>InvalidClientTokenId</Code></Error>")
        body = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/ada</Arn>"
        return Answer(200, body + "</GetCallerIdentityResult></GetCallerIdentityResponse>", {"Content-Type": "text/xml"})


class Images(Stub):
    """A registry that takes `users` (name to password) by basic authentication, with one image `chest:1`."""

    name = "images"

    def __init__(self, log, users=None, certificate=None):
        self.users = dict(users or {})
        super().__init__(log, certificate)

    def answer(self, request):
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        name, _, password = base64.b64decode(given or "").decode("utf-8", "replace").partition(":")
        if scheme != "Basic" or self.users.get(name) != password:
            body = {"errors": [{"code": "DENIED", "message": "who is there?"}]}
            return Answer(401, body, {"WWW-Authenticate": 'Basic realm="images"'})
        kind = "application/vnd.docker.distribution.manifest.v2+json"
        if request.path == "/v2/chest/manifests/1":
            return Answer(200, MANIFEST, {"Content-Type": kind, "Docker-Content-Digest": DIGEST})
        if request.path.startswith("/v2/chest/blobs/"):
            return Answer(200, CONFIG)
        return Answer(200, {}) if request.path == "/v2/" else Answer(404, {"errors": [{"code": "NAME_UNKNOWN"}]})


CONFIG = b'{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]},"config":{}}'
MANIFEST = json.dumps(
    {
        "schemaVersion": 2,
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": {
            "mediaType": "application/vnd.docker.container.image.v1+json",
            "size": len(CONFIG),
            "digest": "sha256:" + hashlib.sha256(CONFIG).hexdigest(),
        },
        "layers": [],
    }
).encode()
DIGEST = "sha256:" + hashlib.sha256(MANIFEST).hexdigest()
