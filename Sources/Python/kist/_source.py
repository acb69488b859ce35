"""The data of a checkout, out of the files that the command line is made of. No wheel has this file: Scripts/wheel puts
what it reads into `_data.json`."""

from __future__ import annotations

import os

from . import _toml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
_OF_A_PLATFORM = ("name", "title", "hosts", "free_form", "field", "basic", "env", "unset", "file")
# What is stored, and what %kist ask has to know when it asks for it.
_OF_A_FIELD = ("name", "kind", "required", "main", "variants", "title", "ask", "default", "from", "take")


def data() -> dict[str, Any]:
    """The platforms by their names, without advice, and the dangerous names of variables."""
    return {"platforms": _platforms(), "names": _names()}


def _platforms() -> dict[str, Any]:
    folder = os.path.join(SOURCES, "KistPlatforms", "Data")
    found = {}
    for entry in sorted(os.listdir(folder)):
        if not entry.endswith(".toml"):
            continue
        with open(os.path.join(folder, entry), encoding="utf-8") as file:
            table = _toml.parse(file.read())
        platform = {key: table[key] for key in _OF_A_PLATFORM if key in table}
        if "field" in platform:
            platform["field"] = [
                {key: field[key] for key in _OF_A_FIELD if key in field} for field in platform["field"]
            ]
        found[table["name"]] = platform
    return found


def _names() -> dict[str, list[str]]:
    """The three tables of DangerousNames.swift."""
    import re

    with open(os.path.join(SOURCES, "KistCLI", "Launch", "DangerousNames.swift"), encoding="utf-8") as file:
        text = re.sub(r"//.*", "", file.read())
    tables = {}
    for name in ("sudo", "further", "harmless"):
        block = text[text.index(f"static let {name}") :]
        tables[name] = re.findall(r'"([^"]+)"', block[: block.index("\n    ]")])
    return tables
