"""Text with references: `{field}`, `{field|encoding}`, `{name}`, `{folder}` (Platforms.md). Any other brace is text."""

from __future__ import annotations

from ._errors import KistError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Optional

    Lookup = Callable[[str], Optional[bytes]]

_WORD = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")
_UNRESERVED = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
_ALPHANUMERIC = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


class Reference:
    """A field, the name or the folder, and how it is written."""

    __slots__ = ("word", "encoding")

    def __init__(self, word: str, encoding: str) -> None:
        self.word = word
        self.encoding = encoding


class Template:
    """Literal bytes and references, in their order."""

    __slots__ = ("parts",)

    def __init__(self, text: str) -> None:
        self.parts: list[bytes | Reference] = []
        literal, at = [], 0
        while True:
            open_at = text.find("{", at)
            if open_at < 0:
                literal.append(text[at:])
                break
            literal.append(text[at:open_at])
            close = text.find("}", open_at)
            reference = _reference(text[open_at + 1 : close]) if close >= 0 else None
            if reference is None:
                literal.append("{")
                at = open_at + 1
                continue
            self._add("".join(literal))
            literal = []
            self.parts.append(reference)
            at = close + 1
        self._add("".join(literal))

    @classmethod
    def of(cls, field: str) -> Template:
        """The value of a field as it is, whatever the field is called."""
        template = cls("")
        template.parts.append(Reference(field, ""))
        return template

    def _add(self, literal: str) -> None:
        if literal:
            self.parts.append(literal.encode())

    @property
    def fields(self) -> list[str]:
        """The fields that it refers to, once each."""
        words = [part.word for part in self.parts if isinstance(part, Reference)]
        return [word for word in dict.fromkeys(words) if word not in ("name", "folder")]

    @property
    def uses_folder(self) -> bool:
        return any(isinstance(part, Reference) and part.word == "folder" for part in self.parts)

    def render(self, lookup: Lookup, name: str, folder: Optional[str] = None) -> bytes:
        """The bytes; nothing stands in the place of a field without a value."""
        return b"".join(_write(part, lookup, name, folder) or b"" for part in self.parts)

    def render_lines(self, lookup: Lookup, name: str, folder: Optional[str] = None) -> bytes:
        """The same, but a line of the template that refers to a field without a value is left out."""
        lines: list[Optional[list[bytes]]] = [[]]
        for part in self.parts:
            pieces = part.split(b"\n") if isinstance(part, bytes) else [_write(part, lookup, name, folder)]
            for index, piece in enumerate(pieces):
                if index:
                    line = lines[-1]
                    if line is not None:
                        line.append(b"\n")
                    lines.append([])
                line = lines[-1]
                if piece is None:
                    lines[-1] = None
                elif line is not None:
                    line.append(piece)
        return b"".join(b"".join(line) for line in lines if line is not None)


def _reference(inner: str) -> Optional[Reference]:
    word, bar, encoding = inner.partition("|")
    if not word or not "a" <= word[0] <= "z" or not _WORD.issuperset(word) or "|" in encoding:
        return None
    if bar and encoding not in _ENCODINGS:
        raise KistError("a platform's file has a template with an unknown encoding")
    return Reference(word, encoding)


def _write(part: bytes | Reference, lookup: Lookup, name: str, folder: Optional[str]) -> Optional[bytes]:
    if isinstance(part, bytes):
        return part
    if part.word == "name":
        value: Optional[bytes] = name.encode()
    elif part.word == "folder":
        value = None if folder is None else folder.encode()
    else:
        value = lookup(part.word)
    if value is None or not part.encoding:
        return value
    return _ENCODINGS[part.encoding](value)


def variable_name(text: str) -> str:
    """`snow-prod` becomes `SNOW_PROD`."""
    return _variable(text.encode()).decode("ascii")


def _escape(value: bytes) -> bytes:
    parts = []
    for byte in value:
        if byte in b'"\\':
            parts.append(b"\\" + bytes([byte]))
        elif byte == 0x0A:
            parts.append(b"\\n")
        elif byte < 0x20 or byte == 0x7F:
            parts.append(b"\\u00%02X" % byte)
        else:
            parts.append(bytes([byte]))
    return b"".join(parts)


def _quoted(value: bytes) -> bytes:
    return b'"' + _escape(value) + b'"'


def _percent(value: bytes) -> bytes:
    return b"".join(bytes([byte]) if byte in _UNRESERVED else b"%%%02X" % byte for byte in value)


def _base64(value: bytes) -> bytes:
    from binascii import b2a_base64

    return b2a_base64(value, newline=False)


def _variable(value: bytes) -> bytes:
    return bytes(byte if byte in _ALPHANUMERIC else 0x5F for byte in value).upper()


def _host(value: bytes) -> bytes:
    address = web_address(value)
    return address[1].encode() if address else b""


def _port(value: bytes) -> bytes:
    address = web_address(value)
    return str(address[2]).encode() if address else b""


def _scheme(value: bytes) -> bytes:
    address = web_address(value)
    return address[0].encode() if address else b""


_ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "toml": _quoted,
    "json": _quoted,
    "toml-text": _escape,
    "url": _percent,
    "base64": _base64,
    "env": _variable,
    "host": _host,
    "port": _port,
    "scheme": _scheme,
}


def web_address(value: bytes) -> Optional[tuple[str, str, int]]:
    """Scheme, host in lower case (an IPv6 address without its brackets) and port of a url; None when it is none."""
    if len(value) > 2_048 or not all(0x21 <= byte <= 0x7E for byte in value) or set(value) & set(b'"<>\\^`{|}#?'):
        return None
    text = value.decode("ascii")
    scheme, mark, rest = text.partition("://")
    scheme = scheme.lower()
    if not mark or scheme not in ("http", "https"):
        return None
    authority = rest.partition("/")[0]
    if not authority or len(authority) > 261:
        return None
    if authority[0] == "[":
        host, close, port_text = authority[1:].partition("]")
        if not close or not 2 <= len(host) < 47 or ":" not in host or set(host) - set("0123456789abcdefABCDEF:."):
            return None
        if port_text and port_text[0] != ":":
            return None
        has_port, port_text = bool(port_text), port_text[1:]
    else:
        host, colon, port_text = authority.partition(":")
        has_port = bool(colon)
        labels = host.split(".")
        if len(host) > 253 or not all(
            0 < len(label) <= 63
            and label[0] != "-"
            and label[-1] != "-"
            and all(byte in _ALPHANUMERIC or byte in b"-_" for byte in label.encode())
            for label in labels
        ):
            return None
    if not has_port:
        return scheme, host.lower(), 443 if scheme == "https" else 80
    if not 1 <= len(port_text) <= 5 or not all("0" <= digit <= "9" for digit in port_text):
        return None
    port = int(port_text)
    return (scheme, host.lower(), port) if 1 <= port <= 65_535 else None
