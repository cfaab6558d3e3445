"""How long requests stop when a region dies: the takeover and, beside it, the ways of DNS and of events."""

from budget.declared import declared
from budget.model import Basis, Leg, Objective
from lib.failover.states import State
from lib.failover.takeover import takeover
from lib.settings.two_regions import TwoRegionSettings


def recovery_time(settings: TwoRegionSettings) -> tuple[Objective, ...]:
    """All ways run at the same time, so each has the whole objective for itself."""
    limit = settings.objectives.rto_s
    return (
        *_accepted(settings),
        Objective(name="rto_takeover", limit_s=limit, legs=(*_detection(settings), *_takeover(settings))),
        Objective(name="rto_dns", limit_s=limit, legs=_dns(settings)),
        Objective(
            name="rto_events",
            limit_s=limit,
            legs=(declared("event_endpoint", "the event endpoint sends to the other region's bus"),),
        ),
    )


def _detection(settings: TwoRegionSettings) -> tuple[Leg, ...]:
    """The holder renewed at best a tick before it died, at worst just then."""
    protocol = settings.protocol
    return (
        _configured(
            "lease of the lost region runs out",
            protocol.lease_ttl_s - protocol.tick_s,
            protocol.lease_ttl_s,
            "protocol.lease_ttl_s, protocol.tick_s",
        ),
        _configured(
            "clocks may differ", protocol.clock_skew_s, protocol.clock_skew_s, "protocol.clock_skew_s"
        ),
        _configured("next tick of the challenger", 0, protocol.tick_s, "protocol.tick_s"),
    )


def _accepted(settings: TwoRegionSettings) -> tuple[Objective, ...]:
    """Until requests are accepted again, which waits for no promotion; where the settings allow it."""
    if not settings.early_acceptance.requests:
        return ()
    tasks = forced_tasks(takeover("steps", settings.limits))
    steps = [task["Parameters"]["Payload"]["step"] for task in tasks]
    once = sum(task["TimeoutSeconds"] for task in tasks[: steps.index("accept") + 1])
    run = _configured(
        "steps before requests are accepted", 0, once, "TimeoutSeconds of these steps, each run once"
    )
    limit = settings.objectives.rto_s
    return (Objective(name="rto_accepted", limit_s=limit, legs=(*_detection(settings), run)),)


def _takeover(settings: TwoRegionSettings) -> tuple[Leg, ...]:
    machine = takeover("steps", settings.limits)
    limit_s = machine["TimeoutSeconds"]
    pause = machine["States"]["PauseWriter"]["Seconds"]
    retries = sum(_longest(task) for task in forced_tasks(machine))
    return (
        declared("aurora_promotion", "Aurora promotes the other region's cluster"),
        _configured(
            "pause between two looks at the writer",
            0,
            pause,
            f"the state machine; after {limit_s} s (2 x objectives.rto_s) a human decides",
        ),
        _configured(
            "steps that are retried to the very end",
            0,
            min(retries, limit_s),
            f"TimeoutSeconds and Retry of the steps of a failover; the keeper ends it after {limit_s} s",
        ),
    )


def forced_tasks(machine: State) -> list[State]:
    """The tasks that a failover runs when every step succeeds, in order."""
    tasks, name = [], machine["StartAt"]
    while (state := machine["States"][name])["Type"] != "Succeed":
        if state["Type"] == "Task":
            tasks.append(state)
        done = (choice["Next"] for choice in state.get("Choices", ()) if choice.get("BooleanEquals"))
        name = next(done, None) or state.get("Next") or state["Default"]
    return tasks


def _longest(task: State) -> float:
    """How long a task may take before it is given up: every try runs into its time limit."""
    (retry,) = [one for one in task["Retry"] if one["MaxAttempts"]]
    first, growth, longest = (
        float(retry[key]) for key in ("IntervalSeconds", "BackoffRate", "MaxDelaySeconds")
    )
    pauses = sum(min(first * growth**n, longest) for n in range(retry["MaxAttempts"]))
    tries = int(retry["MaxAttempts"]) + 1
    return pauses + tries * float(task["TimeoutSeconds"])


def _dns(settings: TwoRegionSettings) -> tuple[Leg, ...]:
    interval, threshold = settings.dns.health_check_interval_s, settings.dns.health_check_threshold
    return (
        _configured(
            "failed health checks in a row",
            interval * (threshold - 1),
            interval * threshold,
            "dns.health_check_interval_s x dns.health_check_threshold",
        ),
        declared("health_check_answer", "a health check waits for its answer"),
        declared("health_aggregation", "Route 53 combines its health checkers"),
        _configured("resolvers keep the old answer", 0, settings.dns.ttl_s, "dns.ttl_s"),
    )


def _configured(name: str, least_s: float, most_s: float, source: str) -> Leg:
    return Leg(name=name, basis=Basis.CONFIGURED, least_s=least_s, most_s=most_s, source=source)
