"""A line of threads: first come, first served, and only the first one is awake."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Line:
    """Threads that wait for the same thing. Hundreds that ask for it in turns would starve who has it."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def turn(self, within_s: float) -> Iterator[bool]:
        """Sleep until the caller is first, but no longer than *within_s*; gives whether it is.

        Whoever leaves the block leaves the line, and the next one wakes up.
        """
        first = threading.Event()
        with self._mutex:
            self._waiting.append(first)
            self._waiting[0].set()
        try:
            yield first.wait(within_s)
        finally:
            with self._mutex:
                self._waiting.remove(first)
                if self._waiting:
                    self._waiting[0].set()
