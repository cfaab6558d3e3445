"""CDKTF is archived: only lib/ and main.py import it, so moving to its fork is one rename (ADR 8)."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
IMPORT = re.compile(r"^\s*(?:from|import)\s+cdktf", re.MULTILINE)
ELSEWHERE = [
    folder
    for folder in ("lambda", "budget", "evidence", "dr", "gates", "gameday", "localcloud")
    if (ROOT / folder).is_dir()
]


@pytest.mark.parametrize("folder", ELSEWHERE)
def test_nothing_else_imports_cdktf(folder):
    found = [path.name for path in (ROOT / folder).rglob("*.py") if IMPORT.search(path.read_text())]
    assert found == []


def test_what_is_deployed_does_import_it():
    assert IMPORT.search((ROOT / "main.py").read_text())
