"""The keyring backend with the programs that ask it: keyring itself, pip and twine."""

import base64
import io
import os
import subprocess
import zipfile

from stubs.loopback import Answer, Stub
from world import ROOT, Outcome, client

# What an installed package has, so that keyring finds the backend by its entry point.
ENTRY_POINTS = "[keyring.backends]\nkist = kist.keyring_backend\n"


class Index(Stub):
    """A package index that gives one wheel to who logs in, and takes uploads."""

    name = "index"

    def __init__(self, log, login, **settings):
        self.login = "Basic " + base64.b64encode(login.encode()).decode()
        super().__init__(log, **settings)

    def answer(self, request):
        if request.headers.get("authorization") != self.login:
            return Answer(401, "who are you?", {"WWW-Authenticate": 'Basic realm="index"'})
        if request.path == "/simple/acme/":
            return Answer(200, '<a href="acme-1.0-py3-none-any.whl">acme</a>', {"Content-Type": "text/html"})
        if request.path.endswith("/acme-1.0-py3-none-any.whl"):
            return Answer(200, wheel())
        return Answer(200 if request.method == "POST" else 404, "")


def wheel():
    """A package with nothing in it."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in {
            "acme.py": "",
            "acme-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n",
            "acme-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            "acme-1.0.dist-info/RECORD": "acme.py,,\n",
        }.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return data.getvalue()


def run(world, *command, status=0, given=None, **environment):
    """A program of the environment, with the package beside it."""
    site = world.at("work", "site")
    information = os.path.join(site, "kist-0.1.0.dist-info")
    os.makedirs(information, exist_ok=True)
    for name, text in {"entry_points.txt": ENTRY_POINTS, "METADATA": "Name: kist\nVersion: 0.1.0\n"}.items():
        with open(os.path.join(information, name), "w") as file:
            file.write(text)
    place = os.path.dirname(client("keyring"))
    process = subprocess.run(
        [os.path.join(place, command[0]), *command[1:]],
        input=(given or "").encode(),
        capture_output=True,
        env={
            **world.environment,
            "PATH": f"{place}:{world.environment['PATH']}",
            "PYTHONPATH": f"{ROOT}/Sources/Python:{site}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PIP_NO_CACHE_DIR": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            # Only what is here: this machine's own bus must not answer.
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent",
            **environment,
        },
        cwd=world.at("work"),
        timeout=120,
    )
    outcome = Outcome(list(command), process)
    assert outcome.status == status, f"expected exit {status}\n{outcome}"
    return outcome


def login(world, url, name="index"):
    password = world.secret(name)
    world.unlock()
    world.add("login", {"username": "ada", "password": password, "url": url}, "--name", name)
    return password


def test_keyring_gets_what_is_named_and_what_is_at_a_host(world):
    key = world.secret("kumo", "demo:{}")
    world.unlock()
    world.add("kumo", {"api_key": key})
    password = login(world, "https://pypi.example.com/simple/")
    assert run(world, "keyring", "get", "kist", "kumo").out.strip() == key
    assert run(world, "keyring", "get", "kist", "kumo.url").out.strip() == "https://demo.kumoai.cloud/api"
    assert run(world, "keyring", "get", "kist://default/kumo/api_key", "x").out.strip() == key
    assert run(world, "keyring", "get", "https://pypi.example.com/simple/", "ada").out.strip() == password
    shown = run(world, "keyring", "--mode", "creds", "--output", "json", "get", "https://pypi.example.com/simple").out
    assert '"username": "ada"' in shown and password in shown
    audit = world.done("audit", "--verb", "provider", "--json").out
    assert '"reason":"keyring"' in audit, audit


def test_nothing_is_guessed(world):
    """Another host, port, scheme, path or user, or none at all: no answer, and the exit code that keyring has for it."""
    password = login(world, "https://pypi.example.org:8443/simple/", "strict")
    right = "https://pypi.example.org:8443/simple/"
    assert run(world, "keyring", "get", right, "ada").out.strip() == password
    others = [
        "https://pypi.example.org/simple/",
        "https://example.org:8443/simple/",
        "https://evil.pypi.example.org:8443/simple/",
        "https://pypi.example.org.evil.com:8443/simple/",
        "http://pypi.example.org:8443/simple/",
        "https://pypi.example.org:8443/other/",
        "https://ada@pypi.example.org:8443/simple/",
        "https://pypi.example.org:8443/simple/?x=1",
        "https://*:8443/simple/",
        "https://",
        "pypi.example.org:8443",
        "",
        "strict",
        "kist://strict",
        "kist",
    ]
    code = f"""if True:
    import keyring
    assert keyring.get_password({right!r}, "ada")
    for service in {others!r}:
        assert keyring.get_password(service, "ada") is None, service
    assert keyring.get_password({right!r}, "eve") is None
    assert keyring.get_credential({right!r}, "eve") is None
    """
    run(world, "python", "-c", code)
    assert password not in run(world, "keyring", "get", others[0], "ada", status=1).out


def test_pip_installs_from_an_index_that_wants_a_login(world):
    stub = world.keep(Index(world.log, "ada:" + world.secret("pip")))
    url = f"http://127.0.0.1:{stub.port}/simple/"
    password = base64.b64decode(stub.login[len("Basic ") :]).decode().partition(":")[2]
    world.unlock()
    world.add("login", {"username": "ada", "password": password, "url": url}, "--name", "pip")
    target = world.at("work", "installed")
    command = ["pip", "install", "--no-deps", "--no-input", "--index-url", url, "--target", target, "acme"]
    # Where it may ask nobody pip does not ask keyring, unless its configuration says so.
    control = run(world, *command, "--keyring-provider", "disabled", status=1)
    assert "No matching distribution" in control.err and not os.path.exists(target), control
    before = settings(world)
    assert "keyring-provider = import" in world.done("setup", "pip", "--show").out and settings(world) == before
    world.done("setup", "pip")
    outcome = run(world, *command)
    assert os.path.exists(os.path.join(target, "acme.py")), outcome
    assert password not in outcome.out + outcome.err
    # A keyring of another environment than pip's own, as with pipx: pip runs it, and the url has to say who.
    other = world.at("work", "bin")
    os.makedirs(other, exist_ok=True)
    with open(os.path.join(other, "keyring"), "w", opener=lambda at, flags: os.open(at, flags, 0o755)) as file:
        file.write(f'#!/bin/sh\nexec {os.path.dirname(client("keyring"))}/keyring "$@"\n')
    with_name = [
        "pip",
        "install",
        "--no-deps",
        "--no-input",
        "--keyring-provider",
        "subprocess",
        "--target",
        target + "2",
    ]
    path = f"{other}:{world.environment['PATH']}"
    run(world, *with_name, "--index-url", url.replace("//", "//ada@"), "acme", PATH=path)
    assert os.path.exists(os.path.join(target + "2", "acme.py"))
    world.done("setup", "pip", "--undo")
    assert settings(world) == before


SETTINGS = """# mine
[global]
timeout = 60

