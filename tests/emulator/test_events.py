import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.emulator.deployed import queue, taking
from tests.emulator.emulator_process import ACCOUNT, AWAY, HOME


def bus_arn(region, name="news"):
    return f"arn:aws:events:{region}:{ACCOUNT}:event-bus/{name}"


def received(emulator, region, url):
    answer = emulator.client("sqs", region).receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


@pytest.fixture(scope="module")
def buses(emulator):
    """Both regions send on what was published in them: to the other bus, else into their dead letters."""
    urls = {}
    for region, other in ((HOME, AWAY), (AWAY, HOME)):
        events = emulator.client("events", region)
        events.create_event_bus(Name="news")
        dead, dead_arn = queue(emulator, region, "dead")
        seen, seen_arn = queue(emulator, region, "seen")
        pattern = json.dumps({"detail": {"published_in": [region]}})
        events.put_rule(Name="on", EventBusName="news", EventPattern=pattern)
        target = {
            "Id": "other",
            "Arn": bus_arn(other),
            "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/replication",
            "DeadLetterConfig": {"Arn": dead_arn},
        }
        events.put_targets(Rule="on", EventBusName="news", Targets=[target])
        events.put_rule(Name="all", EventBusName="news", EventPattern=json.dumps({"source": ["ours"]}))
        events.put_targets(Rule="all", EventBusName="news", Targets=[{"Id": "seen", "Arn": seen_arn}])
        urls[region] = {"dead": dead, "seen": seen}
    return urls


def publish(emulator, region):
    entry = {
        "EventBusName": "news",
        "Source": "ours",
        "DetailType": "FailoverCompleted",
        "Detail": json.dumps({"published_in": region}),
    }
    assert emulator.client("events", region).put_events(Entries=[entry])["FailedEntryCount"] == 0


@pytest.mark.parametrize(("region", "other"), [(HOME, AWAY), (AWAY, HOME)])
def test_an_event_reaches_the_other_regions_bus_once_and_does_not_come_back(emulator, buses, region, other):
    publish(emulator, region)
    for place in (region, other):
        seen = received(emulator, place, buses[place]["seen"])
        assert [event["detail"] for event in seen] == [{"published_in": region}]
        assert received(emulator, place, buses[place]["dead"]) == []


def test_what_cannot_be_delivered_lies_in_the_dead_letters(emulator, buses):
    emulator.link(HOME, AWAY, cut=True)
    publish(emulator, HOME)
    emulator.link(HOME, AWAY, cut=False)
    (lost,) = received(emulator, HOME, buses[HOME]["dead"])
    assert (lost["detail-type"], lost["detail"]) == ("FailoverCompleted", {"published_in": HOME})
    assert received(emulator, AWAY, buses[AWAY]["seen"]) == []


@pytest.mark.usefixtures("buses")
def test_an_endpoint_has_an_id_of_its_own(emulator):
    events = emulator.client("events")
    request = {
        "Name": "news",
        "RoutingConfig": {
            "FailoverConfig": {
                "Primary": {"HealthCheck": "arn:aws:route53:::healthcheck/abc"},
                "Secondary": {"Route": AWAY},
            }
        },
        "EventBuses": [{"EventBusArn": bus_arn(HOME)}, {"EventBusArn": bus_arn(AWAY)}],
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/endpoint",
    }
    events.create_endpoint(**request)
    told = events.describe_endpoint(Name="news")
    assert told["EndpointId"].endswith(".veo")
    assert told["EndpointUrl"] == f"https://{told['EndpointId']}.endpoint.events.amazonaws.com/"
    with pytest.raises(events.exceptions.ResourceAlreadyExistsException):
        events.create_endpoint(**request)
    assert events.describe_endpoint(Name="news")["EndpointId"] == told["EndpointId"]
    with pytest.raises(events.exceptions.ResourceNotFoundException):
        events.describe_endpoint(Name="olds")


def test_what_a_queues_policy_refuses_lies_in_the_dead_letters_and_can_be_replayed(emulator):
    events, sqs = emulator.client("events"), emulator.client("sqs")
    bus = events.create_event_bus(Name="shop")["EventBusArn"]
    url, arn = queue(emulator, HOME, "sold")
    dead, dead_arn = queue(emulator, HOME, "unsold")
    archive = events.create_archive(ArchiveName="shop", EventSourceArn=bus)["ArchiveArn"]
    pattern = json.dumps({"source": ["shop"]})
    rule = events.put_rule(Name="sold", EventBusName="shop", EventPattern=pattern)["RuleArn"]
    target = {"Id": "queue", "Arn": arn, "DeadLetterConfig": {"Arn": dead_arn}}
    events.put_targets(Rule="sold", EventBusName="shop", Targets=[target])
    began = datetime.now(UTC) - timedelta(minutes=1)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": taking("Deny", arn)})
    sold = {"EventBusName": "shop", "Source": "shop", "DetailType": "Sold", "Detail": '{"number": 1}'}
    events.put_events(Entries=[sold])
    assert received(emulator, HOME, url) == []
    assert [one["detail"] for one in received(emulator, HOME, dead)] == [{"number": 1}]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": taking("Allow", arn)})
    events.start_replay(
        ReplayName="again",
        EventSourceArn=archive,
        EventStartTime=began,
        EventEndTime=datetime.now(UTC) + timedelta(minutes=1),
        Destination={"Arn": bus, "FilterArns": [rule]},
    )
    while events.describe_replay(ReplayName="again")["State"] != "COMPLETED":
        pass
    assert [one["detail"] for one in received(emulator, HOME, url)] == [{"number": 1}]
