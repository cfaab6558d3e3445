"""S06 S09: a person who approves by a letter's command, and events that wait among the undelivered."""

import json
import subprocess
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from gameday.errors import FaultRefused
from gameday.targets.single_region import events, healing
from gameday.targets.single_region.events import EACH_ONCE, EVENTS, KIND
from gameday.targets.single_region.world import TaskWorld

REFUSED = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "Any")
USUAL = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]})
COMMAND = "aws stepfunctions send-task-success --task-token '{token}' --task-output '{{}}'"


class Aws:
    """A bus whose rule brings events to a queue, as its policy lets it; a topic, and a machine."""

    def __init__(self):
        self.queues, self.policies = {"application": [], "undelivered": []}, {"application": USUAL}
        self.archive, self.started, self.failovers, self.subscribed = [], [], [], []
        self.replays, self.broken = ["RUNNING", "COMPLETED"], False

    def __getattr__(self, name):
        raise AssertionError(f"nobody asked for {name}")

    def _may(self):
        if self.broken:
            raise REFUSED

    def list_rules(self, **_):
        self._may()
        rules = [{"Name": f"x-{one}-dev", "Arn": f"rule-of-{one}"} for one in ("operations", "application")]
        return {"Rules": rules}

    def list_targets_by_rule(self, *, Rule, EventBusName):  # noqa: N803 - AWS's words
        assert (Rule, EventBusName) == ("x-application-dev", "bus")
        dead = {"Arn": "arn:undelivered"}
        return {"Targets": [{"Arn": "arn:application", "DeadLetterConfig": dead}]}

    def get_queue_url(self, *, QueueName):  # noqa: N803
        self._may()
        return {"QueueUrl": QueueName}

    def get_queue_attributes(self, *, QueueUrl, **_):  # noqa: N803
        return {"Attributes": {"Policy": self.policies.get(QueueUrl), "QueueArn": f"arn:{QueueUrl}"}}

    def set_queue_attributes(self, *, QueueUrl, Attributes):  # noqa: N803
        self.policies[QueueUrl] = Attributes["Policy"]

    def create_queue(self, *, QueueName):  # noqa: N803
        self._may()
        self.queues[QueueName] = []
        return {"QueueUrl": QueueName}

    def delete_queue(self, *, QueueUrl):  # noqa: N803
        del self.queues[QueueUrl]

    def put_events(self, *, Entries):  # noqa: N803
        assert len(Entries) <= 10
        for entry in Entries:
            self.archive.append(entry)
            self._deliver(entry)

    def _deliver(self, entry):
        effects = [one["Effect"] for one in json.loads(self.policies["application"])["Statement"]]
        body = {"detail-type": entry["DetailType"], "detail": json.loads(entry["Detail"])}
        to = "undelivered" if "Deny" in effects else "application"
        self.queues[to].append({"Body": json.dumps(body), "ReceiptHandle": str(len(self.queues[to]))})

    def receive_message(self, *, QueueUrl, MaxNumberOfMessages):  # noqa: N803
        self._may()
        queue = self.queues[QueueUrl]
        some, queue[:] = queue[:MaxNumberOfMessages], queue[MaxNumberOfMessages:]
        return {"Messages": some} if some else {}

    def delete_message(self, **_):
        pass

    def describe_event_bus(self, **_):
        return {"Arn": "arn:bus"}

    def start_replay(self, *, Destination, EventSourceArn, EventStartTime, EventEndTime, **_):  # noqa: N803
        assert Destination == {"Arn": "arn:bus", "FilterArns": ["rule-of-application"]}
        assert EventSourceArn == "archive"
        assert (EventEndTime - EventStartTime).total_seconds() == 300
        for entry in list(self.archive):
            self._deliver(entry)

    def describe_replay(self, **_):
        return {"State": self.replays.pop(0) if len(self.replays) > 1 else self.replays[0]}

    def describe_events(self, **_):
        return {"Events": self.failovers}

    def subscribe(self, **told):
        self.subscribed.append((told["TopicArn"], told["Endpoint"]))
        return {"SubscriptionArn": "subscription"}

    def unsubscribe(self, *, SubscriptionArn):  # noqa: N803
        self.subscribed.append(SubscriptionArn)

    def start_execution(self, **told):
        self._may()
        self.started.append((told["stateMachineArn"], told["input"]))

    def write(self, at, text):
        letter = {"Message": text, "Timestamp": at}
        self.queues[healing.LETTERS].append({"Body": json.dumps(letter), "ReceiptHandle": "1"})


class World(TaskWorld):
    def __init__(self):
        outputs = {
            "event_bus": "bus",
            "event_archive": "archive",
            "system": "single-region",
            "database_cluster": "database",
            "healing_machine": "machine",
            "alarm_topic": "topic",
        }
        state = SimpleNamespace(aws_environment=lambda region: {"AWS_REGION": region})
        super().__init__(
            state=state, name="", region="us-east-1", other="", outputs=outputs, service="web", inner="inner"
        )
        self.aws, self.ordered = Aws(), []

    def client(self, service, region=""):
        return self.aws

    def trouble(self, name, **told):
        self.ordered.append((name, told))


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setattr(events.time, "sleep", lambda _: None)
    return World()


