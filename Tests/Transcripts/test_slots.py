"""The ways into a vault, each with the real thing behind it: gnome-keyring, systemd-creds, files, a terminal."""

import json
import os
import resource
import select
import shutil
import signal
import socket
import subprocess
import threading

from desktop import Desktop
from home import PASSPHRASE, offered_code, shown_code

NOBODY = 65534


def with_kumo(home):
    home.initialise()
    home.kist("add", "kumo", "--stdin", "--no-check", given=b"demo:x")
    return {"KIST_PASSPHRASE_FILE": os.path.join(home.path, "passphrase")}


def slots(home):
    return json.loads(home.kist("slot", "list", "--json"))["items"]


def kinds(home):
    return sorted(slot["kind"] for slot in slots(home))


def new_session(home):
    """As after logging out and in: the runtime folder is another one."""
    home.kist("lock")
    shutil.rmtree(home.environment["XDG_RUNTIME_DIR"])
    os.mkdir(home.environment["XDG_RUNTIME_DIR"], 0o700)


def private(path, text=b""):
    with open(path, "wb", opener=lambda p, f: os.open(p, f, 0o600)) as file:
        file.write(text)
    return path


def test_a_keyring_opens_at_the_first_use_of_a_session_only(home):
    proof = with_kumo(home)
    with Desktop(home) as desktop:
        home.environment |= desktop.environment
        slot = json.loads(home.kist("slot", "add", "keyring", "--label", "laptop", "--json", environment=proof))["slot"]
        assert slot["kind"] == "keyring" and slot["label"] == "laptop" and "tested" in slot, slot
        assert desktop.lookup("slot", slot["id"]).startswith(b"kist-key-")
        home.kist("lock")
        home.kist("get", "kumo", status=4)  # locked on purpose: nothing opens it without a word
        home.kist("unlock", "--keyring")
        assert home.kist("get", "kumo") == b"demo:x"
        new_session(home)
        assert home.kist("get", "kumo") == b"demo:x"
        new_session(home)
        desktop.lock()
        home.kist("get", "kumo", status=4)
        assert b"the keyring is locked" in home.errors, home.errors
        home.kist("unlock", "--keyring", status=4)
        assert b"nobody gave its password" in home.errors, home.errors
    home.kist("unlock", "--keyring", status=4)
    assert b"no message bus" in home.errors, home.errors
    home.kist("unlock", environment=proof)


def test_a_keyring_that_refuses_leaves_no_slot(home):
    proof = with_kumo(home)
    before = kinds(home)
    home.kist("slot", "add", "keyring", environment=proof, status=4)
    assert b"no message bus" in home.errors, home.errors
    with Desktop(home) as desktop:
        home.environment |= desktop.environment
        desktop.lock()
        home.kist("slot", "add", "keyring", environment=proof, status=4)
        assert b"nobody gave its password" in home.errors, home.errors
    assert kinds(home) == before


def test_a_removed_keyring_slot_takes_its_key_along(home):
    proof = with_kumo(home)
    with Desktop(home) as desktop:
        home.environment |= desktop.environment
        first = json.loads(home.kist("slot", "add", "keyring", "--json", environment=proof))["slot"]["id"]
        second = json.loads(home.kist("slot", "change", "keyring", "--json", environment=proof))["slot"]["id"]
        assert desktop.lookup("slot", first) == b"" and desktop.lookup("slot", second) != b""
        home.kist("slot", "test", "keyring")
        home.kist("slot", "remove", "keyring", environment=proof)
        assert desktop.lookup("slot", second) == b""
        assert kinds(home) == ["passphrase", "recovery"]


def test_another_user_than_root_with_a_keyring(home):
    """Hardened processes of an ordinary user, their bus and their keyring: nothing of it works because of root."""
    assert os.geteuid() == 0, "this test becomes an ordinary user; run it as root"
    with_kumo(home)
    home.kist("lock")
    subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", home.path], check=True)
    with Desktop(home, NOBODY) as desktop:
        variables = {**home.environment, **desktop.environment}

        def kist(*arguments, status=0, **more):
            done = subprocess.run(
                [os.path.join(home.programs, "kist"), *arguments], env={**variables, **more}, cwd="/", capture_output=True,
                start_new_session=True, timeout=300, **desktop.identity)
            assert done.returncode == status, (arguments, done)
            return done.stdout

        kist("slot", "add", "keyring", KIST_PASSPHRASE_FILE=os.path.join(home.path, "passphrase"))
        kist("lock")
        kist("get", "kumo", status=4)
        kist("unlock", "--keyring")
        assert kist("get", "kumo") == b"demo:x"
        kist("lock")


