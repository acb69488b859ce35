"""Notebooks: IPython's real kernel with %load_ext kist, run and saved. What is saved holds no secret."""

import json
import os
import subprocess

from notebooks import history, run
from stubs import Kumo
from test_kaskada import ENVIRONMENT, Tables, pair_and_platform
from world import ROOT, client

# Where Kaskada's client is, with a kernel: Scripts/clients-kaskada puts both into one place.
KASKADA = ENVIRONMENT if os.path.isabs(ENVIRONMENT) else "notebook-kaskada"

# Everything by which a value gets into a notebook, or into what IPython keeps beside it.
SHOWING = [
    "print(os.environ['KUMO_API_KEY'])",
    "os.environ['KUMO_API_KEY']",
    "%env",
    "%env KUMO_API_KEY",
    "!env",
    "keys = !echo $KUMO_API_KEY\nkeys",
    "import pandas\npandas.DataFrame({'key': [os.environ['KUMO_API_KEY'], os.environ['EPIGOS_API_KEY']]})",
    "import kumoai\nkumoai.init(url='http://127.0.0.1:1/api', api_key=os.environ['KUMO_API_KEY'] + '\\n')",
    "%xmode Verbose\ndef login(key): raise ValueError(key)\nlogin(os.environ['KUMO_API_KEY'])",
    "import base64\nbase64.b64encode(b'user:' + os.environb[b'KUMO_API_KEY']).decode()",
    # What a descriptor brings is read by a thread of the kernel's own; the cell leaves it the time.
    "os.system('echo $KUMO_API_KEY; echo $KUMO_API_KEY >&2; sleep 1')",
    "import subprocess; subprocess.run(['sh', '-c', 'printenv KUMO_API_KEY'])",
    "for letter in os.environ['KUMO_API_KEY']:\n    print(letter, end='', flush=True)",
    "import rich; rich.print({'key': os.environ['KUMO_API_KEY']})\nrich.print(os.environ['EPIGOS_API_KEY'])",
    "from IPython.display import HTML, JSON, display\ndisplay(HTML('<b>' + os.environ['KUMO_API_KEY'] + '</b>'),"
    " JSON({'key': os.environ['KUMO_API_KEY']}))\nshown = display(1, display_id=True)\nshown.update(os.environ['KUMO_API_KEY'])",
    "import ipywidgets\nipywidgets.Text(value=os.environ['KUMO_API_KEY'])",
    "import logging; logging.warning('using %s', os.environ['KUMO_API_KEY'])",
    "import threading\nlater = threading.Timer(0.5, lambda: print(os.environ['KUMO_API_KEY'])); later.start(); later.join()",
    "%%capture caught\nprint(os.environ['KUMO_API_KEY'])",
    "caught.show()",
    "%%bash\nprintenv KUMO_API_KEY",
    "import urllib.parse, json\nprint(urllib.parse.quote(os.environ['KUMO_API_KEY'], safe=''), json.dumps(dict(os.environ)))",
    "import os as copy\ncopy.environ?",
    "import kist\nkist.get('kumo'), kist.credential('epigos')['api_key']",
    "%notebook exported.ipynb",
    "%history",
]
FAILING = [number for number, source in enumerate(SHOWING) if "kumoai.init" in source or "raise " in source]


def two_keys(world):
    """A Kumo key, and one so long that tables and consoles cut it."""
    key, long = world.secret("kumo", "demo:{}"), world.secret("long", "{0}-{0}-{0}-{0}-{0}")
    world.add("kumo", {"api_key": key}, "--replace")
    world.add("epigos", {"api_key": long, "scope": "project"}, "--replace")
    return key, long


