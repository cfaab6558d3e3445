"""From looks at the web application to a timeline. Pure."""

from collections.abc import Iterable, Sequence

from gameday.judge.timeline import Event
from gameday.observe.history import Fault
from gameday.observe.web import WebLook


def events(looks: Sequence[WebLook], fault: Fault) -> list[Event]:
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


def _changes(last: WebLook, look: WebLook) -> Iterable[tuple[str, str]]:
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
