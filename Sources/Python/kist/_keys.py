"""What opens a vault without a person: a passphrase in a file, or a key file. Read with the checks of the command line."""

from __future__ import annotations

import os
import stat

from ._errors import KistError, NotOpened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Mapping, Optional

_LONGEST = 65_536
_ALPHABET = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Key:
    """What to hand to `Agent.unlock`."""

    __slots__ = ("means", "secret", "factor")

    def __init__(self, means: str, secret: bytes, factor: Optional[bytes] = None) -> None:
        self.means = means
        self.secret = secret
        self.factor = factor


def given(environment: Mapping[str, str] = os.environ) -> Optional[Key]:
    """What the environment names: KIST_PASSPHRASE_FILE, KIST_KEY_FILE, or the service manager's credential."""
    path = environment.get("KIST_PASSPHRASE_FILE")
    if path:
        secret = _read(path, "the file of the passphrase").rstrip(b"\r\n")
        if not secret:
            raise KistError("the file of the passphrase is empty, so nothing was tried")
        factor = environment.get("KIST_FACTOR_FILE")
        return Key("passphrase", secret, stored(factor, "factor") if factor else None)
    path = environment.get("KIST_KEY_FILE")
    if path:
        return Key("key", stored(path, "key"))
    folder = environment.get("CREDENTIALS_DIRECTORY")
    if folder and os.path.exists(folder + "/kist.key"):
        return Key("key", _decode(_read(folder + "/kist.key", "the credential", group=True), "key", "kist.key"))
    return None


def stored(path: str, kind: str) -> bytes:
    """The 32 bytes of a key file or factor file."""
    return _decode(_read(path, f"the file of the {kind}"), kind, path)


def _read(path: str, what: str, group: bool = False) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        # The passphrase itself may have been given for its path.
        raise KistError(f"{what}: {getattr(error, 'strerror', 'no path')}") from None
    with open(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise KistError(f"{path} is not a regular file")
        if found.st_uid not in (0, os.geteuid()):
            raise KistError(f"{path} belongs to another user")
        # A service's credential may have an access list, which the mode shows as rights of the group.
        closed = 0o037 if group and found.st_uid == 0 else 0o077
        if found.st_mode & closed:
            raise KistError(f"{path} can be read by others", f"mend it:  chmod 600 {path}")
        data = file.read(_LONGEST + 1)
    if len(data) > _LONGEST:
        raise KistError(f"{path} is too long")
    return data


def _decode(text: bytes, kind: str, path: str) -> bytes:
    """`kist-key-…`: 32 bytes and 24 check bits in Crockford's base 32; lines of comment do not matter."""
    lines = [line for line in text.split(b"\n") if line.lstrip(b" \t\r") and not line.lstrip(b" \t\r").startswith(b"#")]
    prefix = f"kist-{kind}-".encode()
    key = _bits(lines[0].strip(), prefix) if len(lines) == 1 else None
    if key is None:
        raise NotOpened(
            f"{path} holds no {'key' if kind == 'key' else 'second factor'} of Kist, or it was damaged",
            f"it is one line that begins with {prefix.decode()}",
        )
    import hashlib

    label = f"kist/v1/{kind}-check".encode()
    message = len(label).to_bytes(4, "big") + label + (32).to_bytes(4, "big") + key[:32]
    if hashlib.blake2b(message, digest_size=32).digest()[:3] != key[32:]:
        raise NotOpened(f"{path} was damaged: its check does not fit")
    return key[:32]


def _bits(text: bytes, prefix: bytes) -> Optional[bytes]:
    if text[: len(prefix)].lower() != prefix:
        return None
    value, count = 0, 0
    for byte in text[len(prefix) :].upper().translate(bytes.maketrans(b"ILO", b"110"), b"- \t\r"):
        digit = _ALPHABET.find(byte)
        if digit < 0 or count >= 56:
            return None
        value, count = value << 5 | digit, count + 1
    return value.to_bytes(35, "big") if count == 56 else None
