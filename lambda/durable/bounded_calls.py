"""Waits for a slow dependency no longer than agreed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class BoundedCalls:
    """Runs calls one at a time in a thread of its own.

    Timeouts of sockets bound one read; a dependency that trickles, or is asked several things, takes
    longer. A call that is given up on goes on in its thread, and the next one waits behind it: so
    what the calls share, like a connection, is never used by two of them.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1)

    def run(self, call: Callable[[], T], *, within_s: float) -> T:
        """The result of the call.

        Raises:
            TimeoutError: there was none within so many seconds.
        """
        pending = self._thread.submit(call)
        try:
            return pending.result(within_s)
        finally:
            pending.cancel()
