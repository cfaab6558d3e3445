"""The health checkers of one check: independent observers with their own phase and counter."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable

from localcloud.route53.probe import Locate, probe
from localcloud.route53.records import EndpointCheck
from localcloud.route53.rules import Opinion, after


class Crew:
    """All checkers of one health check, spread over its locations.

    Real checkers do not coordinate, so each starts at a random point of the interval and from then
    on waits the interval after every answer.

    Args:
        check: What to ask; may be replaced while the crew works.
        locate: Where a public name is served on this machine.
        size: Number of checkers.
        time_scale: How many times faster than AWS the checkers ask; timeouts stay as they are.
        on_turn: Called after a checker changed its opinion.
    """

    def __init__(
        self,
        check: EndpointCheck,
        locate: Locate,
        *,
        size: int,
        time_scale: float,
        on_turn: Callable[[], None],
    ) -> None:
        self.check = check
        self._locate = locate
        self._time_scale = time_scale
        self._on_turn = on_turn
        self._opinions = [Opinion() for _ in range(size)]
        self._reasons = ["not asked yet"] * size
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def opinions(self) -> tuple[bool, ...]:
        """What each checker says: whether the endpoint is healthy."""
        return tuple(opinion.healthy for opinion in self._opinions)

    @property
    def reasons(self) -> dict[str, int]:
        """The last probes' results with the number of checkers that saw each."""
        return dict(Counter(self._reasons))

    @property
    def healthy_by_location(self) -> dict[str, int]:
        """How many checkers say healthy, by location."""
        places = self.check.locations
        said = Counter(dict.fromkeys(places, 0))
        for number, healthy in enumerate(self.opinions):
            said[places[number % len(places)]] += healthy
        return dict(said)

    def start(self, group: asyncio.TaskGroup) -> None:
        """Puts every checker to work in `group`."""
        self._tasks = [
            group.create_task(self._watch(number), name=f"checker {self.check.id} {number}")
            for number in range(len(self._opinions))
        ]

    def stop(self) -> None:
        """Sends the checkers home."""
        for task in self._tasks:
            task.cancel()

    async def _watch(self, number: int) -> None:
        await asyncio.sleep(random.SystemRandom().random() * self._interval_s)
        while True:
            await self._ask(number)
            await asyncio.sleep(self._interval_s)

    async def _ask(self, number: int) -> None:
        check, before = self.check, self._opinions[number]
        result = await probe(check, self._locate)
        self._reasons[number] = result.reason
        self._opinions[number] = after(before, passed=result.passed, threshold=check.failure_threshold)
        if self._opinions[number].healthy != before.healthy:
            self._on_turn()

    @property
    def _interval_s(self) -> float:
        return self.check.interval_s / self._time_scale
