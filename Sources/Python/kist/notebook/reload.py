"""Gives clients that are already running the value that was handed over anew."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Iterator

if TYPE_CHECKING:
    from .._injection import Injection


def running_clients(injection: Injection) -> Iterator[str]:
    """Resets what can be reset, and says in a line what was done and what is left to do."""
    platforms = {source.platform for source in injection.sources}
    kumoai = sys.modules.get("kumoai")
    state = getattr(kumoai, "global_state", None)
    if platforms & {"kumo", "kumo-rfm"} and state is not None and getattr(state, "initialized", False):
        # A second init() would only warn and keep the old key.
        url, key = os.environ.get("KUMO_URL") or state._url, os.environ["KUMO_API_KEY"]
        state.clear()
        kumoai.init(url=url, api_key=key)  # type: ignore[union-attr]
        yield f"kumoai {getattr(kumoai, '__version__', '')} logged in again at {url}"
    others = sorted(
        source.name for source in injection.sources if source.platform not in ("kumo", "kumo-rfm")
    )
    if others:
        yield f"  clients made before keep the old value of {', '.join(others)}: make them anew"
