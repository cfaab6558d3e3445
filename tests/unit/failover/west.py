"""The region that takes over, in memory: what the steps of a takeover work on."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest

from durable.arrivals import AHEAD, minute_of
from durable.entry import EntryState, Identity, JournalEntry, Kept
from durable.ledger import Row
from durable.set_aside import SetAside
from failover.approvals import ApprovalRequest
from failover.loss import Approval
from failover.ports import StaleEpoch
from failover.region_api import RegionAnswer
from failover.takeover import Takeover
from payments.own_api import synthetic
from payments.payment import PaymentRequest
from runtime.database import DatabaseUnavailable

from .faults import refusal
from .scene import EAST, LEASE, NOW, TTL, WEST

OWN_CLUSTER, OTHER_CLUSTER = "arn:west-cluster", "arn:east-cluster"
TAKEN = LEASE.taken_over(by=WEST, now_ms=NOW, ttl_ms=TTL)
TAKEOVER = Takeover.of(TAKEN)
POLICY = {
    "journal_trusted": True,
    "requests": 0,
    "lag_ms": 0,
    "money": {},
    "valid_ms": 900_000,
    "sessions_are_people": False,
}
REQUEST = PaymentRequest(amount_minor=5, currency="EUR", debtor="a", creditor="b", reference="")


def entry(key: str, state: EntryState = EntryState.SETTLED) -> JournalEntry:
    return JournalEntry(
        idempotency_key=key,
        entry_id=f"id-{key}",
        request_hash=REQUEST.digest(),
        request=REQUEST,
        epoch=7,
        region=EAST,
        state=state,
        accepted_at_ms=NOW,
    )


class West(SimpleNamespace):
    """The surviving region: database, journal, control plane, parameters and API, in memory.

    A test breaks one thing by replacing one attribute.
    """

    lease = TAKEN
    """What a takeover to this region begins with."""

    def __init__(self) -> None:
        super().__init__(
            writer=False,
            reachable=True,
            aurora={"members": OTHER_CLUSTER, "to": None},
            members=[OWN_CLUSTER, OTHER_CLUSTER],
            accepts_early=True,
            forgets=False,
            failovers=[],
            fence=7,
            rows={"key-1": (7, EAST)},
            others={},
            listed=[],
            journalled={key: entry(key) for key in ("key-1", "key-2")}
            | {"key-3": entry("key-3", EntryState.INTENT)},
            published={
                "db/cluster": OWN_CLUSTER,
                "db/global-cluster": "payments",
                "approvals/policy": json.dumps(POLICY),
                "events/bus": "payments-events",
                "api/function": "payments-service",
            },
            by_hand=set(),
            paid=[],
            environments=3,
            held=[],
            paused=[],
            told=[],
            beat_ms=NOW,
            minute=minute_of(NOW),
            arrived=None,
            never_came=set(),
            request=None,
            approved=[],
            answer=RegionAnswer(201, {"x-region": WEST}),
        )

    # the database
    def writable(self) -> bool:
        if not self.reachable:
            raise DatabaseUnavailable("down")
        return self.writer

    def version(self) -> str:
        self.writable()
        return "16.11"

    def migrate(self) -> None:
        if not self.writable():
            raise DatabaseUnavailable("read-only")

    def raise_fence(self, epoch: int) -> None:
        if self.fence > epoch:
            raise StaleEpoch(epoch)
        self.fence = epoch

    def fence_epoch(self) -> int:
        return self.fence

    def admits(self, epoch: int) -> bool:
        if not self.writable():
            raise DatabaseUnavailable("read-only")
        return self.fence == epoch

    def record(self, entry: JournalEntry, *, epoch: int, region: str) -> None:
        if self.fence != epoch:
            raise StaleEpoch(epoch)
        self.rows.setdefault(entry.idempotency_key, (epoch, region))

    def recorded(self, keys: list[str]) -> dict[str, Identity]:
        """`rows` are those of the journal's own payments, `others` are others under their keys."""
        found = {key: entry(key).identity for key in set(keys) & set(self.rows)}
        return found | {key: of for key, of in self.others.items() if key in keys}

    def aside(self, most: int) -> list[SetAside]:
        return self.listed[:most]

    def set_aside(self, found: list[SetAside], *, epoch: int) -> None:
        if self.fence != epoch:
            raise StaleEpoch(epoch)
        self.listed += [one for one in found if one not in self.listed]

    def heartbeat(self) -> int | None:
        return self.beat_ms

    def watermark(self) -> int | None:
        return self.minute

    def forget_watermark(self, *, after: int, epoch: int) -> bool:
        forgotten = epoch == self.fence and self.minute is not None and self.minute > after
        self.minute = None if forgotten else self.minute
        return forgotten

    def newest(self, most: int) -> dict[str, Row]:
        found = {key: entry(key).identity for key in sorted(self.rows)[-most:]} | self.others
        return {key: Row(of, NOW) for key, of in found.items()}

    def noted(self, entry_ids: Iterable[str]) -> set[str]:
        return set(entry_ids) - self.by_hand

    # the approvals
    def ask(self, text: str, *, now_ms: int) -> ApprovalRequest:
        self.request = ApprovalRequest(text=text, asked_at_ms=now_ms)
        return self.request

    def all(self) -> list[Approval]:
        return self.approved

    # the journal
    def look(self, key: str) -> Kept | None:
        return self.journalled.get(key)

    def has(self, key: str, identity: Identity) -> bool:
        kept = self.look(key)
        return kept is not None and kept.identity == identity

    def forgot(self, since: int, *, until_ms: int) -> bool:
        return self.forgets

    def came(self, entry: JournalEntry, *, settled_at_ms: int) -> bool:
        assert settled_at_ms == NOW
        return entry.idempotency_key not in self.never_came

    def entries(self, since: int | None, *, until_ms: int = 0) -> Iterator[JournalEntry]:
        """A test that sets `arrived` says what came; else each entry came once, when it was accepted."""
        every = list(self.journalled.values())
        if since is None:
            return iter(every)
        last = max(minute_of(NOW) + AHEAD, minute_of(until_ms) + 1)
        came = [e for e in every if since <= minute_of(getattr(e, "accepted_at_ms", NOW)) <= last]
        return iter(came if self.arrived is None else self.arrived)

    def settled(self, keys: Iterable[str]) -> set[str]:
        return {key for key in keys if getattr(self.journalled[key], "state", None) is EntryState.SETTLED}

    def settle(self, entry: JournalEntry) -> None:
        key = entry.idempotency_key
        self.journalled[key] = replace(self.journalled[key], state=EntryState.SETTLED)

    def count_arrived(self, minute: int) -> int:
        return sum(minute_of(entry.accepted_at_ms) == minute for entry in self.journalled.values())

    # Lambda: every call of a round takes an environment of its own, while there are any
    def warm(self, *, calls: int, hold_ms: int) -> frozenset[str]:
        self.held.append((calls, hold_ms))
        return frozenset(f"environment-{n}" for n in range(min(calls, self.environments)))

    # the control plane of Aurora
    def failover_global_cluster(self, **request: object) -> None:
        self.failovers.append(request)
        if self.aurora["to"] or self.aurora["members"] == OWN_CLUSTER:
            raise refusal("InvalidGlobalClusterStateFault")
        self.aurora["to"] = OWN_CLUSTER

    def describe_global_clusters(self, **_: object) -> dict[str, list[dict[str, object]]]:
        writer = self.aurora["members"]
        members = [{"DBClusterArn": arn, "IsWriter": arn == writer} for arn in self.members]
        state = {"FailoverState": {"ToDbClusterArn": self.aurora["to"]}} if self.aurora["to"] else {}
        return {"GlobalClusters": [{"GlobalClusterMembers": members, **state}]}

    def rds_in(self, region: str) -> object:
        pytest.fail(f"a recovery asks nothing of another region, and this one asked {region}")

    def promotion_arrives(self) -> None:
        self.writer, self.aurora = True, {"members": OWN_CLUSTER, "to": None}

    # EventBridge
    def put_events(self, *, Entries: list[dict[str, str]]) -> object:  # noqa: N803 - boto3's
        self.told.extend(Entries)
        return {"Entries": [{"EventId": "1"} for _ in Entries]}

    # parameters and API
    def get(self, name: str) -> str:
        return self.published[name]

    def prove(self, *, system: str, epoch: int) -> RegionAnswer:
        payment, key = synthetic(system, epoch)
        return self.pay(payment, idempotency_key=key)

    def pay(self, payment: dict[str, object], *, idempotency_key: str) -> RegionAnswer:
        self.paid.append((idempotency_key, payment))
        return self.answer
