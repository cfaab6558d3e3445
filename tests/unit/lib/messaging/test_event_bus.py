"""P05: events of one region reach the other, once, and nothing undeliverable is lost."""

import json

import pytest

from lib.messaging.event_bus import COMPLETED
from lib.systems.load import load_settings
from tests.unit.synthesized import synthesize

REGIONS = [("use1", "us-east-1", "us-west-2"), ("usw2", "us-west-2", "us-east-1")]
ACCOUNT = "${data.aws_caller_identity.account.account_id}"


def rule_of(region):
    return region.by("aws_cloudwatch_event_rule", "name")["payments-replication-test"]


def replication(region):
    (target,) = [t for t in region.all("aws_cloudwatch_event_target") if ":event-bus/" in t["arn"]]
    return target


def queues(region):
    return region.by("aws_sqs_queue", "name")


def test_P05_both_regions_have_a_bus_of_the_same_name(region):
    bus = region.only("aws_cloudwatch_event_bus")
    assert bus["name"] == "payments-events-test"
    assert bus["kms_key_identifier"].startswith("${aws_kms_key.")
    assert bus["dead_letter_config"]["arn"].endswith(":payments-undelivered-test")


def test_P05_only_this_account_puts_events_on_the_bus(region):
    permission = region.only("aws_cloudwatch_event_permission")
    assert permission["principal"] == ACCOUNT
    assert permission["event_bus_name"].startswith("${aws_cloudwatch_event_bus.")


def test_P05_events_can_be_replayed_for_as_long_as_the_settings_say(region):
    archive = region.only("aws_cloudwatch_event_archive")
    assert archive["retention_days"] == 30
    assert archive["event_source_arn"].startswith("${aws_cloudwatch_event_bus.")
    assert "event_pattern" not in archive


def test_an_archive_has_a_customer_key_where_the_provider_knows_how_to_say_so(region, functions, tmp_path):
    assert region.only("aws_cloudwatch_event_archive")["kms_key_identifier"].startswith("${aws_kms_key.")
    old = load_settings({"ENVIRONMENT_SUFFIX": "test", "AWS_PROVIDER_VERSION": "5.100.0"})
    archive = synthesize(old, functions, tmp_path)[region.name].only("aws_cloudwatch_event_archive")
    assert "kms_key_identifier" not in archive


@pytest.mark.parametrize(("code", "here", "there"), REGIONS)
def test_P05_critical_events_that_were_published_here_go_to_the_other_regions_bus(stacks, code, here, there):
    rule, target = rule_of(stacks[code]), replication(stacks[code])
    assert rule["event_bus_name"].startswith("${aws_cloudwatch_event_bus.")
    assert json.loads(rule["event_pattern"]) == {
        "source": ["payments", "payments.operations"],
        "detail-type": [*COMPLETED, "PaymentSettled"],
        "detail": {"published_in": [here]},
    }
    assert target["arn"] == f"arn:aws:events:{there}:{ACCOUNT}:event-bus/payments-events-test"
    assert target["event_bus_name"] == rule["event_bus_name"]


def test_P05_an_event_never_comes_back(stacks):
    """What one region's rule sends on was published there, so the other's rule does not match it."""
    began = [
        set(json.loads(rule_of(stacks[code])["event_pattern"])["detail"]["published_in"])
        for code, *_ in REGIONS
    ]
    assert not began[0] & began[1]


def test_P05_what_cannot_be_delivered_is_kept(region):
    dead = replication(region)["dead_letter_config"]["arn"]
    assert dead.endswith(":payments-undelivered-test")
    statement, _ = json.loads(queues(region)["payments-undelivered-test"]["policy"])["Statement"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Resource"] == [dead]
    assert [arn.rsplit(":", 1)[1] for arn in statement["Condition"]["ArnLike"]["aws:SourceArn"]] == [
        "event-bus/payments-events-test",
        "rule/payments-events-test/*",
    ]
    assert replication(region)["retry_policy"]["maximum_event_age_in_seconds"] == 3600


def test_P05_what_cannot_be_redriven_is_parked(region):
    first, last = queues(region)["payments-undelivered-test"], queues(region)["payments-parked-test"]
    redrive = json.loads(first["redrive_policy"])
    assert redrive["maxReceiveCount"] == 5
    assert redrive["deadLetterTargetArn"].startswith("${aws_sqs_queue.events_dead-letters_parked_")
    assert not [queue for queue in (first, last) if '": ' in queue.get("redrive_policy", "")]
    allowed = json.loads(last["redrive_allow_policy"])
    assert allowed["redrivePermission"] == "byQueue"
    assert allowed["sourceQueueArns"] == [replication(region)["dead_letter_config"]["arn"]]
    assert {queue["message_retention_seconds"] for queue in queues(region).values()} == {1209600}


def test_P05_the_endpoint_fails_over_when_the_primary_region_does_not_write(stacks):
    world = stacks["world"]
    endpoint = world.only("aws_cloudwatch_event_endpoint")
    assert [bus["event_bus_arn"] for bus in endpoint["event_bus"]] == [
        f"arn:aws:events:{region}:{ACCOUNT}:event-bus/payments-events-test"
        for region in ("us-east-1", "us-west-2")
    ]
    assert endpoint["replication_config"] == {"state": "ENABLED"}
    failover = endpoint["routing_config"]["failover_config"]
    assert failover["secondary"] == {"route": "us-west-2"}
    address = failover["primary"]["health_check"].split(".")[1]
    check = world.document["resource"]["aws_route53_health_check"][address]
    assert (check["resource_path"], check["tags"]["Name"]) == ("/health/ready", "payments-health-use1-test")
    assert failover["primary"]["health_check"].endswith(".arn}")


def test_P05_the_endpoints_role_replicates_between_our_two_buses_and_no_more(stacks):
    policies = [json.loads(body["policy"]) for body in stacks["world"].all("aws_iam_role_policy")]
    (statements,) = [p["Statement"] for p in policies if "GlobalEndpointManagedRule" in json.dumps(p)]
    resources = {action: one["Resource"] for one in statements for action in one["Action"]}
    assert resources.keys() == {
        "events:DeleteRule",
        "events:PutRule",
        "events:PutTargets",
        "events:RemoveTargets",
        "events:PutEvents",
        "iam:PassRole",
    }
    rules = resources["events:PutRule"]
    assert all(":rule/payments-events-test/GlobalEndpointManagedRule-*" in rule for rule in rules)
    assert {rule.split(":")[3] for rule in rules} == {"us-east-1", "us-west-2"}
    assert resources["iam:PassRole"] == [f"arn:aws:iam::{ACCOUNT}:role/payments-endpoint-use1-test"]
    assert "payments-endpoint-use1-test" in stacks["world"].by("aws_iam_role", "name")


def test_P05_publishers_find_bus_and_endpoint_in_their_own_region(stacks):
    for code, *_ in REGIONS:
        parameter = stacks[code].by("aws_ssm_parameter", "name")["/payments-test/events/bus"]
        assert parameter["value"].startswith("${aws_cloudwatch_event_bus.")
    world = stacks["world"]
    name = "/payments-test/events/endpoint"
    endpoints = [parameter for parameter in world.all("aws_ssm_parameter") if parameter["name"] == name]
    assert {parameter.get("provider") for parameter in endpoints} == {None, "aws.usw2"}
    assert {parameter["value"] for parameter in endpoints} == {world.outputs["event_endpoint"]}
    assert "endpoint_url" in world.outputs["event_endpoint"]
