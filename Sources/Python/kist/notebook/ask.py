"""Asking for the values of a platform's fields: with no vault at all, or to store them in one."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any, Dict, List, Optional, Pattern

from .. import _injection, _platforms, _programs
from .._agent import Revealed
from .._errors import KistError, UsageError
from .._overview import Overview
from .._template import Template
from . import unlock

PEM: Pattern[str] = re.compile(r"(-----BEGIN [A-Z ]+-----)(.*)(-----END [A-Z ]+-----)", re.DOTALL)


def credential(platform_name: str, name: Optional[str] = None) -> Revealed:
    """What somebody types for the fields of a platform; secrets without echo. It is nowhere but in the answer."""
    try:
        return _typed(platform_name, name)
    except BaseException as error:
        raise unlock.without_frames(error) from None


def _typed(platform_name: str, name: Optional[str]) -> Revealed:
    platform = _platforms.load(platform_name)
    variant = _variant(platform_name, platform.fields)
    plain: Dict[str, str] = {}
    secrets: Dict[str, bytes] = {}
    for field in platform.fields:
        if field.get("variants") and variant not in field["variants"]:
            continue
        value = _value(field, plain, secrets, name or platform_name)
        if value is None:
            continue
        if field.get("kind") == "secret":
            secrets[field["name"]] = value
        else:
            plain[field["name"]] = value.decode("utf-8", "surrogatepass")
    overview: Dict[str, Any] = {
        "profile": "default",
        "name": name or platform_name,
        "platform": platform_name,
        "plain": plain,
        "order": list(plain),
        "secrets": list(secrets),
        "created": "",
        "modified": "",
        "revision": 0,
    }
    if variant is not None:
        overview["variant"] = variant
    return Revealed(Overview(overview), secrets)


def injection(revealed: Revealed) -> _injection.Injection:
    """What such a credential means for this process."""
    made = _injection.Injection()
    _injection._add(made, revealed, "", False, _injection.installed, False)
    return made


def store(revealed: Revealed, profile: Optional[str] = None) -> str:
    """Puts it into the vault with `kist add`, which looks at it and tries it; what that printed."""
    overview = revealed.overview
    command = [_programs.program("kist")] + (["--profile", profile] if profile else [])
    command += ["add", overview.platform, "--stdin", "--name", overview.name]
    if overview.variant is not None:
        command += ["--variant", overview.variant]
    values = dict(overview.plain)
    values.update((name, value.decode("utf-8")) for name, value in revealed.secrets.items())
    done = subprocess.run(command, input=json.dumps(values).encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    told = (done.stdout + done.stderr).decode("utf-8", "replace")
    if done.returncode != 0:
        first, *rest = told.strip().split("\n")
        raise KistError(f"it was not stored: {first}", *(text.strip() for text in rest))
    return told


def _variant(platform_name: str, fields: List[Dict[str, Any]]) -> Optional[str]:
    kinds: Dict[str, None] = {}
    for field in fields:
        kinds.update((kind, None) for kind in field.get("variants", ()))
    if not kinds:
        return None
    chosen = unlock.plain(f"Kind ({', '.join(kinds)}): ").strip() or next(iter(kinds))
    if chosen not in kinds:
        raise UsageError(f"{platform_name} has no such kind", f"it has:  {', '.join(kinds)}")
    return chosen


def _value(field: Dict[str, Any], plain: Dict[str, str], secrets: Dict[str, bytes], name: str) -> Optional[bytes]:
    """A field's value: typed, or following from those before it; None for a field that is left out."""

    def known(other: str) -> Optional[bytes]:
        return secrets.get(other) or (plain[other].encode() if plain.get(other) else None)

    title = field.get("title", field["name"])
    required = field.get("required", True)
    if field.get("take") == "before-colon":
        source = known(field["from"]) or b""
        head, colon, _ = source.partition(b":")
        return head if colon and head else None
    follows = Template(field["default"]).render(known, name) if _can_follow(field, known) else None
    if not field.get("ask", "default" not in field and "take" not in field) and (follows or not required):
        return follows
    more = f" [{follows.decode()}]" if follows else "" if required else " (may be left out)"
    for _ in range(3):
        if field.get("kind") == "secret":
            typed = unlock.secret(f"{title}{more}: ")
        else:
            typed = unlock.plain(f"{title}{more}: ")
        value = _in_lines(typed.strip()).encode("utf-8", "surrogatepass") or follows
        if value or not required:
            return value or None
    raise UsageError(f"{title} was not given")


def _in_lines(text: str) -> str:
    """A private key in PEM form that was pasted into an input box, which takes line breaks away."""
    match = PEM.fullmatch(text)
    if match is None or "\n" in text or ":" in match.group(2):
        return text
    body = "".join(match.group(2).split())
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    return "\n".join([match.group(1), *lines, match.group(3)]) + "\n"


def _can_follow(field: Dict[str, Any], known: Any) -> bool:
    return "default" in field and all(known(other) for other in Template(field["default"]).fields)
