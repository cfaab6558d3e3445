"""The end of a takeover is told until the bus takes it: by its last step at once, else by the reconciler."""

from collections.abc import Sequence

from durable.ledger import Ledger
from durable.recovery import FencedLedger
from failover.lease import Lease
from failover.operations import COMPLETED, TakeoverCompleted
from failover.ports import Events, EventsUnavailable
from failover.takeover import Takeover
from runtime.clock import Clock
from runtime.database import DatabaseUnavailable
from runtime.logs import logger

LEFT_TO_THE_STEP_MS = 60_000
"""So long the takeover's own last step has for it: two copies of one event help nobody."""
OLD_NEWS_MS = 86_400_000
"""What no bus took for a day is told to nobody any more; its age has rung since the first minutes."""


class NotedBus:
    """`failover.ports.Events`, which notes in the ledger what the bus took."""

    def __init__(self, bus: Events, database: FencedLedger) -> None:
        self._bus = bus
        self._database = database

    def publish(self, events: Sequence[TakeoverCompleted]) -> list[str]:
        """The ids of those that the bus took. Raises EventsUnavailable."""
        taken = self._bus.publish(events)
        for event in events:
            if event.event_id in taken:
                self._note(event.takeover.epoch)
        return taken

    def _note(self, epoch: int) -> None:
        try:
            with self._database.ledger() as ledger:
                ledger.announce(epoch)
        except DatabaseUnavailable as error:  # then it is told a second time, as the same event
            logger.warning("an announcement is not noted", extra={"epoch": epoch, "reason": str(error)})


class Announcements:
    """What the holder's reconciler does for the takeover that made it the holder."""

    def __init__(self, bus: Events, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock

    def make(self, lease: Lease, ledger: Ledger) -> int:
        """Publish the end of the takeover, if nobody has; for how many milliseconds it waits by now."""
        takeover, age_ms = Takeover.of(lease), self._clock() - lease.changed_at_ms
        # What a fast clock dated into the future is due now: nobody waits for that moment.
        in_time = age_ms < OLD_NEWS_MS and not 0 <= age_ms <= LEFT_TO_THE_STEP_MS
        if takeover.kind not in COMPLETED or not in_time or ledger.announced(lease.epoch):
            return 0
        if not self._taken(TakeoverCompleted(takeover)):
            return max(age_ms, 0)
        ledger.announce(lease.epoch)
        return 0

    def _taken(self, event: TakeoverCompleted) -> bool:
        reason = "the bus refused it"
        try:
            if self._bus.publish([event]):
                return True
        except EventsUnavailable as error:
            reason = str(error)
        logger.warning("an announcement is kept", extra={"event_id": event.event_id, "reason": reason})
        return False
