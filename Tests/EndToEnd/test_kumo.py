"""Kumo: the three generations of kumoai, and the traps in them."""

import json

from stubs import Kumo, Snowflake

URL_ONLY = "import os, kumoai; kumoai.init(url=os.environ['KUMO_URL'])"
SHOW_NAMES = "import os; print(sorted(n for n in os.environ if n.startswith(('KUMO', 'SNOWFLAKE'))))"


def keys_of(stub):
    return [r["headers"].get("x-api-key") for r in stub.received()]


def kumo_and_key(world, name):
    """A Kumo that accepts one new key, stored under `name`."""
    key = world.secret(name, "demo:{}")
    stub = world.stub(Kumo, accepted={key})
    world.add("kumo", {"api_key": key, "url": stub.url}, "--name", name)
    return stub, key


def test_newest_kumoai_logs_in(world):
    stub, key = kumo_and_key(world, "newest")
    outcome = world.python("newest", "kumoai-2.22.0", URL_ONLY)
    assert outcome.status == 0, outcome
    assert "Initialized Kumo SDK v2.22.0" in outcome.err + outcome.out, outcome
    assert [r["path"] for r in stub.received()] == ["/api/v1/connectors", "/api/config"]
    assert keys_of(stub) == [key, key]


def test_kumoai_2_16_logs_in(world):
    stub, key = kumo_and_key(world, "middle")
    outcome = world.python("middle", "kumoai-2.16.3", URL_ONLY)
    assert outcome.status == 0, outcome
    assert keys_of(stub) == [key]


def test_kumoai_1_4_gets_both_variables_and_logs_in_by_itself(world):
    stub, key = kumo_and_key(world, "old")
    outcome = world.python("old", "kumoai-1.4.1", "import kumoai; print(kumoai.global_state.initialized)")
    assert outcome.status == 0, outcome
    assert keys_of(stub)[:1] == [key], "nothing arrived"


def test_newer_kumoai_never_sees_both_variables(world):
    """With both set, 2.11 to 2.22 cannot even be imported: the control shows it, Kist avoids it."""
    stub, _ = kumo_and_key(world, "both")
    inherited = {"KUMO_API_ENDPOINT": stub.url}
    for version in ("kumoai-2.22.0", "kumoai-2.16.3"):
        good = world.python("both", version, "import kumoai", environment=inherited)
        assert good.status == 0, good
        assert "KUMO_URL" in good.err, f"nothing says how to pass the url\n{good}"
        control = world.python(
            "both", version, "import os; os.environ['KUMO_API_ENDPOINT'] = os.environ['KUMO_URL']; import kumoai"
        )
        assert control.status == 1 and "__version__" in control.err, control
    names = world.python("both", "kumoai-2.22.0", SHOW_NAMES, environment=inherited)
    assert names.out.strip() == "['KUMO_API_KEY', 'KUMO_URL']", names


def test_derived_url_is_https(world):
    key = world.secret("derived", "demo:{}")
    world.add("kumo", {"api_key": key}, "--name", "derived")
    shown = json.loads(world.done("show", "derived", "--json").out)
    assert shown["plain"]["url"] == "https://demo.kumoai.cloud/api", shown
    assert shown["plain"]["customer_id"] == "demo", shown
    outcome = world.python("derived", "kumoai-2.22.0", "import os; print(os.environ['KUMO_URL'])")
    assert outcome.out.strip() == "https://demo.kumoai.cloud/api", outcome


def test_url_is_normalised(world):
    """A slash at the end would make kumoai ask for /api//v1; a missing scheme would mean http."""
    key = world.secret("slash", "demo:{}")
    world.add("kumo", {"api_key": key, "url": "demo.kumoai.cloud/api/"}, "--name", "slash")
    shown = json.loads(world.done("show", "slash", "--json").out)
    assert shown["plain"]["url"] == "https://demo.kumoai.cloud/api", shown


