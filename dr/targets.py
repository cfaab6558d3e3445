"""Which region a command is about."""

from dr.operations import Refused
from dr.situation import Situation


def resolve(situation: Situation, wanted: str | None) -> str:
    """The region *wanted*, else the one that does not hold the lease. Raises Refused for any other."""
    known = list(situation.inspections)
    if wanted is None:
        holder = situation.lease.holder if situation.lease else situation.home
        return next(region for region in known if region != holder)
    if wanted not in known:
        raise Refused(f"{wanted} is no region of this system: {', '.join(known)}")
    return wanted
