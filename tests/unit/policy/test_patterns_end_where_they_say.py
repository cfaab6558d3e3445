"""To Python `$` is also before a last newline: whoever means the end of a text writes fullmatch or \\Z."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FOLDERS = ("lib", "lambda", "apps", "dr", "localcloud", "gameday", "gates", "bench")
ENDS_LOOSELY = re.compile(
    r"""\bre\.(?:compile|match|search|findall|finditer|split|sub)\(\s*[rf]*(?P<quote>["'])"""
    r"""(?:(?!(?P=quote)|\n).)*(?<!\\)\$(?P=quote)(?!.*MULTILINE)"""
)


def loose(text: str) -> list[int]:
    """Lines where Python reads a pattern that ends in `$`, of one line of text."""
    return [text.count("\n", 0, found.start()) + 1 for found in ENDS_LOOSELY.finditer(text)]


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_pattern_takes_a_newline_after_its_end(folder) -> None:
    found = {
        str(path.relative_to(ROOT)): lines
        for path in sorted((ROOT / folder).rglob("*.py"))
        if (lines := loose(path.read_text()))
    }
    assert found == {}


def test_a_loose_end_is_found() -> None:
    assert loose(
        're.compile(r"a$")\nre.match(f"{b}$", c)\nre.fullmatch("a$", c)\nre.search(r"^a$", d, re.MULTILINE)'
    ) == [1, 2]