def test_a_saved_notebook_holds_no_secret(world):
    key, long = two_keys(world)
    saved = run(world, ["import os\n%load_ext kist\n%kist kumo epigos", *SHOWING])
    assert "outputs of this notebook are masked" in saved.text(0) and "KUMO_API_KEY KUMO_URL" in saved.text(0), saved.text(0)
    assert saved.failed() == [number + 1 for number in FAILING], saved.failed()
    for name, place in (("notebook", saved.raw), ("server's log", saved.log), ("history", history(world))):
        assert not world.canaries.found_in(place), f"{name}: {world.canaries.found_in(place)}"
        for piece in (key[5:21], long[:20], long[-20:]):
            assert piece.encode() not in place, f"{name} has a piece of a value"
    exported = open(world.at("work", "exported.ipynb"), "rb").read()
    assert not world.canaries.found_in(exported) and "‹kumo.api_key›" in exported.decode()
    silent = [n for n in range(1, len(saved.cells)) if "‹kumo.api_key›" not in saved.shown(n) and "‹epigos" not in saved.shown(n)]
    # What shows nothing: %env hides what is called a key, and the capture itself, the pager, the export, the history.
    quiet = ("%%capture", "import os as", "%notebook", "%history")
    assert all(SHOWING[n - 1] == "%env" or SHOWING[n - 1].startswith(quiet) for n in silent), silent
    assert "InvalidHeader" in saved.shown(8) and "'‹kumo.api_key›" in saved.shown(8), saved.shown(8)


def test_control_without_the_extension_the_same_notebook_leaks(world):
    key, long = two_keys(world)
    aside = world.at("private", "ipython")
    cells = ["import os", *[source for source in SHOWING if "kist" not in source], f"spare = {key!r}"]
    saved = run(
        world,
        cells,
        environment={"IPYTHONDIR": aside},
        folder="private",
        before=("kist", "run", "kumo", "epigos", "--"),
    )
    os.remove(world.at("work", "exported.ipynb"))
    assert len(world.canaries.found_in(saved.raw)) == 2, world.canaries.found_in(saved.raw)
    assert world.canaries.found_in(saved.log), "server's log"
    assert world.canaries.found_in(history(world, "private")), "history"


def test_what_the_server_was_started_with_is_masked_too(world):
    key, long = two_keys(world)
    cells = ["%load_ext kist", "import os; print(os.environ['KUMO_API_KEY'])", f"spare = {key!r}", "%unload_ext kist"]
    aside = world.at("private", "ipython-2")
    saved = run(world, cells, before=("kist", "run", "kumo", "--"), environment={"IPYTHONDIR": aside}, folder="private")
    assert "‹KUMO_API_KEY›" in saved.text(1), saved.text(1)
    assert not world.canaries.found_in(history(world, "private/ipython-2")), "a value that was typed is not kept"


def test_the_passphrase_goes_into_an_input_box(world):
    key, _ = two_keys(world)
    world.done("lock")
    passphrase = open(world.passphrase_file).read()
    cells = ["%load_ext kist", "%kist kumo", "import os; len(os.environ['KUMO_API_KEY'])", "%kist list"]
    saved = run(world, cells, "not this one", passphrase)
    assert "vault locked, %kist will ask" in saved.text(0), saved.text(0)
    assert "wrong passphrase" in saved.text(1) and "KUMO_API_KEY KUMO_URL" in saved.text(1), saved.text(1)
    assert saved.text(2) == str(len(key)) and "epigos" in saved.text(3), saved.text(3)
    assert not world.canaries.found_in(saved.raw + saved.log + history(world))


def test_locked_and_nobody_there_is_an_error_at_once(world):
    two_keys(world)
    world.done("lock")
    try:
        saved = run(world, ["%load_ext kist", "%kist kumo", "%%kist kumo\nprint('ran')"])
    finally:
        world.unlock()
    assert saved.failed() == [1, 2] and "nobody can be asked" in saved.text(1), saved.text(1)
    assert "ran\\n" not in saved.shown(2)


def test_one_cell_only(world):
    key, _ = two_keys(world)
    cells = [
        "import os\n%load_ext kist\nos.environ['KUMO_URL'] = 'mine'",
        "%%kist kumo epigos\nprint('EPIGOS_API_KEY' in os.environ, os.environ['KUMO_URL'])\nos.environ['KUMO_API_KEY']",
        "[name for name in ('EPIGOS_API_KEY', 'KUMO_API_KEY') if name in os.environ], os.environ['KUMO_URL']",
        "%%kist kumo\nprint('before')\n1 / 0",
        "'KUMO_API_KEY' in os.environ",
        "%%kist kumo\nif so:",
    ]
    saved = run(world, cells)
    assert saved.text(1).startswith("True https://demo.kumoai.cloud/api") and "‹kumo.api_key›" in saved.text(1)
    assert saved.text(2) == "([], 'mine')", saved.text(2)
    assert saved.failed() == [3, 5], saved.failed()
    assert "before" in saved.text(3) and saved.shown(3).count('"output_type": "error"') == 1, saved.shown(3)
    assert saved.text(4) == "False" and saved.shown(5).count('"output_type": "error"') == 1, saved.shown(5)


