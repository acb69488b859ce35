"""Campaigns inside one process, by vault-campaign, in parts: A1, A2, A3, A4, A5, A6, A10, A17, C9."""

import json
import os
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
