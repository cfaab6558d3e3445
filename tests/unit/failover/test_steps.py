import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from failover.approvals import Request
from failover.lease import Kind, Lease, LeaseState
from failover.lease_table import LeaseLost, LeaseTable, LeaseUnknown
from failover.loss import Approval
from failover.operations import own_bus
from failover.region_api import Answer, ApiUnavailable
from failover.steps import STEPS, _tools, handler, perform
from failover.steps.errors import Held, NotYet
from failover.steps.tools import Facts, Tools
from failover.takeover import Takeover
from payments.arrivals import minute_of
from payments.entry import EntryState, JournalEntry
from payments.errors import JournalUnavailable, StaleEpoch
from payments.request import PaymentRequest
from runtime import clients
from runtime.database import DatabaseUnavailable
from runtime.parameters import ParameterUnavailable

from .conftest import EAST, LEASE, NOW, TTL, WEST
from .test_keeper import ENVIRONMENT

OWN_CLUSTER, OTHER_CLUSTER = "arn:west-cluster", "arn:east-cluster"
TAKEN = LEASE.taken_over(by=WEST, now_ms=NOW, ttl_ms=TTL)
TAKEOVER = Takeover.of(TAKEN)
POLICY = {
    "journal_trusted": True,
    "payments": 0,
    "lag_ms": 0,
    "money": {},
    "valid_ms": 900_000,
    "sessions_are_people": False,
}
REQUEST = PaymentRequest(amount_minor=5, currency="EUR", debtor="a", creditor="b", reference="")


def entry(key: str, state: EntryState = EntryState.SETTLED) -> JournalEntry:
    return JournalEntry(
        idempotency_key=key,
        payment_id=f"id-{key}",
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

    def __init__(self) -> None:
        super().__init__(
            writer=False,
            reachable=True,
            aurora={"members": OTHER_CLUSTER, "to": None},
            failovers=[],
            fence=7,
            rows={"key-1": (7, EAST)},
            journalled={key: entry(key) for key in ("key-1", "key-2")}
            | {"key-3": entry("key-3", EntryState.INTENT)},
            published={
                "db/cluster": OWN_CLUSTER,
                "db/global-cluster": "payments",
                "approvals/policy": json.dumps(POLICY),
                "events/bus": "payments-events",
            },
            paid=[],
            told=[],
            beat_ms=NOW,
            minute=minute_of(NOW),
            arrived=None,
            request=None,
            approved=[],
            answer=Answer(201, {"x-region": WEST}),
        )

    # the database
    def writable(self) -> bool:
        if not self.reachable:
            raise DatabaseUnavailable("down")
        return self.writer

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

    def known(self, keys: object) -> set[str]:
        return set(keys) & set(self.rows)

    def heartbeat(self) -> int | None:
        return self.beat_ms

    def marked(self) -> int | None:
        return self.minute

    def newest(self, most: int) -> list[str]:
        return sorted(self.rows)[-most:]

    # the approvals
    def ask(self, text: str, *, now_ms: int) -> Request:
        self.request = Request(text=text, asked_at_ms=now_ms)
        return self.request

    def all(self) -> list[Approval]:
        return self.approved

    # the journal
    def find(self, key: str) -> JournalEntry | None:
        return self.journalled.get(key)

    def entries(self, since: int | None) -> Iterator[JournalEntry]:
        """A test that sets `arrived` says what came; else each entry came once, when it was accepted."""
        every = list(self.journalled.values())
        if since is None:
            return iter(every)
        came = [e for e in every if minute_of(e.accepted_at_ms) >= since]
        return iter(came if self.arrived is None else self.arrived)

    def settled(self, keys: Iterable[str]) -> set[str]:
        return {key for key in keys if self.journalled[key].state is EntryState.SETTLED}

    def settle(self, key: str) -> None:
        self.journalled[key] = replace(self.journalled[key], state=EntryState.SETTLED)

    # the control plane of Aurora
    def failover_global_cluster(self, **request: object) -> None:
        self.failovers.append(request)
        if self.aurora["to"] or self.aurora["members"] == OWN_CLUSTER:
            raise refusal("InvalidGlobalClusterStateFault")
        self.aurora["to"] = OWN_CLUSTER

    def describe_global_clusters(self, **_: object) -> dict[str, list[dict[str, object]]]:
        writer = self.aurora["members"]
        members = [{"DBClusterArn": arn, "IsWriter": arn == writer} for arn in (OWN_CLUSTER, OTHER_CLUSTER)]
        state = {"FailoverState": {"ToDbClusterArn": self.aurora["to"]}} if self.aurora["to"] else {}
        return {"GlobalClusters": [{"GlobalClusterMembers": members, **state}]}

    def promotion_arrives(self) -> None:
        self.writer, self.aurora = True, {"members": OWN_CLUSTER, "to": None}

    # EventBridge
    def put_events(self, *, Entries: list[dict[str, str]]) -> object:  # noqa: N803 - boto3's
        self.told.extend(Entries)
        return {"Entries": [{"EventId": "1"} for _ in Entries]}

    # parameters and API
    def get(self, name: str) -> str:
        return self.published[name]

    def put(self, name: str, value: str) -> None:
        self.published[name] = value

    def pay(self, payment: dict[str, object], *, idempotency_key: str) -> Answer:
        self.paid.append((idempotency_key, payment))
        return self.answer


@dataclass(frozen=True, slots=True, kw_only=True)
class WestTools(Tools):
    @contextmanager
    def ledger(self) -> Iterator[object]:
        yield self.database


@pytest.fixture
def west() -> West:
    return West()


@pytest.fixture
def tools(west: West, leases: LeaseTable, put: Callable[[Lease], Lease], clock) -> Tools:
    put(TAKEN)
    return WestTools(
        region=WEST,
        leases=leases,
        parameters=west,
        database=west,
        journal=west,
        rds=west,
        api=west,
        approvals=west,
        bus=own_bus(west, west, "payments"),
        clock=clock,
        rds_in=lambda region: west,
    )


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "FailoverGlobalCluster")


