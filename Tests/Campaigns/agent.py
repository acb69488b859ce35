"""A vault in a folder of its own, its agent (plain, under strace, under limits), and the protocol, spoken by hand."""

import glob
import hashlib
import json
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import time

# Nothing that libraries have in their texts: memory is searched for every eight bytes of it.
PASSPHRASE = b"q7Zt-4mXw-9KpV-2hRs-6bNd-8fGy-1cJ"
CHEAP = {"passes": 2, "memory": 19_456}


class Gone(Exception):
    """The agent has closed the connection, or is dead."""


class Refused(Exception):
    """The agent's answer was an error; `kind` says which."""

    def __init__(self, error):
        self.error = error
        self.kind = error.get("data", {}).get("kind", "?")
        super().__init__(f"{self.kind}: {error.get('message')}")

    def __reduce__(self):
        return Refused, (self.error,)


class Talk:
    """One connection: what is sent and heard, with nothing hidden."""

    def __init__(self, path, timeout=60):
        self.id = 0
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        try:
            self.socket.connect(path)
            self.call("hello", {"protocol": 1, "version": "campaign"})
        except OSError as problem:
            raise Gone(str(problem)) from None

    def _read(self, count):
        data = b""
        while len(data) < count:
            try:
                more = self.socket.recv(count - len(data))
            except OSError as problem:
                raise Gone(str(problem)) from None
            if not more:
                raise Gone("closed")
            data += more
        return data

    def _frame(self):
        body = self._read(struct.unpack(">I", self._read(4))[0])
        header, count = struct.unpack(">IH", body[:6])
        lengths = struct.unpack(f">{count}I", body[6 : 6 + 4 * count])
        at = 6 + 4 * count
        answer = json.loads(body[at : at + header])
        at += header
        segments = []
        for length in lengths:
            segments.append(body[at : at + length])
            at += length
        return answer, segments

    def send(self, method, params, *segments):
        self.id += 1
        header = json.dumps({"jsonrpc": "2.0", "id": self.id, "method": method, "params": params}).encode()
        body = struct.pack(">IH", len(header), len(segments))
        body += b"".join(struct.pack(">I", len(s)) for s in segments) + header + b"".join(segments)
        try:
            self.socket.sendall(struct.pack(">I", len(body)) + body)
        except OSError as problem:
            raise Gone(str(problem)) from None

    def frames(self, method, params, *segments):
        """Every frame of the answer."""
        self.send(method, params, *segments)
        while True:
            answer, values = self._frame()
            if "error" in answer:
                raise Refused(answer["error"])
            yield answer["result"], values
            if not answer["result"].get("more"):
                return

    def call(self, method, params=None, *segments):
        """The result and the segments of an answer; items of several frames are put together."""
        whole, all_values = None, []
        for result, values in self.frames(method, params or {}, *segments):
            for item in result.get("items", []):
                for field in item.get("fields", []) if isinstance(item, dict) else []:
                    field["segment"] += len(all_values)
            all_values += values
            if whole is None:
                whole = result
            else:
                whole.setdefault("items", []).extend(result.get("items", []))
        return whole, all_values

    def unlock(self):
        return self.call("unlock", {"with": "passphrase"}, PASSPHRASE)[0]

    def put(self, values, request=None, **more):
        """`values`: name → secret, in one transaction."""
        items = [
            dict(profile="default", name=name, platform="fields", plain={}, order=[], secrets=["key"], **more)
            for name in values
        ]
        request = request or hashlib.sha256(os.urandom(16)).hexdigest()[:16]
        return self.call(
            "put", {"items": items, "requestID": request, "why": "add"}, *[v.encode() for v in values.values()]
        )[0]

    def remove(self, name):
        return self.call("remove", {"profile": "default", "name": name})[0]

    def everything(self):
        """name → (revision, secret) of all that there is, and the whole vault judged by the agent."""
        self.call("doctor", {"deep": True})
        items = self.call("list", {"profile": "default"})[0]["items"]
        found = {}
        names = [item["name"] for item in items]
        for start in range(0, len(names), 200):
            wants = [{"profile": "default", "name": name} for name in names[start : start + 200]]
            result, values = self.call("reveal", {"wants": wants, "purpose": "get"})
            for item in result["items"]:
                overview = item["overview"]
                found[overview["name"]] = (overview["revision"], values[item["fields"][0]["segment"]].decode())
        return found


