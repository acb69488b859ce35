"""What campaigns interrupt: each operation changes a vault from one state to another, and says what may be found after it.

A state is what `Talk.everything` gives. Revisions are compared too: an answer may be the old state or the new one, never
anything between.
"""

import subprocess

from agent import PASSPHRASE, Gone, Refused


class Put:
    """One credential changed and one added, in one transaction."""

    name = "put"
    # Whether the command line is a process of its own that may die, too.
    client_too = False
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


    def beside(self, world):
        return None


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
    client_too = True

    def operate(self, world, talk):
        run_kist(world, "backup", "create", world.folder / "out.backup")

    def judge(self, before, found):
        return "same" if found == before else None

    def beside(self, world):
        """Other promises: `None`, or what is broken."""
        if not (world.folder / "out.backup").exists():
            return None
        world.start()
        try:
            run_kist(world, "backup", "check", world.folder / "out.backup", given_passphrase=True)
        except (Gone, Refused) as problem:
            return f"a backup with its final name is not whole: {problem}"
        return None


class Restore(Put):
    """A backup of an older state put in the place of a newer vault."""

    name = "restore"
    client_too = True

    def prepare(self, world):
        return None

    def operate(self, world, talk):
        run_kist(world, "backup", "restore", world.data / "old.backup", "--replace", given_passphrase=True)

    def judge(self, before, found):
        if found == before:
            return "old"
        values = {name: value for name, (_, value) in found.items()}
        return "new" if values == {name: value for name, (_, value) in before.items() if name != "later"} else None


def run_kist(world, *words, given_passphrase=False):
    """Raises as the protocol's own client would."""
    environment = world.environment
    if given_passphrase:
        path = world.folder / "passphrase"
        path.write_bytes(PASSPHRASE + b"\n")
        path.chmod(0o600)
        environment |= {"KIST_PASSPHRASE_FILE": str(path)}
    world.client = subprocess.Popen(
        [*world.client_wrapper, world.programs / "kist", *map(str, words)], env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        printed, _ = world.client.communicate(timeout=120)
    except subprocess.TimeoutExpired:
        world.client.kill()
        raise Gone("no answer in two minutes") from None
    if world.client.returncode < 0:
        raise Gone("the command line was ended")
    if world.client.returncode:
        raise Refused({"message": printed[:400], "data": {"kind": f"exit {world.client.returncode}"}})


ALL = {operation.name: operation for operation in (Put, Remove, Rekey, Backup, Restore)}
BASIC = ("put", "remove")


def offered(programs, names):
    """The operations among `names` that the command line has."""
    help_text = subprocess.run([programs / "kist", "--help"], capture_output=True, text=True).stdout
    words = {"rekey": "rekey", "backup": "backup", "restore": "backup"}
    return [name for name in names if name in BASIC or f" {words[name]}" in help_text]


def begin(world, name, batches=1):
    """A world before the operation: what it was, as bytes and as answers."""
    # Re-encryption goes in batches of a thousand rows.
    truth = world.filled(12 if name != "rekey" or batches == 1 else 450 * batches)
    if name == "restore":
        world.start()
        talk = world.talk()
        talk.unlock()
        run_kist(world, "backup", "create", world.data / "old.backup")
        talk.put({"later": "x"})
        truth = talk.everything()
        world.kill()
    return world.save(), truth
