"""How long AWS says that its own part takes, read from `config/facts/durations.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache

from budget.model import Basis, Leg
from lib.facts import CONFIG


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """One declaration. Without *bound_s* AWS states no limit."""

    usual_s: int
    statement: str
    sources: list[str]
    bound_s: int | None = None


@cache
def durations() -> dict[str, Duration]:
    """Every declaration this repository was released with."""
    document = tomllib.loads((CONFIG / "facts" / "durations.toml").read_text())
    return {what: Duration(**table) for what, table in document.items()}


def declared(what: str, name: str) -> Leg:
    """The leg *name*, which takes as long as AWS declares for *what*."""
    fact = durations()[what]
    return Leg(
        name=name,
        basis=Basis.DECLARED,
        least_s=fact.usual_s,
        most_s=fact.bound_s,
        source=f"{fact.statement} ({', '.join(fact.sources)})",
    )