[install]
user = no
"""


def settings(world):
    """pip's own configuration of the user, there before anything of Kist's is."""
    path = world.at("home", ".config", "pip", "pip.conf")
    if not os.path.exists(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(SETTINGS)
    with open(path) as file:
        return file.read()


def test_setup_of_pip_leaves_what_somebody_else_has_said(world):
    before = SETTINGS
    settings(world)
    path = world.at("home", ".config", "pip", "pip.conf")
    with open(path, "w") as file:
        file.write(before.replace("timeout = 60", "keyring_provider: subprocess"))
    assert "keyring" in world.fails(125, "setup", "pip").err
    world.fails(64, "setup", "pip", "everything")
    with open(path, "w") as file:
        file.write("[install]\nuser = no\n")
    world.done("setup", "pip", "subprocess")
    with open(path) as file:
        assert file.read() == "[install]\nuser = no\n[global]\nkeyring-provider = subprocess\n"
    world.done("setup", "pip", "subprocess", "--undo")
    with open(path) as file:
        assert file.read() == "[install]\nuser = no\n"
    assert "nothing of Kist" in world.done("setup", "pip", "--undo").out
    os.unlink(path)
    world.done("setup", "pip")
    world.done("setup", "pip", "--undo")
    assert not os.path.exists(path) or open(path).read() == ""


def test_twine_uploads_with_a_stored_token(world):
    token = world.secret("twine", "pypi-{}")
    stub = world.keep(Index(world.log, "__token__:" + token))
    url = f"http://127.0.0.1:{stub.port}/legacy/"
    world.unlock()
    world.add("pypi", {"token": token, "url": url})
    path = world.at("work", "acme-1.0-py3-none-any.whl")
    with open(path, "wb") as file:
        file.write(wheel())
    outcome = run(world, "twine", "upload", "--non-interactive", "--repository-url", url, path)
    assert token not in outcome.out + outcome.err
    assert stub.received()[-1]["method"] == "POST"


SECOND = """if True:
    import keyring, keyring.backend, keyring.backends.chainer, keyring.errors
    from keyring.compat import properties
    class Desktop(keyring.backend.KeyringBackend):
        stored = {}
        @properties.classproperty
        def priority(cls): return 5
        def get_password(self, service, username): return self.stored.get((service, username))
        def set_password(self, service, username, password): self.stored[service, username] = password
        def delete_password(self, service, username): del self.stored[service, username]
    """


def test_writing_falls_through_to_the_next_keyring(world):
    password = login(world, "https://chain.example.com/", "chain")
    code = SECOND + """
    assert isinstance(keyring.get_keyring(), keyring.backends.chainer.ChainerBackend), keyring.get_keyring()
    keyring.set_password("other", "me", "mine")
    assert keyring.get_password("other", "me") == "mine" and Desktop.stored == {("other", "me"): "mine"}
    keyring.set_password("https://chain.example.com/", "ada", "stale")
    print(keyring.get_password("https://chain.example.com/", "ada"))
    keyring.delete_password("other", "me")
    """
    assert run(world, "python", "-c", code).out.strip() == password
    alone = """if True:
    import keyring, keyring.errors
    from kist.keyring_backend import Kist
    keyring.set_keyring(Kist())
    for body in (lambda: keyring.set_password("a", "b", "c"), lambda: keyring.delete_password("a", "b")):
        try: body()
        except keyring.errors.KeyringError as error: print(type(error).__name__)
    """
    assert run(world, "python", "-c", alone).out.split() == ["NotStored", "NotDeleted"]


def test_a_locked_vault_and_a_missing_agent_are_no_answer_and_break_nobody(world):
    login(world, "https://locked.example.com/", "locked")
    world.done("lock")
    world.kist("status")
    listed = run(world, "keyring", "--list-backends").out
    if "kist" in listed:
        run(world, "keyring", "get", "https://locked.example.com/", "ada", status=1)
    # No agent at all: the backend is not there, and nothing is started.
    nowhere = world.at("work", "nowhere")
    os.makedirs(nowhere, mode=0o700, exist_ok=True)
    outcome = run(
        world, "keyring", "--list-backends", XDG_RUNTIME_DIR=nowhere, KIST_VAULT=world.at("work", "none.kist")
    )
    assert "kist" not in outcome.out and not os.listdir(nowhere), outcome
    # One that does not keep the protocol.
    code = """if True:
    from kist import _agent
    from kist.keyring_backend import Kist
    def broken(*_): raise ZeroDivisionError
    _agent.Agent.running = broken
    assert Kist().get_password("kist", "kumo") is None
    assert Kist().get_credential("https://locked.example.com/", None) is None
    assert Kist().get_password(None, 3) is None
    assert not Kist.viable
    print("no answer")
    """
    assert run(world, "python", "-c", code).out.strip() == "no answer"


def test_control_bytes_are_never_a_name(world):
    """Every control byte in service and user name: no answer, and nothing that was not asked for."""
    login(world, "https://control.example.com/", "control")
    code = """if True:
    from kist.keyring_backend import Kist
    kist, asked = Kist(), 0
    assert kist.get_password("https://control.example.com/", "ada")
    for byte in [*range(0x20), 0x7f]:
        for service, user in (
            ("https://control.example.com/" + chr(byte), "ada"),
            ("https://control" + chr(byte) + ".example.com/", "ada"),
            (chr(byte) + "https://control.example.com/", "ada"),
            ("https://control.example.com/", "ada" + chr(byte)),
            ("kist", "control" + chr(byte)),
            ("kist://control/password" + chr(byte), "x"),
        ):
            assert kist.get_password(service, user) is None, (byte, service, user)
            assert kist.get_credential(service, user) is None, (byte, service, user)
            asked += 1
    print(asked)
    """
    assert run(world, "python", "-c", code).out.strip() == "198"
