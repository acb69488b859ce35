"""Environments: what this package sets, unsets and writes is what `kist run` sets, unsets and writes, for every
platform, every variant, with all fields and with only those that are needed."""

import json
import os
import subprocess
import sys

import kist
from home import ROOT, Home, raises
from kist import _data, _injection, _names, _plan, _platforms, _template, _toml
from kist._overview import Overview

DATA = ROOT / "Sources/KistPlatforms/Data"

# What a process sees: its variables, with the private folder by one name, and the files in it.
DUMP = """
def dump():
    import os
    run = os.environ["XDG_RUNTIME_DIR"] + "/kist/"
    found, folders = {}, set()
    for name, value in os.environ.items():
        if value.startswith(run):
            folder = run + value[len(run):].split("/")[0]
            folders.add(folder)
            value = value.replace(folder, "FOLDER")
        found[name] = value
    files = {}
    for folder in folders:
        for top, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(top, name)
                with open(path, encoding="utf-8") as file:
                    text = file.read()
                # A file that names its folder names the one of the files beside it.
                start = text.find(run)
                while start >= 0:
                    end = start + len(run) + len(text[start + len(run):].split("/")[0])
                    text = text[:start] + "FOLDER" + text[end:]
                    start = text.find(run)
                files[os.path.relpath(path, folder)] = [oct(os.stat(path).st_mode & 0o777), text]
    for name in ("_", "SHLVL", "PWD", "OLDPWD", "LC_CTYPE"):
        found.pop(name, None)
    return {"variables": found, "files": files}
"""


def platforms():
    for path in sorted(DATA.glob("*.toml")):
        data = _toml.parse(path.read_text())
        if any("{field" in str(rule) for rule in data.get("env", [])):
            continue
        yield data


def sample(field, number):
    """A value of a field's form; with characters that an encoding has to take care of where the form allows them."""
    if "choices" in field:
        return field["choices"][0]
    start, end = field.get("starts_with", [""])[0], field.get("ends_with", [""])[0]
    secret = field["kind"] == "secret" if "kind" in field else False
    form = field.get("form", "token" if secret else "text")
    text = {
        "text": f'te\'xt "{number}" \\ é #',
        "lines": f"line {number}\nand 'another'",
        "token": f"tok{number}\"'\\$`{{}}#%-x",
        "customer:secret": f"demo:tok{number}",
        "url": f"https://host{number}.example.com:8443/path",
        "host": f"host{number}.example.com",
        "label": f"label{number}",
        "pem": PEM,
        "certificate": CERTIFICATE,
        "timestamp": "2031-01-31",
        "variable": f"MY_KEY_{number}",
        "header-name": "X-API-Key",
        "boolean": "true",
        "totp": "JBSWY3DPEHPK3PXP",
        "json": json.dumps(JSON),
    }[form]
    if form in ("token", "text") and (start or end):
        text = f"tok{number}" if start != "{" else '"a": 1'
    whole = start + text + end
    if form in ("token", "text", "label"):
        whole = whole.ljust(field.get("shortest", 0), "A")[: field.get("longest", 4_096)]
    return whole


PEM = CERTIFICATE = ""
JSON = {"type": "service_account", "project_id": "acme"}


def before():
    global PEM, CERTIFICATE
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=a",
        "-keyout",
        "-",
        "-out",
        "-",
    ]
    made = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    at = made.index("-----BEGIN CERTIFICATE")
    PEM, CERTIFICATE = made[:at], made[at:]
    JSON.update(
        private_key=PEM, client_email="a@acme.iam.gserviceaccount.com", token_uri="https://oauth2.googleapis.com/token"
    )


def credentials():
    """Name, platform, variant and fields: each variant with all its fields, and with those that it needs."""
    for data in platforms():
        for variant in [variant["name"] for variant in data.get("variant", [])] or [None]:
            fields = [f for f in data.get("field", []) if not f.get("variants") or variant in f["variants"]]
            full = {field["name"]: sample(field, number) for number, field in enumerate(fields)}
            needed = {
                field["name"]: full[field["name"]]
                for field in fields
                if field.get("required", True) and "default" not in field and "take" not in field
            }
            for kind, values in (("full", full), ("needed", needed)):
                if data.get("free_form"):
                    values = {**values, "own_field": "own value", "IN_CAPITALS": "is the name itself"}
                name = "-".join(filter(None, [data["name"], variant, kind]))[:64]
                yield name, data["name"], variant, values


