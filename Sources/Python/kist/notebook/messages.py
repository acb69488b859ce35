"""Masks everything that a kernel sends: streams, results, displays, errors, widgets and the answers to requests.

All of it goes through `Session.send`, whoever printed it: Python, a child that inherited the descriptors, a thread, a
logger that was set up before. That is the one place where nothing gets past.
"""

from __future__ import annotations

import threading
from typing import Any, Callable, Dict, List, Optional, Tuple

from .mask import Mask, Stream

# Text of these kinds may have tags inside a value: rich and pandas colour parts of it.
MARKUP = ("text/html", "image/svg+xml", "text/markdown", "application/xml", "text/xml")
NUMBERS = (int, float, bool, type(None))  # plots have a great many of them
DEEPEST = 64
TOO_DEEP = "‹nested too deeply to be masked›"
SHOWN = ("display_data", "update_display_data", "execute_result", "error", "clear_output", "input_request")


def masked(value: Any, mask: Mask, markup: bool = False, depth: int = 0) -> Any:
    """`value`, the content of a message, with names for secrets; what has none in it stays the same object."""
    if isinstance(value, str):
        return mask.text(value, markup)
    if isinstance(value, (bytes, bytearray, memoryview)):
        data = bytes(value)
        starred = mask.bytes(data)
        return value if starred is data else starred
    if depth > DEEPEST and isinstance(value, (dict, list, tuple)):
        return TOO_DEEP  # what is not looked at is not shown
    if isinstance(value, dict):
        pairs = [
            (masked(key, mask, False, depth + 1), masked(member, mask, markup or key in MARKUP, depth + 1), member, key)
            for key, member in value.items()
        ]
        if all(new is member and name is key for name, new, member, key in pairs):
            return value
        return {name: new for name, new, _, _ in pairs}
    if isinstance(value, (list, tuple)):
        members = [
            member if type(member) in NUMBERS else masked(member, mask, markup, depth + 1) for member in value
        ]
        return value if all(new is member for new, member in zip(members, value)) else type(value)(members)
    return value


class Channel:
    """One text stream of one cell: what its pieces are written to is known from the last of them."""

    def __init__(self, mask: Mask, outlet: "Outlet", name: str) -> None:
        self.outlet = outlet
        self.name = name
        self.message: Dict[str, Any] = {}
        self.socket: Any = None
        self.identity: Any = None
        self.stream = Stream(mask, self._send)

    def _send(self, text: str) -> None:
        message = self.outlet.session.msg(
            "stream",
            {"name": self.name, "text": text},
            parent=self.message.get("parent_header"),
            metadata=self.message.get("metadata"),
        )
        self.outlet.send(self.socket, message, ident=self.identity)


class Outlet:
    """The masked way out of one session of a kernel."""

    def __init__(self, session: Any, mask: Mask) -> None:
        self.session = session
        self.mask = mask
        self.send: Callable[..., Any] = session.send
        self._channels: Dict[Tuple[str, str], Channel] = {}
        self.hushed: Optional[str] = None  # the name of an error that was shown already
        self._ended: List[str] = []  # cells that ended, in which a thread may still print
        self._lock = threading.RLock()
        session.send = self._masked_send

    def detach(self) -> None:
        """The session sends by itself again."""
        with self._lock:
            for channel in list(self._channels.values()):
                channel.stream.finish()
            if self.session.__dict__.get("send") == self._masked_send:
                del self.session.send

    def _masked_send(
        self,
        stream: Any,
        msg_or_type: Any,
        content: Optional[Dict[str, Any]] = None,
        parent: Optional[Dict[str, Any]] = None,
        ident: Any = None,
        buffers: Optional[List[Any]] = None,
        track: bool = False,
        header: Optional[Dict[str, Any]] = None,
        metadata: Optional[Dict[str, Any]] = None,
    ) -> Any:
        message = None
        if isinstance(msg_or_type, dict):
            message = dict(msg_or_type)
            kind = (message.get("header") or {}).get("msg_type") or message.get("msg_type")
            parent_header = message.get("parent_header") or {}
            content = message.get("content")
            buffers = buffers or message.get("buffers")
        else:
            kind = (header or {}).get("msg_type", msg_or_type)
            parent_header = (parent or {}).get("header", parent) or {}
        cell = str(parent_header.get("msg_id", ""))
        if kind == "stream" and content is not None:
            if message is None:
                message = self.session.msg(msg_or_type, content, parent, header=header, metadata=metadata)
            return self._write(stream, dict(message), cell, ident)
        if kind == "error" and content and content.get("ename") == self.hushed and not content.get("traceback"):
            self.hushed = None
            return None
        if kind in SHOWN:
            self._in_order(cell)
        elif kind == "status" and (content or {}).get("execution_state") == "idle":
            self._end(cell)
        if buffers:
            buffers = [masked(buffer, self.mask) for buffer in buffers]
        if message is not None:
            message.update(content=masked(content, self.mask), metadata=masked(message.get("metadata"), self.mask))
            return self.send(stream, message, ident=ident, buffers=buffers, track=track)
        return self.send(
            stream,
            msg_or_type,
            content=masked(content, self.mask),
            parent=parent,
            ident=ident,
            buffers=buffers,
            track=track,
            header=header,
            metadata=masked(metadata, self.mask),
        )

    def _write(self, socket: Any, message: Dict[str, Any], cell: str, identity: Any) -> Dict[str, Any]:
        name = str(message["content"].get("name", "stdout"))
        with self._lock:
            channel = self._channels.get((cell, name))
            if channel is None:
                channel = self._channels[cell, name] = Channel(self.mask, self, name)
            channel.message, channel.socket, channel.identity = message, socket, identity
            channel.stream.write(str(message["content"].get("text", "")))
        return message

    def _in_order(self, cell: str) -> None:
        """Before something is shown, what waits is shown as far as it tells nothing."""
        with self._lock:
            for (owner, _), channel in list(self._channels.items()):
                if owner == cell:
                    channel.stream.flush()

    def _end(self, cell: str) -> None:
        """The request was served: nothing more comes from it, but for its threads."""
        with self._lock:
            for (owner, name), channel in list(self._channels.items()):
                if owner == cell or owner in self._ended:
                    channel.stream.finish()
                    del self._channels[owner, name]
            self._ended = [*self._ended[-15:], cell]


def sessions(shell: Any) -> List[Any]:
    """The sessions through which a kernel's shell sends; empty for a shell in a terminal."""
    found: List[Any] = []
    for place in (getattr(shell, "kernel", None), getattr(shell, "displayhook", None), getattr(shell, "display_pub", None)):
        session = getattr(place, "session", None)
        if session is not None and callable(getattr(session, "send", None)) and session not in found:
            found.append(session)
    return found
