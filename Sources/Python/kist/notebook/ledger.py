"""What is in this process's environment because of `%kist`, by credential, and what was there before."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Dict, List, NamedTuple, Optional

if TYPE_CHECKING:
    from .._injection import Injection


class Entry(NamedTuple):
    """One credential: the variables that it set or took away, and the folders that its files are in."""

    names: List[str]
    folders: List[str]


class Ledger:
    """Credentials come and go by themselves, also when they came together."""

    def __init__(self) -> None:
        self._entries: Dict[str, Entry] = {}
        self._before: Dict[str, Optional[bytes]] = {}

    def credentials(self) -> List[str]:
        return list(self._entries)

    def put(self, injection: Injection) -> List[str]:
        """Sets the variables, in the place of what the same credentials had set.

        Returns the names that somebody else had set and that had to go.
        """
        entries: Dict[str, Entry] = {}
        for source in injection.sources:
            entry = entries.setdefault(source.name, Entry([], []))
            entry.names.extend(source.variables)
            entry.names.extend(name for name, origin in injection.unset.items() if origin == source.name)
            for folder in injection.folders:
                values = [os.fsdecode(injection.variables[name]) for name in source.variables]
                if any(value == folder or value.startswith(folder + "/") for value in values):
                    entry.folders.append(folder)
        kept = {name for entry in entries.values() for name in entry.names}
        for credential in entries:
            self._drop(credential, kept)
        removed = injection.removed
        for name in kept:
            self._before.setdefault(name, os.environb.get(os.fsencode(name)))
        injection.apply()
        self._entries.update(entries)
        return removed

    def take(self, credential: str) -> List[str]:
        """Gives what this credential set or took away the values of before; their names."""
        return self._drop(credential, set())

    def _drop(self, credential: str, kept: "set[str]") -> List[str]:
        entry = self._entries.pop(credential, None)
        if entry is None:
            return []
        others = {name for other in self._entries.values() for name in other.names}
        given_back = []
        for name in entry.names:
            if name in kept or name in others or name not in self._before:
                continue
            before = self._before.pop(name)
            if before is None:
                os.environb.pop(os.fsencode(name), None)
            else:
                os.environb[os.fsencode(name)] = before
            given_back.append(name)
        for folder in entry.folders:
            shutil.rmtree(folder, ignore_errors=True)
        return given_back
