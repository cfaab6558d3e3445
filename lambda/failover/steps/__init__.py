"""The steps of a takeover: each sets a state, reads it back, and may run any number of times."""

from collections.abc import Mapping
from typing import Any

from failover.lease_table import LeaseLost, LeaseUnknown
from failover.order import FORCED
from failover.ports import RecoveryUnavailable, WriterUnavailable
from failover.steps import (
    accept,
    activate,
    approve,
    drain,
    fence,
    guard,
    hand_over,
    promote,
    reconcile,
    record,
    settle,
    undo,
    verify,
    wait_writer,
    warm,
)
from failover.steps.context import Facts, Step, StepContext
from failover.steps.errors import Held, NotYet
from failover.steps.inspection import inspect
from failover.takeover import Phase, Takeover
from runtime.database import DatabaseUnavailable
from runtime.logs import logger
from runtime.parameters import ParameterUnavailable

_RUN: dict[str, Step] = {
    module.__name__.rpartition(".")[2]: module.run
    for module in (
        guard,
        warm,
        drain,
        settle,
        approve,
        accept,
        promote,
        wait_writer,
        hand_over,
        fence,
        reconcile,
        activate,
        verify,
        record,
        undo,
    )
}
STEPS = {step.name: _RUN[step.name] for step in FORCED}
"""Of every takeover, in the order of the state machine."""
PLANNED_STEPS = {name: run for name, run in _RUN.items() if name not in STEPS}
"""Of a planned one besides, with `undo` if it fails."""

RETIRED = frozenset({"publish"})
"""Steps of earlier releases: an execution keeps the definition that it began with, across a deployment."""

_PHASES = {
    "guard": guard.MAY_BEGIN,
    "warm": guard.MAY_BEGIN,
    "drain": guard.MAY_BEGIN,
    "settle": settle.DRAINED,
    "promote": settle.DRAINED,
    "wait_writer": settle.DRAINED,
    "hand_over": settle.DRAINED,
    "undo": frozenset(Phase),
}
"""Where the lease may stand for a step; for all others it must be here."""

_UNAVAILABLE = (
    DatabaseUnavailable,
    LeaseUnknown,
    ParameterUnavailable,
    RecoveryUnavailable,
    WriterUnavailable,
)


def perform(name: str, takeover: Takeover, context: StepContext) -> Facts:
    """Run one step, if the lease still asks for this takeover.

    Raises:
        NotYet: a dependency did not answer, or the wanted state was not seen. Run it again.
        Held: this takeover must not go on.
    """
    try:
        guard.current_lease(takeover, context, phases=_PHASES.get(name, guard.HERE))
        if name in RETIRED:
            return {"retired": True}
        facts = (STEPS | PLANNED_STEPS)[name](takeover, context)
    except LeaseLost as error:
        raise Held(str(error)) from error
    except _UNAVAILABLE as error:
        raise NotYet(str(error)) from error
    logger.info("step", extra={"step": name, "execution": takeover.name, "facts": facts})
    return facts


def answer(event: Mapping[str, Any], context: StepContext) -> Facts:
    """One task of the state machine: {"step": name, "takeover": input of the execution}.

    An operator may also ask for {"step": "inspect"}, which belongs to no takeover and changes nothing.
    """
    if event["step"] == "inspect":
        return inspect(context)
    return perform(event["step"], Takeover.from_payload(event["takeover"]), context)
