"""What a credential is without its secrets, read strictly from an answer."""

from __future__ import annotations

from ._errors import BrokenAnswer, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_NAME = _WORD | frozenset("._-")


def is_name(text: Any) -> bool:
    """The one rule for credentials, profiles and fields: 1 to 64 of A-Z a-z 0-9 . _ -, a letter or digit first."""
    return isinstance(text, str) and 1 <= len(text) <= 64 and text[0] in _WORD and _NAME.issuperset(text)


def check_name(text: Any, what: str) -> str:
    """`text`, when it is a name. A refused one is not repeated: it may be a secret in the wrong place."""
    if not is_name(text):
        raise UsageError(
            f"that is no name of a {what}: 1 to 64 letters, digits, '.', '_' and '-', a letter or digit first"
        )
    return str(text)


def parse_reference(text: str) -> tuple[Optional[str], str, str]:
    """`kist://[profile/]credential/field`; the profile is None when it does not say one."""
    parts = text[len("kist://") :].split("/")
    if not text.startswith("kist://") or len(parts) not in (2, 3):
        raise UsageError("the form of a reference is kist://[profile/]credential/field")
    profile = check_name(parts[0], "profile") if len(parts) == 3 else None
    return profile, check_name(parts[-2], "credential"), check_name(parts[-1], "field")


class Overview:
    """One credential without its secrets. Times are RFC 3339 text in UTC."""

    __slots__ = (
        "profile",
        "name",
        "platform",
        "variant",
        "plain",
        "secrets",
        "expires",
        "created",
        "modified",
        "revision",
        "note",
        "policy",
        "used",
    )

    def __init__(self, value: Any) -> None:
        members = Members(value, "overview")
        self.profile = members.name("profile")
        self.name = members.name("name")
        self.platform = members.text("platform")
        self.variant = members.text_if_present("variant")
        plain = members.value("plain", dict)
        order = members.names("order")
        if set(order) != set(plain) or not all(isinstance(text, str) for text in plain.values()):
            raise BrokenAnswer("the agent's answer has no proper plain fields")
        self.plain: dict[str, str] = {name: plain[name] for name in order}
        self.secrets = tuple(members.names("secrets"))
        if not self.plain.keys().isdisjoint(self.secrets):
            raise BrokenAnswer("the agent's answer has a field twice")
        self.expires = members.text_if_present("expires")
        self.created = members.text("created")
        self.modified = members.text("modified")
        self.revision = members.natural("revision")
        self.note = members.text_if_present("note")
        self.policy = members.text_if_present("policy") or "allow"
        self.used = members.text_if_present("used")

    def __repr__(self) -> str:
        return f"<{self.profile}/{self.name} ({self.platform}), revision {self.revision}>"


class Members:
    """The members of an object of an answer, each of the type that it must have."""

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
