"""When somebody is called about what the holder still owes, as values. Pure: no construct."""

from collections.abc import Iterator

from lib.failover.metrics import RecoveryMetrics
from lib.observability.alarm import Alarm, Side

MARK_OLD_MIN = 15
"""The watermark is three to four minutes old while the reconciler keeps up (ADR 11)."""
EVENT_OLD_MIN = 10
"""Events are published every minute; a refused one comes again after one minute, two and four."""
NOT_HERE = "this region does not hold the lease, or its reconciler fails, which has its own alarm"


def reconciler_alarms(metrics: RecoveryMetrics) -> Iterator[Alarm]:
    """What the holder's reconciler measures."""
    requests = metrics.site.settings.REQUESTS
    request = requests.removesuffix("s")
    article = "An" if request[0] in "aeiou" else "A"
    yield Alarm(
        id="watermark-age",
        metric=metrics.metered("WatermarkAge", "Maximum"),
        side=Side.ABOVE,
        threshold=MARK_OLD_MIN * 60_000,
        why_missing=NOT_HERE,
        says=f"The reconciler is {MARK_OLD_MIN} minutes behind: a takeover would have to read all since then",
        runbook="watermark-age",
    )
    yield Alarm(
        id="watermark-ahead",
        metric=metrics.metered("WatermarkAhead", "Sum"),
        side=Side.AT_LEAST,
        threshold=1,
        minutes=1,
        bad_minutes=1,
        why_missing=NOT_HERE,
        says="The watermark is not believed: a fast clock set it, or arrivals were emptied or restored",
        runbook="watermark-ahead",
    )
    yield Alarm(
        id="events-age",
        metric=metrics.metered("OldestEventAge", "Maximum"),
        side=Side.ABOVE,
        threshold=EVENT_OLD_MIN * 60_000,
        why_missing=NOT_HERE,
        says=f"An event of a settled {request} waits for more than {EVENT_OLD_MIN} minutes to be published",
        runbook="events-age",
    )
    yield Alarm(
        id="events-parked",
        metric=metrics.metered("EventsParked", "Maximum"),
        side=Side.AT_LEAST,
        threshold=1,
        why_missing=NOT_HERE,
        says="The event bus refused an event for a day: it is parked, and its consumers do not know of it",
        runbook="events-parked",
    )
    yield Alarm(
        id="set-aside",
        metric=metrics.metered(f"{requests.title()}SetAside", "Maximum"),
        side=Side.AT_LEAST,
        threshold=1,
        why_missing=NOT_HERE,
        says=f"{article} {request} in the journal cannot be recorded: it contradicts the ledger,"
        " or cannot be read",
        runbook="set-aside",
    )
