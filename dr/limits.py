"""How long each command may take, all in all: its one deadline."""

from collections.abc import Sequence

from dr.envelope import named

LOOK_S = 30.0
"""Whatever only looks or sets one value. With a region gone it takes less than ten seconds of it."""
MOVE_S = 1200.0
"""A look, one term of the lease, a quarter of an hour for the takeover (dr.operations), and a look."""
WORK_S = 3 * 3600.0
"""What waits for hours of AWS's work: each of its waits has a shorter bound of its own."""
MOVES = frozenset({"failover", "switchover", "failback", "retry", "reset-lease"})
WORKS = frozenset({"drill", "rewind", "events replay"})


def limit_s(words: Sequence[str]) -> float:
    """The deadline of the command line *words*. Watching has none: Ctrl-C ends it."""
    name = named(words)
    if "--watch" in words:
        return float("inf")
    if name in WORKS:
        return WORK_S
    return MOVE_S if name in MOVES else LOOK_S
