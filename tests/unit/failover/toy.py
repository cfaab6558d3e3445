"""A system in memory, with all that the recovery core asks of one: see docs/add-a-system.md."""

from failover.loss import JournalProof, LossEstimate
from failover.observation import TakeoverFact
from failover.ports import JournalGap, StaleEpoch
from failover.region_api import ApiUnavailable, RegionAnswer
from runtime.database import DatabaseUnavailable


class Region:
    """One region of the toy. Both reach the `world`: its lease, journal, clock, and where the writer is."""

    def __init__(self, world, name):
        self.world, self.name, self.up = world, name, True
        self.rows, self.fence, self.started, self.told, self.ticked_ms = set(), None, {}, [], 0

    def say(self, word):  # a client's request is a word; acknowledged under the lease, once it is journalled
        if not self.ready():
            return False
        self.world.journal.add(word)
        self.rows.add(word)
        return True

    def writable(self):  # FencedDatabase
        if not self.up:
            raise DatabaseUnavailable(self.name)
        return self.world.writer == self.name

    def version(self):
        return "1"

    def fence_epoch(self):
        return self.fence

    def raise_fence(self, epoch, *, now_ms):
        if (self.fence or 0) > epoch:
            raise StaleEpoch(epoch)
        self.fence = epoch
        return epoch

    def admits(self, epoch):
        return self.writable() and self.fence == epoch

    def beat(self, epoch, *, now_ms):
        if not self.admits(epoch):
            raise StaleEpoch(epoch)

    def ready_for_requests(self, now_ms): ...  # Recovery

    ready_for_replay = ready_for_requests

    def arriving(self, now_ms):
        return len(self.world.journal)

    def gap(self, *, until_ms):
        missing = len(self.world.journal - self.rows)
        return JournalGap(compared=len(self.world.journal), intents=0, missing=missing, overdue=0)

    def loss(self, *, until_ms, trusted):
        known = {"journal": JournalProof.COMPLETE, "replicated_until_ms": 0, "lag_ms": 0, "money": {}}
        return LossEstimate(requests=len(self.world.journal - self.rows), **known)

    def replay(self, *, epoch, region, until_ms, still_ours):
        lacking = self.world.journal - self.rows
        still_ours()
        self.rows |= lacking
        return {"replayed": len(lacking)}

    def request(self, *, planned_from):  # Writer
        self.world.writer = self.name

    def is_here(self):
        return self.world.writer == self.name

    is_coming = is_here

    def leave(self, now_ms):  # Sign
        self.ticked_ms = now_ms

    def is_fresh(self, now_ms):
        return now_ms - self.ticked_ms <= 30_000

    def live(self):  # Api
        if not self.up:
            raise ApiUnavailable(self.name)
        return True

    def ready(self):
        lease = self.live() and self.world.lease
        return lease.acknowledges(self.name, **self.world.terms()) and self.admits(lease.epoch)

    def prove(self, *, system, epoch):
        return RegionAnswer(201 if self.say(f"{system}-{epoch}") else 503, {"x-region": self.name})

    def warm(self, *, calls, hold_ms):  # Service
        return frozenset(map(str, range(calls)))

    def publish(self, events):  # Events
        self.told += events
        return [event.event_id for event in events]

    def start(self, takeover):  # the state machine
        self.started.setdefault(takeover.name, takeover)

    def status(self, takeover):
        return TakeoverFact.RUNNING if takeover.name in self.started else TakeoverFact.ABSENT
