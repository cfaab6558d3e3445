"""`dr status --watch`: look after look, until Ctrl-C."""

import json

import pytest
from rich.console import Console
from typer.testing import CliRunner

from dr import commands as command
from dr import status
from tests.unit.dr.world import HEALTHY, east_is_lost


class Cloud:
    """Shows one topology after the other, then Ctrl-C is pressed."""

    def __init__(self, *looks):
        self.looks = list(looks)

    def topology(self):
        if not self.looks:
            raise KeyboardInterrupt
        return self.looks.pop(0).topology


@pytest.fixture
def watched(monkeypatch, outputs_file, clock):
    monkeypatch.setattr(status, "Cloud", lambda _: Cloud(HEALTHY, east_is_lost()))

    def watched(*arguments):
        asked = ["status", "--watch", *arguments, "--outputs", str(outputs_file)]
        told = CliRunner().invoke(command.app, asked)
        return told.exit_code, told.stdout, clock.slept

    return watched


def test_each_look_is_one_line_of_json(watched):
    code, out, slept = watched("--json", "--every", "0.5")
    lines = [json.loads(line) for line in out.splitlines()]
    assert (code, slept) == (130, [0.5, 0.5])
    assert [line["regions"][0]["live"] for line in lines] == ["yes", "unreachable"]
    assert all(line["at"].endswith("+00:00") and line["lease"]["epoch"] == 3 for line in lines)


def test_a_person_sees_the_table_renewed(watched, monkeypatch):
    monkeypatch.setattr(status, "Console", lambda: Console(force_terminal=True))
    code, out, slept = watched()
    assert (code, slept) == (130, [2.0, 2.0])
    assert "unreachable" in out


def test_into_a_file_each_look_is_a_line(watched):
    code, out, slept = watched()
    assert (code, slept) == (130, [2.0, 2.0])
    first, second = out.splitlines()
    assert "us-east-1 live=yes ready=yes lease=ACTIVE; us-west-2 live=yes ready=no; epoch 3, " in first
    assert "us-east-1 live=unreachable" in second


def test_it_does_not_hurry(watched):
    assert watched("--every", "0.1")[0] == 2
