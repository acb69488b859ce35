"""Masks what a shell in a terminal prints, and what the programs print that it starts with `!`."""

from __future__ import annotations

import os
import sys
from typing import Any, Callable, List

from .mask import LEFT, RIGHT, Mask, Stream


class Printed:
    """Stands in the place of `sys.stdout` or `sys.stderr`."""

    def __init__(self, real: Any, mask: Mask) -> None:
        self.real = real
        self._stream = Stream(mask, self._show)

    def write(self, text: str) -> int:
        self._stream.write(text)
        return len(text)

    def _show(self, text: str) -> None:
        try:
            self.real.write(text)
        except UnicodeEncodeError:  # a terminal that has no such marks
            self.real.write(text.replace(LEFT, "<").replace(RIGHT, ">"))

    def writelines(self, lines: List[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        self._stream.flush()
        self.real.flush()

    def finish(self) -> None:
        """At the end of a cell."""
        self._stream.finish()
        self.real.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


class Terminal:
    """The masked outputs of one shell."""

    def __init__(self, shell: Any, mask: Mask) -> None:
        self._shell = shell
        self._mask = mask
        self._printed = [Printed(sys.stdout, mask), Printed(sys.stderr, mask)]
        sys.stdout, sys.stderr = self._printed
        self._system: Callable[[str], Any] = shell.system
        # system_piped prints by itself what it reads; a person at a terminal wants to type into the program as well.
        shell.system = self._run if self._printed[0].real.isatty() else shell.system_piped

    def finish(self) -> None:
        for printed in self._printed:
            printed.finish()

    def detach(self) -> None:
        self.finish()
        for name, printed in zip(("stdout", "stderr"), self._printed):
            if getattr(sys, name) is printed:
                setattr(sys, name, printed.real)
        self._shell.system = self._system

    def _run(self, command: str) -> None:
        """`!command` in a terminal of its own, so that it can be used as ever."""
        import codecs
        import pty

        decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        pieces: List[str] = []
        stream = Stream(self._mask, pieces.append)

        def read(descriptor: int) -> bytes:
            while True:
                try:
                    data = os.read(descriptor, 65_536)
                except OSError:  # how Linux says that the other side is closed
                    data = b""
                if data:
                    stream.write(decoder.decode(data))
                    stream.flush()
                else:
                    stream.write(decoder.decode(b"", True))
                    stream.finish()
                out = "".join(pieces).encode("utf-8", "surrogateescape")
                pieces.clear()
                if out or not data:
                    return out

        command = self._shell.var_expand(command, depth=1)
        self.finish()
        width, height = os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else 1)
        sized = f'stty rows {height} cols {width} 2>/dev/null; eval "$0"'
        status = pty.spawn(["/bin/sh", "-c", sized, command], read)
        self._shell.user_ns["_exit_code"] = os.waitstatus_to_exitcode(status)
