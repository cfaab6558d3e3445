"""What AWS accepts as text, from `config/facts/limits.toml`: for settings and for the judge of requests."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from lib.facts import CONFIG


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One rule that AWS states in prose."""

    says: str
    """The rule for whoever has to mend a value."""
    source: str
    pattern: str = r"(?s:.*)"
    """The whole text must match."""
    least: int = 0
    most: int
    bytes: bool = False
    """Whether *least* and *most* count bytes of UTF-8 instead of characters."""
    not_start: tuple[str, ...] = ()
    not_end: tuple[str, ...] = ()
    not_within: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    """What the whole text must not be. All four are compared without regard to case."""

    def accepts(self, text: str) -> bool:
        """Whether AWS takes *text*."""
        size = len(text.encode()) if self.bytes else len(text)
        plain = text.lower()
        return (
            self.least <= size <= self.most
            and re.fullmatch(self.pattern, text) is not None
            and not plain.startswith(self.not_start)
            and not plain.endswith(self.not_end)
            and not any(part in plain for part in self.not_within)
            and plain not in self.words
        )

    def require(self, text: str) -> str:
        """*text* itself. Raises ValueError, with the rule, when AWS does not take it."""
        if not self.accepts(text):
            raise ValueError(f"AWS takes {self.says}")
        return text


@cache
def limits() -> Mapping[str, Limit]:
    """Every rule by its name."""
    document = tomllib.loads((CONFIG / "facts" / "limits.toml").read_text())
    return {name: _limit(rule) for name, rule in document.items()}


def _limit(rule: Mapping[str, object]) -> Limit:
    lists = {key: tuple(value) for key, value in rule.items() if isinstance(value, list)}
    return Limit(**{**rule, **lists})  # type: ignore[arg-type]  # the file is read by a test


def limit(name: str) -> Limit:
    """The rule *name*. Raises KeyError when the file has none."""
    return limits()[name]
