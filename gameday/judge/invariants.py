"""The rules that hold of any run of the protocol, each by the name that docs/model.md gives it. Pure.

The executable model (tests/model/watch.py) asks them at every write; a drill asks them of what it recorded
(gameday/judge/conformance.py). Each says in words what is broken, or None. Times are of one clock, in one
unit.
"""

from dataclasses import dataclass
from typing import TypedDict

from failover.lease import Kind, LeaseState


class Acknowledger(TypedDict):
    """Who says to have acknowledged, and in which epoch."""

    region: str | None
    epoch: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseWrite:
    """The lease, as one write left it."""

    epoch: int
    holder: str
    state: str
    expires_at: float
    kind: str
    previous: str | None
    """The holder before, as the lease tells."""
    to: str | None = None
    """Whom a DRAINING lease is drained for."""
    accepts: bool = False
    """Whether the holder, still TAKING, acknowledges already what it settles later."""

    @property
    def planned(self) -> bool:
        """Whether the epoch began with a handover."""
        return Kind(self.kind).planned

    @property
    def begun_anew(self) -> bool:
        """Whether an operator began the epoch where the lease was."""
        return self.kind == Kind.BOOTSTRAP and self.previous == self.holder

    def __str__(self) -> str:
        return f"epoch {self.epoch} of {self.holder}, {self.state} until {self.expires_at:.3f}"


def lease_change(old: LeaseWrite | None, new: LeaseWrite) -> str | None:
    """`lease-change`: how a write may change the lease. Who wrote it is not asked here."""
    if old is None:
        return None
    if new.epoch == old.epoch:
        return _kept(old, new)
    follows = new.epoch == old.epoch + 1
    if new.begun_anew:
        stands = new.holder == old.holder or old.state == LeaseState.TAKING
        return None if stands and new.epoch > old.epoch else f"{new} was begun anew from {old}"
    if new.kind == Kind.BOOTSTRAP:
        left = old.state == LeaseState.TAKING and old.previous == new.holder
        return None if follows and left else f"{new} was taken back from {old}"
    if new.planned:
        return _handed_over(old, new)
    taken = follows and new.previous == old.holder
    return None if taken else f"{new}, taken from {new.previous}, does not follow {old}"


def _kept(old: LeaseWrite, new: LeaseWrite) -> str | None:
    if new.holder != old.holder:
        return f"epoch {new.epoch} went from {old.holder} to {new.holder}"
    if new.expires_at < old.expires_at:
        return f"the expiry of epoch {new.epoch} went backwards"
    back = new.state == LeaseState.TAKING and old.state != LeaseState.TAKING
    return f"epoch {new.epoch} is TAKING again after {old.state}" if back else None


def _handed_over(old: LeaseWrite, new: LeaseWrite) -> str | None:
    drained = old.state == LeaseState.DRAINING and old.to == new.holder
    if not drained or new.epoch != old.epoch + 1:
        return f"{new} was handed over from {old}"
    return None if new.expires_at == old.expires_at else f"the handover to {new} changed the expiry"


def taken_before_expiry(old: LeaseWrite | None, new: LeaseWrite, *, at: float) -> str | None:
    """`taken-before-expiry`: an epoch that was taken begins only after the expiry of the one before.

    So does one that an operator begins in the other region while the holder accepts.
    """
    if old is None or new.epoch <= old.epoch or new.planned:
        return None
    if new.begun_anew and not (old.accepts and new.holder != old.holder):
        return None
    early = old.expires_at - at
    return f"epoch {new.epoch} began {early:g} before epoch {old.epoch} ended" if early > 0 else None


def no_writer(old: LeaseWrite | None, new: LeaseWrite, *, writes: bool) -> str | None:
    """`no-writer`: a lease is handed over only to where the writer is."""
    if old is None or new.epoch <= old.epoch or not new.planned or writes:
        return None
    return f"{new.holder} got epoch {new.epoch} before the writer"


def two_acknowledge(
    *, region: str | None, epoch: int | None, holder: str | None, held: int | None
) -> str | None:
    """`two-acknowledge`: who acknowledges in *epoch* is the *holder* of the lease that was *held* then."""
    if (epoch, region) == (held, holder):
        return None
    return f"{region} acknowledged in epoch {epoch} while {holder} held epoch {held}"


def after_expiry(*, region: str | None, epoch: int | None, at: float, until: float) -> str | None:
    """`two-acknowledge`, by time: nobody acknowledges once the lease is over."""
    return (
        f"{region} acknowledged in epoch {epoch} at {at:.3f}, after its end at {until:.3f}"
        if at > until
        else None
    )


def charged_twice(key: str, *, known: str, told: str) -> str | None:
    """`charged-twice`: a key has one id, in every ledger and every answer."""
    return None if known == told else f"{key} is {told} and {known}"


def not_journalled(key: str, *, told: str, journalled: str | None) -> str | None:
    """`not-journalled`: what is acknowledged is in the journal."""
    return (
        None if told == journalled else f"{key} was acknowledged as {told} and is {journalled} in the journal"
    )


def lost(key: str, *, told: str, found: str | None) -> str | None:
    """`lost`: what was acknowledged is in the ledger that serves."""
    return None if told == found else f"{key} was acknowledged as {told} and is {found} in the ledger"


def no_lease(what: str, *, region: str, epoch: int, won: str | None) -> str | None:
    """`no-lease`: a region does only under an epoch that it has won what needs the lease."""
    return None if region == won else f"{region} {what} in epoch {epoch}, which is {won}'s"
