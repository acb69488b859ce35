"""Finds secret values, their encoded forms and longer pieces of them in text, at the speed of a set look-up per word."""

import re
import sys
from bisect import bisect_right
from typing import Dict, Iterable, List, NamedTuple, Optional, Pattern, Set, Tuple

from .forms import forms

PIECE = 20  # so many bytes in a row of a longer form count as the secret: tables and tracebacks cut values
WORD = 8
# A form shorter than this need not hold a whole aligned word of the text, and is looked for by itself.
ALIGNED = 2 * WORD - 1
FOLDED = 12  # so much of a value before a line break, and the rest may follow behind it
# The same eight bytes at more places of forms than this (a value like aaaa…) say nothing new.
PLACES = 32

# What may stand inside a value without being part of it: colours, line breaks and, in markup, tags.
GAPS: Pattern[bytes] = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|[\r\n]+")
GAPS_IN_MARKUP: Pattern[bytes] = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|[\r\n]+|<[^<>]*>")


class Span(NamedTuple):
    """A found value: where it starts and ends, what it is called, and whether its form might go on behind the end."""

    start: int
    end: int
    label: str
    open: bool


class Search:
    """Looks for the forms of a set of secrets, which only ever grows: others may search while one is added."""

    def __init__(self) -> None:
        self.labels: Dict[bytes, str] = {}
        self.longest = 0
        self._short: List[bytes] = []
        self._places: Dict[bytes, List[Tuple[bytes, int]]] = {}
        self._words: Set[int] = set()
        self._beginnings: Set[bytes] = set()
        self._heads: Dict[bytes, List[bytes]] = {}

    def add(self, label: str, value: bytes) -> None:
        """Looks for this one too. A name given later is the better one: a credential's after a variable's."""
        for form in forms(value):
            known = form in self.labels
            self.labels[form] = label
            if known:
                continue
            self.longest = max(self.longest, len(form))
            self._beginnings.update(form[:length] for length in range(1, min(len(form), ALIGNED)))
            self._heads.setdefault(form[:WORD], []).append(form)
            if len(form) < ALIGNED:
                self._short.append(form)
                continue
            for offset in _telling_offsets(form):
                word = form[offset : offset + WORD]
                places = self._places.setdefault(word, [])
                if len(places) < PLACES:
                    places.append((form, offset))
                self._words.add(int.from_bytes(word, sys.byteorder))

    def spans(self, data: bytes, markup: bool = False) -> List[Span]:
        """All finds in `data`, in order and apart from each other."""
        if not self.labels:
            return []
        gaps = GAPS_IN_MARKUP if markup else GAPS
        squeezed = gaps.sub(b"", data) if markup else _squeezed(data)
        found = self._found(squeezed)
        if not found or len(squeezed) == len(data):
            return found
        # Back to where they stand in the text with its gaps.
        squeezed_at, data_at, removed = [0], [0], 0
        for gap in gaps.finditer(data):
            squeezed_at.append(gap.start() - removed)
            data_at.append(gap.end())
            removed += gap.end() - gap.start()
        mapped = []
        for span in found:
            first = bisect_right(squeezed_at, span.start) - 1
            last = bisect_right(squeezed_at, span.end - 1) - 1
            start = data_at[first] + span.start - squeezed_at[first]
            end = data_at[last] + span.end - squeezed_at[last]
            mapped.append(Span(start, end, span.label, span.open))
        return mapped

    def unfinished(self, data: bytes) -> int:
        """How many bytes at the end of `data` could be the beginning of a form that the next bytes complete."""
        if not self.labels:
            return 0
        tail = data[-2 * self.longest :]
        squeezed = _squeezed(tail)[-self.longest :]
        # A longer beginning holds an aligned word of a form.
        if not self._words.isdisjoint(_words(squeezed)):
            for at in range(len(squeezed) - WORD + 1):
                for form in self._heads.get(squeezed[at : at + WORD], ()):
                    length = len(squeezed) - at
                    if ALIGNED <= length < len(form) and form.startswith(squeezed[at:]):
                        return _with_gaps(tail, length)
        # It may go on behind a line break when it is long enough: that is how long values are folded. If short ones
        # might too, every line that ends with a secret's first letter would have to wait.
        for length in range(min(ALIGNED - 1, len(tail)), 0, -1):
            if length >= FOLDED and squeezed[-length:] in self._beginnings and len(squeezed) >= length:
                return _with_gaps(tail, length)
            if tail[-length:] in self._beginnings:
                return length
        return 0

    def begun(self, data: bytes) -> Optional[Span]:
        """The beginning of a form at the end of `data`, when it is a good part of that form."""
        length = self.unfinished(data)
        start = len(data) - length
        squeezed = _squeezed(data[start:])
        for form in self._heads.get(squeezed[:WORD], ()) if len(squeezed) >= WORD else ():
            if form.startswith(squeezed) and (len(squeezed) >= FOLDED or 2 * len(squeezed) >= len(form)):
                return Span(start, len(data), self.labels[form], True)
        return None

    def _found(self, data: bytes) -> List[Span]:
        found: List[Span] = []
        for form in self._short:
            at = data.find(form)
            while at >= 0:
                found.append(Span(at, at + len(form), self.labels[form], False))
                at = data.find(form, at + len(form))
        words = _words(data)
        if not self._words.isdisjoint(words):
            covered = 0
            for index, word in enumerate(words):
                if word in self._words and index * WORD >= covered:
                    span = self._around(data, index * WORD)
                    if span is not None:
                        found.append(span)
                        covered = span.end
        return _apart(found) if len(found) > 1 else found

    def _around(self, data: bytes, at: int) -> Optional[Span]:
        """The longest piece of a form that holds the word at `at`, if it is long enough."""
        best: Optional[Span] = None
        for form, offset in self._places.get(data[at : at + WORD], ()):
            back = _equal_before(data, at, form, offset)
            ahead = _equal_behind(data, at, form, offset)
            if back + ahead >= min(PIECE, len(form)) and (best is None or back + ahead > best.end - best.start):
                goes_on = at + ahead == len(data) and offset + ahead < len(form)
                best = Span(at - back, at + ahead, self.labels[form], goes_on)
        return best