def fails(error: Exception) -> Callable[..., object]:
    def fail(*_: object, **__: object) -> object:
        raise error

    return fail


def run_all(tools: Tools, west: West, *, times: int = 1, until: str = "record") -> dict[str, Facts]:
    """The state machine: every step in order, each `times`, and the promotion arrives in between."""
    facts: dict[str, Facts] = {}
    for name in STEPS:
        for _ in range(times):
            facts[name] = perform(name, TAKEOVER, tools)
        if name == "promote":
            west.promotion_arrives()
        if name == until:
            break
    return facts


def outcome(tools: Tools, west: West) -> tuple[object, ...]:
    lease = tools.leases.read()
    settled = {key for key, found in west.journalled.items() if found.state is EntryState.SETTLED}
    active = west.published["active/region"]
    return lease.epoch, lease.holder, lease.state, west.fence, west.rows, settled, active


DONE = (
    8,
    WEST,
    LeaseState.ACTIVE,
    8,
    {"key-1": (7, EAST), "key-2": (8, WEST), "key-3": (8, WEST)},
    {"key-1", "key-2", "key-3"},
    WEST,
)


def test_a_takeover_from_beginning_to_end(tools, west):
    facts = run_all(tools, west)
    assert outcome(tools, west) == DONE
    assert facts == {
        "guard": {"expires_in_ms": TTL},
        "approve": {
            "done": True,
            "rule": "L20_journal_complete",
            "reason": "2 payments are replayed, none is lost",
            "system": "payments",
            "epoch": 8,
            "plan": "failover",
            "region": WEST,
            "figures": {
                "journal": "complete",
                "replicated_until_ms": NOW,
                "lag_ms": 0,
                "payments": 2,
                "money": {"EUR": 10},
            },
        },
        "promote": {"requested": True},
        "wait_writer": {"done": True, "database": "writer"},
        "fence": {"fence": 8},
        "reconcile": {"compared": 3, "replayed": 2},
        "publish": {"active_region": WEST},
        "activate": {"state": "ACTIVE", "changed_at_ms": NOW},
        "verify": {"status": 201, "region": WEST},
        "record": {
            "takeover": TAKEOVER.payload(),
            "active_since_ms": NOW,
            "expires_at_ms": NOW + TTL,
            "automation": "PAUSED",
            "recorded_at_ms": NOW,
            "published": True,
        },
    }


def test_every_step_may_run_twice(tools, west):
    run_all(tools, west, times=2)
    assert outcome(tools, west) == DONE


