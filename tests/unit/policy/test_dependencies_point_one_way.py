"""What is deployed knows nothing of what deploys, drills or emulates it, and `dr` nothing of game days.

`dr drill` moves payments of a deployed environment there and back; faults are `python -m gameday drill`.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
MAY_IMPORT = {
    "lib": {"lib"},
    "lambda": {"failover", "payments", "remediation", "runtime"},
    "lambda/runtime": {"runtime"},
    "lambda/remediation": {"remediation", "runtime"},
    "apps": {"apps", "runtime"},
    "dr": {"dr", "lib", "failover", "payments", "runtime", "main"},
    "localcloud": {"localcloud", "lib", "dr"},
    "gameday": {"gameday", "localcloud", "lib", "dr", "failover"},
}
OURS = {
    "lib",
    "failover",
    "payments",
    "remediation",
    "runtime",
    "apps",
    "dr",
    "localcloud",
    "gameday",
    "gates",
    "main",
}


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.split(".")[0] for name in names}


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_a_package_imports_only_what_is_below_it(folder):
    strange = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in (ROOT / folder).rglob("*.py")
        for name in imported(path) & OURS - MAY_IMPORT[folder]
    }
    assert strange == set()
