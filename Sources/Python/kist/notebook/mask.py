"""Puts names in the place of secret values: in text, in bytes, in streams that come in pieces."""

import threading
from typing import Callable, Iterable, List, Set, Tuple

from .search import GAPS, GAPS_IN_MARKUP, PIECE, Search, Span

LEFT = "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}"
RIGHT = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
BRIEF = 4  # so much of what might become a secret is shown when a program asks for it at once (flush)


class Mask:
    """The secrets that were handed over so far. Everybody who prints asks the same one; it only ever learns more."""

    def __init__(self) -> None:
        self._known: Set[Tuple[str, bytes]] = set()
        self._lock = threading.Lock()
        self.search = Search()

    def learn(self, secrets: Iterable[Tuple[str, bytes]]) -> None:
        """From now on also masks these (name, value)."""
        with self._lock:
            for label, value in secrets:
                if (label, value) not in self._known:
                    self._known.add((label, value))
                    self.search.add(label, value)

    def text(self, text: str, markup: bool = False) -> str:
        """`text` with names for secrets; the same object when there is none in it. `markup`: tags may stand in values."""
        search = self.search
        if not search.labels or len(text) < 8:
            return text
        data = text.encode("utf-8", "surrogatepass")
        spans = search.spans(data, markup)
        return _decoded(_named(data, spans, markup)) if spans else text

    def bytes(self, data: bytes) -> bytes:
        """`data` of the same length, with asterisks for secrets: other parts keep their place."""
        spans = self.search.spans(data)
        if not spans:
            return data
        starred = bytearray(data)
        for span in spans:
            starred[span.start : span.end] = b"*" * (span.end - span.start)
        return bytes(starred)


class Stream:
    """Masks text that comes in pieces, wherever they are cut.

    What might be the beginning of a secret waits for the next piece, or for `finish`. What went out already stays known, so
    that the rest of a secret is masked even when its first letters had to be shown.
    """

    def __init__(self, mask: Mask, write: Callable[[str], object]) -> None:
        self._mask = mask
        self._write = write
        self._lock = threading.RLock()
        self._shown = b""
        self._held = b""

    def write(self, text: str) -> None:
        """Takes the next piece and writes what is certain."""
        with self._lock:
            search = self._mask.search
            if not search.labels:
                if text:
                    self._write(text)
                return
            data = self._shown + self._held + text.encode("utf-8", "surrogatepass")
            spans = search.spans(data)
            until = len(data) - search.unfinished(data)
            if spans and spans[-1].open:
                until = min(until, spans[-1].start)
            while 0 < until < len(data) and data[until] & 0xC0 == 0x80:
                until -= 1  # a character is shown whole or not yet
            self._pass(data, spans, until, until)

    def flush(self) -> None:
        """Shows what waits if it is too little to tell anything."""
        with self._lock:
            if not self._held:
                return
            data = self._shown + self._held
            spans = self._mask.search.spans(data)
            begun = self._mask.search.unfinished(data)
            # A piece that may go on waits for its end, though it began in the middle of a secret.
            if begun < BRIEF and not (spans and spans[-1].open):
                self._pass(data, spans, len(data), len(data) - begun)

    def finish(self) -> None:
        """Nothing more comes for now: what waits is shown, or masked when it is a good part of a secret."""
        with self._lock:
            if self._held:
                data = self._shown + self._held
                spans = self._mask.search.spans(data)
                begun = self._mask.search.begun(data)
                if begun is not None and not (spans and spans[-1].end > begun.start):
                    spans.append(begun)
                self._pass(data, spans, len(data), len(data))

    def _pass(self, data: bytes, spans: List[Span], until: int, begun: int) -> None:
        """Writes `data` from what was shown up to `until`. From `begun` on, something may go on in the next piece."""
        at = len(self._shown)
        until = max(at, until)
        spans = [span for span in spans if span.end > at and span.start < begun]
        if spans:
            until = max(until, spans[-1].end)
        out = _named(data[:until], spans, False, at)
        # What a name stands for is over: it must not be found again together with what follows.
        self._shown = data[max(spans[-1].end if spans else 0, begun - PIECE, 0) : until]
        self._held = data[until:]
        if out:
            self._write(_decoded(out))


def _named(data: bytes, spans: List[Span], markup: bool, at: int = 0) -> bytes:
    """`data` from `at` on, with names for the spans. Colours and tags inside them stay, so that they end as they began."""
    pieces: List[bytes] = []
    gaps = GAPS_IN_MARKUP if markup else GAPS
    for span in spans:
        start, end = _whole_characters(data, span)
        pieces.append(data[at:start])
        pieces.append(f"{LEFT}{span.label}{RIGHT}".encode())
        inside = b"".join(gaps.findall(data[max(start, at) : end]))
        pieces.append(inside.translate(None, b"\r\n"))
        at = end
    pieces.append(data[at:])
    return b"".join(pieces)


def _whole_characters(data: bytes, span: Span) -> Tuple[int, int]:
    """The span, widened to the ends of its first and last characters."""
    start, end = span.start, span.end
    while start > 0 and data[start] & 0xC0 == 0x80:
        start -= 1
    while end < len(data) and data[end] & 0xC0 == 0x80:
        end += 1
    return start, end


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")
