"""The takeover in Amazon States Language, made of the order of its steps. Pure. One machine for every kind.

Which steps there are, and in which order, only `failover.order` says; here they get their states.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise, takewhile

from failover.order import FENCE, FORCED, PLANNED, WAIT_WRITER, PlannedStep
from lib.failover.states import ABORTED, DONE, HELD, NOT_APPROVED, State, ends, if_planned, task, waiting
from lib.settings.timing import Limits

OF_ITS_OWN = {"guard": "GuardPlanned", "promote": "Switch", "reconcile": "CatchUp"}
"""Steps that a planned takeover has in a state of its own: it goes on elsewhere from there."""
WAITED_FOR = {"approve": "Approval", "settle": "Settled", "wait_writer": "Writer"}
"""Steps that are asked until they answer `done`."""
FORKS = {"Writer": "IsLeaseElsewhere", "Fence": "MayHaveLost", "Activate": "MayLackAccepted"}
"""The choice after a state from which planned and other takeovers go on differently."""
MAY_FAIL_S = {"Accept": 10}
"""States without which a takeover goes on, and how long they are tried: they must not make it late."""
APPROVAL_PAUSE_S, PAUSE_S = 5, 1
"""Between two looks at what is waited for."""


def takeover(function_arn: str, limits: Limits) -> State:
    """The definition: the steps of one function in order, each tried again and waited for within *limits*.

    A planned takeover drains and settles before the writer moves, and gets the lease after it; until then
    a failure is undone. Any other has the lease from the beginning, and a failure holds it. A switchover
    loses no row, so a planned takeover looks for requests that were only accepted after it serves again.
    """
    forced, planned = _named(FORCED, WAITED_FOR), _named(PLANNED, WAITED_FOR | OF_ITS_OWN)
    undo = task(function_arn, "undo", then=ABORTED, failed=HELD, retry_s=limits.planned_retry_s)
    return {
        "Comment": "Make this region serve",
        "StartAt": "IsPlanned",
        "TimeoutSeconds": limits.transition_s,
        "States": {
            "IsPlanned": if_planned(_entry(next(iter(planned))), otherwise=_entry(next(iter(forced)))),
            **_steps(function_arn, limits, forced, planned),
            "MayUndo": if_planned("Undo", otherwise=HELD),
            "Undo": undo,
            **ends(),
        },
    }


def _steps(
    function_arn: str, limits: Limits, forced: Mapping[str, str], planned: Mapping[str, str]
) -> dict[str, State]:
    """The states of all steps, and the choices between them."""
    undone = {*_until(FENCE, forced), *_until(FENCE, planned)}
    draining = {*_until(WAIT_WRITER, planned)} - forced.keys()
    ways = _next(forced), _next(planned)
    states: dict[str, State] = {}
    late: dict[str, State] = {}
    for name in _merged(forced, planned):
        then = [way[name] for way in ways if name in way]
        fork = {FORKS[name]: if_planned(then[1], otherwise=then[0])} if len({*then}) > 1 else {}
        step = task(
            function_arn,
            {**forced, **planned}[name],
            then=next(iter(fork), then[0]),
            failed=then[0] if name in MAY_FAIL_S else "MayUndo" if name in undone else HELD,
            retry_s=MAY_FAIL_S.get(name, limits.planned_retry_s if name in draining else limits.retry_s),
        )
        states |= _states(name, step, limits)
        (states if name in undone else late).update(fork)
    return states | late


def _states(name: str, step: State, limits: Limits) -> dict[str, State]:
    """The states of one step: its task, and what waits for it."""
    match name:
        case "Approval":
            waits = limits.approval_s // APPROVAL_PAUSE_S
            return waiting(name, step, waits=waits, pause_s=APPROVAL_PAUSE_S, given_up=NOT_APPROVED)
        case "Settled":
            return waiting(name, step, waits=limits.settle_waits, pause_s=PAUSE_S, given_up="MayUndo")
        case "Writer":
            return waiting(name, step, waits=limits.writer_s, pause_s=PAUSE_S, given_up="MayUndo")
    return {name: step}


def _named(steps: Iterable[PlannedStep], names: Mapping[str, str]) -> dict[str, str]:
    """The names of the states of these steps, in order, and the step of each."""
    return {names.get(step.name) or step.name.title().replace("_", ""): step.name for step in steps}


def _entry(name: str) -> str:
    """The first of the states of a step."""
    return f"Start{name}" if name in WAITED_FOR.values() else name


def _next(row: Iterable[str]) -> dict[str, str]:
    """Where each step leads."""
    return {name: _entry(then) for name, then in pairwise([*row, DONE])}


def _until(step: PlannedStep, row: Mapping[str, str]) -> Iterator[str]:
    """The states before that step."""
    return takewhile(lambda name: row[name] != step.name, row)


def _merged(forced: Iterable[str], planned: Iterable[str]) -> Iterator[str]:
    """Both rows in one: what only a planned takeover has stands before the state where the two meet."""
    left = [*planned]
    for name in forced:
        if name in left:
            place = left.index(name)
            yield from left[:place]
            left = left[place + 1 :]
        yield name
