"""The functions of the payment system that no client asks: keeper, steps of a takeover, reconciler."""

from functools import cache
from threading import Thread
from typing import TYPE_CHECKING, Any

from durable import composition
from durable.composition import Composition
from durable.reconciler import Reconciler
from failover.keeper import Keeper
from failover.ports import Facts
from failover.service_function import MOST_AT_ONCE, WARM_TIMEOUT_S, ServiceFunction
from failover.steps import answer
from failover.steps.context import StepContext
from payments.book import BOOK
from payments.own_api import OwnApi
from runtime import postgresql
from runtime.clients import client
from runtime.environment import Environment
from runtime.metrics import Meter
from runtime.parameters import Parameters

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def _service(parameters: Parameters, _region: str) -> ServiceFunction:
    lambdas = client("lambda", read_timeout=WARM_TIMEOUT_S, attempts=1, connections=MOST_AT_ONCE)
    return ServiceFunction(lambdas, parameters)


PAYMENTS = Composition(
    book=BOOK,
    driver=postgresql,
    api=lambda parameters, region: OwnApi(parameters, region=region),
    service=_service,
    requests="Payments",
)


def keep(_event: dict[str, Any], context: "LambdaContext") -> dict[str, int]:
    """Keep the lease for over three minutes; the schedule starts the next keeper every minute."""
    environment = Environment.from_env()
    if environment.authorization == "jwt":
        api = OwnApi(Parameters(client("ssm"), environment.parameter_prefix), region=environment.region)
        Thread(target=api.meet_a_token, daemon=True).start()  # however long it takes, no tick waits for it
    return composition.keep(kept(environment), environment, context)


def step(event: dict[str, Any], _context: object) -> Facts:
    """One task of the state machine, see `failover.steps.answer`."""
    return answer(event, step_context())


def reconcile(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """One run, started every minute: see `durable.composition.reconcile`."""
    reconciler, meter = reconciling()
    return composition.reconcile(reconciler, meter, event, PAYMENTS.requests)


@cache
def kept(environment: Environment) -> Keeper:
    """The keeper of this process: what it knows of its region outlives an outage of where it is kept.

    A keeper that is built anew needs SSM and Secrets Manager, and without them it could not say that the
    region is fit. The functions of four keepers take turns, so every one of them has been here before.
    """
    return keeper_of(environment)


def keeper_of(environment: Environment) -> Keeper:
    """The keeper of the region this function runs in."""
    return PAYMENTS.keeper(environment)


@cache
def step_context() -> StepContext:
    """What the steps of a takeover to the region this function runs in work with."""
    return PAYMENTS.step_context(Environment.from_env())


@cache
def reconciling() -> tuple[Reconciler, Meter]:
    """The reconciler of the region this function runs in, and what measures it."""
    environment = Environment.from_env()
    return PAYMENTS.reconciler(environment), Meter(environment)
