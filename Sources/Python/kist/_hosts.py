"""Which credential answers where a tool wants to log in: exact hosts only, those of the platforms' files, as the
command line's helpers for git and docker have it (HostQuery.swift)."""

from __future__ import annotations

from . import _platforms
from ._errors import KistError
from ._plan import holds
from ._template import Reference, Template, web_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable, Optional

    from ._agent import Revealed
    from ._overview import Overview


class Login:
    """A credential that fits, and how it is written as a user name and a password."""

    __slots__ = ("overview", "username", "_password")

    def __init__(self, overview: Overview, username: str, password: Template) -> None:
        self.overview = overview
        self.username = username
        self._password = password

    @property
    def fields(self) -> list[str]:
        """The secret fields that the password is made of."""
        return [field for field in self.overview.secrets if field in self._password.fields]

    def password(self, revealed: Revealed) -> str:
        return self._password.render(revealed.value, self.overview.name).decode()


def best(overviews: Iterable[Overview], url: str, username: Optional[str] = None) -> Optional[Login]:
    """What may be offered at `url`: the one for this very path, then the one changed last; None when nothing fits.
    What that host has refused is not offered there again.

    `username`: what the tool wants to be called, if it has said so.
    """
    address = web_address(url.encode("utf-8", "replace"))
    if address is None or not _is_safe(address[0], address[1]):
        return None
    wanted = _path(url)
    place = _text(*address)
    found: list[tuple[int, str, int, Login]] = []
    for overview in overviews:
        if place in overview.rejected:
            continue
        try:
            platform = _platforms.load(overview.platform)
        except KistError:
            continue
        match = max((_match(Template(host), address, wanted, overview) for host in platform.hosts), default=0)
        login = _login(platform, overview, username) if match else None
        if login is not None:
            found.append((match, overview.modified, overview.revision, login))
    return max(found, key=lambda item: item[:3])[3] if found else None


def _match(host: Template, address: tuple[str, str, int], wanted: str, overview: Overview) -> int:
    """0: not there. 1: that host. 2: that very path, too."""
    part = host.parts[0] if len(host.parts) == 1 else None
    if isinstance(part, Reference) and part.encoding == "host" and part.word not in ("name", "folder"):
        # A url of the credential's own counts with its scheme, port and path.
        value = overview.plain.get(part.word, "")
        own = web_address(value.encode())
        if own is None or own != address or not _is_safe(own[0], own[1]):
            return 0
        path = _path(value)
        if not path or not wanted:
            return 1
        return 2 if path == wanted else 0
    if not overview.plain.keys() >= set(host.fields) or host.uses_folder:
        return 0
    text = host.render(lambda field: overview.plain[field].encode(), overview.name)
    # A text with a path is no host.
    return 1 if b"/" not in text and web_address(b"https://" + text) == address else 0


def _login(platform: _platforms.Platform, overview: Overview, username: Optional[str]) -> Optional[Login]:
    for rule in platform.basic:
        if not holds(rule, overview):
            continue
        user, password = Template(rule["user"]), Template(rule["password"])
        own = None
        if overview.plain.keys() >= set(user.fields):
            own = user.render(lambda field: overview.plain[field].encode(), overview.name).decode()
        name = (username or own or "kist") if rule.get("any_user") is True else own
        if name is None or (username and username != name):
            return None
        present = {*overview.secrets, *overview.plain}
        return Login(overview, name, password) if present.issuperset(password.fields) else None
    return None


def _text(scheme: str, host: str, port: int) -> str:
    """As a refusal is noted: the host, with its port unless that is the usual one."""
    shown = f"[{host}]" if ":" in host else host
    return shown if port == (443 if scheme == "https" else 80) else f"{shown}:{port}"


def _path(url: str) -> str:
    """The path without slashes at its ends."""
    return url.partition("://")[2].partition("/")[2].strip("/")


def _is_safe(scheme: str, host: str) -> bool:
    """Whether a secret may be sent there: over TLS, or without leaving this machine."""
    if scheme == "https" or host in ("localhost", "::1"):
        return True
    numbers = host.split(".")
    return (
        len(numbers) == 4
        and numbers[0] == "127"
        and all(part.isdigit() and len(part) <= 3 and int(part) < 256 for part in numbers)
        and all(len(part) == 1 or part[0] != "0" for part in numbers)
    )