def test_init_offers_the_keyring(home):
    with Desktop(home) as desktop:
        home.environment |= desktop.environment
        for answer in ("n", "y"):
            with home.terminal("kist init --kdf-passes 2 --kdf-memory 19") as terminal:
                terminal.expect("makes one for you): ")
                terminal.type(PASSPHRASE + "\n")
                terminal.expect("Again: ")
                terminal.type(PASSPHRASE + "\n")
                terminal.expect("(Enter skips): ")
                terminal.type("skip\n")
                terminal.expect("Keep a key for it there? [y/N] ")
                terminal.type(answer + "\n")
                _, status = terminal.finish()
                assert status == 0
            assert ("keyring" in kinds(home)) == (answer == "y")
            if answer == "n":
                home.kist("lock")
                os.unlink(os.path.join(home.path, ".local/share/kist/vault.kist"))
                shutil.rmtree(os.path.join(home.path, ".local/state"), ignore_errors=True)
        new_session(home)
        home.kist("list")


def test_a_key_file_opens_for_one_command(home):
    proof = with_kumo(home)
    home.kist("slot", "add", "key-file", "nightly.key", "--label", "nightly", environment=proof)
    path = os.path.join(home.work, "nightly.key")
    assert os.stat(path).st_mode & 0o777 == 0o600
    home.kist("slot", "add", "key-file", "nightly.key", environment=proof, status=125)
    assert b"not overwritten" in home.errors, home.errors
    home.kist("lock")
    assert home.kist("get", "kumo", environment={"KIST_KEY_FILE": path}) == b"demo:x"
    # A program that is started with a credential is not given the vault along with it.
    seen = home.kist("run", "kumo", "--", "env", environment={"KIST_KEY_FILE": path, "KIST_FACTOR_FILE": path})
    assert b"KUMO_API_KEY=" in seen and b"KIST_KEY_FILE" not in seen and b"KIST_FACTOR_FILE" not in seen
    home.kist("get", "kumo", status=4)
    home.kist("unlock", "--key-file", path)
    assert home.kist("get", "kumo") == b"demo:x"
    home.kist("slot", "test", "key-file", path)
    os.chmod(path, 0o640)
    home.kist("lock")
    home.kist("get", "kumo", environment={"KIST_KEY_FILE": path}, status=125)
    assert b"can be read by others" in home.errors, home.errors
    home.kist("unlock", environment=proof)
    home.kist("slot", "change", "nightly", "second.key", environment=proof)
    home.kist("lock")
    os.chmod(path, 0o600)
    home.kist("get", "kumo", environment={"KIST_KEY_FILE": path}, status=5)
    second = {"KIST_KEY_FILE": os.path.join(home.work, "second.key")}
    subprocess.run(["sleep", "0.3"], check=True)  # the pause after the wrong one
    assert home.kist("get", "kumo", environment=second) == b"demo:x"
    # It proves a change, too.
    home.kist("slot", "remove", "key-file", environment=second)
    assert kinds(home) == ["passphrase", "recovery"]


def test_a_credential_of_the_service_manager(home):
    proof = with_kumo(home)
    home.kist("slot", "add", "credential", "kist.cred", environment=proof)
    folder = os.path.join(home.path, "credentials")
    os.mkdir(folder, 0o700)
    key = os.path.join(folder, "kist.key")
    subprocess.run(
        ["systemd-creds", "decrypt", "--name=kist.key", os.path.join(home.work, "kist.cred"), key], check=True, capture_output=True)
    # With an access list for the service's user the group's bits show the list's mask.
    os.chmod(key, 0o440)
    home.kist("lock")
    assert home.kist("get", "kumo", environment={"CREDENTIALS_DIRECTORY": folder}) == b"demo:x"
    home.kist("get", "kumo", status=4)
    home.kist("slot", "test", "credential", environment={"CREDENTIALS_DIRECTORY": folder})
    os.chmod(key, 0o444)
    home.kist("get", "kumo", environment={"CREDENTIALS_DIRECTORY": folder}, status=125)


