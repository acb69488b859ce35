"""One connection to the agent of one vault (AgentProtocol.md). Not for use by two threads at once.

The first request carries `hello` in the same write, so a single look-up is a single round trip.
"""

from __future__ import annotations

from . import _frame
from ._connect import connect, rendezvous
from ._errors import BrokenAnswer, KistError, TimedOut, from_agent
from ._members import Members
from ._overview import Overview
from ._wire import Wire, now

TYPE_CHECKING = False
if TYPE_CHECKING:
    import _socket as socket
    from typing import Any, Iterator, Optional, Sequence

    from ._places import Places

VERSION = "0.1.0"
PROTOCOL = 1

# Seconds for an ordinary request; for one that derives a key; for one over which a person may be asked.
USUAL, DERIVATION, ASKING = 30, 120, 90
# Seconds for the answer to `hello`, whatever follows it: a living agent is never busy for so long.
GREETING = 10


class AgentFailure(Exception):
    """An error that the agent answered; `Session` turns it into a KistError with advice."""

    def __init__(self, kind: str, message: str, facts: dict[str, Any]) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.facts = facts

    def for_people(self, places: Places) -> KistError:
        return from_agent(self.kind, self.message, self.facts, places.vault)


class Want:
    """One credential of a `reveal`, and which of its secret fields (None: all)."""

    __slots__ = ("profile", "name", "fields")

    def __init__(self, profile: str, name: str, fields: Optional[Sequence[str]] = None) -> None:
        self.profile = profile
        self.name = name
        self.fields = None if fields is None else list(fields)

    def key(self) -> tuple[str, str, Optional[tuple[str, ...]]]:
        return self.profile, self.name, None if self.fields is None else tuple(self.fields)


class Revealed:
    """One credential of the answer: its overview, and the secrets that were asked for."""

    __slots__ = ("overview", "secrets")

    def __init__(self, overview: Overview, secrets: dict[str, bytes]) -> None:
        self.overview = overview
        self.secrets = secrets

    def __repr__(self) -> str:
        return f"<revealed {self.overview!r}>"

    def value(self, field: str) -> Optional[bytes]:
        """A secret or plain value; None when there is none, or it is empty."""
        if field in self.secrets:
            return self.secrets[field]
        text = self.overview.plain.get(field)
        return text.encode() if text else None