def test_line_break_at_the_end_of_a_key_is_dropped(world):
    """kumoai refuses such a key with an error that contains it."""
    key = world.secret("newline", "demo:{}")
    stub = world.stub(Kumo, accepted={key})
    world.done("add", "kumo", "--name", "newline", "--stdin", "--no-check", f"url={stub.url}", given=key + "\n")
    outcome = world.python("newline", "kumoai-2.22.0", URL_ONLY)
    assert outcome.status == 0, outcome
    assert keys_of(stub)[0] == key


def test_key_without_colon_is_refused(world):
    outcome = world.kist("add", "kumo", "--name", "rfm", "--stdin", "--no-check", given=world.secret("rfm") + "\n")
    assert outcome.status not in (0, 1, 2), outcome
    assert "kumo-rfm" in outcome.err, outcome
    world.fails(3, "show", "rfm")


def test_rotated_key_reaches_the_next_run(world):
    stub, old = kumo_and_key(world, "turn")
    new = world.secret("turned", "demo:{}")
    world.done("edit", "turn", "api_key", "--stdin", "--no-check", given=new)
    stub.accepted = {new}
    outcome = world.python("turn", "kumoai-2.22.0", URL_ONLY)
    assert outcome.status == 0, outcome
    assert set(keys_of(stub)) == {new}, "the old key was used"
    assert world.kist("get", "turn", may_print=True).out == new
    history = json.loads(world.done("history", "turn", "--json").out)
    assert len(history["items"] if isinstance(history, dict) else history) == 2, history


def test_wrong_key_ends_the_program_as_it_would_without_kist(world):
    stub, _ = kumo_and_key(world, "dead")
    stub.accepted = set()
    outcome = world.python("dead", "kumoai-2.22.0", URL_ONLY)
    assert outcome.status == 1 and "401" in outcome.err, outcome


def test_kumo_on_snowpark(world):
    """Snowflake credentials go to a real Snowflake login, and an inherited KUMO_API_KEY cannot win over them."""
    password = world.secret("spcs")
    snowflake = world.stub(Snowflake, tls=True, users={"ALICE": password})
    kumo = world.stub(Kumo, tls=True, session_tokens=snowflake.issued)
    proxy = world.proxy({"acme.snowflakecomputing.com": snowflake, "demo.kumoai.cloud": kumo})
    world.add(
        "kumo-snowpark",
        {"url": "https://demo.kumoai.cloud/api", "user": "ALICE", "password": password, "account": "acme"},
        "--variant",
        "password",
    )
    stray = world.secret("stray", "demo:{}")
    environment = {**proxy.variables(), **world.trusting(), "KUMO_API_KEY": stray}
    names = world.python("kumo-snowpark", "kumoai-snowpark", SHOW_NAMES, environment=environment)
    assert "KUMO_API_KEY" not in names.out and "SNOWFLAKE_PASSWORD" in names.out, names
    outcome = world.python(
        "kumo-snowpark",
        "kumoai-snowpark",
        """if True:
        import os, kumoai
        kumoai.init(url=os.environ["KUMO_URL"], snowflake_credentials=dict(
            user=os.environ["SNOWFLAKE_USER"], password=os.environ["SNOWFLAKE_PASSWORD"],
            account=os.environ["SNOWFLAKE_ACCOUNT"]))
        """,
        environment=environment,
    )
    assert outcome.status == 0, outcome
    assert [(login["LOGIN_NAME"], login["PASSWORD"]) for login in snowflake.logins()] == [("ALICE", password)]
    sent = {r["headers"].get("authorization") for r in kumo.received()}
    # The connector asks for its token once more when a connection breaks; the last one is the one that counts.
    assert sent == {snowflake.header()}, (sent, snowflake.issued, [r["path"] for r in kumo.received()])
    assert keys_of(kumo) == [None, None]
    assert not world.canaries.found_in(proxy.everything())
