"""Several people at a keyboard: processes that stand for `dr`."""

from pathlib import Path

import pytest

from gameday import operators
from gameday.errors import FaultRefused
from gameday.faults import Place
from gameday.operators import Type
from localcloud.state import CloudState
from tests.unit.gameday.builders import EAST, WEST

PLACES = {Place.HOLDER: EAST, Place.OTHER: WEST}
STATE = CloudState(
    pid=1,
    control="",
    token="",
    operator_endpoint="http://127.0.0.1:1",
    account_id="",
    access_key_id="key",
    secret_access_key="secret",
    regions={},
    dns_port=1,
    calls_log=Path("calls"),
)


@pytest.fixture
def typing(monkeypatch, tmp_path):
    """`dr` is a shell script here; each writes on a screen of its own."""

    def typing(script: str) -> str:
        (tmp_path / "python").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "python").chmod(0o755)
        return Type(2, ("failover",), Place.OTHER).type(STATE, PLACES)

    monkeypatch.setattr(operators.sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(operators, "LOGS", tmp_path)
    return typing


def test_all_type_the_same_in_the_region_that_is_to_serve_and_their_exit_codes_are_told(typing, tmp_path):
    # whoever makes the folder is first
    told = typing(f'echo "$@ in $AWS_REGION"; mkdir {tmp_path}/first && exit 0; exit 1')
    assert told == "exit codes 0, 1"
    for number in (1, 2):
        screen = (tmp_path / f"operator-{number}.log").read_text()
        assert screen.startswith(f"-m dr failover --to {WEST} --yes in {WEST}")


def test_they_are_told_of_in_words():
    assert Type(2, ("failover",), Place.OTHER).told(PLACES) == (
        "2 operators at once: dr failover --to us-west-2"
    )


def test_a_command_that_dr_does_not_know_is_no_drill(typing):
    with pytest.raises(FaultRefused, match=r"dr does not know this: .* dr failover"):
        typing("exit 2")


def test_nobody_is_left_waiting(typing, monkeypatch):
    monkeypatch.setattr(operators, "_WITHIN_S", 0.2)
    with pytest.raises(FaultRefused, match=r"still waits after 0\.2 s"):
        typing("exec sleep 60")
