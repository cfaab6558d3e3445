"""When somebody is called by what looks after the system. Pure: no construct."""

from collections.abc import Iterator

from lib.observability.alarm import Alarm, Missing, Side
from lib.systems.single_region.metrics import SingleRegionMetrics


def event_alarms(metrics: SingleRegionMetrics) -> Iterator[Alarm]:
    """What nobody took."""
    yield Alarm(
        id="events-undelivered",
        metric=metrics.of_queue("undelivered"),
        side=Side.ABOVE,
        threshold=0,
        minutes=1,
        bad_minutes=1,
        why_missing="nothing was undelivered for hours",
        says="Events could not be delivered and wait in a queue",
        runbook="single-region-events",
    )


def healing_alarms(metrics: SingleRegionMetrics) -> Iterator[Alarm]:
    """Whether what should mend the system does."""
    yield Alarm(
        id="healing-failing",
        metric=metrics.of_healing("ExecutionsFailed"),
        side=Side.AT_LEAST,
        threshold=1,
        minutes=1,
        bad_minutes=1,
        why_missing="it was not started, so nothing failed",
        says="The machine that heals the system ended without success",
        runbook="single-region-healing",
    )


def canary_alarms(metrics: SingleRegionMetrics) -> Iterator[Alarm]:
    """What a visitor notices, though every health check passes."""
    minutes = metrics.site.settings.canary.every_minutes
    yield Alarm(
        id="canary-failing",
        metric=metrics.of_canary("SuccessPercent"),
        side=Side.BELOW,
        threshold=100,
        minutes=2 * minutes,
        bad_minutes=2,
        why_missing="the canary has not run in that minute; canary-silent watches whether it runs at all",
        says="A visitor finds the site away, slow or broken, twice in a row",
        runbook="single-region-canary",
    )
    yield Alarm(
        id="canary-silent",
        metric=metrics.of_canary("Duration", "SampleCount"),
        side=Side.BELOW,
        threshold=1,
        minutes=4 * minutes,
        bad_minutes=4 * minutes,
        missing=Missing.BAD,
        why_missing="is what this alarm is for",
        says="The canary has not run four times in a row",
        runbook="single-region-canary",
    )
