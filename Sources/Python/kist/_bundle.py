"""Credentials out of a bundle. It is opened by `kist`, which has the cryptography for it."""

from __future__ import annotations

import subprocess

from . import _frame
from ._agent import Revealed, Want
from ._errors import BrokenAnswer, Expired, KistError, NotFound, NotOpened
from ._members import Members
from ._overview import Overview
from ._programs import program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Sequence

_SECONDS = 60
_ERRORS: dict[int, type[KistError]] = {
    3: NotFound,
    5: NotOpened,
    10: Expired,
    11: NotOpened,
    12: NotOpened,
    13: NotOpened,
}


def reveal(wants: Sequence[Want], allow_expired: bool) -> list[Revealed]:
    return [_reveal(want, allow_expired) for want in wants]


def overviews(profile: str) -> list[Overview]:
    items = Members(_frame.parse(_kist("list", "--json", "--profile", profile).strip()), "list").items()
    return [Overview(item) for item in items]


def _reveal(want: Want, allow_expired: bool) -> Revealed:
    place = ["--profile", want.profile, want.name]
    overview = Overview(_frame.parse(_kist("show", "--json", *place).strip()))
    if (overview.profile, overview.name) != (want.profile, want.name):
        raise BrokenAnswer("the answer is not what was asked for")
    options = ["--allow-expired"] if allow_expired else []
    fields = overview.secrets if want.fields is None else want.fields
    secrets = {field: _kist("get", *options, *place, field) for field in fields if field not in overview.plain}
    return Revealed(overview, secrets)


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
