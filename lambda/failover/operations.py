"""Operational events: consumers in both regions are told which region serves (docs/events.md)."""

from dataclasses import dataclass

from failover.lease import Kind
from failover.takeover import Takeover

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
