"""Runs a notebook as a person would, and saves it. For the environment that has IPython's kernel; cells come as JSON.

    python execute.py OUT.ipynb [ANSWER…] < '["cell", "cell", …]'

With answers, a person types them into the input boxes; without, nobody is there (nbclient).
"""

import json
import sys

import nbformat
from nbformat import v4


def alone(notebook):
    """Nobody is there. An error does not end it; the history goes where a person's would (nbclient keeps none)."""
    from nbclient import NotebookClient

    NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True, ipython_hist_file="").execute()


def with_person(notebook, answers):
    """A front end with input boxes; what is typed is nowhere but in its answer to the kernel."""
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(kernel_name="python3")
    answers = iter(answers)
    try:
        for cell in notebook.cells:
            outputs = cell.outputs

            def keep(message):
                if message["msg_type"] in ("stream", "display_data", "execute_result", "error"):
                    outputs.append(v4.output_from_msg(message))

            client.execute_interactive(
                cell.source,
                timeout=120,
                allow_stdin=True,
                output_hook=keep,
                stdin_hook=lambda message: client.input(next(answers)),
            )
    finally:
        client.stop_channels()
        manager.shutdown_kernel()


out, *typed = sys.argv[1:]
made = v4.new_notebook(cells=[v4.new_code_cell(source) for source in json.load(sys.stdin)])
if typed:
    with_person(made, typed)
else:
    alone(made)
nbformat.write(made, out)
