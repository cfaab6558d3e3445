"""Operational events: consumers in both regions are told that the payments moved (docs/events.md)."""

from dataclasses import dataclass

from durable.event_bus import EventBus, PutsEvents
from failover.lease import Kind
from failover.takeover import Takeover
from runtime.parameters import Parameters

COMPLETED = {
    Kind.FAILOVER: "FailoverCompleted",
    Kind.SWITCHOVER: "SwitchoverCompleted",
    Kind.FAILBACK: "FailbackCompleted",
}
"""What the end of a takeover is called. A bootstrap moves nothing, so it has no event."""


@dataclass(frozen=True, slots=True)
class TakeoverCompleted:
    """The region of this takeover serves. One event an epoch, however often it is published."""

    takeover: Takeover

    @property
    def event_id(self) -> str:
        """What consumers dedupe on."""
        return f"{self.takeover.system}-{self.takeover.epoch}"

    @property
    def type(self) -> str:
        """By the takeover's kind."""
        return COMPLETED[self.takeover.kind]

    def detail(self) -> dict[str, object]:
        """What is told, as JSON object."""
        return {
            "event_id": self.event_id,
            "region": self.takeover.region,
            "epoch": self.takeover.epoch,
            "from": self.takeover.previous,
            "to": self.takeover.region,
        }


def own_bus(region: str, client: PutsEvents, parameters: Parameters, system: str) -> EventBus:
    """The own region's bus for operational events, never the global endpoint: that may lead elsewhere."""
    return EventBus(region, client, parameters, f"{system}.operations", globally=False)
