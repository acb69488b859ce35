"""TOML 1.0 without dates and fractions: what kist.toml and platform files are written in, read as Kist reads them.

Own code, because Python has a parser only from 3.11 on, and because a file that one of the two readers takes and the
other refuses would be a trap: kist.toml comes with other people's repositories. It takes any text, nests 16 deep at
most and uses memory in proportion to the text.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DEEPEST = 16
_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
_DIGITS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


class TOMLError(ValueError):
    """Why a text is not TOML, and on which line. Quotes nothing of the text."""

    def __init__(self, line: int, rule: str) -> None:
        super().__init__(f"line {line}: {rule}")
        self.line = line
        self.rule = rule


class _Table(dict):  # type: ignore[type-arg]
    """A table while its lines are read; `defined`: a header or the dots of a key named it."""

    defined = False
    dotted = False
    closed = False


class _Tables(list):  # type: ignore[type-arg]
    """What [[…]] lines make."""


def parse(text: str) -> dict[str, Any]:
    return _Parser(text).document()


class _Parser:
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

    def document(self) -> dict[str, Any]:
        root = _Table()
        current = root
        while True:
            self.skip_blank_lines()
            if not self.here:
                return root
            if self.here == "[":
                current = self.header(root)
            else:
                self.pair(current, 0)
            self.skip_blanks()
            if self.here == "#":
                self.comment()
            if self.here and not self.line_end():
                raise self.error("something follows on the same line")

    def header(self, root: _Table) -> _Table:
        self.at += 1
        is_list = self.here == "["
        self.at += is_list
        keys = self.dotted_key()
        for _ in range(2 if is_list else 1):
            if self.here != "]":
                raise self.error("] is missing")
            self.at += 1
        table = root
        for key in keys[:-1]:
            inner = table.get(key)
            if inner is None:
                inner = table[key] = _Table()
            elif isinstance(inner, _Tables):
                inner = inner[-1]
            elif not isinstance(inner, _Table) or inner.closed:
                raise self.error("this name is used for a value already")
            table = inner
        key, found, new = keys[-1], table.get(keys[-1]), _Table()
        if is_list and found is None:
            table[key] = _Tables([new])
        elif is_list and isinstance(found, _Tables):
            found.append(new)
        elif not is_list and found is None:
            new.defined = True
            table[key] = new
        elif not is_list and isinstance(found, _Table) and not found.defined and not found.closed:
            found.defined = True
            return found
        else:
            raise self.error("this table is there twice")
        return new

    def pair(self, table: _Table, depth: int) -> None:
        keys = self.dotted_key()
        if self.here != "=":
            raise self.error("= is missing")
        self.at += 1
        self.skip_blanks()
        for key in keys[:-1]:
            inner = table.get(key)
            if inner is None:
                inner = table[key] = _Table()
                inner.defined = inner.dotted = True
            elif not isinstance(inner, _Table) or not inner.dotted or inner.closed:
                raise self.error("this name is used already")
            table = inner
        if keys[-1] in table:
            raise self.error("this key is there twice")
        table[keys[-1]] = self.value(depth)

    def dotted_key(self) -> list[str]:
        keys = []
        while True:
            self.skip_blanks()
            keys.append(self.key())
            if len(keys) > DEEPEST:
                raise self.error("nested too deeply")
            self.skip_blanks()
            if self.here != ".":
                return keys
            self.at += 1

    def key(self) -> str:
        if self.here == '"':
            return self.basic()
        if self.here == "'":
            return self.literal()
        start = self.at
        while self.here in _BARE:
            self.at += 1
        if self.at == start:
            raise self.error("a key is missing")
        return self.text[start : self.at]

    # Values

    def value(self, depth: int) -> Any:
        if depth >= DEEPEST:
            raise self.error("nested too deeply")
        here = self.here
        if here == '"':
            return self.basic_lines() if self.is_triple('"') else self.basic()
        if here == "'":
            return self.literal_lines() if self.is_triple("'") else self.literal()
        if here == "[":
            return self.array(depth)
        if here == "{":
            return self.inline_table(depth)
        for word, answer in (("true", True), ("false", False)):
            if here == word[0]:
                if not self.text.startswith(word, self.at):
                    raise self.error("a value is missing")
                self.at += len(word)
                return answer
        return self.number()

    def array(self, depth: int) -> list[Any]:
        self.at += 1
        items: list[Any] = []
        while True:
            self.skip_blank_lines()
            if self.here == "]":
                break
            items.append(self.value(depth + 1))
            self.skip_blank_lines()
            if self.here == "]":
                break
            if self.here != ",":
                raise self.error("a comma or ] is missing")
            self.at += 1
        self.at += 1
        return items

    def inline_table(self, depth: int) -> _Table:
        self.at += 1
        table = _Table()
        self.skip_blanks()
        if self.here != "}":
            while True:
                self.pair(table, depth + 1)
                self.skip_blanks()
                if self.here == "}":
                    break
                if self.here != ",":
                    raise self.error("a comma or } is missing")
                self.at += 1
        self.at += 1
        table.closed = True
        return table

    def number(self) -> int:
        sign = self.here if self.here in ("-", "+") else ""
        self.at += len(sign)
        base = {"0x": 16, "0o": 8, "0b": 2}.get(self.text[self.at : self.at + 2], 10) if not sign else 10
        if base != 10:
            self.at += 2
        start = self.at
        while self.here in _DIGITS:
            self.at += 1
        digits = self.text[start : self.at]
        if not digits:
            raise self.error("a value is missing")
        if digits.startswith("_") or digits.endswith("_") or "__" in digits:
            raise self.error("an underscore must stand between digits")
        if self.here in (".", ":", "-", "+"):
            raise self.error("only texts, whole numbers, true, false, lists and tables are used here")
        if base == 10 and len(digits) > 1 and digits[0] == "0":
            raise self.error("a number begins with 0")
        try:
            if len(digits) > 130:  # more than 64 bits have with any base and underscores
                raise ValueError
            number = int(sign + digits.replace("_", ""), base)
            if not -(1 << 63) <= number < 1 << 63:
                raise ValueError
        except ValueError:
            raise self.error("not a whole number of 64 bits") from None
        return number

    # Texts

    def is_triple(self, quote: str) -> bool:
        return self.text.startswith(quote * 3, self.at)

    def basic(self) -> str:
        self.at += 1
        parts = []
        while self.here != '"':
            parts.append(self.escape() if self.here == "\\" else self.plain())
        self.at += 1
        return "".join(parts)

    def literal(self) -> str:
        self.at += 1
        start = self.at
        while self.here != "'":
            self.plain()
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
                parts.append(self.plain())

    def literal_lines(self) -> str:
        self.at += 3
        self.line_end()
        parts: list[str] = []
        while True:
            if self.closes("'", parts):
                return "".join(parts)
            parts.append("\n" if self.line_end() else self.plain())

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

    def plain(self) -> str:
        here = self.here
        if not here:
            raise self.error("a closing quote is missing")
        if here in "\n\r":
            raise self.error("a closing quote is missing on this line")
        if (here < " " or here == "\x7f") and here != "\t":
            raise self.error("a control character")
        self.at += 1
        return here

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
        while self.here and self.here not in "\n\r":
            if (self.here < " " or self.here == "\x7f") and self.here != "\t":
                raise self.error("a control character")
            self.at += 1
