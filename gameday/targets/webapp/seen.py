"""What observers see of the web application, one look a second."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gameday.judge.timeline import Event
from gameday.observe.history import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The system at one moment; an empty or a None field was not to be learnt."""

    at: float
    desired: int
    in_service: tuple[str, ...]
    """Instances of the group that are in service."""
    healthy: tuple[str, ...]
    """Those that their balancer calls healthy."""
    template: str
    """Version of the launch template that the group launches."""
    refresh: str
    """Status of the newest refresh; empty without one."""
    ringing: tuple[str, ...]
    """Alarms in ALARM."""
    version: str
    """What /version answers; empty without an answer."""
    leads_to: str
    """The AWS name that the public name leads to."""

    @property
    def whole(self) -> bool:
        """Whether as many instances serve as should."""
        serving = {*self.in_service} & {*self.healthy}
        return len(serving) == self.desired == len(self.in_service)


def events(looks: Sequence[Look], fault: Fault) -> list[Event]:
    """What changed after the fault, in order."""
    found = [
        Event(after_s=round(mark.at - fault.at, 1), name="fault", detail=mark.what) for mark in fault.marks
    ]
    before = [look for look in looks if look.at < fault.at]
    after = [look for look in looks if look.at >= fault.at]
    last = before[-1] if before else after[0]
    for look in after:
        found += [
            Event(after_s=round(look.at - fault.at, 1), name=name, detail=detail)
            for name, detail in _changes(last, look)
        ]
        last = look
    return sorted(found, key=lambda event: event.after_s)


def _changes(last: Look, look: Look) -> Iterable[tuple[str, str]]:
    for alarm in sorted({*look.ringing} - {*last.ringing}):
        yield "alarm", f"{alarm} rings"
    for alarm in sorted({*last.ringing} - {*look.ringing}):
        yield "alarm over", alarm
    if look.refresh != last.refresh and look.refresh:
        yield "refresh", look.refresh
    if gone := sorted({*last.in_service} - {*look.in_service}):
        yield "out of service", ", ".join(gone)
    if new := sorted({*look.in_service} - {*last.in_service}):
        yield "in service", ", ".join(new)
    if look.whole and not last.whole:
        yield "whole", f"{look.desired} instances serve"
    if look.leads_to != last.leads_to and look.leads_to:
        yield "dns moved", f"a fresh answer names {look.leads_to}"
    if look.version != last.version:
        yield "version", look.version or "nobody answers"
