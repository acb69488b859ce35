"""JSON as the protocol has it: strict, and without the `json` package, whose import costs more than a look-up.

The C functions behind `json` are used directly where they are (CPython), else `json` itself.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    Scan = Callable[[str, int], tuple[Any, int]]


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key given twice")
    return members


def _integer(text: str) -> int:
    # Twenty characters are more than 64 bits have; a text of many thousands would take long.
    if len(text) > 20 or text == "-0":
        raise ValueError("not a whole number of 64 bits")
    number = int(text)
    if not -(1 << 63) <= number < 1 << 63:
        raise ValueError("not a whole number of 64 bits")
    return number


def _refuse(text: str) -> float:
    raise ValueError("not a whole number")


class _Settings:
    """What the scanner looks up in a `json.JSONDecoder`."""

    strict = True
    object_hook = None
    object_pairs_hook = staticmethod(_members)
    parse_float = staticmethod(_refuse)
    parse_int = staticmethod(_integer)
    parse_constant = staticmethod(_refuse)


def _without_c() -> tuple[Scan, Callable[[str], str]]:
    import json

    scanner = json.JSONDecoder(
        object_pairs_hook=_members, parse_float=_refuse, parse_int=_integer, parse_constant=_refuse
    )
    return scanner.raw_decode, lambda text: json.dumps(text, ensure_ascii=False)


def _with_c() -> tuple[Scan, Callable[[str], str]]:
    import _json

    settings: Any = _Settings()
    return _json.make_scanner(settings), _json.encode_basestring


try:
    _scan, _quote = _with_c()
except (ImportError, AttributeError):  # another Python than CPython
    _scan, _quote = _without_c()


def decode(text: str) -> Any:
    """Exactly one value. Raises ValueError, or RecursionError for what is nested too deeply."""
    text = text.strip(" \t\n\r")
    try:
        value, end = _scan(text, 0)
    except StopIteration:
        raise ValueError("not JSON") from None
    if end != len(text):
        raise ValueError("something follows the value")
    return value


def text_of(value: Any) -> str:
    """The text of objects, lists, texts, whole numbers, truth values and null, without blanks."""
    if isinstance(value, str):
        return _quote(value)
    if value is None or isinstance(value, bool):
        return "null" if value is None else "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_quote(key)}:{text_of(member)}" for key, member in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(text_of, value)) + "]"
    raise TypeError(type(value).__name__)
