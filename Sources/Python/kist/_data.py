"""What the package knows besides its code: platforms, and names of variables that no credential may set.

`_data.json` is made by Scripts/wheel; in a checkout the command line's own files are read.
"""

from __future__ import annotations

import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

_FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_data.json")
_read: Optional[dict[str, Any]] = None


def data() -> dict[str, Any]:
    global _read
    if _read is None:
        try:
            with open(_FILE, encoding="utf-8") as file:
                _read = json.load(file)
        except FileNotFoundError:
            from . import _source

            _read = _source.data()
    return _read
