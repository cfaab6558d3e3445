"""P06: a schedule that AWS cannot read is refused at the apply, or runs never. No tool reads them before."""

import json
import re
from collections.abc import Iterator

import pytest

from tests.unit.injected import Stacks, broken

SCHEDULE = re.compile(r'"((?:cron|rate|at)\([^"]*)"')
DAYS = r"SUN|MON|TUE|WED|THU|FRI|SAT"
MONTHS = r"JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
NUMBERS = (range(60), range(24), range(1, 32), range(1, 13), range(1, 8), range(1970, 2200))
RATE = re.compile(r"rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)")


def readable(schedule: str) -> bool:
    """Whether EventBridge and AWS Backup can read it."""
    if schedule.startswith("rate("):
        return RATE.fullmatch(schedule) is not None
    fields = schedule.removeprefix("cron(").removesuffix(")").split()
    if len(fields) != len(NUMBERS) or (fields[2] == "?") == (fields[4] == "?"):
        return False  # exactly one of day of month and day of week is left open
    plain = [re.sub(f"{DAYS}|{MONTHS}", "1", field) for field in fields]
    values = [
        (re.findall(r"\d+", re.sub(r"/\d+", "", field)), known)
        for field, known in zip(plain, NUMBERS, strict=True)
    ]
    return all(int(value) in known for found, known in values for value in found) and all(
        re.fullmatch(r"[\d*?,/L#W-]+", field) for field in plain
    )


def unreadable(stacks: Stacks) -> Iterator[str]:
    for stack in stacks.values():
        for resource in stack.resources():
            found = SCHEDULE.findall(json.dumps(resource.body))
            yield from (f"{resource}: {one}" for one in found if not readable(one))


def test_P06_every_schedule_can_be_read(any_stacks):
    assert list(unreadable(any_stacks)) == []


def test_there_are_schedules_to_read(stacks):
    assert any(SCHEDULE.search(json.dumps(resource.body)) for resource in stacks["use1"].resources())


@pytest.mark.parametrize(
    "schedule",
    [
        "cron(0 25 * * ? *)",
        "cron(60 5 * * ? *)",
        "cron(0 5 * * * *)",
        "cron(0 5 ? * ? *)",
        "cron(0 5 * * *)",
        "cron(0 5 ? * SOMEDAY *)",
        "rate(1 minutes)",
        "rate(5 minute)",
        "rate(0 minutes)",
    ],
)
def test_a_schedule_that_would_never_run_is_found(stacks, schedule):
    defect = broken(stacks, "usw2", "aws_cloudwatch_event_rule", schedule_expression=schedule)
    assert len(list(unreadable(defect))) == 1


@pytest.mark.parametrize(
    "schedule", ["cron(0/15 8-17 ? * MON-FRI *)", "cron(0 5 1,15 * ? *)", "rate(2 days)"]
)
def test_a_sound_schedule_passes(stacks, schedule):
    defect = broken(stacks, "usw2", "aws_cloudwatch_event_rule", schedule_expression=schedule)
    assert list(unreadable(defect)) == []
