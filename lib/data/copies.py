"""What is measured of copies in another region, and when somebody is called. Pure: no construct."""

from collections.abc import Iterator
from dataclasses import dataclass

from lib.observability.alarm import Alarm, Side
from lib.observability.metrics import Metric

RULE = "all"
"""The one rule of every replication."""


@dataclass(frozen=True, slots=True)
class CopyMetrics:
    """What S3 measures of the copies of one bucket, in the region of the source."""

    source: str
    copies: str

    def of(self, name: str, statistic: str = "Maximum") -> Metric:
        """One of them."""
        rule = {"SourceBucket": self.source, "DestinationBucket": self.copies, "RuleId": RULE}
        return Metric("AWS/S3", name, statistic, rule)


def copy_alarms(metrics: CopyMetrics, *, late_s: int, runbook: str, what: str = "") -> Iterator[Alarm]:
    """Copies that failed, or wait longer than *late_s*; *what* tells two buckets of a region apart."""
    yield Alarm(
        id=f"{what}copies-failed",
        metric=metrics.of("OperationsFailedReplication", "Sum"),
        side=Side.ABOVE,
        threshold=0,
        minutes=1,
        bad_minutes=1,
        why_missing="nothing was copied, so nothing failed",
        says="Files could not be copied to the second region, and S3 does not try them again",
        runbook=runbook,
    )
    yield Alarm(
        id=f"{what}copies-late",
        metric=metrics.of("ReplicationLatency"),
        side=Side.ABOVE,
        threshold=late_s,
        why_missing="nothing waits to be copied",
        says="Files wait for their copies in the second region",
        runbook=runbook,
    )
