"""Finding an agent's socket, and what must hold of it before anything is sent there: it is this user's alone."""

from __future__ import annotations

import os
import stat
import sys

# `socket` wraps this one and takes ten milliseconds to import, ten times as long as asking takes.
import _socket as socket

from . import _frame
from ._errors import BrokenAnswer, KistError, UnsafePlace
from ._members import Members

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Optional

    from ._places import Places

_SECONDS = 30
_CRED = 12  # struct ucred: pid, uid, gid


def connect(path: str) -> Optional[socket.socket]:
    """A checked connection; None when nobody listens there."""
    if not _check(os.path.dirname(path), stat.S_ISDIR, "a folder") or not _check(path, stat.S_ISSOCK, "a socket"):
        return None
    connected = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connected.settimeout(_SECONDS)
        connected.connect(path)
        peer = connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CRED)
    except (ConnectionRefusedError, FileNotFoundError):
        connected.close()
        return None
    except OSError as error:
        connected.close()
        raise BrokenAnswer(f"the agent's socket cannot be used ({error.strerror or error})") from None
    user = int.from_bytes(peer[4:8], sys.byteorder)
    if user != os.geteuid():
        connected.close()
        raise UnsafePlace(
            f"the socket of the agent belongs to another user ({user}), so nothing was sent to it",
            "look who put it there:  kist doctor",
        )
    return connected


def _check(path: str, is_kind: Callable[[int], bool], what: str) -> bool:
    """Whether something is there; it must be of this user, and closed to all others."""
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise UnsafePlace(f"{path} is not used: {error.strerror}") from None
    if not is_kind(found.st_mode):
        raise UnsafePlace(f"{path} is not used: it is not {what}")
    if found.st_uid != os.geteuid():
        raise UnsafePlace(f"{path} is not used: it belongs to user {found.st_uid}, not to you")
    if found.st_mode & 0o077:
        raise UnsafePlace(f"{path} is not used: others have access to it (mode {found.st_mode & 0o7777:o})")
    return True


def rendezvous(places: Places) -> Optional[str]:
    """The socket named by the vault's lock file, if that is this user's and of this boot."""
    try:
        descriptor = os.open(places.vault + ".lock", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_size > 4_096:
            return None
        members = Members(_frame.parse(os.read(descriptor, 4_097)), "lock file")
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            boot = file.read().strip()
        if members.text("boot") != boot:
            return None
        path = members.text_if_present("socket")
        return path if path and path.startswith("/") and "\0" not in path else None
    except (OSError, ValueError, KistError):
        return None
    finally:
        os.close(descriptor)
