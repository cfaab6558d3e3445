"""The functions of the payment system that no client asks: keeper, steps of a takeover, reconciler.

Here the recovery core (`failover`) and the durable requests (`durable`) are bound to payments.
"""

import time
from dataclasses import asdict
from functools import cache
from threading import Thread
from typing import TYPE_CHECKING, Any

from durable.announcements import Announcements, NotedBus
from durable.arrivals import MINUTE_MS
from durable.backlog import Backlog
from durable.event_bus import EventBus, own_bus
from durable.journal import Journal
from durable.lease_view import ServingStatus
from durable.reconciler import STATEMENT_TIMEOUT_S as RECONCILER_TIMEOUT_S
from durable.reconciler import Reconciler
from durable.recovery import FencedLedger, JournalRecovery
from failover.approvals import Approvals
from failover.aurora import Aurora
from failover.decision import Policy
from failover.keeper import Keeper, run
from failover.keeper_sign import KeeperSign
from failover.lease_table import LeaseTable
from failover.loss import LossPolicy
from failover.observe import Observer
from failover.ports import Facts
from failover.service_function import MOST_AT_ONCE, WARM_TIMEOUT_S, ServiceFunction
from failover.sightings import Sightings
from failover.steps import answer
from failover.steps.context import StepContext
from failover.takeover import Takeovers
from payments.book import BOOK
from payments.own_api import OwnApi
from runtime.clients import client
from runtime.clock import now_ms
from runtime.database import Database
from runtime.environment import Environment
from runtime.logs import logger
from runtime.metrics import COUNT, MILLISECONDS, Meter
from runtime.parameters import Parameters

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

STATEMENT_TIMEOUT_S = 10.0
"""Nobody is served yet: a step can wait for locks of a dying writer longer than a payment could."""


def keep(_event: dict[str, Any], context: "LambdaContext") -> dict[str, int]:
    """Keep the lease for over three minutes; the schedule starts the next keeper every minute."""
    environment = Environment.from_env()
    if environment.authorization == "jwt":
        api = OwnApi(Parameters(client("ssm"), environment.parameter_prefix), region=environment.region)
        Thread(target=api.meet_a_token, daemon=True).start()  # however long it takes, no tick waits for it
    ticks = run(
        kept(environment).turn,
        tick_s=environment.tick_s,
        lifetime_s=environment.keeper_lifetime_s,
        remaining_s=lambda: context.get_remaining_time_in_millis() / 1000,
    )
    return {"ticks": ticks}


def step(event: dict[str, Any], _context: object) -> Facts:
    """One task of the state machine, see `failover.steps.answer`."""
    return answer(event, step_context())


def reconcile(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """One run, started every minute. {"try_parked": true} is for a person: see the runbook events-parked."""
    reconciler, meter = reconciling()
    report = reconciler.run(try_parked=event.get("try_parked") is True)
    logger.info("reconciled", extra=(done := asdict(report)))
    if report.serving_status is ServingStatus.READY:
        figures = {
            "IntentsSettled": (COUNT, report.settled),
            "PaymentsReplayed": (COUNT, report.replayed),
            "OldestIntentAge": (MILLISECONDS, report.oldest_ms),
            "EventsPublished": (COUNT, report.published),
            "EventsRefused": (COUNT, report.refused),
            "EventsParked": (COUNT, report.parked),
            "OldestEventAge": (MILLISECONDS, report.event_ms),
            "WatermarkAhead": (COUNT, int(report.watermark_ahead or report.arrivals_lack)),
            "PaymentsSetAside": (COUNT, report.set_aside),
        }
        if report.watermark is not None:
            figures["WatermarkAge"] = (MILLISECONDS, now_ms() - report.watermark * MINUTE_MS)
        meter.record(figures)
    return done


@cache
def kept(environment: Environment) -> Keeper:
    """The keeper of this process: what it knows of its region outlives an outage of where it is kept.

    A keeper that is built anew needs SSM and Secrets Manager, and without them it could not say that the
    region is fit. The functions of four keepers take turns, so every one of them has been here before.
    """
    return keeper_of(environment)


def keeper_of(environment: Environment) -> Keeper:
    """The keeper of the region this function runs in."""
    ttl_ms = environment.lease_ttl_s * 1000
    parameters = Parameters(client("ssm"), environment.parameter_prefix)
    leases = LeaseTable(client("dynamodb"), environment.lease_table, environment.system)
    takeovers = Takeovers(client("stepfunctions"), parameters)
    database = FencedLedger(Database(parameters, client("secretsmanager")), BOOK)
    journal = Journal.of(environment, client("dynamodb"), BOOK)
    observer = Observer(
        environment.region,
        leases=leases,
        sightings=Sightings(ttl_ms=ttl_ms, clock=now_ms),
        database=database,
        recovery=JournalRecovery(journal=journal, database=database, clock=now_ms),
        api=OwnApi(parameters, region=environment.region),
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


def _sign(environment: Environment) -> KeeperSign:
    return KeeperSign(
        client("dynamodb"),
        environment.lease_table,
        system=environment.system,
        region=environment.region,
        term_ms=environment.lease_ttl_s * 1000,
    )


@cache
def step_context() -> StepContext:
    """What the steps of a takeover to the region this function runs in work with."""
    environment = Environment.from_env()
    parameters = Parameters(client("ssm"), environment.parameter_prefix)
    dynamodb = client("dynamodb")
    database = FencedLedger(Database(parameters, client("secretsmanager"), STATEMENT_TIMEOUT_S), BOOK)
    journal = Journal.of(environment, dynamodb, BOOK)
    return StepContext(
        region=environment.region,
        leases=LeaseTable(dynamodb, environment.lease_table, environment.system),
        keeper=_sign(environment),
        database=database,
        recovery=JournalRecovery(journal=journal, database=database, clock=now_ms),
        writer=Aurora.of(parameters),
        api=OwnApi(parameters, region=environment.region),
        service=ServiceFunction(
            client("lambda", read_timeout=WARM_TIMEOUT_S, attempts=1, connections=MOST_AT_ONCE),
            parameters,
        ),
        approvals=Approvals(dynamodb, lambda: parameters.get("approvals/table")),
        policy=lambda: LossPolicy.parse(parameters.get("approvals/policy")),
        bus=NotedBus(
            own_bus(environment.region, client("events", attempts=1), parameters, environment.system),
            database,
        ),
        clock=now_ms,
        pause=time.sleep,
    )


@cache
def reconciling() -> tuple[Reconciler, Meter]:
    """The reconciler of the region this function runs in, and what measures it."""
    environment = Environment.from_env()
    dynamodb = client("dynamodb")
    parameters = Parameters(client("ssm"), environment.parameter_prefix)
    journal = Journal.of(environment, dynamodb, BOOK)
    reconciler = Reconciler(
        region=environment.region,
        ttl_ms=environment.lease_ttl_s * 1000,
        skew_ms=environment.clock_skew_s * 1000,
        leases=LeaseTable(dynamodb, environment.lease_table, environment.system),
        backlog=Backlog(region=environment.region, journal=journal, clock=now_ms),
        database=Database(parameters, client("secretsmanager"), RECONCILER_TIMEOUT_S),
        book=BOOK,
        bus=EventBus(environment.region, client("events"), parameters, environment.system),
        announcements=Announcements(
            own_bus(environment.region, client("events"), parameters, environment.system), now_ms
        ),
        clock=now_ms,
    )
    return reconciler, Meter(environment)
