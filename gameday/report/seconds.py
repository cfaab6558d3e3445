"""What clients saw, second by second. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gameday.load.records import Attempt, Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """All attempts that were sent within one second."""

    after_s: int
    """The begin of the second, counted from the fault; before it negative."""
    served: Mapping[str, int]
    """Settled or accepted attempts by the region that answered."""
    failed: int
    """Neither settled nor accepted."""
    p99_ms: float | None
    """99th percentile of the time to the acknowledgement; None: there was none."""

    @property
    def settled(self) -> int:
        """Attempts that were settled or accepted, wherever."""
        return sum(self.served.values())


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
    return Second(
        after_s=number,
        served=Counter(attempt.region or "unknown" for attempt in good),
        failed=len(attempts) - len(good),
        p99_ms=p99_ms(attempt.ended - attempt.started for attempt in good),
    )


def p99_ms(took: Iterable[float]) -> float | None:
    """The 99th percentile of times in seconds, in milliseconds; None of none."""
    times = sorted(took)
    return round(1000 * times[min(len(times) - 1, int(len(times) * 0.99))], 1) if times else None
