"""The edges of a drill: what it asks of the system under test and of the cloud around it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from gameday.load.credentials import Credentials
from gameday.load.records import JournalEntry, LedgerRow
from gameday.load.requests import Requests
from gameday.observe.calls import Call
from gameday.observe.dr_answers import DrAnswer
from gameday.observe.executions import StepSeen
from gameday.observe.history import LeaseSeen
from gameday.plan.faults import Action, Places
from localcloud.route53.resolver import Resolves


class World(Protocol):
    """A deployed pair of regions. Reads go through the region that may survive.

    `lease` and `writer` raise ObservationFailed when nothing could be learnt.
    """

    @property
    def primary(self) -> str:
        """Region that holds the lease when the drill begins."""

    @property
    def survivor(self) -> str:
        """The other one."""

    @property
    def places(self) -> Places:
        """What plays which part."""

    @property
    def api_name(self) -> str:
        """DNS name of the API."""

    @property
    def endpoints(self) -> Mapping[str, str]:
        """URL that reaches each region's API."""

    @property
    def resolver(self) -> Resolves:
        """Asks DNS, without a cache."""

    @property
    def requests(self) -> Requests:
        """What clients ask."""

    @property
    def credentials(self) -> Credentials:
        """What clients show to the API."""

    async def lease(self) -> LeaseSeen:
        """The lease item, strongly consistent."""

    async def writer(self) -> str:
        """Region of the global cluster's writer."""

    async def apply(self, action: Action) -> str | DrAnswer | None:
        """Do *action*; what came of it, where there is something to tell. Raises FaultRefused."""

    async def steps(self, since: float, regions: Iterable[str]) -> Sequence[StepSeen]:
        """The steps of takeovers in *regions*, of executions since then. Raises ObservationFailed."""

    async def rows(self, run: str, region: str) -> Sequence[LedgerRow]:
        """Rows, in the ledger of *region*, of the requests of *run*. Raises LedgerUnread."""

    async def journal(self, keys: Iterable[str]) -> Sequence[JournalEntry]:
        """Journal entries of the requests with these idempotency keys. Raises LedgerUnread."""

    async def listed(self) -> frozenset[str] | None:
        """Ids of the entries that the system lists as standing; None where it lists none.

        Raises LedgerUnread.
        """

    def calls(self, since: float, until: float) -> Sequence[Call]:
        """AWS calls logged between two times."""
