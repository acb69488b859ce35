"""Bundles between two machines: one has the vault, the other a bundle, an identity, and nothing else."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

from home import ROOT, Home

SECRET = "demo:bundle-canary-9d1f"


class Machine(Home):
    """A machine with an identity of its own and no vault."""

    def __init__(self, other):
        super().__init__(other.programs)
        self.stub.close()
        self.kist("identity", "create", "-o", "ci.identity")
        shown = json.loads(self.kist("identity", "show", "ci.identity", "--json"))
        self.recipient, self.fingerprint = shown["recipient"], shown["fingerprint"]

    def __exit__(self, *arguments):
        self.stub = type("Closed", (), {"close": lambda _: None})()
        super().__exit__(*arguments)

    def trust(self, vault):
        key = vault.kist("identity", "vault").decode().strip()
        self.kist("identity", "trust", "ci.identity", key)

    def take(self, vault, name="ci.kist"):
        data = pathlib.Path(vault.work, name).read_bytes()
        pathlib.Path(self.work, name).write_bytes(data)
        return data

    def bundled(self, *arguments, status=0, environment=None, **more):
        environment = {"KIST_BUNDLE": "ci.kist", "KIST_IDENTITY_FILE": "ci.identity", **(environment or {})}
        return self.kist(*arguments, status=status, environment=environment, **more)


def store(home):
    home.initialise()
    home.kist("add", "kumo", "--stdin", "--no-check", given=json.dumps({"api_key": SECRET}).encode())
    home.kist("add", "http-api-key", "--name", "other", "--stdin", "--no-check",
              given=json.dumps({"key": "not-for-the-machine", "url": "https://api.example.com"}).encode())


def sealed(home, machine, *more, name="kumo"):
    machine.trust(home)
    home.kist("seal", name, "--to", machine.recipient, "-o", "ci.kist", *more)
    return machine.take(home)


def test_a_bundle_opens_without_agent_and_vault(home):
    store(home)
    with Machine(home) as machine:
        data = sealed(home, machine)
        assert SECRET.encode() not in data and b"kumo" not in data, "a bundle shows what it holds"
        home.kist("lock")
        assert machine.bundled("get", "kumo") == SECRET.encode()
        names = [item["name"] for item in json.loads(machine.bundled("list", "--all", "--json"))["items"]]
        assert names == ["kumo"], names
        assert json.loads(machine.bundled("show", "kumo", "--json"))["plain"]["customer_id"] == "demo"
        assert f"KUMO_API_KEY='{SECRET}'" in machine.bundled("env", "kumo").decode()
        shown = machine.bundled("run", "kumo", "--", "sh", "-c", 'printf "%s %s" "$KUMO_API_KEY" "$KUMO_URL"')
        assert shown.decode() == f"{SECRET} https://demo.kumoai.cloud/api", shown
        shown = machine.bundled("run", "kumo", "--", "sh", "-c", "printf %s \"$KIST_IDENTITY_FILE\"")
        assert shown == b"", "a program was told where the identity is"
        checked = json.loads(machine.bundled("check", "kumo", "--json", status=2))
        assert checked["items"][0]["status"] == "unknown", checked
        machine.bundled("get", "other", status=3)
        for command in (["add", "kumo"], ["remove", "kumo", "--yes"], ["edit", "kumo", "note=x"], ["seal", "kumo"]):
            machine.bundled(*command, status=64)
        assert machine.agents() == [], "an agent was started for a bundle"
        assert not os.path.exists(os.path.join(machine.path, ".local")), "a bundle left traces in the home"


def test_each_refusal_of_a_bundle_has_its_own_code(home):
    store(home)
    with Machine(home) as machine, Machine(home) as stranger:
        home.kist("seal", "kumo", "--to", machine.recipient, "-o", "ci.kist")
        machine.take(home)
        machine.bundled("get", "kumo", status=12)
        assert SECRET.encode() not in machine.errors
        machine.trust(home)
        machine.bundled("get", "kumo")
        stranger.trust(home)
        stranger.take(home)
        stranger.bundled("get", "kumo", status=13)
        data = pathlib.Path(machine.work, "ci.kist").read_bytes()
        for place in (0, 5, 40, 91, 130, len(data) // 2, len(data) - 1):
            bent = bytearray(data)
            bent[place] ^= 1
            pathlib.Path(machine.work, "bent.kist").write_bytes(bent)
            machine.bundled("get", "kumo", status=11, environment={"KIST_BUNDLE": "bent.kist"})
        for wrong in (data[:100], data[:-1], data + b"\n", data.replace(b"\0", b"\r\n", 1), b"", b"no bundle"):
            pathlib.Path(machine.work, "bent.kist").write_bytes(wrong)
            machine.bundled("list", status=11, environment={"KIST_BUNDLE": "bent.kist"})
        home.kist("seal", "kumo", "--to", machine.recipient, "-o", "ci.kist", "--expires", "1s")
        machine.take(home)
        time.sleep(1.2)
        machine.bundled("get", "kumo", status=10)
        machine.bundled("run", "kumo", "--", "true", status=125)
        machine.bundled("get", "kumo", status=5, environment={"KIST_IDENTITY_FILE": ""})
        os.chmod(os.path.join(machine.work, "ci.identity"), 0o640)
        machine.bundled("get", "kumo", status=125)
        machine.bundled("get", "kumo", status=125, environment={"KIST_BUNDLE": "none.kist"})


def test_the_second_reader_agrees_about_bundles(home):
    store(home)
    with Machine(home) as machine, Machine(home) as stranger:
        sealed(home, machine)
        stranger.trust(home)
        stranger.take(home)
        reader = [sys.executable, str(ROOT / "Tests/Vectors/decode-bundle.py")]

        def read(there, *more):
            return subprocess.run([*reader, "ci.kist", "ci.identity", *more], cwd=there.work, capture_output=True, text=True)
        found = read(machine)
        assert found.returncode == 0, found.stderr
        items = json.loads(found.stdout)["items"]
        assert [item["name"] for item in items] == ["kumo"]
        assert bytes.fromhex(items[0]["secrets"]["api_key"]) == SECRET.encode()
        assert read(stranger).stderr.strip() == "refused: not for this identity"
        assert read(machine, str(int(time.time()) + 91 * 86_400)).stderr.strip() == "refused: expired"
        path = pathlib.Path(machine.work, "ci.kist")
        data = bytearray(path.read_bytes())
        data[200] ^= 4
        path.write_bytes(data)
        assert read(machine).stderr.strip() == "refused: damaged"


def test_an_identity_comes_from_a_systemd_credential(home):
    """Encrypted and decrypted by the real systemd-creds, laid out as the service manager lays it out."""
    store(home)
    with Machine(home) as machine:
        sealed(home, machine)
        folder = os.path.join(machine.path, "credentials")
        os.mkdir(folder, 0o700)
        there = {**machine.environment, "SYSTEMD_CREDENTIAL_SECRET": os.path.join(machine.path, "host.secret")}

        def creds(*arguments, given):
            done = subprocess.run(["systemd-creds", *arguments], input=given, capture_output=True, env=there, timeout=300)
            assert done.returncode == 0, done.stderr
            return done.stdout
        made = pathlib.Path(machine.work, "ci.identity").read_bytes()
        encrypted = creds("encrypt", "--with-key=host", "--name=kist.identity", "-", "-", given=made)
        assert b"kist-identity-" not in encrypted
        target = os.path.join(folder, "kist.identity")
        with open(target, "wb", opener=lambda p, f: os.open(p, f, 0o600)) as file:
            file.write(creds("decrypt", "--name=kist.identity", "-", "-", given=encrypted))
        os.chmod(target, 0o400)
        os.remove(os.path.join(machine.work, "ci.identity"))
        environment = {"KIST_IDENTITY_FILE": "", "CREDENTIALS_DIRECTORY": folder}
        assert machine.bundled("get", "kumo", environment=environment) == SECRET.encode()


def test_a_rotated_credential_makes_its_bundles_stale(home):
    store(home)
    with Machine(home) as machine:
        sealed(home, machine)
        note = json.loads(home.kist("show", "kumo", "--json"))["bundles"]
        assert [(b["recipient"], b.get("stale")) for b in note] == [(machine.recipient, None)], note
        home.kist("edit", "kumo", "api_key", "--stdin", "--no-check", given=b"demo:rotated")
        assert b"ci.kist still holds what it was before" in home.errors, home.errors
        assert json.loads(home.kist("show", "kumo", "--json"))["bundles"][0]["stale"] is True
        assert machine.bundled("get", "kumo") == SECRET.encode()
        home.kist("seal", "--stale")
        machine.take(home)
        assert machine.bundled("get", "kumo") == b"demo:rotated"
        assert "stale" not in json.loads(home.kist("show", "kumo", "--json"))["bundles"][0]
        made = json.loads(home.kist("seal", "--again", "ci.kist", "--json"))["items"]
        assert [(m["names"], m["recipients"]) for m in made] == [(["kumo"], [machine.recipient])], made
        home.kist("seal", "--again", "other.kist", status=3)


def test_another_file_is_not_replaced_by_a_bundle(home):
    store(home)
    with Machine(home) as machine:
        path = pathlib.Path(home.work, "notes.txt")
        path.write_text("mine")
        home.kist("seal", "kumo", "--to", machine.recipient, "-o", "notes.txt", status=125)
        assert path.read_text() == "mine"
        assert "bundles" not in json.loads(home.kist("show", "kumo", "--json"))
        home.kist("seal", "kumo", "--to", machine.recipient, "-o", "nowhere/ci.kist", status=125)
        identity = [line for line in pathlib.Path(machine.work, "ci.identity").read_text().split("\n")
                    if line.startswith("kist-identity-")][0]
        home.kist("seal", "kumo", "--to", identity, "-o", "x.kist", status=64)
        assert identity[14:30].encode() not in home.errors, "an identity was repeated"
        assert not os.path.exists(os.path.join(home.work, "x.kist"))


def test_files_of_a_bundle_go_with_the_program(home):
    home.initialise()
    home.kist("add", "snowflake", "--variant", "password", "--stdin", "--no-check", given=json.dumps(
        {"account": "acme-eu1", "user": "ada", "password": SECRET, "warehouse": "wh"}).encode())
    with Machine(home) as machine:
        sealed(home, machine, name="snowflake")
        script = 'cat "$SNOWFLAKE_HOME/connections.toml"; stat -c "%a" "$SNOWFLAKE_HOME/connections.toml"; echo "$SNOWFLAKE_HOME"'
        lines = machine.bundled("run", "snowflake", "--", "sh", "-c", script).decode().split("\n")
        assert any(SECRET in line for line in lines), lines
        folder = lines[-2]
        assert lines[-3] == "600" and folder.startswith(machine.path), lines
        assert not os.path.exists(folder), "the folder outlived the program"
        assert machine.agents() == []
        # Killed: what it leaves, the next one removes.
        child = subprocess.Popen(
            [os.path.join(machine.programs, "kist"), "run", "snowflake", "--", "sh", "-c", 'echo "$SNOWFLAKE_HOME"; exec sleep 60'],
            env={**machine.environment, "KIST_BUNDLE": "ci.kist", "KIST_IDENTITY_FILE": "ci.identity"}, cwd=machine.work,
            stdout=subprocess.PIPE, start_new_session=True)
        left = child.stdout.readline().decode().strip()
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        assert os.path.exists(left)
        machine.bundled("run", "snowflake", "--", "true")
        assert not os.path.exists(left), "what a killed kist left was not cleared up"
        os.killpg(child.pid, signal.SIGKILL)


def test_a_bundle_never_takes_the_place_of_something_else(home):
    store(home)
    vault = os.path.join(home.path, ".local/share/kist/vault.kist")
    content = pathlib.Path(vault).read_bytes()
    os.link(vault, os.path.join(home.work, "hard"))
    os.symlink(vault, os.path.join(home.work, "link"))
    big = pathlib.Path(home.work, "big")
    big.write_bytes(b"mine" * 700_000)
    os.mkfifo(os.path.join(home.work, "pipe"))
    pathlib.Path(home.work, "empty").touch()
    with Machine(home) as machine:
        for name in (vault, "hard", "link"):
            home.kist("seal", "kumo", "--to", machine.recipient, "-o", name, status=64)
            assert b"the vault itself" in home.errors, home.errors
        for name in ("big", "pipe", "empty", vault + ".lock", "."):
            home.kist("seal", "kumo", "--to", machine.recipient, "-o", name, status=125)
        assert big.read_bytes() == b"mine" * 700_000
        os.remove(os.path.join(home.work, "hard"))
        assert pathlib.Path(vault).read_bytes() == content
        home.kist("seal", "kumo", "--to", machine.recipient, "-o", "ci.kist")
        home.kist("seal", "kumo", "--to", machine.recipient, "-o", "ci.kist")


def test_folders_of_another_container_stay(home):
    """Numbers of processes mean nothing there: a live folder of the one is no rubbish to the other."""
    home.initialise()
    home.kist("add", "snowflake", "--variant", "password", "--stdin", "--no-check", given=json.dumps(
        {"account": "acme-eu1", "user": "ada", "password": SECRET, "warehouse": "wh"}).encode())
    with Machine(home) as machine:
        sealed(home, machine, name="snowflake")
        environment = {**machine.environment, "KIST_BUNDLE": "ci.kist", "KIST_IDENTITY_FILE": "ci.identity"}
        kist = os.path.join(machine.programs, "kist")
        child = subprocess.Popen(
            ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", kist, "run", "snowflake", "--", "sh", "-c",
             'echo "$SNOWFLAKE_HOME"; exec sleep 60'],
            env=environment, cwd=machine.work, stdout=subprocess.PIPE, start_new_session=True)
        try:
            folder = child.stdout.readline().decode().strip()
            assert os.path.exists(folder), folder
            machine.bundled("run", "snowflake", "--", "true")
            assert os.path.exists(folder), "the folder of a running program was removed"
        finally:
            os.killpg(child.pid, signal.SIGKILL)