def _squeezed(data: bytes) -> bytes:
    """`data` without gaps."""
    if b"\x1b" in data:
        return GAPS.sub(b"", data)
    return data.translate(None, b"\r\n") if b"\n" in data or b"\r" in data else data


def _words(data: bytes) -> "memoryview[int]":
    """`data` as numbers of eight bytes, the last filled up with zeros."""
    return memoryview(data + bytes(-len(data) % WORD)).cast("Q")


def _telling_offsets(form: bytes) -> Iterable[int]:
    """Where words of `form` start, leaving out the armour of a PEM, which is no secret."""
    offsets = range(len(form) - WORD + 1)
    if b"-----BEGIN " not in form:
        return offsets
    armour = [match.span() for match in re.finditer(rb"-----(BEGIN|END) [A-Z ]+-----", form)]
    return [at for at in offsets if not any(start - WORD < at < end for start, end in armour)]


def _equal_before(data: bytes, at: int, form: bytes, offset: int) -> int:
    length = 0
    while length < at and length < offset and data[at - length - 1] == form[offset - length - 1]:
        length += 1
    return length


def _equal_behind(data: bytes, at: int, form: bytes, offset: int) -> int:
    length = 0
    most = min(len(data) - at, len(form) - offset)
    while length < most and data[at + length] == form[offset + length]:
        length += 1
    return length


def _apart(found: List[Span]) -> List[Span]:
    """Overlapping finds as one, with the name of the longest."""
    found.sort()
    joined = found[:1]
    longest = joined[0].end - joined[0].start
    for span in found[1:]:
        last, length = joined[-1], span.end - span.start
        if span.start >= last.end:
            joined.append(span)
            longest = length
        elif span.end > last.end or length > longest:
            label = span.label if length > longest else last.label
            joined[-1] = Span(last.start, max(span.end, last.end), label, span.open if span.end > last.end else last.open)
            longest = max(longest, length)
    return joined


def _with_gaps(data: bytes, length: int) -> int:
    """How many bytes at the end of `data` hold the last `length` that are not gaps."""
    end = len(data)
    for gap in reversed(list(GAPS.finditer(data))):
        between = end - gap.end()
        if between >= length:
            break
        length -= between
        end = gap.start()
    return len(data) - (end - length)
