"""google-auth itself, with Google's token endpoints on this machine."""

import json
import os
import subprocess

from stubs import GoogleTokens
from world import client

AUDIENCE = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/provider"
LOGIN = """if True:
    import google.auth, google.auth.transport.requests
    credentials, project = google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])
    credentials.refresh(google.auth.transport.requests.Request())
    print(type(credentials).__name__, credentials.token, project)
    """


def account(world, google):
    """The text of a key file, as the console downloads it."""
    key = world.at("private", "account.pem")
    subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-out", key], check=True, capture_output=True)
    text = open(key).read()
    world.canaries.plant("account key", text.splitlines()[3])
    return json.dumps(
        {
            "type": "service_account",
            "project_id": "demo",
            "private_key_id": "1",
            "private_key": text,
            "client_email": "kist@demo.iam.gserviceaccount.com",
            "token_uri": google.origin + "/token",
        },
        indent=2,
    )


def test_service_account_file(world):
    google = world.stub(GoogleTokens)
    world.add("gcp-service-account", {"json": account(world, google), "token_url": google.origin + "/token"})
    outcome = world.python("gcp-service-account", "services", LOGIN)
    assert outcome.status == 0 and outcome.out.split() == ["Credentials", "ya29.account", "demo"], outcome
    assert world.kist("check", "gcp-service-account").status == 0
    wrong = world.fails(64, "add", "gcp-service-account", "--file", "json=/etc/hostname", "--no-check", "--name", "wrong")
    assert "JSON" in wrong.err, wrong


def identity(world, google, name):
    subject = world.secret(f"{name} subject", "eyJ.{}.x")
    google.subjects.add(subject)
    world.add(
        "gcp-workload-identity",
        {"subject_token": subject, "audience": AUDIENCE, "token_url": google.origin + "/sts"},
        "--name",
        name,
    )
    return subject


def asked(world, path, environment=None):
    """google-auth with that credentials file, outside of kist run."""
    process = subprocess.run(
        [client("services"), "-c", LOGIN],
        env={
            **world.environment,
            "GOOGLE_APPLICATION_CREDENTIALS": path,
            "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES": "1",
            "GOOGLE_CLOUD_PROJECT": "demo",
            **(environment or {}),
        },
        capture_output=True,
        text=True,
        timeout=60,
        cwd=world.at("work"),
    )
    found = world.canaries.found_in((process.stdout + process.stderr).encode())
    assert not found, f"printed by google-auth: {found}"
    return process


def test_subject_token_by_file_and_by_executable(world):
    google = world.stub(GoogleTokens)
    subject = identity(world, google, "cloud")
    inside = world.python("cloud", "services", LOGIN, environment={"GOOGLE_CLOUD_PROJECT": "demo"})
    assert inside.status == 0 and "ya29.identity" in inside.out, inside
    world.done("setup", "gcp", "cloud")
    path = world.at("home", ".config", "kist", "gcp", "cloud.json")
    outside = asked(world, path)
    assert outside.returncode == 0 and "ya29.identity" in outside.stdout, outside
    assert all(subject in r["body"] for r in google.received())
    assert world.kist("check", "cloud").status == 0
    # A file that somebody made for another audience gets nothing.
    with open(path) as file:
        foreign = file.read().replace("/pool/", "/other/")
    with open(world.at("home", "foreign.json"), "w") as file:
        file.write(foreign)
    refused = asked(world, world.at("home", "foreign.json"))
    assert refused.returncode != 0 and "another audience" in refused.stderr, refused
    world.done("setup", "gcp", "cloud", "--undo")
    assert not os.path.exists(path)


def test_a_locked_vault_is_said_at_once(world):
    google = world.stub(GoogleTokens)
    identity(world, google, "shut")
    world.done("setup", "gcp", "shut")
    world.done("lock")
    try:
        kind = "urn:ietf:params:oauth:token-type:jwt"
        environment = {"GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE": AUDIENCE, "GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE": kind}
        outcome = world.fails(4, "provider", "gcp", "shut", environment=environment)
        answer = json.loads(outcome.out)
        assert answer["success"] is False and answer["version"] == 1 and "locked" in answer["message"], outcome
        library = asked(world, world.at("home", ".config", "kist", "gcp", "shut.json"))
        assert library.returncode != 0 and "the vault is locked" in library.stderr, library
    finally:
        world.unlock()
