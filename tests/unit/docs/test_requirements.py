"""docs/requirements.md names every demand, and every proof it names exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ROW = re.compile(
    r"^\| (?P<code>[PTSWB]\d\d) \| (?P<demand>.+?) \| (?P<state>\w+) \| (?P<proof>.*?) \|$", re.MULTILINE
)
EXPECTED = [
    f"{area}{n:02}"
    for area, last in {"P": 25, "T": 12, "S": 12, "W": 11, "B": 10}.items()
    for n in range(1, last + 1)
]
TEST = re.compile(r"`(test_\w+)`")

ROWS = {row["code"]: row for row in ROW.finditer((ROOT / "docs" / "requirements.md").read_text())}
DEFINED = {
    name: path
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^ *(?:async )?def (test_\w+)", path.read_text(), re.MULTILINE)
}


def test_every_demand_has_a_row():
    assert sorted(ROWS) == sorted(EXPECTED)


@pytest.mark.parametrize("code", EXPECTED)
def test_a_row_says_how_far_it_is_and_what_proves_it(code):
    proofs = TEST.findall(ROWS[code]["proof"])
    assert ROWS[code]["state"] in {"proven", "partly", "planned"}
    assert bool(proofs) == (ROWS[code]["state"] != "planned"), (
        "a proof for what is built, and for nothing else"
    )
    assert [name for name in proofs if name not in DEFINED] == []


@pytest.mark.parametrize("name", sorted(name for name in DEFINED if re.match(r"test_[PTSWB]\d\d_", name)))
def test_a_test_that_is_named_by_a_demand_stands_in_its_row(name):
    assert f"`{name}`" in ROWS[name.split("_")[1]]["proof"]