class World:
    """One vault with its places; a template of it can be laid down again and again."""

    def __init__(self, folder, programs):
        self.folder = pathlib.Path(folder)
        self.programs = pathlib.Path(programs)
        self.data, self.run, self.state = (self.folder / n for n in ("data", "run", "state"))
        self.vault = self.data / "vault.kist"
        self.process = self.client = None
        self.client_wrapper = []
        self.fresh()

    def fresh(self):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
        for folder in (self.folder, self.data, self.run, self.state, self.run / "kist", self.state / "kist"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def save(self):
        """The vault and what this machine has seen of it, as bytes."""
        return {
            path.relative_to(self.folder): path.read_bytes()
            for top in (self.data, self.state)
            for path in top.rglob("*")
            if path.is_file()
        }

    def lay(self, saved):
        self.fresh()
        for path, data in saved.items():
            target = self.folder / path
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            target.write_bytes(data)
            target.chmod(0o600)

    @property
    def environment(self):
        return {
            "HOME": str(self.folder),
            "PATH": f"{self.programs}:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "KIST_VAULT": str(self.vault),
            "XDG_RUNTIME_DIR": str(self.run),
            "XDG_STATE_HOME": str(self.state),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
        }

    def start(self, *wrapper, environment=None, **options):
        """Starts the agent, behind `wrapper` (strace, prlimit) if there is one."""
        self.process = subprocess.Popen(
            [*wrapper, self.programs / "kist-agent", "--vault", self.vault, "--runtime", self.run / "kist", "--state",
             self.state / "kist"],
            env=environment or {}, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, **options,
        )  # fmt: skip
        self.wrapped = bool(wrapper)
        end = time.monotonic() + 20
        while not glob.glob(str(self.run / "kist/agent-*.sock")):
            if self.process.poll() is not None or time.monotonic() > end:
                raise Gone("the agent did not start")
            time.sleep(0.002)
        return self

    @property
    def socket(self):
        found = glob.glob(str(self.run / "kist/agent-*.sock"))
        if not found:
            raise Gone("no socket")
        return found[0]

    def talk(self, timeout=60):
        return Talk(self.socket, timeout)

    def pid(self):
        """The agent itself, also behind a wrapper; 0 when there is none."""
        if not self.process:
            return 0
        try:
            return self.agent_below() if self.wrapped else self.process.pid
        except OSError:
            return 0

    def agent_below(self):
        """The process that is the agent itself, below any wrappers."""
        pid = self.process.pid
        while True:
            name = pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
            children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            if name == "kist-agent" or not children:
                return pid
            pid = int(children[0])

    def kill(self):
        """Ends this world's agent, and only that, as a crash would."""
        if not self.process:
            return None
        try:
            pid = self.pid()
            if pid:
                os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        status, self.process = self.process.returncode, None
        for path in glob.glob(str(self.run / "kist/*")):
            shutil.rmtree(path, ignore_errors=True) if os.path.isdir(path) else os.unlink(path)
        return status

    def opened(self):
        """What a new agent finds. Ends that agent again."""
        self.kill()
        self.start()
        try:
            talk = self.talk()
            talk.unlock()
            return talk.everything()
        finally:
            self.kill()

    def filled(self, count=12, revisions=2):
        """Makes the vault with some credentials of some revisions."""
        self.fresh()
        self.start()
        talk = self.talk()
        talk.call("init", CHEAP, PASSPHRASE)
        for round in range(revisions):
            for start in range(0, count, 200):
                some = range(start, min(count, start + 200))
                talk.put({f"n{number}": f"value {round} of {number} " * 8 for number in some})
        truth = talk.everything()
        self.kill()
        return truth

    def kist(self, *words, given=None, timeout=120, wrapper=()):
        """Runs the command line."""
        return subprocess.run(
            [*wrapper, self.programs / "kist", *map(str, words)], env=self.environment, input=given,
            capture_output=True, text=True, timeout=timeout,
        )  # fmt: skip
