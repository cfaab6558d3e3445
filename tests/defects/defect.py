"""A defect: a small change of a file that takes a whole feature away, and the tests that must notice."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("defects.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    what: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def written_into(self, text: str) -> str:
        """The file's text with the defect in it; raises ValueError unless *old* stands there exactly once."""
        if (count := text.count(self.old)) != 1:
            raise ValueError(f"{self.what}: what it replaces stands {count} times in {self.file}")
        return text.replace(self.old, self.new)


def read() -> list[Defect]:
    found = tomllib.loads(LIST.read_text())["defect"]
    return [Defect(**{**one, "tests": tuple(one["tests"])}) for one in found]
