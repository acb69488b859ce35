"""Secrets from wherever they are: the vault, through its agent, or the bundle that KIST_BUNDLE names."""

from __future__ import annotations

import os

from . import _session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Optional, Sequence

    from ._agent import Revealed, Want
    from ._overview import Overview


# Called with what is handed over before anybody has it: a notebook masks it from then on.
listeners: list[Callable[[list[Revealed]], None]] = []


def reveal(
    wants: Sequence[Want],
    purpose: str,
    reason: Optional[str] = None,
    allow_expired: bool = False,
    *,
    start: bool = True,
) -> list[Revealed]:
    """`start=False`: nothing is started, nobody is asked, and a locked vault stays locked."""
    if os.environ.get("KIST_BUNDLE"):
        from . import _bundle

        found = _bundle.reveal(wants, purpose, allow_expired)
    else:
        found = _session.ask(lambda agent: agent.reveal(wants, purpose, reason, allow_expired), start=start)
    for listen in listeners:
        listen(found)
    return found


def overviews(profile: str, *, start: bool = True) -> list[Overview]:
    """All credentials of a profile, without their secrets."""
    if os.environ.get("KIST_BUNDLE"):
        from . import _bundle

        return _bundle.overviews(profile)
    return _session.ask(lambda agent: agent.overviews(profile), start=start)
