"""C8: the tests under the thread sanitizer. Builds everything once more, so it is apart from the others: Scripts/campaign races."""

import os
import pathlib
import re
import subprocess

from campaign import ROOT

# Tests that start programs of their own or hold them to the kernel are left out: their children are not looked into.
SUITES = (
    "KistVaultTests|KistCryptoTests|SecretMemoryTests|StoreSQLiteTests|KistProtocolTests|KistAgentTests|KistClientTests|KistMaskingTests|KistProxyTests"
)

# Under the sanitizer memory is not locked as it is without, and a person who answers in time does not.
LEFT_OUT = "SlabPoolTests|ProcessSourceTests|aPersonWhoAgreesIsWaitedFor"

# The sanitizer does not see the lock of Swift's library (Synchronization.Mutex, a futex in code that it did not build), so what
# is guarded by it looks bare. All three of these touch their state inside that lock alone, which their types make sure of.
SUPPRESSED = "race:SlabPool\nrace:OwnThreads\nrace:PlatformShelf\n"

# For the same reason a report is counted apart when both of its accesses stand in a `withLock { … }` of the same lock: a frame near
# the top of each is in a line of ours, at this very word.
NEAR_THE_TOP = 3
KIND = re.compile(r"WARNING: ThreadSanitizer: (data race|Swift access race) ")
ACCESS = re.compile(r"^ *(?:Modifying|Read|Write|Previous) ?.*$", re.MULTILINE)


def is_locked(report):
    accesses = ACCESS.split(report)[1:]
    if not KIND.match(report) or len(accesses) != 2:
        return False
    first, second = (lock(access.split("\n\n", 1)[0]) for access in accesses)
    return first is not None and first == second


def lock(access):
    """What the access is locked with, as it is written there; None when it is not."""
    for frame in re.findall(r"^ *#\d+ .*$", access, re.MULTILINE)[:NEAR_THE_TOP]:
        place = re.search(r" (/[^ ]+\.swift):(\d+):(\d+)", frame)
        if place and pathlib.Path(place[1]).is_relative_to(ROOT):
            line = pathlib.Path(place[1]).read_text().splitlines()[int(place[2]) - 1]
            before, at = line[: int(place[3]) - 1], line[int(place[3]) - 1 :]
            if at.startswith("withLock") and (owner := re.search(r"[\w.]+\.$", before)):
                return place[1], owner[0]
    return None


def races(run):
    options = ["--sanitize=thread", "--scratch-path", ".build/races"]
    subprocess.run(["swift", "build", "--build-tests", *options], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    suppressed = ROOT / ".build/races.suppressed"
    suppressed.write_text(SUPPRESSED)
    done = subprocess.run(
        ["swift", "test", "--skip-build", "--filter", SUITES, "--skip", LEFT_OUT, *options], cwd=ROOT, capture_output=True, text=True,
        env=os.environ | {"SWIFT_BACKTRACE": "enable=no", "TSAN_OPTIONS": f"halt_on_error=0 second_deadlock_stack=1 suppressions={suppressed}"},
    )  # fmt: skip
    printed = done.stdout + done.stderr
    passed = re.search(r"Test run with (\d+) tests.* passed", printed)
    failed = re.findall(r"✘ Test (\w+)\(.*\) failed", printed)
    run.tally.count("tests", int(passed.group(1)) if passed else len(set(re.findall(r"✔ Test (\w+)", printed))))
    if not passed and not failed:
        run.tally.fail(f"the tests did not come to their end: {printed[-2_000:]}")
    for name in sorted(set(failed)):
        run.tally.count("failed for another reason")
        run.tally.fail(f"{name} fails under the sanitizer")
    for report in re.findall(r"WARNING: ThreadSanitizer: .*?\n={18}", printed + "\n" + "=" * 18, re.DOTALL):
        if is_locked(report):
            run.tally.count("inside a lock that the sanitizer does not see")
            continue
        run.tally.count("reports")
        run.tally.fail(report)
    (ROOT / ".build/races.log").write_text(printed)
