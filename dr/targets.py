"""Which region a command is about."""

from dr.aws import Cloud
from dr.operations import Refused
from dr.rules import Purpose
from dr.situation import Situation


def resolve(situation: Situation, purpose: Purpose, wanted: str | None = None) -> str:
    """Home for a failback, else the region *wanted*, else the one without the lease. Raises Refused."""
    known = list(situation.inspections)
    if purpose is Purpose.FAILBACK:
        return situation.home
    if wanted is None:
        holder = situation.lease.holder if situation.lease else situation.home
        others = [region for region in known if region != holder]
        if not others:
            raise Refused(f"the outputs name no region but {holder}: deploy the other one too")
        return others[0]
    if wanted not in known:
        raise _unknown(wanted, known)
    return wanted


def serving(cloud: Cloud, wanted: str | None) -> str:
    """The region *wanted*, which needs no lease, else the one that takes requests. Raises Refused."""
    known = list(cloud.deployment.places)
    if wanted is not None:
        if wanted not in known:
            raise _unknown(wanted, known)
        return wanted
    if (lease := cloud.topology().lease) is None:
        raise Refused("no lease says which region takes requests: give --region")
    return lease.holder


def _unknown(region: str, known: list[str]) -> Refused:
    return Refused(f"{region} is no region of this system: {', '.join(known)}")
