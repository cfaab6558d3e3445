"""The functions of a system that no client asks, put together: keeper, steps of a takeover, reconciler.

Here the recovery core (`failover`) and the durable requests are bound to each other and to one system.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from durable.announcements import Announcements, NotedBus
from durable.arrivals import MINUTE_MS
from durable.backlog import Backlog, Report
from durable.book import Book
from durable.early_acceptance import EarlyLimits
from durable.event_bus import EventBus, own_bus
from durable.journal import Journal
from durable.lease_view import ServingStatus
from durable.reconciler import STATEMENT_TIMEOUT_S as RECONCILER_TIMEOUT_S
from durable.reconciler import Reconciler
from durable.recovery import FencedLedger, JournalRecovery
from durable.validation import JournalValidation
from failover.approvals import Approvals
from failover.aurora import Aurora
from failover.decision import Policy
from failover.keeper import Keeper, run
from failover.keeper_sign import KeeperSign
from failover.lease_table import LeaseTable
from failover.loss import LossPolicy
from failover.observe import Observer
from failover.ports import Api, Service
from failover.sightings import Sightings
from failover.steps.context import StepContext
from failover.takeover import Takeovers
from runtime.clients import client
from runtime.clock import now_ms
from runtime.database import Database, Driver
from runtime.environment import Environment
from runtime.logs import logger
from runtime.metrics import COUNT, MILLISECONDS, Meter, Values
from runtime.parameters import Parameters

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_dynamodb import DynamoDBClient

STATEMENT_TIMEOUT_S = 10.0
"""Nobody is served yet: a step can wait for locks of a dying writer longer than a request could."""
CONNECT_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """What a system binds. Everything is of the region that the function runs in."""

    book: Book
    driver: Driver
    """Of the book's engine."""
    api: Callable[[Parameters, str], Api]
    """By the region's name."""
    service: Callable[[Parameters, str], Service]
    requests: str
    """What the system takes, as the names of its metrics begin."""
    halt: Callable[[Environment, "DynamoDBClient"], Callable[[str], None]] | None = None
    """Makes what stops new requests, for a reason; None where no takeover is validated."""

    def keeper(self, environment: Environment) -> Keeper:
        """The keeper of this region."""
        ttl_ms = environment.lease_ttl_s * 1000
        parameters = Parameters(client("ssm"), environment.parameter_prefix)
        leases = LeaseTable(client("dynamodb"), environment.lease_table, environment.system)
        takeovers = Takeovers(client("stepfunctions"), parameters)
        database = FencedLedger(self._database(parameters, CONNECT_TIMEOUT_S), self.book)
        journal = Journal.of(environment, client("dynamodb"), self.book)
        observer = Observer(
            environment.region,
            leases=leases,
            sightings=Sightings(ttl_ms=ttl_ms, clock=now_ms),
            database=database,
            recovery=JournalRecovery(journal=journal, database=database, clock=now_ms),
            api=self.api(parameters, environment.region),
            takeovers=takeovers,
            clock=now_ms,
        )
        policy = Policy(
            ttl_ms=ttl_ms,
            skew_ms=environment.clock_skew_s * 1000,
            transition_limit_ms=environment.transition_limit_s * 1000,
        )
        return Keeper(
            observer=observer,
            leases=leases,
            takeovers=takeovers,
            policy=policy,
            beat=lambda epoch, at_ms: database.beat(epoch, now_ms=at_ms),
            sign=_sign(environment),
        )

    def step_context(self, environment: Environment) -> StepContext:
        """What the steps of a takeover to this region work with."""
        parameters = Parameters(client("ssm"), environment.parameter_prefix)
        dynamodb = client("dynamodb")
        database = FencedLedger(self._database(parameters, STATEMENT_TIMEOUT_S), self.book)
        journal = Journal.of(environment, dynamodb, self.book)
        return StepContext(
            region=environment.region,
            leases=LeaseTable(dynamodb, environment.lease_table, environment.system),
            keeper=_sign(environment),
            database=database,
            recovery=JournalRecovery(journal=journal, database=database, clock=now_ms),
            writer=Aurora.of(parameters),
            api=self.api(parameters, environment.region),
            service=self.service(parameters, environment.region),
            validation=self._validation(environment, dynamodb, journal, database),
            approvals=Approvals(dynamodb, lambda: parameters.get("approvals/table")),
            policy=lambda: LossPolicy.parse(parameters.get("approvals/policy")),
            accepts_early=EarlyLimits.parse(environment.early_acceptance).requests > 0,
            bus=NotedBus(
                own_bus(environment.region, client("events", attempts=1), parameters, environment.system),
                database,
            ),
            clock=now_ms,
            pause=time.sleep,
        )

    def _validation(
        self, environment: Environment, dynamodb: "DynamoDBClient", journal: Journal, database: FencedLedger
    ) -> JournalValidation | None:
        if self.halt is None:
            return None
        stop = self.halt(environment, dynamodb)
        return JournalValidation(journal=journal, database=database, book=self.book, stop=stop)

    def reconciler(self, environment: Environment) -> Reconciler:
        """The reconciler of this region."""
        dynamodb = client("dynamodb")
        parameters = Parameters(client("ssm"), environment.parameter_prefix)
        journal = Journal.of(environment, dynamodb, self.book)
        return Reconciler(
            region=environment.region,
            ttl_ms=environment.lease_ttl_s * 1000,
            skew_ms=environment.clock_skew_s * 1000,
            leases=LeaseTable(dynamodb, environment.lease_table, environment.system),
            backlog=Backlog(region=environment.region, journal=journal, clock=now_ms),
            database=self._database(parameters, RECONCILER_TIMEOUT_S),
            book=self.book,
            bus=EventBus(environment.region, client("events"), parameters, environment.system),
            announcements=Announcements(
                own_bus(environment.region, client("events"), parameters, environment.system), now_ms
            ),
            clock=now_ms,
        )

    def _database(self, parameters: Parameters, timeout_s: float) -> Database:
        return Database(parameters, client("secretsmanager"), timeout_s, driver=self.driver)