def test_S06_R14_events_that_a_queue_refuses_wait_and_are_delivered_once_by_a_replay(world):
    assert "20 events" in events.publish_while_refused(world)
    assert (len(world.aws.queues["undelivered"]), world.aws.queues["application"]) == (EVENTS, [])
    assert {(one["Source"], one["DetailType"]) for one in world.aws.archive} == {("single-region", KIND)}
    events.replay(world)
    assert world.found == [EACH_ONCE]
    assert world.aws.policies["application"] == USUAL
    assert world.undo == []


def test_S06_R14_what_was_lost_and_what_came_twice_is_counted(world):
    events.publish_while_refused(world)
    first, second, *rest = world.aws.archive
    stranger = {**first, "DetailType": "EntryWritten"}
    world.aws.archive[:] = [first, first, *rest, stranger]
    world.aws.queues["undelivered"].pop()
    events.replay(world)
    assert world.found == ["events: 20 published, 19 undelivered, 19 delivered, 1 twice"]
    assert second not in world.aws.archive


def test_S06_R14_a_queue_takes_events_again_although_nobody_replayed_them(world):
    events.publish_while_refused(world)
    world.withdraw()
    assert world.aws.policies["application"] == USUAL


def test_S06_a_replay_that_does_not_end_and_calls_that_are_refused_are_no_drill(world, monkeypatch):
    events.publish_while_refused(world)
    world.aws.replays = ["RUNNING"]
    monkeypatch.setattr(events, "REPLAYED_WITHIN_S", -1.0)
    with pytest.raises(FaultRefused, match="the replay is RUNNING"):
        events.replay(world)
    world.aws.broken = True
    with pytest.raises(FaultRefused, match=r"cannot be refused: .*AccessDenied"):
        events.publish_while_refused(world)
    with pytest.raises(FaultRefused, match=r"cannot be replayed: .*AccessDenied"):
        events.replay(world)


def test_S09_R9_a_failover_is_asked_for_while_every_step_dies_once(world):
    assert "dies once after each step" in healing.ask_while_steps_die(world)
    assert world.ordered == [("sabotage", {"region": "us-east-1", "fault": "kill"})]
    assert world.aws.started == [("machine", '{"failover": true}')]
    assert world.aws.subscribed == [("topic", "arn:drill-letters")]
    world.withdraw()
    assert world.aws.subscribed[1:] == ["subscription"]
    assert healing.LETTERS not in world.aws.queues


def test_S09_R9_a_database_that_failed_over_lately_is_left_alone(world):
    world.aws.failovers = [{"Date": datetime.now(UTC), "Message": "failover"}]
    with pytest.raises(FaultRefused, match="within the last hour"):
        healing.ask_while_steps_die(world)
    assert world.aws.started == []


def test_S09_R9_the_newest_letters_command_is_run_as_the_person_on_call(world, monkeypatch):
    ran = []

    def run(command, **how):
        ran.append((command[1:], how["env"]["AWS_REGION"]))
        return SimpleNamespace(returncode=0, stderr="")

    monkeypatch.setattr(subprocess, "run", run)
    healing.ask_while_steps_die(world)
    world.aws.write("12:02", "nobody is needed")
    world.aws.write("12:01", f"H31: busy\n\n{COMMAND.format(token='new')}")
    world.aws.write("12:00", f"H31: busy\n\n{COMMAND.format(token='old')}")
    assert healing.approve(world) == "approved with the newest of 2 letters"
    words = ["-m", "localcloud.aws_cli", "stepfunctions", "send-task-success"]
    assert ran == [([*words, "--task-token", "new", "--task-output", "{}"], "us-east-1")]


def test_S09_R9_without_a_letter_or_when_aws_refuses_there_is_no_approval(world, monkeypatch):
    healing.ask_while_steps_die(world)
    with pytest.raises(FaultRefused, match="no letter asks"):
        healing.approve(world)
    failed = SimpleNamespace(returncode=1, stderr="aws: TaskTimedOut\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    world.aws.write("12:00", f"H31: busy\n\n{COMMAND.format(token='old')}")
    with pytest.raises(FaultRefused, match=r"the approval was refused: aws: TaskTimedOut$"):
        healing.approve(world)
    world.aws.broken = True
    with pytest.raises(FaultRefused, match=r"letters cannot be read: .*AccessDenied"):
        healing.approve(world)
    with pytest.raises(FaultRefused, match=r"letters cannot be read: .*AccessDenied"):
        healing.ask_while_steps_die(world)


def test_S09_R9_a_machine_that_cannot_be_started_is_no_drill(world, monkeypatch):
    def refuse(**_):
        raise REFUSED

    monkeypatch.setattr(world.aws, "start_execution", refuse)
    with pytest.raises(FaultRefused, match=r"the healing machine cannot be started: .*AccessDenied"):
        healing.ask_while_steps_die(world)
