import base64
import json
from dataclasses import replace

import pytest

from localcloud.fleet.instances.metadata import MetadataService
from localcloud.fleet.instances.record import Instance

NOW = 1_800_000_000.0
INSTANCE = Instance(
    id="i-1",
    region="us-east-1",
    account="123456789012",
    zone="us-east-1b",
    state="running",
    boots=1,
    user_data=base64.b64encode(b"#!/bin/sh\n").decode(),
    profile="arn:aws:iam::123456789012:instance-profile/web",
    image="ami-1",
    type="t3.small",
    address="10.0.0.7",
    metadata={"HttpTokens": "required", "InstanceMetadataTags": "enabled"},
    tags={"Name": "web", "team": "a"},
    ports=(8080,),
    impaired=False,
)


class Sessions:
    def __init__(self):
        self.asked = []

    def __call__(self, profile, instance):
        self.asked.append((profile, instance))
        keys = {"AccessKeyId": f"ASIA{len(self.asked)}", "SecretAccessKey": "s", "SessionToken": "t"}
        return {"role": "web", **keys, "until": NOW + 3600 * len(self.asked)}


@pytest.fixture
def sessions():
    return Sessions()


@pytest.fixture
def service(sessions):
    return MetadataService(sessions, lambda _: "InService")


@pytest.fixture
def get(service):
    token = service.answer(
        INSTANCE, "PUT", "/latest/api/token", {"x-aws-ec2-metadata-token-ttl-seconds": "21600"}, NOW
    ).text

    def get(path, now=NOW, instance=INSTANCE):
        answer = service.answer(instance, "GET", path, {"x-aws-ec2-metadata-token": token}, now)
        return answer.text if answer.status == 200 else answer.status

    return get


def test_without_a_token_nothing_is_told(service):
    for headers in ({}, {"x-aws-ec2-metadata-token": "guessed"}):
        for path in ("/latest/meta-data/instance-id", "/latest/user-data"):
            assert service.answer(INSTANCE, "GET", path, headers, NOW).status == 401


@pytest.mark.parametrize("ttl", ["", "0", "21601", "soon"])
def test_a_token_needs_a_lifetime(service, ttl):
    headers = {"x-aws-ec2-metadata-token-ttl-seconds": ttl}
    assert service.answer(INSTANCE, "PUT", "/latest/api/token", headers, NOW).status == 400


def test_a_token_ends(get):
    assert get("/latest/meta-data/instance-id", NOW + 21_599) == "i-1"
    assert get("/latest/meta-data/instance-id", NOW + 21_600) == 401


def test_requests_that_a_proxy_passes_on_are_refused(service):
    headers = {"x-aws-ec2-metadata-token-ttl-seconds": "60", "x-forwarded-for": "10.0.0.1"}
    assert service.answer(INSTANCE, "PUT", "/latest/api/token", headers, NOW).status == 403


def test_only_reading_is_allowed(service):
    assert service.answer(INSTANCE, "POST", "/latest/meta-data/", {}, NOW).status == 405
    assert service.answer(INSTANCE, "GET", "/latest/api/token", {}, NOW).status == 405


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("meta-data/placement/availability-zone", "us-east-1b"),
        ("meta-data/placement/region", "us-east-1"),
        ("meta-data/local-ipv4", "10.0.0.7"),
        ("meta-data/tags/instance/team", "a"),
        ("meta-data/tags/instance", "Name\nteam"),
        ("meta-data/placement/", "availability-zone\nregion"),
        ("meta-data/autoscaling/target-lifecycle-state", "InService"),
        ("user-data", "#!/bin/sh\n"),
        ("meta-data/nothing", 404),
    ],
)
def test_what_is_told(get, path, told):
    assert get(f"/latest/{path}") == told


def test_tags_are_told_only_when_the_options_say_so(get):
    silent = replace(INSTANCE, metadata={"HttpTokens": "required"})
    assert get("/latest/meta-data/tags/instance/team", instance=silent) == 404
    off = replace(INSTANCE, metadata={"HttpEndpoint": "disabled"})
    assert get("/latest/meta-data/instance-id", instance=off) == 403


def test_the_identity_document_names_account_region_and_zone(get):
    found = json.loads(get("/latest/dynamic/instance-identity/document"))
    assert (found["accountId"], found["region"], found["availabilityZone"]) == (
        "123456789012",
        "us-east-1",
        "us-east-1b",
    )


def test_credentials_are_those_of_the_profiles_role_and_renewed_before_they_end(get, sessions):
    folder = "/latest/meta-data/iam/security-credentials"
    assert get(f"{folder}/") == "web"
    first = json.loads(get(f"{folder}/web"))
    assert (first["AccessKeyId"], first["Code"]) == ("ASIA1", "Success")
    assert json.loads(get(f"{folder}/web", NOW + 2000))["AccessKeyId"] == "ASIA1"
    assert json.loads(get(f"{folder}/web", NOW + 2800))["AccessKeyId"] == "ASIA2"
    assert sessions.asked == [(INSTANCE.profile, "i-1")] * 2
    assert get(f"{folder}/other") == 404


def test_an_instance_without_a_profile_has_no_credentials(get):
    bare = replace(INSTANCE, profile="")
    assert get("/latest/meta-data/iam/security-credentials/", instance=bare) == 404
