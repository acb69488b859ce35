"""What measurements stand on: compiled floors, vaults with agents of their own, a keyring of their own."""

import glob
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent


def compiled(folder):
    """Compiles the C programs of this folder; returns their paths by name."""
    both = ["-lsodium", "-lsqlite3"]
    libraries = {"agent_client": [], "store_floor": both, "rekey_floor": both, "argon2_floor": ["-lsodium"]}
    for name, flags in libraries.items():
        command = ["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", folder / name, HERE / f"{name}.c", *flags]
        subprocess.run(command, check=True)
    return {name: folder / name for name in libraries}


class Home:
    """A temporary home on a disk with one vault, and the agent that serves it."""

    def __init__(self, work, name, binaries, client):
        self.place = work / name
        self.binaries = binaries
        self.client = client
        self.vault = self.place / "vault.kist"
        for folder in ("run", "state", "config"):
            (self.place / folder).mkdir(parents=True, mode=0o700)
        os.chmod(self.place, 0o700)
        self.process = None
        self.environment = {
            "HOME": str(self.place),
            "PATH": f"{binaries}:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "KIST_VAULT": str(self.vault),
            "XDG_RUNTIME_DIR": str(self.place / "run"),
            "XDG_STATE_HOME": str(self.place / "state"),
            "XDG_CONFIG_HOME": str(self.place / "config"),
        }

    def kist(self, *arguments, given=None):
        process = subprocess.run(
            ["kist", *map(str, arguments)],
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            executable=self.binaries / "kist",
        )
        if process.returncode:
            raise SystemExit(f"kist {' '.join(map(str, arguments))} failed:\n{process.stdout}{process.stderr}")
        return process.stdout

    def start(self):
        """Starts the vault's agent where kist would look for it; it serves a vault that is not made yet, too."""
        runtime, state = self.place / "run/kist", self.place / "state/kist"
        for folder in (runtime, state):
            folder.mkdir(mode=0o700, exist_ok=True)
        command = [self.binaries / "kist-agent", "--vault", self.vault, "--runtime", runtime, "--state", state]
        self.process = subprocess.Popen(command, env={}, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + 5
        while not (found := glob.glob(str(runtime / "agent-*.sock"))):
            if time.monotonic() > deadline:
                raise SystemExit("kist-agent did not start")
            time.sleep(0.01)
        (self.socket,) = found

    def ask(self, *arguments):
        """Runs the C client; returns its lines."""
        process = subprocess.run([self.client, self.socket, *map(str, arguments)], capture_output=True, text=True)
        if process.returncode:
            raise SystemExit(f"agent_client {arguments} failed: {process.stderr}")
        return process.stdout.split("\n")[:-1]

    def initialise(self, passes=2, memory=19_456):
        """The lowest cost that is allowed, so that Argon2id does not drown what is measured."""
        self.start()
        self.ask("init", passes, memory)

    def fill(self, count, batch=10_000):
        """Stores `count` credentials; returns the seconds of each batch."""
        return [float(self.ask("fill", first, min(batch, count - first))[0]) for first in range(0, count, batch)]

    def close(self):
        """Ends the agent."""
        if self.process:
            self.ask("retire")
            self.process.wait(timeout=10)
            self.process = None


class Keyring:
    """gnome-keyring on a message bus of its own, unlocked by an empty line; one item in it."""

    def __init__(self, work):
        self.place = work / "keyring"
        for folder in ("run", "data", "cache", "config"):
            (self.place / folder).mkdir(parents=True, mode=0o700)
        self.environment = {
            "HOME": str(self.place),
            "PATH": "/usr/bin:/bin",
            "XDG_RUNTIME_DIR": str(self.place / "run"),
            "XDG_DATA_HOME": str(self.place / "data"),
            "XDG_CACHE_HOME": str(self.place / "cache"),
            "XDG_CONFIG_HOME": str(self.place / "config"),
        }
        bus = subprocess.run(
            ["dbus-daemon", "--session", "--fork", "--print-address=1", "--print-pid=1"],
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()
        self.bus = int(bus[1])
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = bus[0]
        self.daemon = subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.daemon.stdin.write(b"\n")
        self.daemon.stdin.close()
        store = ["secret-tool", "store", "--label", "bench", "service", "kist-bench"]
        for attempt in range(50):
            if (
                subprocess.run(store, env=self.environment, input=b"sk-bench-000042", capture_output=True).returncode
                == 0
            ):
                break
            time.sleep(0.1)
        found = subprocess.run(
            ["secret-tool", "lookup", "service", "kist-bench"], env=self.environment, capture_output=True, text=True
        )
        if found.stdout.strip() != "sk-bench-000042":
            raise SystemExit(f"the keyring beside Kist does not answer: {found.stderr}")

    def close(self):
        self.daemon.terminate()
        self.daemon.wait()
        os.kill(self.bus, signal.SIGTERM)


def hyperfine(commands, environment, work, runs, warmup=10):
    """Milliseconds of every run of each command, without a shell between; commands are lists of words."""
    report = work / "hyperfine.json"
    line = [
        "hyperfine",
        "-N",
        "--warmup",
        str(warmup),
        "--runs",
        str(runs),
        "--export-json",
        str(report),
        "--style",
        "none",
    ]
    texts = [" ".join(str(word) for word in command) for command in commands]
    process = subprocess.run([*line, *texts], env=environment, capture_output=True, text=True)
    if process.returncode:
        raise SystemExit(f"hyperfine failed: {process.stderr}")
    results = json.loads(report.read_text())["results"]
    return [[seconds * 1000 for seconds in result["times"]] for result in results]


def work_folder(asked):
    """A new private folder on a disk; the caller removes it."""
    if asked:
        asked.mkdir(parents=True, exist_ok=True)
    return pathlib.Path(tempfile.mkdtemp(prefix="kist-", dir=asked or "/var/tmp"))


def synced(folder, runs=300):
    """How long each fsync of a changed block takes there, in milliseconds."""
    path, times = folder / "fsync", []
    with open(path, "wb", buffering=0) as file:
        for turn in range(runs):
            os.pwrite(file.fileno(), os.urandom(4096), turn % 50 * 4096)
            began = time.perf_counter()
            os.fsync(file.fileno())
            times.append((time.perf_counter() - began) * 1000)
    path.unlink()
    return times


def remove(folder):
    shutil.rmtree(folder, ignore_errors=True)