def test_credentials_come_and_go_by_themselves(world):
    two_keys(world)
    there = "[(name, name in os.environ) for name in ('KUMO_API_KEY', 'EPIGOS_API_KEY')], os.environ.get('KUMO_API_ENDPOINT')"
    cells = [
        "import os\nos.environ['KUMO_API_ENDPOINT'] = 'mine'\n%load_ext kist\n%kist kumo epigos",
        f"%kist kumo --reload\n{there}",
        f"%kist forget kumo\n{there}",
        f"%kist kumo\n%kist --reload\n{there}",
        f"%kist forget\n{there}",
        "%kist forget kumo",
    ]
    saved = run(world, cells)
    assert saved.failed() == [5] and "KUMO_API_ENDPOINT was set and is taken away" in saved.text(0), saved.text(0)
    for cell, kumo, epigos, endpoint in ((1, True, True, None), (2, False, True, "'mine'"), (3, True, True, None), (4, False, False, "'mine'")):
        wanted = f"([('KUMO_API_KEY', {kumo}), ('EPIGOS_API_KEY', {epigos})], {endpoint})"
        assert saved.text(cell).endswith(wanted), f"{cell}: {saved.text(cell)}"


def test_names_never_values(world):
    two_keys(world)
    typed = world.canaries.plant("typed", "demo:0123456789abcdef-typed")  # IPython keeps no magic with "paste" in it
    cells = ["%load_ext kist", f"%kist {typed}", f"%kist ask kumo --name {typed}", "%kist nosuch"]
    saved = run(world, cells, folder="private")  # the cell itself has what was typed: only a person can clear it
    assert saved.failed() == [1, 2, 3]
    outputs = b"".join(saved.shown(number).encode() for number in range(4))
    assert not world.canaries.found_in(outputs + saved.log + history(world)), "what was typed is repeated or kept"
    assert "names, never values" in saved.text(1) and "no credential nosuch" in saved.text(3), saved.text(3)


def test_a_rotated_key_reaches_a_running_kumoai(world):
    key, new = world.secret("old", "demo:{}"), world.secret("new", "demo:{}")
    stub = world.stub(Kumo, accepted={key})
    world.add("kumo", {"api_key": key, "url": stub.url}, "--name", "rotated")
    rotate = world.at("private", "rotate.py")  # the platform and the vault change while the notebook runs
    with open(rotate, "w") as file:
        file.write(f"import subprocess\nsubprocess.run(['kist', 'edit', 'rotated', 'api_key', '--stdin', '--no-check'],"
                   f" input=b{new!r}, check=True)\n")
    cells = [
        "import os\n%load_ext kist\n%kist rotated",
        "import kumoai\nkumoai.init(url=os.environ['KUMO_URL'])",
        f"import runpy; runpy.run_path({rotate!r})\nold = os.environ['KUMO_API_KEY']",
        "%kist rotated --reload",
        "os.environ['KUMO_API_KEY'] != old, kumoai.global_state._api_key == os.environ['KUMO_API_KEY']",
        "kumoai.global_state._api_key, old",
        "import kist; kist.kumo('rotated')",
    ]
    stub.accepted.add(new)
    saved = run(world, cells)
    assert not saved.failed(), [saved.text(number) for number in saved.failed()]
    assert "kumoai" in saved.text(3) and "logged in again" in saved.text(3), saved.text(3)
    assert saved.text(4) == "(True, True)", saved.text(4)
    assert saved.text(5) == "('‹rotated.api_key›', '‹rotated.api_key›')", "the old one is masked for good"
    sent = [request["headers"]["x-api-key"] for request in stub.received() if request["path"].endswith("connectors")]
    assert sent == [key, new, new], len(sent)
    assert saved.text(6).endswith(f"kumoai 2.22.0 at {stub.url} as demo"), saved.text(6)


