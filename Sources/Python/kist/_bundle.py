"""Credentials out of a bundle. It is opened by `kist`, which has the cryptography for it."""

from __future__ import annotations

import subprocess
import time

from . import _frame
from ._agent import Revealed, Want
from ._errors import BrokenAnswer, Expired, KistError, NotFound, NotOpened, from_agent
from ._members import Members
from ._overview import Overview
from ._programs import program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Sequence

_SECONDS = 60
# What `run-only` lets pass of what this package asks for: into this program, and to another tool by its own protocol.
_FOR_PROGRAMS = ("run", "provider")
_ERRORS: dict[int, type[KistError]] = {
    3: NotFound,
    5: NotOpened,
    10: Expired,
    11: NotOpened,
    12: NotOpened,
    13: NotOpened,
}


def reveal(wants: Sequence[Want], purpose: str, allow_expired: bool) -> list[Revealed]:
    """The same rules as the agent's: all or none, nothing that has expired, and each policy keeps to the purpose."""
    found = [(want, _overview(want)) for want in wants]
    for _, overview in found:
        if overview.expires is not None and not allow_expired and overview.expires <= _now():
            raise Expired(
                f"{overview.name} expired on {overview.expires[:10]}",
                f"where the vault is:   kist edit {overview.name} FIELD --expires DATE,  then kist seal --again FILE",
                "use it all the same:  allow_expired=True",
                kind="expired",
            )
        if overview.policy != "allow" and not (overview.policy == "run-only" and purpose in _FOR_PROGRAMS):
            facts = {"name": overview.name, "policy": overview.policy, "why": f"its policy is {overview.policy}"}
            raise from_agent("refused", "the policy of the credential refuses this", facts, "")
    return [_reveal(want, overview, allow_expired) for want, overview in found]


def overviews(profile: str) -> list[Overview]:
    items = Members(_frame.parse(_kist("list", "--json", "--profile", profile).strip()), "list").items()
    return [Overview(item) for item in items]


def _overview(want: Want) -> Overview:
    overview = Overview(_frame.parse(_kist("show", "--json", "--profile", want.profile, want.name).strip()))
    if (overview.profile, overview.name) != (want.profile, want.name):
        raise BrokenAnswer("the answer is not what was asked for")
    return overview


def _reveal(want: Want, overview: Overview, allow_expired: bool) -> Revealed:
    options = ["--allow-expired"] if allow_expired else []
    place = ["--profile", want.profile, want.name]

    def value(field: str) -> bytes:
        if overview.policy == "allow":
            return _kist("get", *options, *place, field)
        # It is for programs, and this is one.
        return _kist("run", "--no-mask", "--as", f"{want.name}.{field}=stdin", *options, *place, "--", "cat")

    fields = overview.secrets if want.fields is None else want.fields
    return Revealed(overview, {field: value(field) for field in fields if field not in overview.plain})


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _kist(*arguments: str) -> bytes:
    try:
        done = subprocess.run(
            [program("kist"), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise KistError(f"kist did not answer within {_SECONDS} seconds") from None
    except OSError as error:
        raise KistError(f"kist could not be started ({error.strerror})") from None
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").strip().split("\n")
        message = lines[0][len("kist: ") :] if lines[0].startswith("kist: ") else lines[0]
        raise _ERRORS.get(done.returncode, KistError)(message, *(line.strip() for line in lines[1:]))
    return done.stdout
