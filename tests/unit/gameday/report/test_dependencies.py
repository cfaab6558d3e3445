"""What a recovery used and what it did without, as the calls of its drill tell."""

import pytest
from typer.testing import CliRunner

from gameday.__main__ import app
from gameday.observe.calls import Call
from gameday.report import evidence
from gameday.report.dependencies import counted, dependencies
from tests.unit.gameday.builders import EAST, LOST, PAID, WEST
from tests.unit.gameday.reports import judged, record


def call(at=1001.0, caller=WEST, to_region=WEST, service="rds", status: int | None = 200) -> Call:
    return Call(
        at=at,
        caller=caller,
        to_region=to_region,
        service=service,
        action="Do",
        principal="steps",
        status=status,
    )


@pytest.mark.parametrize(
    ("calls", "needed"),
    [
        ([call()], "used"),
        ([call(), call(status=None)], "used"),
        ([call(status=400)], "used"),
        ([call(status=None)], "did without: its calls failed"),
        ([call(status=500)], "did without: its calls failed"),
        ([call(to_region=EAST)], "not needed: never called"),
        ([call(service="s3")], "not needed: never called"),
    ],
)
def test_a_service_was_used_or_failed_or_was_never_called(calls, needed):
    assert [one.needed for one in counted(calls, ["rds"], [WEST])] == [needed]


MADE = [
    call(),
    call(caller=EAST, to_region=EAST, service="s3"),
    call(caller="operator", service="ssm"),
    call(at=1059.0, service="sns"),
]


@pytest.fixture
def run(tmp_path):
    of = record(calls=MADE)
    return evidence.write(tmp_path, of, judged(of))


def test_neither_the_lost_region_nor_the_operator_nor_what_came_later_is_part_of_the_recovery(run):
    found = {(one.service, one.region): one.needed for one in dependencies(run)}
    assert len(found) == 8
    assert [key for key, needed in found.items() if needed == "used"] == [("rds", WEST)]


def test_where_nothing_was_restored_every_call_counts(tmp_path):
    of = record(calls=[call(at=1009.0)], operations=[*PAID[:76], LOST])
    run = evidence.write(tmp_path, of, judged(of))
    assert [one.needed for one in dependencies(run)] == ["used"]


def test_the_command_writes_the_table(run):
    done = CliRunner().invoke(app, ["dependencies", str(run)])
    assert done.exit_code == 0
    assert "did without" not in done.output
    assert "never called" in done.output
