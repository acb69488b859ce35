"""`kist` on PATH, where the programs came with this package."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> NoReturn:
    """Becomes the program itself: same process, same exit status, same signals."""
    from ._errors import NoAgent
    from ._programs import program

    try:
        path = program("kist")
        os.execv(path, [path, *sys.argv[1:]])
    except (NoAgent, OSError) as error:
        print(f"kist: {error}", file=sys.stderr)
    raise SystemExit(125)
