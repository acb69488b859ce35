"""Folders of files that a platform's clients read: none stays longer than what it was made for."""

import os
import tempfile

import kist
from home import raises
from kist import _agent, _files, _injection, _template
from kist._overview import Overview
from liar import overview


def test_no_folder_of_files_stays_behind():
    """With a key pair there are two: one of the files that others name, and one of all of them."""
    recipes = [(name, 0o600, _template.Template(text), None) for name, text in (("a", "text"), ("b", "{folder}/a"))]
    revealed = _agent.Revealed(Overview(overview()), {})
    before, made = _files.put, []

    def put(files):
        if len(made) == 3:
            raise kist.KistError("no more")
        made.append(tempfile.mkdtemp(prefix="kist-python-"))
        return made[-1]

    _files.put = put
    try:
        injection = _injection.Injection()
        folder = _files.make(recipes, revealed, injection.folders)
        assert injection.folders == made and len(made) == 2 and folder == made[1]
        injection.undo()
        raises(kist.KistError, lambda: _files.make(recipes, revealed, injection.folders))
        assert len(made) == 3
        injection.undo()
        assert not any(map(os.path.exists, made))
    finally:
        _files.put = before
