"""A planned handover costs a request time and not an error: it waits until somebody serves."""

import time
from collections.abc import Callable
from typing import TypeVar

from intake.http import Request
from intake.problems import InTransit
from runtime.clock import Clock

POLL_S = 0.25
LONGEST_MS = 5_000
"""A request waits so long, counted from its arrival; then it is sent away with Retry-After."""

T = TypeVar("T")


class HandoverWait:
    """Tries again while the lease is on its way from one region to the other."""

    def __init__(self, *, clock: Clock, sleep: Callable[[float], None] = time.sleep) -> None:
        self._clock = clock
        self._sleep = sleep

    def through(self, request: Request, attempt: Callable[[], T]) -> T:
        """What *attempt* returns once the handover is over. It must be idempotent.

        A request that another region passed on does not wait here: that region waits, and then knows
        where to go.

        Raises:
            InTransit: it was not over in time.
        """
        slept_s = 0.0
        while True:
            try:
                return attempt()
            except InTransit:
                # A clock that is set back meanwhile tells no time: what was slept counts, too.
                waited_ms = max(self._clock() - request.arrived_ms, slept_s * 1000)
                if request.forwarded or waited_ms > LONGEST_MS:
                    raise
            self._sleep(POLL_S)
            slept_s += POLL_S
