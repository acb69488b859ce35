"""Whole frames over a socket, with a deadline."""

from __future__ import annotations

import sys
import time

import _socket as socket

from . import _frame
from ._errors import BrokenAnswer, TimedOut

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional


class Wire:
    """`end` is a moment of `now`."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected

    def close(self) -> None:
        self._socket.close()

    def pid(self) -> Optional[int]:
        """The process at the other end, as it was when it began to listen; None for one without a number here."""
        try:
            peer = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        except OSError:
            return None
        return int.from_bytes(peer[:4], sys.byteorder) or None

    def send(self, data: bytes, end: float) -> None:
        view = memoryview(data)
        while view:
            self._wait(end)
            try:
                view = view[self._socket.send(view, socket.MSG_NOSIGNAL) :]
            except socket.timeout:
                raise TimedOut("the agent did not take the request in time") from None
            except OSError as error:
                raise BrokenAnswer(f"the connection to the agent broke ({error.strerror})") from None

    def receive(self, end: float) -> tuple[dict[str, Any], list[bytes]]:
        """The header and the segments of one frame."""
        fixed = self._read(_frame.FIXED, end)
        prefix = fixed + self._read(4 * _frame.count_of(fixed), end)
        layout = _frame.layout_of(prefix)
        header = _frame.parse(self._read(layout.header, end))
        return header, [bytes(self._read(length, end)) for length in layout.segments]

    def _read(self, count: int, end: float) -> bytearray:
        data = bytearray(count)
        view = memoryview(data)
        while view:
            self._wait(end)
            try:
                got = self._socket.recv_into(view)
            except socket.timeout:
                raise TimedOut("the agent did not answer in time", "see what it does:  kist status") from None
            except OSError as error:
                raise BrokenAnswer(f"the connection to the agent broke ({error.strerror})") from None
            if got == 0:
                raise BrokenAnswer("the agent closed the connection")
            view = view[got:]
        return data

    def _wait(self, end: float) -> None:
        left = end - now()
        if left <= 0:
            raise TimedOut("the agent did not answer in time", "see what it does:  kist status")
        self._socket.settimeout(left)


def now() -> float:
    """It goes on while the machine sleeps, as the agent's deadlines do."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
