# ruff: noqa: N803 - the names are those of AWS
import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from dr import commands as entry
from dr.calls import AwsUnavailable
from dr.moments import shown
from dr.operations import Refused
from dr.replay import command
from dr.replay.replays import MOST_ATTEMPTS, Replays, Span
from tests.unit.dr.checked_calls import Checked, refused

EAST = "us-east-1"
BUS = "arn:aws:events:us-east-1:1:event-bus/payments-events-test"
ARCHIVE = "arn:aws:events:us-east-1:1:archive/payments-events-test"
OTHER_BUS = "arn:aws:events:us-west-2:1:event-bus/payments-events-test"
NOW = datetime.now(UTC).replace(microsecond=0)
START, END = NOW - timedelta(hours=3), NOW - timedelta(hours=2)
NAME = f"payments-events-test-{START:%Y%m%d-%H%M%S}-{END:%Y%m%d-%H%M%S}"


class Events(Checked):
    """EventBridge with one archive; a replay runs for one look and then ends as `ends` says."""

    service = "events"

    def __init__(self):
        super().__init__()
        self.replays, self.ends, self.days = {}, "COMPLETED", 30
        self.rules = {"consumer": "arn:aws:sqs:us-east-1:1:seen", "replication": OTHER_BUS}
        self.managed = {"Events-Archive": "AWS"}

    def on_describe_archive(self, ArchiveName):
        return {"ArchiveName": ArchiveName, "EventSourceArn": BUS, "RetentionDays": self.days}

    def on_list_rules(self, EventBusName):
        names = [*self.rules, *self.managed]
        rules = [{"Name": name, "Arn": f"arn:aws:events:us-east-1:1:rule/{name}"} for name in names]
        return {"Rules": [rule | self._managed(rule["Name"]) for rule in rules]}

    def _managed(self, name):
        return {"ManagedBy": self.managed[name]} if name in self.managed else {}

    def on_list_targets_by_rule(self, Rule, EventBusName):
        return {"Targets": [{"Arn": self.rules[Rule]}]}

    def on_start_replay(self, ReplayName, **asked):
        self.replays[ReplayName] = {"State": "RUNNING"}

    def on_describe_replay(self, ReplayName):
        if ReplayName not in self.replays:
            raise refused("ResourceNotFoundException")
        told = dict(self.replays[ReplayName])
        self.replays[ReplayName] = {"State": self.ends, "EventLastReplayedTime": END}
        return told


@pytest.fixture
def events(monkeypatch):
    made = Events()
    monkeypatch.setattr(command, "client", lambda *_: made)
    monkeypatch.setattr(command, "POLL_S", 0.0001)
    monkeypatch.setattr(command, "WITHIN_S", 0.001)
    return made


@pytest.fixture
def replay(events, outputs_file):
    def replay(*arguments, start=START, end=END, answer=None):
        span = ["--from", shown(start), "--to", shown(end), "--region", EAST]
        asked = ["events", "replay", *span, *arguments, "--outputs", str(outputs_file)]
        return CliRunner().invoke(entry.app, asked, input=answer)

    return replay


def test_a_span_is_replayed_to_the_consumers_rules_and_to_no_other(events, replay):
    done = replay("--yes", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["name"], told["state"], told["reached"]) == (NAME, "COMPLETED", shown(END))
    assert (told["schema"], told["outcome"]) == ("dr/events/replay/1", "done")
    (started,) = events.asked("start_replay")
    assert started == {
        "ReplayName": NAME,
        "Description": "dr events replay",
        "EventSourceArn": ARCHIVE,
        "EventStartTime": START,
        "EventEndTime": END,
        "Destination": {"Arn": BUS, "FilterArns": ["arn:aws:events:us-east-1:1:rule/consumer"]},
    }
    assert f"{NAME}: RUNNING" in done.stderr
    assert f"COMPLETED, events up to {shown(END)}" in done.stderr


def test_the_same_span_is_replayed_again_only_when_asked(events, replay):
    for _ in range(2):
        assert replay("--yes").exit_code == 0
    assert list(events.replays) == [NAME]
    assert replay("--yes", "--again").exit_code == 0
    assert list(events.replays) == [NAME, f"{NAME}-2"]


def test_a_replay_that_runs_is_followed(events, replay):
    events.replays[NAME] = {"State": "STARTING"}
    assert replay().exit_code == 0
    assert events.asked("start_replay") == []


def test_a_replay_that_failed_is_started_under_another_name(events, replay):
    events.ends = "FAILED"
    assert replay("--yes").exit_code == 1
    events.ends = "COMPLETED"
    assert replay("--yes").exit_code == 0
    assert list(events.replays) == [NAME, f"{NAME}-2"]


def test_what_has_not_ended_is_unknown(events, replay):
    events.ends = "RUNNING"
    long = replay("--yes")
    assert (long.exit_code, "it goes on" in long.output) == (3, True)


@pytest.mark.parametrize(
    ("span", "says"),
    [
        ({"start": END, "end": START}, "--from is the earlier"),
        ({"end": NOW + timedelta(hours=1)}, "is in the future"),
        ({"start": NOW - timedelta(days=31)}, "payments-events-test keeps 30 days"),
    ],
)
def test_a_span_that_cannot_be_had_is_refused(events, replay, span, says):
    refusal = replay("--yes", **span)
    assert isinstance(refusal.exception, Refused)
    assert says in str(refusal.exception)
    assert events.replays == {}


def test_without_consumers_nothing_is_replayed(events, replay):
    del events.rules["consumer"]
    assert "no consumer has a rule" in str(replay("--yes").exception)


def test_an_archive_without_an_end_goes_back_for_ever(events, replay):
    events.days = 0
    assert replay("--yes", start=NOW - timedelta(days=900)).exit_code == 0


def test_it_asks_and_a_dry_run_starts_nothing(events, replay):
    assert json.loads(replay("--dry-run", "--json").stdout)["dry_run"] is True
    shown_only = replay("--dry-run")
    assert (shown_only.exit_code, "to consumer? They see" in shown_only.output) == (0, True)
    assert replay(answer="n\n").exit_code == 1
    assert events.replays == {}


def test_events_of_the_last_minutes_are_said_to_be_late(events, replay):
    assert "may not be archived yet" in replay("--yes", end=NOW).output


def test_what_aws_does_not_say_is_an_error(events, monkeypatch):
    replays = Replays(events, EAST, ARCHIVE)
    with pytest.raises(AwsUnavailable, match="knows no replay"):
        replays.get("none")
    monkeypatch.setattr(
        Events, "on_describe_replay", lambda *_, **__: (_ for _ in ()).throw(refused("Throttled"))
    )
    with pytest.raises(AwsUnavailable, match="Throttled"):
        replays.find("any")


def test_attempts_end(events):
    replays, span = Replays(events, EAST, ARCHIVE), Span(start=START, end=END)
    archive = replays.archive()
    for attempt in range(1, MOST_ATTEMPTS + 1):
        events.replays[Span(start=START, end=END, attempt=attempt).name(archive)] = {"State": "CANCELLED"}
    events.ends = "CANCELLED"
    with pytest.raises(AwsUnavailable, match="was tried 50 times"):
        replays.untried(span, archive, again=False)
