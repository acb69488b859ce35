"""Kumo's page on its REST API, at night: retraining, then batch prediction, from cron and from a systemd timer.

The lines are those that `kist how kumo cron` and `kist how kumo systemd` print, run to the letter; the job is the one in
Tests/Examples/kumo-nightly. Nobody is there to ask, and the desktop's agent is locked or open.
"""

import json
import os
import shutil
import socket
import subprocess

from stubs import KumoJobs
from world import ROOT, binaries


def ready(world, name, **settings):
    """A key, a stand-in, a key file, and programs and job where the printed lines expect them."""
    key = world.secret(name, "demo:{}")
    stub = world.stub(KumoJobs, accepted={key}, **settings)
    world.add("kumo", {"api_key": key, "url": stub.url}, "--name", name)
    home = world.at("home")
    for folder in (".local/bin", "nightly", ".config/kist", ".config/systemd/user"):
        os.makedirs(os.path.join(home, folder), mode=0o700, exist_ok=True)
    for program in os.listdir(binaries()):
        link = os.path.join(home, ".local/bin", program)
        if program.startswith("kist") and not program.endswith((".build", ".product")) and not os.path.lexists(link):
            os.symlink(os.path.join(binaries(), program), link)
    shutil.copy(ROOT / "Tests" / "Examples" / "kumo-nightly" / "nightly.py", os.path.join(home, "nightly"))
    key_file = os.path.join(home, ".config/kist/nightly.key")
    if not os.path.exists(key_file):
        world.done("slot", "add", "key-file", key_file, environment={"KIST_PASSPHRASE_FILE": world.passphrase_file})
        with open(key_file) as file:
            world.canaries.plant("key file", file.read().strip())
    for place in ("cron", "systemd"):
        printed(world, name, place)
    return stub, key


def remove_key_file(world):
    """It opens the vault, so the search for secrets would find it."""
    os.remove(os.path.join(world.at("home"), ".config/kist/nightly.key"))


def printed(world, name, place):
    """What `kist how` prints; read while the vault is open, and kept for when it is not."""
    known = vars(world).setdefault("printed", {})
    if (name, place) not in known:
        known[name, place] = world.done("how", name, place).out.splitlines()
    return known[name, place]


def cron_line(world, name):
    lines = printed(world, name, "cron")
    (line,) = [line.removeprefix("0 2 * * *").strip() for line in lines if line.startswith("0 2 * * *")]
    return line.replace("PQUERY_ID", "churn-30d")


