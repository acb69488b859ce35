"""A read-only backend for the `keyring` package, so that what asks it (pip, twine, uv, …) is answered from the vault.

It answers for two kinds of service, and for nothing else:

* a url (`https://…`, or `http://` on this machine): a credential of the profile in use whose platform says how it is a
  login, and which is for exactly that host, as for git and docker.
* `kist`: the user name is NAME or NAME.FIELD; and references, `kist://[profile/]credential/field`. That shows a value
  as `kist get` does, so what is only handed to programs (`run-only`) is no answer here.

Writing falls through to the next backend. Reading never raises, starts nothing and asks nobody: a locked vault, or
none, is no answer. Where no agent runs, the backend is not there at all.
"""

from __future__ import annotations

import logging
import os

from keyring.backend import KeyringBackend
from keyring.compat import properties
from keyring.credentials import SimpleCredential
from keyring.errors import PasswordDeleteError, PasswordSetError

from ._agent import Agent, Revealed, Want
from ._credential import Credential
from ._errors import KistError, NotFound
from ._hosts import best
from ._overview import parse_reference
from ._places import find

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

_log = logging.getLogger(__name__)
# Above the keyrings of desktops (up to 5.1), so that what is in the vault is found without their dialogs; below the
# chain of all backends (10).
_PRIORITY = 5.5


class NotStored(PasswordSetError, NotImplementedError):
    """Lets the chain of backends go on to the next one, and tells a caller of this one alone what happened."""


class NotDeleted(PasswordDeleteError, NotImplementedError):
    """The same for taking away."""


class Kist(KeyringBackend):
    """The vault of this user, as it is when it is asked."""

    @properties.classproperty  # type: ignore[untyped-decorator,unused-ignore]
    def priority(cls) -> float:  # noqa: N805
        try:
            if not os.environ.get("KIST_BUNDLE"):
                agent = Agent.running(find())
                if agent is None:
                    raise RuntimeError("no agent of Kist is running")
                agent.close()
        except RuntimeError:
            raise
        except Exception as error:
            raise RuntimeError(f"Kist cannot be asked: {type(error).__name__}") from None
        return _PRIORITY

    def get_password(self, service: str, username: str) -> Optional[str]:
        found = _look(service, username)
        return None if found is None else found[1]

    def get_credential(self, service: str, username: Optional[str]) -> Optional[SimpleCredential]:
        found = _look(service, username)
        return None if found is None else SimpleCredential(*found)

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotStored("Kist is read-only here; store it with: kist add")

    def delete_password(self, service: str, username: str) -> None:
        raise NotDeleted("Kist is read-only here; remove it with: kist remove")


def _look(service: object, username: object) -> Optional[tuple[str, str]]:
    """User name and password; None for whatever stands in the way."""
    try:
        if not isinstance(service, str) or not (username is None or isinstance(username, str)):
            return None
        if service == "kist" or service.startswith("kist://"):
            return _named(service, username)
        return _at_host(service, username) if "://" in service else None
    except Exception as error:  # of whatever kind: an exception here would end the whole chain of backends
        if not isinstance(error, NotFound):
            _log.debug(
                "Kist was not asked: %s", error.message if isinstance(error, KistError) else type(error).__name__
            )
        return None


def _named(service: str, username: Optional[str]) -> Optional[tuple[str, str]]:
    from ._session import profile

    if service != "kist":
        own, name, field = parse_reference(service)
        found = Credential(_reveal(Want(own or profile(), name, [field]), "get"))
        return username or field, found[field]
    if not username:
        return None
    name, dot, field = username.partition(".")
    found = Credential(_reveal(Want(profile(), name, [field] if dot else None), "get"))
    return username, found[field if dot else found.main()]


def _at_host(url: str, username: Optional[str]) -> Optional[tuple[str, str]]:
    from ._reading import overviews
    from ._session import profile

    login = best(overviews(profile(), start=False), url, username)
    if login is None:
        return None
    overview = login.overview
    want = Want(overview.profile, overview.name, login.fields)
    return login.username, login.password(_reveal(want, "provider"))


def _reveal(want: Want, purpose: str) -> Revealed:
    from ._reading import reveal

    return reveal([want], purpose, "keyring", start=False)[0]
