"""The second reader of the format (Tests/Vectors/decode-vault.py) in an environment of its own."""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DECODER = ROOT / "Tests/Vectors/decode-vault.py"

KEYS = """
import importlib.util, json, sqlite3, sys
spec = importlib.util.spec_from_file_location("decoder", sys.argv[1])
decoder = importlib.util.module_from_spec(spec); spec.loader.exec_module(decoder)
header = dict(sqlite3.connect(f"file:{sys.argv[2]}?mode=ro", uri=True).execute("SELECT name, value FROM head"))["header"]
key, epochs = decoder.unlock(header, decoder.way_in("passphrase", bytes.fromhex(sys.argv[3]), b""))[3:5]
purposes = "header name manifest index anchor slot-pair slot-info epoch-wrap".split()
found = {"root": key.root, "kek": key.kek} | {f"epoch-{n}": value for n, value in epochs.items()}
found |= {f"key-{purpose}": key(purpose) for purpose in purposes}
print(json.dumps({name: value.hex() for name, value in found.items()}))
"""


class Reading:
    def __init__(self):
        self.folder = ROOT / ".build/reader"
        self.python = self.folder / "bin/python3"

    def prepare(self):
        if self.python.exists() and subprocess.run([self.python, "-c", "import nacl, argon2"], capture_output=True).returncode == 0:
            return
        subprocess.run([sys.executable, "-m", "venv", self.folder], check=True)
        subprocess.run([self.folder / "bin/pip", "install", "-q", "pynacl", "argon2-cffi"], check=True)

    def keys(self, vault, passphrase):
        """KEK, root and the keys from it, by name."""
        done = subprocess.run([self.python, "-c", KEYS, DECODER, vault, passphrase.hex()], capture_output=True, text=True, check=True)
        return {name: bytes.fromhex(value) for name, value in json.loads(done.stdout.splitlines()[-1]).items()}

    def decode(self, vault, passphrase):
        return subprocess.run([self.python, DECODER, vault, passphrase.decode()], capture_output=True, text=True)

    def of(self, kind, *arguments):
        """The second reader of a backup or of the audit log (Tests/Vectors/decode-KIND.py)."""
        reader = DECODER.with_name(f"decode-{kind}.py")
        return subprocess.run([self.python, reader, *arguments], capture_output=True, text=True)

    def decode_by(self, vault, *way):
        """By another way in: `--key HEX`, `--code CODE`, `--identity SEED`, or a passphrase and its second factor."""
        return subprocess.run([self.python, DECODER, vault, *way], capture_output=True, text=True)


READING = Reading()