def by_cron(world, name):
    """cron's own bare environment: /bin/sh, no runtime folder, no terminal, a PATH without ~/.local/bin."""
    return subprocess.run(
        ["/bin/sh", "-c", cron_line(world, name)],
        env={"HOME": world.at("home"), "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "LOGNAME": "me",
             "XDG_RUNTIME_DIR": world.at("run"), "NIGHTLY_PAUSE": "0.05"},
        cwd=world.at("home"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )  # fmt: skip


def units(world, name):
    """The two units as printed, in the files that they name."""
    files, path = {}, None
    for line in printed(world, name, "systemd"):
        if line.startswith("# ~/"):
            path = os.path.join(world.at("home"), line.removeprefix("# ~/"))
            files[path] = []
        elif path and not line.startswith("# then:"):
            files[path].append(line.replace("PQUERY_ID", "churn-30d"))
    for path, lines in files.items():
        with open(path, "w") as file:
            file.write("\n".join(lines) + "\n")
    return sorted(files)


def by_systemd(world, name):
    """What the service manager does for the service: its credential, its environment, its journal; then ExecStart."""
    service, _ = units(world, name)
    settings = {}
    with open(service) as file:
        for line in file:
            key, equals, value = line.strip().partition("=")
            if equals:
                settings[key] = value.replace("%h", world.at("home"))
    credentials = world.at("private", "credentials")
    shutil.rmtree(credentials, ignore_errors=True)
    os.mkdir(credentials, 0o700)
    credential, _, source = settings["LoadCredential"].partition(":")
    shutil.copyfile(source, os.path.join(credentials, credential))
    os.chmod(os.path.join(credentials, credential), 0o400)
    journal, ours = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    status = os.fstat(ours.fileno())
    process = subprocess.run(
        settings["ExecStart"].split(),
        env={"HOME": world.at("home"), "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "USER": "me",
             "LOGNAME": "me", "SHELL": "/bin/sh", "XDG_RUNTIME_DIR": world.at("run"), "INVOCATION_ID": "0" * 32,
             "CREDENTIALS_DIRECTORY": credentials, "JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}",
             "SYSTEMD_EXEC_PID": "1", "NIGHTLY_PAUSE": "0.05"},
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=ours,
        stderr=ours,
        timeout=120,
    )  # fmt: skip
    ours.close()
    journal.settimeout(5)
    text = b""
    while part := journal.recv(65536):
        text += part
    journal.close()
    process.stderr = text.decode()
    return process


WAYS = (by_cron, by_systemd)


def test_both_calls_are_made_with_the_agent_open_and_locked(world):
    """Training, then prediction with what was trained, each looked at until it is done; the desktop's agent stays as it was."""
    stub, key = ready(world, "kumo")
    try:
        for way in WAYS:
            for locked in (False, True):
                world.done("lock") if locked else world.unlock()
                before = len(stub.received())
                process = way(world, "kumo")
                assert process.returncode == 0, (way, locked, process)
                seen = stub.received()[before:]
                assert seen[0]["path"] == "/api/v1/connectors", seen  # the proof, before anything
                calls = [(r["method"], r["path"].split("/")[3]) for r in seen[1:]]
                looks = [("GET", "training_jobs")] * 2, [("GET", "prediction_jobs")] * 2
                assert calls == [("POST", "training_jobs"), *looks[0], ("POST", "prediction_jobs"), *looks[1]], calls
                assert '"churn-30d"' in seen[1]["body"] and '"training_jobs-' in seen[4]["body"]
                assert {r["headers"]["x-api-key"] for r in seen} == {key}
                assert key not in process.stderr and key not in (process.stdout or "")
                world.fails(4, "get", "kumo") if locked else world.done("get", "kumo", may_print=True)
    finally:
        remove_key_file(world)
        world.unlock()


def test_without_an_agent_it_leaves_none(world):
    stub, _ = ready(world, "alone")
    try:
        for way in WAYS:
            world.done("lock")
            process = way(world, "alone")
            assert process.returncode == 0, process
            status = json.loads(world.done("status", "--json").out)
            assert status["state"] == "locked" and not status["pid"], status
    finally:
        remove_key_file(world)
        world.unlock()


def test_each_thing_in_the_way_has_a_code_and_a_line_of_its_own(world):
    """Expired, 401, 403, server down, no such host: nothing of the job is started, and no other call is made."""
    stub, key = ready(world, "stopped")
    stub_port_free = socket.create_server(("127.0.0.1", 0))
    dead = f"http://127.0.0.1:{stub_port_free.getsockname()[1]}/api"
    stub_port_free.close()
    world.done("lock")
    key_of = {"KIST_PASSPHRASE_FILE": world.passphrase_file}

    def expired():
        world.done("edit", "stopped", "--expires", "2020-01-01", "--no-check", environment=key_of)
        return 121, "expired on 2020-01-01", 0

    def refused():
        world.done("edit", "stopped", "--expires", "never", "--no-check", environment=key_of)
        stub.accepted = set()
        return 122, "401", 1

    def not_allowed():
        stub.forbidden = {key}
        return 122, "403", 1

    def broken():
        stub.forbidden = set()
        stub.fail = 503
        return 123, "503", 1

    def down():
        stub.fail = None
        stub.accepted = {key}
        world.done("edit", "stopped", f"url={dead}", "--no-check", environment=key_of)
        return 123, "could not be proved", 0

    try:
        for obstacle in (expired, refused, not_allowed, broken, down):
            code, words, calls = obstacle()
            for way in WAYS:
                before = len(stub.received())
                process = way(world, "stopped")
                assert process.returncode == code, (obstacle, way, process)
                line = process.stderr.splitlines()[0]
                assert line.startswith("<3>kist: stopped" if way is by_systemd else "kist: stopped"), line
                assert words in line and "nothing was started" in line and key not in process.stderr, line
                seen = stub.received()[before:]
                assert [r["path"] for r in seen] == ["/api/v1/connectors"] * calls, seen
    finally:
        remove_key_file(world)
        world.unlock()


def test_a_job_that_fails_says_so_with_its_own_code(world):
    stub, _ = ready(world, "failing", ends="FAILED")
    try:
        for way in WAYS:
            process = way(world, "failing")
            assert process.returncode == 1 and "did not end well" in process.stderr, process
    finally:
        remove_key_file(world)


def test_the_units_are_what_systemd_takes(world):
    """`systemd-analyze verify` finds nothing to say about the two units as printed."""
    ready(world, "verified")
    files = units(world, "verified")
    assert [os.path.basename(f) for f in files] == ["verified-nightly.service", "verified-nightly.timer"]
    process = subprocess.run(
        ["systemd-analyze", "verify", "--user", "--man=no", *files],
        env={**world.environment, "XDG_RUNTIME_DIR": world.at("run")},
        capture_output=True,
        text=True,
    )
    said = [line for line in process.stderr.splitlines() if "verified-nightly" in line]
    assert process.returncode == 0 and not said, process
    with open(files[0], "a") as file:
        file.write("[Service]\nLoadCredentail=x\n")
    control = subprocess.run(["systemd-analyze", "verify", "--user", "--man=no", *files], env=world.environment,
                             capture_output=True, text=True)
    assert "LoadCredentail" in control.stderr, control
    remove_key_file(world)


def test_what_cannot_be_proved_by_any_call_is_said_and_started(world):
    """A login has no call that proves it: nothing to wait for."""
    world.add("login", {"username": "a", "password": world.secret("plain login")}, "--name", "plain")
    outcome = world.done("run", "--check", "plain", "--", "true")
    assert "not proved" in outcome.err, outcome
