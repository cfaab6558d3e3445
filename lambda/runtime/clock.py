"""Wall-clock time, the one that two regions compare."""

import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Milliseconds since 1970, UTC."""


def now_ms() -> int:
    """The system's clock."""
    return time.time_ns() // 1_000_000
