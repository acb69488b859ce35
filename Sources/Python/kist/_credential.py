"""One credential with its values."""

from __future__ import annotations

from ._errors import KistError, NotFound, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, NoReturn, Optional

    from ._agent import Revealed


class Credential:
    """A credential as it was when it was asked for. It reads like a mapping from field to text.

        credential = kist.credential("kumo")
        credential["api_key"], credential["url"]

    No secret is in its `repr`, and it cannot be pickled. Python cannot wipe what it has: the values stay in this
    process's memory until they are overwritten.
    """

    __slots__ = ("_revealed",)

    def __init__(self, revealed: Revealed) -> None:
        self._revealed = revealed

    @property
    def profile(self) -> str:
        return self._revealed.overview.profile

    @property
    def name(self) -> str:
        return self._revealed.overview.name

    @property
    def platform(self) -> str:
        """The name of its platform: `kumo`, `snowflake`, …"""
        return self._revealed.overview.platform

    @property
    def variant(self) -> Optional[str]:
        """The kind of credential, where its platform has several: `key-pair`."""
        return self._revealed.overview.variant

    @property
    def plain(self) -> dict[str, str]:
        """The fields that are not secret, in their order."""
        return dict(self._revealed.overview.plain)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names of the secret fields."""
        return tuple(self._revealed.secrets)

    @property
    def expires(self) -> Optional[str]:
        """The end of its life, RFC 3339 in UTC; None for never."""
        return self._revealed.overview.expires

    @property
    def revision(self) -> int:
        """A number that is another one after each change."""
        return self._revealed.overview.revision

    def keys(self) -> list[str]:
        return [*self._revealed.overview.plain, *self._revealed.secrets]

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.keys())

    def __contains__(self, field: object) -> bool:
        return field in self.keys()

    def __getitem__(self, field: str) -> str:
        """The value of a field as text. Raises NotFound, and KistError for bytes that are no UTF-8."""
        raw = self.bytes(field)
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            pass  # the original error shows the bytes
        raise KistError(f"{self.name}.{field} is not UTF-8 text", f'its exact bytes:  .bytes("{field}")')

    def get(self, field: str, default: Optional[str] = None) -> Optional[str]:
        return self[field] if field in self else default

    def bytes(self, field: str) -> bytes:
        """The exact bytes of a field."""
        if field in self._revealed.secrets:
            return self._revealed.secrets[field]
        if field in self._revealed.overview.plain:
            return self._revealed.overview.plain[field].encode()
        known = ", ".join(self.keys())
        raise NotFound(f"{self.name} has no such field", f"it has:  {known}")

    def main(self) -> str:
        """The name of its one main secret, what `kist get NAME` prints."""
        overview = self._revealed.overview
        if len(overview.secrets) == 1:
            return overview.secrets[0]
        from . import _platforms

        try:
            found = _platforms.load(overview.platform).main_field(overview.variant)
        except NotFound:
            found = None
        if found in overview.secrets:
            return str(found)
        known = ", ".join([*overview.secrets, *overview.plain])
        raise UsageError(f"{self.name} has no single main secret", f"name one:  {known}")

    def __repr__(self) -> str:
        return f"<kist credential {self.profile}/{self.name} ({self.platform}), revision {self.revision}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a credential is not written anywhere: ask Kist for it where it is used")
