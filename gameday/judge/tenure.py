"""Who was allowed to acknowledge requests, and when: read off the observed lease."""

from collections.abc import Sequence
from dataclasses import dataclass

from gameday.observe.history import LeaseSeen


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenure:
    """One epoch of the lease. Open bounds are the widest that the observations allow."""

    epoch: int
    holder: str
    begin: float
    """Last moment at which the epoch was seen not yet active; -inf if it always was."""
    end: float
    """Expiry of the last renewal seen, or the moment a later epoch was seen."""


def tenures(leases: Sequence[LeaseSeen]) -> list[Tenure]:
    """The epochs in *leases* that were active at some time, oldest first."""
    epochs = sorted({seen.epoch for seen in leases})
    found = (_tenure(epoch, leases) for epoch in epochs)
    return [tenure for tenure in found if tenure is not None]


def _tenure(epoch: int, leases: Sequence[LeaseSeen]) -> Tenure | None:
    own = [seen for seen in leases if seen.epoch == epoch]
    first_active = next((seen for seen in own if seen.active), None)
    if first_active is None:
        return None
    before = [seen.at for seen in leases if seen.at < first_active.at]
    later = [seen.at for seen in leases if seen.epoch > epoch]
    return Tenure(
        epoch=epoch,
        holder=first_active.holder,
        begin=max(before, default=float("-inf")),
        end=min([max(seen.expires_at for seen in own), *later]),
    )


def rightful(tenures: Sequence[Tenure], *, region: str | None, epoch: int | None, at: float) -> bool:
    """Whether *region* held *epoch* at *at*. An answer that does not say who it is from is not."""
    return any(
        tenure.holder == region and tenure.epoch == epoch and tenure.begin <= at < tenure.end
        for tenure in tenures
    )
