"""The texts of TOML, and what stands between values."""

from __future__ import annotations

import re

_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


# Runs of characters that are what they are: within quotes of either kind, and in a comment.
_BASIC = re.compile(r'[^"\\\x00-\x08\x0a-\x1f\x7f]+')
_LITERAL = re.compile(r"[^'\x00-\x08\x0a-\x1f\x7f]+")
_COMMENT = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")


class TOMLError(ValueError):
    """Why a text is not TOML, and on which line. Quotes nothing of the text."""

    def __init__(self, line: int, rule: str) -> None:
        super().__init__(f"line {line}: {rule}")
        self.line = line
        self.rule = rule


class Reader:
    """A place in a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1

    def error(self, rule: str) -> TOMLError:
        return TOMLError(self.line, rule)

    @property
    def here(self) -> str:
        """The character here; empty at the end."""
        return self.text[self.at : self.at + 1]

    # Texts

    def is_triple(self, quote: str) -> bool:
        return self.text.startswith(quote * 3, self.at)

    def basic(self) -> str:
        self.at += 1
        parts = []
        while self.here != '"':
            parts.append(self.escape() if self.here == "\\" else self.plain(_BASIC))
        self.at += 1
        return "".join(parts)

    def literal(self) -> str:
        self.at += 1
        start = self.at
        while self.here != "'":
            self.plain(_LITERAL)
        self.at += 1
        return self.text[start : self.at - 1]

    def basic_lines(self) -> str:
        self.at += 3
        self.line_end()
        parts: list[str] = []
        while True:
            if self.closes('"', parts):
                return "".join(parts)
            if self.here == "\\":
                if not self.joins():
                    parts.append(self.escape())
            elif self.line_end():
                parts.append("\n")
            else:
                parts.append(self.plain(_BASIC))

    def literal_lines(self) -> str:
        self.at += 3
        self.line_end()
        parts: list[str] = []
        while True:
            if self.closes("'", parts):
                return "".join(parts)
            parts.append("\n" if self.line_end() else self.plain(_LITERAL))

    def closes(self, quote: str, parts: list[str]) -> bool:
        """Steps over quotes here; up to two before the closing three belong to the text."""
        count = 0
        while count < 5 and self.here == quote:
            count += 1
            self.at += 1
        parts.append(quote * (count - 3 if count >= 3 else count))
        return count >= 3

    def joins(self) -> bool:
        """A backslash at the end of a line: it, the line end and all blanks and line ends after it vanish."""
        place = self.at, self.line
        self.at += 1
        self.skip_blanks()
        if not self.line_end():
            self.at, self.line = place
            return False
        while True:
            self.skip_blanks()
            if not self.line_end():
                return True

    def plain(self, run: re.Pattern[str]) -> str:
        """Characters as they are; at least one."""
        found = run.match(self.text, self.at)
        if found is not None:
            self.at = found.end()
            return found.group()
        here = self.here
        if not here:
            raise self.error("a closing quote is missing")
        if here in "\n\r":
            raise self.error("a closing quote is missing on this line")
        if here in "\"'":
            self.at += 1
            return here
        raise self.error("a control character")

    def escape(self) -> str:
        mark = self.text[self.at + 1 : self.at + 2]
        self.at += 2
        if mark in _ESCAPES:
            return _ESCAPES[mark]
        if mark not in ("u", "U"):
            raise self.error("an unknown escape after \\")
        count = 4 if mark == "u" else 8
        digits = self.text[self.at : self.at + count]
        if len(digits) < count or not all(digit in "0123456789abcdefABCDEF" for digit in digits):
            raise self.error(f"an escape needs {count} hexadecimal digits")
        value = int(digits, 16)
        if value == 0 or 0xD800 <= value < 0xE000 or value > 0x10FFFF:
            raise self.error("an escape names no character")
        self.at += count
        return chr(value)

    # Between them

    def skip_blanks(self) -> None:
        while self.here in (" ", "\t"):
            self.at += 1

    def skip_blank_lines(self) -> None:
        while True:
            self.skip_blanks()
            if self.here == "#":
                self.comment()
            if not self.line_end():
                return

    def line_end(self) -> bool:
        if self.here == "\r":
            if self.text[self.at + 1 : self.at + 2] != "\n":
                raise self.error("a control character")
            self.at += 1
        if self.here != "\n":
            return False
        self.at += 1
        self.line += 1
        return True

    def comment(self) -> None:
        found = _COMMENT.match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        if self.here and self.here not in "\n\r":
            raise self.error("a control character")
