"""docs/dr.md tells what the code does: exit codes and kinds of errors."""

import re
from pathlib import Path

from dr.deployment import Deployment
from dr.ending import KINDS
from dr.exits import Exit
from dr.limits import LOOK_S, WORK_S, move_s
from dr.reasons.kinds import Kind
from tests.unit.dr.world import ENDPOINTS, OUTPUTS

PAGE = (Path(__file__).parents[3] / "docs" / "dr.md").read_text()


def test_every_exit_code_is_documented_with_its_outcome():
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \|", PAGE, re.MULTILINE)
    assert rows == [(str(int(each)), each.outcome) for each in Exit]


def test_every_kind_of_error_is_documented():
    documented = set(re.findall(r"`(\w+)`", PAGE[PAGE.index("Kinds:") : PAGE.index("- A refusal")]))
    assert {kind.value for kind in Kind} | set(KINDS.values()) <= documented


def test_deadlines_are_documented():
    a_move_s = move_s(Deployment.of(OUTPUTS | ENDPOINTS))
    for text in (f"{LOOK_S:.0f} s", f"{a_move_s / 60:.0f} min", f"{WORK_S / 3600:.0f} h"):
        assert text in PAGE
