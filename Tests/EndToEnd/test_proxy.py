"""`kist proxy`: a program uses a credential that it never sees."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time

from stubs import Generic, Kumo
from world import client

ASK = """
import os, urllib.request
request = urllib.request.Request(os.environ["KUMO_URL"] + "/v1/connectors", headers={"X-API-Key": os.environ["KUMO_API_KEY"]})
print(urllib.request.urlopen(request).status)
"""


def kumo(world, name, **settings):
    key = world.secret(name, "demo:{}")
    stub = world.stub(Kumo, accepted={key}, **settings)
    world.add("kumo", {"api_key": key, "url": stub.url}, "--name", name)
    return stub, key


class Running:
    """`kist proxy NAME` without a command, in the foreground."""

    def __init__(self, world, name, *options):
        self.process = subprocess.Popen(
            ["kist", "proxy", *options, name], env=world.environment, cwd=world.at("work"), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip
        self.variables = {}
        while "KUMO_URL" not in self.variables or "KUMO_API_KEY" not in self.variables:
            line = self.process.stdout.readline()
            assert line, self.process.communicate()[1]
            name, _, value = line.rstrip("\n").partition("=")
            self.variables[name] = value
        self.port = int(re.search(r":(\d+)/", self.variables["KUMO_URL"])[1])

    def ask(self, path="/api/v1/connectors", method="GET", headers=None, body=None, host=None):
        """The status and text of one request; the stand-in is sent unless `headers` says otherwise."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", host or f"127.0.0.1:{self.port}")
        given = {"X-API-Key": self.variables["KUMO_API_KEY"]} if headers is None else headers
        for name, value in given.items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        try:
            return answer.status, answer.read()
        finally:
            connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=120)


def test_a_program_uses_what_it_does_not_see(world):
    stub, key = kumo(world, "unseen")
    outcome = world.done("proxy", "unseen", "--", "python3", "-c", ASK + "print(sorted(os.environ.items()))")
    assert outcome.out.startswith("200"), outcome
    assert key not in outcome.out and "kist-proxy-" in outcome.out
    assert "KUMO_API_ENDPOINT" not in outcome.out
    assert [r["headers"]["x-api-key"] for r in stub.received()] == [key]


def test_the_real_kumoai(world):
    """The SDK of today logs in through the proxy, with a stand-in in its hands."""
    stub, key = kumo(world, "sdk")
    code = "import os, kumoai; kumoai.init(url=os.environ['KUMO_URL']); print(os.environ['KUMO_API_KEY'])"
    outcome = world.done("proxy", "sdk", "--", client("kumoai-2.22.0"), "-c", code)
    assert re.search(r"^demo:kist-proxy-[\w-]{43}$", outcome.out, re.M), outcome
    assert {r["headers"]["x-api-key"] for r in stub.received()} == {key}


def test_over_tls_to_the_platform(world):
    key = world.secret("tls", "demo:{}")
    stub = world.stub(Kumo, tls=True, accepted={key})
    sniffer = world.proxy({"demo.kumoai.cloud": stub})
    world.add("kumo", {"api_key": key}, "--name", "tls")
    environment = {**sniffer.variables(), **world.trusting()}
    outcome = world.kist("proxy", "tls", "--", "python3", "-c", ASK, environment=environment)
    assert outcome.out.strip() == "200", outcome
    assert [r["headers"]["x-api-key"] for r in stub.received()] == [key] and stub.received()[0]["tls"]
    # Without the right authority nothing is sent.
    before = len(stub.received())
    outcome = world.kist("proxy", "tls", "--", "python3", "-c", ASK, environment=sniffer.variables())
    assert "502" in outcome.err and len(stub.received()) == before, outcome


def test_who_has_no_stand_in_gets_nothing(world):
    stub, _ = kumo(world, "door")
    with Running(world, "door") as proxy:
        assert proxy.ask()[0] == 200
        before = len(stub.received())
        for headers in ({}, {"X-API-Key": ""}, {"X-API-Key": "demo:kist-proxy-" + "A" * 43}, {"Authorization": "Basic !"}):
            status, text = proxy.ask(headers=headers)
            assert status == 401 and b"kist proxy:" in text, (headers, status)
        good = {"X-API-Key": proxy.variables["KUMO_API_KEY"]}
        assert proxy.ask(host="evil.example")[0] == 421
        assert proxy.ask(host=f"evil.example:{proxy.port}")[0] == 421
        assert proxy.ask(headers={**good, "Origin": "https://evil.example"})[0] == 403
        assert proxy.ask(headers={**good, "Sec-Fetch-Site": "cross-site"})[0] == 403
        for more in ({"X-Request-Id": good["X-API-Key"]}, {"X-HTTP-Method-Override": "DELETE"}):
            assert proxy.ask(headers={**good, **more})[0] == 400, more
        for path in ("/", "/admin", "/api/../admin", "//evil.example/api", "http://evil.example/api/v1/connectors"):
            assert proxy.ask(path)[0] in (400, 403), path
        assert len(stub.received()) == before, "something was handed on"


