"""`kist hook`: real shells walk through folders; variables come with a kist.toml that was agreed to, and go with it."""

import os
import shutil
import subprocess

from stubs import Kumo
from world import binaries

SHELLS = ("bash", "zsh", "fish")
START = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
TAKE_UP = {"bash": 'eval "$(kist hook bash)"', "zsh": 'eval "$(kist hook zsh)"', "fish": "kist hook fish | source"}
# A shell that reads its commands from a pipe shows no prompt: what the prompt would do is called by its name.
PROMPT = "__kist_hook"


def walk(world, shell, lines, environment=None):
    """Runs these lines, with what happens at a prompt behind each, and returns what was printed."""
    script = "\n".join([TAKE_UP[shell], PROMPT] + [part for line in lines for part in (line, PROMPT)]) + "\n"
    process = subprocess.run(
        [part for part in START[shell] if part != "-i"],
        input=script,
        env={**world.environment, "HOME": world.at("home"), **(environment or {})},
        cwd=world.at("work"),
        capture_output=True,
        text=True,
        timeout=120,
    )
    return process


def folder(world, name, text, trusted=True):
    place = world.at("work", name)
    os.makedirs(place, exist_ok=True)
    with open(os.path.join(place, "kist.toml"), "w") as file:
        file.write(text)
    if trusted:
        world.done("trust", "--yes", cwd=place)
    return place


def show(shell, *names):
    """A line that prints the variables as programs see them, `-` for one that is not there."""
    return "env | grep -E '^(" + "|".join(names) + ")=' | sort; echo ."


def test_variables_come_and_go_with_the_folder(world):
    """An inherited value is put back, one that was not exported stays so, and a nested shell inherits."""
    key = world.secret("kumo", "demo:{}")
    world.add("kumo", {"api_key": key})
    folder(world, "churn", 'use = ["kumo"]\n')
    os.makedirs(world.at("work", "churn", "deep"), exist_ok=True)
    for shell in SHELLS:
        names = ("KUMO_API_KEY", "KUMO_URL", "KUMO_API_ENDPOINT")
        outcome = walk(
            world,
            shell,
            [
                show(shell, *names),
                "cd churn",
                show(shell, *names),
                "cd deep",
                show(shell, *names),
                "cd ../..",
                show(shell, *names),
            ],
            environment={"KUMO_URL": "mine", "KUMO_API_ENDPOINT": "inherited"},
        )
        before, inside, deep, after = [part.split() for part in outcome.stdout.split(".\n")[:4]]
        assert before == after == ["KUMO_API_ENDPOINT=inherited", "KUMO_URL=mine"], (shell, outcome)
        assert inside == deep == [f"KUMO_API_KEY={key}", "KUMO_URL=https://demo.kumoai.cloud/api"], (shell, outcome)
        assert key not in outcome.stderr and outcome.stderr.count("took up") == 1, (shell, outcome)


def test_a_value_arrives_to_the_byte_and_runs_nothing(world):
    """Quotes, substitutions, line breaks: each shell holds exactly what the vault holds."""
    nasty = "'\"\\ $(touch ran) `touch ran` ${HOME} $HOME ! # ~ * ? \n\t;|&<>(){}[] %s \\n é ✓ '"
    world.canaries.plant("nasty", nasty)
    world.done("import", "-", "--from", "kist", "--yes",
               given={"kist": 1, "credentials": [{"name": "odd", "platform": "fields", "secrets": {"value": nasty}}]})
    folder(world, "odd", '[env]\nODD = "kist://odd/value"\n')
    for shell in SHELLS:
        outcome = walk(world, shell, ["cd odd", "printenv ODD > ../seen"])
        with open(world.at("work", "seen")) as file:
            assert file.read() == nasty + "\n", (shell, outcome)
        assert not os.path.exists(world.at("work", "ran")) and not os.path.exists(world.at("work", "odd", "ran"))
    os.remove(world.at("work", "seen"))


