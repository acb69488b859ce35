"""`kist.toml`: which credentials the programs of a folder need. Found, checked and trusted as the command line does."""

from __future__ import annotations

import os
import stat

from ._errors import KistError, NotTrusted, UsageError
from ._overview import check_name, parse_reference
from ._places import Places, find

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

FILE_NAME = "kist.toml"
_LONGEST = 65_536


class Use:
    """A credential, and what its variables begin with."""

    __slots__ = ("name", "prefix")

    def __init__(self, name: str, prefix: str = "") -> None:
        self.name = name
        self.prefix = prefix


class Project:
    """What a kist.toml says. Nothing of it counts before `require_trust`."""

    def __init__(self, path: str, text: str) -> None:
        import hashlib

        self.path = path
        self.digest = hashlib.sha256(text.encode()).hexdigest()
        self.profile: Optional[str] = None
        self.uses: list[Use] = []
        # Variable, profile (None: the one in use), credential, field.
        self.variables: list[tuple[str, Optional[str], str, str]] = []
        self._read(text)

    def require_trust(self) -> None:
        """Raises NotTrusted unless the user has agreed to this file with this content (`kist trust`)."""
        if os.environ.get("KIST_TRUST", "").lower() == self.digest:
            return
        # A line of the list must be this path's and nothing else's.
        if _is_one_line(self.path) and f"{self.digest}  {self.path}" in _trusted(find()):
            return
        raise NotTrusted(
            f"{self.path} is new or has changed, and nobody has agreed to it yet",
            "look at it and agree:  kist trust",
            f"unattended:            KIST_TRUST={self.digest}",
        )

    def _read(self, text: str) -> None:
        from . import _toml  # most folders have no such file

        try:
            table = _toml.parse(text)
        except _toml.TOMLError as error:
            raise KistError(f"{self.path}: {error}") from None
        for key, value in table.items():
            if key == "profile":
                self.profile = self._name(value, "profile")
            elif key == "use":
                if not isinstance(value, list):
                    raise KistError(f"{self.path}: use must be a list")
                self.uses = [self._use(item) for item in value]
            elif key == "env":
                for name, reference in sorted(self._table(value, "env").items()):
                    self._variable(name, reference)
            elif key == "op":
                self._table(value, "op")  # for --env-file of `kist run` only
            else:
                raise KistError(f'{self.path}: "{key}" is not known here', "known are profile, use, [env] and [op]")
        seen: set[tuple[str, str]] = set()
        for use in self.uses:
            if (use.name, use.prefix) in seen:
                raise KistError(f"{self.path}: {use.name} stands twice in use")
            seen.add((use.name, use.prefix))

    def _table(self, value: Any, key: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise KistError(f"{self.path}: {key} must be a table")
        return value

    def _name(self, value: Any, what: str) -> str:
        try:
            return check_name(value, what)
        except UsageError as error:
            raise KistError(f"{self.path}: {error.message}") from None

    def _use(self, item: Any) -> Use:
        if isinstance(item, str):
            return Use(self._name(item, "credential"))
        if not isinstance(item, dict) or not isinstance(item.get("name"), str):
            raise KistError(f'{self.path}: an item of use must be a name or {{ name = "…", prefix = "…" }}')
        if set(item) - {"name", "prefix"}:
            raise KistError(f"{self.path}: an item of use has name and prefix only")
        prefix = item.get("prefix", "")
        if "prefix" in item and not _is_prefix(prefix):
            raise KistError(f"{self.path}: a prefix must be capital letters, digits and '_', such as \"EU_\"")
        return Use(self._name(item["name"], "credential"), prefix)

    def _variable(self, name: str, reference: Any) -> None:
        if not name or not name.isascii() or not name.replace("_", "a").replace(".", "a").replace("-", "a").isalnum():
            raise KistError(
                f"{self.path}: a name in [env] has a character other than letters, digits, '_', '.' and '-'"
            )
        if len(name) > 255:
            raise KistError(f"{self.path}: the name of a variable is longer than 255 bytes")
        from ._names import is_dangerous

        if is_dangerous(name):
            raise KistError(f"{self.path}: env.{name} can make programs run other code, so no kist.toml sets it")
        if not isinstance(reference, str):
            raise KistError(f"{self.path}: env.{name} must be a reference, kist://credential/field")
        try:
            self.variables.append((name, *parse_reference(reference)))
        except UsageError as error:
            raise KistError(f"{self.path}: env.{name}: {error.message}") from None


def nearest(places: Places, start: Optional[str] = None) -> Optional[Project]:
    """The nearest kist.toml from the working folder upwards.

    The search does not leave the home folder (when it starts within), the file system, or folders of this user or
    root. Folders that everybody can write are passed over. A file that is there and cannot be used is an error.
    """
    try:
        folder = os.path.realpath(start or os.getcwd())
        device = os.stat(folder).st_dev
    except OSError:
        return None
    top = os.path.realpath(places.home)
    while True:
        try:
            here = os.stat(folder)
        except OSError:
            return None
        if here.st_dev != device or here.st_uid not in (0, os.geteuid()):
            return None
        if not here.st_mode & stat.S_IWOTH:
            found = read(os.path.join(folder, FILE_NAME))
            if found is not None:
                return found
        if folder in ("/", top):
            return None
        folder = os.path.dirname(folder)


def read(path: str) -> Optional[Project]:
    """The file at `path`; None when there is none. A symbolic link is refused: agreement is for a place."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        if os.path.islink(path):
            raise KistError(f"{path} is a symbolic link, so it is not used", "put the file itself there") from None
        raise KistError(f"{path}: {error.strerror}") from None
    with open(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise KistError(f"{path} is not a regular file")
        if found.st_uid not in (0, os.geteuid()):
            raise KistError(f"{path} belongs to another user, so it is not used")
        data = file.read(_LONGEST + 1)
    if len(data) > _LONGEST:
        raise KistError(f"{path} is longer than 64 KiB")
    try:
        return Project(path, data.decode("utf-8"))
    except UnicodeDecodeError:
        raise KistError(f"{path} is not UTF-8") from None


def _is_prefix(text: Any) -> bool:
    return (
        isinstance(text, str)
        and 0 < len(text) <= 64
        and not text[0].isdigit()
        and all("A" <= letter <= "Z" or "0" <= letter <= "9" or letter == "_" for letter in text)
    )


def _is_one_line(path: str) -> bool:
    return not any(letter < " " or letter == "\x7f" for letter in path)


def _trusted(places: Places) -> set[str]:
    try:
        descriptor = os.open(places.state + "/trust", os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return set()
    with open(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        # A file that others could write says nothing about what this user agreed to.
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
            return set()
        return set(file.read(1 << 22).decode("utf-8", "replace").split("\n"))
