"""An operator who looks while a drill runs: a script stands for `dr`."""

import pytest

from gameday.errors import FaultRefused
from gameday.observe import dr_answers
from gameday.observe.dr_answers import AskDr, one_after_the_other, slowest
from tests.unit.gameday.targets.test_operators import PLACES, STATE

STATUS = AskDr(("status",))


@pytest.fixture
def asking(monkeypatch, tmp_path):
    def asking(script: str):
        (tmp_path / "python").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "python").chmod(0o755)
        return STATUS.ask(STATE, PLACES)

    monkeypatch.setattr(dr_answers.sys, "executable", str(tmp_path / "python"))
    return asking


def test_an_answer_is_the_document_the_exit_code_and_the_time_whatever_they_say(asking):
    answer = asking("""echo "{\\"typed\\": \\"$*\\", \\"in\\": \\"$AWS_REGION\\"}"; exit 5""")
    assert (answer.command, answer.exit_code, answer.within_s) == ("status", 5, 10.0)
    assert answer.document == {"typed": "-m dr status --json", "in": "us-west-2"}
    assert answer.describe() == f"exit code 5 after {answer.seconds:.1f} s"
    assert answer.at > 0


def test_without_a_document_there_is_no_drill(asking):
    with pytest.raises(FaultRefused, match="dr status ended with 1: no such file"):
        asking("echo no such file >&2; exit 1")


def test_nobody_waits_for_ever(asking, monkeypatch):
    monkeypatch.setattr(dr_answers, "_GIVEN_UP_S", 0.2)
    with pytest.raises(FaultRefused, match=r"dr status did not end within 0\.2 s"):
        asking("exec sleep 60")


def test_the_slowest_of_each_command_counts(asking):
    first, second = asking("echo {}"), asking("echo {}")
    assert slowest([first, second]) == {"status": (max(first.seconds, second.seconds), 10.0)}


def test_a_round_of_looks_begins_at_one_time():
    steps = one_after_the_other("status", "check", after_s=3.0)
    assert [step.after_s for step in steps] == [3.0, 3.0]
    assert [step.action.describe(PLACES) for step in steps] == [
        "operator: dr status --json",
        "operator: dr check --json",
    ]
