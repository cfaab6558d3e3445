"""Events that their queue refuses for a while: they wait among the undelivered, and are replayed."""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from gameday.errors import FaultRefused
from gameday.targets.single_region.world import TaskWorld

EVENTS = 20
AT_ONCE = 10
"""As many as PutEvents takes."""
KIND = "Drill"
"""The detail type of a drill's events: whoever takes events for business ignores them."""
REPLAYED_WITHIN_S = 60.0
EACH_ONCE = f"events: {EVENTS} published, {EVENTS} undelivered, {EVENTS} delivered, 0 twice"
REFUSAL = {
    "Effect": "Deny",
    "Principal": {"Service": "events.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": "*",
}


@dataclass(frozen=True, slots=True)
class Way:
    """From the bus to a queue."""

    rule_arn: str
    queue: str
    undelivered: str

    @classmethod
    def of(cls, world: TaskWorld, what: str = "application") -> "Way":
        """The way of the rule that is named so."""
        events, bus = world.client("events"), world.outputs["event_bus"]
        rules = events.list_rules(EventBusName=bus)["Rules"]
        rule = next(one for one in rules if f"-{what}-" in one["Name"])
        (target,) = events.list_targets_by_rule(Rule=rule["Name"], EventBusName=bus)["Targets"]
        arns = target["Arn"], target["DeadLetterConfig"]["Arn"]
        queue, undelivered = (_url(world, arn) for arn in arns)
        return cls(rule["Arn"], queue, undelivered)


def publish_while_refused(world: TaskWorld) -> str:
    """The queue of the application takes no event any more, and some are published. Raises FaultRefused."""
    sqs = world.client("sqs")
    try:
        way = Way.of(world)
        asked = sqs.get_queue_attributes(QueueUrl=way.queue, AttributeNames=["Policy"])
        usual = asked["Attributes"]["Policy"]
        policy = json.loads(usual)
        refusing = {**policy, "Statement": [*policy["Statement"], REFUSAL]}
        _set_policy(world, way.queue, json.dumps(refusing))
        world.undo.append(lambda: _set_policy(world, way.queue, usual))
        for first in range(0, EVENTS, AT_ONCE):
            numbers = range(first, first + AT_ONCE)
            world.client("events").put_events(Entries=[_event(world, number) for number in numbers])
    except (BotoCoreError, ClientError) as error:
        raise FaultRefused(f"events cannot be refused: {error}") from error
    return f"{EVENTS} events published that their queue refuses"


def replay(world: TaskWorld) -> str:
    """The queue takes events again, those of the last minutes are replayed, and all are counted.

    Raises FaultRefused.
    """
    try:
        way = Way.of(world)
        undelivered = _numbers(world, way.undelivered)
        world.undo.pop()()  # the policy
        _replay(world, way)
        delivered = _numbers(world, way.queue)
    except (BotoCoreError, ClientError) as error:
        raise FaultRefused(f"events cannot be replayed: {error}") from error
    twice = len(delivered) - len({*delivered})
    world.found.append(
        f"events: {EVENTS} published, {len({*undelivered})} undelivered, {len({*delivered})} delivered, "
        f"{twice} twice"
    )
    return "the queue takes events again, and the archive was replayed"


def _replay(world: TaskWorld, way: Way) -> None:
    """Replay the last minutes to the one rule that missed them. Raises FaultRefused."""
    events, name, now = world.client("events"), f"drill-{uuid4().hex}", datetime.now(UTC)
    bus = events.describe_event_bus(Name=world.outputs["event_bus"])["Arn"]
    events.start_replay(
        ReplayName=name,
        EventSourceArn=world.outputs["event_archive"],
        EventStartTime=now - timedelta(minutes=5),
        EventEndTime=now,
        Destination={"Arn": bus, "FilterArns": [way.rule_arn]},
    )
    deadline = time.monotonic() + REPLAYED_WITHIN_S
    while (state := events.describe_replay(ReplayName=name)["State"]) != "COMPLETED":
        if time.monotonic() > deadline:
            raise FaultRefused(f"the replay is {state} after {REPLAYED_WITHIN_S:g} s")
        time.sleep(0.5)


def _event(world: TaskWorld, number: int) -> dict[str, str]:
    return {
        "EventBusName": world.outputs["event_bus"],
        "Source": world.outputs["system"],
        "DetailType": KIND,
        "Detail": json.dumps({"number": number}),
    }


def _numbers(world: TaskWorld, url: str) -> list[int]:
    """Numbers of the drill's events in a queue, which are taken out of it; all else stays."""
    sqs, found = world.client("sqs"), []
    while some := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in some:
            event: dict[str, Any] = json.loads(message["Body"])
            if event["detail-type"] == KIND:
                found.append(int(event["detail"]["number"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def _set_policy(world: TaskWorld, url: str, policy: str) -> None:
    world.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})


def _url(world: TaskWorld, arn: str) -> str:
    name = arn.rpartition(":")[2]
    return str(world.client("sqs").get_queue_url(QueueName=name)["QueueUrl"])
