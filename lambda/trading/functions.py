"""The functions of the trading platform that no client asks: keeper, steps of a takeover, reconciler."""

from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any

from durable import composition
from durable.composition import Composition
from durable.journal import Journal
from durable.lease_view import ServingStatus
from durable.reconciler import Reconciler
from durable.trail import Trail
from failover.keeper import Keeper
from failover.lease_table import LeaseTable
from failover.ports import Facts, RecoveryUnavailable
from failover.standing_service import StandingService
from failover.steps import answer
from failover.steps.context import StepContext
from runtime import mysql
from runtime.clients import client
from runtime.clock import now_ms
from runtime.environment import Environment
from runtime.metrics import Meter
from runtime.parameters import Parameters
from trading.book import BOOK
from trading.halt import Halt, HaltSwitch, HaltUnknown
from trading.own_api import OrderApi

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_dynamodb import DynamoDBClient


def _halting(environment: Environment, dynamodb: "DynamoDBClient") -> Callable[[str], None]:
    """What throws the kill switch. Raises RecoveryUnavailable when nobody knows whether it is thrown."""
    switch = HaltSwitch(dynamodb, environment.lease_table, environment.system)

    def halt(reason: str) -> None:
        try:
            switch.halt(Halt(reason=reason, by=f"a takeover to {environment.region}", at_ms=now_ms()))
        except HaltUnknown as error:
            raise RecoveryUnavailable(str(error)) from error

    return halt


TRADING = Composition(
    book=BOOK,
    driver=mysql,
    api=lambda parameters, region: OrderApi(parameters, region=region),
    service=lambda parameters, region: StandingService(OrderApi(parameters, region=region)),
    requests="Orders",
    halt=_halting,
)


def keep(_event: dict[str, Any], context: "LambdaContext") -> dict[str, int]:
    """Keep the lease for over three minutes; the schedule starts the next keeper every minute."""
    environment = Environment.from_env()
    return composition.keep(kept(environment), environment, context)


def step(event: dict[str, Any], _context: object) -> Facts:
    """One task of the state machine, see `failover.steps.answer`."""
    return answer(event, step_context())


def reconcile(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """One run, started every minute: see `durable.composition.reconcile`. Then the audit trail is written."""
    reconciler, meter = reconciling()
    done = composition.reconcile(reconciler, meter, event, TRADING.requests)
    serves = done["serving_status"] == ServingStatus.READY and done["watermark"] is not None
    return {**done, "pages": trail().write(before=done["watermark"]) if serves else 0}


@cache
def kept(environment: Environment) -> Keeper:
    """The keeper of this process, which outlives an outage of what it was built from."""
    return TRADING.keeper(environment)


@cache
def step_context() -> StepContext:
    """What the steps of a takeover to the region this function runs in work with."""
    return TRADING.step_context(Environment.from_env())


@cache
def reconciling() -> tuple[Reconciler, Meter]:
    """The reconciler of the region this function runs in, and what measures it."""
    environment = Environment.from_env()
    return TRADING.reconciler(environment), Meter(environment)


@cache
def trail() -> Trail:
    """The audit trail that the region this function runs in writes."""
    environment = Environment.from_env()
    dynamodb, parameters = client("dynamodb"), Parameters(client("ssm"), environment.parameter_prefix)
    leases = LeaseTable(dynamodb, environment.lease_table, environment.system)
    switch = HaltSwitch(dynamodb, environment.lease_table, environment.system)

    def seen() -> dict[str, Any]:
        lease, halt = leases.read(), switch.read()
        return {
            "epoch": lease.epoch if lease else None,
            "holder": lease.holder if lease else None,
            "automation": lease.automation if lease else None,
            "halt": asdict(halt) if halt else None,
        }

    return Trail(
        client("s3"),
        lambda: parameters.get("audit/bucket"),
        Journal.of(environment, dynamodb, BOOK),
        region=environment.region,
        seen=seen,
    )
