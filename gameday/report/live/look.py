"""One look at a running drill: what the terminal and the page show. It is also the file between both."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from gameday.judge.summary import Verdict
from gameday.judge.timeline import Event, Moments, events, moments
from gameday.load.arrivals import Load
from gameday.observe.history import Fault, History, Mark
from gameday.plan.scenario import Scenario
from gameday.report.seconds import Second, seconds
from gameday.report.status import status_line
from localcloud.core.paths import STATE

FILE = STATE / "drill.json"
_WINDOW_S, _LEAD_S = 120.0, 30.0


class LiveRegion(BaseModel):
    """What one region was last seen to have; None: not seen yet."""

    model_config = ConfigDict(frozen=True)

    name: str
    lease: bool
    writer: bool
    dns: bool
    ready: bool | None


class Look(BaseModel):
    """Everything that is shown of a drill at one moment."""

    model_config = ConfigDict(frozen=True)

    at: float
    scenario: str
    title: str
    phase: str
    after_s: float | None
    """Seconds since the fault; None before it."""
    epoch: int
    state: str
    regions: tuple[LiveRegion, ...]
    pending: int
    seconds: tuple[Second, ...]
    events: tuple[Event, ...]
    said: tuple[str, ...] = ()
    verdict: Verdict | None = None

    @property
    def now_served(self) -> tuple[int, int]:
        """Settled attempts and all attempts of the last five seconds."""
        recent = self.seconds[-5:]
        settled = sum(second.settled for second in recent)
        return settled, settled + sum(second.failed for second in recent)

    def write(self, path: Path) -> None:
        """Put it where the page finds it, in one step."""
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}-{os.getpid()}")
        fresh.write_text(self.model_dump_json())
        fresh.replace(path)


def read(path: Path = FILE) -> Look | None:
    """The last look that was written; None: there was no drill, or one of another version."""
    try:
        return Look.model_validate_json(path.read_text())
    except (FileNotFoundError, ValidationError):
        return None


def phase(seen: Moments | None, *, moves: bool) -> str:
    """What the system is doing, in words; *seen* is None before the fault."""
    if seen is None:
        return "steady load; the fault is to come"
    if not moves:
        return "the fault is there, and nobody may move"
    reached = (
        (seen.restored_s, "restored: every client is served"),
        (seen.accepted_s, "every request is accepted, and settled when the writer is there"),
        (seen.ready_s, "ready; clients follow as their DNS caches run out"),
        (seen.detected_s, "takeover: promote, fence, reconcile"),
    )
    return next((told for at, told in reached if at is not None), "the fault is there; the lease runs out")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Looks at one running drill, whose parts grow while it runs."""

    scenario: Scenario
    history: History
    load: Load
    marks: Sequence[Mark]
    primary: str
    other: str

    def line(self, now: float) -> str:
        """The same in one line, for where there is no terminal."""
        return status_line(self.history, self.load, now)

    def look(self, now: float) -> Look:
        """What is to be seen at *now*."""
        fault, history, operations = self._fault(), self.history, self.load.operations
        seen = moments(history, operations, fault, now, self.scenario.follow.good_s) if fault else None
        at = fault.at if fault else now
        lease = history.leases[-1] if history.leases else None
        since = max(now - _WINDOW_S, at - _LEAD_S)
        told = events(seen, fault) if seen and fault else []
        return Look(
            at=now,
            scenario=self.scenario.code,
            title=self.scenario.title,
            phase=phase(seen, moves=bool(self.scenario.expect.moves)),
            after_s=round(now - fault.at, 1) if fault else None,
            epoch=lease.epoch if lease else 0,
            state=lease.state if lease else "unknown",
            regions=tuple(self._region(name) for name in sorted((self.primary, self.other))),
            pending=self.load.pending,
            seconds=tuple(seconds(operations, fault_at=at, since=since, until=now - 1)),
            events=tuple(event for event in told if event.after_s <= now - at),
        )

    def _fault(self) -> Fault | None:
        """The fault as far as it is known now."""
        if not self.marks:
            return None
        away, first = self.scenario.expect.away, self.marks[0]
        return Fault(
            at=first.at,
            done_at=first.done_at,
            region=self.primary,
            other=self.other,
            survivor=self.other if away else self.primary,
            marks=tuple(self.marks),
        )

    def _region(self, name: str) -> LiveRegion:
        history = self.history
        ready = next((one.ready for one in reversed(history.readiness) if one.region == name), None)
        return LiveRegion(
            name=name,
            lease=bool(history.leases) and history.leases[-1].holder == name,
            writer=bool(history.writers) and history.writers[-1].region == name,
            dns=bool(history.dns) and history.dns[-1].region == name,
            ready=ready,
        )
