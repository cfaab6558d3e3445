"""What each region is and says right now. Unknown is a value, never a guess."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from failover.lease import Lease

ReadLease = Callable[[str], Lease | None]
"""Reads the lease through the given region. Raises LeaseUnknown when that region cannot say."""

Probe = Callable[[str, str], int | None]
"""GETs a path of a region's API; the status, or None when there is no answer."""

OK = 200


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

    def as_json(self, *, now_ms: int) -> dict[str, Any]:
        """A map for `--json`; `expires_in_s` is negative once the lease has expired."""
        lease = asdict(self.lease) if self.lease else None
        if self.lease and lease:
            lease["expires_in_s"] = round((self.lease.expires_at_ms - now_ms) / 1000, 1)
        return {
            "regions": [asdict(view) for view in self.regions],
            "lease": lease,
            "lease_read_in": self.lease_read_in,
        }


def survey(
    endpoints: Mapping[str, str], *, read_lease: ReadLease, probe: Probe, unknown: type[Exception]
) -> Topology:
    """Ask every region. *unknown* is what *read_lease* raises when a region cannot say.

    A region whose API is gone is asked nothing more, unless all are gone: the lease is in each of them.
    """
    views = tuple(_view(region, endpoint, probe) for region, endpoint in endpoints.items())
    for region in [view.region for view in views if view.reachable] or endpoints:
        try:
            return Topology(regions=views, lease=read_lease(region), lease_read_in=region)
        except unknown:
            continue
    return Topology(regions=views, lease=None, lease_read_in=None)


def _view(region: str, endpoint: str, probe: Probe) -> RegionView:
    live = _answer(probe(endpoint, "/health/live"))
    gone = live is Answer.UNREACHABLE
    ready = live if gone else _answer(probe(endpoint, "/health/ready"))
    return RegionView(region=region, live=live, ready=ready)


def _answer(status: int | None) -> Answer:
    if status is None:
        return Answer.UNREACHABLE
    return Answer.YES if status == OK else Answer.NO
