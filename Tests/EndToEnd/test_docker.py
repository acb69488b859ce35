"""The docker client with a registry on this machine: login, logout, and where it looks for a password."""

import json
import os
import signal
import subprocess

from stubs import ImageRegistry

NOT_FOUND = "credentials not found in native keychain\n"


def helper(world, operation, text, **settings):
    return world.helper("docker", operation, given=text, **settings)


def docker(world, *arguments, given=None):
    return subprocess.run(
        ["docker", *arguments],
        env={**world.environment, "DOCKER_CONFIG": world.at("home", ".docker"), "DOCKER_HOST": "unix:///nowhere.sock"},
        cwd=world.at("work"),
        input=given,
        stdin=subprocess.DEVNULL if given is None else None,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_helper_as_docker_asks_it(world):
    password = world.secret("registry password")
    assert helper(world, "get", "r.example.com").out == NOT_FOUND
    assert helper(world, "get", "r.example.com").status == 1
    assert helper(world, "get", " \n").out == "no credentials server URL\n"
    stored = {"ServerURL": "r.example.com", "Username": "ada", "Secret": password}
    assert helper(world, "store", {**stored, "ServerURL": ""}).out == "no credentials server URL\n"
    assert helper(world, "store", {**stored, "Username": ""}).out == "no credentials username\n"
    assert helper(world, "store", stored).status == 0
    assert json.loads(helper(world, "get", "r.example.com\n").out) == stored
    assert json.loads(helper(world, "get", "https://r.example.com/v2/").out)["Secret"] == password
    for other in ("r.example.com:5000", "example.com", "r.example.com.evil.org", "http://r.example.com"):
        assert helper(world, "get", other).out == NOT_FOUND, other
    assert json.loads(helper(world, "list", "unused").out) == {"r.example.com": "ada"}
    assert helper(world, "version", "").out.startswith("docker-credential-kist (kist) v")
    assert helper(world, "erase", "r.example.com").status == 0
    assert helper(world, "get", "r.example.com").out == NOT_FOUND
    assert json.loads(helper(world, "list", "unused").out) == {}
    # The only copy is still there, and logging in again offers it again.
    assert world.kist("get", "r.example.com", "password", may_print=True).out == password
    helper(world, "store", stored)
    assert json.loads(helper(world, "get", "r.example.com").out) == stored
    hub = {"ServerURL": "https://index.docker.io/v1/", "Username": "ada", "Secret": world.secret("hub", "dckr_pat_{}")}
    helper(world, "store", hub)
    assert json.loads(helper(world, "get", "https://index.docker.io/v1/").out) == hub
    assert helper(world, "nonsense", "x").status == 1


def test_a_login_leaves_the_token_of_the_whole_service_alone(world):
    token, package, newer = (world.secret(name, "ghp_{}") for name in ("github", "package", "newer"))
    world.add("github", {"token": token}, "--name", "github")
    stored = {"ServerURL": "ghcr.io", "Username": "ada", "Secret": package}
    assert helper(world, "store", stored).status == 0
    assert world.kist("get", "github", "token", may_print=True).out == token
    assert json.loads(helper(world, "get", "ghcr.io").out) == stored
    # And git leaves the registry's alone.
    world.kist("provider", "git", "store", given=f"protocol=https\nhost=ghcr.io\nusername=ada\npassword={newer}\n")
    assert world.kist("get", "github", "token", may_print=True).out == newer
    assert world.kist("get", "ghcr.io", "password", may_print=True).out == package


def test_docker_login_and_logout(world):
    password = world.secret("docker password")
    registry = world.stub(ImageRegistry, tls=False, logins={("ada", password)})
    name = registry.authority
    shown = world.done("setup", "docker", name, "--show")
    assert "credHelpers" in shown.out and not os.path.exists(world.at("home", ".docker", "config.json"))
    world.done("setup", "docker", name)
    world.environment["PATH"] = f"{world.at('home', '.local', 'bin')}:{world.environment['PATH']}"
    config = world.at("home", ".docker", "config.json")
    assert json.load(open(config))["credHelpers"] == {name: "kist"}
    login = docker(world, "login", name, "--username", "ada", "--password-stdin", given=password)
    if login.returncode != 0:
        # Without a daemon this client asks the registry itself, over https first.
        assert password not in login.stdout + login.stderr
        raise AssertionError(login)
    assert not world.canaries.found_in((login.stdout + login.stderr + open(config).read()).encode())
    found = json.loads(helper(world, "get", name).out)
    assert found == {"ServerURL": name, "Username": "ada", "Secret": password}
    assert '"docker-registry"' in world.done("list", "--json").out
    # Logging in again asks the helper for the password first.
    again = docker(world, "login", name)
    assert "existing credentials... [Username: ada]" in again.stderr + again.stdout, again
    logout = docker(world, "logout", name)
    assert logout.returncode == 0, logout
    assert helper(world, "get", name).out == NOT_FOUND
    world.done("setup", "docker", name, "--undo")
    assert "kist" not in (open(config).read() if os.path.exists(config) else "")


def test_control_bytes_and_broken_backends_give_nothing(world):
    password = world.secret("p")
    helper(world, "store", {"ServerURL": "c.example.com", "Username": "u", "Secret": password})
    for byte in list(range(32)) + [127]:
        outcome = helper(world, "get", f"c{chr(byte)}.example.com")
        assert password not in outcome.out and outcome.status == 1, outcome
        for field in ("ServerURL", "Username", "Secret"):
            bad = {"ServerURL": "d.example.com", "Username": "u", "Secret": "s"}
            bad[field] = f"a{chr(byte)}b"
            assert helper(world, "store", bad).status == 1
    pid = json.loads(world.done("status", "--json").out)["pid"]
    os.kill(pid, signal.SIGSTOP)
    try:
        outcome = helper(world, "get", "c.example.com")
        assert outcome.status == 1 and outcome.out not in ("", NOT_FOUND) and password not in outcome.out, outcome
    finally:
        os.kill(pid, signal.SIGCONT)
    world.done("lock")
    outcome = helper(world, "get", "c.example.com")
    assert outcome.status == 1 and "locked" in outcome.out and "kist unlock" in outcome.err, outcome
    world.unlock()
