"""Histories of a drill with one fault planted in each: the proof finds it, and says where."""

from dataclasses import replace

import pytest

from gameday.judge.linear import linearize
from gameday.judge.objects import Key, LeaseRegister, histories, lease_history
from gameday.judge.proof import CONFORMS, LEASE, LINEARIZABLE, proof_checks, prove
from gameday.load.records import LedgerRow
from gameday.observe.history import History, WriterSeen
from gameday.observe.record import Record
from tests.unit.gameday.builders import (
    EAST,
    PAID,
    WEST,
    attempt,
    entry,
    failed,
    history,
    lease,
    operation,
    row,
)
from tests.unit.gameday.reports import record

ONE = PAID[40]


def with_operation(*attempts, rows=(), journal=()) -> Record:
    one = operation(1050.1, *attempts, key="probe")
    sound = record()
    return replace(
        sound,
        operations=[*sound.operations, one],
        rows=[*sound.rows, *(row(one, **changes) for changes in rows)],
        journal=[*sound.journal, *(entry(one, **changes) for changes in journal)],
    )


def with_leases(*seen) -> Record:
    leases = sorted([*history().leases, *seen], key=lambda one: one.at)
    return record(history=replace(history(), leases=leases))


def test_B12_a_sound_history_is_linearizable_and_conforms():
    proof = prove(record())
    assert (proof.linearizable, proof.conforms) == (True, True)
    assert proof.objects == len(PAID) + 2
    assert all(check.met for check in proof_checks(proof))


ANSWER = {"region": WEST, "epoch": 2}
FAULTS = {
    "lost write": (with_operation(attempt(1050.1)), "probe"),
    "double acknowledgement": (
        with_operation(attempt(1050.1), attempt(1051.0, entry_id="other"), rows=[{}], journal=[{}]),
        "probe",
    ),
    "charged twice in the ledger": (
        with_operation(attempt(1050.1), rows=[{}, {"entry_id": "other"}], journal=[{}]),
        "probe",
    ),
    "another amount": (with_operation(attempt(1050.1), rows=[{"amount_minor": 1}], journal=[{}]), "probe"),
    "another id in the journal": (
        with_operation(attempt(1050.1), rows=[{}], journal=[{"entry_id": "other"}]),
        "probe",
    ),
    "stale read": (with_leases(lease(1050.0, 1, expires_at=1060.0)), LEASE),
    "two holders": (with_leases(replace(lease(1050.0, 2, expires_at=1075.0), holder=EAST)), LEASE),
    "reordered": (with_leases(lease(1050.0, 2, "TAKING", expires_at=1075.0)), LEASE),
    "resurrected": (with_operation(attempt(1050.1, region=EAST, epoch=1), rows=[{}], journal=[{}]), LEASE),
    "acknowledged before its epoch": (
        with_operation(attempt(1030.0, region=WEST, epoch=2), rows=[{}], journal=[{}]),
        LEASE,
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_B12_a_planted_fault_is_found_and_shown(fault):
    broken, name = FAULTS[fault]
    proof = prove(broken)
    assert proof.unexplained == (name,)
    assert proof.window[-1].startswith("unexplained: ")
    assert LINEARIZABLE in [check.name for check in proof_checks(proof) if not check.met]


def test_B12_the_window_shows_what_was_last_explained_the_state_and_what_is_not():
    shown = prove(FAULTS["double acknowledgement"][0]).window
    assert shown == (
        "explained: probe 1050.100..1050.150 us-west-2: 201 id-1050.1",
        "probe is now: entry id-1050.1",
        "unexplained: probe 1051.000..1051.050 us-west-2: 201 other",
    )


@pytest.mark.parametrize("rows", [[], [{}]])
def test_a_request_without_an_answer_took_effect_or_did_not(rows):
    lost = [{**one, "entry_id": "its own", "epoch": 2, "region": WEST} for one in rows]
    assert prove(with_operation(failed(1050.1), failed(1051.0), rows=lost)).linearizable


def test_a_row_that_nobody_asked_for_is_explained_by_nothing():
    stray = LedgerRow(
        entry_id="x", idempotency_key="stray", amount_minor=1, currency="EUR", epoch=2, region=WEST
    )
    assert prove(record(rows=[*record().rows, stray])).unexplained == ("stray",)


def test_an_acknowledgement_that_does_not_say_by_whom_is_no_look_at_the_lease():
    anonymous = with_operation(attempt(1050.1, region=None, epoch=None), rows=[{"region": WEST, "epoch": 2}])
    assert len(lease_history(anonymous.history, anonymous.operations)) == len(
        lease_history(record().history, record().operations)
    )


def test_a_lease_may_be_remembered_for_half_a_second():
    drained = lease(1050.0, 2, "DRAINING", expires_at=1075.0)
    handed = replace(
        lease(1050.9, 3, "TAKING", expires_at=1075.0), holder=EAST, kind="switchover", previous=WEST
    )
    leases = [one for one in history().leases if one.at < 1050] + [drained, handed]
    late = attempt(1051.2, region=WEST, epoch=2)
    later = attempt(1051.5, region=WEST, epoch=2)
    seen = History(leases=leases)
    found = [
        linearize(lease_history(seen, [operation(one.started, one)]), LeaseRegister()).window
        for one in (late, later)
    ]
    assert [one is None for one in found] == [True, False]


def test_B12_35_000_operations_cost_few_steps_each():
    """The bound is a count, and holds on every machine."""
    keys = [
        operation(
            1000.0 + n / 100,
            failed(1000.0 + n / 100),
            attempt(1000.2 + n / 100, entry_id=f"p{n}"),
            key=f"k{n}",
        )
        for n in range(7000)
    ]
    leases = [lease(1000.0 + n / 100, 2, expires_at=2000.0) for n in range(7000)]
    large = record(
        history=History(leases=leases),
        operations=keys,
        rows=[row(one) for one in keys],
        journal=[entry(one) for one in keys],
    )
    proof = prove(large)
    assert (proof.linearizable, proof.operations) == (True, 42_000)
    assert proof.steps <= 4 * proof.operations


RULES = {
    "lease-change": with_leases(replace(lease(1050.0, 2, expires_at=1075.0), holder=EAST)),
    "taken-before-expiry": record(
        history=replace(history(), leases=[lease(999.0, 1, expires_at=1040.0), *history().leases[3:]])
    ),
    "two-acknowledge": with_operation(
        attempt(1050.1, region=EAST, epoch=1), rows=[{"region": WEST, "epoch": 2}], journal=[{}]
    ),
    "charged-twice": FAULTS["double acknowledgement"][0],
    "lost": FAULTS["lost write"][0],
    "not-journalled": with_operation(attempt(1050.1), rows=[{}]),
    "no-lease": with_operation(attempt(1050.1), rows=[{"region": EAST}], journal=[{}]),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_of_the_model_that_a_record_breaks_is_named(rule):
    proof = prove(RULES[rule])
    assert [told for told in proof.rules_broken if told.startswith(f"{rule}: ")]
    assert CONFORMS in [check.name for check in proof_checks(proof) if not check.met]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"region": EAST, "epoch": 1, "ended": 1030.0},
            "us-east-1 acknowledged in epoch 1 at 1030.000, after",
        ),
        ({"region": WEST, "epoch": 7}, "us-west-2 acknowledged in epoch 7 while None held epoch None"),
        ({"region": EAST}, "us-east-1 acknowledged in epoch 2 while us-west-2 held epoch 2"),
    ],
)
def test_who_acknowledges_without_the_lease_is_named(changes, said):
    broken = with_operation(attempt(1050.1, **changes), rows=[{"region": WEST, "epoch": 2}], journal=[{}])
    assert [told for told in prove(broken).rules_broken if said in told]


