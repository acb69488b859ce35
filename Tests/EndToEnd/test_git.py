"""git itself over HTTP on this machine, and everything that git says to a helper."""

import os
import signal
import subprocess
import time

from stubs import GitServer


def helper(world, operation, text, **settings):
    return world.helper("git", operation, given=text, **settings)


def git(world, *arguments, cwd=None, environment=None):
    process = subprocess.run(
        ["git", *arguments],
        cwd=cwd or world.at("work"),
        env={
            **world.environment,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            **(environment or {}),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    found = world.canaries.found_in((process.stdout + process.stderr).encode())
    assert not found, f"printed by git: {found}"
    return process


def repository(world, name):
    """A bare repository with one commit."""
    bare = world.at("work", "server", f"{name}.git")
    made = world.at("work", f"{name}-first")
    git(world, "init", "-q", "--bare", bare)
    git(world, "-C", bare, "config", "http.receivepack", "true")
    git(world, "init", "-q", made)
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    assert git(world, *identity, "-C", made, "commit", "-q", "--allow-empty", "-m", "first").returncode == 0
    assert git(world, "-C", made, "push", "-q", bare, "HEAD:refs/heads/main").returncode == 0
    git(world, "-C", bare, "symbolic-ref", "HEAD", "refs/heads/main")


def test_clone_push_and_a_refused_password(world):
    os.makedirs(world.at("work", "server"), exist_ok=True)
    repository(world, "one")
    password = world.secret("git password")
    server = world.stub(GitServer, tls=True, folder=world.at("work", "server"), logins={("ada", password)})
    trusting = {"GIT_SSL_CAINFO": world.certificate.authority}
    url = f"{server.origin}/one.git"
    assert git(world, "clone", "-q", url, "before", environment=trusting).returncode != 0

    world.done("setup", "git", server.origin)
    world.add("login", {"username": "ada", "password": password, "url": server.origin}, "--name", "forge")
    cloned = git(world, "clone", "-q", url, "clone", environment=trusting)
    assert cloned.returncode == 0, cloned
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    git(world, *identity, "-C", world.at("work", "clone"), "commit", "-q", "--allow-empty", "-m", "second")
    pushed = git(world, "-C", world.at("work", "clone"), "push", "-q", "origin", "HEAD", environment=trusting)
    assert pushed.returncode == 0, pushed
    # git said after each use that the login was good: that wrote nothing.
    assert len(world.done("history", "forge").out.splitlines()) == 2
    assert "git 127.0.0.1" in world.done("audit", "forge", "--json").out

    # The server takes another one now: git tells, Kist notes it, and the only copy stays.
    server.logins = {("ada", world.secret("next password"))}
    assert git(world, "-C", world.at("work", "clone"), "fetch", environment=trusting).returncode != 0
    shown = world.done("show", "forge", "--json").out
    assert f'"host": "{server.authority}"' in shown or f'"host":"{server.authority}"' in shown, shown
    assert "refused at" in world.done("list").out
    assert world.kist("get", "forge", "password", may_print=True).out == password
    asked = helper(world, "get", f"protocol=https\nhost={server.authority}\n\n")
    assert asked.out == "", asked

    world.done("setup", "git", server.origin, "--undo")
    assert "kist" not in open(world.at("home", ".gitconfig")).read()


def test_what_gits_own_test_asks_of_a_helper(world):
    """The cases of git's t0303: store, get, match, overwrite, erase."""
    one, two, other = world.secret("one"), world.secret("two"), world.secret("other")
    base = "protocol=https\nhost=example.com\n"
    assert helper(world, "get", base).out == ""
    helper(world, "store", f"{base}username=store-user\npassword={one}\n")
    assert helper(world, "get", base).out == f"username=store-user\npassword={one}\n"
    assert helper(world, "get", "protocol=http\nhost=example.com\n").out == ""
    assert helper(world, "get", "protocol=https\nhost=other.tld\n").out == ""
    assert helper(world, "get", f"{base}username=other\n").out == ""
    # With a path, that path only.
    helper(world, "store", f"protocol=https\nhost=path.tld\npath=foo.git\nusername=user\npassword={one}\n")
    assert helper(world, "get", "protocol=https\nhost=path.tld\npath=bar.git\n").out == ""
    assert one in helper(world, "get", "protocol=https\nhost=path.tld\npath=foo.git\n").out
    # A newer password takes the place of the older one.
    helper(world, "store", f"{base}username=store-user\npassword={two}\n")
    assert helper(world, "get", base).out == f"username=store-user\npassword={two}\n"
    assert world.done("history", "example.com").out.count("git example.com") == 2
    # A password that is not the one that is stored erases nothing.
    helper(world, "erase", f"{base}username=store-user\npassword={one}\n")
    assert two in helper(world, "get", base).out
    helper(world, "erase", f"{base}username=store-user\npassword={two}\n")
    assert helper(world, "get", base).out == ""
    # Several users of one host, one of them forgotten.
    for user, password in (("user1", one), ("user2", two)):
        helper(world, "store", f"protocol=https\nhost=multi.tld\nusername={user}\npassword={password}\n")
    helper(world, "erase", "protocol=https\nhost=multi.tld\nusername=user1\n")
    assert helper(world, "get", "protocol=https\nhost=multi.tld\nusername=user1\n").out == ""
    assert two in helper(world, "get", "protocol=https\nhost=multi.tld\nusername=user2\n").out
    assert two in helper(world, "get", "protocol=https\nhost=multi.tld\n").out
    # No user name at all (a ticket of Kerberos stands in for both).
    helper(world, "store", "protocol=https\nhost=sso.tld\nusername=\npassword=\n")
    assert helper(world, "get", "protocol=https\nhost=sso.tld\n").out == "username=\npassword=\n"
    # A long header that git only repeats.
    long = "wwwauth[]=basic realm=\"" + "a" * 20_000 + "\"\n"
    helper(world, "store", f"protocol=https\nhost=victim.example.com\nusername=u\npassword={other}\n")
    assert helper(world, "get", f"protocol=https\n{long}host=victim.example.com\n").out.endswith(f"password={other}\n")


def test_keys_of_later_versions_of_git(world):
    token, refresh = world.secret("token"), world.secret("refresh")
    base = "protocol=https\nhost=later.example.com\n"
    assert helper(world, "capability", "").out == "version 0\ncapability authtype\n"
    helper(world, "store", f"capability[]=authtype\n{base}authtype=Bearer\ncredential={token}\n")
    assert helper(world, "get", base).out == ""
    answer = helper(world, "get", f"capability[]=authtype\n{base}").out
    assert answer == f"capability[]=authtype\nauthtype=Bearer\ncredential={token}\n"
    helper(world, "store", f"capability[]=authtype\n{base}authtype=Bearer\ncredential={refresh}\nephemeral=1\n")
    assert token in helper(world, "get", f"capability[]=authtype\n{base}").out
    base = "protocol=https\nhost=expiry.example.com\n"
    soon = int(time.time()) + 3_600
    login = f"{base}username=u\npassword={token}\n"
    helper(world, "store", f"{login}password_expiry_utc={soon}\noauth_refresh_token={refresh}\n")
    answer = helper(world, "get", base).out.splitlines()
    assert answer == ["username=u", f"password={token}", f"password_expiry_utc={soon}", f"oauth_refresh_token={refresh}"]
    helper(world, "store", f"{login}password_expiry_utc={soon - 7_200}\n")
    outcome = helper(world, "get", base)
    assert outcome.out == "" and "expired" in outcome.err, outcome
    assert helper(world, "nonsense", base).out == ""


def test_a_request_that_could_be_split_gets_nothing(world):
    password = world.secret("password")
    world.add("login", {"username": "u", "password": password, "url": "https://split.example.com"}, "--name", "split")
    for byte in [chr(b) for b in range(32)] + ["\x7f"]:
        for field in ("protocol=ht{}tps\nhost=split.example.com\n", "protocol=https\nhost=split{}.example.com\n"):
            outcome = helper(world, "get", field.format(byte))
            assert password not in outcome.out and outcome.out in ("", "quit=1\n"), outcome
    for blank in ("", "\n", "protocol=https\n", "host=split.example.com\n", "protocol=https\nhost=\n", "protocol=\nhost=split.example.com\n"):
        assert helper(world, "get", blank).out == "", blank


def test_a_token_of_github_by_any_user_name(world):
    token = world.secret("github", "ghp_{}")
    helper(world, "store", f"protocol=https\nhost=github.com\nusername=ada\npassword={token}\n")
    assert '"platform": "github"' in world.done("show", "github.com", "--json").out.replace('":"', '": "')
    assert helper(world, "get", "protocol=https\nhost=github.com\nusername=grace\n").out == f"username=grace\npassword={token}\n"
    assert helper(world, "get", "protocol=https\nhost=evilgithub.com\n").out == ""


def test_what_git_found_good_goes_into_no_other_credential(world):
    """Two logins of one user at one host, one of them refused: git tells the other's value after each use."""
    good, bad, newer = world.secret("good"), world.secret("bad"), world.secret("newer")
    base = "protocol=https\nhost=twice.example.com\n"
    for name, password in (("good", good), ("bad", bad)):
        world.add("login", {"username": "u", "password": password, "url": "https://twice.example.com"}, "--name", name)
    helper(world, "erase", f"{base}username=u\npassword={bad}\n")
    for _ in range(2):
        assert helper(world, "get", base).out == f"username=u\npassword={good}\n"
        helper(world, "store", f"{base}username=u\npassword={good}\n")
    assert world.kist("get", "bad", "password", may_print=True).out == bad
    assert "refused at" in world.done("list").out
    # Another password of that user is the one's that is offered.
    helper(world, "store", f"{base}username=u\npassword={newer}\n")
    assert world.kist("get", "good", "password", may_print=True).out == newer
    assert world.kist("get", "bad", "password", may_print=True).out == bad
    # What is there for the whole host is not copied for a path of it.
    helper(world, "store", f"{base}path=a b/c.git\nusername=u\npassword={newer}\n")
    assert world.kist("show", "twice.example.com").status != 0
    # A path with blanks is one place, however often it is stored.
    for password in (good, bad):
        helper(world, "store", f"protocol=https\nhost=path.example.com\npath=a b/c.git\nusername=u\npassword={password}\n")
    assert world.kist("show", "path.example.com-2").status != 0
    assert bad in helper(world, "get", "protocol=https\nhost=path.example.com\npath=a b/c.git\n").out


def test_what_git_does_not_repeat_stays(world):
    """git before 2.40 knows neither an end nor a refresh token, and tells the password all the same."""
    token, refresh, newer = world.secret("token"), world.secret("refresh"), world.secret("newer")
    base = "protocol=https\nhost=old.example.com\n"
    soon = int(time.time()) + 3_600
    more = f"password_expiry_utc={soon}\noauth_refresh_token={refresh}\n"
    helper(world, "store", f"{base}username=u\npassword={token}\n{more}")
    helper(world, "store", f"{base}username=u\npassword={token}\n")
    assert helper(world, "get", base).out == f"username=u\npassword={token}\n{more}"
    helper(world, "store", f"{base}username=u\npassword={newer}\n")
    assert helper(world, "get", base).out == f"username=u\npassword={newer}\n"


def test_locked_missing_or_stopped_git_is_told_to_stop(world):
    world.add("login", {"username": "u", "password": world.secret("p"), "url": "https://stop.example.com"}, "--name", "stop")
    asked = "protocol=https\nhost=stop.example.com\n"
    world.done("lock")
    outcome = helper(world, "get", asked)
    assert outcome.out == "quit=1\n" and outcome.status == 4 and "kist unlock" in outcome.err, outcome
    world.unlock()
    pid = int(__import__("json").loads(world.done("status", "--json").out)["pid"])
    os.kill(pid, signal.SIGSTOP)
    try:
        for operation in ("get", "store", "erase"):
            outcome = helper(world, operation, f"{asked}username=u\npassword=x\n")
            assert outcome.status != 0 and outcome.out == ("quit=1\n" if operation == "get" else ""), outcome
    finally:
        os.kill(pid, signal.SIGCONT)
    empty = helper(world, "get", asked, environment={"KIST_VAULT": world.at("work", "none.kist")})
    assert empty.out == "quit=1\n" and "kist init" in empty.err, empty
    # Nothing was written in clear by any of this.
    assert not os.path.exists(world.at("home", ".git-credentials"))
