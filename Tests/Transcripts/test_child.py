"""What a program gets from kist run, and what it does not."""

import concurrent.futures
import os
import subprocess

# Its own look at /proc takes descriptor 3.
REPORT = """import os
print(sorted(map(int, os.listdir("/proc/self/fd"))))
print(open("/proc/self/cmdline").read().split("\\0")[:3])
print([line.split()[1] for line in open("/proc/self/status") if line.startswith("SigBlk")])
print(os.environ["KUMO_API_KEY"])"""


def test_a_thousand_launches_under_load(home):
    """Descriptors 0 to 2 only, no secret in the arguments, no signal blocked."""
    home.initialise()
    home.kist("add", "kumo", "--stdin", "--no-check", given=b"demo:z3kr1tzz")
    extra = [os.open("/dev/null", os.O_RDONLY) for _ in range(3)]
    for descriptor in extra:
        os.set_inheritable(descriptor, True)

    def launch(_):
        process = subprocess.run(
            ["kist", "run", "kumo", "--", "/usr/bin/python3", "-I", "-S", "-c", REPORT],
            executable=os.path.join(home.programs, "kist"), env=home.environment, capture_output=True,
            stdin=subprocess.DEVNULL, close_fds=False, timeout=300)
        assert process.returncode == 0, process
        descriptors, arguments, blocked, key = process.stdout.decode().splitlines()
        assert descriptors == "[0, 1, 2, 3]", descriptors
        assert arguments == "['/usr/bin/python3', '-I', '-S']" and b"z3kr1tzz" not in " ".join(process.args).encode()
        assert blocked == "['0000000000000000']", blocked
        assert key == "demo:z3kr1tzz", key

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(launch, range(1000)))) == 1000


def test_a_descriptor_is_handed_on_when_it_is_declared(home):
    home.initialise()
    home.kist("add", "kumo", "--stdin", "--no-check", given=b"demo:x")
    reading, writing = os.pipe()
    os.write(writing, b"through")
    os.close(writing)
    program = f"cat <&{reading}"
    assert home.kist("run", "--keep-fd", str(reading), "kumo", "--", "bash", "-c", program, pass_fds=[reading]) == b"through"
    home.kist("run", "kumo", "--", "bash", "-c", program, pass_fds=[reading], status=1)


def test_names_that_run_code_are_refused(home):
    home.initialise()
    home.kist("add", "fields", "--name", "evil", "--stdin", given=b'{"token":"/tmp/evil.so"}')
    for name in ("LD_PRELOAD", "BASH_ENV", "PYTHONSTARTUP", "PATH", "GIT_SSH_COMMAND", "NODE_OPTIONS", "KIST_TRUST"):
        with open(os.path.join(home.work, "kist.toml"), "w") as file:
            file.write(f'[env]\n{name} = "kist://evil/token"\n')
        # Nobody is even asked to agree, and no option helps.
        home.kist("trust", "--yes", status=125)
        home.kist("run", "--allow-dangerous-names", "--", "/bin/true", status=125)
        assert name.encode() in home.errors, home.errors


def test_kists_own_rights_are_not_handed_on(home):
    home.initialise()
    home.kist("add", "kumo", "--stdin", "--no-check", given=b"demo:x")
    own = {"KIST_TRUST": "0" * 64, "KIST_PASSPHRASE_FILE": os.path.join(home.path, "passphrase")}
    shown = home.kist("run", "kumo", "--", "/usr/bin/env", environment=own)
    assert b"KUMO_API_KEY=demo:x" in shown
    assert b"KIST_TRUST" not in shown and b"KIST_PASSPHRASE_FILE" not in shown


def test_a_project_file_is_nothing_until_agreed_to(home):
    home.initialise()
    home.kist("add", "kumo", "--stdin", "--no-check", given=b"demo:x")
    path = os.path.join(home.work, "kist.toml")
    with open(path, "w") as file:
        file.write('use = ["kumo"]\n')
    home.kist("run", "--", "true", status=125)
    assert b"kist trust" in home.errors and b"KIST_TRUST=" in home.errors
    digest = home.errors.decode().split("KIST_TRUST=")[1].split()[0]
    home.kist("run", "--", "true", environment={"KIST_TRUST": digest})
    home.kist("run", "--", "true", environment={"KIST_TRUST": "0" * 64}, status=125)
    home.kist("trust", "--yes")
    home.kist("run", "--", "true")
    with open(path, "a") as file:
        file.write('profile = "prod"\n')
    home.kist("run", "--", "true", status=125)


def test_a_value_of_128_kib_is_refused_before_it_fails(home):
    home.initialise()
    home.kist("add", "fields", "--name", "big", "--file", "body=-", given=b"x" * 131072)
    home.kist("run", "big", "--", "true", status=125)
    assert b"big.body" in home.errors and b"--as big.body=file" in home.errors, home.errors
    assert home.kist("get", "big", "body") == b"x" * 131072


def test_output_that_cannot_be_written_is_said(home):
    home.initialise()
    home.kist("add", "kumo", "--stdin", "--no-check", given=b"demo:x")
    with open("/dev/full", "wb") as full:
        for words in (["get", "kumo"], ["list"], ["show", "kumo", "--json"]):
            process = subprocess.run(["kist", *words], executable=os.path.join(home.programs, "kist"), env=home.environment,
                                     stdout=full, stderr=subprocess.PIPE, timeout=300)
            assert process.returncode == 125 and b"could not be written" in process.stderr, (words, process)
