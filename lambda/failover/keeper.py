"""The keeper: observe, decide, act, every few seconds, in both regions alike."""

import time
from collections.abc import Callable

from failover.decision import PATIENCE_MS, Action, Decision, Policy, Rule, decide
from failover.lease import Lease, LeaseState
from failover.lease_table import LeaseError, LeaseTable
from failover.observation import Observation
from failover.observe import Observer
from failover.ports import Sign, StaleEpoch
from failover.rules import CLOCK_OFF, EXPIRES_IN, TURN
from failover.takeover import Takeover, TakeoverNotStarted, Takeovers
from runtime.database import DatabaseUnavailable
from runtime.logs import logger

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
        sign: Sign,
        steady_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._beat = beat
        self._sign = sign
        self._steady_s = steady_s
        self._since_s: dict[Rule, float] = {}
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
            self._sign.leave(seen.now_ms)
        except (LeaseError, TakeoverNotStarted, DatabaseUnavailable, StaleEpoch) as error:
            outcome = f"{type(error).__name__}: {error}"
        _log(seen, decision, outcome)
        return decision

    def _lasting(self, decision: Decision) -> Decision:
        """The decision, which knows since when its rule has applied in this keeper's life.

        Rules that may last hand over to one another while nobody serves: only one that is as it should be, or
        that has a limit of its own, ends them.
        """
        now_s = self._steady_s()
        if decision.rule not in PATIENCE_MS:
            self._since_s.clear()
        since_s = self._since_s.setdefault(decision.rule, now_s)
        return decision.after(int((now_s - since_s) * 1000))

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
            EXPIRES_IN: seen.lease.expires_at_ms - seen.now_ms,
            CLOCK_OFF: seen.clock_off_ms,
        }
    log = logger.error if decision.calls else logger.info
    log(TURN, extra=line)
