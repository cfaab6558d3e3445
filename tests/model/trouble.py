"""What can happen while nobody watches: time, faults, pauses, crashes, clients. One method an event."""

from collections.abc import Callable

from durable.arrivals import MINUTE_MS
from failover.approvals import ApprovalsUnavailable
from failover.lease_table import LeaseError
from failover.ports import WriterUnavailable
from failover.takeover import TakeoverNotStarted
from tests.model.choices import Choices
from tests.model.operators import Operator
from tests.model.profiles import Profile
from tests.model.scheduler import Task
from tests.model.subject import SYSTEM
from tests.model.terms import GRACE_MS, SKEW_MS
from tests.model.world import EAST, PLACES, REGIONS, WEST, WITNESS, World


class Trouble:
    """The events of a run."""

    def __init__(self, world: World, choices: Choices, profile: Profile) -> None:
        self._world, self._choices, self._profile = world, choices, profile
        self.kinds: list[str] = []
        self.stopped: set[str] = set()
        """Regions whose keepers are not scheduled."""

    def time(self) -> None:
        """A moment, the next timer, or the edge of a lease."""
        world, choices = self._world, self._choices
        if self._profile.brisk:
            world.advance(5 if world.scheduler.tasks else None)
            return
        match choices.below(self._profile.edges):
            case 0 | 1 | 2:
                world.advance(1)
            case 3:
                world.advance(100)
            case 4:
                world.advance(1_000)
            case 5:
                world.advance()
            case _ if self._profile.minutes:
                self._to_the_end_of_a_minute()
            case _:
                self._to_the_edge()

    def _to_the_end_of_a_minute(self) -> None:
        """When a minute ends by a region's clock, or may be passed, a moment more or less."""
        world, choices = self._world, self._choices
        shown = world.now_ms + world.offset_ms[choices.one(REGIONS)]
        left = MINUTE_MS - (shown - choices.one((0, GRACE_MS))) % MINUTE_MS
        world.advance(max(left + choices.one((0, 1, -1, -50)), 1))

    def _to_the_edge(self) -> None:
        """When the holder stops, the lease ends, or a challenger begins, a millisecond more or less."""
        world, choices = self._world, self._choices
        margin = choices.one((0, -SKEW_MS, SKEW_MS)) - world.offset_ms[choices.one(REGIONS)]
        due = world.lease()[2] + margin + choices.one((0, 1, -1))
        if 0 < due - world.now_ms < 20_000:
            world.advance(due - world.now_ms)

    def pay(self) -> None:
        """A client sends a request, a new one or one it sent before."""
        region, key = self._choices.one(REGIONS), f"key-{self._choices.below(self._profile.keys)}"
        if self._world.alive[region]:
            self._world.note(f"a client asks {region} for {key}")
            self._world.scheduler.spawn(
                region, f"request {key}", lambda: self._world.site(region).request(key)
            )

    def ask_and_nap(self) -> None:
        """A request to the first region that will stop between claim, arrival and ledger."""
        key = f"key-{self._choices.below(self._profile.keys)}"
        task = self._world.scheduler.spawn(
            EAST, f"request {key}", lambda: self._world.site(EAST).request(key)
        )
        task.naps_in = (5 + self._choices.below(6), self._choices.one(self._profile.stalls))

    def nap(self, task: Task) -> None:
        """One call less until the task stops."""
        calls, (stall_ms, points) = task.naps_in
        task.naps_in = (calls - 1, (stall_ms, points)) if calls else None
        if not calls:
            task.stalled_until = self._world.now_ms + stall_ms
            task.stalled_points = self._world.points + points
            self._world.note(f"{task.name} naps for {stall_ms} ms and {points} points")

    def tick(self) -> None:
        """A keeper of an overlapping run ticks."""
        region = self._choices.one(REGIONS)
        if self._world.alive[region] and region not in self.stopped:
            self._world.scheduler.spawn(region, "keeper", self._world.site(region).tick)

    def reconcile(self) -> None:
        """A run of the reconciler begins while another one may be at work."""
        region = self._choices.one(REGIONS)
        if self._world.alive[region]:
            self._world.scheduler.spawn(region, "reconciler", self._world.site(region).system.reconcile)

    def stall(self) -> None:
        """A process stops where it is: for a while, or while the others do so many things."""
        if tasks := self._world.scheduler.tasks:
            task, (stall_ms, points) = self._choices.one(tasks), self._choices.one(self._profile.stalls)
            self._world.note(f"{task.name} in {task.region} stalls for {stall_ms} ms and {points} points")
            task.stalled_until = self._world.now_ms + stall_ms
            task.stalled_points = self._world.points + points
            self._world.count["stall"] += 1

    def crash(self) -> None:
        if tasks := self._world.scheduler.tasks:
            task = self._choices.one(tasks)
            self._world.note(f"{task.name} in {task.region} crashes")
            self._world.count[f"crash of {task.name.split(' key')[0]}"] += 1
            self._world.doom(task)

    def drift(self) -> None:
        """A clock is set, forwards or back."""
        region, offset_ms = self._choices.one(REGIONS), self._choices.one(self._profile.drift_ms)
        self._world.note(f"the clock of {region} is set to {offset_ms:+} ms")
        self._world.offset_ms[region] = offset_ms

    def jump(self) -> None:
        """Clocks are set by more than the protocol allows, or right again: a region's, or one function's."""
        world, choices = self._world, self._choices
        region, who = choices.one(REGIONS), choices.one(("", "keeper", "reconciler"))
        jump_ms = choices.one(self._profile.jumps_ms)
        world.note(f"the clocks of {who or 'all'} in {region} jump to {jump_ms:+} ms")
        world.count["jump"] += 1
        world.jumped_ms[region, who] = jump_ms

    def restore(self) -> None:
        """The lease table comes out of a backup: empty, or with a lease of an earlier time."""
        world, choices = self._world, self._choices
        before = world.store.leases_before
        if not before or world.count["restored"] >= self._profile.most_restores:
            return
        world.count["restored"] += 1
        lease = choices.one((None, *before[-8:]))
        world.note(
            f"the lease table is restored: {lease and (lease['epoch'], lease['holder'], lease['state'])}"
        )
        world.watch.restored()
        if lease is None:
            world.store.tables["lease"].clear()
        else:
            world.store.tables["lease"][SYSTEM] = lease

    def lose(self) -> None:
        """Journal, arrivals or both ledgers come out of a backup: empty, or of an earlier time."""
        if self._world.count["tables lost"] >= self._profile.most_losses:
            return
        if lost := self._choices.one((self._lose_journal, self._lose_ledger, self._lose_arrivals))():
            self._world.note(f"out of a backup: {lost}")
            self._world.count[f"{lost.split()[0]} restored"] += 1
            self._world.count["tables lost"] += 1

    def _lose_journal(self) -> str:
        world, choices = self._world, self._choices
        entries = choices.below(1 + len(world.store.tables["journal"]))
        world.store.restore_journal(entries, choices.below(1 + entries))
        world.watch.journal_restored()
        return f"journal of {entries} entries"

    def _lose_arrivals(self) -> str:
        items = self._choices.below(1 + self._older())
        self._world.store.restore_arrivals(items)
        self._world.watch.arrivals_restored()
        return f"arrivals of {items} items"

    def _lose_ledger(self) -> str:
        aurora = self._world.aurora
        changes = 3 + self._choices.below(len(aurora.clusters[aurora.writer].history))
        if not aurora.restore(changes):
            return ""
        self._world.watch.ledger_restored()
        return f"ledger of {changes} changes"

    def _older(self) -> int:
        """So many arrivals are older than the newest payment of all copies: a backup is minutes old."""
        arrivals = list(self._world.store.tables["arrivals"].values())
        copies = [cluster.rows for cluster in self._world.aurora.clusters.values()]
        common = [key for key in copies[0] if key in copies[1]]
        keys = [item["idempotency_key"]["S"] for item in arrivals]
        return keys.index(common[-1]) if common and common[-1] in keys else 0

    def forget(self) -> None:
        """The approvals come out of a backup: what people agreed to is gone, or old."""
        store = self._world.store
        if store.approvals_before:
            items = self._choices.below(len(store.approvals_before))
            store.restore_approvals(items)
            self._world.note(f"out of a backup: approvals of {items} items")
            self._world.count["approvals restored"] += 1

    def unfence(self) -> None:
        """A third party deletes the epoch row of the ledger."""
        cluster = self._world.aurora.clusters[self._world.aurora.writer]
        if cluster.up and cluster.fence is not None:
            self._world.note(f"the fence of {cluster.region} is deleted")
            self._world.count["unfenced"] += 1
            cluster.write("fence", None)

    def deliver(self) -> None:
        self._world.deliver()

    def replicate(self) -> None:
        self._world.aurora.replicate(1 + self._choices.below(3))

    def arrive(self) -> None:
        """Aurora finishes what it was asked for, or takes a lonely writer back."""
        if self._choices.below(4):
            self._world.aurora.arrive()
        else:
            self._world.aurora.rejoin()

    def resume(self) -> None:
        self._world.resume_automation()

    def move(self) -> None:
        """An operator asks for a switchover to a region."""
        self._operator("move")

    def abort(self) -> None:
        """An operator calls one off."""
        self._operator("abort")

    def approve(self) -> None:
        """Two people approve what is asked for, or what was asked for last."""
        self._operator("approve")

    def retry(self) -> None:
        """An operator starts again what did not end."""
        self._operator("retry")

    def _operator(self, command: str) -> None:
        region = self._choices.one((WEST, EAST))
        if self._world.alive[region]:
            self.types(command, region)

    def types(self, command: str, region: str) -> None:
        """An operator types a command for a region."""
        typed = getattr(Operator(self._world.site(region)), command)
        self._world.scheduler.spawn(region, f"operator {command}", lambda: self._refused(typed))

    def _refused(self, typed: Callable[[], None]) -> None:
        try:
            typed()
        except (ApprovalsUnavailable, LeaseError, TakeoverNotStarted, WriterUnavailable) as error:
            self._world.note(f"the operator is told: {error}")

    def fault(self) -> None:
        """Something breaks."""
        if len(self.kinds) < self._profile.most_faults:
            self.happens(self._choices.one(self._profile.faults), self._choices.one(REGIONS))

    def happens(self, kind: str, region: str) -> None:
        """One fault of the kind, to the region if it is of one."""
        world = self._world
        match kind:
            case "kill":
                world.kill(region)
            case "witness":
                world.kill(WITNESS)
            case "isolate":
                world.cut |= {frozenset({region, other}) for other in PLACES if other != region}
            case "cut":
                world.cut.add(frozenset({EAST, WEST}))
            case "journal" | "lease":
                world.silent.add((region, kind))
            case "throttle":
                world.throttled |= {other for other in REGIONS if other != region}
            case "database":
                world.aurora.clusters[region].up = False
                world.aurora.clusters[region].generation += 1
            case _:
                self.stopped.add(region)
        self.kinds.append(kind)
        world.count[f"fault {kind}"] += 1
        world.note(f"fault: {kind} {region}")

    def heal(self) -> None:
        """One kind of fault ends."""
        world = self._world
        world.note("something heals")
        match self._choices.below(3):
            case 0:
                world.cut.clear()
                world.throttled.clear()
            case 1:
                for place in PLACES:
                    world.revive(place)
            case _:
                self.stopped.clear()
                world.silent.clear()

    def heal_all(self) -> None:
        self.stopped.clear()
        self._world.silent.clear()
        self._world.jumped_ms.clear()
        self._world.cut.clear()
        self._world.throttled.clear()
        for place in PLACES:
            self._world.revive(place)