class Agent:
    """A connection. `private` means an agent of this process alone, which ends with it."""

    def __init__(self, connected: socket.socket, places: Places, private: bool = False) -> None:
        self.places = places
        self.private = private
        self._wire = Wire(connected)
        self._next = 1
        self._hello_id = 0
        self._greeting: Optional[dict[str, Any]] = None

    # Finding it

    @classmethod
    def running(cls, places: Places) -> Optional[Agent]:
        """The shared agent, when one runs; nothing is started.

        Raises UnsafePlace when folder or socket are not this user's alone.
        """
        path = places.socket()
        if path is not None:
            connected = connect(path)
            if connected is not None:
                return cls(connected, places)
        # Another one may have the vault open with a socket elsewhere: its lock file says where.
        elsewhere = rendezvous(places)
        if elsewhere is None or elsewhere == path:
            return None
        try:
            connected = connect(elsewhere)
        except KistError:
            return None
        if connected is None:
            return None
        agent = cls(connected, places)
        # A lock file comes with the vault's folder, which may be anybody's: nothing follows on trust.
        try:
            agent.hello()
        except BaseException:
            agent.close()
            raise
        return agent

    def close(self) -> None:
        self._wire.close()

    def __enter__(self) -> Agent:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Asking

    @property
    def greeted(self) -> bool:
        """Whether it has answered at all."""
        return self._greeting is not None

    def hello(self) -> dict[str, Any]:
        """What the agent says of itself: protocol, version, state, pid, vault."""
        if self._greeting is None:
            self._greet(self._hello(), now() + USUAL)
        assert self._greeting is not None
        return self._greeting

    def call(
        self, method: str, params: Optional[dict[str, Any]] = None, segments: Sequence[bytes] = (), seconds: int = USUAL
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Asks once and waits for the whole answer, which must be a single frame."""
        for result, secrets in self.frames(method, params, segments, seconds):
            if result.get("more") is True:
                raise BrokenAnswer("the agent's answer has no end")
            return result, secrets
        raise BrokenAnswer("the agent did not answer")

    def frames(
        self, method: str, params: Optional[dict[str, Any]] = None, segments: Sequence[bytes] = (), seconds: int = USUAL
    ) -> Iterator[tuple[dict[str, Any], list[bytes]]]:
        """Asks once; every frame of the answer, as it comes."""
        end = now() + seconds
        head = b"" if self._greeting else self._hello()
        number = self._take()
        request = {"jsonrpc": "2.0", "id": number, "method": method, "params": params or {}}
        frames = head + _frame.encode(request, segments)
        if head:
            self._greet(frames, end)
        else:
            self._wire.send(frames, end)
        while True:
            result, secrets = self._receive(number, end)
            yield result, secrets
            if result.get("more") is not True:
                return

    # Verbs

    def show(self, profile: str, name: str) -> Overview:
        overview = Overview(self.call("show", {"profile": profile, "name": name})[0])
        if (overview.profile, overview.name) != (profile, name):
            raise BrokenAnswer("the answer is not what was asked for")
        return overview

    def overviews(self, profile: Optional[str]) -> list[Overview]:
        """The overviews of one profile, of all with None; sorted by profile and name."""
        params = {"all": True} if profile is None else {"profile": profile}
        return [
            Overview(item) for result, _ in self.frames("list", params) for item in Members(result, "result").items()
        ]

    def reveal(
        self, wants: Sequence[Want], purpose: str, reason: Optional[str] = None, allow_expired: bool = False
    ) -> list[Revealed]:
        """Secrets leave the vault, in one round trip however many.

        The answer must be what was asked, in that order, whatever else has come through the socket.
        """
        once = {want.key(): want for want in wants}  # the agent gives each want once
        params: dict[str, Any] = {
            "wants": [
                {"profile": want.profile, "name": want.name, **({} if want.fields is None else {"fields": want.fields})}
                for want in once.values()
            ],
            "purpose": purpose,
        }
        if reason is not None:
            params["reason"] = reason
        if allow_expired:
            params["allowExpired"] = True
        found: list[Revealed] = []
        for result, segments in self.frames("reveal", params, seconds=ASKING):
            used = 0
            for item in Members(result, "result").items():
                members = Members(item, "item")
                overview = Overview(members.value("overview", dict))
                secrets: dict[str, bytes] = {}
                for value in members.value("fields", list):
                    field = Members(value, "field")
                    name, segment = field.name("name"), field.natural("segment")
                    if segment != used or segment >= len(segments) or name in secrets:
                        raise BrokenAnswer("the agent's answer has no proper segment")
                    secrets[name] = segments[segment]
                    used += 1
                found.append(Revealed(overview, secrets))
            if used != len(segments):
                raise BrokenAnswer("the agent's answer has secrets that nobody asked for")
        if len(found) != len(once):
            raise BrokenAnswer("the answer is not what was asked for")
        for item, want in zip(found, once.values()):
            overview = item.overview
            fields = overview.secrets if want.fields is None else want.fields
            expected = [field for field in fields if field not in overview.plain]
            if (overview.profile, overview.name) != (want.profile, want.name) or list(item.secrets) != expected:
                raise BrokenAnswer("the answer is not what was asked for")
        by_want = dict(zip(once, found))
        return [by_want[want.key()] for want in wants]

    def unlock(
        self,
        means: str,
        secret: bytes,
        factor: Optional[bytes] = None,
        *,
        lease: bool = False,
        seconds: Optional[int] = None,
    ) -> dict[str, Any]:
        """Opens the vault. `means`: passphrase, recovery, key or identity. `lease`: for this connection only."""
        params: dict[str, Any] = {"with": means}
        if factor is not None:
            params["factor"] = True
        if seconds is not None:
            params["for"] = seconds
        if lease:
            params["lease"] = True
        segments = [secret] if factor is None else [secret, factor]
        return self.call("unlock", params, segments, DERIVATION)[0]

    def folder(self, pid: int, files: Sequence[tuple[str, int, bytes]]) -> str:
        """Files (path, mode, content) in a private folder that vanishes when process `pid` ends; the folder's path."""
        params = {"pid": pid, "files": [{"path": path, "mode": mode} for path, mode, _ in files]}
        result, _ = self.call("folder", params, [content for _, _, content in files])
        path = Members(result, "result").text("path")
        if not path.startswith("/") or "\0" in path:
            raise BrokenAnswer("the agent's answer has no proper path")
        return path

    # Wire

    def _take(self) -> int:
        number = self._next
        self._next += 1
        return number

    def _hello(self) -> bytes:
        params = {"protocol": PROTOCOL, "version": f"kist-python {VERSION}", "vault": self.places.vault}
        self._hello_id = self._take()
        return _frame.encode({"jsonrpc": "2.0", "id": self._hello_id, "method": "hello", "params": params})

    def _greet(self, frames: bytes, end: float) -> None:
        """Sends `hello` and what follows it in the same write, and waits for the answer to `hello`."""
        try:
            # A private agent is only just being started.
            end = min(end, now() + (USUAL if self.private else GREETING))
            self._wire.send(frames, end)
            self._receive_hello(end)
        except TimedOut:
            pid = None if self.private else self._wire.pid()
            if pid is None:
                raise
            raise TimedOut(
                f"the agent (process {pid}) does not answer",
                f"it may be stopped or busy; end it with:  kill -9 {pid}   (what is unlocked has to be unlocked again)",
            ) from None

    def _receive_hello(self, end: float) -> None:
        result, _ = self._receive(self._hello_id, end)
        members = Members(result, "result")
        if members.text("vault") != self.places.vault:
            raise BrokenAnswer("the agent has another vault")
        members.text("state")
        self._greeting = result

    def _receive(self, number: int, end: float) -> tuple[dict[str, Any], list[bytes]]:
        answer, secrets = self._wire.receive(end)
        if answer.get("jsonrpc") != "2.0" or ("result" in answer) == ("error" in answer):
            raise BrokenAnswer("the agent's answer is not of the protocol")
        identifier = answer.get("id")
        if "error" in answer:
            if identifier is not None and (identifier != number or identifier is True):
                raise BrokenAnswer("an answer to another request")
            error = Members(answer["error"], "error")
            error.value("code", int)
            facts = error.value("data", dict)
            raise AgentFailure(Members(facts, "data").text("kind"), error.text("message"), facts)
        if identifier != number or isinstance(identifier, bool):
            raise BrokenAnswer("an answer to another request")
        result = answer["result"]
        if not isinstance(result, dict):
            raise BrokenAnswer("the agent's answer has no proper result")
        return result, secrets
