"""What git and docker talk to: a server of repositories, and a registry of images, each with user names and passwords."""

import base64
import os
import subprocess

from .loopback import Answer, Stub


def basic(request):
    """The user name and password of a request; `None` without any."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    return tuple(base64.b64decode(value).decode().split(":", 1))


class GitServer(Stub):
    """Repositories of a folder over git's own HTTP backend; `logins` are pairs of user name and password."""

    name = "git"

    def __init__(self, log, folder, logins=(), certificate=None):
        self.folder = folder
        self.logins = set(logins)
        exec_path = subprocess.run(["git", "--exec-path"], capture_output=True, text=True, check=True).stdout.strip()
        self.backend = os.path.join(exec_path, "git-http-backend")
        super().__init__(log, certificate)

    def answer(self, request):
        login = basic(request)
        if login not in self.logins:
            return Answer(401, "no", {"WWW-Authenticate": 'Basic realm="git"'})
        process = subprocess.run(
            [self.backend],
            input=request.raw,
            capture_output=True,
            env={
                "GIT_PROJECT_ROOT": self.folder,
                "GIT_HTTP_EXPORT_ALL": "1",
                "PATH_INFO": request.path,
                "QUERY_STRING": request.query,
                "REQUEST_METHOD": request.method,
                "CONTENT_TYPE": request.headers.get("content-type", ""),
                "REMOTE_USER": login[0],
                "PATH": os.environ["PATH"],
            },
            timeout=60,
        )
        head, _, body = process.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines() if ": " in line)
        status = int(headers.pop("Status", "200").split()[0])
        return Answer(status, body, headers)


class ImageRegistry(Stub):
    """As much of a registry as `docker login` asks; `logins` are pairs of user name and password."""

    name = "registry"

    def __init__(self, log, logins=(), certificate=None):
        self.logins = set(logins)
        super().__init__(log, certificate)

    def answer(self, request):
        if basic(request) not in self.logins:
            return Answer(401, {"errors": [{"code": "UNAUTHORIZED"}]}, {"WWW-Authenticate": 'Basic realm="registry"'})
        return Answer(200, {}, {"Docker-Distribution-Api-Version": "registry/2.0"})
