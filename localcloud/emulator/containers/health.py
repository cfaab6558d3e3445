"""Health checks of containers, by ECS's rules. Pure: who carries them out tells what came of it.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DEFAULTS = {"interval": 30, "timeout": 5, "retries": 3, "startPeriod": 0}
SHELL = ("/bin/sh", "-c")


@dataclass(slots=True)
class Checks:
    """The checks of one container since *began*; all times are seconds of one clock."""

    asked: Mapping[str, Any]
    """The health check of its definition."""
    began: float
    due: float = field(init=False)
    failed: int = field(default=0, init=False)
    """In a row, those of the start period not counted."""
    status: str = field(default="UNKNOWN", init=False)

    def __post_init__(self) -> None:
        self.due = self.began + self._of("interval")

    def _of(self, name: str) -> float:
        return float(self.asked.get(name) or DEFAULTS[name])

    @property
    def command(self) -> list[str]:
        """The words that are carried out."""
        kind, *words = self.asked["command"]
        return [*SHELL, *words] if kind == "CMD-SHELL" else words

    @property
    def within_s(self) -> float:
        """How long one check may take."""
        return self._of("timeout")

    def seen(self, now: float, *, passed: bool) -> None:
        """One check ended."""
        self.due = now + self._of("interval")
        if passed:
            self.failed, self.status = 0, "HEALTHY"
        elif now - self.began >= self._of("startPeriod"):
            self.failed += 1
            if self.failed >= self._of("retries"):
                self.status = "UNHEALTHY"