def test_only_what_the_rules_allow(world):
    stub, key = kumo(world, "rules")
    log = world.at("work", "proxy.log")
    with Running(world, "rules", "--allow", "GET /api/v1/*", "--log", log) as proxy:
        assert proxy.ask()[0] == 200
        assert proxy.ask("/api/v1/connectors?secret=in-a-query")[0] == 200
        before = len(stub.received())
        assert proxy.ask(method="POST", body=b"{}")[0] == 403
        assert proxy.ask("/api/config")[0] == 403
        assert len(stub.received()) == before
    with open(log) as file:
        lines = [line.split(" ", 1)[1].strip() for line in file]
    assert lines == [
        "GET /api/v1/connectors 200",
        "GET /api/v1/connectors 200",
        "POST - 403",
        "GET - 403",
    ], lines
    assert os.stat(log).st_mode & 0o777 == 0o600
    world.fails(64, "proxy", "--allow", "GET /a*b", "rules", "--", "true")


def test_bodies_go_through_as_they_come(world):
    value = world.secret("bodies")

    class Echo(Generic):
        def answer(self, request):
            answer = super().answer(request)
            if answer.status == 200:
                answer.body = {"length": len(request.body), "end": request.body[-4:]}
            return answer

    stub = world.stub(Echo, header="authorization", values={f"Bearer {value}"})
    world.add("openai", {"api_key": world.canaries.plant("openai", "sk-" + value), "url": stub.origin + "/v1"}, "--name", "bodies")
    stub.values = {f"Bearer sk-{value}"}
    code = """
import os, json, urllib.request
def body():
    for _ in range(256): yield b"x" * 16384
    yield b"tail"
for data, length in ((body(), None), (b"y" * 3_000_000 + b"tail", 3_000_004), (b"tail", 4)):
    headers = {"Authorization": "Bearer " + os.environ["OPENAI_API_KEY"], "Content-Type": "text/plain"}
    if length: headers["Content-Length"] = str(length)
    request = urllib.request.Request(os.environ["OPENAI_BASE_URL"] + "/files", data=data, headers=headers, method="POST")
    print(json.load(urllib.request.urlopen(request)))
"""
    outcome = world.done("proxy", "bodies", "--", "python3", "-c", code)
    found = [json.loads(line.replace("'", '"')) for line in outcome.out.splitlines()]
    assert [f["end"] for f in found] == ["tail"] * 3, outcome
    assert [f["length"] for f in found] == [256 * 16384 + 4, 3_000_004, 4], outcome


def test_no_redirect_takes_the_key_along(world):
    stub, _ = kumo(world, "moved")
    elsewhere = world.stub(Generic, header="x-api-key", values=set())
    with Running(world, "moved") as proxy:
        stub.redirect = elsewhere.origin + "/api/v1/connectors"
        assert proxy.ask()[0] == 307
    assert elsewhere.received() == []


def test_it_ends_with_its_program(world):
    kumo(world, "ends")
    code = ASK + "print(os.environ['KUMO_URL'])"
    outcome = world.done("proxy", "ends", "--", "python3", "-c", code)
    port = int(re.search(r":(\d+)/", outcome.out)[1])
    for _ in range(2_400):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return
        time.sleep(0.05)
    raise AssertionError("the proxy still listens after its program has ended")


def test_status_and_signals_are_the_programs_own(world):
    kumo(world, "own")
    assert world.kist("proxy", "own", "--", "sh", "-c", "exit 7").status == 7
    assert world.kist("proxy", "own", "--", "sh", "-c", "kill -TERM $$").status in (-15, 143)
    world.fails(127, "proxy", "own", "--", "no-such-program-here")


def test_what_no_proxy_can_do_is_said(world):
    world.add("login", {"username": "ada", "password": world.secret("login")}, "--name", "login")
    outcome = world.fails(125, "proxy", "login", "--", "true")
    assert "proxy" in outcome.err
    world.fails(3, "proxy", "never-stored", "--", "true")
    world.fails(64, "proxy")


def test_it_is_written_down(world):
    kumo(world, "audited")
    world.done("proxy", "--reason", "assistant", "audited", "--", "true")
    entries = json.loads(world.done("audit", "audited", "--json").out)
    entries = entries["items"] if isinstance(entries, dict) else entries
    assert any(e.get("purpose") == "proxy" or e.get("verb") == "proxy" for e in entries), entries[-1]
    world.done("policy", "audited", "run-only")
    world.done("proxy", "audited", "--", "true")
