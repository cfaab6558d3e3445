"""What clients saw, second by second. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from gameday.records import Attempt, Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """All attempts that were sent within one second."""

    after_s: int
    """The begin of the second, counted from the fault; before it negative."""
    settled: int
    failed: int
    """Neither settled nor accepted."""
    p99_ms: float | None
    """99th percentile of the time to the acknowledgement; None: there was none."""


def seconds(operations: Sequence[Operation], *, fault_at: float, since: float, until: float) -> list[Second]:
    """Every full second from *since* to *until*, also those in which nothing was sent."""
    by_second: dict[int, list[Attempt]] = defaultdict(list)
    for operation in operations:
        for attempt in operation.attempts:
            by_second[int((attempt.started - fault_at) // 1)].append(attempt)
    first, end = int((since - fault_at) // 1), int((until - fault_at) // 1)
    return [_second(number, by_second.get(number, [])) for number in range(first, end)]


def _second(number: int, attempts: Sequence[Attempt]) -> Second:
    good = [attempt for attempt in attempts if attempt.settled or attempt.accepted]
    took = sorted(attempt.ended - attempt.started for attempt in good)
    return Second(
        after_s=number,
        settled=len(good),
        failed=len(attempts) - len(good),
        p99_ms=round(1000 * took[min(len(took) - 1, int(len(took) * 0.99))], 1) if took else None,
    )
