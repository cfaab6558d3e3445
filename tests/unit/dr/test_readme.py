"""What the README shows is what the command says."""

from pathlib import Path

from typer.testing import CliRunner

from dr import commands as command
from dr import plans
from dr.rules import Purpose
from failover.steps.drain import QUIET_S
from lib.failover.takeover import takeover
from lib.systems.load import load_settings

README = Path(__file__).parents[3] / "README.md"
BEGIN, END = "<!-- dr --help -->\n```\n", "```\n<!-- /dr --help -->"


def help_text() -> str:
    shown = CliRunner().invoke(
        command.app, ["--help"], prog_name="dr", env={"COLUMNS": "110", "TERMINAL_WIDTH": "110"}
    )
    return "\n".join(line.rstrip() for line in shown.output.splitlines()).strip("\n") + "\n"


def test_the_readme_shows_the_real_help():
    text = README.read_text()
    assert text[text.index(BEGIN) + len(BEGIN) : text.index(END)] == help_text()


def test_a_plan_names_the_steps_that_the_state_machine_runs():
    states = takeover("arn", load_settings({}).limits)["States"].values()
    run = {one["Parameters"]["Payload"]["step"] for one in states if one["Type"] == "Task"} - {"undo"}
    assert {step.name for step in plans.steps(Purpose.SWITCHOVER)} == run - {"approve", "accept"}
    forced = {step.name for step in plans.steps(Purpose.FAILOVER)}
    assert forced == run - {"warm", "drain", "settle", "hand_over"}


def test_a_plan_promises_the_wait_that_the_step_makes():
    (drain,) = [step for step in plans.steps(Purpose.SWITCHOVER) if step.name == "drain"]
    assert f"{QUIET_S} s" in drain.does
