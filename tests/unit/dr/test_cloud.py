"""The adapters, against a server that answers as AWS does."""

import json

import pytest

from dr.aws import Cloud
from dr.calls import AwsUnavailable
from dr.deployment import Deployment
from dr.situation import Aurora, JournalGap
from failover.observation import TakeoverFact
from failover.takeover import Takeover
from runtime.clock import now_ms
from tests.unit import emulated

from .world import EAST, ENDPOINTS, LEASE, OUTPUTS, WEST


@pytest.fixture
def cloud(aws):
    return Cloud(Deployment.of(OUTPUTS | dict.fromkeys(ENDPOINTS, aws.url)))


def test_a_region_is_inspected_through_its_own_function(aws, cloud):
    found = cloud.inspect(WEST)
    assert aws.calls == [(WEST, "Invoke"), (WEST, "GetFunctionConfiguration")]
    told = json.loads(json.dumps(aws.told["gap"]))
    assert (found.database, found.gap, found.code) == ("replica", JournalGap(**told), "sha")
    assert found.clock_off_ms < 1_000


def test_a_clock_that_is_off_is_told_and_what_is_not_known_stays_so(aws, cloud):
    aws.told |= {"clock_ms": now_ms() + 60_000, "gap": None, "why": "journal"}
    found = cloud.inspect(WEST)
    assert 55_000 < found.clock_off_ms <= 60_000
    assert (found.gap, found.why) == (None, "journal")


def test_a_function_that_failed_is_an_error_with_its_message(aws, cloud):
    aws.extra = {"X_Amz_Function_Error": "Unhandled"}
    aws.told = {"errorType": "Held", "errorMessage": "another epoch"}
    with pytest.raises(AwsUnavailable, match="Held: another epoch"):
        cloud.reconcile(Takeover.of(LEASE))
    assert aws.calls == [(EAST, "Invoke")]


def test_aurora_says_where_the_writer_is(aws, cloud):
    assert cloud.aurora(EAST) == Aurora(writer=WEST, moving=False)


def test_a_situation_holds_what_answered_and_nothing_else(aws, cloud):
    aws.lease = LEASE
    found = cloud.situation()
    assert set(found.inspections) == {EAST, WEST}
    assert found.aurora == Aurora(writer=WEST, moving=False)
    assert found.leases_read == {EAST: True, WEST: True}
    assert (found.lease, found.home, found.clock_skew_ms) == (LEASE, EAST, 2_000)
    assert cloud.takeovers(WEST).status(Takeover.of(LEASE)) is TakeoverFact.SUCCEEDED


def test_the_kill_switch_is_looked_for_in_the_region_that_is_asked(aws, cloud):
    assert cloud.halt_switch(WEST).read() is None
    assert aws.calls == [(WEST, "GetItem")]


def test_a_lease_that_is_not_to_be_read_is_unknown_and_not_an_error(aws, cloud):
    aws.refuses = "InternalServerError"
    found = cloud.situation()
    assert (found.lease, found.leases_read) == (None, {EAST: False, WEST: False})
    assert found.inspections == {EAST: None, WEST: None}


def test_a_region_that_does_not_answer_is_nothing(monkeypatch, cloud):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    gone = Cloud(Deployment.of(OUTPUTS | dict.fromkeys(ENDPOINTS, "http://127.0.0.1:1")))
    found = gone.situation()
    assert found.inspections == {EAST: None, WEST: None}
    assert found.aurora is None
    assert found.now_ms(WEST) is None


def test_an_approver_is_who_aws_says_and_finds_what_was_asked_in_the_region_that_takes_over(lease_table):
    cloud = Cloud(Deployment.of(OUTPUTS | ENDPOINTS))
    identity, arn = cloud.caller(WEST)
    assert identity
    assert arn.startswith("arn:aws:sts::")
    emulated.client("dynamodb", WEST).create_table(
        TableName=OUTPUTS["approvals_table"],
        KeySchema=[{"AttributeName": "approver", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "approver", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    asked = cloud.approvals(WEST).ask("seven payments", now_ms=5)
    assert cloud.approvals(WEST).request() == asked
