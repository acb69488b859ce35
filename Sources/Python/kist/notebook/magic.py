"""`%kist` and `%%kist`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional

from .. import _session
from .._errors import KistError, Locked, UsageError
from . import line as lines
from . import unlock

if TYPE_CHECKING:
    from .._injection import Injection
    from .session import Notebook


class Magic:
    """The magic of one shell."""

    def __init__(self, notebook: Notebook) -> None:
        self._notebook = notebook
        magic = self.kist.__func__  # type: ignore[attr-defined]
        magic._ipython_magic_no_var_expand = True  # $name and {name} in the line are no Python variables here

    def kist(self, line: str, cell: Optional[str] = None) -> None:
        """Sets variables from the vault. `%kist --help` says more."""
        try:
            said = lines.parse(line)
            if said.help or line.strip() == "help":
                print(lines.HELP)
            elif cell is not None:
                self._cell(said, cell)
            else:
                verbs: Dict[str, Callable[[lines.Line], None]] = {
                    "load": self._load,
                    "ask": self._ask,
                    "add": self._add,
                    "list": self._list,
                    "unlock": self._unlock,
                    "lock": self._lock,
                    "forget": self._forget,
                }
                verbs[said.verb](said)
        except KistError as error:
            # The message is for the person who typed the line; a traceback through this package would hide it.
            if not hasattr(error, "_render_traceback_"):
                text = [f"kist: {error.message}"] + [f"  {advice}" for advice in error.advice]
                error._render_traceback_ = lambda: text  # type: ignore[attr-defined]
            raise

    def _load(self, said: lines.Line) -> None:
        names = said.names
        if said.reload and not names:
            names = self._notebook.ledger.credentials()
        injection = self._notebook.hand_over(names, profile=said.profile, allow_expired=said.allow_expired)
        _tell(injection, self._notebook.ledger.put(injection))
        if said.reload:
            from .reload import running_clients

            for told in running_clients(injection):
                print(told)

    def _cell(self, said: lines.Line, cell: str) -> None:
        if said.verb != "load" or said.reload:
            raise UsageError("%%kist takes names of credentials", "for a line of its own:  %kist --help")
        shell = self._notebook.shell
        if _awaits(shell, cell):
            raise UsageError(
                "a cell with await outside of a function cannot run under %%kist",
                "write it with:  with kist.env(NAME):",
            )
        injection = self._notebook.hand_over(said.names, profile=said.profile, allow_expired=said.allow_expired)
        injection.apply()
        try:
            result = shell.run_cell(cell, store_history=False)
        finally:
            injection.undo()
        error = result.error_in_exec
        if result.error_before_exec is not None:
            # IPython shows a SyntaxError in its own way, whoever raises it.
            error = UsageError(f"the cell could not be read: {type(result.error_before_exec).__name__}")
        if error is not None:
            self._notebook.hush(error)
            raise error

    def _ask(self, said: lines.Line) -> None:
        from . import ask

        for name in _some(said.names, "%kist ask PLATFORM"):
            revealed = ask.credential(name, said.name)
            self._notebook.learn([revealed])
            injection = ask.injection(revealed)
            _tell(injection, self._notebook.ledger.put(injection), stored=False)

    def _add(self, said: lines.Line) -> None:
        from . import ask

        if len(said.names) != 1:
            raise UsageError("one platform at a time:  %kist add PLATFORM")
        if unlock.state() != "unlocked":
            unlock.ask()
        revealed = ask.credential(said.names[0], said.name)
        self._notebook.learn([revealed])
        print(ask.store(revealed, said.profile), end="")

    def _list(self, said: lines.Line) -> None:
        def ask() -> List[Any]:
            return _session.ask(lambda agent: agent.overviews(_session.profile(said.profile)))

        try:
            found = ask()
        except Locked:
            unlock.ask()
            found = ask()
        rows = [["NAME", "PLATFORM", "EXPIRES"]]
        rows += [[each.name, each.platform, (each.expires or "never")[:10]] for each in found]
        print(_table(rows) if found else "nothing stored yet:  %kist add PLATFORM")

    def _unlock(self, said: lines.Line) -> None:
        if unlock.state() == "unlocked" and said.seconds is None:
            print("it is open already")
            return
        unlock.ask(said.seconds)
        print("unlocked")

    def _lock(self, said: lines.Line) -> None:
        _session.ask(lambda agent: agent.call("lock"), start=False)
        print("locked; what this notebook already has stays in it:  %kist forget")

    def _forget(self, said: lines.Line) -> None:
        ledger = self._notebook.ledger
        for name in said.names or ledger.credentials():
            if name not in ledger.credentials():
                raise UsageError(f"{name} was not handed over here")
            print(f"taken away: {' '.join(ledger.take(name))}")


def _tell(injection: Injection, removed: List[str], stored: bool = True) -> None:
    """Which variables there are now; names only."""
    rows = [
        [source.name, " ".join(source.variables), f"revision {source.revision}" if stored else "not stored"]
        for source in injection.sources
    ]
    print(_table(rows))
    for name in removed:
        print(f"  {name} was set and is taken away: its clients would take it instead")
    for notice in injection.notices:
        print(f"  {notice}")


def _table(rows: List[List[str]]) -> str:
    """Columns, two blanks apart."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip() for row in rows
    )


def _some(names: List[str], form: str) -> List[str]:
    if not names:
        raise UsageError(f"which one?  {form}")
    return names


def _awaits(shell: Any, cell: str) -> bool:
    """Whether the cell would need a loop of its own inside the one that runs it."""
    import asyncio

    should = getattr(shell, "should_run_async", None)
    if should is None:
        return False
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    try:
        return bool(should(cell, transformed_cell=shell.transform_cell(cell)))
    except Exception:  # a cell that cannot be read is told so when it runs
        return False
