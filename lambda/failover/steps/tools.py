"""What the steps work with: the adapters of the region being activated, and of no other."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from durable.event_bus import EventBus
from durable.journal import Journal
from durable.ledger import Ledger
from failover.approvals import Approvals
from failover.lease_table import LeaseTable
from failover.operations import own_bus
from failover.region_api import RegionApi
from failover.service_function import MOST_AT_ONCE, WARM_TIMEOUT_S, ServiceFunction
from failover.takeover import Takeover
from runtime.clients import assumed, client
from runtime.clock import Clock, now_ms
from runtime.database import Database
from runtime.environment import Environment
from runtime.parameters import Parameters

if TYPE_CHECKING:
    from mypy_boto3_rds import RDSClient

PROMOTE_TIMEOUT_S = 30.0
STATEMENT_TIMEOUT_S = 10.0
"""Nobody is served yet: a step can wait for locks of a dying writer longer than a payment could."""

Facts = dict[str, object]
"""What a step reports: JSON, and evidence afterwards."""


def rds_here() -> "RDSClient":
    """Aurora's control plane in this region.

    One attempt: the step is retried as a whole, after asking the database again.
    """
    rds: RDSClient = client("rds", read_timeout=PROMOTE_TIMEOUT_S, attempts=1)
    return rds


def rds_in(region: str, parameters: Parameters) -> "RDSClient":
    """Aurora's control plane in another region, by the one role that may act there."""
    role = parameters.get("automation/role")
    rds: RDSClient = assumed("rds", role, region=region, read_timeout=PROMOTE_TIMEOUT_S)
    return rds


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The adapters of one region."""

    region: str
    leases: LeaseTable
    parameters: Parameters
    database: Database
    journal: Journal
    rds: "RDSClient"
    api: RegionApi
    service: ServiceFunction
    approvals: Approvals
    bus: EventBus
    clock: Clock
    pause: Callable[[float], None]
    """Wait so many seconds before looking again."""
    rds_in: Callable[[str], "RDSClient"]
    """The control plane of the region that gives its writer away: for planned takeovers only."""

    @classmethod
    def of(cls, environment: Environment) -> "Tools":
        """The adapters of the region this function runs in."""
        parameters = Parameters(client("ssm"), environment.parameter_prefix)
        dynamodb = client("dynamodb")
        return cls(
            region=environment.region,
            leases=LeaseTable(dynamodb, environment.lease_table, environment.system),
            parameters=parameters,
            database=Database(parameters, client("secretsmanager"), STATEMENT_TIMEOUT_S),
            journal=Journal.of(environment, dynamodb),
            rds=rds_here(),
            rds_in=lambda region: rds_in(region, parameters),
            api=RegionApi(parameters, region=environment.region),
            service=ServiceFunction(
                client("lambda", read_timeout=WARM_TIMEOUT_S, attempts=1, connections=MOST_AT_ONCE),
                parameters,
            ),
            approvals=Approvals(dynamodb, lambda: parameters.get("approvals/table")),
            bus=own_bus(environment.region, client("events", attempts=1), parameters, environment.system),
            clock=now_ms,
            pause=time.sleep,
        )

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """The ledger of this region, over a connection for one piece of work."""
        with self.database.session() as connection:
            yield Ledger(connection)


Step = Callable[[Takeover, Tools], Facts]
