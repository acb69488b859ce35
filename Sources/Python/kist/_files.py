"""Files that a platform's clients read, in a private folder that vanishes with this process."""

from __future__ import annotations

import os

from ._errors import KistError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional, Sequence

    from ._agent import Revealed
    from ._template import Template

    Recipe = tuple[str, int, Template, Optional[str]]

_LONGEST = 1 << 19


def make(recipes: Sequence[Recipe], revealed: Revealed, made: list[str]) -> str:
    """Has them made; the path of the folder that has all of them. `made` gets every folder that there is then."""
    # A file that names its own folder can only be written when that is known: the others go first.
    first = [recipe for recipe in recipes if not recipe[2].uses_folder]
    folder = None
    if first and len(first) < len(recipes):
        folder = put(_render(first, revealed, None))
        made.append(folder)
    folder = put(_render(recipes, revealed, folder))
    made.append(folder)
    return folder


def put(files: Sequence[tuple[str, int, bytes]]) -> str:
    """Path, mode and content of each, in one new folder of the agent's; with a bundle, in one of our own."""
    if os.environ.get("KIST_BUNDLE"):
        return _own(files)
    from . import _session

    return _session.ask(lambda agent: agent.folder(os.getpid(), files))


def _render(recipes: Sequence[Recipe], revealed: Revealed, folder: Optional[str]) -> list[tuple[str, int, bytes]]:
    files = []
    name = revealed.overview.name
    for path, mode, content, merge in recipes:
        text = content.render_lines(revealed.value, name, folder)
        if merge == "connections":
            text = without_table(_of_user("connections.toml") or b"", name) + text
        files.append((path, mode, text))
        if merge == "connections":
            own = _of_user("config.toml")
            if own is not None:
                files.append(("config.toml", 0o600, own))
    return files


def _of_user(name: str) -> Optional[bytes]:
    """The user's own Snowflake file: in the first folder that has it, in the order in which the connector looks."""
    from ._places import find

    home = find().home
    config = os.environ.get("XDG_CONFIG_HOME") or home + "/.config"
    for folder in (os.environ.get("SNOWFLAKE_HOME"), home + "/.snowflake", config + "/snowflake"):
        if folder:
            try:
                with open(os.path.join(folder, name), "rb") as file:
                    data = file.read(_LONGEST + 1)
            except OSError:
                continue
            if len(data) <= _LONGEST:
                return data
    return None


def without_table(data: bytes, name: str) -> bytes:
    """All tables of a TOML file but `name` and those beneath it, line by line as they are."""
    kept: list[bytes] = []
    keeps = True
    scan = _Scan()
    for line in data.split(b"\n"):
        table = scan.pass_line(line)
        if table is not None:
            keeps = table != name.encode()
        if keeps:
            kept.append(line)
    text = b"\n".join(kept)
    return text if not text or text.endswith(b"\n") else text + b"\n"


class _Scan:
    """Where a table may begin: not within a string of several lines, nor within the brackets of a value."""

    def __init__(self) -> None:
        self.quote = b""  # of an open string of several lines
        self.depth = 0

    def pass_line(self, line: bytes) -> Optional[bytes]:
        """The first part of the name of the table that this line opens, if it opens one."""
        table = _table(line) if not self.quote and self.depth == 0 else None
        at, quote = 0, self.quote
        while at < len(line):
            here = line[at : at + 1]
            triple = line[at : at + 3] == here * 3
            if quote:
                if here == b"\\" and quote[:1] == b'"':
                    at += 1
                elif here == quote[:1] and (len(quote) == 1 or triple):
                    at += len(quote) - 1
                    quote = b""
            elif here == b"#":
                break
            elif here in (b'"', b"'"):
                quote = here * 3 if triple else here
                at += len(quote) - 1
            elif table is None and here in (b"[", b"{"):
                self.depth += 1
            elif table is None and here in (b"]", b"}"):
                self.depth = max(0, self.depth - 1)
            at += 1
        self.quote = quote if len(quote) == 3 else b""
        return table


def _table(line: bytes) -> Optional[bytes]:
    rest = line.lstrip(b" \t")
    if not rest.startswith(b"["):
        return None
    rest = rest[1:].lstrip(b" \t[")
    if not rest:
        return None
    if rest[:1] in (b'"', b"'"):
        return rest[1:].partition(rest[:1])[0]
    end = min((rest.find(mark) for mark in (b"]", b".", b" ", b"\t") if mark in rest), default=len(rest))
    return rest[:end]


def _own(files: Sequence[tuple[str, int, bytes]]) -> str:
    """A folder of this process's own, removed at its end."""
    import atexit
    import shutil
    import tempfile

    from ._places import find

    base = find().runtime
    if base is None:
        base = f"/dev/shm/kist-{os.geteuid()}"
    try:
        os.makedirs(base, 0o700, exist_ok=True)
        found = os.lstat(base)
        if found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise KistError(f"{base} is not a private folder, so nothing was put there")
        path = tempfile.mkdtemp(prefix="python-", dir=base)
        atexit.register(shutil.rmtree, path, ignore_errors=True)
        for name, mode, content in files:
            place = os.path.join(path, name)
            os.makedirs(os.path.dirname(place), 0o700, exist_ok=True)
            with open(
                place, "wb", opener=lambda at, flags: os.open(at, flags | os.O_EXCL | os.O_NOFOLLOW, mode)
            ) as file:
                file.write(content)
        return path
    except OSError as error:
        raise KistError(f"the private folder could not be made ({error.strerror})") from None
