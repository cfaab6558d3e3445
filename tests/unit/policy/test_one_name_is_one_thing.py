"""A class name means one thing within a program: in what an operator, a function or the local cloud runs."""

import ast
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "payments": ("lambda/runtime", "lambda/failover", "lambda/durable", "lambda/intake", "lambda/payments"),
    "trading": (
        "lambda/runtime",
        "lambda/failover",
        "lambda/durable",
        "lambda/intake",
        "lambda/trading",
        "apps/serving",
        "apps/trading",
    ),
    "remediation": ("lambda/runtime", "lambda/remediation"),
    "healing": ("lambda/runtime", "lambda/healing"),
    "web": ("apps",),
    "dr": ("dr",),
    "stacks": ("lib", "budget", "evidence"),
    "gameday": ("gameday",),
    "localcloud": ("localcloud",),
    "gates": ("gates",),
}


def classes(program: str) -> dict[str, list[str]]:
    """Where each class is defined, by its name; what a module keeps for itself does not count."""
    found = defaultdict(list)
    for folder in PROGRAMS[program]:
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    found[node.name].append(str(path.relative_to(ROOT)))
    return found


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_class_name_means_one_thing_in_a_program(program):
    assert {name: places for name, places in classes(program).items() if len(places) > 1} == {}
