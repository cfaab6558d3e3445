"""S02: health checks of containers by ECS's rules."""

import pytest

from localcloud.emulator.containers.health import Checks

ASKED = {
    "command": ["CMD", "python3", "-c", "1"],
    "interval": 10,
    "timeout": 3,
    "retries": 3,
    "startPeriod": 15,
}


@pytest.fixture
def checks():
    return Checks(ASKED, 100.0)


def test_S02_it_is_unknown_until_a_check_passes_and_healthy_then(checks):
    assert (checks.status, checks.due, checks.within_s) == ("UNKNOWN", 110.0, 3.0)
    checks.seen(110.0, passed=True)
    assert (checks.status, checks.due) == ("HEALTHY", 120.0)


def test_S02_three_failures_in_a_row_make_it_unhealthy_and_those_of_its_start_do_not_count(checks):
    for moment, status in ((110, "UNKNOWN"), (120, "UNKNOWN"), (130, "UNKNOWN"), (140, "UNHEALTHY")):
        checks.seen(float(moment), passed=False)
        assert checks.status == status


def test_S02_one_that_passes_begins_the_count_anew(checks):
    for moment, passed in ((120, False), (130, False), (140, True), (150, False), (160, False)):
        checks.seen(float(moment), passed=passed)
    assert checks.status == "HEALTHY"
    checks.seen(170.0, passed=False)
    assert checks.status == "UNHEALTHY"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["CMD", "curl", "x"], ["curl", "x"]),
        (["CMD-SHELL", "curl x || exit 1"], ["/bin/sh", "-c", "curl x || exit 1"]),
    ],
)
def test_a_command_is_carried_out_as_it_is_or_by_a_shell(command, words):
    assert Checks({"command": command}, 0.0).command == words


def test_what_is_not_said_is_as_AWS_has_it():
    checks = Checks({"command": ["CMD", "x"]}, 0.0)
    assert (checks.due, checks.within_s) == (30.0, 5.0)
