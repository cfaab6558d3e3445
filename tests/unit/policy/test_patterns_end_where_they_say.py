"""To Python `$` is also before a last newline: whoever means the end of a text writes fullmatch or \\Z."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FOLDERS = ("lib", "lambda", "dr", "localcloud", "gameday", "gates", "bench")
CALLS = {"compile", "match", "search", "findall", "finditer", "split", "sub"}


def loose(text: str) -> list[int]:
    """Lines where Python reads a pattern that ends in `$`, of one line of text."""
    return [
        call.lineno
        for call in ast.walk(ast.parse(text))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and (call.func.value.id, call.func.attr) in {("re", name) for name in CALLS}
        and "MULTILINE" not in ast.unparse(call)
        and any(
            isinstance(part, ast.Constant) and str(part.value).endswith("$")
            for part in ast.walk(call.args[0])
        )
    ]


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
