"""Blocks of a runbook in a shell: scripts stand for `aws` and `dr`."""

import pytest

from gameday.errors import FaultRefused
from gameday.plan.faults import Place
from gameday.targets import pasted
from gameday.targets.pasted import Pasted
from gameday.targets.payments.scenarios import SCENARIOS
from tests.unit.gameday.builders import WEST
from tests.unit.gameday.targets.test_operators import PLACES, STATE

PAGE = "\n".join(
    [
        "```sh",
        "export AWS_REGION=us-east-1 SUFFIX=dev   # the region that is to serve",
        "```",
        "```sh",
        'aws rds describe "$AWS_REGION"',
        "```",
        "```sh",
        "dr retry $SUFFIX",
        "```",
    ]
)


@pytest.fixture
def pasting(monkeypatch, tmp_path):
    def pasting(*blocks: int, page: str = PAGE, script: str = 'echo "$@"'):
        (tmp_path / "page.md").write_text(page)
        (tmp_path / "python").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "python").chmod(0o755)
        said = Pasted("page.md", blocks, Place.OTHER).paste(STATE, PLACES, "test")
        return said, (tmp_path / "operator-pasted.log").read_text().splitlines()

    monkeypatch.setattr(pasted.sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(pasted, "RUNBOOKS", tmp_path)
    monkeypatch.setattr(pasted, "LOGS", tmp_path)
    return pasting


def test_the_blocks_run_in_one_shell_with_the_region_and_the_suffix_of_the_run(pasting):
    said, screen = pasting(1, 2)
    assert said == "done"
    assert screen == [f"-m localcloud.aws_cli rds describe {WEST}", "-m dr retry test"]


def test_a_command_that_fails_ends_the_paste_and_is_told(pasting):
    with pytest.raises(FaultRefused, match=r"page.md ended with 3: no such cluster"):
        pasting(1, 2, script="echo no such cluster; exit 3")


@pytest.mark.parametrize(("blocks", "page"), [((3,), PAGE), ((1,), PAGE.replace("SUFFIX=dev", ""))])
def test_a_page_without_such_a_block_or_without_a_first_one_is_no_drill(pasting, blocks, page):
    with pytest.raises(FaultRefused, match="no first block with region and suffix, or too few blocks"):
        pasting(*blocks, page=page)


def test_nobody_waits_for_ever(pasting, monkeypatch):
    monkeypatch.setattr(pasted, "_WITHIN_S", 0.2)
    with pytest.raises(FaultRefused, match=r"page.md did not end within 0\.2 s"):
        pasting(1, script="exec sleep 60")


PASTED = [step.action for one in SCENARIOS.values() for step in one.steps if isinstance(step.action, Pasted)]


@pytest.mark.parametrize("action", PASTED, ids=lambda action: action.describe(PLACES))
def test_every_page_that_a_scenario_pastes_has_these_blocks(action):
    assert action.script(WEST, "test").startswith(f"export AWS_REGION={WEST} SUFFIX=test")


def test_the_runbook_of_detaching_is_pasted_as_far_as_payments_need_it():
    text = "\n".join(action.script(WEST, "test") for action in PASTED)
    for command in ("stop-execution", "remove-from-global-cluster", "\ndr retry"):
        assert command in text
    assert "delete-global-cluster" not in text
