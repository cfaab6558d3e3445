"""`dr quiet`: whether a deployment would run into a takeover. `make deploy` asks first.

A deployment replaces the functions and the state machine that a takeover runs on. Both releases can end it,
but nobody should have to find out during an outage.
"""

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from dr.calls import client, error_code
from dr.envelope import write
from dr.exits import Exit
from dr.options import AsJson
from failover.lease import Automation, Lease, LeaseState
from failover.lease_table import LeaseTable, LeaseUnknown
from lib.settings.two_regions import TwoRegionSettings
from lib.systems.load import load_any
from runtime.clock import now_ms

ReadLease = Callable[[str], Lease | None]
"""Reads the lease in a region. Raises LeaseUnknown."""


def in_the_way(lease: Lease | None, *, now_ms: int, skew_ms: int) -> str | None:
    """Why a deployment must wait, or None. Pure.

    A takeover that has ended badly is not in the way: its lease has expired, and a new release may mend it.
    """
    if lease is None:
        return None
    expired = lease.expired(now_ms=now_ms, skew_ms=skew_ms)
    if lease.state is not LeaseState.ACTIVE and not expired:
        return f"{lease.holder} is {lease.state} in epoch {lease.epoch}: a takeover is under way"
    if lease.state is LeaseState.ACTIVE and expired and lease.automation is Automation.RUNNING:
        return f"the lease of {lease.holder} expired in epoch {lease.epoch}: a failover is about to begin"
    return None


def deployed_lease(regions: list[str], read: ReadLease) -> Lease | None:
    """The lease as any region shows it; None before the first deployment.

    Raises LeaseUnknown when no region says, although one may have it.
    """
    reasons = []
    for region in regions:
        try:
            return read(region)
        except LeaseUnknown as error:
            if error_code(error.__cause__) != "ResourceNotFoundException":
                reasons.append(f"{region}: {error}")
    if reasons:
        raise LeaseUnknown("; ".join(reasons))
    return None


def reader(settings: TwoRegionSettings) -> ReadLease:
    """Reads the lease table that these settings name."""
    table = settings.name("lease")
    return lambda region: LeaseTable(client("dynamodb", region), table, settings.system).read()


def quiet(
    *,
    anyway: Annotated[bool, typer.Option(help="Deploy all the same; says what it found.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask whether a deployment may begin, or would run into a takeover: exit code 4; 3 when no region says.

    Reads the lease of the environment that the settings name; before the first deployment there is none,
    and a system in one region has none: nothing takes it over.
    """
    settings = load_any()
    why, code = _found(settings) if isinstance(settings, TwoRegionSettings) else (None, Exit.DONE)
    quiet_ = code is Exit.DONE
    if anyway:
        code = Exit.DONE
    if as_json:
        write("quiet", code, {"quiet": quiet_, "why": why})
    elif why:
        hint = " (going on: --anyway)" if anyway else "; or make deploy ANYWAY=--anyway"
        sys.stderr.write(f"{why}{hint}\n")
    raise typer.Exit(code)


def _found(settings: TwoRegionSettings) -> tuple[str | None, Exit]:
    """What is in the way, and what follows. Raises NoAccess."""
    regions = [region.name for region in settings.regions]
    try:
        lease = deployed_lease(regions, reader(settings))
    except LeaseUnknown as error:
        return f"unknown: whether a takeover is under way: {error}", Exit.UNKNOWN
    why = in_the_way(lease, now_ms=now_ms(), skew_ms=settings.protocol.clock_skew_s * 1000)
    return (f"refused: {why}; wait until it has ended: dr status", Exit.REFUSED) if why else (None, Exit.DONE)
