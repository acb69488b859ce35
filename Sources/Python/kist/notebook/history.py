"""Masks what IPython keeps of a session: its history file, the outputs for `%notebook`, the log of `%logstart`."""

from __future__ import annotations

from typing import Any, Optional

from .mask import Mask
from .line import misplaced
from .messages import masked


class History:
    """The masked history of one shell."""

    def __init__(self, shell: Any, mask: Mask) -> None:
        self._shell = shell
        self._mask = mask
        self._manager: Any = getattr(shell, "history_manager", None)
        if self._manager is not None:
            self._store_inputs = self._manager.store_inputs
            self._store_output = self._manager.store_output
            self._manager.store_inputs = self._inputs
            self._manager.store_output = self._output
        self._logger = getattr(shell, "logger", None)
        if self._logger is not None:
            self._log_write = self._logger.log_write
            self._logger.log_write = lambda data, kind="input": self._log_write(mask.text(data), kind)

    def detach(self) -> None:
        for owner, names in ((self._manager, ("store_inputs", "store_output")), (self._logger, ("log_write",))):
            for name in names:
                if owner is not None and name in vars(owner):
                    delattr(owner, name)

    def finish(self) -> None:
        """At the end of a cell: what it showed is kept for `%notebook`, as it was shown."""
        manager, line = self._manager, self._shell.execution_count
        for number in (line - 1, line):
            for output in getattr(manager, "outputs", {}).get(number, ()):
                bundle = output.bundle
                if isinstance(bundle.get("stream"), list):
                    bundle["stream"] = [self._mask.text("".join(bundle["stream"]))]
                else:
                    output.bundle = masked(bundle, self._mask)
            errors = getattr(manager, "exceptions", {})
            if number in errors:
                errors[number] = masked(errors[number], self._mask)

    def _inputs(self, line: int, source: str, source_raw: Optional[str] = None) -> None:
        raw = source if source_raw is None else source_raw
        # What follows %kist and is no name may be a value in the wrong place. It is not kept.
        for word in misplaced(raw):
            source, raw = source.replace(word, "…"), raw.replace(word, "…")
        self._store_inputs(line, self._mask.text(source), self._mask.text(raw))

    def _output(self, line: int) -> None:
        shown = self._manager.output_hist_reprs
        if line in shown:
            shown[line] = self._mask.text(shown[line])
        self._store_output(line)