@pytest.mark.parametrize("crash", STEPS)
def test_a_takeover_that_starts_again_after_a_crash_ends_the_same(tools, west, crash):
    run_all(tools, west, until=crash)
    run_all(tools, west)
    assert outcome(tools, west) == DONE
    assert len(west.failovers) == 1


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    "change",
    [
        {"epoch": 9},
        {"epoch": 9, "holder": EAST, "previous_holder": WEST},
        {"holder": EAST},
        {"state": LeaseState.DRAINING},
        {"attempt": 2},
        {"kind": Kind.SWITCHOVER},
    ],
)
def test_no_step_acts_for_a_lease_that_moved_on(tools, west, put, step, change):
    put(replace(TAKEN, **change))
    with pytest.raises(Held):
        perform(step, TAKEOVER, tools)
    assert (west.failovers, west.fence, west.paid, "active/region" in west.published) == (
        [],
        7,
        [],
        False,
    )


def test_no_step_runs_in_another_region(tools):
    with pytest.raises(Held, match=EAST):
        perform("guard", TAKEOVER, replace(tools, region=EAST))


def test_no_step_runs_without_a_lease(tools, dynamodb):
    dynamodb.delete_item(TableName="lease", Key={"system": {"S": "payments"}})
    with pytest.raises(Held, match="None"):
        perform("promote", TAKEOVER, tools)


def test_a_lease_that_cannot_be_read_is_asked_for_again(tools):
    unreadable = SimpleNamespace(read=fails(LeaseUnknown("cut")))
    with pytest.raises(NotYet, match="cut"):
        perform("promote", TAKEOVER, replace(tools, leases=unreadable))


@pytest.mark.parametrize(
    ("step", "name", "error"),
    [
        ("guard", "entries", JournalUnavailable("journal")),
        ("fence", "migrate", DatabaseUnavailable("database")),
        ("fence", "raise_fence", DatabaseUnavailable("lock timeout")),
        ("reconcile", "entries", JournalUnavailable("journal")),
        ("reconcile", "record", DatabaseUnavailable("database")),
        ("publish", "put", ParameterUnavailable("parameters")),
        ("promote", "get", ParameterUnavailable("parameters")),
        ("verify", "pay", ApiUnavailable("refused")),
    ],
)
def test_a_dependency_that_does_not_answer_is_asked_again(tools, west, step, name, error):
    west.writer = step != "promote"
    setattr(west, name, fails(error))
    with pytest.raises(NotYet, match=str(error)):
        perform(step, TAKEOVER, tools)


# promote


def test_promotion_allows_data_loss_and_names_the_own_cluster(tools, west):
    perform("promote", TAKEOVER, tools)
    assert west.failovers == [
        {
            "GlobalClusterIdentifier": "payments",
            "TargetDbClusterIdentifier": OWN_CLUSTER,
            "AllowDataLoss": True,
        }
    ]


def test_a_writer_is_not_promoted(tools, west):
    west.promotion_arrives()
    assert perform("promote", TAKEOVER, tools) == {"requested": False}
    assert west.failovers == []


def test_an_old_writer_that_has_not_rejoined_is_no_writer(tools, west):
    """It takes writes, but Aurora's writer is elsewhere: what it would take is thrown away."""
    west.writer = True
    assert perform("wait_writer", TAKEOVER, tools) == {"done": False, "database": "writer"}
    assert perform("promote", TAKEOVER, tools) == {"requested": True}
    assert len(west.failovers) == 1


def test_a_promotion_under_way_is_not_an_error(tools, west):
    perform("promote", TAKEOVER, tools)
    assert perform("promote", TAKEOVER, tools) == {"requested": False}


def test_a_promotion_that_arrived_while_the_database_restarts_is_not_an_error(tools, west):
    west.promotion_arrives()
    west.reachable = False
    assert perform("promote", TAKEOVER, tools) == {"requested": False}


def test_a_promotion_of_the_other_cluster_is_waited_for(tools, west):
    west.aurora["to"] = OTHER_CLUSTER
    with pytest.raises(NotYet, match="not accepted"):
        perform("promote", TAKEOVER, tools)


@pytest.mark.parametrize("error", [refusal("AccessDenied"), ReadTimeoutError(endpoint_url="https://rds")])
def test_a_promotion_that_was_not_accepted_is_asked_for_again(tools, west, error):
    west.failover_global_cluster = fails(error)
    with pytest.raises(NotYet, match="not accepted"):
        perform("promote", TAKEOVER, tools)


def test_a_refusal_that_cannot_be_explained_is_no_success(tools, west):
    west.failover_global_cluster = fails(refusal("InvalidGlobalClusterStateFault"))
    west.describe_global_clusters = fails(ReadTimeoutError(endpoint_url="https://rds"))
    with pytest.raises(NotYet, match="unknown"):
        perform("promote", TAKEOVER, tools)


