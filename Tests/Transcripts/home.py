"""A temporary home with nothing in it, and a terminal in front of it."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

from stub import Stub
from terminal import Job, Terminal

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PASSPHRASE = "a passphrase for tests"


def offered_code(terminal, code):
    """Up to the question whether the recovery code that was just used is to be renewed."""
    terminal.expect("Recovery code: ")
    terminal.type(code + "\n")
    terminal.expect("Make a new one now? [Y/n] ")


def shown_code(terminal, code):
    """The new recovery code, as far as the question whether somebody has it."""
    offered_code(terminal, code)
    terminal.type("\n")
    terminal.expect("without the passphrase:")
    return terminal.expect("(Enter skips): ").split()[0].decode()


def find_programs(given=None):
    for folder in (given, os.environ.get("KIST_BIN"), ROOT / ".build/release", ROOT / ".build/debug"):
        if folder and os.access(os.path.join(folder, "kist"), os.X_OK):
            return os.path.abspath(folder)
    raise SystemExit("No kist found: build it first, or name the folder that holds it")


class Home:
    """Short paths: the name of a Unix socket has room for 107 bytes."""

    def __init__(self, programs):
        self.programs = programs
        self.path = tempfile.mkdtemp(prefix="kist-")
        self.work = os.path.join(self.path, "work")
        for folder in ("work", "run"):
            os.mkdir(os.path.join(self.path, folder), 0o700)
        self.stub = Stub()
        self.environment = {
            "HOME": self.path, "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8",
            "TERM": "xterm-256color", "XDG_RUNTIME_DIR": os.path.join(self.path, "run"), "STUB": self.stub.origin,
            "NO_COLOR": "1", "PS1": "", "ENV": "",
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stub.close()
        for pid in self.agents():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        shutil.rmtree(self.path, ignore_errors=True)

    def agents(self):
        """The agents of this home: their arguments name its vault."""
        found = []
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                try:
                    with open(f"/proc/{entry}/cmdline", "rb") as file:
                        line = file.read()
                except OSError:
                    continue
                if b"kist-agent" in line and self.path.encode() in line:
                    found.append(int(entry))
        return found

    def recovery_code(self):
        with open(os.path.join(self.path, "recovery")) as file:
            return file.read().strip()

    def initialise(self):
        """A vault, unlocked, made without a terminal and as cheap as the agent allows."""
        passphrase = os.path.join(self.path, "passphrase")
        with open(passphrase, "w", opener=lambda p, f: os.open(p, f, 0o600)) as file:
            file.write(PASSPHRASE)
        self.kist("init", "--kdf-passes", "2", "--kdf-memory", "19", "--recovery-file", os.path.join(self.path, "recovery"),
                  environment={"KIST_PASSPHRASE_FILE": passphrase})

    def kist(self, *arguments, given=b"", environment=None, status=0, pass_fds=()):
        """Runs kist without a terminal; returns its standard output after requiring the exit status."""
        process = subprocess.run(
            ["kist", *arguments], input=given, capture_output=True, cwd=self.work, start_new_session=True,
            env={**self.environment, **(environment or {})}, timeout=300, pass_fds=pass_fds,
            executable=os.path.join(self.programs, "kist"))
        assert process.returncode == status, (arguments, process.returncode, process.stdout, process.stderr)
        self.errors = process.stderr
        return process.stdout

    def terminal(self, command, environment=None, width=80):
        """Starts `command` (arguments, or text for sh) as the foreground job of a new terminal."""
        arguments = ["sh", "-c", command] if isinstance(command, str) else list(command)
        return Terminal(arguments, {**self.environment, **(environment or {})}, self.work, width)

    def job(self, arguments):
        """Starts a program as a shell does: in a process group of its own, with the terminal in front of it."""
        return Job(arguments, self.environment, self.work)
