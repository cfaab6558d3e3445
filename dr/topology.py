"""What each region is and says right now. Unknown is a value, never a guess, and carries its reason."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from dr.front_door import Probed
from dr.waiting import together
from failover.lease import Lease

ReadLease = Callable[[str], Lease | None]
"""Reads the lease through the given region. Raises LeaseUnknown when that region cannot say."""

Probe = Callable[[str, str], Probed]
"""GETs a path of a region's API."""

OK = 200
PROBE_S = 3.5
LEASE_S = 4.5
"""A little more than the call itself has, so that its own reason is heard."""
CLOCK_WARN_MS = 2000


class Answer(StrEnum):
    """What a region said to a health question."""

    YES = "yes"
    NO = "no"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionView:
    """One region as its own API shows it."""

    region: str
    live: Answer
    ready: Answer
    why: str | None = None
    """Why it is unreachable."""

    @property
    def reachable(self) -> bool:
        """Whether anything answered there."""
        return self.live is not Answer.UNREACHABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """All regions, and the lease as the first region that could read it showed it."""

    regions: tuple[RegionView, ...]
    lease: Lease | None
    lease_read_in: str | None
    """Region through which the lease was read; None when no region could say, so it is unknown."""
    unread: Mapping[str, str] = field(default_factory=dict)
    """Why the lease could not be read, by the regions that were asked and could not say."""
    clock_off_ms: int | None = None
    """How far AWS's clock is ahead of this machine's; None when AWS did not say."""

    @property
    def reasons(self) -> list[str]:
        """Everything that could not be told, in sentences."""
        doors = [f"{view.region}: its API: {view.why}" for view in self.regions if view.why]
        return doors + [f"{region}: the lease: {why}" for region, why in self.unread.items()]

    @property
    def clock_warning(self) -> str | None:
        """What to know when this machine's clock is wrong; None while it is right, or not known."""
        off = self.clock_off_ms or 0
        if abs(off) <= CLOCK_WARN_MS:
            return None
        side = "behind" if off > 0 else "ahead of"
        return f"this machine's clock is {abs(off) / 1000:.0f} s {side} AWS's; times here are AWS's"

    def expires_in_s(self, now_ms: int) -> float | None:
        """Seconds until the lease expires, by AWS's clock where it is known; negative once it has."""
        if self.lease is None:
            return None
        return (self.lease.expires_at_ms - now_ms - (self.clock_off_ms or 0)) / 1000

    def as_json(self, *, now_ms: int) -> dict[str, Any]:
        """A map for `--json`; *now_ms* is this machine's clock."""
        lease = asdict(self.lease) if self.lease else None
        left = self.expires_in_s(now_ms)
        if lease and left is not None:
            lease["expires_in_s"] = round(left, 1)
        off = self.clock_off_ms
        return {
            "regions": [asdict(view) for view in self.regions],
            "lease": lease,
            "lease_read_in": self.lease_read_in,
            "clock_off_s": None if off is None else round(off / 1000, 1),
            "unknown": self.reasons,
        }


def survey(
    endpoints: Mapping[str, str], *, read_lease: ReadLease, probe: Probe, unknown: type[Exception]
) -> Topology:
    """Ask every region, side by side. *unknown* is what *read_lease* raises when a region cannot say.

    A region whose API is gone is asked nothing more, unless all are gone: the lease is in each of them.
    """
    views = tuple(_views(endpoints, probe))
    asked = [view.region for view in views if view.reachable] or list(endpoints)
    leases = together(
        {f"the lease in {region}": _reader(read_lease, region) for region in asked}, within_s=LEASE_S
    )
    unread = {}
    for region, found in zip(asked, leases.values(), strict=True):
        if isinstance(found, unknown | TimeoutError):
            unread[region] = str(found)
        elif isinstance(found, Exception):
            raise found
    read = {
        region: found for region, found in zip(asked, leases.values(), strict=True) if region not in unread
    }
    first = next(iter(read), None)
    lease = read[first] if first else None
    return Topology(
        regions=views,
        lease=lease if isinstance(lease, Lease) else None,
        lease_read_in=first,
        unread=unread,
    )


def _views(endpoints: Mapping[str, str], probe: Probe) -> list[RegionView]:
    paths = ("/health/live", "/health/ready")
    answers = together(
        {
            f"{region}{path}": _prober(probe, endpoint, path)
            for region, endpoint in endpoints.items()
            for path in paths
        },
        within_s=PROBE_S,
    )
    return [_view(region, *(answers[f"{region}{path}"] for path in paths)) for region in endpoints]


def _view(region: str, live: Probed | Exception, ready: Probed | Exception) -> RegionView:
    """A region that is not live is not ready, whatever the other question got."""
    first, second = _probed(live), _probed(ready)
    answer = _answer(first.status)
    gone = answer is Answer.UNREACHABLE
    return RegionView(
        region=region,
        live=answer,
        ready=answer if gone else _answer(second.status),
        why=first.why or second.why,
    )


def _probed(found: Probed | Exception) -> Probed:
    return Probed(None, str(found)) if isinstance(found, Exception) else found


def _prober(probe: Probe, endpoint: str, path: str) -> Callable[[], Probed]:
    return lambda: probe(endpoint, path)


def _reader(read_lease: ReadLease, region: str) -> Callable[[], Lease | None]:
    return lambda: read_lease(region)


def _answer(status: int | None) -> Answer:
    if status is None:
        return Answer.UNREACHABLE
    return Answer.YES if status == OK else Answer.NO
