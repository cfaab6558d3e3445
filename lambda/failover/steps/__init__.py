"""The steps of a takeover: each sets a state, reads it back, and may run any number of times."""

from functools import cache
from typing import Any

from failover.steps import (
    activate,
    fence,
    guard,
    promote,
    publish,
    reconcile,
    record,
    verify,
    wait_writer,
)
from failover.steps.errors import NotYet
from failover.steps.tools import Facts, Step, Tools
from failover.takeover import Takeover
from payments.errors import JournalUnavailable
from runtime.database import DatabaseUnavailable
from runtime.environment import Environment
from runtime.logs import logger
from runtime.parameters import ParameterUnavailable

STEPS: dict[str, Step] = {
    "guard": guard.run,
    "promote": promote.run,
    "wait_writer": wait_writer.run,
    "fence": fence.run,
    "reconcile": reconcile.run,
    "publish": publish.run,
    "activate": activate.run,
    "verify": verify.run,
    "record": record.run,
}
"""In the order of the state machine."""


def perform(name: str, takeover: Takeover, tools: Tools) -> Facts:
    """Run one step, if the lease still asks for this takeover.

    Raises:
        NotYet: a dependency did not answer, or the wanted state was not seen. Run it again.
        Held: this takeover must not go on.
    """
    guard.current_lease(takeover, tools)
    try:
        facts = STEPS[name](takeover, tools)
    except (DatabaseUnavailable, JournalUnavailable, ParameterUnavailable) as error:
        raise NotYet(str(error)) from error
    logger.info("step", extra={"step": name, "execution": takeover.name, "facts": facts})
    return facts


def handler(event: dict[str, Any], _context: object) -> Facts:
    """One task of the state machine: {"step": name, "takeover": input of the execution}."""
    return perform(event["step"], Takeover.from_payload(event["takeover"]), _tools())


@cache
def _tools() -> Tools:
    return Tools.of(Environment.from_env())
