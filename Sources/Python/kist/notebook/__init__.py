"""`%load_ext kist`: credentials in a notebook, and no value of them in what the notebook keeps.

    %load_ext kist            masks, from now on, every value that Kist hands over
    %kist kumo kaskada        sets their variables
    %%kist snowflake          the same for one cell
    %kist ask kaskada         without a vault: asks, stores nothing

What is masked, and what cannot be, stands in SECURITY.md.
"""

from __future__ import annotations

from typing import Any, Dict

_loaded: Dict[int, Any] = {}


def load_ipython_extension(shell: Any) -> None:
    from .session import Notebook

    _loaded[id(shell)] = Notebook(shell)
    _loaded[id(shell)].greet()


def unload_ipython_extension(shell: Any) -> None:
    """Stops masking. Variables stay as they are; `%kist forget` takes them away before."""
    notebook = _loaded.pop(id(shell), None)
    if notebook is not None:
        notebook.close()
