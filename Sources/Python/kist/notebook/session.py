"""What `%load_ext kist` puts into a shell: the mask over its outputs and the magic."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Dict, List, Sequence, Tuple

from .. import _injection, _platforms, _reading
from .._errors import KistError, Locked
from . import unlock
from .descriptors import copies
from .history import History
from .ledger import Ledger
from .mask import Mask
from .messages import Outlet, sessions
from .terminal import Terminal

if TYPE_CHECKING:
    from .._agent import Revealed
    from .._injection import Injection


TOLD = {
    "locked": "vault locked, %kist will ask; ",
    "absent": "no vault here, %kist ask NAME does without; ",
    "unlocked": "",
}


class Notebook:
    """One shell with its mask and what was handed over in it."""

    def __init__(self, shell: Any) -> None:
        from .magic import Magic

        self.shell = shell
        self.mask = Mask()
        self.ledger = Ledger()
        self.short: List[str] = []
        self._quiet: List[BaseException] = []
        self._outlets = [Outlet(session, self.mask) for session in sessions(shell)]
        # Where there is no kernel's session, everything is printed.
        self._terminal = None if self._outlets else Terminal(shell, self.mask)
        self._copies = copies(self.mask) if self._outlets else []
        self._history = History(shell, self.mask)
        self.mask.learn(inherited())
        _reading.listeners.append(self.learn)
        shell.events.register("post_run_cell", self._after_cell)
        magic = Magic(self)
        shell.register_magic_function(magic.kist, magic_kind="line_cell", magic_name="kist")

    def greet(self) -> None:
        told = ""
        if os.environ.get("KIST_BUNDLE"):
            told = "credentials come from a bundle; "
        elif not any(os.environ.get(name) for name in ("KIST_KEY_FILE", "KIST_PASSPHRASE_FILE")):
            try:
                told = TOLD[unlock.state()]
            except KistError as error:
                told = f"{error.message}; "
        print(f"kist: {told}outputs of this {'session' if self._terminal else 'notebook'} are masked")

    def close(self) -> None:
        for place in (*self._outlets, *self._copies, self._terminal, self._history):
            if place is not None:
                place.detach()
        if self.learn in _reading.listeners:
            _reading.listeners.remove(self.learn)
        self.shell.events.unregister("post_run_cell", self._after_cell)
        for kind in ("line", "cell"):
            self.shell.magics_manager.magics[kind].pop("kist", None)

    def learn(self, found: Sequence[Revealed]) -> None:
        """Masks from now on what was handed over. Called before anybody has it."""
        secrets: List[Tuple[str, bytes]] = []
        for revealed in found:
            for field, value in revealed.secrets.items():
                label = f"{revealed.overview.name}.{field}"
                secrets.append((label, value))
                if len(value) < 8 and label not in self.short:
                    self.short.append(label)
                    print(f"kist: {label} is shorter than 8 bytes, so it is not masked", file=sys.stderr)
        self.mask.learn(secrets)

    def hand_over(self, names: Sequence[str], **settings: Any) -> Injection:
        """Sets the variables of `names`, asking for the passphrase when the vault is locked."""
        def prepare() -> Injection:
            return _injection.prepare(names, reason="notebook", **settings)

        try:
            injection = prepare()
        except Locked:
            unlock.ask()
            injection = prepare()
        return injection

    def hush(self, error: BaseException) -> None:
        """The error was shown already: the cell fails with it, and it is not shown again."""
        error._render_traceback_ = lambda: []  # type: ignore[attr-defined]
        self._quiet.append(error)
        for outlet in self._outlets:
            outlet.hushed = type(error).__name__

    def _after_cell(self, *_: Any) -> None:
        self._history.finish()
        if self._terminal is not None:
            self._terminal.finish()


def inherited() -> List[Tuple[str, bytes]]:
    """Values that the kernel was started with (`kist run NAME -- jupyter lab`), by the names of their variables."""
    found: List[Tuple[str, bytes]] = []
    for name in secret_variables():
        value = os.environb.get(name.encode())
        if value is not None and len(value) >= 8:
            found.append((name, value))
    return found


def secret_variables() -> List[str]:
    """The variables that the built-in platforms fill with a secret."""
    names: Dict[str, None] = {}
    for data in _platforms.built_in().values():
        secrets = {field["name"] for field in data.get("field", []) if field.get("kind") == "secret"}
        for rule in data.get("env", []):
            if "{" not in rule["name"] and any("{" + secret in rule["value"] for secret in secrets):
                names[rule["name"]] = None
    return list(names)