def differences(ours, theirs):
    for part in ("variables", "files"):
        for key in {*ours[part], *theirs[part]}:
            if ours[part].get(key) != theirs[part].get(key):
                yield key, ours[part].get(key), theirs[part].get(key)


def test_every_platform_and_variant_gets_what_kist_run_gives():
    before()
    with Home() as home:
        home.unlock()
        script = home.at("dump.py")
        with open(script, "w") as file:
            file.write(DUMP + "\nimport json; print(json.dumps(dump()))\n")
        unset = sorted({rule["name"] for data in platforms() for rule in data.get("unset", [])})
        inherited = {name: "inherited" for name in unset}
        theirs = {}
        for name, platform, variant, fields in credentials():
            options = ["--name", name] + (["--variant", variant] if variant else [])
            home.add(platform, fields, *options, "--expires", "2040-01-01")
            theirs[name] = json.loads(
                home.kist("run", "--allow-dangerous-names", name, "--", sys.executable, script, **inherited)
            )
        code = f"""
import json, kist
{DUMP}
found = {{}}
for name in {list(theirs)!r}:
    with kist.env(name, allow_dangerous_names=True):
        found[name] = dump()
print(json.dumps(found))
"""
        ours = json.loads(home.python(code, **inherited))
        mistakes = [(name, *differences(ours[name], theirs[name])) for name in theirs if ours[name] != theirs[name]]
        assert not mistakes, mistakes
        assert len(theirs) >= 2 * len(list(DATA.glob("*.toml"))) - 4


def test_variables_are_those_of_kist_env():
    with Home() as home:
        home.unlock()
        home.add("kumo", {"api_key": "demo:env-canary"})
        home.add("fields", {"a": "1", "B_C": "2"}, "--name", "mine")
        for name in ("kumo", "mine"):
            theirs = json.loads(home.kist("env", name, "--format", "json", "--reveal"))
            with home.inside():
                ours = _injection.prepare([name], version=lambda _: None, files=False)
            ours = {variable: value.decode() for variable, value in ours.variables.items()}
            assert ours == theirs, (ours, theirs)


def overview(platform="kumo", **changed):
    value = {
        "profile": "default",
        "name": "acme",
        "platform": platform,
        "plain": {},
        "order": [],
        "secrets": ["api_key"],
        "created": "2026-11-21T00:31:09Z",
        "modified": "2026-11-21T00:31:09Z",
        "revision": 2,
        **changed,
    }
    value["order"] = list(value["plain"])
    return Overview(value)


def test_kumoai_that_cannot_be_imported_with_both_variables_does_not_get_both():
    platform = _platforms.load("kumo")
    found = overview(plain={"url": "https://demo.kumoai.cloud/api"})
    for version, both in {"2.10.9": True, "1.4.1": True, "2.11.0": False, "2.22.0": False, None: False}.items():
        plan = _plan.make(platform, found, lambda _, version=version: version)
        assert ("KUMO_API_ENDPOINT" in [name for name, _ in plan.set]) == both, version
        assert ("KUMO_API_ENDPOINT" in plan.unset) != both
        assert bool(plan.notices) != both


def test_an_installed_version_is_found_without_importing_anything():
    with Home(vault=False) as home:
        os.makedirs(home.at("site", "kumoai-2.14.1.dist-info"))
        code = "from kist import _injection; print(_injection.installed('kumoai'), _injection.installed('kumo'))"
        environment = {"PYTHONPATH": f"{home.environment['PYTHONPATH']}:{home.at('site')}"}
        assert home.python(code, **environment).split() == ["2.14.1", "None"]


def test_versions_are_compared_number_by_number():
    for version, bound, fits in (
        ("2.9", "<2.11", True),
        ("2.11.0rc1", "<2.11", False),
        ("2.11", ">=2.11.0", True),
        ("10.0", ">9.9", True),
        ("2.11", "<=2.11.0", True),
        ("x", "<2.11", False),
        ("", "<2.11", False),
    ):
        assert _plan._fits(bound, version) == fits, (version, bound)