def test_an_identity_opens_what_it_is_a_recipient_of(home):
    proof = with_kumo(home)
    home.kist("identity", "create", "-o", "me.identity")
    home.kist("identity", "create", "-o", "other.identity")
    with open(os.path.join(home.work, "me.identity")) as file:
        recipient = next(line[2:].strip() for line in file if line.startswith("# kist-recipient-"))
    home.kist("slot", "add", "recipient", recipient, environment=proof, status=64)
    fingerprint = home.errors.decode().split("--fingerprint ")[1].split()[0]
    home.kist("slot", "add", "recipient", recipient, "--fingerprint", "0000-0000-0000-0000", environment=proof, status=1)
    home.kist("slot", "add", "recipient", recipient[:-1] + "0", environment=proof, status=64)
    home.kist("slot", "add", "recipient", recipient, "--fingerprint", fingerprint, environment=proof)
    assert any(slot.get("recipient") == fingerprint for slot in slots(home))
    home.kist("lock")
    home.kist("unlock", "--identity", "other.identity", status=5)
    subprocess.run(["sleep", "0.3"], check=True)
    home.kist("unlock", "--identity", "me.identity")
    assert home.kist("get", "kumo") == b"demo:x"


def test_only_the_vault_that_is_meant_is_opened(home):
    proof = with_kumo(home)
    fingerprint = json.loads(home.kist("status", "--json"))["fingerprint"]
    home.kist("lock")
    home.kist("unlock", "--expect-vault", "0000-0000-0000-0000", environment=proof, status=5)
    assert b"another vault" in home.errors or b"history" in home.errors, home.errors
    home.kist("unlock", "--expect-vault", fingerprint, environment=proof)


def test_a_passphrase_is_changed_and_the_old_one_opens_nothing(home):
    proof = with_kumo(home)
    new = private(os.path.join(home.path, "new"), b"another passphrase")
    with open(new, "rb") as file:
        home.kist("slot", "change", "passphrase", "--new-passphrase-fd", str(file.fileno()), environment=proof,
                  pass_fds=[file.fileno()])
    home.kist("lock")
    home.kist("get", "kumo", environment=proof, status=5)
    subprocess.run(["sleep", "0.3"], check=True)
    assert home.kist("get", "kumo", environment={"KIST_PASSPHRASE_FILE": new}) == b"demo:x"


def test_a_used_recovery_code_is_renewed(home):
    with_kumo(home)
    home.kist("lock")
    code = home.recovery_code()
    with home.terminal("kist unlock --recovery") as terminal:
        offered_code(terminal, code)
        terminal.type("\x04")
        rest, status = terminal.finish()
        assert status == 0 and b"kist slot change recovery" in rest, (status, rest)
    assert home.kist("get", "kumo") == b"demo:x"
    home.kist("lock")
    with home.terminal("kist unlock --recovery") as terminal:
        offered_code(terminal, code)
        terminal.type("\n")
        for _ in range(3):
            terminal.expect("(Enter skips): ")
            terminal.type("none\n")
        rest, status = terminal.finish()
        assert status == 0 and b"not confirmed" in rest and b"kist slot change recovery" in rest, (status, rest)
    assert home.kist("get", "kumo") == b"demo:x"
    home.kist("lock")
    with home.terminal("kist unlock --recovery") as terminal:
        shown = shown_code(terminal, code)
        terminal.type(shown[-4:] + "\n")
        _, status = terminal.finish()
        assert status == 0
    home.kist("lock")
    old, new = (private(os.path.join(home.path, n), t.encode()) for n, t in (("old", code), ("new", shown)))
    for path, status in ((new, 0), (old, 5)):
        with open(path, "rb") as file:
            home.kist("unlock", "--recovery", "--passphrase-fd", str(file.fileno()), pass_fds=[file.fileno()], status=status)
        if status == 0:
            assert b"kist slot change recovery" in home.errors, home.errors
            assert b"kist slot change recovery" in home.kist("status")
            home.kist("lock")


