"""People at a keyboard: scripts that stand for `dr`."""

from pathlib import Path

import pytest

from gameday.errors import FaultRefused
from gameday.plan.faults import Place
from gameday.targets import operators
from gameday.targets.operators import FAILBACK, SWITCHOVER, Typed
from localcloud.core.state import CloudState, RegionState
from tests.unit.gameday.builders import EAST, WEST

PLACES = {Place.HOLDER: EAST, Place.OTHER: WEST}
TWO = Typed(("failover", "--yes"), people=2, to=Place.OTHER, refusable=True)
STATE = CloudState(
    pid=1,
    control="",
    token="",
    operator_endpoint="http://127.0.0.1:1",
    account_id="",
    access_key_id="key",
    secret_access_key="secret",
    regions={EAST: RegionState(endpoint="", front_door="")},
    dns_port=1,
    calls_log=Path("calls"),
)


@pytest.fixture
def typing(monkeypatch, tmp_path):
    """`dr` is a shell script here; each writes on a screen of its own."""

    def typing(script: str, typed: Typed = TWO) -> str:
        (tmp_path / "python").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "python").chmod(0o755)
        return typed.type(STATE, PLACES)

    monkeypatch.setattr(operators.sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(operators, "LOGS", tmp_path)
    return typing


def test_all_type_the_same_in_the_region_that_is_to_serve_and_their_exit_codes_are_told(typing, tmp_path):
    # whoever makes the folder is first
    told = typing(f'echo "$@ in $AWS_REGION"; mkdir {tmp_path}/first && exit 0; exit 1')
    assert told == "exit codes 0, 1"
    for number in (1, 2):
        screen = (tmp_path / f"operator-{number}.log").read_text()
        assert screen.startswith(f"-m dr failover --yes --to {WEST} in {WEST}")


def test_one_types_outside_both_regions_with_the_keys_of_the_run(typing, tmp_path):
    assert typing('echo "$@ $AWS_ENDPOINT_URL $AWS_ACCESS_KEY_ID"', FAILBACK) == "exit codes 0"
    screen = (tmp_path / "operator-1.log").read_text()
    assert screen == "-m dr failback --soak 0 --yes http://127.0.0.1:1 key\n"


def test_they_are_told_of_in_words():
    assert TWO.describe(PLACES) == "2 operators at once: dr failover --yes --to us-west-2"
    assert FAILBACK.describe(PLACES) == "operator: dr failback --soak 0 --yes"


def test_a_refusal_gives_no_verdict_where_the_command_must_end_well(typing):
    with pytest.raises(FaultRefused, match="dr switchover ended with 1: refused by P40"):
        typing("echo refused by P40; exit 1", SWITCHOVER)


def test_a_command_that_dr_does_not_know_is_no_drill(typing):
    with pytest.raises(FaultRefused, match="dr failover ended with 2: no such option"):
        typing("echo no such option; exit 2")


def test_nobody_is_left_waiting(typing, monkeypatch):
    monkeypatch.setattr(operators, "_WITHIN_S", 0.2)
    with pytest.raises(FaultRefused, match=r"did not end within 0\.2 s"):
        typing("exec sleep 60")
