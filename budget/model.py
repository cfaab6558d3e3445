"""What a budget consists of. Times are seconds.

An objective is a sum of legs. A leg lies between what it takes at least and what it takes at most, and says
who says so: our own settings, or AWS. What a drill measured stands beside the sum and never in it: measured
times contain configured waits, and a local cloud bounds nothing that AWS does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Basis(StrEnum):
    """Who says how long a leg takes."""

    CONFIGURED = "configured"
    DECLARED = "declared"


class Verdict(StrEnum):
    """Whether an objective can be met."""

    MET = "met"
    """Even if every leg takes as long as it can."""
    UNPROVEN = "unproven"
    """If the legs take as long as usual; but one has no bound, or their worst case is over the limit."""
    INFEASIBLE = "infeasible"
    """Not even if every leg takes as little as it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One part of a recovery."""

    name: str
    basis: Basis
    least_s: float
    most_s: float | None
    """None: nobody states a bound."""
    source: str
    """The settings it is made of, or what AWS says with the address where it says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a valid drill on the local cloud measured."""

    seconds: float
    run: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """One limit and the legs that use it up."""

    name: str
    limit_s: float
    legs: tuple[Leg, ...]
    measured: Measured | None = None
    accepted: str | None = None
    """Why the business lives with it although it is infeasible."""

    @property
    def least_s(self) -> float:
        """The sum, if every leg takes as little as it can."""
        return _least(self.legs)

    @property
    def most_s(self) -> float | None:
        """The sum, if every leg takes as long as it can; None when a leg has no bound."""
        return _most(self.legs)

    @property
    def verdict(self) -> Verdict:
        """What the legs allow to say."""
        if self.least_s > self.limit_s:
            return Verdict.INFEASIBLE
        most = self.most_s
        return Verdict.MET if most is not None and most <= self.limit_s else Verdict.UNPROVEN

    @property
    def reason(self) -> str:
        """Why the verdict is what it is."""
        match self.verdict:
            case Verdict.INFEASIBLE:
                return f"at least {self._total(0)}; allowed are {self.limit_s:,.0f} s"
            case Verdict.MET:
                return f"at most {self._total(1)}; allowed are {self.limit_s:,.0f} s"
        unbounded = [leg.name for leg in self.legs if leg.most_s is None]
        known = sum(leg.most_s or 0 for leg in self.legs)
        parts = [
            f"at least {self._total(0)}",
            *([f"no bound for: {', '.join(unbounded)}"] if unbounded else []),
            *([f"all that is bounded may take {known:,.0f} s"] if known > self.limit_s else []),
        ]
        return f"{'; '.join(parts)}; allowed are {self.limit_s:,.0f} s"

    def _total(self, end: int) -> str:
        """``22 s configured + 60 s declared``: what rests on different words is not one figure."""
        return " + ".join(f"{sums[end]:,.0f} s {basis}" for basis, sums in self.sums().items())

    def sums(self) -> Mapping[Basis, tuple[float, float | None]]:
        """Least and most of the legs of each basis: the two are never shown as one figure."""
        parts = {basis: [leg for leg in self.legs if leg.basis is basis] for basis in Basis}
        return {basis: (_least(legs), _most(legs)) for basis, legs in parts.items() if legs}


def _least(legs: Iterable[Leg]) -> float:
    return sum(leg.least_s for leg in legs)


def _most(legs: Iterable[Leg]) -> float | None:
    bounds = [leg.most_s for leg in legs]
    return None if None in bounds else sum(bound for bound in bounds if bound is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Every objective of a system."""

    system: str
    objectives: tuple[Objective, ...]
    warnings: tuple[str, ...] = ()

    @property
    def refused(self) -> tuple[Objective, ...]:
        """Objectives that cannot be met, and that nobody accepted."""
        return tuple(
            one for one in self.objectives if one.verdict is Verdict.INFEASIBLE and one.accepted is None
        )