def test_a_recovery_code_is_not_looked_for_in_the_file_of_the_passphrase(home):
    proof = with_kumo(home)
    code = home.recovery_code()
    home.kist("backup", "create", "safe", environment=proof)
    for command, said in (
        ("kist slot test recovery", b"opens the vault"),
        ("kist slot add key-file first.key --recovery", b"Added"),
        ("kist slot change nightly --label weekly --recovery", b"Changed"),
        ("kist slot remove weekly --recovery", b"Removed"),
        ("kist backup check --recovery safe", b"Whole"),
        ("kist lock && kist unlock --recovery", b"Unlocked"),
    ):
        if "nightly" in command:
            home.kist("slot", "add", "key-file", "nightly.key", "--label", "nightly", environment=proof)
        with home.terminal(command, proof) as terminal:
            terminal.expect("Recovery code: ")
            terminal.type(code + "\n")
            terminal.expect(said.decode())
            if "unlock" in command:
                terminal.expect("?")
                terminal.type("n\n")
            assert terminal.finish()[1] == 0, command
    # With nobody there, what is missing is the code.
    home.kist("slot", "test", "recovery", environment=proof, status=4)
    assert b"ask for the recovery code" in home.errors and b"--passphrase-fd" in home.errors, home.errors


def test_a_second_factor_needs_a_proved_recovery_code(home):
    proof = with_kumo(home)
    home.kist("slot", "add", "factor", "usb.factor", environment=proof, status=125)
    assert b"kist slot test recovery" in home.errors, home.errors
    assert not os.path.exists(os.path.join(home.work, "usb.factor"))
    with open(os.path.join(home.path, "recovery"), "rb") as file:
        home.kist("slot", "test", "recovery", "--passphrase-fd", str(file.fileno()), pass_fds=[file.fileno()])
    assert b"the passphrase and the recovery code" in home.kist("backup", "create", "before", environment=proof)
    home.kist("slot", "add", "factor", "usb.factor", environment=proof)
    said = home.kist("backup", "create", "after", environment=proof)
    assert b"the passphrase together with the file of its second factor, and the recovery code alone" in said, said
    home.kist("lock")
    home.kist("get", "kumo", environment=proof, status=5)
    assert b"second factor" in home.errors, home.errors
    both = {**proof, "KIST_FACTOR_FILE": os.path.join(home.work, "usb.factor")}
    assert home.kist("get", "kumo", environment=both) == b"demo:x"
    with home.terminal("kist unlock") as terminal:
        terminal.expect("Passphrase: ")
        terminal.type(PASSPHRASE + "\n")
        terminal.expect("second factor: ")
        terminal.type("usb.factor\n")
        assert terminal.finish()[1] == 0
    with open(private(os.path.join(home.path, "new"), b"another passphrase"), "rb") as file:
        change = ["slot", "change", "passphrase", "--new-passphrase-fd", str(file.fileno())]
        home.kist(*change, "--recovery", pass_fds=[file.fileno()], environment=proof, status=64)
        assert b"--factor FILE" in home.errors, home.errors
    home.kist("slot", "remove", "factor", environment=both)
    home.kist("lock")
    assert home.kist("get", "kumo", environment=proof) == b"demo:x"


def test_the_last_way_in_stays_and_a_wrong_proof_changes_nothing(home):
    proof = with_kumo(home)
    before = slots(home)
    wrong = {"KIST_PASSPHRASE_FILE": private(os.path.join(home.path, "wrong"), b"not the passphrase")}
    for command in (["remove", "recovery"], ["add", "key-file", "x.key"], ["change", "recovery"], ["add", "recovery"]):
        home.kist("slot", *command, environment=wrong, status=5)
    assert slots(home) == before and not os.path.exists(os.path.join(home.work, "x.key"))
    home.kist("slot", "remove", "recovery", environment=proof)
    home.kist("slot", "remove", "passphrase", environment=proof, status=125)
    assert b"last way in" in home.errors, home.errors
    assert kinds(home) == ["passphrase"]
    for word in ("hunter2hunter2", "deadbeef"):
        home.kist("slot", "remove", word, environment=proof, status=3)
        assert word.encode() not in home.errors, home.errors
    home.kist("slot", "add", "passphrase", "hunter2hunter2", environment=proof, status=64)
    assert b"hunter2" not in home.errors, home.errors