def _sign(environment: Environment) -> KeeperSign:
    return KeeperSign(
        client("dynamodb"),
        environment.lease_table,
        system=environment.system,
        region=environment.region,
        term_ms=environment.lease_ttl_s * 1000,
    )


def keep(keeper: Keeper, environment: Environment, context: "LambdaContext") -> dict[str, int]:
    """Keep the lease for as long as a keeper lives; the schedule starts the next one every minute."""
    ticks = run(
        keeper.turn,
        tick_s=environment.tick_s,
        lifetime_s=environment.keeper_lifetime_s,
        remaining_s=lambda: context.get_remaining_time_in_millis() / 1000,
    )
    return {"ticks": ticks}


def reconcile(reconciler: Reconciler, meter: Meter, event: dict[str, Any], requests: str) -> dict[str, Any]:
    """One run, started every minute. {"try_parked": true} is for a person: see the runbook events-parked."""
    report = reconciler.run(try_parked=event.get("try_parked") is True)
    logger.info("reconciled", extra=(done := asdict(report)))
    if report.serving_status is ServingStatus.READY:
        meter.record(figures(report, requests))
    return done


def figures(report: Report, requests: str) -> Values:
    """What a run of the holder's reconciler measured."""
    found = {
        "IntentsSettled": (COUNT, report.settled),
        f"{requests}Replayed": (COUNT, report.replayed),
        "OldestIntentAge": (MILLISECONDS, report.oldest_ms),
        "EventsPublished": (COUNT, report.published),
        "EventsRefused": (COUNT, report.refused),
        "EventsParked": (COUNT, report.parked),
        "OldestEventAge": (MILLISECONDS, report.event_ms),
        "WatermarkAhead": (COUNT, int(report.watermark_ahead or report.arrivals_lack)),
        f"{requests}SetAside": (COUNT, report.set_aside),
    }
    if report.watermark is not None:
        found["WatermarkAge"] = (MILLISECONDS, now_ms() - report.watermark * MINUTE_MS)
    return found
