"""P22: regions, accounts and environments come from settings."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SOURCES = [
    ROOT / "main.py",
    *(path for folder in ("lib", "lambda", "apps") for path in sorted((ROOT / folder).rglob("*.py"))),
]
LITERAL = {
    "a region": re.compile(r"\b(us|eu|ap|sa|ca|me|af)(-gov)?-(north|south|east|west|central)[a-z]*-\d\b"),
    "an account": re.compile(r"\b\d{12}\b"),
    "an environment": re.compile(r"\b(dev|prod|staging)-|-(dev|prod|staging)\b"),
}


def literals(path: Path) -> Iterator[str]:
    """All texts of a module but its docstrings, where examples are welcome."""
    tree = ast.parse(path.read_text())
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.value


@pytest.mark.parametrize("kind", LITERAL)
def test_P22_no_source_names(kind):
    found = [
        f"{path.relative_to(ROOT)}: {text!r}"
        for path in SOURCES
        for text in literals(path)
        if LITERAL[kind].search(text)
    ]
    assert found == []
