"""What an alarm is, as a value. Pure: no construct.

An alarm measures what its own region emits and names its runbook. No metric math: one metric, one threshold.
"""

from dataclasses import dataclass
from enum import Enum

from lib.observability.metrics import Metric

MINUTE_S = 60


class Missing(Enum):
    """What it means when nothing is measured, decided for every alarm on purpose."""

    FINE = "notBreaching"
    BAD = "breaching"


class Side(Enum):
    """Where the trouble is."""

    ABOVE = "GreaterThanThreshold"
    AT_LEAST = "GreaterThanOrEqualToThreshold"
    BELOW = "LessThanThreshold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One metric against one threshold, and what to do when it is crossed."""

    id: str
    metric: Metric
    side: Side
    threshold: float
    minutes: int = 3
    """How many are looked at."""
    bad_minutes: int = 2
    """How many of them make the alarm."""
    missing: Missing = Missing.FINE
    why_missing: str
    says: str
    runbook: str
    impairs: bool = False
    """Whether it alone means that the region cannot do its work."""

    @property
    def description(self) -> str:
        """What the person who is called reads first."""
        return f"{self.says}. No data: {self.why_missing}. Runbook: docs/runbooks/{self.runbook}.md"
