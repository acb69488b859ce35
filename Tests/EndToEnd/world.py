"""A temporary home with a vault in it, the platforms' stand-ins, and kist itself."""

import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time

import stubs
from canaries import ArgumentWatch, Canaries
from stubs.certificate import make_certificate

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# Names that stubs play over TLS, behind the sniffing proxy.
PLAYED = [
    "localhost",
    "demo.kumoai.cloud",
    "eu.kumoai.cloud",
    "acme.snowflakecomputing.com",
    "api.epigos.ai",
    "ml.example.com",
    "modelservice.ml.example.com",
    "api.github.com",
    "www.kaggle.com",
    "api.mistral.ai",
    "login.microsoftonline.com",
]


def binaries():
    """The folder of kist and the programs beside it."""
    for folder in (os.environ.get("KIST_BIN"), ROOT / ".build/release", ROOT / ".build/debug"):
        if folder and os.access(os.path.join(folder, "kist"), os.X_OK):
            return os.path.abspath(folder)
    raise SystemExit("No kist found: build it first, or set KIST_BIN to the folder that holds it")


def client(name):
    """The interpreter of one of the environments that Scripts/clients makes."""
    folder = os.environ.get("KIST_CLIENTS") or os.path.expanduser("~/.cache/kist/clients")
    python = os.path.join(folder, name, "bin", "python")
    assert os.access(python, os.X_OK), f"there is no {python}: run Scripts/clients"
    return python


class Outcome:
    """What a command did: exit status, standard output and standard error as text."""

    def __init__(self, command, process):
        self.command = command
        self.status = process.returncode
        self.out = process.stdout.decode("utf-8", "replace")
        self.err = process.stderr.decode("utf-8", "replace")
        self.raw = process.stdout

    def __repr__(self):
        return f"$ {' '.join(self.command)}\n{self.out}{self.err}[exit {self.status}]"


