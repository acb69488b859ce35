"""A temporary home with a vault in it, and the package asked from a process of its own or from this one."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PASSPHRASE = "correct horse battery staple"


def binaries():
    for folder in (os.environ.get("KIST_BIN"), ROOT / ".build/debug", ROOT / ".build/release"):
        if folder and os.access(os.path.join(folder, "kist"), os.X_OK):
            return os.path.abspath(folder)
    raise SystemExit("no kist found: build it first, or set KIST_BIN to the folder that holds it")


class Home:
    """One home; `environment` is what programs in it see."""

    def __init__(self, vault=True, runtime=True):
        self.top = tempfile.mkdtemp(prefix="kist-python-")
        for folder in ("home", "run", "work", "bin"):
            os.mkdir(self.at(folder), 0o700)
        for name in ("kist", "kist-agent", "kist-courier", "kist-helper", "kist-keyring", "kist-prompter"):
            os.symlink(os.path.join(binaries(), name), self.at("bin", name))
        self.passphrase_file = self.at("passphrase")
        with open(self.passphrase_file, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(PASSPHRASE)
        self.environment = {
            "HOME": self.at("home"),
            "PATH": f"{binaries()}:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "XDG_RUNTIME_DIR": self.at("run"),
            "PYTHONPATH": str(ROOT / "Sources/Python"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        if not runtime:
            del self.environment["XDG_RUNTIME_DIR"]
        if vault:
            self.kist("init", "--recovery-file", self.at("code"), **self.key())

    def at(self, *parts):
        return os.path.join(self.top, *parts)

    def key(self):
        return {"KIST_PASSPHRASE_FILE": self.passphrase_file}

    def unlock(self):
        self.kist("unlock", **self.key())

    def kist(self, *arguments, given=None, status=0, **environment):
        done = subprocess.run(
            ["kist", *arguments],
            input=given.encode() if isinstance(given, str) else json.dumps(given).encode() if given else None,
            stdin=None if given else subprocess.DEVNULL,
            capture_output=True,
            env={**self.environment, **environment},
            cwd=self.at("work"),
            timeout=60,
            start_new_session=True,
        )
        assert done.returncode == status, (arguments, done.returncode, done.stdout, done.stderr)
        return done.stdout

    def add(self, platform, fields, *options, **environment):
        self.kist("add", platform, "--stdin", "--no-check", *options, given=fields, **environment)

    def python(self, code, status=0, executable=sys.executable, **environment):
        """Runs `code`; what it prints. It has no terminal."""
        done = subprocess.run(
            [executable, "-c", code],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={**self.environment, **environment},
            cwd=self.at("work"),
            timeout=60,
            start_new_session=True,
        )
        assert done.returncode == status, f"{done.returncode}\n{done.stdout.decode()}\n{done.stderr.decode()}"
        return done.stdout.decode()

    @contextlib.contextmanager
    def inside(self, **environment):
        """This process as one of that home, so that the package can be called right here."""
        before, folder = dict(os.environ), os.getcwd()
        kept = {name: value for name, value in before.items() if not name.startswith(("KIST_", "XDG_"))}
        os.environ.clear()
        os.environ.update({**kept, **self.environment, **environment})
        os.chdir(self.at("work"))
        try:
            yield self
        finally:
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(before)

    def stop(self):
        """Ends the agent, and waits until it is gone."""
        status = subprocess.run(["kist", "status", "--json"], env=self.environment, capture_output=True, timeout=60)
        agent = json.loads(status.stdout or b"{}").get("pid")
        if agent:
            os.kill(agent, signal.SIGTERM)
            for _ in range(600):
                if not os.path.exists(f"/proc/{agent}"):
                    break
                time.sleep(0.05)

    def close(self):
        self.stop()
        shutil.rmtree(self.top, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def raises(error, body):
    """The exception of that type that `body` ends with; everything it says."""
    try:
        body()
    except error as found:
        return found
    raise AssertionError(f"no {error.__name__}")
