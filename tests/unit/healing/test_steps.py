"""S09: what the steps see, do and tell, and that none of them does it twice."""

import json

import pytest

from healing import handler
from healing.rules import HealingRule, Remedy
from healing.sensors import Sensors
from healing.steps import Steps, UnknownStep
from runtime.environment import BadEnvironment

ASKED = {"remedy": "ask", "rule": "H31_writer_busy", "reason": "busy", "writer": "db-0"}
LOST = {"remedy": "fail_over", "rule": "H30_writer_lost", "reason": "lost", "writer": "db-0"}


@pytest.fixture
def steps(aws):
    sensors = Sensors(
        rds=aws,
        ecs=aws,
        cloudwatch=aws,
        database="db",
        alarm="impaired",
        visits=("services-impaired", "canary-failing"),
        containers="containers",
        services=("web", "sessions"),
    )
    return Steps(sensors=sensors, rds=aws, sns=aws, topic="topic", system="single-region")


def verdict(steps, **given):
    return steps.run({"step": "decide", "input": given})


def test_S09_a_system_that_is_well_is_left_alone(steps, aws):
    assert verdict(steps, failover=False)["rule"] == HealingRule.WELL
    assert (aws.failovers, aws.letters) == ([], [])


def test_S09_a_person_may_ask_for_a_failover_and_is_asked_back(steps):
    found = verdict(steps, failover=True)
    assert (found["remedy"], found["writer"]) == (Remedy.ASK, "db-0")


def test_S09_the_alarm_of_the_database_asks_a_person(steps, aws):
    aws.alarm = "ALARM"
    assert verdict(steps)["rule"] == HealingRule.WRITER_BUSY


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        ("clusters", HealingRule.DATABASE_UNKNOWN),
        ("alarms", HealingRule.DATABASE_UNKNOWN),
        ("services", HealingRule.SERVICES_UNKNOWN),
    ],
)
def test_S09_what_cannot_be_seen_is_never_good(steps, aws, broken, rule):
    aws.broken = {broken}
    found = verdict(steps)
    assert (found["remedy"], found["rule"]) == (Remedy.PAGE, rule)


@pytest.mark.parametrize("state", ["", "INSUFFICIENT_DATA"])
def test_S09_an_alarm_that_is_not_there_or_does_not_know_is_no_good_news(steps, aws, state):
    aws.alarm = state
    assert verdict(steps)["rule"] == HealingRule.DATABASE_UNKNOWN


@pytest.mark.parametrize("alarm", ["services-impaired", "canary-failing"])
def test_S08_S09_what_visitors_notice_and_ecs_does_not_calls_a_person(steps, aws, alarm):
    aws.visits[alarm] = "ALARM"
    found = verdict(steps)
    assert (found["remedy"], found["rule"]) == (Remedy.PAGE, HealingRule.VISITORS_FAIL)
    aws.visits[alarm] = ""
    assert verdict(steps)["rule"] == HealingRule.SERVICES_UNKNOWN


def test_S09_a_service_that_ecs_does_not_know_is_not_seen(steps, aws):
    aws.failures = ["MISSING"]
    assert verdict(steps)["rule"] == HealingRule.SERVICES_UNKNOWN


def test_S09_a_lost_writer_is_left_once(steps, aws):
    aws.statuses["db-0"] = "failed"
    assert steps.run({"step": "fail_over", "verdict": LOST})["rule"] == HealingRule.WRITER_LOST
    aws.status = "failing-over"
    assert steps.run({"step": "fail_over", "verdict": LOST})["rule"] == HealingRule.CHANGING
    aws.status, aws.writer, aws.events = "available", "db-1", [{"Message": "Completed failover"}]
    again = steps.run({"step": "fail_over", "verdict": LOST})
    assert (again["remedy"], again["rule"]) == (Remedy.WATCH, HealingRule.WELL)
    assert aws.failovers == ["db"]


def test_S09_a_busy_writer_is_left_when_a_person_approved(steps, aws):
    aws.alarm = "ALARM"
    assert steps.run({"step": "fail_over", "verdict": ASKED})["remedy"] == Remedy.FAIL_OVER
    assert aws.failovers == ["db"]


def test_S09_an_approval_does_not_count_for_another_writer(steps, aws):
    aws.writer, aws.statuses["db-1"] = "db-1", "rebooting"
    assert steps.run({"step": "fail_over", "verdict": ASKED})["writer"] == "db-1"
    assert aws.failovers == []


def test_S09_an_approval_that_came_too_late_changes_nothing(steps, aws):
    aws.events = [{"Message": "Completed failover"}]
    late = steps.run({"step": "fail_over", "verdict": ASKED})
    assert (late["remedy"], late["rule"]) == (Remedy.PAGE, HealingRule.DID_NOT_HELP)
    assert aws.failovers == []


def test_S09_the_writer_has_moved_when_another_instance_writes_and_works(steps, aws):
    def moved():
        return steps.run({"step": "writer", "verdict": LOST})["done"]

    assert not moved()
    aws.writer = "db-1"
    assert moved()
    aws.statuses["db-1"] = "rebooting"
    assert not moved()
    aws.status = "failing-over"
    assert not moved()
    aws.broken = {"clusters"}
    assert not moved()


def test_S09_services_are_steady_when_all_tasks_run_and_no_release_is_under_way(steps, aws):
    def steady():
        return steps.run({"step": "services"})["done"]

    assert steady()
    aws.deployments = 2
    assert not steady()
    aws.deployments, aws.running["sessions"] = 1, 2
    assert not steady()
    aws.broken = {"services"}
    assert not steady()


def test_S09_the_letter_that_asks_shows_what_is_approved_and_how(steps, aws):
    steps.run({"step": "ask", "verdict": ASKED, "token": "a-token"})
    (letter,) = aws.letters
    assert letter["TopicArn"] == "topic"
    assert "H31_writer_busy: busy" in letter["Message"]
    assert "--task-token 'a-token' --task-output '{\"writer\": \"db-0\"}'" in letter["Message"]


def test_S09_people_are_told_in_less_than_a_hundred_characters_and_the_rest_below(steps, aws):
    steps.run({"step": "tell", "subject": "s" * 200, "about": ASKED})
    (letter,) = aws.letters
    assert len(letter["Subject"]) == 99
    assert json.loads(letter["Message"]) == ASKED


def test_a_step_that_is_unknown_is_an_error(steps):
    with pytest.raises(UnknownStep, match="dance"):
        steps.run({"step": "dance"})


def test_the_function_is_put_together_from_its_environment(monkeypatch):
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    told = {
        "DATABASE": "db",
        "DATABASE_ALARM": "impaired",
        "VISITS_ALARMS": "services,canary",
        "CONTAINERS": "containers",
        "SERVICES": "web,sessions",
        "TOPIC": "topic",
        "SYSTEM": "single-region",
    }
    made = handler.compose(told)
    assert made.sensors.services == ("web", "sessions")
    assert made.sensors.visits == ("services", "canary")
    assert made.rds.meta.config.retries["total_max_attempts"] == 1
    with pytest.raises(BadEnvironment, match="TOPIC"):
        handler.compose(told | {"TOPIC": ""})


def test_the_handler_runs_the_step_that_it_is_asked_for(steps, monkeypatch):
    monkeypatch.setattr(handler, "compose", lambda _: steps)
    handler._steps.cache_clear()
    assert handler.handler({"step": "services"}, None) == {"done": True}
    handler._steps.cache_clear()
