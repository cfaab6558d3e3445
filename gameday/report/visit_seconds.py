"""What visitors of the web application saw, second by second. Pure."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from gameday.load.visits import Visit
from gameday.report.seconds import Second, p99_ms


def seconds(visits: Sequence[Visit], *, fault_at: float, since: float, until: float) -> list[Second]:
    """What visitors saw in every full second from *since* to *until*."""
    by_second: dict[int, list[Visit]] = defaultdict(list)
    for visit in visits:
        by_second[int((visit.started - fault_at) // 1)].append(visit)
    first, end = int((since - fault_at) // 1), int((until - fault_at) // 1)
    return [_second(number, by_second.get(number, [])) for number in range(first, end)]


def _second(number: int, visits: Sequence[Visit]) -> Second:
    answered = [visit for visit in visits if visit.answered]
    return Second(
        after_s=number,
        served=Counter(visit.by for visit in answered),
        failed=len(visits) - len(answered),
        p99_ms=p99_ms(visit.ended - visit.started for visit in answered),
    )
