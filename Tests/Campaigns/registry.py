"""The campaigns: what each promises, how much of it is long and how much is short, and who does it."""

import dataclasses
import typing

import backups
import failing
import inside
import killing
import places
import power
import races
import readers
import vault
from reading import READING  # noqa: F401  (Scripts/campaign prepares it)


@dataclasses.dataclass
class Campaign:
    promise: str
    title: str
    body: typing.Callable
    long: int
    short: int
    # Which of its counts says how much was tried.
    counted: str
    jobs: int | None = None
    needs_reader: bool = False
    alone_in_mounts: bool = False
    # Waits more than it works: "long" runs it beside the others.
    waits: bool = False
    # Not part of "long": it takes a build of its own.
    apart: bool = False


CAMPAIGNS = {
    "flips": Campaign("A1", "every bit of a vault of 64 KiB turned over", vault.campaign("flips", 524_288, 8_192), 524_288, 2_000, "flips"),
    "cuts": Campaign("A2", "the file cut at every length", vault.campaign("cuts", 65_536, 4_096), 65_536, 2_000, "cuts"),
    "journals": Campaign("A2", "the journal of a killed write, cut at every length and bent at every bit", vault.journals, 400_000, 1_500, "cuts"),
    "swaps": Campaign("A3", "parts of records in each other's place", vault.campaign("swaps", 50_500, 4_040), 50_500, 800, "refused"),
    "drops": Campaign("A4", "rows dropped, doubled and brought back", vault.campaign("drops", 1, 1), 1, 1, "noticed"),
    "rollbacks": Campaign("A5", "older copies, mixtures of two states, forks", vault.campaign("rollbacks", 1, 1), 1, 1, "refused"),
    "headers": Campaign("A6", "hostile costs and headers", vault.campaign("headers", 10_000, 5_000), 10_000, 800, "headers"),
    "nonces": Campaign("A10", "no nonce twice", vault.nonces, 1_000_000, 20_000, "seals"),
    "contexts": Campaign("A17", "no two contexts of a key are the same bytes", vault.campaign("contexts", 1_000_000, 125_000), 1_000_000, 20_000, "pairs"),
    "readers": Campaign("A8", "a second reader, in another language, reads the same", readers.readers, 60, 2, "vaults", needs_reader=True),
    "backups": Campaign("A16", "backups made while somebody writes, each restored where nothing is", backups.backups, 200, 5, "backups", waits=True),
    "model": Campaign("C9", "the vault equals a dictionary, 200 random steps each", vault.campaign("model", 10_000, 250), 10_000, 40, "sequences"),
    "kills": Campaign("C1", "SIGKILL at a random moment of each operation", killing.kills, 1_000, 10, "kills"),
    "calls": Campaign("C2", "a kill at every system call of each operation", killing.calls, 2_000, 10, "points"),
    "power": Campaign("C3", "power lost: unsynced writes dropped, torn, reordered", power.power, 500, 25, "cuts"),
    "errors": Campaign("C4", "EIO and ENOSPC at every call, once and from then on", failing.errors, 800, 10, "errors"),
    "disks": Campaign("C5", "a disk of 1 MiB, full to another degree each time", places.disks, 100, 6, "levels", alone_in_mounts=True),
    "memory": Campaign("C6", "too little memory: limits, and refused allocations", failing.memory, 300, 12, "errors"),
    "writers": Campaign("C7", "eight clients write at once", places.writers, 1_000, 40, "acknowledged"),
    "opens": Campaign("C11", "nobody but SQLite opens the file while it has it open", places.opens, 10, 1, "sessions"),
    "clock": Campaign("C16", "the clock jumps by years", inside.clock, 100, 2, "jumps", waits=True),
    "scan": Campaign("B3", "an agent's memory after a lock, every eight bytes of every secret", inside.scan, 100, 2, "cycles", needs_reader=True, waits=True),
    "races": Campaign("C8", "the tests under the thread sanitizer (builds everything once more)", races.races, 1, 0, "tests", apart=True),
    "locked": Campaign("B4", "locked memory, or a word that it is not", places.locked, 20_000, 400, "limits"),
}  # fmt: skip
