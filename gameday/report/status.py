"""One line about a running drill."""

from gameday.load.arrivals import Load
from gameday.observe.history import DnsSeen, History, WriterSeen

_WINDOW_S = 5.0


def status_line(history: History, load: Load, now: float) -> str:
    """Success of the last seconds, backlog, and who holds what."""
    recent = [
        attempt
        for operation in load.operations
        for attempt in operation.attempts
        if now - _WINDOW_S <= attempt.ended
    ]
    settled = sum(attempt.settled for attempt in recent)
    return (
        f"settled {settled}/{len(recent)} attempts in {_WINDOW_S:g} s · {load.pending} requests wait · "
        f"lease {_lease(history)} · writer {_last_region(history.writers)} · "
        f"DNS {_last_region(history.dns)}"
    )


def _lease(history: History) -> str:
    if not history.leases:
        return "?"
    last = history.leases[-1]
    return f"{last.holder} {last.state} epoch {last.epoch}"


def _last_region(seen: list[WriterSeen] | list[DnsSeen]) -> str:
    return seen[-1].region if seen else "?"
