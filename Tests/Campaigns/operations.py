"""What campaigns interrupt: each operation changes a vault from one state to another, and says what may be found after it.

A state is what `Talk.everything` gives. Revisions are compared too: an answer may be the old state or the new one, never
anything between.
"""

import subprocess

from agent import Gone, Refused


class Put:
    """One credential changed and one added, in one transaction."""

    name = "put"
    values = {"n1": "changed " * 40, "added": "new " * 30}

    def prepare(self, world):
        talk = world.talk()
        talk.unlock()
        return talk

    def operate(self, world, talk):
        talk.put(self.values, request="campaign")

    def judge(self, before, found):
        """'old', 'new', or None when it is neither."""
        if found == before:
            return "old"
        expected = {name: value for name, (_, value) in before.items()} | self.values
        same = {name: value for name, (_, value) in found.items()} == expected
        rest = all(found[name] == before[name] for name in before if name not in self.values)
        return "new" if same and rest else None


class Remove(Put):
    name = "remove"

    def operate(self, world, talk):
        talk.remove("n2")

    def judge(self, before, found):
        if found == before:
            return "old"
        return "new" if found == {name: pair for name, pair in before.items() if name != "n2"} else None


class Rekey(Put):
    """The root replaced by the command line. What is stored must be the same all along."""

    name = "rekey"

    def operate(self, world, talk):
        run_kist(world, "rekey", "--yes", given_passphrase=True)

    def judge(self, before, found):
        return "same" if found == before else None


class Backup(Put):
    """A backup made. The vault must stay as it was, and a file with the final name must be whole."""

    name = "backup"

    def operate(self, world, talk):
        run_kist(world, "backup", "create", world.folder / "out.kistbackup")

    def judge(self, before, found):
        return "same" if found == before else None


class Restore(Put):
    """A backup of an older state put back over a newer vault."""

    name = "restore"

    def prepare(self, world):
        return None

    def operate(self, world, talk):
        run_kist(world, "backup", "restore", world.folder / "data/old.kistbackup", "--replace", given_passphrase=True)

    def judge(self, before, found):
        if found == before:
            return "old"
        values = {name: value for name, (_, value) in found.items()}
        return "new" if values == {name: value for name, (_, value) in before.items() if name != "later"} else None


def run_kist(world, *words, given_passphrase=False):
    """Raises as the protocol's own client would."""
    extra = []
    if given_passphrase:
        path = world.folder / "passphrase"
        from agent import PASSPHRASE

        path.write_bytes(PASSPHRASE + b"\n")
        path.chmod(0o600)
        extra = ["--passphrase-file", str(path)]
    try:
        done = world.kist(*words, *extra)
    except subprocess.TimeoutExpired:
        raise Gone("no answer in two minutes") from None
    if done.returncode:
        raise Refused({"message": done.stderr[:400], "data": {"kind": f"exit {done.returncode}"}})


ALL = {operation.name: operation for operation in (Put, Remove, Rekey, Backup, Restore)}
BASIC = ("put", "remove")


def offered(programs, names):
    """The operations among `names` that the command line has."""
    help_text = subprocess.run([programs / "kist", "--help"], capture_output=True, text=True).stdout
    words = {"rekey": "rekey", "backup": "backup", "restore": "backup"}
    return [name for name in names if name in BASIC or f" {words[name]}" in help_text]


def begin(world, name):
    """A world before the operation: what it was, as bytes and as answers."""
    truth = world.filled()
    if name == "restore":
        world.start()
        talk = world.talk()
        talk.unlock()
        run_kist(world, "backup", "create", world.folder / "data/old.kistbackup")
        talk.put({"later": "x"})
        truth = talk.everything()
        world.kill()
    return world.save(), truth
