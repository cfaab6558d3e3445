"""Every package imports only what is below it: what is deployed knows nothing of what deploys or drills it.

`dr drill` moves payments of a deployed environment there and back; faults are `python -m gameday drill`.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
VALUES = {"lib", "lib.settings"}
"""What every construct may know."""
DRILL = {"gameday.load", "gameday.plan", "gameday.observe"}
MAY_IMPORT: dict[str, set[str]] = {
    # what is deployed
    "lib": {"lib.settings"},
    "lib.settings": {"lib"},
    "lib.security": VALUES,
    "lib.observability": VALUES | {"lib.security"},
    "lib.network": VALUES | {"lib.security", "lib.observability"},
    "lib.messaging": VALUES | {"lib.security"},
    "lib.compute": VALUES | {"lib.network", "lib.security", "lib.observability"},
    "lib.data": VALUES | {"lib.network", "lib.security", "lib.observability"},
    "lib.failover": VALUES
    | {"lib.compute", "lib.data", "lib.messaging", "lib.security", "lib.observability", "failover"},
    "lib.systems": VALUES
    | {
        "lib.compute",
        "lib.data",
        "lib.failover",
        "lib.messaging",
        "lib.network",
        "lib.observability",
        "lib.security",
    },
    "main": {"budget", "lib", "lib.settings", "lib.systems"},
    # what runs
    "runtime": set(),
    "failover": {"runtime"},
    "durable": {"failover", "runtime"},
    "intake": {"durable", "failover", "runtime"},
    "payments": {"durable", "failover", "intake", "runtime"},
    "trading": {"durable", "failover", "intake", "runtime"},
    "remediation": {"runtime"},
    "healing": {"runtime"},
    "apps": {"durable", "failover", "intake", "runtime", "trading"},
    # what is computed and proven
    "budget": {"lib", "lib.failover", "lib.settings"},
    "evidence": set(),
    # what an operator types
    "dr": {"budget", "evidence", "failover", "lib", "lib.settings", "lib.systems", "remediation", "runtime"}
    | {"durable", "trading"},
    # where it runs locally, and how it is broken
    "localcloud": {"apps", "dr", "lib", "lib.settings", "lib.systems"},
    "gameday.errors": set(),
    "gameday.load": {"dr", "localcloud"},
    "gameday.plan": {"gameday.load", "failover"},
    "gameday.observe": {"gameday.errors", "gameday.load", "gameday.plan", "localcloud"},
    "gameday.judge": DRILL | {"budget", "failover", "lib.settings"},
    "gameday.targets": DRILL
    | {"gameday.errors", "dr", "failover", "lib.settings", "localcloud", "remediation"},
    "gameday.report": DRILL
    | {"gameday.errors", "evidence", "gameday.judge", "gameday.targets", "lib", "localcloud"},
    "gameday.chaos": DRILL | {"gameday.errors", "gameday.targets", "lib.systems", "localcloud"},
    "gameday": DRILL
    | {"gameday.chaos", "gameday.judge", "gameday.report", "gameday.targets", "gameday.errors", "lib"}
    | {"lib.settings", "lib.systems", "localcloud"},
    "gates": {"dr", "lib", "lib.settings", "lib.systems", "localcloud", "main"},
    "bench": {"apps", "durable", "failover", "gameday", "gameday.judge", "gameday.load", "gameday.observe"}
    | {"gameday.report", "gameday.targets", "intake", "localcloud", "payments", "runtime", "trading"},
}
FUNCTIONS = ROOT / "lambda"


def package_of(module: str) -> str | None:
    """The package of the table that *module* belongs to; None when it is none of ours."""
    parts = module.split(".")
    return next((name for n in (2, 1) if (name := ".".join(parts[:n])) in MAY_IMPORT), None)


def modules() -> Iterator[tuple[str, Path]]:
    for name in {package.partition(".")[0] for package in MAY_IMPORT}:
        home = FUNCTIONS if (FUNCTIONS / name).is_dir() else ROOT
        for path in [home / f"{name}.py"] if (home / f"{name}.py").exists() else (home / name).rglob("*.py"):
            yield ".".join(path.relative_to(home).with_suffix("").parts), path


def imported(path: Path) -> Iterator[str]:
    """Whatever a file imports: of ``from a import b`` both a and a.b, for b may be a module."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def edges() -> Iterator[tuple[str, str, str]]:
    for module, path in modules():
        here = package_of(module)
        for name in imported(path):
            there = package_of(name)
            if here and there and there != here:
                yield here, there, f"{module}: {name}"


EDGES = sorted(set(edges()))


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_imports_only_what_is_below_it(package):
    assert [said for here, there, said in EDGES if here == package and there not in MAY_IMPORT[package]] == []


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_nothing_may_be_imported_that_nobody_imports(package):
    """An allowance that nobody needs is one more arrow on the map."""
    assert MAY_IMPORT[package] - {there for here, there, _ in EDGES if here == package} == set()


def test_every_package_has_its_row():
    folders = {path.parent.name for path in [*ROOT.glob("*/__init__.py"), *FUNCTIONS.glob("*/__init__.py")]}
    assert folders - {"tests"} <= MAY_IMPORT.keys()
    for home in ("lib", "gameday"):
        own = {f"{home}.{path.parent.name}" for path in (ROOT / home).glob("*/__init__.py")}
        assert own <= MAY_IMPORT.keys()