def test_storing_from_a_notebook(world):
    key = world.secret("typed", "demo:{}")
    cells = ["%load_ext kist", "%kist add kumo --name typed", "%kist typed", "import os; os.environ['KUMO_API_KEY']"]
    stub = world.stub(Kumo, accepted={key})
    saved = run(world, cells, key, stub.url)
    assert not saved.failed(), [saved.text(number) for number in saved.failed()]
    assert "Stored as typed" in saved.text(1) and "‹typed.api_key›" in saved.text(3), saved.text(1)
    assert world.done("get", "typed", may_print=True).out.strip() == key
    assert not world.canaries.found_in(saved.raw + saved.log + history(world))


def test_what_kist_how_prints_is_a_cell_that_runs(world):
    key, word = world.secret("kumo how", "demo:{}"), world.secret("fields how")
    kumo = world.stub(Kumo, accepted={key})
    world.add("kumo", {"api_key": key, "url": kumo.url}, "--name", "churn")
    world.add("fields", {"token": word}, "--name", "database")
    stub, tables, secret = pair_and_platform(world, "features")
    for name, interpreter in (("churn", "notebook"), ("database", "notebook"), ("features", KASKADA)):
        text = world.done("how", name, "notebook").out
        assert f"%kist {name}" in text, text
        cells = [text, "import os; sorted(map(str, os.environ.items()))"]
        saved = run(world, cells, interpreter=interpreter, environment=world.trusting())
        assert not saved.failed(), f"{text}\n{saved.text(0)}"
        assert f"‹{name}." in saved.text(1) and not world.canaries.found_in(saved.raw + saved.log), saved.text(1)
    assert kumo.received()[0]["headers"]["x-api-key"] == key
    assert json.loads(stub.received()[0]["body"])["client_secret"] == secret


# The Kaskada document's steps in a notebook


def test_kaskada_from_the_vault(world):
    stub, tables, secret = pair_and_platform(world, "kaskada")
    cells = [
        "%load_ext kist\n%kist kaskada",
        "%load_ext fenlmagic",
        "from kaskada import table\ntable.list_tables()",
        "import os; os.environ['KASKADA_CLIENT_SECRET']",
        "raise ValueError(os.environ['KASKADA_CLIENT_SECRET'])",  # kaskada shows errors in a way of its own
    ]
    saved = run(world, cells, interpreter=KASKADA, environment=world.trusting())
    assert set(saved.failed()) <= {4}, [saved.text(number) for number in saved.failed()]
    assert "ValueError: ‹kaskada.client_secret›" in saved.shown(4), saved.shown(4)
    assert "KASKADA_CLIENT_ID KASKADA_CLIENT_SECRET" in saved.text(0), saved.text(0)
    assert json.loads(stub.received()[0]["body"])["client_secret"] == secret
    assert tables.received()[0]["path"].endswith("/ListTables")
    assert "‹kaskada.client_secret›" in saved.text(3)
    assert not world.canaries.found_in(saved.raw + saved.log + history(world))


def test_kaskada_without_a_vault(world):
    """A hosted notebook: nothing is installed, nothing stored; the pair is typed and goes to the client."""
    from stubs import Kaskada

    secret = world.secret("asked")
    stub = world.stub(Kaskada, tls=True, clients={"client-9": secret})
    tables = world.keep(Tables(world))
    nobody = world.at("work", "nobody")
    os.mkdir(nobody, 0o700)
    environment = {
        **world.trusting(),
        "HOME": nobody,
        "XDG_RUNTIME_DIR": nobody,
        "PATH": "/usr/bin:/bin",
        "KASKADA_AUTH_ENDPOINT": stub.authority,
        "KASKADA_API_ENDPOINT": f"127.0.0.1:{tables.port}",
        "KASKADA_IS_SECURE": "false",
    }
    cells = [
        "%load_ext kist",
        "%kist ask kaskada",
        "%load_ext fenlmagic",
        "import kaskada\nkaskada.init()",
        "from kaskada import table\ntable.list_tables()",
        "import os; print(os.environ['KASKADA_CLIENT_SECRET'])",
    ]
    saved = run(world, cells, "client-9", secret, interpreter=KASKADA, environment=environment)
    assert not saved.failed(), [saved.text(number) for number in saved.failed()]
    assert "not stored" in saved.text(1) and "‹kaskada.client_secret›" in saved.text(5), saved.text(1)
    assert json.loads(stub.received()[0]["body"])["client_secret"] == secret
    assert tables.received() and not os.path.exists(os.path.join(nobody, ".local/share/kist/vault.kist"))
    assert not world.canaries.found_in(saved.raw + saved.log + history(world, "work"))


