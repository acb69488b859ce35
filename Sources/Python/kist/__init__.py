"""Credentials from a Kist vault, where a Python program needs them.

    import kist

    kist.get("kumo")                          # the main secret, as text
    kist.get("snowflake", "account")          # any field
    kist.credential("kaskada")["client_id"]   # a whole credential
    with kist.env("kumo"):                    # variables of this process, restored afterwards
        import kumoai
    kist.load("kumo", "snowflake")            # the same, for good
    kist.kumo(), kist.snowflake(), kist.kaskada(), kist.cml(), kist.openai()   # ready-made clients

Everything is asked of the agent over its socket, which `kist` starts and unlocks (`kist unlock`); every value that is
handed over stands in the vault's audit log. Needs nothing but Python 3.9 on Linux.
"""

from __future__ import annotations

from ._errors import (
    BrokenAnswer,
    Expired,
    KistError,
    Locked,
    NoAgent,
    NotFound,
    NotOpened,
    NotSupported,
    NotTrusted,
    NoVault,
    Refused,
    TimedOut,
    UnsafePlace,
    UsageError,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, Literal, NoReturn, Optional

    from ._clients import cml, kaskada, kumo, openai, snowflake
    from ._credential import Credential
    from ._injection import Injection

__version__ = "0.1.0"

__all__ = [
    "BrokenAnswer",
    "Credential",
    "Expired",
    "KistError",
    "Loaded",
    "Locked",
    "NoAgent",
    "NoVault",
    "NotFound",
    "NotOpened",
    "NotSupported",
    "NotTrusted",
    "Refused",
    "TimedOut",
    "UnsafePlace",
    "UsageError",
    "cml",
    "connect",
    "credential",
    "env",
    "get",
    "kaskada",
    "kumo",
    "load",
    "openai",
    "snowflake",
]

_CLIENTS = ("kumo", "snowflake", "kaskada", "cml", "openai")


def get(
    name: str,
    field: Optional[str] = None,
    *,
    profile: Optional[str] = None,
    reason: Optional[str] = None,
    allow_expired: bool = False,
) -> str:
    """One value as text: the main secret of a credential, or one of its fields.

    `name` may also be a reference, `kist://[profile/]credential/field`.
    """
    from . import _session
    from ._agent import Want
    from ._credential import Credential
    from ._overview import check_name, parse_reference
    from ._reading import reveal

    if name.startswith("kist://"):
        if field is not None:
            raise UsageError("a reference names its field already")
        own, name, field = parse_reference(name)
        profile = own or profile
    else:
        check_name(name, "credential")
        if field is not None:
            check_name(field, "field")
    want = Want(_session.profile(profile), name, None if field is None else [field])
    found = Credential(reveal([want], "get", reason, allow_expired)[0])
    return found[field if field is not None else found.main()]


def credential(
    name: str, *, profile: Optional[str] = None, reason: Optional[str] = None, allow_expired: bool = False
) -> Credential:
    """A whole credential, in one request."""
    from . import _session
    from ._agent import Want
    from ._credential import Credential
    from ._overview import check_name
    from ._reading import reveal

    want = Want(_session.profile(profile), check_name(name, "credential"))
    return Credential(reveal([want], "get", reason, allow_expired)[0])


class Loaded:
    """What was put into this process's environment; names only."""

    __slots__ = ("_injection",)

    def __init__(self, injection: Injection) -> None:
        self._injection = injection

    @property
    def variables(self) -> list[str]:
        """The names of the variables that were set."""
        return list(self._injection.variables)

    @property
    def unset(self) -> list[str]:
        """The names that were taken away because clients would prefer them."""
        return list(self._injection.unset)

    @property
    def notices(self) -> list[str]:
        """Lines for a person, about what the clients get wrong."""
        return list(self._injection.notices)

    def undo(self) -> None:
        """Gives every variable back the value that it had before."""
        self._injection.undo()

    def __repr__(self) -> str:
        return "\n".join(f"{source.name}  {' '.join(source.variables)}" for source in self._injection.sources)


class env:  # noqa: N801 - reads as a verb: with kist.env("kumo"):
    """A context manager: the variables that the platforms' clients read, within the block, then as they were.

    Without names: what the trusted kist.toml of the folder says. The environment belongs to the whole process, other
    threads included.
    """

    def __init__(
        self,
        *names: str,
        profile: Optional[str] = None,
        reason: Optional[str] = None,
        allow_expired: bool = False,
        allow_dangerous_names: bool = False,
    ) -> None:
        self._names = names
        self._settings: dict[str, Any] = {
            "profile": profile,
            "reason": reason,
            "allow_expired": allow_expired,
            "allow_dangerous_names": allow_dangerous_names,
        }
        self._loaded: list[Loaded] = []

    def __enter__(self) -> Loaded:
        self._loaded.append(load(*self._names, **self._settings))
        return self._loaded[-1]

    def __exit__(
        self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> Literal[False]:
        self._loaded.pop().undo()
        return False


def load(
    *names: str,
    profile: Optional[str] = None,
    reason: Optional[str] = None,
    allow_expired: bool = False,
    allow_dangerous_names: bool = False,
) -> Loaded:
    """Sets the variables that the platforms' clients read, for the rest of this process and what it starts.

    Without names: what the trusted kist.toml of the folder says.
    """
    from . import _injection

    injection = _injection.prepare(
        names,
        profile=profile,
        reason=reason,
        allow_expired=allow_expired,
        allow_dangerous_names=allow_dangerous_names,
    )
    injection.apply()
    return Loaded(injection)


def connect(url: str) -> NoReturn:
    """Reserved for a Kist server; there is none yet."""
    raise NotSupported(
        "kist.connect(url) is reserved for a Kist server, which does not exist yet",
        "what is on this machine needs no connection:  kist.get(NAME)",
    )


def load_ipython_extension(ipython: Any) -> None:
    """`%load_ext kist`."""
    from .notebook import load_ipython_extension as load_extension

    load_extension(ipython)


def unload_ipython_extension(ipython: Any) -> None:
    from .notebook import unload_ipython_extension as unload_extension

    unload_extension(ipython)


def __getattr__(name: str) -> Any:
    """Parts that most programs do not need are imported when they are used."""
    if name == "Credential":
        from ._credential import Credential

        return Credential
    if name in _CLIENTS:
        from . import _clients

        return getattr(_clients, name)
    raise AttributeError(f"module 'kist' has no attribute {name!r}")
