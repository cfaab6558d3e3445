"""The simulated world: places and what connects them, true time, clocks, and what is still on its way."""

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from failover.lease import Automation, Lease, LeaseState
from failover.lease_item import to_item
from tests.model.aurora import Aurora
from tests.model.choices import Choices
from tests.model.profiles import Profile
from tests.model.scheduler import Scheduler, Task
from tests.model.site import Site
from tests.model.store import Store
from tests.model.subject import SYSTEM, System
from tests.model.watch import Watch

EAST, WEST, WITNESS = "us-east-1", "us-west-2", "us-east-2"
REGIONS = (EAST, WEST)
PLACES = (EAST, WEST, WITNESS)
OTHERS = {place: tuple(other for other in PLACES if other != place) for place in PLACES}
START_MS = 1_800_000_045_000
"""Soon a minute is over, and soon after it a watermark may pass it."""
FATES = ("", "lost", "unanswered", "late", "repeated")
NO_LEASE = (0, "", 0, "")


def _read(item: dict[str, dict[str, str]] | None) -> tuple[int, str, int, str]:
    """Epoch, holder, expiry and automation."""
    if item is None:
        return NO_LEASE
    expires_at_ms = int(item["expires_at_ms"]["N"])
    return int(item["epoch"]["N"]), item["holder"]["S"], expires_at_ms, item["automation"]["S"]


class World:
    """Everything but the schedule.

    Args:
        choices: decide the fate of messages.
        choose: the schedule: the next task, see Scheduler.
        profile: what goes wrong, and how often.
        system: what is played.
    """

    def __init__(
        self,
        choices: Choices,
        choose: Callable[[Task | None], Task | None],
        profile: Profile,
        *,
        system: System,
        story: bool = False,
    ) -> None:
        self._choices = choices
        self._profile, self.loss = profile, profile.loss
        self.ttl_ms = profile.ttl_ms
        self.clocks_jump = bool(profile.jumps_ms)
        self.now_ms = START_MS
        self.asked: set[str] = set()
        """Keys of the requests so far."""
        self.points = 0
        """Scheduling points so far."""
        self.offset_ms = dict.fromkeys(PLACES, 0)
        self.jumped_ms: Counter[tuple[str, str]] = Counter()
        """What clocks are wrong by beyond what the protocol allows: of a region, or of one function there."""
        self.silent: set[tuple[str, str]] = set()
        """Regions in which a service does not answer, and which service."""
        self.alive = dict.fromkeys(PLACES, True)
        self.cut: set[frozenset[str]] = set()
        self.throttled: set[str] = set()
        """Regions whose control plane of Aurora refuses every call."""
        self.late: list[Callable[[], object]] = []
        self.signs: dict[str, dict[str, Any]] = {}
        """Of the keepers: what they left last."""
        self.count: Counter[str] = Counter()
        self.story: list[str] | None = [] if story else None
        self._lease_item: dict[str, dict[str, str]] | None = None
        self._lease = NO_LEASE
        self._timers: list[tuple[int, int, Callable[[], object]]] = []
        self._serial = 0
        self.watch = Watch(self)
        self.store = Store(self.watch.written)
        self.aurora = Aurora(self, REGIONS)
        self.scheduler = Scheduler(choose=choose, moment=self._moment, broken=self._broken)
        self._sites = {region: Site(self, region, system) for region in REGIONS}

    def site(self, region: str) -> Site:
        return self._sites[region]

    def note(self, text: str) -> None:
        """A line of the story, kept when somebody wants to read it."""
        if self.story is not None:
            self.story.append(f"{(self.now_ms - START_MS) / 1000:9.3f}  {text}")

    def new_id(self) -> str:
        self._serial += 1
        return str(UUID(int=self._serial))

    # connections

    def linked(self, one: str, other: str) -> bool:
        """Whether two places reach each other."""
        return (
            self.alive[one] and self.alive[other] and not (self.cut and frozenset({one, other}) in self.cut)
        )

    def quorum(self, region: str) -> bool:
        """Whether the tables answer in this region."""
        one, other = OTHERS[region]
        return self.linked(region, one) or self.linked(region, other)

    def fate(self) -> str:
        """What becomes of a message; empty when it simply arrives."""
        if not self.loss or self._choices.below(256) < 256 - self.loss:
            return ""
        return FATES[1 + self._choices.below(len(FATES) - 1)]

    def promotion_ms(self) -> int:
        """How long this promotion takes, if nothing is in its way."""
        return self._choices.one(self._profile.promotion_ms)

    def deliver(self) -> None:
        """A message arrives that its sender gave up on."""
        if self.late:
            effect = self.late.pop(self._choices.below(len(self.late)))
            try:
                effect()
            except Exception as error:  # noqa: BLE001 - nobody hears the answer
                self.note(f"a late message was refused: {error!r}")

    # time

    def after(self, delay_ms: int, call: Callable[[], object]) -> None:
        self._serial += 1
        heapq.heappush(self._timers, (self.now_ms + delay_ms, self._serial, call))

    def advance(self, delta_ms: int | None = None) -> None:
        """Let true time pass: so much, or until the next timer."""
        until = self._timers[0][0] if delta_ms is None else self.now_ms + delta_ms
        while self._timers and self._timers[0][0] <= until:
            due, _, call = heapq.heappop(self._timers)
            self.now_ms = max(self.now_ms, due)
            call()
        self.now_ms = max(self.now_ms, until)

    def lease(self) -> tuple[int, str, int, str]:
        """Epoch, holder, expiry and automation, as the table has them."""
        item = self.store.tables["lease"].get(SYSTEM)
        if item is not self._lease_item:
            self._lease_item, self._lease = item, _read(item)
        return self._lease

    # what can happen to a region

    def kill(self, region: str) -> None:
        """The region is gone, with every process in it and its database."""
        self.alive[region] = False
        for task in list(self.scheduler.tasks):
            if task.region == region:
                self.doom(task)
        if region in REGIONS:
            self.aurora.clusters[region].up = False
            self.aurora.clusters[region].generation += 1
            self.site(region).restart()

    def doom(self, task: Task) -> None:
        """The process dies at the point where it is."""
        task.doomed = True

    def revive(self, region: str) -> None:
        self.alive[region] = True
        if region in REGIONS:
            self.aurora.clusters[region].up = True

    def resume_automation(self) -> None:
        """An operator acknowledges the last failover."""
        item = self.store.tables["lease"].get(SYSTEM)
        if item and item["automation"]["S"] == Automation.PAUSED:
            self.note("an operator resumes automation")
            self.store.tables["lease"][SYSTEM] = {**item, "automation": {"S": str(Automation.RUNNING)}}
            self.watch.resumed()

    def begin_served(self) -> None:
        """Start in the middle of the first epoch: EAST serves, WEST replicates."""
        first = Lease.first(SYSTEM, holder=EAST, now_ms=self.now_ms, ttl_ms=self._profile.left_ms)
        self.store.tables["lease"][SYSTEM] = to_item(replace(first, state=LeaseState.ACTIVE))
        for site in self._sites.values():
            site.watched = first
        self.watch.won[1] = EAST
        self.aurora.clusters[EAST].write("fence", 1)
        if self._choices.below(4) < 3:
            renewed_ms = first.expires_at_ms - self.ttl_ms
            self.site(EAST).system.has_served(min(self.now_ms, renewed_ms))
        self.aurora.replicate(2)

    def _moment(self) -> tuple[int, tuple[int, str, int, str]]:
        return self.now_ms, self.lease()

    def _broken(self, task: Task, error: BaseException) -> None:
        self.watch.violated("error", f"{task.name} in {task.region}: {error!r}")
