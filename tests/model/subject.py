"""What a system hands to the model to be played: the port between one region's core and its requests."""

from typing import Any, ClassVar, Protocol

from failover.ports import Events, FencedDatabase, Recovery
from runtime.clock import Clock

SYSTEM = "played"
"""The name of the system in the lease and on its bus."""
CREATED = 201
ACCEPTED = 202
REFUSED = 503


class Subject(Protocol):
    """One region of a system. Its storage is simulated: each call of a part is a scheduling point.

    It tells `world.watch` of what it acknowledges, and of rows that it is about to record.
    """

    no_promise: ClassVar[frozenset[str]] = frozenset()
    """Profiles under which it may lose what was acknowledged: it is not played under them."""
    accepts_early: ClassVar[bool] = False
    """Whether it takes requests while its database is promoted."""
    database: FencedDatabase
    events: Events

    def __init__(self, site: Any) -> None:
        """Of this `tests.model.site.Site`."""

    def recovery(self, clock: Clock) -> Recovery:
        """The port, by the clock of the function that uses it."""

    def request(self, key: str) -> int:
        """Answer the client's request under this key; the HTTP status."""

    def prove(self, *, system: str, epoch: int) -> int:
        """Answer the synthetic request of a takeover; the HTTP status."""

    def reconcile(self) -> None:
        """One run of what makes good, while the holder serves, what requests left undone."""

    def has_served(self, until_ms: int) -> None:
        """The region served until then before the run begins."""

    def restart(self) -> None:
        """Every process of the region is gone, and what it remembered."""


System = type[Subject]