def test_what_other_programs_keep_in_the_keyring_is_taken_over(home):
    with_kumo(home)
    home.kist("import", "--from", "keyring", "--yes", status=4)
    with Desktop(home) as desktop:
        home.environment |= desktop.environment
        kept = {
            "git": (["xdg:schema", "org.git.Password", "server", "github.com", "user", "ada", "protocol", "https"], b"g1\nexpiry=1"),
            "docker": (["xdg:schema", "io.docker.Credentials", "server", "https://ghcr.io", "username", "ada"], b"d1"),
            "cargo": (["xdg:schema", "org.rust-lang.cargo.registry", "url", "sparse+https://crates.example/"], b"c1"),
            "python": (["application", "Python keyring library", "service", "pypi", "username", "__token__"], b"p1"),
            "other": (["something", "else"], b"not ours"),
        }
        for name, (attributes, secret) in kept.items():
            assert desktop.tool("store", f"--label={name}", *attributes, given=secret) == 0
        home.kist("import", "--from", "keyring", "--yes")
        for name, field, secret in (
            ("git-github.com", "password", b"g1"), ("docker-ghcr.io", "password", b"d1"), ("pypi", "password", b"p1"),
            ("cargo-crates.example", "token", b"c1"),
        ):
            assert home.kist("get", name, field) == secret, name
        assert b"not ours" not in home.kist("export")


class LostAnswers:
    """Between kist and the agent: everything goes through but the answer to the first request with `word` in it."""

    def __init__(self, home, word):
        run = os.path.join(home.environment["XDG_RUNTIME_DIR"], "kist")
        (name,) = [name for name in os.listdir(run) if name.endswith(".sock")]
        self.path, self.real, self.word = os.path.join(run, name), os.path.join(run, "real"), word

    def __enter__(self):
        os.rename(self.path, self.real)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        os.chmod(self.path, 0o600)
        self.listener.listen()
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(client,), daemon=True).start()

    def carry(self, client):
        agent = socket.socket(socket.AF_UNIX)
        agent.connect(self.real)
        is_lost = False
        while True:
            for side in select.select([client, agent], [], [])[0]:
                data = side.recv(1 << 20)
                if side is client and data:
                    is_lost = is_lost or self.word in data
                    agent.sendall(data)
                elif side is agent and data and not is_lost:
                    client.sendall(data)
                else:
                    client.close()
                    agent.close()
                    return

    def __exit__(self, *_):
        self.listener.close()
        os.rename(self.real, self.path)


def test_a_key_stays_when_nobody_knows_whether_its_slot_was_made(home):
    proof = with_kumo(home)
    with LostAnswers(home, b"slotAdd"):
        home.kist("slot", "add", "key-file", "nightly.key", environment=proof, status=125)
    assert b"keep nightly.key" in home.errors and b"kist slot list" in home.errors, home.errors
    assert "key file" in str(kinds(home)) or "key-file" in str(kinds(home)) or "keyFile" in str(kinds(home)), kinds(home)
    home.kist("lock")
    assert home.kist("get", "kumo", environment={"KIST_KEY_FILE": os.path.join(home.work, "nightly.key")}) == b"demo:x"
    # An answer that says no takes the file away as before.
    home.kist("slot", "add", "key-file", "second.key", "--label", "x" * 5_000, environment=proof, status=64)
    assert not os.path.exists(os.path.join(home.work, "second.key"))


def opens(home, path, status=0):
    home.kist("lock")
    with open(path, "rb") as file:
        home.kist("unlock", "--recovery", "--passphrase-fd", str(file.fileno()), pass_fds=[file.fileno()], status=status)


