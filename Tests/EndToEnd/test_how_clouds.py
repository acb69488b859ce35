"""What `kist how` prints for clouds, clusters and registries, followed to the letter; and docker with a private folder."""

import json

from stubs import CargoRegistry, Cluster, GoogleTokens, Images, TokenService
from test_gcp import AUDIENCE, account
from test_how import program, shell


def test_aws(world):
    stub = world.stub(TokenService, keys={"AKIAIOSFODNN7EXAMPLE"})
    key = {"access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": world.secret("aws"), "url": stub.origin}
    world.add("aws", key)
    assert world.kist("check", "aws").status == 0
    assert "arn:aws:iam::1:user/ada" in shell(world, "aws")
    world.add("aws", {**key, "access_key_id": "AKIAI44QH8DHBEXAMPLE"}, "--name", "other")
    assert world.kist("check", "other").status == 1


def test_google(world):
    google = world.stub(GoogleTokens)
    world.add("gcp-service-account", {"json": account(world, google), "token_url": google.origin + "/token"}, "--name", "file")
    program(world, "file", "services", {}, more="print(credentials.service_account_email)\n")
    subject = world.secret("subject", "eyJ.{}.x")
    google.subjects.add(subject)
    identity = {"subject_token": subject, "audience": AUDIENCE, "token_url": google.origin + "/sts"}
    world.add("gcp-workload-identity", identity, "--name", "cloud")
    assert "ya29.identity" in shell(world, "cloud")
    program(world, "cloud", "services", {"GOOGLE_CLOUD_PROJECT": "demo"})


def test_a_cluster(world):
    token = world.secret("cluster")
    cluster = world.stub(Cluster, tls=True, tokens={token})
    authority = open(world.certificate.authority).read()
    world.add(
        "kubernetes", {"server": cluster.origin, "token": token, "certificate_authority": authority}, "--variant", "token"
    )
    assert world.kist("check", "kubernetes").status == 0
    assert "APIVersions" in shell(world, "kubernetes", world.trusting())
    assert "1.32.0" in program(world, "kubernetes", "kubernetes", {}).out
    cluster.tokens = set()
    assert world.kist("check", "kubernetes").status == 1


def test_registries(world):
    token = world.secret("crates")
    crates = world.stub(CargoRegistry, tokens={token})
    world.add("cargo-registry", {"token": token, "index": crates.index}, "--variant", "registry")
    assert json.loads(shell(world, "cargo-registry"))["auth-required"] is True
    password = world.secret("images")
    images = world.stub(Images, tls=True, users={"ada": password})
    world.add(
        "docker-registry",
        {"registry": images.authority, "username": "ada", "password": password, "url": images.origin},
        "--variant",
        "registry",
        "--name",
        "images",
    )
    assert world.kist("check", "images", environment=world.trusting()).status == 0
    assert shell(world, "images", world.trusting()) == "{}"
    # docker itself, which needs no daemon to look at a manifest.
    seen = world.done("run", "images", "--", "docker", "manifest", "inspect", "--insecure", f"{images.authority}/chest:1")
    assert json.loads(seen.out)["schemaVersion"] == 2, seen
