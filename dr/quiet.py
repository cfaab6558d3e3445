"""`python -m dr.quiet`: whether a deployment would run into a takeover. `make deploy` asks first.

A deployment replaces the functions and the state machine that a takeover runs on. Both releases can end it,
but nobody should have to find out during an outage.
"""

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from dr.calls import NoAccess, client, error_code
from failover.lease import Automation, Lease, LeaseState
from failover.lease_table import LeaseTable, LeaseUnknown
from lib import config
from lib.config import Settings
from lib.errors import SettingsError
from runtime.clock import now_ms

REFUSED, UNKNOWN = 1, 3
ReadLease = Callable[[str], Lease | None]
"""Reads the lease in a region. Raises LeaseUnknown."""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


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


def reader(settings: Settings) -> ReadLease:
    """Reads the lease table that these settings name."""
    table = settings.name("lease")
    return lambda region: LeaseTable(client("dynamodb", region), table, settings.system).read()


@app.command(help=__doc__)
def quiet(
    *,
    anyway: Annotated[bool, typer.Option(help="Deploy all the same; says what it found.")] = False,
) -> None:
    """Exit code 0: deploy; 1: a takeover is in the way; 3: no region can say."""
    try:
        settings = config.load()
        found = deployed_lease([region.name for region in settings.regions], reader(settings))
    except (SettingsError, NoAccess) as error:
        sys.stderr.write(f"error: {error}\n")
        raise typer.Exit(REFUSED) from None
    except LeaseUnknown as error:
        _end(UNKNOWN, f"unknown: whether a takeover is under way: {error}", anyway=anyway)
        return
    skew_ms = settings.protocol.clock_skew_s * 1000
    if why := in_the_way(found, now_ms=now_ms(), skew_ms=skew_ms):
        _end(REFUSED, f"refused: {why}; wait until it has ended: dr status", anyway=anyway)


def _end(code: int, said: str, *, anyway: bool) -> None:
    sys.stderr.write(f"{said}{' (going on: --anyway)' if anyway else '; or make deploy ANYWAY=--anyway'}\n")
    if not anyway:
        raise typer.Exit(code)


if __name__ == "__main__":
    app()
