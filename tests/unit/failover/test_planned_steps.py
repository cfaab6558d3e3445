"""A switchover from east to west, as the steps of the west see it."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pytest
from botocore.exceptions import ReadTimeoutError

from failover.lease import Handover, Kind, Lease, LeaseState
from failover.lease_table import LeaseLost, LeaseTable, LeaseUnknown
from failover.region_api import ApiUnavailable
from failover.steps import STEPS, handler, perform
from failover.steps import tools as tools_module
from failover.steps.errors import Held, NotYet
from failover.steps.inspection import OVERDUE_MS, Stock, inspect, take_stock
from failover.steps.tools import Tools
from failover.takeover import Takeover
from payments.entry import EntryState
from payments.errors import JournalUnavailable

from .scene import EAST, LEASE, NOW, WEST
from .west import OTHER_CLUSTER, OWN_CLUSTER, West, entry, fails, refusal, tools_of
from .west import run_all as run_west

HANDOVER = Handover(to=WEST, kind=Kind.SWITCHOVER, attempt=1)
TAKEOVER = Takeover.planned(LEASE, HANDOVER)
DRAINING = LEASE.draining(HANDOVER, now_ms=NOW)
HERE = DRAINING.handed_over(HANDOVER, now_ms=NOW)
ORDER = [
    *("guard", "drain", "settle", "promote", "wait_writer", "hand_over", "fence"),
    *("publish", "activate", "reconcile", "verify", "record"),
]
EARLY = ORDER[: ORDER.index("hand_over") + 1]


class Well(West):
    """Both regions are well: all that was settled has been replicated."""

    def __init__(self) -> None:
        super().__init__()
        self.rows["key-2"] = (7, EAST)
        self.switchovers: list[tuple[str, object]] = []
        self.alive = True

    def live(self) -> bool:
        return self.alive

    def rds_in(self, region: str) -> object:
        def switch(**request: object) -> None:
            self.switchovers.append((region, request))
            self.failover_global_cluster()

        return SimpleNamespace(switchover_global_cluster=switch)


@pytest.fixture
def west() -> Well:
    return Well()


@pytest.fixture
def tools(west: Well, leases: LeaseTable, put: Callable[[Lease], Lease], clock) -> Tools:
    put(LEASE)
    return tools_of(west, leases, clock, rds_in=west.rds_in)


run_all = partial(run_west, takeover=TAKEOVER, order=ORDER)


def outcome(tools: Tools, west: Well) -> tuple[object, ...]:
    lease = tools.leases.read()
    return lease.epoch, lease.holder, lease.state, lease.kind, west.fence, set(west.rows)


DONE = (8, WEST, LeaseState.ACTIVE, Kind.SWITCHOVER, 8, {"key-1", "key-2", "key-3"})


def test_a_switchover_from_beginning_to_end(tools, west):
    facts = run_all(tools, west)
    assert outcome(tools, west) == DONE
    assert facts["drain"] == {"state": "DRAINING", "changed_at_ms": NOW}
    assert facts["settle"] == {"done": True, "missing": 0}
    assert facts["hand_over"] == {"epoch": 8, "holder": WEST, "state": "TAKING"}
    assert tools.leases.read().automation is LEASE.automation


def test_the_writer_is_asked_for_where_it_is_and_without_data_loss(tools, west):
    run_all(tools, west, until="promote")
    wanted = {"GlobalClusterIdentifier": "payments", "TargetDbClusterIdentifier": OWN_CLUSTER}
    assert west.switchovers == [(EAST, wanted)]


def test_every_step_may_run_twice(tools, west):
    run_all(tools, west, times=2)
    assert outcome(tools, west) == DONE


@pytest.mark.parametrize("crash", ORDER)
def test_a_switchover_that_starts_again_after_a_crash_ends_the_same(tools, west, crash):
    run_all(tools, west, until=crash)
    run_all(tools, west)
    assert outcome(tools, west) == DONE
    assert len(west.switchovers) == 1


@pytest.mark.parametrize("step", [*ORDER, "undo"])
def test_no_step_acts_after_a_failover_in_the_same_epoch(tools, put, west, step):
    forced = put(LEASE.taken_over(by=WEST, now_ms=NOW, ttl_ms=1))
    with nullcontext() if step == "undo" else pytest.raises(Held):
        perform(step, TAKEOVER, tools)
    assert (tools.leases.read(), west.switchovers, west.fence) == (forced, [], 7)


@pytest.mark.parametrize("step", ["settle", "promote", "wait_writer", "hand_over", "fence", "activate"])
def test_nothing_goes_on_after_the_old_region_serves_again(tools, put, step):
    put(DRAINING.staying(now_ms=NOW))
    with pytest.raises(Held):
        perform(step, TAKEOVER, tools)


@pytest.mark.parametrize("step", list(STEPS)[4:])
def test_nothing_is_written_before_the_lease_is_here(tools, put, step):
    put(DRAINING)
    with pytest.raises(Held):
        perform(step, TAKEOVER, tools)


# guard: nothing has stopped yet


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"alive": False}, NotYet, "not live"),
        ({"writer": True}, Held, "not a planned switchover"),
        ({"reachable": False}, NotYet, "unreachable"),
        ({"rows": {}}, NotYet, "2 settled payments"),
    ],
)
def test_what_would_keep_it_from_ending_is_found_before_anybody_stops(
    *, tools, west, clock, change, error, message
):
    clock.now += OVERDUE_MS + 1
    for name, value in change.items():
        setattr(west, name, value)
    with pytest.raises(error, match=message):
        perform("guard", TAKEOVER, tools)
    assert tools.leases.read() == LEASE


def test_a_replica_that_lags_for_a_moment_is_no_obstacle(tools, west):
    west.rows = {}
    perform("guard", TAKEOVER, tools)


def test_once_it_drains_the_guard_asks_for_no_more_than_the_journal(tools, west, put):
    put(DRAINING)
    west.alive, west.reachable = False, False
    perform("guard", TAKEOVER, tools)
    west.entries = fails(JournalUnavailable("journal"))
    with pytest.raises(NotYet, match="journal"):
        perform("guard", TAKEOVER, tools)


# drain, settle, hand_over


@pytest.mark.parametrize("state", [LeaseState.TAKING, LeaseState.DRAINING])
def test_only_a_lease_that_serves_is_drained(tools, put, state):
    put(replace(LEASE, state=state, handover=replace(HANDOVER, attempt=2) if state == "DRAINING" else None))
    with pytest.raises(Held):
        perform("drain", TAKEOVER, tools)


@pytest.mark.parametrize(
    ("step", "write", "lease"),
    [("drain", "drain", LEASE), ("hand_over", "hand_over", DRAINING), ("undo", "stay", DRAINING)],
)
@pytest.mark.parametrize(("raised", "error"), [(LeaseLost, Held), (LeaseUnknown, NotYet)])
def test_a_write_of_the_lease_that_was_not_seen_is_no_success(
    *, tools, west, put, step, write, lease, raised, error
):
    put(lease)
    west.writer = step == "hand_over"
    leases = SimpleNamespace(read=tools.leases.read, **{write: fails(raised("gone"))})
    with pytest.raises(error, match="gone"):
        perform(step, TAKEOVER, replace(tools, leases=leases))


def test_a_payment_that_is_not_replicated_is_waited_for(tools, west, put):
    put(DRAINING)
    del west.rows["key-2"]
    assert perform("settle", TAKEOVER, tools) == {"done": False, "missing": 1}
    west.rows["key-2"] = (7, EAST)
    assert perform("settle", TAKEOVER, tools) == {"done": True, "missing": 0}


def test_a_lease_that_is_here_has_settled(tools, put):
    put(HERE)
    assert perform("settle", TAKEOVER, tools) == {"done": True}


@pytest.mark.parametrize("reachable", [True, False])
def test_the_lease_follows_the_writer_and_never_leads(tools, west, put, reachable):
    put(DRAINING)
    west.reachable = reachable
    with pytest.raises(NotYet, match="the database is"):
        perform("hand_over", TAKEOVER, tools)
    assert tools.leases.read() == DRAINING


# undo


@pytest.mark.parametrize("reachable", [True, False])
def test_an_undone_switchover_serves_in_the_old_region_and_epoch(tools, west, put, clock, reachable):
    put(DRAINING)
    west.reachable = reachable
    clock.now += 5
    assert perform("undo", TAKEOVER, tools) == {"undone": True, "holder": EAST, "state": "ACTIVE"}
    assert tools.leases.read() == replace(LEASE, changed_at_ms=NOW + 5)


@pytest.mark.parametrize("lease", [LEASE, HERE])
def test_there_is_nothing_to_undo_before_the_drain_and_after_the_handover(tools, put, lease):
    put(lease)
    assert perform("undo", TAKEOVER, tools)["undone"] is False
    assert tools.leases.read() == lease


def test_nothing_is_undone_once_the_writer_is_here(tools, west, put):
    put(DRAINING)
    west.promotion_arrives()
    with pytest.raises(Held, match="start the takeover again"):
        perform("undo", TAKEOVER, tools)


@pytest.mark.parametrize(
    "aurora", [{"members": OTHER_CLUSTER, "to": OWN_CLUSTER}, {"members": OWN_CLUSTER, "to": None}]
)
def test_nothing_is_undone_while_the_writer_moves(tools, west, put, aurora):
    put(DRAINING)
    west.aurora = aurora
    with pytest.raises(NotYet, match="moving"):
        perform("undo", TAKEOVER, tools)


def test_a_switchover_that_was_not_accepted_is_asked_for_again(tools, west, put):
    put(DRAINING)
    for error in (refusal("AccessDenied"), ReadTimeoutError(endpoint_url="https://rds")):
        west.rds_in = fails(error)
        with pytest.raises(NotYet, match="not accepted"):
            perform("promote", TAKEOVER, replace(tools, rds_in=west.rds_in))


# inspect


def test_stock_is_taken_in_batches_and_tells_lag_from_loss(tools, west, clock):
    old = {f"old-{n}": entry(f"old-{n}") for n in range(250)}
    clock.now += OVERDUE_MS + 1
    fresh = {"fresh": replace(entry("fresh"), accepted_at_ms=clock.now)}
    waiting = {"waiting": entry("waiting", EntryState.INTENT)}
    under_way = {"under-way": replace(entry("under-way", EntryState.INTENT), accepted_at_ms=clock.now)}
    west.journalled, west.rows = old | fresh | waiting | under_way, dict.fromkeys(list(old)[:200])
    stock = take_stock(tools)
    assert (stock.compared, stock.intents, stock.missing, stock.overdue) == (253, 1, 51, 50)


def test_stock_is_taken_since_the_mark_and_of_what_the_copy_lacks(tools, west, clock):
    clock.now += OVERDUE_MS + 1
    asked = []
    settled = west.settled
    west.settled = lambda keys: asked.extend(keys) or settled(keys)
    west.journalled["key-1"] = entry("key-1", EntryState.INTENT)
    west.journalled["old"] = replace(entry("old"), accepted_at_ms=NOW - 1)
    west.arrived = [entry(key) for key in ("key-1", "key-2", "key-3", "key-2")]
    west.rows = {"key-1": (7, EAST)}
    assert take_stock(tools) == Stock(compared=3, intents=1, missing=1, overdue=1)
    assert asked == ["key-2", "key-3"]


def test_an_inspection_tells_facts_and_changes_nothing(tools, west):
    assert inspect(tools) == {
        "region": WEST,
        "clock_ms": NOW,
        "database": "replica",
        "api": "live",
        "stock": {"compared": 3, "intents": 0, "missing": 0, "overdue": 0, "fence": 7},
        "why": None,
        "loss": {
            "done": True,
            "rule": "L20_journal_complete",
            "reason": "1 payments are replayed, none is lost",
            "figures": {
                "journal": "complete",
                "replicated_until_ms": NOW,
                "lag_ms": 0,
                "payments": 1,
                "money": {"EUR": 5},
            },
        },
    }
    assert tools.leases.read() == LEASE


def test_what_an_inspection_cannot_read_is_null_with_a_reason(tools, west):
    west.entries = fails(JournalUnavailable("journal down"))
    west.live = fails(ApiUnavailable("refused"))
    told = inspect(tools)
    assert (told["stock"], told["why"], told["api"]) == (None, "journal down", "dead")


def test_the_function_inspects_without_a_takeover(tools, monkeypatch):
    monkeypatch.setattr("failover.steps._tools", lambda: tools)
    assert handler({"step": "inspect"}, None)["region"] == WEST


def test_the_control_plane_of_the_other_region_is_asked_by_the_automation_role(monkeypatch):
    role = "arn:aws:iam::1:role/payments-automation-dev"
    asked = []
    monkeypatch.setattr(
        tools_module, "assumed", lambda *given, **named: asked.append((given, named)) or "control plane"
    )
    published = {"automation/role": role}
    parameters = SimpleNamespace(get=published.get)
    assert tools_module.rds_in(EAST, parameters) == "control plane"
    assert asked == [(("rds", role), {"region": EAST, "read_timeout": tools_module.PROMOTE_TIMEOUT_S})]
