"""S06: events, those that nobody took, and those that are wanted again."""

import json

import pytest


@pytest.fixture
def queues(here):
    return here.by("aws_sqs_queue", "name")


def test_S06_business_and_operations_have_a_rule_and_a_queue_each(here, queues):
    rules = {one["name"]: one for one in here.all("aws_cloudwatch_event_rule") if "event_bus_name" in one}
    sources = {name: json.loads(one["event_pattern"])["source"] for name, one in rules.items()}
    assert sources == {
        "single-region-application-test": ["single-region"],
        "single-region-operations-test": ["single-region.operations"],
    }
    assert rules.keys() < queues.keys()


def test_S06_what_a_queue_does_not_take_is_tried_for_an_hour_and_then_kept(here, queues):
    targets = [one for one in here.all("aws_cloudwatch_event_target") if "event_bus_name" in one]
    assert len(targets) == 2
    for one in targets:
        assert one["retry_policy"]["maximum_event_age_in_seconds"] == 3600
        assert one["dead_letter_config"]["arn"].endswith(":single-region-undelivered-test")
    bus = here.only("aws_cloudwatch_event_bus")
    assert bus["dead_letter_config"]["arn"].endswith(":single-region-undelivered-test")
    assert queues["single-region-undelivered-test"]["message_retention_seconds"] == 14 * 24 * 3600


def test_S06_each_queue_takes_events_of_its_own_rule_only(queues):
    for name in ("application", "operations"):
        send, tls = json.loads(queues[f"single-region-{name}-test"]["policy"])["Statement"]
        (rule,) = send["Condition"]["ArnEquals"].values()
        assert f"{name}-rule" in rule
        assert send["Principal"] == {"Service": "events.amazonaws.com"}
        assert tls["Effect"] == "Deny"


def test_S06_events_can_be_replayed_for_a_month(here):
    archive = here.only("aws_cloudwatch_event_archive")
    assert archive["event_source_arn"].startswith("${aws_cloudwatch_event_bus.")
    assert archive["retention_days"] == 30
    assert archive["kms_key_identifier"].startswith("${aws_kms_key.")


def test_S06_what_was_not_delivered_is_told(here):
    alarm = here.by("aws_cloudwatch_metric_alarm", "alarm_name")["single-region-events-undelivered-test"]
    assert alarm["dimensions"] == {"QueueName": "single-region-undelivered-test"}
    assert (alarm["metric_name"], alarm["threshold"]) == ("ApproximateNumberOfMessagesVisible", 0)


def test_S06_queues_and_bus_lie_under_a_key_that_they_may_use(here, queues):
    (key,) = here.all("aws_kms_key")
    services = [one["Principal"].get("Service") for one in json.loads(key["policy"])["Statement"]]
    assert "events.amazonaws.com" in services
    for one in queues.values():
        assert one["kms_master_key_id"].startswith("${aws_kms_key.")
