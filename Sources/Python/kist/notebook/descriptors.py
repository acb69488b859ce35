"""Masks the copy that a kernel writes of what programs print to its descriptors 1 and 2.

IPython's kernel shows it in the notebook, and repeats it on the terminal or in the log of the server that started it.
"""

from __future__ import annotations

import atexit
import codecs
import os
import sys
import threading
from typing import Any, List

from .mask import Mask, Stream

COPY = "_original_stdstream_copy"


class Copy:
    """The masked copy of one stream."""

    def __init__(self, stream: Any, mask: Mask) -> None:
        self._stream = stream
        self._real: int = getattr(stream, COPY)
        self._out = Stream(mask, self._write)
        read, self._end = os.pipe()
        setattr(stream, COPY, self._end)
        self._thread = threading.Thread(target=self._pass, args=(read,), name="kist-copy", daemon=True)
        self._thread.start()
        atexit.register(self.detach)

    def detach(self) -> None:
        """The kernel writes it itself again; what was on its way is written first."""
        atexit.unregister(self.detach)
        if getattr(self._stream, COPY, None) == self._end:
            setattr(self._stream, COPY, self._real)
        if self._end >= 0:
            os.close(self._end)
            self._end = -1
        self._thread.join(1)

    def _pass(self, read: int) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        with os.fdopen(read, "rb", buffering=0) as source:
            while True:
                data = source.read(65_536)
                self._out.write(decoder.decode(data or b"", not data))
                if not data:
                    return self._out.finish()
                self._out.flush()

    def _write(self, text: str) -> None:
        data = text.encode("utf-8", "surrogateescape")
        try:
            while data:
                data = data[os.write(self._real, data) :]
        except OSError:
            pass  # nobody reads the log any more


def copies(mask: Mask) -> List[Copy]:
    """Of the streams of this kernel; none in a terminal, or where descriptors are not watched."""
    streams = {id(stream): stream for stream in (sys.stdout, sys.stderr) if getattr(stream, COPY, None) is not None}
    return [Copy(stream, mask) for stream in streams.values()]
