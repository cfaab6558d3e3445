"""The keeper: observe, decide, act, every few seconds, in both regions alike."""

import time
from collections.abc import Callable
from functools import cache
from threading import Thread
from typing import TYPE_CHECKING, Any

from durable.errors import StaleEpoch
from durable.journal import Journal
from durable.ledger import Ledger
from failover.decision import Action, Decision, Policy, Rule, decide
from failover.lease import Lease, LeaseState
from failover.lease_table import LeaseError, LeaseTable
from failover.observation import Observation
from failover.observe import Observer
from failover.region_api import RegionApi
from failover.sightings import Sightings
from failover.takeover import Takeover, TakeoverNotStarted, Takeovers
from runtime.clients import client
from runtime.clock import now_ms
from runtime.database import Database, DatabaseUnavailable
from runtime.environment import Environment
from runtime.logs import logger
from runtime.parameters import Parameters

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

LAST_TICK_S = 20.0
"""A tick is not begun with less of the function's time left than the slowest tick takes."""


Beat = Callable[[int, int], None]
"""Writes the heartbeat of an epoch, at a time in milliseconds, into the ledger."""


class Keeper:
    """One region's keeper of the lease."""

    def __init__(
        self,
        *,
        observer: Observer,
        leases: LeaseTable,
        takeovers: Takeovers,
        policy: Policy,
        beat: Beat,
        steady_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._beat = beat
        self._steady_s = steady_s
        self._rule: Rule | None = None
        self._since_s = 0.0
        self._observer = observer
        self._leases = leases
        self._takeovers = takeovers
        self._policy = policy

    def turn(self) -> Decision:
        """One tick. Whatever it could not do, the next one derives again from what it then sees."""
        seen = self._observer.observe()
        decision = self._lasting(decide(seen, self._policy))
        outcome = "done"
        try:
            self._act(decision.action, seen)
        except (LeaseError, TakeoverNotStarted, DatabaseUnavailable, StaleEpoch) as error:
            outcome = f"{type(error).__name__}: {error}"
        _log(seen, decision, outcome)
        return decision

    def _lasting(self, decision: Decision) -> Decision:
        """The decision, which knows for how long its rule has applied in this keeper's life."""
        now_s = self._steady_s()
        if decision.rule is not self._rule:
            self._rule, self._since_s = decision.rule, now_s
        return decision.after(int((now_s - self._since_s) * 1000))

    def _act(self, action: Action, seen: Observation) -> None:
        # Terms count from before the observation: a slow tick makes a lease shorter, never longer.
        now, ttl = seen.now_ms, self._policy.ttl_ms
        match action, seen.lease:
            case Action.TAKE_FIRST, _:
                lease = self._leases.create(holder=seen.region, now_ms=now, ttl_ms=ttl)
            case Action.TAKE_OVER, Lease() as old:
                lease = self._leases.take_over(old, by=seen.region, now_ms=now, ttl_ms=ttl)
            case Action.TAKE_BACK, Lease() as old:
                lease = self._leases.take_back(old, by=seen.region, now_ms=now, ttl_ms=ttl)
            case ((Action.RENEW | Action.CONTINUE), Lease() as mine):
                lease = self._leases.renew(mine, expires_at_ms=now + ttl)
            case Action.STAY, Lease() as mine:
                self._leases.stay(mine, now_ms=now)
                return
            case _:
                return
        # The lease as the write found it: by now it may serve, or be drained for the other region.
        if lease.state is LeaseState.TAKING:
            self._takeovers.start(Takeover.of(lease))
        elif lease.state is LeaseState.ACTIVE:
            self._beat(lease.epoch, now)


def run(
    turn: Callable[[], object],
    *,
    tick_s: float,
    lifetime_s: float,
    remaining_s: Callable[[], float],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Tick until the lifetime ends or the function has too little time left.

    A tick that took longer than its interval is followed by the next at once, but never by several.

    Returns:
        The number of ticks, at least one.
    """
    end = clock() + lifetime_s
    due = clock()
    ticks = 0
    while True:
        turn()
        ticks += 1
        now = clock()
        due = max(due + tick_s, now)
        if due >= end or remaining_s() - (due - now) < LAST_TICK_S:
            return ticks
        sleep(due - now)


@cache
def kept(environment: Environment) -> Keeper:
    """The keeper of this process: what it knows of its region outlives an outage of where it is kept.

    A keeper that is built anew needs SSM and Secrets Manager, and without them it could not say that the
    region is fit. The functions of four keepers take turns, so every one of them has been here before.
    """
    return build(environment)


def build(environment: Environment) -> Keeper:
    """The keeper of the region this function runs in."""
    ttl_ms = environment.lease_ttl_s * 1000
    parameters = Parameters(client("ssm"), environment.parameter_prefix)
    leases = LeaseTable(client("dynamodb"), environment.lease_table, environment.system)
    takeovers = Takeovers(client("stepfunctions"), parameters)
    database = Database(parameters, client("secretsmanager"))
    observer = Observer(
        environment.region,
        leases=leases,
        sightings=Sightings(ttl_ms=ttl_ms, clock=now_ms),
        database=database,
        journal=Journal.of(environment, client("dynamodb")),
        api=RegionApi(parameters, region=environment.region),
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
        beat=lambda epoch, at_ms: _beat(database, epoch, at_ms),
    )


def _beat(database: Database, epoch: int, at_ms: int) -> None:
    with database.session() as connection:
        Ledger(connection).beat(epoch, now_ms=at_ms)


def handler(_event: dict[str, Any], context: "LambdaContext") -> dict[str, int]:
    """Keep the lease for over three minutes; the schedule starts the next keeper every minute."""
    environment = Environment.from_env()
    if environment.authorization == "jwt":
        api = RegionApi(Parameters(client("ssm"), environment.parameter_prefix), region=environment.region)
        Thread(target=api.meet_a_token, daemon=True).start()  # however long it takes, no tick waits for it
    ticks = run(
        kept(environment).turn,
        tick_s=environment.tick_s,
        lifetime_s=environment.keeper_lifetime_s,
        remaining_s=lambda: context.get_remaining_time_in_millis() / 1000,
    )
    return {"ticks": ticks}


def _log(seen: Observation, decision: Decision, outcome: str) -> None:
    """One line a tick. An alarm counts the lines of level ERROR by their rule."""
    line: dict[str, object] = {
        "action": decision.action,
        "rule": decision.rule,
        "reason": decision.reason,
        "outcome": outcome,
        "region": seen.region,
        "database": seen.database,
        "journal": seen.journal,
        "api": seen.api,
        "ready": seen.ready,
        "takeover": seen.takeover,
    }
    if isinstance(seen.lease, Lease):
        line |= {
            "epoch": seen.lease.epoch,
            "holder": seen.lease.holder,
            "state": seen.lease.state,
            "expires_in_ms": seen.lease.expires_at_ms - seen.now_ms,
            "clock_off_ms": seen.clock_off_ms,
        }
    log = logger.error if decision.calls else logger.info
    log("keeper", extra=line)
