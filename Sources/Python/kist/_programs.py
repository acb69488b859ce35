"""Where Kist's own programs are: those that came with this package, else the installed ones."""

from __future__ import annotations

import os

from ._errors import NoAgent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Mapping, Optional

# Whoever has them can open the vault, or is somebody else's: no child that is asked for nothing gets them.
_PRIVATE = ("KIST_PASSPHRASE_FILE", "KIST_KEY_FILE", "KIST_FACTOR_FILE", "CREDENTIALS_DIRECTORY", "KIST_BUNDLE")


def folder() -> Optional[str]:
    """The folder that holds `kist` and `kist-agent`.

    In this order: the one inside this package (the wheel with programs), that of `kist` on PATH. The latter counts
    only when file and folder belong to this user or to root, and nobody else can write there.
    """
    own = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin")
    if _has_programs(own):
        return own
    for entry in os.environ.get("PATH", os.defpath).split(os.pathsep):
        if not entry.startswith("/"):
            continue
        try:
            found = os.path.dirname(os.path.realpath(os.path.join(entry, "kist")))
        except OSError:
            continue
        if _has_programs(found) and all(_is_ours(os.path.join(found, name)) for name in ("", "kist", "kist-agent")):
            return found
    return None


def program(name: str) -> str:
    """The path of one of the programs. Raises NoAgent when there is none."""
    where = folder()
    if where is None:
        raise NoAgent(
            "the programs of Kist are not installed beside this package",
            "put kist and kist-agent into one folder on PATH that only you or root can write",
        )
    return os.path.join(where, name)


def without_keys(environment: Optional[Mapping[str, str]] = None) -> dict[str, str]:
    """The environment for a run of `kist` that is to use no key of anybody's, and no bundle."""
    given = os.environ if environment is None else environment
    return {name: value for name, value in given.items() if name not in _PRIVATE}


def _has_programs(where: str) -> bool:
    return all(os.access(os.path.join(where, name), os.X_OK) for name in ("kist", "kist-agent"))


def _is_ours(path: str) -> bool:
    try:
        found = os.stat(path)
    except OSError:
        return False
    return found.st_uid in (0, os.geteuid()) and not found.st_mode & 0o022