@pytest.mark.parametrize(
    ("reachable", "writer", "error"), [(True, False, Held), (True, True, Held), (False, False, NotYet)]
)
def test_a_bootstrap_promotes_nothing(*, tools, west, put, reachable, writer, error):
    west.reachable, west.writer = reachable, writer
    bootstrap = Takeover.of(put(replace(TAKEN, previous_holder=None)))
    assert bootstrap.kind is Kind.BOOTSTRAP
    with pytest.raises(error):
        perform("promote", bootstrap, tools)
    assert west.failovers == []


# wait_writer


@pytest.mark.parametrize(
    ("reachable", "writer", "done"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_only_the_database_itself_says_that_it_is_the_writer(tools, west, reachable, writer, done):
    west.promotion_arrives()
    west.reachable, west.writer = reachable, writer
    assert perform("wait_writer", TAKEOVER, tools)["done"] is done


# fence and reconcile


def test_a_later_fence_is_never_lowered(tools, west):
    west.writer, west.fence = True, 9
    with pytest.raises(Held, match="later epoch"):
        perform("fence", TAKEOVER, tools)
    assert west.fence == 9


def test_a_fence_that_did_not_move_is_no_success(tools, west):
    west.writer = True
    west.raise_fence = lambda epoch: None
    with pytest.raises(NotYet, match="at 7, not at 8"):
        perform("fence", TAKEOVER, tools)


def test_many_payments_are_replayed_in_batches(tools, west):
    keys = [f"key-{n}" for n in range(450)]
    west.fence, west.rows, sizes = 8, {}, []
    west.journalled = {key: entry(key, EntryState.INTENT) for key in keys}
    known = west.known
    west.known = lambda keys: sizes.append(len(list(keys))) or known(keys)
    assert perform("reconcile", TAKEOVER, tools) == {"compared": 450, "replayed": 450}
    assert set(west.rows) == set(keys)
    assert max(sizes) == 200
    assert perform("reconcile", TAKEOVER, tools) == {"compared": 450, "replayed": 0}


def test_an_empty_journal_is_reconciled(tools, west):
    west.journalled = {}
    assert perform("reconcile", TAKEOVER, tools) == {"compared": 0, "replayed": 0}


@pytest.mark.parametrize("state", EntryState)
def test_what_came_before_the_mark_is_not_looked_at(tools, west, state):
    west.fence, west.rows = 8, {}
    west.journalled["old"] = replace(entry("old", state), accepted_at_ms=NOW - 1)
    assert perform("reconcile", TAKEOVER, tools) == {"compared": 3, "replayed": 3}
    assert ("old" in west.rows, west.journalled["old"].state) == (False, state)


def test_without_a_mark_the_whole_journal_is_compared(tools, west):
    west.fence, west.minute = 8, None
    west.journalled["old"] = replace(entry("old"), accepted_at_ms=NOW - 86_400_000)
    assert perform("reconcile", TAKEOVER, tools) == {"compared": 4, "replayed": 3}


def test_a_payment_that_came_twice_is_replayed_once(tools, west):
    west.fence, twice = 8, entry("key-2")
    west.arrived = [twice, *(entry(f"key-{n}", EntryState.INTENT) for n in range(3, 203)), twice]
    west.journalled |= {each.idempotency_key: each for each in west.arrived}
    assert perform("reconcile", TAKEOVER, tools) == {"compared": 202, "replayed": 201}


def test_what_the_ledger_has_is_left_to_the_reconciler(tools, west):
    west.fence = 8
    west.journalled["key-1"] = entry("key-1", EntryState.INTENT)
    perform("reconcile", TAKEOVER, tools)
    assert [west.journalled[f"key-{n}"].state for n in (1, 2, 3)] == ["INTENT", "SETTLED", "SETTLED"]


def test_the_guard_asks_both_tables_of_the_journal(tools, west):
    for broken in (None, minute_of(NOW)):
        west.entries = lambda since, broken=broken: (
            fails(JournalUnavailable("cut"))() if since == broken else iter([])
        )
        with pytest.raises(NotYet, match="cut"):
            perform("guard", TAKEOVER, tools)


@pytest.mark.parametrize(("writer", "fence"), [(True, 7), (True, 9), (False, 8)])
def test_a_ledger_that_would_refuse_this_epoch_is_not_activated(tools, west, writer, fence):
    """Found by the model: the writer moved away and back after the fence was raised."""
    west.writer, west.fence = writer, fence
    with pytest.raises(NotYet):
        perform("activate", TAKEOVER, tools)
    assert tools.leases.read().state is LeaseState.TAKING


def test_a_reconciler_that_slept_through_a_newer_epoch_settles_nothing(tools, west, put):
    """Its ledger may be the one nobody reads any more: the mark would make the successor lie."""
    west.fence = 8
    known = west.known

    def sleep(keys: object) -> set[str]:
        put(replace(TAKEN, epoch=9, holder=EAST, previous_holder=WEST))
        return known(keys)

    west.known = sleep
    with pytest.raises(Held, match="not what the lease asks for"):
        perform("reconcile", TAKEOVER, tools)
    assert west.journalled["key-3"].state is EntryState.INTENT


def test_a_replay_that_is_not_in_the_ledger_is_no_success_and_settles_nothing(tools, west):
    west.fence = 8
    west.record = lambda entry, *, epoch, region: None
    with pytest.raises(NotYet, match="2 payments"):
        perform("reconcile", TAKEOVER, tools)
    assert west.journalled["key-3"].state is EntryState.INTENT


def test_a_newer_epoch_stops_the_replay(tools, west):
    west.fence = 9
    with pytest.raises(Held, match="another epoch"):
        perform("reconcile", TAKEOVER, tools)
    assert set(west.rows) == {"key-1"}


# activate, verify, record


@pytest.mark.parametrize(("raised", "error"), [(LeaseLost, Held), (LeaseUnknown, NotYet)])
def test_an_activation_that_was_not_seen_is_no_success(tools, west, raised, error):
    west.writer, west.fence = True, 8
    leases = SimpleNamespace(read=tools.leases.read, activate=fails(raised("gone")))
    with pytest.raises(error, match="gone"):
        perform("activate", TAKEOVER, replace(tools, leases=leases))


def test_an_activation_leaves_the_term_alone(tools, west, clock):
    west.writer, west.fence = True, 8
    clock.now += 90_000
    perform("activate", TAKEOVER, tools)
    lease = tools.leases.read()
    assert lease == replace(TAKEN, state=LeaseState.ACTIVE, changed_at_ms=clock.now)
    assert not lease.acknowledges(WEST, now_ms=clock.now, skew_ms=0)


def test_the_synthetic_payment_is_one_per_epoch_and_in_the_test_currency(tools, west):
    perform("verify", TAKEOVER, tools)
    perform("verify", TAKEOVER, tools)
    [(key, payment), second] = west.paid
    assert second == (key, payment)
    assert (key, payment["currency"]) == ("synthetic-payments-8", "XTS")


@pytest.mark.parametrize(
    "answer",
    [Answer(202, {"x-region": WEST}), Answer(503, {"x-region": WEST}), Answer(201, {"x-region": EAST})],
)
def test_only_a_settled_payment_in_this_region_verifies(tools, west, answer):
    west.answer = answer
    with pytest.raises(NotYet, match=str(answer.status)):
        perform("verify", TAKEOVER, tools)


def test_a_takeover_that_is_not_active_is_not_recorded_as_done(tools):
    with pytest.raises(NotYet, match="TAKING"):
        perform("record", TAKEOVER, tools)


# the function


def test_the_function_runs_one_step_of_its_own_region(dynamodb, put, monkeypatch):
    for key, value in ENVIRONMENT.items():
        monkeypatch.setenv(key, value)
    clients.client.cache_clear()
    _tools.cache_clear()
    takeover = Takeover.of(put(replace(LEASE, state=LeaseState.TAKING)))
    with pytest.raises(NotYet, match="journal"):
        handler({"step": "guard", "takeover": takeover.payload()}, None)
    with pytest.raises(Held, match=EAST):
        handler({"step": "guard", "takeover": TAKEOVER.payload()}, None)
    clients.client.cache_clear()
    _tools.cache_clear()


def test_the_ledger_is_used_over_one_session_of_the_own_database(tools):
    sessions: list[str] = []

    @contextmanager
    def session() -> Iterator[object]:
        sessions.append("opened")
        yield SimpleNamespace(run=lambda sql: [[8]])
        sessions.append("closed")

    with Tools.ledger(replace(tools, database=SimpleNamespace(session=session))) as ledger:
        assert ledger.fence_epoch() == 8
    assert sessions == ["opened", "closed"]
