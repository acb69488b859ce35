"""The members of an object of an answer, each of the type that it must have."""

from __future__ import annotations

from ._errors import BrokenAnswer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_NAME = _WORD | frozenset("._-")


def is_name(text: Any) -> bool:
    """The one rule for credentials, profiles and fields: 1 to 64 of A-Z a-z 0-9 . _ -, a letter or digit first."""
    return isinstance(text, str) and 1 <= len(text) <= 64 and text[0] in _WORD and _NAME.issuperset(text)


class Members:
    """Typed reading of one object."""

    __slots__ = ("_members",)

    def __init__(self, value: Any, what: str) -> None:
        if not isinstance(value, dict):
            raise BrokenAnswer(f"the agent's answer has no proper {what}")
        # A member that is null counts as missing.
        self._members = {key: member for key, member in value.items() if member is not None}

    def value(self, key: str, kind: type) -> Any:
        found = self._members.get(key)
        # True is an int to Python.
        if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
            raise BrokenAnswer(f"the agent's answer has no proper {key}")
        return found

    def value_if_present(self, key: str, kind: type) -> Any:
        return self.value(key, kind) if key in self._members else None

    def text(self, key: str) -> str:
        return str(self.value(key, str))

    def text_if_present(self, key: str) -> Optional[str]:
        return self.text(key) if key in self._members else None

    def natural(self, key: str) -> int:
        number = int(self.value(key, int))
        if number < 0:
            raise BrokenAnswer(f"the agent's answer has no proper {key}")
        return number

    def flag(self, key: str) -> bool:
        return bool(self.value(key, bool)) if key in self._members else False

    def name(self, key: str) -> str:
        text = self.text(key)
        if not is_name(text):
            raise BrokenAnswer(f"the agent's answer has no proper {key}")
        return text

    def names(self, key: str) -> list[str]:
        """Names that differ from each other."""
        items = self.value(key, list)
        if not all(map(is_name, items)) or len(set(items)) != len(items):
            raise BrokenAnswer(f"the agent's answer has no proper {key}")
        return [str(item) for item in items]

    def items(self) -> list[Any]:
        return list(self.value("items", list))
