"""The invariants, checked where something happens: at every write, acknowledgement and start.

Each has a name that a mutant's test expects. True time is the world's; no region's clock shows it.
"""

from collections import Counter
from typing import Any

from failover.lease import Kind
from failover.lease_item import from_item
from failover.takeover import Takeover
from gameday.judge import invariants
from gameday.judge.invariants import LeaseWrite
from tests.model.aurora import Cluster
from tests.model.subject import SYSTEM

Item = dict[str, Any]


def _successors(lease: Item | None) -> set[str]:
    """Whom a DRAINING lease is drained for."""
    handover = lease["handover"].get("M") if lease else None
    return {handover["to"]["S"]} if handover else set()


def _as_written(item: Item | None) -> LeaseWrite | None:
    if item is None:
        return None
    return LeaseWrite(
        epoch=int(item["epoch"]["N"]),
        holder=item["holder"]["S"],
        state=item["state"]["S"],
        expires_at=int(item["expires_at_ms"]["N"]),
        kind=item["kind"]["S"],
        previous=item.get("previous_holder", {}).get("S"),
        to=next(iter(_successors(item)), None),
        accepts=from_item(item).accepts,
    )


class Watch:
    """What happened so far, and the first invariant that it broke."""

    def __init__(self, world: Any) -> None:
        self._world = world
        self.broken: str | None = None
        self.acknowledged_keys: dict[str, str] = {}
        """Key to payment id."""
        self._settled: list[tuple[str, int]] = []
        self._before: list[str] = []
        self._accepted_before: list[str] = []
        """Acknowledged when the last planned move was handed over, in the ledger or not."""
        self.won: dict[int, str] = {}
        """Epoch to the region that won it."""
        self._acknowledging: dict[int, str] = {}
        self._charged: dict[str, str] = {}
        self._started: Counter[Takeover] = Counter()
        self.takeovers = 0
        self._armed = True
        self._restored = False
        self._forgotten: set[str] = set()
        """Keys that were acknowledged and that the journal does not know any more."""
        self._under_way: set[object] = set()
        """Requests that were at work when a table was restored: what they did before may be gone."""
        self._ledger_lost = self._arrivals_lost = False
        self._owed: dict[str, str] = {}
        """What a restored ledger may lack for a while: not all of it is looked at again at once."""

    def violated(self, invariant: str, text: str) -> None:
        if self.broken is None:
            self.broken = f"{invariant}: {text}"
            self._world.note(f"VIOLATION {self.broken}")

    def _ask(self, invariant: str, broken: str | None) -> None:
        if broken is not None:
            self.violated(invariant, broken)

    def broken_by_time(self, invariant: str, text: str) -> None:
        """A promise about times is broken: clocks that are wrong by more than they may do that."""
        if not self._world.clocks_jump:
            self.violated(invariant, text)

    def _ask_time(self, invariant: str, broken: str | None) -> None:
        if broken is not None:
            self.broken_by_time(invariant, broken)

    def restored(self) -> None:
        """A third party wrote the lease: what it said before binds nobody."""
        self._restored = self._armed = True
        self._acknowledging.clear()
        self._before = list(self.acknowledged_keys)

    def journal_restored(self) -> None:
        """What the journal forgot may be claimed anew, but nothing that is in a ledger is charged again."""
        self._under_way |= set(self._world.scheduler.tasks)
        self._forgotten = self.acknowledged_keys.keys() - self._world.store.tables["journal"].keys()

    def arrivals_restored(self) -> None:
        """What came is found in the journal; nobody is asked for what arrived when, or was promised."""
        self._under_way |= set(self._world.scheduler.tasks)
        self._arrivals_lost = True

    def ledger_restored(self) -> None:
        """Whatever was acknowledged comes back out of the journal."""
        self._under_way |= set(self._world.scheduler.tasks)
        self._ledger_lost, self._owed = True, dict(self.acknowledged_keys)
        self._settled.clear()
        self._before, self._accepted_before = [], []

    def owed(self) -> list[str]:
        """What was acknowledged before the ledger was restored and is not in it again."""
        rows = self._world.aurora.clusters[self._world.aurora.writer].rows
        return [key for key, entry_id in self._owed.items() if rows.get(key, ("",))[0] != entry_id]

    def _told(self, cluster: Cluster, key: str) -> bool:
        """Whether a person is told that the ledger has another payment under this key."""
        return key in self._forgotten and (key, self.acknowledged_keys[key]) in cluster.aside

    def written(self, region: str, table: str, old: Item | None, new: Item) -> None:
        """A write is about to be made to a strongly consistent table."""
        if table != "lease":
            return
        world, epoch, holder = self._world, int(new["epoch"]["N"]), new["holder"]["S"]
        world.note(
            f"lease {epoch} {holder} {new['state']['S']} until {new['expires_at_ms']['N']} by {region}"
        )
        if region not in {holder, *_successors(old), *_successors(new)}:
            self.violated("lease-change", f"{region} wrote the lease of {holder}")
        before, after = _as_written(old), _as_written(new)
        self._ask("lease-change", invariants.lease_change(before, after))
        self._ask_time("taken-before-expiry", invariants.taken_before_expiry(before, after, at=world.now_ms))
        writes = world.aurora.clusters[holder].writer
        self._ask("no-writer", invariants.no_writer(before, after, writes=writes))
        if old is None or epoch != int(old["epoch"]["N"]):
            self._moved(old, new, epoch, holder)
            return
        self._drained(old, new, holder)
        if (old["state"]["S"], new["state"]["S"]) == ("TAKING", "ACTIVE"):
            world.count["activated"] += 1
            self.complete(holder, epoch)

    def _moved(self, old: Item | None, new: Item, epoch: int, holder: str) -> None:
        self.won[epoch] = holder
        if old is None:
            return
        kind, begun_anew = new["kind"]["S"], new["previous_holder"]["S"] == holder
        self._before = list(self.acknowledged_keys)
        if kind == Kind.BOOTSTRAP:
            self._world.count["begun anew" if begun_anew else "taken back"] += 1
            self._armed = self._armed or begun_anew
        elif kind == Kind.FAILOVER:
            self._world.count["takeover"] += 1
            self.takeovers += 1
            if not self._armed:
                self.violated("flapping", f"epoch {epoch} without a person since the last takeover")
            self._armed = False
        else:
            self._world.count["handed over"] += 1
            # What was only accepted is recorded once the new holder serves: see taken_over.
            self._before = [key for key, _ in self._settled]
            self._accepted_before = list(self.acknowledged_keys)

    def _drained(self, old: Item, new: Item, holder: str) -> None:
        match old["state"]["S"], new["state"]["S"]:
            case "ACTIVE", "DRAINING":
                self._world.count["drained"] += 1
            case "DRAINING", "ACTIVE":
                self._world.count["stayed"] += 1
                if self._world.aurora.writer != holder:  # it looked just before; see docs/model.md
                    self._world.count["stayed too late"] += 1

    def resumed(self) -> None:
        """A person acknowledged the last failover."""
        self._armed = True

    def acknowledged(self, region: str, epoch: int, key: str, entry_id: str, *, settled: bool) -> None:
        """A payment was answered with 201 or 202."""
        world = self._world
        world.count["201" if settled else "202"] += 1
        world.note(f"{region} acknowledges {key} as {entry_id} in epoch {epoch}")
        at_ms, (lease_epoch, holder, expires_at_ms, _) = world.scheduler.current.decided
        # A lease is remembered for half a second; by a clock that jumped it may be over by then.
        remembered = world.clocks_jump and lease_epoch not in self._acknowledging
        first = self._acknowledging.setdefault(epoch, region)
        told = {"region": region, "epoch": epoch}
        if not self._restored:
            if not remembered:
                self._ask(
                    "two-acknowledge", invariants.two_acknowledge(**told, holder=holder, held=lease_epoch)
                )
            self._ask_time("two-acknowledge", invariants.after_expiry(**told, at=at_ms, until=expires_at_ms))
            self._ask("two-acknowledge", invariants.two_acknowledge(**told, holder=first, held=epoch))
        if world.scheduler.current in self._under_way:
            world.count["acknowledged across a restore"] += 1
            if self._ledger_lost:
                self._owed[key] = entry_id
            return
        self._identified(key, entry_id)
        entry = world.store.tables["journal"].get(key)
        journalled = entry["entry_id"]["S"] if entry else None
        self._ask("not-journalled", invariants.not_journalled(key, told=entry_id, journalled=journalled))
        if not settled and f"entry#{entry_id} {key}" not in world.store.tables["arrivals"]:
            self.violated("not-promised", f"{key} is accepted and cannot be asked for as {entry_id}")
        self.all_marked()
        if settled and self._ledger_lost:
            self._owed[key] = entry_id
        elif settled:
            self._not_early(region, epoch, key)
            self._settled.append((key, epoch))
            self.complete(region, epoch)

    def _not_early(self, region: str, epoch: int, key: str) -> None:
        """A region that only accepts calls nothing settled: its ledger may lack what another one settled."""
        item = self._world.store.tables["lease"].get(SYSTEM)
        if item and not self._restored and (lease := from_item(item)).accepts and lease.epoch == epoch:
            self.violated("settled-early", f"{key} is called settled while {region} only accepts")

    def _identified(self, key: str, entry_id: str) -> None:
        """A key was answered with this payment id."""
        known = self.acknowledged_keys.setdefault(key, entry_id)
        if known != entry_id and key in self._forgotten and self._charged.get(key) != known:
            self._world.count["accepted anew"] += 1
            self.acknowledged_keys[key] = entry_id
        else:
            self._ask("charged-twice", invariants.charged_twice(key, known=known, told=entry_id))

    def all_marked(self) -> None:
        """What was acknowledged came at the watermark of every copy that may lack it, or later."""
        if self._arrivals_lost:
            return
        came: dict[str, int] = {}
        for item in self._world.store.tables["arrivals"].values():
            key, window = item["idempotency_key"]["S"], item["window"]["S"].partition("#")[0]
            if window == "entry":  # a promise, which is found by its entry id and in no minute
                continue
            minute = int(window)
            if item["entry_id"]["S"] == self.acknowledged_keys.get(key):
                came[key] = max(minute, came.get(key, 0))
        for cluster in self._world.aurora.clusters.values():
            for key in self.acknowledged_keys:
                watermark = cluster.watermarks.get(key, cluster.watermark or 0)
                if came.get(key, 0) < watermark:
                    text = (
                        f"{key} came in {came.get(key)}, after the watermark {watermark} of {cluster.region}"
                    )
                    self.broken_by_time("marked-over", text)

    def complete(self, region: str, epoch: int) -> None:
        """The ledger of an active writer has all that was acknowledged before, or settled by it."""
        cluster = self._world.aurora.clusters[region]
        if not cluster.writer or cluster.fence != epoch:
            return
        due = {*self._before, *(key for key, at in self._settled if at == epoch)}
        for key in sorted(due):
            found = cluster.rows.get(key, (None,))[0]
            if not self._told(cluster, key):
                self._ask("lost", invariants.lost(key, told=self.acknowledged_keys[key], found=found))

    def taken_over(self, takeover: Takeover) -> None:
        """An execution came to its end: now nothing that was accepted before its handover may be open."""
        if takeover.kind.planned and takeover.epoch == max(self.won):
            self._before = self._accepted_before
            self.complete(takeover.region, takeover.epoch)

    def recorded(self, cluster: Cluster, key: str, entry_id: str, epoch: int) -> None:
        """A row is about to be written to a ledger."""
        self._world.note(f"ledger of {cluster.region} records {key} as {entry_id} in epoch {epoch}")
        if epoch != cluster.fence:
            self.violated("fenced-out", f"a write of epoch {epoch} behind the fence at {cluster.fence}")
        known = self._charged.setdefault(key, entry_id)
        self._ask("charged-twice", invariants.charged_twice(key, known=known, told=entry_id))

    def started(self, region: str, takeover: Takeover) -> None:
        """An execution was started."""
        self._started[takeover] += 1
        if self._started[takeover] > 1:
            self.violated("double-start", f"epoch {takeover.epoch} is taken over twice")
        asked = takeover.kind.planned and self.won.get(takeover.epoch - 1) == takeover.previous
        if not asked and not self._restored:
            won = self.won.get(takeover.epoch)
            broken = invariants.no_lease("takes over", region=region, epoch=takeover.epoch, won=won)
            self._ask("no-lease", broken)
