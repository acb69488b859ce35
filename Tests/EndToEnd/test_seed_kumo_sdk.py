"""Following Kumo's page on API keys for its SDK, with Kist as the keeper of the key."""

import json

from stubs import Kumo, Snowflake


def test_key_and_public_url(world):
    """The administrator's key has two parts; the public URL follows from the first."""
    key = world.secret("sdk", "acme:{}")
    world.add("kumo", {"api_key": key})
    shown = json.loads(world.done("show", "kumo", "--json").out)
    assert shown["plain"] == {"customer_id": "acme", "url": "https://acme.kumoai.cloud/api"}, shown


def test_key_is_kept_safe_and_can_be_had_back(world):
    """Whoever loses the key needs a new one: so it comes back byte for byte, and stands nowhere in clear."""
    key = world.secret("kept", "acme:{}")
    world.add("kumo", {"api_key": key}, "--name", "kept")
    world.done("lock")
    world.check_canaries()
    world.fails(4, "get", "kept")
    world.unlock()
    assert world.done("get", "kept", may_print=True).out == key


def test_initialising_the_sdk_proves_the_key(world):
    """URL and key given as arguments, as the page's example does, over TLS to the platform's own name."""
    key = world.secret("proved", "demo:{}")
    stub = world.stub(Kumo, tls=True, accepted={key})
    proxy = world.proxy({"demo.kumoai.cloud": stub})
    world.add("kumo", {"api_key": key}, "--name", "proved")
    outcome = world.python(
        "proved",
        "kumoai-2.22.0",
        "import os, kumoai as kumo; kumo.init(url=os.environ['KUMO_URL'], api_key=os.environ['KUMO_API_KEY'])",
        environment={**proxy.variables(), **world.trusting()},
    )
    assert outcome.status == 0 and "https://demo.kumoai.cloud/api" in outcome.out + outcome.err, outcome
    assert stub.received()[0]["headers"]["x-api-key"] == key


def test_new_key_ends_the_earlier_one(world):
    """A key made anew replaces the stored one in one step; what was before stays in the history."""
    old, new = world.secret("before", "demo:{}"), world.secret("after", "demo:{}")
    stub = world.stub(Kumo, accepted={old})
    world.add("kumo", {"api_key": old, "url": stub.url}, "--name", "renewed", check=True)
    stub.accepted = {new}
    world.fails(1, "check", "renewed")
    world.done("edit", "renewed", "api_key", "--stdin", given=new)
    world.done("check", "renewed")


def test_snowpark_takes_snowflake_credentials_instead(world):
    """User, password and account go to the SDK as a dictionary; no API key is involved."""
    password = world.secret("snowpark")
    snowflake = world.stub(Snowflake, tls=True, users={"ALICE": password})
    kumo = world.stub(Kumo, tls=True, session_tokens=snowflake.issued)
    proxy = world.proxy({"acme.snowflakecomputing.com": snowflake, "demo.kumoai.cloud": kumo})
    world.add(
        "kumo-snowpark",
        {"url": "https://demo.kumoai.cloud/api", "user": "ALICE", "password": password, "account": "acme"},
        "--variant",
        "password",
    )
    outcome = world.python(
        "kumo-snowpark",
        "kumoai-snowpark",
        """if True:
        import os, kumoai as kumo
        credentials = {
            "user": os.environ["SNOWFLAKE_USER"],
            "password": os.environ["SNOWFLAKE_PASSWORD"],
            "account": os.environ["SNOWFLAKE_ACCOUNT"],
        }
        kumo.init(url=os.environ["KUMO_URL"], snowflake_credentials=credentials)
        """,
        environment={**proxy.variables(), **world.trusting()},
    )
    assert outcome.status == 0, outcome
    assert kumo.received()[0]["headers"]["authorization"] == snowflake.header()
    assert "x-api-key" not in kumo.received()[0]["headers"]
