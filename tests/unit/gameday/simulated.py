"""An event loop that never waits: when nothing is left to do, its clock jumps to what is due next.

A drill of many seconds takes as long as its work, and ends the same way on a busy machine. Sockets are real.
"""

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar
from unittest import mock

T = TypeVar("T")
_LONG_S, _MOMENT_S = 0.1, 0.005
"""A long wait is skipped when not even a moment of real time brings what a kernel still carries."""


class _Skipping(selectors.DefaultSelector):
    """Asks for what is ready now; where nothing is, *skip* is told the seconds of the wait."""

    def __init__(self, skip: Callable[[float], None]) -> None:
        super().__init__()
        self._skip = skip

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return super().select()
        ready = super().select(0)
        if not ready and timeout > _LONG_S:
            ready = super().select(_MOMENT_S)
        if not ready:
            self._skip(max(timeout, 0.0))
        return ready


class SimulatedLoop(asyncio.SelectorEventLoop):
    """While it runs, `time.time` and `time.monotonic` tell its time, and a thread's work is done at once."""

    def __init__(self) -> None:
        self._passed = 0.0
        self._begin = time.time()
        super().__init__(_Skipping(self._skip))

    def _skip(self, seconds: float) -> None:
        self._passed += seconds

    def time(self) -> float:
        return self._passed

    def _today(self) -> float:
        return self._begin + self._passed

    def run_forever(self) -> None:
        with mock.patch("time.time", self._today), mock.patch("time.monotonic", self.time):
            super().run_forever()

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - raised where it is awaited
            done.set_exception(error)
        return done


def run(work: Coroutine[Any, Any, T]) -> T:
    """What `asyncio.run` does, in simulated time."""
    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        return runner.run(work)
