"""Looks for secrets where none may be: in files, in outputs, in the arguments of every process."""

import base64
import os
import threading
import time
import urllib.parse


class Canaries:
    """Planted secrets, and every form of them that a leak could take."""

    def __init__(self):
        self._forms = {}

    def plant(self, name, value):
        raw = value.encode()
        forms = {raw, raw.hex().encode(), raw.hex().upper().encode(), urllib.parse.quote(value, safe="").encode()}
        for shift in range(3):
            # Base64 of the secret at each of the three alignments, without the characters its neighbours decide.
            encoded = base64.b64encode(b"\0" * shift + raw)
            forms.add(encoded[4 if shift else 0 : len(encoded) // 4 * 4 - 4])
        self._forms[name] = {form for form in forms if len(form) >= 8}
        return value

    def found_in(self, data):
        """The names of planted secrets that occur in `data` in any form."""
        return sorted(name for name, forms in self._forms.items() if any(form in data for form in forms))

    def found_under(self, folder, leaving_out=()):
        """Pairs of file and name, for every regular file and every file or link name under `folder`."""
        found = []
        for place, folders, files in os.walk(folder):
            folders[:] = [f for f in folders if os.path.join(place, f) not in leaving_out]
            for file in files:
                path = os.path.join(place, file)
                found += [(path, name) for name in self.found_in(path.encode())]
                if path in leaving_out or os.path.islink(path) or not os.path.isfile(path):
                    continue
                try:
                    with open(path, "rb") as handle:
                        found += [(path, name) for name in self.found_in(handle.read())]
                except OSError:
                    continue
        return found


class ArgumentWatch:
    """Reads the arguments of all processes again and again while it is entered."""

    def __init__(self, canaries):
        self.canaries = canaries
        self.found = set()
        self.rounds = 0
        self._ended = threading.Event()

    def __enter__(self):
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()

    def _watch(self):
        while not self._ended.is_set():
            for process in filter(str.isdigit, os.listdir("/proc")):
                try:
                    with open(f"/proc/{process}/cmdline", "rb") as arguments:
                        data = arguments.read()
                except OSError:
                    continue
                self.found.update(self.canaries.found_in(data))
            self.rounds += 1
            time.sleep(0.002)
