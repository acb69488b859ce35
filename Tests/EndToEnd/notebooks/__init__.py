"""Notebooks run by a real kernel and saved, with the vault of a world behind them."""

import json
import os
import sqlite3
import subprocess

from world import ROOT, client

HERE = os.path.dirname(os.path.abspath(__file__))


class Saved:
    """A notebook after it ran: the file's bytes, each cell's outputs, and what the server's log would hold."""

    def __init__(self, path, log):
        with open(path, "rb") as file:
            self.raw = file.read()
        self.log = log
        self.cells = json.loads(self.raw)["cells"]

    def shown(self, number):
        """Everything that a cell shows, as one text."""
        return json.dumps(self.cells[number]["outputs"], ensure_ascii=False)

    def text(self, number):
        """What a cell printed or answered as plain text."""
        parts = []
        for output in self.cells[number]["outputs"]:
            text = output.get("text") or output.get("data", {}).get("text/plain") or output.get("traceback", [])
            parts.append("".join(text) if output["output_type"] != "error" else "\n".join(text))
        return "".join(parts)

    def failed(self):
        """The numbers of the cells that end with an error."""
        return [
            number
            for number, cell in enumerate(self.cells)
            if any(output["output_type"] == "error" for output in cell["outputs"])
        ]


def run(world, cells, *answers, interpreter="notebook", environment=None, folder="work", before=()):
    """Runs the cells, saves the notebook into `folder` and reads it. `answers` are typed into input boxes.

    `before` is a command that starts the server, such as `kist run NAME --`.
    """
    path = world.at(folder, f"notebook-{len(os.listdir(world.at(folder)))}.ipynb")
    done = subprocess.run(
        [*before, client(interpreter), os.path.join(HERE, "execute.py"), path, *answers],
        input=json.dumps(cells).encode(),
        env={
            **world.environment,
            "PYTHONPATH": str(ROOT / "Sources/Python"),
            "PYTHONDONTWRITEBYTECODE": "1",
            **(environment or {}),
        },
        cwd=world.at("work"),
        capture_output=True,
        timeout=300,
    )
    log = done.stdout + done.stderr
    assert done.returncode == 0, log.decode("utf-8", "replace")
    return Saved(path, log)


def history(world, folder="home"):
    """Everything in the history files of IPython below `folder`."""
    found = []
    for place, _, files in os.walk(world.at(folder)):
        for file in files:
            if file.startswith("history.sqlite"):
                with open(os.path.join(place, file), "rb") as raw:
                    found.append(raw.read())
                if file == "history.sqlite":
                    rows = sqlite3.connect(os.path.join(place, file)).execute("select source_raw from history").fetchall()
                    found.append("\n".join(row[0] for row in rows).encode())
    return b"\n".join(found)
