"""What `kist rekey` says it did, it did; and what its plan names, stays."""

import json
import os
import subprocess

from test_slots import private, slots, with_kumo


def rekey(home, proof, *arguments, **more):
    return home.kist("rekey", *arguments, environment=proof, **more)


def is_open(home, proof):
    return "open" in json.loads(rekey(home, proof, "--dry-run", "--json"))


def test_a_job_under_way_does_not_pass_for_the_one_that_was_asked_for(home):
    proof = with_kumo(home)
    path = os.path.join(home.path, "many.csv")
    private(path, b"name,password\n" + b"".join(b"n%d,%s\n" % (n, b"v" * 200) for n in range(3000)))
    home.kist("import", path, "--yes")
    before = slots(home)
    for form in ("--data-key-only", "--yes"):
        # The agent does it: it needs nobody who waits.
        other = subprocess.Popen(
            ["kist", "rekey", "--data-key-only"], env=home.environment, cwd=home.work, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, executable=os.path.join(home.programs, "kist"))
        while not is_open(home, proof):
            assert other.poll() is None, "it was done before anybody could ask for another one"
        rekey(home, proof, form, status=125)
        assert b"under way" in home.errors and b"kist rekey" in home.errors, home.errors
        assert other.wait() == 0
        assert not is_open(home, proof) and slots(home) == before
    assert b"Every row has another key" in rekey(home, proof, "--yes")
    assert slots(home)[0]["id"] != before[0]["id"]


def test_the_plan_names_the_slots_that_the_files_open(home):
    proof = with_kumo(home)
    ids = {}
    for name in ("first", "second"):
        path = os.path.join(home.path, name + ".key")
        home.kist("slot", "add", "key-file", path, "--label", name, environment=proof)
    ids = {slot.get("label"): slot["id"] for slot in slots(home)}
    second = os.path.join(home.path, "second.key")
    plan = json.loads(rekey(home, proof, "--dry-run", "--json", "--key-file", second))
    assert [slot["id"] for slot in plan["ends"]] == [ids["first"]], plan
    assert ids["second"] in [slot["id"] for slot in plan["stays"]], plan
    rekey(home, proof, "--yes", "--key-file", second)
    assert [slot["label"] for slot in slots(home) if slot["kind"] == "keyFile"] == ["second"]
    home.kist("lock")
    home.kist("unlock", "--key-file", second)