class World:
    """One home, one vault, unlocked through a passphrase file. Stubs made by `stub` live until the test ends."""

    def __init__(self, initialise=True):
        self.top = tempfile.mkdtemp(prefix="kist-")
        self.private = self.at("private")  # what the test itself keeps: its passphrase and its log
        self.canaries = Canaries()
        self.outcomes = []
        self._unchecked = []
        self._open = []
        for folder in ("private", "home", "run", "work"):
            os.mkdir(self.at(folder), 0o700)
        self.log = os.path.join(self.private, "received.jsonl")
        self.passphrase_file = os.path.join(self.private, "passphrase")
        with open(self.passphrase_file, "w", opener=lambda p, f: os.open(p, f, 0o600)) as file:
            file.write(self.secret("passphrase"))
        self.environment = {
            "HOME": self.at("home"),
            "PATH": f"{binaries()}:/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "XDG_RUNTIME_DIR": self.at("run"),
            "TMPDIR": self.at("work"),
            "PYTHONWARNINGS": "ignore",

        }
        self._certificate = None
        if initialise:
            self.initialise()

    # Places and secrets

    def at(self, *parts):
        """A path under the temporary folder: private, home, run (the runtime folder) or work (where commands run)."""
        return os.path.join(self.top, *parts)

    def secret(self, name, form="{}"):
        """A random secret in that form, watched from now on: it may appear nowhere but where a test says."""
        value = form.format(secrets.token_hex(12))
        return self.canaries.plant(f"{name} ({len(self.outcomes)})", value)

    @property
    def certificate(self):
        if self._certificate is None:
            self._certificate = make_certificate(self.at("private", "tls"), PLAYED)
        return self._certificate

    def trusting(self):
        """Variables that make every client trust the stubs' authority, and nothing else."""
        authority = self.certificate.authority
        return {"SSL_CERT_FILE": authority, "REQUESTS_CA_BUNDLE": authority, "CURL_CA_BUNDLE": authority}

    # Stand-ins

    def stub(self, kind, tls=False, **settings):
        return self.keep(kind(self.log, certificate=self.certificate if tls else None, **settings))

    def proxy(self, routes):
        """A sniffing proxy that leads each host of `routes` to its stub."""
        return self.keep(stubs.SniffingProxy({host: stub.port for host, stub in routes.items()}))

    def keep(self, thing):
        """Closes `thing` when the test ends."""
        self._open.append(thing)
        return thing

    # Kist

    def initialise(self):
        """Makes the vault. The recovery code is printed now, and from now on looked for like any other secret."""
        outcome = self.done("init", environment={"KIST_PASSPHRASE_FILE": self.passphrase_file}, may_print=True)
        code = re.search(r"(?:[0-9A-Z]{4}-){4,}[0-9A-Z]{4}", outcome.out + outcome.err)
        assert code, f"no recovery code\n{outcome}"
        self.canaries.plant("recovery code", code.group())
        self.canaries.plant("recovery code in one piece", code.group().replace("-", ""))
        return outcome

    def unlock(self):
        self.done("unlock", environment={"KIST_PASSPHRASE_FILE": self.passphrase_file})

    def kist(self, *arguments, given=None, environment=None, may_print=False, timeout=120, cwd=None, program="kist"):
        """Runs kist with `given` (text, bytes or something for JSON) on standard input.

        Unless `may_print`, its output is searched for secrets by `check_canaries`.
        """
        if given is not None and not isinstance(given, (str, bytes)):
            given = json.dumps(given)
        data = given.encode() if isinstance(given, str) else given
        command = [program, *map(str, arguments)]
        with ArgumentWatch(self.canaries) as watch:
            process = subprocess.run(
                command,
                input=data,
                stdin=subprocess.DEVNULL if data is None else None,
                capture_output=True,
                env={**self.environment, **(environment or {})},
                timeout=timeout,
                cwd=cwd or self.at("work"),
            )
        outcome = Outcome(command, process)
        outcome.may_print = may_print
        outcome.leaked = watch.found
        self.outcomes.append(outcome)
        self._unchecked.append(outcome)
        return outcome

    def helper(self, tool, *words, **settings):
        """Runs what `kist setup` tells a tool to start."""
        return self.kist(tool, *words, program="kist-helper", may_print=True, **settings)

    def done(self, *arguments, **settings):
        """Runs kist and requires exit status 0."""
        outcome = self.kist(*arguments, **settings)
        assert outcome.status == 0, outcome
        return outcome

    def fails(self, status, *arguments, **settings):
        """Runs kist and requires that exit status, and a message."""
        outcome = self.kist(*arguments, **settings)
        assert outcome.status == status, f"expected exit {status}\n{outcome}"
        return outcome

    def add(self, platform, fields, *options, check=False):
        """Stores a credential from a JSON object on standard input."""
        checking = () if check else ("--no-check",)
        return self.done("add", platform, "--stdin", *options, *checking, given=fields)

    def python(self, names, environment_name, code, environment=None, options=(), **settings):
        """Runs `code` in a real client's environment, through `kist run NAMES --`."""
        names = [names] if isinstance(names, str) else names
        command = ["run", *options, *names, "--", client(environment_name), "-c", code]
        return self.kist(*command, environment=environment, **settings)

    # Judging

    def check_canaries(self):
        """No secret in any argument, in what kist printed, in the vault, its journal, state or runtime folder."""
        unchecked, self._unchecked = self._unchecked, []
        for outcome in unchecked:
            assert not outcome.leaked, f"in the arguments of a process: {outcome.leaked}\n{outcome}"
            if not outcome.may_print:
                printed = self.canaries.found_in(outcome.raw + outcome.err.encode())
                assert not printed, f"printed: {printed}\n{outcome}"
        # Files handed to a program go when it has ended, which their keeper learns a moment later.
        end = time.monotonic() + 60
        while found := self.canaries.found_under(self.top, leaving_out=(self.private,)):
            handed = all("/run/kist/run-" in path for path, _ in found)
            assert handed and time.monotonic() < end, f"on disk: {found}"
            time.sleep(0.1)

    def last_words(self):
        """The last commands, for a failed test; secrets in them are random and worth nothing."""
        return "\n".join(map(repr, self.outcomes[-3:])) + "\n"

    def after_test(self):
        while self._open:
            self._open.pop().close()

    def close(self, keep=False):
        """Ends the agent of this home, and removes the home."""
        self.after_test()
        status = self.kist("status", "--json")
        if not keep:
            shutil.rmtree(self.top, ignore_errors=True)
        agent = json.loads(status.out).get("pid") if status.status == 0 else None
        if agent:
            os.kill(agent, signal.SIGTERM)