@pytest.mark.parametrize(("status", "explained"), [(201, False), (202, True)])
def test_a_holder_that_is_still_taking_over_may_accept_and_may_not_settle(status, explained):
    early = attempt(1036.5, region=WEST, epoch=2, status=status)
    answered = with_operation(early, rows=[{}], journal=[{}])
    looks = [lease(at, 2, "TAKING", expires_at=1066.0) for at in (1037.0, 1038.0)]
    leases = sorted([*history().leases, *looks], key=lambda one: one.at)
    proof = prove(replace(answered, history=replace(history(), leases=leases)))
    assert (proof.linearizable, proof.conforms) == (explained, True)


def test_an_answer_without_an_id_is_asked_of_the_lease_only():
    silent = with_operation(attempt(1050.1, entry_id=None))
    assert prove(silent).rules_asked == prove(record()).rules_asked + 2


def moved(*, caught: bool, writer: str = EAST, expires_at: float = 1130.0) -> Record:
    """A planned move back to the east, with its drain seen or not."""
    drained = [replace(lease(1119.0, 2, "DRAINING", expires_at=1130.0), to=EAST)] if caught else []
    taken = replace(
        lease(1120.0, 3, "TAKING", expires_at=expires_at), holder=EAST, kind="switchover", previous=WEST
    )
    leases = [*history().leases, *drained, taken]
    writers = [*history().writers, WriterSeen(at=1120.1, region=writer)]
    return record(history=replace(history(), leases=leases, writers=writers))


@pytest.mark.parametrize("caught", [True, False])
def test_a_planned_move_conforms_whether_its_drain_was_seen_or_not(caught):
    assert prove(moved(caught=caught)).rules_broken == ()


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        (moved(caught=True, writer=WEST), "no-writer"),
        (moved(caught=True, expires_at=1129.0), "lease-change"),
    ],
)
def test_a_handover_ahead_of_its_writer_or_with_a_shorter_lease_is_named(broken, rule):
    assert [told.partition(":")[0] for told in prove(broken).rules_broken] == [rule]


def test_every_key_has_its_own_history():
    ops = histories(record())[ONE.key]
    assert [one.told.split()[1] for one in ops][1:] == ["ledger", "journal"]
    assert linearize(ops, Key()).window is None
