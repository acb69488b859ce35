"""Campaigns inside one process, by vault-campaign, in parts: A1, A2, A3, A4, A5, A6, A10, A17, C9."""

import json
import os
import shutil
import subprocess

from campaign import STORE


def part(context, numbers, folder):
    name, program, seed, fixture = context
    os.makedirs(folder, 0o700, exist_ok=True)
    # The bent copies lie in memory: what is tried is the judgement, not the disk.
    command = [program, name, "--from", str(numbers[0]), "--to", str(numbers[-1] + 1), "--seed", str(seed)]
    command += ["--fixture", fixture, "--work", folder]
    where = f"{name} {numbers[0]} to {numbers[-1]} of seed {seed}"
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=1_800, env={"SWIFT_BACKTRACE": "enable=no"})
    except subprocess.TimeoutExpired:
        return {"broken": 1}, [f"{where}: no end in half an hour"]
    if done.returncode not in (0, 1) or not done.stdout.startswith("{"):
        return {"broken": 1}, [f"{where}: ended with {done.returncode}: {done.stderr[-300:]}"]
    counts = json.loads(done.stdout)
    broken = counts.pop("failures")
    return counts, broken


def campaign(name, whole, size):
    """A campaign of `whole` numbered tries; `--count` takes every part up to it, or a spread of them when it is short."""

    def run(self):
        program = str(self.programs / "vault-campaign")
        # One file for all parts, also of a run that goes on later.
        fixture = STORE / f"fixture-{self.seed}"
        if not (fixture / "key").exists():
            fixture.mkdir(mode=0o700, parents=True, exist_ok=True)
            subprocess.run([program, "make", "--fixture", str(fixture), "--seed", str(self.seed)], check=True,
                           stdout=subprocess.DEVNULL)  # fmt: skip
        count = min(self.count, whole)
        starts = list(range(0, whole, size))
        if count < whole:
            pieces = max(1, min(len(starts), 8))
            picked = sorted(self.random.sample(starts, pieces))
            ranges = [range(start, min(whole, start + max(1, count // pieces))) for start in picked]
        else:
            ranges = [range(start, min(whole, start + size)) for start in starts]
        self.parts_of("", ranges, whole_part, 1, (name, program, self.seed, str(fixture)))

    return run


def whole_part(context, ranges, folder):
    return part(context, ranges[0], folder)


def journals(run):
    """A journal that a kill left behind, cut and bent."""
    program, fixture = str(run.programs / "vault-campaign"), STORE / f"fixture-{run.seed}"
    if not (fixture / "key").exists():
        fixture.mkdir(mode=0o700, parents=True, exist_ok=True)
        subprocess.run([program, "make", "--fixture", fixture, "--seed", str(run.seed)], check=True, stdout=subprocess.DEVNULL)
    hot = interrupted(run, program, fixture)
    whole = (hot / "vault.kist-journal").stat().st_size * 9
    count = min(run.count, whole)
    step = max(1, whole // max(1, count // 500))
    ranges = [range(start, min(whole, start + min(step, 500 if count < whole else step))) for start in range(0, whole, step)]
    if count >= whole:
        ranges = [range(start, min(whole, start + 8_192)) for start in range(0, whole, 8_192)]
    run.parts_of("", ranges, whole_part, 1, ("journals", program, run.seed, str(hot)))


def interrupted(run, program, fixture):
    """A folder with a vault whose last write was killed after the file was written and before it was synced."""
    for number in range(2, 8):
        hot = run.work / "hot"
        shutil.rmtree(hot, ignore_errors=True)
        shutil.copytree(fixture, hot)
        shutil.copy(hot / "vault.kist", hot / "before.kist")
        subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync", "-e",
                        f"inject=fdatasync:signal=KILL:when={number}", program, "interrupt", "--fixture", hot],
                       stdout=subprocess.DEVNULL)  # fmt: skip
        changed = (hot / "vault.kist").read_bytes() != (hot / "before.kist").read_bytes()
        if changed and (hot / "vault.kist-journal").exists():
            return hot
    raise RuntimeError("no kill left a journal behind")


def nonces(run):
    """A million in one process, two halves of a process that divided, and a kernel that gives no random bytes."""
    campaign("nonces", 1_000_000, 1_000_000)(run)
    program = str(run.programs / "vault-campaign")
    for number in (1, 2, 3, 5, 9):
        calls = "getrandom:error=EIO", f"getrandom:error=EIO:when={number}+"
        for call in calls:
            done = subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=getrandom,openat", "-e", f"inject={call}",
                                   "-e", "inject=openat:error=EIO:when=30+", program, "nonces", "--to", "50"],
                                  capture_output=True, text=True, env={"SWIFT_BACKTRACE": "enable=no"})  # fmt: skip
            run.tally.count("failures of the source")
            if done.returncode == 0:
                run.tally.count("another source was there")
            elif done.stdout.startswith("{"):
                run.tally.fail(f"{call}: {done.stdout[-200:]}")
            else:
                run.tally.count("refused to go on")
