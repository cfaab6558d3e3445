"""When a run proves nothing. Every reason is a rule with a stable code; one is enough."""

from collections.abc import Sequence
from dataclasses import dataclass

from gameday.load.arrivals import lateness_p99_s
from gameday.load.records import Operation
from gameday.observe.calls import Call
from gameday.observe.history import Fault, History
from gameday.observe.host_load import HostLoad


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The least that a run must have been to mean something."""

    steady_requests: int
    steady_success: float = 0.99
    lateness_p99_s: float = 0.25
    load_per_core: float = 4.0
    steal: float = 0.10
    pressure: float = 0.35
    """54 drills on an idle machine with two cores reached 0.26, and up to 0.39 at 40 payments a second."""
    settle_s: float = 1.0
    """Attempts this close to the fault may have been cut by it; they say nothing about before."""


def invalid_reasons(
    *,
    history: History,
    operations: Sequence[Operation],
    calls: Sequence[Call],
    fault: Fault,
    steady_since: float,
    limits: Limits,
) -> list[str]:
    """Why this run proves nothing; empty when it is valid."""
    return [
        *_flapped(history, fault),
        *_not_steady(operations, steady_since, fault, limits),
        *_late(operations, limits),
        *_not_dead(operations, calls, fault),
    ]


def _flapped(history: History, fault: Fault) -> list[str]:
    """V10, V11: until the fault the primary was always ready, and DNS always named it."""
    before = [seen for seen in history.readiness if seen.at < fault.at]
    asked = [seen for seen in before if seen.region == fault.region]
    ready = [seen.ready for seen in asked]
    named = [seen.region for seen in history.dns if seen.at < fault.at]
    reasons = []
    if not ready or not all(ready):
        reasons.append(
            f"V10 health of {fault.region} flapped before the fault: "
            f"not ready in {ready.count(False)} of {len(ready)} looks"
            + "".join(f", {why}" for why in sorted({seen.reason for seen in asked if seen.reason}))
        )
    if not named or set(named) != {fault.region}:
        strays = len(named) - named.count(fault.region)
        reasons.append(f"V11 DNS left {fault.region} before the fault in {strays} of {len(named)} looks")
    return reasons


def _not_steady(operations: Sequence[Operation], since: float, fault: Fault, limits: Limits) -> list[str]:
    """V20, V21: enough requests before the fault, and nearly all of their attempts settled."""
    until = fault.at - limits.settle_s
    attempts = [a for op in operations for a in op.attempts if since <= a.started < until]
    settled = sum(attempt.settled for attempt in attempts)
    known = sum(at is not None and at < fault.at for at in (op.acknowledged_at for op in operations))
    reasons = []
    if known < limits.steady_requests:
        reasons.append(f"V20 only {known} requests before the fault, {limits.steady_requests} are needed")
    if not attempts or settled < limits.steady_success * len(attempts):
        reasons.append(f"V21 only {settled} of {len(attempts)} attempts were settled before the fault")
    return reasons


def _late(operations: Sequence[Operation], limits: Limits) -> list[str]:
    """V30: the load generator kept its schedule."""
    late = lateness_p99_s(operations)
    if late <= limits.lateness_p99_s:
        return []
    return [f"V30 the load generator fell behind: arrivals were {late * 1000:.0f} ms late at p99"]


def overloaded(host: HostLoad, limits: Limits) -> list[str]:
    """V40, V41: why a run that missed anything but safety proves nothing: the machine had no time to run it.

    One that met every expectation all the same proves more.
    """
    reasons = []
    if host.per_core > limits.load_per_core:
        reasons.append(f"V40 the host was overloaded: load of {host.per_core:.1f} a core")
    if host.steal > limits.steal:
        reasons.append(f"V41 the hypervisor took {host.steal:.0%} of the processor time")
    return reasons


def excuses(host: HostLoad, limits: Limits) -> list[str]:
    """V42: why a run that was too slow, and missed nothing else, proves nothing."""
    if host.pressure <= limits.pressure:
        return []
    return [f"V42 processes waited for a processor in {host.pressure:.0%} of half a minute"]


def _not_dead(operations: Sequence[Operation], calls: Sequence[Call], fault: Fault) -> list[str]:
    """V50, V51: a region that was killed or stopped was silent, to clients and to AWS."""
    answers = [
        attempt
        for operation in operations
        for attempt in operation.attempts
        if attempt.region == fault.region and fault.silent(attempt.ended)
    ]
    made = [
        call
        for call in calls
        if fault.silent(call.at) and call.status is not None and call.caller == fault.region
    ]
    reasons = []
    if answers:
        reasons.append(f"V50 {fault.region} still gave {len(answers)} answers while it was silenced")
    if made:
        reasons.append(f"V51 {fault.region} still made {len(made)} AWS calls while it was silenced")
    return reasons
