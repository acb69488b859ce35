"""The engine behind the docker command line, as far as `docker create` goes."""

import json

from .loopback import Answer, Stub


class DockerEngine(Stub):
    """Keeps the variables of the container that was created last in `environment`, as a list of `NAME=value`."""

    name = "docker"

    def __init__(self, log, certificate=None):
        self.environment = None
        super().__init__(log, certificate)

    def answer(self, request):
        if request.path == "/_ping":
            return Answer(200, "OK", {"Api-Version": "1.41", "Ostype": "linux"})
        if request.path.endswith("/containers/create"):
            self.environment = json.loads(request.body)["Env"]
            return Answer(201, {"Id": "c" * 64, "Warnings": []})
        return Answer(404, {"message": "no such thing"})
