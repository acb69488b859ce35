"""Where things are for this user: the vault, the agent's socket, what was agreed to. The same answers as the command
line's own."""

from __future__ import annotations

import os
from ._errors import KistError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Mapping, Optional

# The longest path of a socket on Linux, without its NUL.
LONGEST_SOCKET = 107


class Places:
    """All paths are absolute; `runtime` is None where the user has no runtime folder, and agents are private then."""

    __slots__ = ("vault", "runtime", "state", "config", "home")

    def __init__(self, vault: str, runtime: Optional[str], state: str, config: str, home: str) -> None:
        self.vault = vault
        self.runtime = runtime
        self.state = state
        self.config = config
        self.home = home

    def socket(self) -> Optional[str]:
        """The socket of the shared agent."""
        if self.runtime is None:
            return None
        path = f"{self.runtime}/agent-{tag(self.vault)}.sock"
        if len(os.fsencode(path)) > LONGEST_SOCKET:
            raise KistError(f"no place for the vault: the socket's path has more than {LONGEST_SOCKET} bytes")
        return path


def tag(vault: str) -> str:
    """16 hexadecimal digits that stand for a vault in file names: FNV-1a 64 over the bytes of its real path."""
    value = 0xCBF29CE484222325
    for byte in os.fsencode(vault):
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"


def find(environment: Mapping[str, str] = os.environ) -> Places:
    """Works them out from KIST_VAULT, XDG_* and HOME, else from the user's entry in the system."""

    def folder(variable: str) -> Optional[str]:
        # An empty or relative variable counts as unset (XDG Base Directory Specification).
        value = environment.get(variable, "")
        return value if value.startswith("/") else None

    home = folder("HOME") or _home_of_user()
    if home is None:
        raise KistError("no place for the vault: there is no home folder")
    given = environment.get("KIST_VAULT") or (folder("XDG_DATA_HOME") or home + "/.local/share") + "/kist/vault.kist"
    runtime = folder("XDG_RUNTIME_DIR")
    # The system removes the user's runtime folder at the last logout; what still runs has none from then on.
    if runtime is not None and not os.path.isdir(runtime):
        runtime = None
    return Places(
        vault=_real_path(given),
        runtime=runtime and runtime + "/kist",
        state=(folder("XDG_STATE_HOME") or home + "/.local/state") + "/kist",
        config=(folder("XDG_CONFIG_HOME") or home + "/.config") + "/kist",
        home=home,
    )


def _home_of_user() -> Optional[str]:
    import pwd

    try:
        home = pwd.getpwuid(os.geteuid()).pw_dir
    except KeyError:
        return None
    return home if home.startswith("/") else None


def _real_path(path: str) -> str:
    """With all links followed; the file, and folders above it, need not exist yet."""
    try:
        real = os.path.realpath(path)
        if os.path.islink(real):
            raise OSError
    except (OSError, ValueError):
        raise KistError("no place for the vault: its path leads nowhere") from None
    return real
