"""What Kist knows about platforms: which variables and files their clients expect (Platforms.md).

The built-in ones came with this package; the user's own are read from `~/.config/kist/platforms`.
"""

from __future__ import annotations

import os
import stat

from ._data import data
from ._errors import KistError, NotFound
from ._places import find

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

_LONGEST = 32_768
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


class Platform:
    """The part of a platform's file that a program needs."""

    def __init__(self, table: dict[str, Any]) -> None:
        try:
            self.name: str = _text(table["name"])
            self.title: str = _text(table["title"])
            self.hosts = list(map(_text, _list(table.get("hosts", []))))
            self.free_form = table.get("free_form", False) is True
            self.fields = _tables(table, "field", ("name",))
            self.environment = _tables(table, "env", ("name", "value"))
            self.basic = _tables(table, "basic", ("user", "password"))
            self.unset = _tables(table, "unset", ("name",))
            self.files = _tables(table, "file", ("path", "content"))
            for rule in [*self.fields, *self.environment, *self.basic, *self.unset, *self.files]:
                for key in ("variants", "when", "unless"):
                    list(map(_text, _list(rule.get(key, []))))
                for key in ("if", "when_package"):
                    list(map(_text, _table(rule.get(key, {})).values()))
        except (KeyError, TypeError):
            raise KistError("a platform's file is not of the form that Platforms.md describes") from None

    def main_field(self, variant: Optional[str]) -> Optional[str]:
        """The field that `kist get NAME` prints, where there are several secrets."""
        fields = [field for field in self.fields if not field.get("variants") or variant in field["variants"]]
        marked = [field["name"] for field in fields if field.get("main") is True]
        if marked:
            return str(marked[0])
        secret = [field for field in fields if field.get("kind") == "secret"]
        required = [field for field in secret if field.get("required", True)]
        if len(required) == 1:
            return str(required[0]["name"])
        return str(secret[0]["name"]) if len(secret) == 1 and not required else None


def built_in() -> dict[str, Any]:
    """The data of every built-in platform by its name."""
    platforms: dict[str, Any] = data()["platforms"]
    return platforms


def load(name: str) -> Platform:
    """Raises NotFound for a platform that nobody knows here."""
    if not name or len(name) > 48 or not _LETTERS.issuperset(name):
        raise NotFound("there is no such platform", "see what there is:  kist platform list")
    own = _own(name)
    if own is not None:
        if name in built_in() and own.get("replaces") is not True:
            raise KistError(
                f"{_path(name)} has the name of a built-in platform", "if it is to take its place:  replaces = true"
            )
        return Platform(own)
    table = built_in().get(name)
    if table is None:
        raise NotFound(f"the platform {name} is not known here", f"expected:  {_path(name)}")
    return Platform(table)


def _path(name: str) -> str:
    return f"{find().config}/platforms/{name}.toml"


def _own(name: str) -> Optional[dict[str, Any]]:
    from . import _toml

    path = _path(name)
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe with this name would never end
            raise KistError(f"{path}: it is not a file")
        with open(path, "rb") as file:
            raw = file.read(_LONGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise KistError(f"{path}: {error.strerror}") from None
    if len(raw) > _LONGEST:
        raise KistError(f"{path}: it is longer than {_LONGEST} bytes")
    try:
        table = _toml.parse(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise KistError(f"{path}: it is not UTF-8 text") from None
    except _toml.TOMLError as error:
        raise KistError(f"{path}: {error}") from None
    if table.get("name") != name:
        raise KistError(f"{path}: the file is called {name}.toml, but its name is another")
    return table


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _tables(table: dict[str, Any], key: str, texts: tuple[str, ...]) -> list[dict[str, Any]]:
    tables = list(map(_table, _list(table.get(key, []))))
    for inner in tables:
        for text in texts:
            _text(inner[text])
    return tables