# Other places that credentials come from


def test_what_the_folder_needs_and_what_policy_allows(world):
    two_keys(world)
    project = world.at("work", "kist.toml")
    with open(project, "w") as file:
        file.write('use = ["kumo"]\n')
    world.done("policy", "kumo", "run-only")
    cells = ["import os\n%load_ext kist\n%kist", "'KUMO_API_KEY' in os.environ", "import kist; kist.get('kumo')"]
    untrusted = run(world, cells)
    world.done("trust", "--yes")
    trusted = run(world, cells)
    os.remove(project)
    world.done("policy", "kumo", "allow")
    assert untrusted.failed() == [0, 2] and "nobody has agreed" in untrusted.text(0), untrusted.text(0)
    assert trusted.failed() == [2] and trusted.text(1) == "True" and "run-only" in trusted.text(2), trusted.text(2)


def test_a_bundle_needs_no_vault(world):
    two_keys(world)
    identity = world.at("private", "ci.identity")
    recipient = world.done("identity", "create", "-o", identity).out.split()
    (recipient,) = [word for word in recipient if word.startswith("kist-recipient-")]
    world.done("seal", "kumo", "--to", recipient, "-o", world.at("work", "ci.kist"))
    nobody = world.at("work", "elsewhere")
    os.mkdir(nobody, 0o700)
    environment = {
        "HOME": nobody,
        "XDG_RUNTIME_DIR": nobody,
        "KIST_BUNDLE": world.at("work", "ci.kist"),
        "KIST_IDENTITY_FILE": identity,
    }
    saved = run(world, ["%load_ext kist\n%kist kumo", "import os; os.environ['KUMO_API_KEY']"], environment=environment)
    assert not saved.failed() and "come from a bundle" in saved.text(0), saved.text(0)
    assert "‹kumo.api_key›" in saved.text(1) and not world.canaries.found_in(saved.raw + saved.log)


# IPython in a terminal

IN_A_TERMINAL = """
import json, pexpect, re, sys
shell = pexpect.spawn(
    sys.executable,
    ["-m", "IPython", "--simple-prompt", "--colors=NoColor", "--no-banner"],
    encoding="utf-8", timeout=60, dimensions=(30, 100),
)
for line in json.load(sys.stdin):
    shell.expect(r"In \\[\\d+\\]: ")
    print(shell.before)
    shell.sendline(line)
shell.expect(pexpect.EOF)
print(shell.before)
"""


def test_a_terminal_shows_no_secret_either(world):
    key, _ = two_keys(world)
    lines = [
        "%load_ext kist",
        "%kist kumo",
        "import os; print(os.environ['KUMO_API_KEY'])",
        "os.environ['KUMO_API_KEY']",
        "!printenv KUMO_API_KEY; stty size; exit 7",
        "_exit_code",
        "raise ValueError(os.environ['KUMO_API_KEY'])",
        "exit",
    ]
    environment = {**world.environment, "PYTHONPATH": str(ROOT / "Sources/Python"), "PYTHONDONTWRITEBYTECODE": "1"}
    for command, given in (
        ([client("notebook"), "-c", IN_A_TERMINAL], json.dumps(lines)),
        ([client("notebook"), "-m", "IPython", "--simple-prompt", "--no-banner"], "\n".join([*lines, "y", ""])),
    ):
        done = subprocess.run(command, input=given.encode(), env=environment, capture_output=True, timeout=120)
        shown = (done.stdout + done.stderr).decode()
        assert not world.canaries.found_in(shown.encode()), "shown"
        assert shown.count("‹kumo.api_key›") == 4, shown
        assert "30 100" in shown or command[1] == "-m", shown
        assert "Out[6]: 7" in shown, shown
    assert not world.canaries.found_in(history(world))
