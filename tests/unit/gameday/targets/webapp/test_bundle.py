"""W06: the bad release is one that answers its own machine and refuses its balancer."""

import asyncio
import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from moto import mock_aws

from gameday.errors import FaultRefused
from gameday.targets.webapp.bundle import STARTED, Fetched, spoiled
from lib.user_data import render
from tests.unit import emulated

ROOT = Path(__file__).resolve().parents[5]


def zipped(source: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(STARTED, source)
        archive.writestr("boto3/data.json", "{}")
    return made.getvalue()


BUNDLE = zipped((ROOT / STARTED).read_text())


def source_of(bundle: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        assert "boto3/data.json" in archive.namelist()
        return archive.read(STARTED).decode()


def asked(agent: bytes) -> int:
    """The status that a visitor with this agent gets from the spoiled application."""
    names: dict = {"__name__": "spoiled"}
    source = source_of(spoiled(BUNDLE).content)
    filtered = source[source.index("def without_bots") : source.index("\ndef main(")]
    exec(filtered, names)  # noqa: S102 - what is run is ours
    said = []

    async def well(scope, receive, send):
        await send({"type": "http.response.start", "status": 200})

    async def send(message):
        said.append(message)

    scope = {"type": "http", "headers": [(b"user-agent", agent)]}
    asyncio.run(names["without_bots"](well)(scope, None, send))
    return said[0]["status"]


def test_the_spoiled_application_takes_its_balancer_for_a_bot_and_nobody_else():
    assert asked(b"ELB-HealthChecker/2.0") == 403
    assert asked(b"Python-urllib/3.11") == 200
    assert "without_bots(compose(settings))" in source_of(spoiled(BUNDLE).content)


def test_an_application_that_cannot_be_spoiled_is_refused():
    with pytest.raises(FaultRefused, match="cannot be spoiled"):
        spoiled(zipped("print()"))


def script() -> str:
    """The user data of an instance, with every value filled in."""
    text = (ROOT / "apps/serving/user_data.sh").read_text()
    wanted = {name: f"the-{name}" for name in re.findall(r"@(\w+)@", text)}
    return render(text, wanted | {"sha256": "0" * 64, "key": "web.zip"})


def test_a_release_is_the_same_user_data_with_another_bundle():
    before = Fetched.of(script())
    assert before == Fetched("the-bucket", "web.zip", "the-object", "0" * 64, "the-version")
    with mock_aws():
        s3 = emulated.client("s3")
        s3.create_bucket(Bucket=before.bucket)
        s3.put_bucket_versioning(Bucket=before.bucket, VersioningConfiguration={"Status": "Enabled"})
        put = s3.put_object(Bucket=before.bucket, Key=before.key, Body=BUNDLE)
        running = replace(before, version=put["VersionId"])
        new = running.published_anew(s3)
    after = running.exchanged(script().replace("the-object", running.version), new)
    assert Fetched.of(after) == new
    assert (new.bucket, new.key) == (before.bucket, before.key)
    assert new.name.startswith("bad-")


def test_user_data_that_fetches_nothing_is_refused():
    with pytest.raises(FaultRefused, match="which bundle"):
        Fetched.of("#!/bin/sh")
