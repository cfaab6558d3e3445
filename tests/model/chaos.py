"""The schedule of a run: who goes on, how time passes, what breaks, and whether it all works again."""

from tests.model.choices import Choices
from tests.model.payments import Payments
from tests.model.profiles import Profile
from tests.model.scheduler import Task
from tests.model.subject import CREATED, System
from tests.model.terms import RECONCILE_MS, SKEW_MS, TICK_MS
from tests.model.trouble import Trouble
from tests.model.world import EAST, REGIONS, WEST, World

CALM_LIMIT_MS = 240_000
"""How long the system may take to serve again once nothing breaks any more."""
PAGES = 4
"""Ticks in a row that call a person: the system waits for one, which is an end too."""
MOST_POINTS = 20_000
MENDS = ("approve", "reset", "retry")
"""What an operator types when a keeper calls, in turn."""
MEND_EVERY_MS = 20_000
HARMLESS = {"cut", "witness"}
"""Single faults after which nobody moves: the holder still has a majority."""


class Chaos:
    """The `choose` of a scheduler."""

    def __init__(
        self, profile: Profile, choices: Choices, *, system: System = Payments, story: bool = False
    ) -> None:
        self._profile, self._choices = profile, choices
        self.world = World(choices, self.choose, profile, system=system, story=story)
        self.trouble = Trouble(self.world, choices, profile)
        self._calm_since_ms: int | None = None
        self._served = False
        self._probes = 0
        self._mended_ms = 0
        events = {name: getattr(self.trouble, name, None) for name in profile.weights}
        self._table = [events[name] for name, weight in profile.weights.items() for _ in range(weight)]
        """What may happen; None is a switch to another task."""

    def play(self) -> None:
        world = self.world
        if self._profile.name != "bootstrap":
            world.begin_served()
        for region in REGIONS:
            world.after(self._choices.below(20) * 500, lambda region=region: self._ticks(region))
            world.after(self._choices.below(40) * 500, lambda region=region: self._reconciles(region))
            world.offset_ms[region] = self._choices.one(self._profile.drift_ms)
        if self._profile.apart:
            world.offset_ms |= {EAST: -SKEW_MS, WEST: SKEW_MS}
        for kind in self._profile.begins:
            self.trouble.happens(kind, EAST)
        for _ in range(self._profile.asks):
            self.trouble.ask_and_nap()
        world.scheduler.play()

    # the schedule

    def choose(self, current: Task | None) -> Task | None:
        """Who holds the baton next; None ends the run."""
        world = self.world
        world.points += 1
        if world.watch.broken:
            return None
        if self._calm_since_ms is not None or world.points > self._profile.points:
            return self._calmly(current)
        if current and current.naps_in:
            self.trouble.nap(current)
        if current and self._runs(current) and self._choices.below(256) < self._profile.keep:
            return current
        for _ in range(50):
            chosen = self._happening(current)
            if chosen or world.watch.broken:
                return chosen
        return self._calmly(current)

    def _happening(self, current: Task | None) -> Task | None:
        """One event, and who goes on after it; None for nobody yet."""
        event = self._choices.one(self._table)
        if event:
            event()
            return current if current and self._runs(current) and not self.world.watch.broken else None
        if runnable := self._runnable():
            return self._choices.one(runnable)
        self.world.advance()
        return None

    def _runs(self, task: Task) -> bool:
        return task.runs(self.world.now_ms, self.world.points)

    def _runnable(self) -> list[Task]:
        now_ms, points = self.world.now_ms, self.world.points
        return [task for task in self.world.scheduler.tasks if task.runs(now_ms, points)]

    def _calmly(self, current: Task | None) -> Task | None:
        world = self.world
        if self._calm_since_ms is None:
            self._calm()
        if world.points > MOST_POINTS:
            world.watch.violated("liveness", "the system keeps itself busy")
            return None
        if current and self._runs(current):
            return current
        while not (runnable := self._runnable()):
            if self._ends():
                return None
            world.aurora.replicate(1_000)
            world.aurora.arrive()
            world.aurora.rejoin()
            world.advance()
        return runnable[0]

    def _calm(self) -> None:
        """From here on nothing new breaks."""
        world = self.world
        world.note("calm")
        world.loss = 0
        if self._profile.heals:
            self.trouble.heal_all()
        for task in world.scheduler.tasks:
            task.stalled_until = task.stalled_points = 0
        while world.late:
            world.deliver()
        self._calm_since_ms = world.now_ms
        self._repeat()
        self._probe()

    def _repeat(self) -> None:
        """Clients repeat what was not acknowledged, and what was: whoever answers must have it."""
        for key in sorted(self.world.asked):
            for region in REGIONS:
                if self.world.alive[region]:
                    self.world.scheduler.spawn(
                        region,
                        f"request {key}",
                        lambda region=region, key=key: self.world.site(region).request(key),
                    )

    def _probe(self) -> None:
        """Clients ask everywhere until somebody acknowledges."""
        self._probes += 1
        for region in REGIONS:
            if self.world.alive[region]:
                self.world.scheduler.spawn(region, "probe", lambda region=region: self._ask(region))
        self.world.after(2_000, self._probe)

    def _ask(self, region: str) -> None:
        status = self.world.site(region).request(f"probe-{self._probes}")
        self._served = self._served or status == CREATED

    def _ends(self) -> bool:
        """Whether the calm has come to its end: served, waiting for a person, or failed."""
        world = self.world
        if self._served and not (owed := world.watch.owed()):
            self._judge_moves()
            return True
        paged = any(world.site(region).pages >= PAGES for region in REGIONS)
        if paged and self._profile.mends:
            self._mend()
        elif paged and (self._profile.heals or not self._profile.most_faults):
            world.count["paged"] += 1
            return True
        if world.now_ms - self._calm_since_ms > CALM_LIMIT_MS and self._served:
            world.watch.violated("lost", f"{owed} did not come back into the restored ledger")
            return True
        if world.now_ms - self._calm_since_ms > CALM_LIMIT_MS:
            world.watch.violated("liveness", f"nobody serves and nobody is called: {world.lease()}")
            return True
        return False

    def _mend(self) -> None:
        """An operator does what the runbooks of the keeper's rules say, one command after the other."""
        world = self.world
        if world.now_ms < self._mended_ms + MEND_EVERY_MS:
            return
        self._mended_ms = world.now_ms
        command = MENDS[world.count["mended"] % len(MENDS)]
        world.count["mended"] += 1
        for region in REGIONS:
            if world.alive[region]:
                self.trouble.types(command, region)
        world.resume_automation()

    def _judge_moves(self) -> None:
        moves, kinds = self.world.watch.takeovers, set(self.trouble.kinds)
        judged = self._profile.most_faults == 1 and not self._profile.mends
        if judged and moves > (not kinds <= HARMLESS):
            self.world.watch.violated("needless", f"{moves} takeovers after {kinds or 'nothing'}")

    def _reconciles(self, region: str) -> None:
        """The schedule of a region's reconciler."""
        self.world.after(RECONCILE_MS, lambda: self._reconciles(region))
        if self.world.alive[region]:
            self.world.scheduler.spawn(region, "reconciler", self.world.site(region).system.reconcile)

    def _ticks(self, region: str) -> None:
        """The schedule of a region's keeper."""
        self.world.after(TICK_MS, lambda: self._ticks(region))
        if self.world.alive[region] and region not in self.trouble.stopped:
            self.world.scheduler.spawn(region, "keeper", self.world.site(region).tick)
