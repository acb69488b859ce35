"""The forms in which a secret value turns up in what a program prints."""

import base64
import html
import json
import urllib.parse
from typing import Iterator, Set, Tuple

SHORTEST = 8  # bytes; masking shorter values would blacken ordinary words


def forms(value: bytes) -> Tuple[bytes, ...]:
    """`value` as it is, and encoded as people and libraries encode it; each at least `SHORTEST` bytes, none twice.

    Line breaks are taken out: whoever searches takes them out of the text as well, so a folded value is found too.
    """
    found: Set[bytes] = set()
    for part in parts(value):
        found.update(form.translate(None, b"\r\n") for form in _encoded(part))
        if part is value:
            found.update(form.translate(None, b"\r\n") for form in _armoured(part))
    return tuple(sorted((form for form in found if len(form) >= SHORTEST), key=lambda form: (len(form), form)))


def parts(value: bytes) -> Tuple[bytes, ...]:
    """`value` itself, and what in it is a secret even without the rest."""
    found = [value]
    head, colon, tail = value.partition(b":")
    if colon and len(tail) >= 12 and b":" not in tail and b"/" not in tail and head:
        found.append(tail)  # customer:secret, user:password
    if value.lstrip().startswith(b"{"):
        found += _members(value)
    return tuple(part for part in found if len(part) >= SHORTEST)


def _members(value: bytes) -> Iterator[bytes]:
    """What a JSON object (a service account's key file) calls a secret."""
    try:
        members = json.loads(value)
    except (ValueError, RecursionError):
        return
    for name, member in members.items() if isinstance(members, dict) else ():
        if isinstance(member, str) and any(word in name.lower() for word in ("key", "secret", "token", "password")):
            yield member.encode("utf-8", "surrogatepass")


def _encoded(value: bytes) -> Iterator[bytes]:
    yield value
    yield repr(value)[2:-1].encode()
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return
    yield repr(text)[1:-1].encode()
    for escaped in (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]):
        yield escaped.encode()
        yield json.dumps(escaped, ensure_ascii=False)[1:-1].encode()  # JSON inside JSON
    yield html.escape(text).encode()
    yield html.escape(text, quote=False).encode()
    yield html.escape(text).replace("&#x27;", "&#39;").encode()


def _armoured(value: bytes) -> Iterator[bytes]:
    """Forms in which no byte is left as it was, and percent-encoding."""
    yield value.hex().encode()
    yield value.hex().upper().encode()
    for safe in ("", "/", "!'()*"):
        quoted = urllib.parse.quote(value, safe=safe)
        yield quoted.encode()
        yield _lower(quoted).encode()
    yield urllib.parse.quote_plus(value).encode()
    for shift in range(3):
        # Only the characters that the value alone decides: at its ends they depend on its neighbours.
        encoded = base64.b64encode(b"\0" * shift + value + b"\0" * 3)
        inner = encoded[-(-8 * shift // 6) : 8 * (shift + len(value)) // 6]
        yield inner
        yield inner.replace(b"+", b"-").replace(b"/", b"_")


def _lower(quoted: str) -> str:
    """Percent-encoding with lower-case digits."""
    pieces = quoted.split("%")
    return "%".join(pieces[:1] + [piece[:2].lower() + piece[2:] for piece in pieces[1:]])
