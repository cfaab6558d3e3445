"""A clock that only sleeping moves: an hour passes at once."""

from dataclasses import dataclass, field


@dataclass
class SimulatedClock:
    """Stands for `dr.waiting.Clock`."""

    at: float = 0.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds
