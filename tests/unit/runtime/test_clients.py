from collections.abc import Iterator

import pytest
from botocore.awsrequest import AWSResponse

from runtime.clients import assumed, client
from runtime.clock import now_ms
from tests.unit.deployed import ENVIRONMENT

CONFLICT = b'{"__type": "com.amazonaws.dynamodb#ReplicatedWriteConflictException", "message": "busy"}'


TAKEN = b"""<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIATAKEN</AccessKeyId>
<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2027-01-01T00:00:00Z</Expiration>
</Credentials></AssumeRoleResult></AssumeRoleResponse>"""


class Body:
    """The raw body of an HTTP answer."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content


@pytest.fixture(autouse=True)
def in_a_function(monkeypatch) -> Iterator[None]:
    client.cache_clear()
    for key, value in ENVIRONMENT.items():
        monkeypatch.setenv(key, value)
    for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(key, "test")
    yield
    client.cache_clear()


def test_a_client_works_in_the_own_region_and_does_not_wait_long():
    dynamodb = client("dynamodb", read_timeout=5, attempts=2)
    config = dynamodb.meta.config
    assert dynamodb.meta.region_name == "us-west-2"
    assert (config.connect_timeout, config.read_timeout) == (1, 5)
    assert (config.retries["mode"], config.retries["total_max_attempts"]) == ("standard", 2)


def test_planned_work_in_another_region_takes_a_role_through_the_own_regions_sts():
    asked = []

    def answer(request, **_):
        asked.append((request.url, request.body))
        return AWSResponse(request.url, 200, {}, Body(TAKEN))

    client("sts").meta.events.register_first("before-send.sts", answer)
    rds = assumed("rds", "arn:aws:iam::1:role/payments-automation-dev", region="us-east-1", read_timeout=30)
    assert rds.meta.region_name == "us-east-1"
    assert (rds.meta.config.read_timeout, rds.meta.config.retries["total_max_attempts"]) == (30, 1)
    assert rds._request_signer._credentials.access_key == "ASIATAKEN"
    [(url, body)] = asked
    assert url == "https://sts.us-west-2.amazonaws.com/"
    assert "ExternalId=payments-automation-dev" in body


def test_a_service_has_one_client_a_process():
    assert client("ssm") is client("ssm")


def test_a_write_conflict_between_regions_is_tried_again():
    dynamodb = client("dynamodb")
    answers = [(400, CONFLICT), (400, CONFLICT), (200, b"{}")]

    def answer(request, **_):
        status, content = answers.pop(0)
        return AWSResponse(request.url, status, {}, Body(content))

    dynamodb.meta.events.register_first("before-send.dynamodb", answer)
    dynamodb.put_item(TableName="lease", Item={"system": {"S": "payments"}})
    assert answers == []


def test_the_clock_counts_milliseconds():
    assert 1_700_000_000_000 < now_ms() < 4_000_000_000_000
