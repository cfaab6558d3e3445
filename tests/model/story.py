"""What happens when, under the calm schedule: who serves, and who is called, by which second."""

from collections.abc import Callable
from dataclasses import replace

from tests.model.chaos import Chaos
from tests.model.choices import Choices
from tests.model.payments import Payments
from tests.model.profiles import BY_NAME
from tests.model.subject import CREATED, System
from tests.model.world import EAST, START_MS, WEST

WELL = replace(BY_NAME["storm"], points=0, heals=False, weights={"time": 1}, jumps_ms=(0,))


class Story(Chaos):
    """Clients ask both regions every two seconds; a test says what happens when, in seconds."""

    def __init__(
        self,
        until_s: int,
        events: dict[float, Callable[["Story"], object]],
        system: System = Payments,
    ) -> None:
        super().__init__(WELL, Choices(), system=system, story=True)
        self._until_ms = until_s * 1000
        self.served: dict[str, list[int]] = {EAST: [], WEST: []}
        """The seconds in which a region acknowledged a request."""
        self.called: dict[str, list[int]] = {EAST: [], WEST: []}
        """The seconds in which a region's keeper called a person."""
        for at_s, event in events.items():
            self.world.after(int(at_s * 1000), lambda event=event: event(self))
        self.play()
        assert self.world.watch.broken is None, "\n".join(self.world.story[-40:])

    def _second(self) -> int:
        return (self.world.now_ms - START_MS) // 1000

    def _ask(self, region: str) -> None:
        if self.world.site(region).request(f"probe-{self._probes}") == CREATED:
            self.served[region].append(self._second())

    def _ends(self) -> bool:
        for region, seconds in self.called.items():
            if self.world.site(region).pages:
                seconds.append(self._second())
        return self.world.now_ms - START_MS > self._until_ms

    def first(self, region: str, *, after_s: int = 0) -> int:
        """When the region first acknowledged a request from then on."""
        return next(second for second in self.served[region] if second >= after_s)

    def first_call(self, region: str, *, after_s: int = 0) -> int:
        return next(second for second in self.called[region] if second >= after_s)


def clocks(region: str, ms: int, of: str = "") -> Callable[[Story], object]:
    return lambda story: story.world.jumped_ms.__setitem__((region, of), ms)


def happens(kind: str, region: str) -> Callable[[Story], object]:
    return lambda story: story.trouble.happens(kind, region)


def types(command: str, region: str) -> Callable[[Story], object]:
    return lambda story: story.trouble.types(command, region)