def test_names_that_a_shell_function_might_use_come_and_go_too(world):
    """`name` and `rest` are variables like others, and one that was declared an integer computes nothing from a value."""
    value = "a[$(touch ran)]" + world.secret("counted")
    world.done("import", "-", "--from", "kist", "--yes",
               given={"kist": 1, "credentials": [{"name": "counted", "platform": "fields", "secrets": {"value": value}}]})
    names = ("name", "rest", "update", "folder", "amount")
    folder(world, "counted", "[env]\n" + "".join(f'{name} = "kist://counted/value"\n' for name in names))
    for shell in ("bash", "zsh"):
        outcome = walk(world, shell, ["declare -i amount=5", "cd counted", "{ " + show(shell, *names) + "; } > ../seen",
                                      "cd ..", show(shell, *names), "echo $amount"])
        with open(world.at("work", "seen")) as file:
            assert file.read().splitlines()[:-1] == sorted(f"{name}={value}" for name in names), (shell, outcome)
        assert outcome.stdout == ".\n5\n", (shell, outcome)
        assert not os.path.exists(world.at("work", "ran")) and not os.path.exists(world.at("work", "counted", "ran"))
    os.remove(world.at("work", "seen"))


def test_nothing_counts_that_nobody_agreed_to(world):
    """New, changed or broken files: said once, nothing set; nothing of them is run."""
    key = world.secret("agreed", "demo:{}")
    world.add("kumo", {"api_key": key}, "--name", "agreed")
    place = folder(world, "fresh", 'use = ["agreed"]\n', trusted=False)
    for shell in SHELLS:
        outcome = walk(world, shell, ["cd fresh", "true", "true", show(shell, "KUMO_API_KEY")])
        assert outcome.stdout == ".\n" and outcome.stderr.count("nobody has agreed") == 1, (shell, outcome)
    world.done("trust", "--yes", cwd=place)
    for shell in SHELLS:
        change = "echo '# more' >> kist.toml"
        outcome = walk(world, shell, ["cd fresh", show(shell, "KUMO_API_KEY"), change, show(shell, "KUMO_API_KEY")])
        assert outcome.stdout == f"KUMO_API_KEY={key}\n.\n.\n", (shell, outcome)
        folder(world, "fresh", 'use = ["agreed"]\n')


def test_a_hostile_repository_runs_nothing(world):
    """Keys that name commands, paths or trust, variables that run code, names that break out of a line of shell."""
    canary = world.at("work", "canary")
    hostile = [
        'use = ["agreed"]\nrun = "touch CANARY"\n',
        'use = ["agreed"]\ntrusted = true\n',
        'use = ["agreed"]\n[hooks]\nenter = "touch CANARY"\n',
        'use = ["agreed; touch CANARY"]\n',
        'use = ["$(touch CANARY)"]\n',
        'use = [{ name = "agreed", prefix = "X; touch CANARY; " }]\n',
        'profile = "`touch CANARY`"\nuse = ["agreed"]\n',
        '[env]\n"X$(touch CANARY)" = "kist://agreed/api_key"\n',
        '[env]\n"X; touch CANARY #" = "kist://agreed/api_key"\n',
        '[env]\nBASH_ENV = "kist://agreed/api_key"\n',
        '[env]\nPROMPT_COMMAND = "kist://agreed/api_key"\n',
        '[env]\nLD_PRELOAD = "kist://agreed/api_key"\n',
        '[env]\nPATH = "kist://agreed/api_key"\n',
        '[env]\nfish_function_path = "/x"\n',
        'vault = "/x"\n',
        "use = [" * 2_000,
        '\x1b]0;touch CANARY\x07 = 1\n',
    ]  # fmt: skip
    for number, text in enumerate(hostile):
        place = folder(world, f"hostile-{number}", text.replace("CANARY", canary), trusted=False)
        # Somebody who agrees without looking: what cannot be agreed to stays out all the same.
        trusted = world.kist("trust", "--yes", cwd=place)
        for shell in SHELLS:
            outcome = walk(world, shell, [f"cd hostile-{number}", "true", show(shell, "EU_KUMO_API_KEY", "KUMO_API_KEY", "BASH_ENV", "LD_PRELOAD", "PROMPT_COMMAND")])
            assert outcome.stdout == ".\n", (text, shell, outcome)
            assert not os.path.exists(canary), (text, shell)
            assert "\x1b" not in outcome.stderr, outcome
        assert trusted.status != 0, (text, trusted)
        shutil.rmtree(place)