def test_dangerous_names_are_the_command_lines():
    """Read out of its source, so a table that could not be found there would be an empty one."""
    tables = _data.data()["names"]
    assert len(tables["sudo"]) > 50 and len(tables["further"]) > 190 and len(tables["harmless"]) >= 5
    for name in ("LD_PRELOAD", "PYTHONPATH", "BASH_FUNC_x", "HTTPS_PROXY", "KIST_VAULT", "GIT_SSH_COMMAND"):
        assert _names.is_dangerous(name), name
    for name in ("CARGO_REGISTRY_TOKEN", "KUMO_API_KEY", "PGPASSWORD"):
        assert not _names.is_dangerous(name), name


def test_templates_write_what_the_command_line_writes():
    value = b'a"\\\n\x01\x7f\xc3\xa9/ ~'
    render = lambda text: _template.Template(text).render(lambda _: value, "snow-prod", "/f")  # noqa: E731
    assert render("{x|toml}") == b'"a\\"\\\\\\n\\u0001\\u007F\xc3\xa9/ ~"'
    assert render("{x|url}") == b"a%22%5C%0A%01%7F%C3%A9%2F%20~"
    assert render("{x|base64}") == b"YSJcCgF/w6kvIH4="
    assert render("{name|env}_{folder}/{X} {x y} {") == b"SNOW_PROD_/f/{X} {x y} {"
    raises(kist.KistError, lambda: _template.Template("{x|nothing}"))
    lines = _template.Template("a = {a}\nb = {b}\nc = c\n{b}").render_lines({"a": b"1"}.get, "n")
    assert lines == b"a = 1\nc = c\n"


def test_addresses_are_read_as_strictly_as_the_command_line_does():
    good = {
        b"https://a.example": ("https", "a.example", 443),
        b"HTTP://A.Example:8080/x": ("http", "a.example", 8080),
        b"https://[::1]:1/": ("https", "::1", 1),
    }
    for text, address in good.items():
        assert _template.web_address(text) == address
    for text in (
        b"https://user@a.example",
        b"https://a.example?x",
        b"https://a.example#x",
        b"ftp://a.example",
        b"https://",
        b"https://a..example",
        b"https://-a.example",
        b"https://a.example:0",
        b"https://a.example:65536",
        b"https://a.example:",
        b"https://a b.example",
        b"https://[x]/",
        b"https://a.example\\@b.example",
        b"https://a\xc3\xa9.example",
        b"https://" + b"a" * 3_000,
    ):
        assert _template.web_address(text) is None, text


def test_a_platform_of_the_users_own_is_read_the_same_way():
    with Home() as home:
        home.unlock()
        os.makedirs(home.at("home", ".config", "kist", "platforms"), 0o700)
        path = home.at("home", ".config", "kist", "platforms", "acme.toml")
        text = (ROOT / "Sources/KistPlatforms/Platforms.md").read_text()
        with open(path, "w") as file:
            file.write(text.split("```toml\n", 1)[1].split("```", 1)[0])
        home.add("acme", {"api_key": "ak_acme-canary"})
        with home.inside():
            with kist.env("acme"):
                assert os.environ["ACME_API_KEY"] == "ak_acme-canary"
            os.rename(path, path.replace("acme.toml", "kumo.toml"))
            raises(kist.KistError, lambda: _platforms.load("kumo"))


def test_other_snowflake_connections_stay_beside_the_one_that_is_handed_over():
    from kist._files import without_table

    own = b'[a]\nx = "[snow]"\n[snow]\npassword = "old"\n[snow.session]\ny = 1\n[ "b" ]\nz = """\n[snow]\n"""\n# [snow]\nlist = [\n[1],\n]\n'
    assert without_table(own, "snow") == (
        b'[a]\nx = "[snow]"\n[ "b" ]\nz = """\n[snow]\n"""\n# [snow]\nlist = [\n[1],\n]\n'
    )
    assert without_table(b"[a]\nx = 1", "b") == b"[a]\nx = 1\n"
    assert without_table(b"", "b") == b""
