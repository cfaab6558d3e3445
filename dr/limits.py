"""How long each command may take, all in all: its one deadline."""

from collections.abc import Sequence

from dr.deployment import Deployment
from dr.envelope import named

LOOK_S = 30.0
"""Whatever only looks or sets one value. With a region gone it takes less than ten seconds of it."""
WORK_S = 3 * 3600.0
"""What waits for hours of AWS's work: each of its waits has a shorter bound of its own."""
WORKS = frozenset({"drill", "rewind", "events replay", "promote-replica"})


def limit_s(words: Sequence[str]) -> float:
    """The deadline of the command line *words*. Watching has none: Ctrl-C ends it.

    What moves a system looks first, and has `move_s` from there on.
    """
    name = named(words)
    if "--watch" in words:
        return float("inf")
    return WORK_S if name in WORKS else LOOK_S


def move_s(deployment: Deployment) -> float:
    """How long a move may take: a look, a term of a lost holder's lease, the execution, and a look."""
    term_ms = deployment.lease_ttl_ms + 2 * deployment.clock_skew_ms
    return 2 * LOOK_S + (term_ms + deployment.transition_ms) / 1000
