"""A system whose requests are words: all that the recovery core asks of one. See docs/add-a-system.md."""

from collections import Counter
from contextlib import suppress

from botocore.exceptions import BotoCoreError

from failover.lease import MAX_AGE_MS
from failover.lease_table import LeaseError, LeaseLost
from failover.loss import JournalProof, LossEstimate
from failover.ports import JournalGap, RecoveryUnavailable, StaleEpoch
from runtime.database import DatabaseUnavailable
from tests.model.database import Database
from tests.model.subject import CREATED, REFUSED, Subject
from tests.model.surroundings import NobodyListens

NOT_NOW = (LeaseError, StaleEpoch, DatabaseUnavailable, RecoveryUnavailable)


class Toy(Subject):
    """One region. A word is its own key; both regions have the journal, and each a copy of the ledger."""

    no_promise = frozenset({"lost-tables"})  # nothing but its one journal tells what was acknowledged

    def __init__(self, site):
        self.site, self.tables = site, site.dynamodb
        self.copy, self.database, self.events = Database(site.world, site.region), self, NobodyListens()

    def request(self, word):  # by a client
        try:
            epoch = self.epoch()
            self.journal(word, "said")
            self.record(word, epoch)
            self.journal(word, "recorded")
            if self.epoch() != epoch:
                return REFUSED
        except NOT_NOW:
            return REFUSED
        self.site.world.watch.acknowledged(self.site.region, epoch, word, word, settled=True)
        return CREATED

    def epoch(self):  # in which this region may acknowledge; a drain waits until this answer is too old
        asked_s, lease, now_ms = self.site.steady_s(), self.site.leases.read(), self.site.clock()
        if self.site.steady_s() - asked_s >= MAX_AGE_MS / 1000 or not self.site.acknowledges(lease, now_ms):
            raise LeaseLost(f"it is {lease}")
        return lease.epoch

    def journal(self, word, state):
        item = {"idempotency_key": {"S": word}, "entry_id": {"S": word}, "state": {"S": state}}
        self.reach(lambda: self.tables.put_item(TableName="journal", Item=item))

    def words(self):  # and how far each has come
        pages = self.tables.get_paginator("scan").paginate(TableName="journal", ConsistentRead=True)
        return self.reach(
            lambda: {item["entry_id"]["S"]: item["state"]["S"] for page in pages for item in page["Items"]}
        )

    def reach(self, journal):
        try:
            return journal()
        except BotoCoreError as error:
            raise RecoveryUnavailable(str(error)) from error

    def record(self, word, epoch):
        self.write(epoch, "row", word, word, epoch, "", self.site.world.now_ms)

    def write(self, epoch, *change, raises=False):  # in one transaction with the check of the fence
        def work(copy):
            if not copy.writer or not (copy.fence == epoch or (raises and (copy.fence or 0) < epoch)):
                raise StaleEpoch(epoch)
            copy.write(*change)

        self.copy.ask(work)

    def prove(self, *, system, epoch):  # Api: live and ready are the site's
        return self.request(f"{system}-{epoch}")

    def writable(self):  # FencedDatabase
        return self.copy.writable()

    def version(self):
        return "1"

    def fence_epoch(self):
        return self.copy.ask(lambda copy: copy.fence)

    def raise_fence(self, epoch, *, now_ms):
        self.write(epoch, "fence", epoch, raises=True)
        return self.fence_epoch()

    def admits(self, epoch):
        return self.copy.ask(lambda copy: copy.writer and copy.fence == epoch)

    def beat(self, epoch, *, now_ms):
        self.write(epoch, "beat", now_ms)

    def recovery(self, _clock):  # Recovery
        return self

    def ready_for_requests(self, now_ms):
        self.words()

    ready_for_replay = ready_for_requests

    def arriving(self, now_ms):
        return len(self.words())

    def lacking(self):
        words, rows = self.words(), self.copy.ask(lambda copy: set(copy.rows))
        return {word: state for word, state in words.items() if word not in rows}

    def gap(self, *, until_ms):  # only what was recorded somewhere can be waited for
        states = Counter(self.lacking().values())
        known = {"missing": states["recorded"], "intents": states["said"], "overdue": 0}
        return JournalGap(compared=self.arriving(until_ms), **known)

    def loss(self, *, until_ms, trusted):
        known = {"journal": JournalProof.COMPLETE, "replicated_until_ms": 0, "lag_ms": 0, "money": {}}
        return LossEstimate(requests=len(self.lacking()), **known)

    def replay(self, *, epoch, still_ours, **_):
        words = sorted(self.lacking())
        for word in words:
            self.record(word, epoch)
        still_ours()
        return {"replayed": len(words)}

    def reconcile(self):  # words whose requests failed after the journal had them
        with suppress(*NOT_NOW):
            self.replay(epoch=self.epoch(), still_ours=self.epoch)
