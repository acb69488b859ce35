"""TOML 1.0 without dates and fractions: what kist.toml and platform files are written in, read as Kist reads them.

Own code, because Python has a parser only from 3.11 on, and because a file that one of the two readers takes and the
other refuses would be a trap: kist.toml comes with other people's repositories. It takes any text, nests 16 deep at
most and uses memory in proportion to the text.
"""

from __future__ import annotations

from ._toml_text import Reader, TOMLError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DEEPEST = 16
_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
_DIGITS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


class _Table(dict):  # type: ignore[type-arg]
    """A table while its lines are read; `defined`: a header or the dots of a key named it."""

    defined = False
    dotted = False
    closed = False


class _Tables(list):  # type: ignore[type-arg]
    """What [[…]] lines make."""


def parse(text: str) -> dict[str, Any]:
    return _Parser(text).document()


class _Parser(Reader):
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


__all__ = ["TOMLError", "parse"]
