"""What is one system's own of the drills in two regions."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gameday.load.credentials import Credentials
from gameday.load.records import LedgerRow
from gameday.load.requests import Requests
from gameday.plan.scenario import Scenario
from gameday.targets.cloud import Deployed
from lib.settings.two_regions import TwoRegionSettings
from localcloud.route53.resolver import Resolves

AwsClient = Callable[..., Any]
"""An operator's client of a service in the region that may survive, or in a named one."""


class ReadsLedger(Protocol):
    """A region's ledger."""

    def rows(self, prefix: str) -> Sequence[LedgerRow]:
        """The rows of a run, whose keys start with *prefix*. Raises LedgerUnread."""


async def nothing_listed() -> None:
    """Of a system that lists nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A deployed system as its clients reach it, and its books."""

    endpoints: Mapping[str, str]
    """URL of each region's API on this machine."""
    resolver: Resolves
    """Where DNS leads its clients now: to the AWS name of a region's API or balancer."""
    credentials: Credentials
    owner: str
    """Whose the requests of the load are, as the keys of their entries end; empty where nobody is asked."""
    ledgers: Mapping[str, ReadsLedger]
    """By region."""
    listed: Callable[[], Awaitable[frozenset[str] | None]] = nothing_listed
    """See gameday.observe.target.World."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoRegionSystem:
    """A system whose lease one of two regions holds."""

    scenarios: Mapping[str, Scenario]
    """By code, in the order in which all are held."""
    requests: Requests
    reach: Callable[[Deployed, TwoRegionSettings, AwsClient], Reached]
