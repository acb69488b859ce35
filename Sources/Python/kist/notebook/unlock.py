"""Opening the vault from a notebook: the passphrase is typed into an input box, which no notebook saves."""

from __future__ import annotations

import getpass
import os
import time
from typing import Optional

from .. import _places, _session
from .._errors import KistError, Locked, NotOpened, NoVault

TRIES = 3
LONGEST_PAUSE = 12  # seconds; the agent's own is ten at most


def state() -> str:
    """`absent`, `locked` or `unlocked`; nothing is started, nobody asked."""
    found = _session.state()
    if found == "none":  # no agent
        return "locked" if os.path.exists(_places.find().vault) else "absent"
    return found


def ask(seconds: Optional[int] = None) -> None:
    """Asks until the vault opens. Raises what the vault says when it does not."""
    if state() == "absent":
        raise NoVault("there is no vault yet", "in a terminal:      kist init", "without a vault:    %kist ask NAME")
    for attempt in range(TRIES):
        passphrase = secret("Passphrase: ")
        if not passphrase:
            raise Locked("the vault is locked", "nothing was typed")
        try:
            _open(passphrase.encode(), seconds)
            return
        except BaseException as error:
            if not isinstance(error, NotOpened) or error.kind != "wrongKey" or attempt == TRIES - 1:
                passphrase = ""
                raise without_frames(error) from None
            print(f"kist: {error.message}")


def without_frames(error: BaseException) -> BaseException:
    """`error`, interrupted or not, without the frames in which a traceback that shows variables finds what was typed."""
    error.__context__ = error.__cause__ = None
    if not isinstance(error, KistError):
        text = [f"kist: {type(error).__name__}"]
        error._render_traceback_ = lambda: text  # type: ignore[attr-defined]
    return error.with_traceback(None)


def _open(passphrase: bytes, seconds: Optional[int]) -> None:
    """Waits out the pause that follows a wrong key, whoever gave that."""
    end = time.monotonic() + LONGEST_PAUSE
    while True:
        try:
            return _session.unlock(passphrase, seconds=seconds)
        except NotOpened as error:
            if error.kind != "wait" or time.monotonic() > end:
                raise
            time.sleep(0.1)


def secret(prompt: str) -> str:
    """Something typed without echo. Raises Locked where the front end cannot ask (a notebook that runs by itself)."""
    try:
        return getpass.getpass(prompt)
    except Exception as error:  # ipykernel's own class, which is not importable everywhere
        if type(error).__name__ != "StdinNotImplementedError" and not isinstance(error, EOFError):
            raise
    raise Locked(
        "the vault is locked, and this notebook runs where nobody can be asked",
        "before it starts:   kist unlock --for 10h",
        "unattended:         KIST_KEY_FILE=FILE, or a bundle in KIST_BUNDLE",
    )


def plain(prompt: str) -> str:
    """Something typed with echo."""
    try:
        return input(prompt)
    except Exception as error:
        if type(error).__name__ != "StdinNotImplementedError" and not isinstance(error, EOFError):
            raise
    raise KistError("this notebook runs where nobody can be asked")