def test_a_locked_vault_is_left_alone_and_taken_up_when_it_opens(world):
    key = world.secret("later", "demo:{}")
    world.add("kumo", {"api_key": key}, "--name", "later")
    folder(world, "later", 'use = ["later"]\n')
    unlock = f"env KIST_PASSPHRASE_FILE={world.passphrase_file} kist unlock > /dev/null"
    for shell in SHELLS:
        world.done("lock")
        outcome = walk(world, shell, ["cd later", "true", show(shell, "KUMO_API_KEY"), unlock, show(shell, "KUMO_API_KEY")])
        assert outcome.stdout == f".\nKUMO_API_KEY={key}\n.\n", (shell, outcome)
        assert outcome.stderr.count("locked") == 1, (shell, outcome)


def test_nothing_is_shown_while_a_shell_traces(world):
    key = world.secret("traced", "demo:{}")
    world.add("kumo", {"api_key": key}, "--name", "traced")
    folder(world, "traced", 'use = ["traced"]\n')
    for shell, trace in (("bash", "set -xv"), ("zsh", "set -xv"), ("fish", "set -g fish_trace 1")):
        outcome = walk(world, shell, [trace, "cd traced", "cd .."])
        assert "took up" in outcome.stderr and key not in outcome.stderr + outcome.stdout, (shell, outcome)


def test_what_is_run_only_stays_out(world):
    key = world.secret("closed", "demo:{}")
    world.add("kumo", {"api_key": key}, "--name", "closed")
    world.done("policy", "closed", "run-only")
    folder(world, "closed", 'use = ["closed"]\n')
    for shell in SHELLS:
        outcome = walk(world, shell, ["cd closed", "true", show(shell, "KUMO_API_KEY")])
        assert outcome.stdout == ".\n" and outcome.stderr.count("kist run") == 1, (shell, outcome)


def test_the_prompt_calls_it(world):
    """What the functions hang themselves on, in each shell; twice taken up is once."""
    for shell, question in (
        ("bash", 'echo "$PROMPT_COMMAND"'),
        ("zsh", 'echo "$precmd_functions"'),
        ("fish", "functions --handlers-type generic | grep -c __kist_hook"),
    ):
        outcome = walk(world, shell, [TAKE_UP[shell], question])
        assert outcome.stdout.strip() == ("1" if shell == "fish" else "__kist_hook"), (shell, outcome)


def test_direnv(world):
    """The real direnv: `use kist` in an .envrc, with and without names."""
    key = world.secret("direnv", "demo:{}")
    world.add("kumo", {"api_key": key}, "--name", "direnv")
    place = folder(world, "envrc", 'use = ["direnv"]\n')
    settings = world.at("home", ".config", "direnv")
    os.makedirs(settings, exist_ok=True)
    with open(os.path.join(settings, "direnvrc"), "w") as file:
        file.write('eval "$(kist hook direnv)"\n')
    for line in ("use kist", "use kist direnv"):
        with open(os.path.join(place, ".envrc"), "w") as file:
            file.write(line + "\n")
        environment = {**world.environment, "SHELL": "/bin/bash"}
        subprocess.run(["direnv", "allow", place], env=environment, check=True, capture_output=True)
        process = subprocess.run(["direnv", "exec", place, "env"], env=environment, capture_output=True, text=True)
        assert f"KUMO_API_KEY={key}" in process.stdout and key not in process.stderr, process
    with open(os.path.join(place, "kist.toml"), "a") as file:
        file.write("# changed\n")
    with open(os.path.join(place, ".envrc"), "w") as file:
        file.write("use kist\n")
    subprocess.run(["direnv", "allow", place], env=environment, check=True, capture_output=True)
    process = subprocess.run(["direnv", "exec", place, "env"], env=environment, capture_output=True, text=True)
    assert "KUMO_API_KEY" not in process.stdout and "agreed" in process.stderr, process
