"""What a credential is without its secrets, read strictly from an answer."""

from __future__ import annotations

from ._errors import BrokenAnswer, UsageError
from ._members import Members
from ._members import is_name as is_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional


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
        "rejected",
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
        # Hosts that refused it as it is now; an edit takes them away.
        self.rejected = tuple(
            Members(item, "rejected").text("host") for item in members.value_if_present("rejected", list) or ()
        )
        self.used = members.text_if_present("used")

    def __repr__(self) -> str:
        return f"<{self.profile}/{self.name} ({self.platform}), revision {self.revision}>"
