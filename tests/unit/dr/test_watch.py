"""`dr status --watch`: look after look, until Ctrl-C."""

import json

import pytest
from typer.testing import CliRunner

from dr import __main__ as command
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
def watched(monkeypatch, outputs_file):
    slept = []
    monkeypatch.setattr(status, "Cloud", lambda _: Cloud(HEALTHY, east_is_lost()))
    monkeypatch.setattr(status.time, "sleep", slept.append)

    def watched(*arguments):
        asked = ["status", "--watch", *arguments, "--outputs", str(outputs_file)]
        told = CliRunner().invoke(command.app, asked)
        return told.exit_code, told.stdout, slept

    return watched


def test_each_look_is_one_line_of_json(watched):
    code, out, slept = watched("--json", "--every", "0.5")
    lines = [json.loads(line) for line in out.splitlines()]
    assert (code, slept) == (130, [0.5, 0.5])
    assert [line["regions"][0]["live"] for line in lines] == ["yes", "unreachable"]
    assert all(line["at"].endswith("+00:00") and line["lease"]["epoch"] == 3 for line in lines)


def test_a_person_sees_the_table_renewed(watched):
    code, out, slept = watched()
    assert (code, slept) == (130, [2.0, 2.0])
    assert "unreachable" in out


def test_it_does_not_hurry(watched):
    assert watched("--every", "0.1")[0] == 2
