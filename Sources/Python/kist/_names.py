"""Names of environment variables that make programs run code, load libraries or read other files than they would.

The command line's own tables (DangerousNames.swift, which says where they come from). A trailing `*` stands for any
ending, a leading one for any beginning.
"""

from __future__ import annotations

from ._data import data

_TABLES = data()["names"]
_ALL = [*_TABLES["sudo"], *_TABLES["further"]]
_HARMLESS = frozenset(_TABLES["harmless"])
_EXACT = frozenset(name for name in _ALL if "*" not in name)
_BEGINNINGS = tuple(name[:-1] for name in _ALL if name.endswith("*") and not name.startswith("*"))
_ENDINGS = tuple(name[1:] for name in _ALL if name.startswith("*") and not name.endswith("*"))


def is_dangerous(name: str) -> bool:
    """Whether a program may take the variable for more than data."""
    return name not in _HARMLESS and (name in _EXACT or name.startswith(_BEGINNINGS) or name.endswith(_ENDINGS))
