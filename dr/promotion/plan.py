"""Whether a replica may be promoted, and what that loses. Pure."""

import math
from dataclasses import dataclass

from remediation.databases import LOST
from remediation.observation import DatabaseSeen, Missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the databases are."""

    primary: DatabaseSeen | Missing
    replica: DatabaseSeen | Missing
    lag_s: float | None
    """How far the replica was behind when that was told last; None: nobody told."""
    writes_a_second: float | None
    """Of the last minutes; sign-ins count, so there are fewer. None: nobody told."""
    writer_name: str
    points_at: str
    """The host that the writer's name leads to; empty without one."""

    @property
    def promoted(self) -> bool:
        """Whether the replica is a database of its own already."""
        return isinstance(self.replica, DatabaseSeen) and not self.replica.source

    @property
    def loss(self) -> int | None:
        """The entries that are lost at most; None: unknown."""
        if self.lag_s is None or self.writes_a_second is None:
            return None
        return math.ceil(self.lag_s * self.writes_a_second)


def refusal(seen: Standing, *, although_there: bool) -> str | None:
    """Why nothing is promoted; None when it may be."""
    replica, primary = seen.replica, seen.primary
    if isinstance(replica, Missing):
        return "there is no replica: restore a backup of the primary"
    if not replica.source:
        return None
    if not replica.available:
        return f"{replica.id} is {replica.status}: wait until it is available"
    if isinstance(primary, DatabaseSeen) and primary.status not in LOST and not although_there:
        return (
            f"{primary.id} is {primary.status}, and RDS mends it: with the replica promoted there are two "
            "writers. --although-there when you know that it is lost"
        )
    return None


def question(seen: Standing, replica: DatabaseSeen) -> str:
    """What is asked before anything is done."""
    if seen.promoted:
        return f"{replica.id} is promoted. Let {seen.writer_name} lead to it?"
    loss = "how much is lost is unknown"
    if seen.lag_s is not None:
        entries = "an unknown number of" if seen.loss is None else seen.loss
        loss = f"it was {seen.lag_s:g} s behind, which is {entries} entries lost at most"
    return (
        f"Promote {replica.id} and let {seen.writer_name} lead to it? {loss[0].upper()}{loss[1:]}. "
        "It cannot become a replica again."
    )
