"""What a system demands of its data before a takeover ends. Part of the step `reconcile`."""

from failover.steps.context import Facts, StepContext
from failover.steps.errors import Held
from failover.takeover import Takeover
from runtime.logs import logger

LISTED = 100
"""So many contradictions are told by name."""


def validated(takeover: Takeover, context: StepContext, *, until_ms: int) -> Facts:
    """What was compared. A contradiction halts new requests before this region serves anybody.

    Then the first attempt of a takeover is held, for a person to look. Whoever starts it again (`dr retry`)
    knows: the takeover goes on, and requests stay halted until a person lets them in.

    Raises Held.
    """
    if context.validation is None:
        return {}
    found = context.validation.examine(epoch=takeover.epoch, until_ms=until_ms)
    count = len(found.contradictions)
    facts: Facts = {"validated": found.compared, "accounts": found.accounts, "contradictions": count}
    if count == 0:
        return facts
    logger.error(
        "the data contradicts itself",
        extra={"takeover": takeover.name, **facts, "found": found.contradictions[:LISTED]},
    )
    context.validation.halt(f"{count} contradictions were found by takeover {takeover.name}")
    if takeover.attempt == 1:
        raise Held(f"{count} contradictions in the data, the first one: {found.contradictions[0]}")
    return facts
