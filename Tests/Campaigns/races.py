"""C8: the tests under the thread sanitizer. Builds everything once more, so it is apart from the others: Scripts/campaign races."""

import os
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
    for name in sorted(set(failed)):
        run.tally.count("failed for another reason")
        run.tally.fail(f"{name} fails under the sanitizer")
    for report in re.findall(r"WARNING: ThreadSanitizer: [^\n]*\n(?:[^\n]*\n){12}", printed):
        run.tally.count("reports")
        run.tally.fail(report)
    (ROOT / ".build/races.log").write_text(printed)
