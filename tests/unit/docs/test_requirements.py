"""docs/requirements.md names every demand, and every file and proof it names exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
ROW = re.compile(
    r"^\| (?P<code>[PTSWB]\d\d) \| (?P<demand>.+?) \| (?P<state>\w+) \| (?P<built>.*?) \| (?P<proof>.*?) \|$",
    re.MULTILINE,
)
EXPECTED = [
    f"{area}{n:02}"
    for area, last in {"P": 25, "T": 12, "S": 12, "W": 11, "B": 16}.items()
    for n in range(1, last + 1)
]
LINK = re.compile(r"\[`?([^]`]+)`?\]\(([^)]+)\)")

ROWS = {row["code"]: row for row in ROW.finditer((DOCS / "requirements.md").read_text())}
NAMED_BY_A_DEMAND = sorted(
    (name, path)
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^ *(?:async )?def (test_[PTSWB]\d\d_\w+)", path.read_text(), re.MULTILINE)
)


def test_every_demand_has_a_row():
    assert sorted(ROWS) == sorted(EXPECTED)


@pytest.mark.parametrize("code", EXPECTED)
def test_a_row_says_how_far_it_is_where_it_is_built_and_what_proves_it(code):
    row = ROWS[code]
    planned = row["state"] == "planned"
    proofs, built = LINK.findall(row["proof"]), LINK.findall(row["built"])
    assert row["state"] in {"proven", "partly", "planned"}
    assert ("missing: " in row["proof"]) == (row["state"] == "partly")
    assert (bool(proofs), bool(built)) == (not planned, not planned), (
        "code and proof for what is built, and for nothing else"
    )
    assert [path for _, path in built if not (DOCS / path).exists()] == []
    assert [name for name, path in proofs if f"def {name}(" not in (DOCS / path).read_text()] == []


@pytest.mark.parametrize(("name", "path"), NAMED_BY_A_DEMAND, ids=lambda value: getattr(value, "name", value))
def test_a_test_that_is_named_by_a_demand_stands_in_its_row(name, path):
    proofs = LINK.findall(ROWS[name.split("_")[1]]["proof"])
    assert name in [told for told, _ in proofs], f"{path.relative_to(ROOT)}: {name}"