def test_a_new_recovery_code_is_never_lost(home):
    proof = with_kumo(home)
    old = os.path.join(home.path, "recovery")
    # No place for it: nothing is changed.
    home.kist("slot", "change", "recovery", "--recovery-file", "nowhere/code", environment=proof, status=125)
    opens(home, old)
    # A place that takes nothing: neither is anything changed then.
    def full():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    for more in ([], ["--json"]):
        done = subprocess.run(
            [os.path.join(home.programs, "kist"), "slot", "change", "recovery", "--recovery-file", "code", *more],
            env={**home.environment, **proof}, cwd=home.work, capture_output=True, start_new_session=True, timeout=300,
            preexec_fn=full)
        assert done.returncode == 125 and b"could not be written" in done.stderr and not done.stdout, done
        assert not os.path.exists(os.path.join(home.work, "code"))
        opens(home, old)
    # A wrong proof: the file of a code that opens nothing goes again.
    wrong = {"KIST_PASSPHRASE_FILE": private(os.path.join(home.path, "wrong"), b"not the passphrase")}
    home.kist("slot", "change", "recovery", "--recovery-file", "code", environment=wrong, status=5)
    assert not os.path.exists(os.path.join(home.work, "code"))
    subprocess.run(["sleep", "0.3"], check=True)
    home.kist("slot", "change", "recovery", "--recovery-file", "code", environment=proof)
    opens(home, os.path.join(home.work, "code"))
    opens(home, old, status=5)


def test_a_new_recovery_code_counts_once_it_is_confirmed(home):
    """Until somebody has typed its last group, or said that they go on without, the former one is the one that opens."""
    proof = with_kumo(home)
    old = os.path.join(home.path, "recovery")
    for typed in (["AAAA", "BBBB", "CCCC"], ["\x03"], ["\x04"]):
        before = slots(home)
        with home.terminal("kist slot change recovery", proof) as terminal:
            terminal.expect("without the passphrase:")
            shown = terminal.expect("(Enter skips): ").split()[0].decode()
            for number, group in enumerate(typed):
                if number:
                    terminal.expect("(Enter skips): ")
                terminal.type(group + ("\n" if len(group) > 1 else ""))
            rest, status = terminal.finish()
        assert status == (130 if typed == ["\x03"] else 125), (status, rest)
        assert len(typed) == 1 or b"not confirmed, so nothing was changed" in rest, rest
        assert slots(home) == before, typed
        opens(home, private(os.path.join(home.path, "shown"), shown.encode()), status=5)
        subprocess.run(["sleep", "0.3"], check=True)
        opens(home, old)
    with home.terminal("kist slot change recovery", proof) as terminal:
        shown = terminal.expect("(Enter skips): ").split(b"\n")[1].split()[0].decode()
        terminal.type(shown[-4:] + "\n")
        assert terminal.finish()[1] == 0
    opens(home, private(os.path.join(home.path, "shown"), shown.encode()))


def test_a_first_recovery_code_needs_its_place_before_there_is_a_vault(home):
    secret = private(os.path.join(home.path, "pass"), PASSPHRASE.encode())
    cheap = ["init", "--kdf-passes", "2", "--kdf-memory", "19", "--recovery-file", "nowhere/code"]
    home.kist(*cheap, environment={"KIST_PASSPHRASE_FILE": secret}, status=125)
    with home.terminal(["kist", *cheap]) as terminal:
        assert terminal.finish()[1] == 125
    assert not os.path.exists(os.path.join(home.path, ".local/share/kist/vault.kist"))


def test_json_about_a_new_recovery_code_is_json_alone(home):
    proof = with_kumo(home)
    before = slots(home)
    for command in ("add", "change"):
        assert home.kist("slot", command, "recovery", "--json", environment=proof, status=64) == b""
        assert b"--recovery-file" in home.errors, home.errors
    assert slots(home) == before
    shown = home.kist("slot", "change", "recovery", "--json", "--recovery-file", "code", environment=proof)
    assert json.loads(shown)["slot"]["kind"] == "recovery", shown


def test_a_lock_without_an_agent_keeps_the_keyring_from_opening(home):
    proof = with_kumo(home)
    with Desktop(home) as desktop:
        home.environment |= desktop.environment
        home.kist("slot", "add", "keyring", environment=proof)
        new_session(home)
        home.kist("lock")
        home.kist("get", "kumo", status=4)
        home.kist("unlock", "--keyring")
        assert home.kist("get", "kumo") == b"demo:x"
