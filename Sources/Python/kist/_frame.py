"""Frames of the agent's protocol: bytes in, values out. Everything that comes from outside is checked before use."""

from __future__ import annotations

from ._errors import BrokenAnswer
from ._json import decode, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence, Union

LARGEST = 8 << 20
LARGEST_HEADER = 64 << 10
LARGEST_SEGMENT = 1 << 20
MOST_SEGMENTS = 4_096
FIXED = 10
DEEPEST = 8


class Layout:
    """How one frame is divided."""

    __slots__ = ("header", "segments")

    def __init__(self, header: int, segments: list[int]) -> None:
        self.header = header
        self.segments = segments


def _number(raw: Union[bytes, bytearray], at: int) -> int:
    return int.from_bytes(raw[at : at + 4], "big")


def count_of(fixed: Union[bytes, bytearray]) -> int:
    """The number of segments that the first ten bytes announce.

    Raises BrokenAnswer as early as those bytes prove that this is no frame.
    """
    total, header, count = _number(fixed, 0), _number(fixed, 4), int.from_bytes(fixed[8:10], "big")
    if not FIXED - 4 <= total <= LARGEST - 4 or header > LARGEST_HEADER or count > MOST_SEGMENTS:
        raise BrokenAnswer("the agent sent a frame beyond the limits")
    if total + 4 < FIXED + 4 * count + header:
        raise BrokenAnswer("the agent sent a frame whose parts do not add up")
    return count


def layout_of(prefix: Union[bytes, bytearray]) -> Layout:
    """The layout that ten bytes and the lengths of all segments describe."""
    count = count_of(prefix)
    if len(prefix) != FIXED + 4 * count:
        raise BrokenAnswer("the agent sent a frame whose parts do not add up")
    segments = [_number(prefix, FIXED + 4 * index) for index in range(count)]
    header = _number(prefix, 4)
    if any(length > LARGEST_SEGMENT for length in segments):
        raise BrokenAnswer("the agent sent a frame beyond the limits")
    if len(prefix) + header + sum(segments) != _number(prefix, 0) + 4:
        raise BrokenAnswer("the agent sent a frame whose parts do not add up")
    return Layout(header, segments)


def encode(header: dict[str, Any], segments: Sequence[bytes] = ()) -> bytes:
    """One whole frame."""
    text = text_of(header).encode("utf-8")
    size = FIXED + 4 * len(segments) + len(text) + sum(map(len, segments))
    if (
        len(text) > LARGEST_HEADER
        or len(segments) > MOST_SEGMENTS
        or any(len(segment) > LARGEST_SEGMENT for segment in segments)
        or size > LARGEST
    ):
        from ._errors import UsageError

        raise UsageError("that is more than one request can carry (1 MiB for one secret, 8 MiB together)")
    parts = [(size - 4).to_bytes(4, "big"), len(text).to_bytes(4, "big"), len(segments).to_bytes(2, "big")]
    parts += [len(segment).to_bytes(4, "big") for segment in segments]
    return b"".join([*parts, text, *segments])


def parse(raw: Union[bytes, bytearray]) -> dict[str, Any]:
    """A header: one JSON object, strictly.

    No key twice, no fraction, nothing beyond 64 bits, nothing nested deeper than eight, no lone surrogate.
    """
    try:
        value = decode(bytes(raw).decode("utf-8"))
        if b"\\u" in raw:
            text_of(value).encode("utf-8")  # a lone surrogate is no text
    except (ValueError, RecursionError):
        raise BrokenAnswer("the agent's answer is not the JSON of the protocol") from None
    if not isinstance(value, dict):
        raise BrokenAnswer("the agent's answer is not an object")
    _check_depth(value)
    return value


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return
    raise BrokenAnswer("the agent's answer is nested too deeply")
