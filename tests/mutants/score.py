"""The score of a run of mutmut, out of the files that it leaves. Pure but for reading them."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

SURVIVED, UNTESTED, TIMEOUTS = 0, {5, 33}, {24, 36, 152, -24}
"""What mutmut keeps of a mutant: the exit code of pytest, or its own number."""


@dataclass(frozen=True, slots=True)
class Score:
    """What became of the mutants of one package."""

    killed: int
    timed_out: int
    survivors: tuple[str, ...]
    unchecked: int

    @property
    def percent(self) -> float:
        """Of the mutants that were checked, how many the tests noticed; one that hangs is noticed."""
        noticed = self.killed + self.timed_out
        return 100 * noticed / ((noticed + len(self.survivors)) or 1)


def read(folder: Path) -> Score:
    """The score of the run in *folder*."""
    codes: dict[str, int | None] = {}
    for file in sorted(folder.glob("mutants/src/**/*.meta")):
        codes |= json.loads(file.read_text())["exit_code_by_key"]
    survivors = tuple(name for name, code in codes.items() if code == SURVIVED or code in UNTESTED)
    kinds = Counter("timed out" if code in TIMEOUTS else "other" for code in codes.values() if code)
    unchecked = sum(code is None for code in codes.values())
    killed = len(codes) - unchecked - len(survivors) - kinds["timed out"]
    return Score(killed=killed, timed_out=kinds["timed out"], survivors=survivors, unchecked=unchecked)
