"""Waits count time, have one deadline, and are never silent for long."""

import threading

import pytest

from dr import waiting
from dr.deployment import Deployment
from dr.limits import LOOK_S, WORK_S, limit_s, move_s
from dr.waiting import NotInTime, bounded, deadline, pause, together, until
from tests.unit.dr.world import ENDPOINTS, OUTPUTS


@pytest.fixture(autouse=True)
def talkative(patient, monkeypatch):
    monkeypatch.setattr(waiting, "SILENT_S", 2.0)


def test_a_wait_counts_time_and_not_looks(clock):
    looks = []

    def slow():
        clock.at += 7.0
        looks.append(clock.at)

    assert until(slow, what="x", within_s=30, poll_s=1, say=looks.append) is None
    assert 30 <= clock.at < 38


def test_what_is_found_ends_the_wait_at_once(clock):
    assert until(lambda: "found", what="x", within_s=30, poll_s=1) == "found"
    assert clock.at == 0


def test_after_two_seconds_it_says_what_it_waits_for_and_then_every_quarter_of_a_minute(clock, capsys):
    pause(20, what="the lease to run out")
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "waiting for the lease to run out: 2 s, at most 20 s"
    assert [line.split(": ")[1] for line in lines] == ["2 s, at most 20 s", "17 s, at most 20 s"]
    assert clock.at == 20


def test_a_short_wait_is_silent(clock, capsys):
    pause(1.5, what="x")
    assert (capsys.readouterr().err, clock.at) == ("", 1.5)


def test_one_deadline_bounds_every_wait_of_a_command_and_a_person_may_think(clock):
    deadline.set(10)
    with deadline.stopped():
        clock.sleep(3600)
    assert until(lambda: None, what="x", within_s=900, poll_s=1, say=lambda _: None) is None
    assert clock.at == 3610
    assert deadline.clip(5) == 0


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        (["status"], LOOK_S),
        (["check", "--json"], LOOK_S),
        (["failover", "--yes"], LOOK_S),
        (["events", "replay", "--from", "x"], WORK_S),
        (["status", "--watch"], float("inf")),
        ([], LOOK_S),
    ],
)
def test_every_command_has_its_deadline(words, seconds):
    assert limit_s(words) == seconds


@pytest.mark.parametrize(("transition_s", "seconds"), [("1800", 1894), ("600", 694)])
def test_a_move_has_the_time_that_its_objective_gives_the_execution(transition_s, seconds):
    deployed = Deployment.of(OUTPUTS | ENDPOINTS | {"transition_s": transition_s})
    assert move_s(deployed) == seconds


def test_a_deployment_that_does_not_tell_its_longest_takeover_can_be_moved():
    outputs = {name: value for name, value in (OUTPUTS | ENDPOINTS).items() if name != "transition_s"}
    assert move_s(Deployment.of(outputs)) == 1894


def test_who_hangs_keeps_nobody_else_and_is_told_by_name(monkeypatch):
    monkeypatch.setattr(waiting, "SILENT_S", 0.01)
    never, said = threading.Event(), []

    def fails():
        raise KeyError("x")

    asked = {"east": never.wait, "west": lambda: 5, "third": fails}
    found = together(asked, within_s=0.1, say=said.append)
    assert list(found) == ["east", "west", "third"]
    assert (found["west"], isinstance(found["third"], KeyError)) == (5, True)
    assert isinstance(found["east"], NotInTime)
    assert said[0].startswith("waiting for east: 0 s")
    never.set()


def test_nothing_to_ask_is_no_wait():
    assert together({}, within_s=1) == {}


def test_a_call_has_its_bound_and_in_a_thread_that_of_who_waits_for_it():
    never = threading.Event()
    with pytest.raises(NotInTime, match=r"AWS: no answer within 0\.05 s"):
        bounded("AWS", never.wait, within_s=0.05)
    inner = together({"x": lambda: bounded("AWS", lambda: 7, within_s=0)}, within_s=5)
    assert inner == {"x": 7}
    never.set()
