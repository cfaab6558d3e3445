"""The checker is only worth something if every kind of fault is found: each test plants one."""

from dataclasses import replace

import pytest

from gameday.judge.ledger_check import LedgerFindings, check
from gameday.judge.tenure import tenures
from tests.unit.gameday.builders import (
    EAST,
    FAULT,
    WEST,
    attempt,
    entry,
    failed,
    history,
    operation,
    row,
)

BEFORE, AFTER = operation(990.0), operation(1050.0)
STRADDLING = operation(999.99, failed(999.99), attempt(1055.0))
OPERATIONS = [BEFORE, STRADDLING, AFTER]
ROWS = [row(payment) for payment in OPERATIONS]


def findings(operations=OPERATIONS, rows=ROWS, journal=None) -> LedgerFindings:
    journal = [entry(payment) for payment in operations] if journal is None else journal
    return check(operations, rows, journal, tenures(history().leases), FAULT)


def test_an_honest_run_is_sound():
    found = findings()
    assert found.sound
    assert found.acknowledged == [payment.key for payment in OPERATIONS]
    assert (found.accepted, found.reconciled, found.oldest_lost_at) == ([], [], None)


def test_an_unanswered_payment_may_be_in_the_ledger_or_not():
    silent = operation(999.95, failed(999.95))
    there = row(silent, entry_id="id-silent", epoch=1, region=EAST)
    assert findings([*OPERATIONS, silent], journal=[]).sound
    assert findings([*OPERATIONS, silent], [*ROWS, there], journal=[]).sound


def test_a_dropped_row_is_a_lost_payment():
    found = findings(rows=ROWS[1:])
    assert found.lost == [BEFORE.key]
    assert found.unbalanced == {"EUR": -100}
    assert found.oldest_lost_at == pytest.approx(990.05)
    assert not found.sound


def test_a_second_row_under_a_new_key_and_the_same_payment_is_a_duplicate():
    found = findings(rows=[*ROWS, replace(ROWS[0], idempotency_key="key-other")])
    assert found.duplicated == ["key-990", "key-other"]
    assert not found.sound


def test_a_second_row_under_the_same_key_is_a_duplicate_that_unbalances():
    for twin in (ROWS[0], replace(ROWS[0], entry_id="id-twin")):
        found = findings(rows=[*ROWS, twin])
        assert found.duplicated == [BEFORE.key]
        assert found.unbalanced == {"EUR": 100}


def test_one_key_answered_with_two_entry_ids_is_a_duplicate():
    twice = operation(990.0, attempt(990.0), attempt(991.0))
    assert findings([twice, STRADDLING, AFTER]).duplicated == [twice.key]


def test_a_entry_id_that_the_ledger_does_not_know_under_its_key_is_a_duplicate():
    assert findings(rows=[replace(ROWS[0], entry_id="id-other"), *ROWS[1:]]).duplicated == [BEFORE.key]


def test_swapped_amounts_are_found_although_the_sum_is_right():
    dear = operation(990.0, amount_minor=250)
    rows = [row(dear, amount_minor=100), row(STRADDLING), row(AFTER, amount_minor=250)]
    found = findings([dear, STRADDLING, AFTER], rows)
    assert found.mismatched == [dear.key, AFTER.key]
    assert found.unbalanced == {}
    assert not found.sound


def test_another_currency_is_a_mismatch_that_unbalances_both():
    found = findings(rows=[replace(ROWS[0], currency="USD"), *ROWS[1:]])
    assert found.mismatched == [BEFORE.key]
    assert found.unbalanced == {"EUR": -100, "USD": 100}


@pytest.mark.parametrize(
    "answer",
    [
        attempt(1001.0, region=EAST, epoch=1),  # by the dead, with a lease that had not run out
        attempt(1050.0, region=EAST, epoch=1),  # by the dead, under its old epoch
        attempt(1050.0, region=WEST, epoch=1),  # by the new holder under the old epoch
        attempt(1050.0, region=EAST, epoch=2),  # by the old holder under the new epoch
        attempt(1026.0, region=WEST, epoch=2),  # before the lease was taken
        attempt(1037.0, region=WEST, epoch=2),  # taken, but the takeover is not complete
        attempt(1131.0, region=WEST, epoch=2),  # after the last renewal ran out
        attempt(1050.0, region=WEST, epoch=None),  # says nothing of its epoch
        attempt(1050.0, region=None),  # says nothing of its region
        attempt(1050.0, region=WEST, epoch=3),  # an epoch that nobody saw
    ],
)
def test_an_acknowledgement_without_the_lease_is_found(answer):
    stray = operation(1000.5, answer)
    found = findings([*OPERATIONS, stray], [*ROWS, row(stray, epoch=2)], journal=[])
    assert found.fenced == [stray.key]
    assert not found.sound


def test_an_acknowledgement_counts_from_the_last_look_that_saw_the_takeover_unfinished():
    early = operation(1000.5, attempt(1039.92))
    assert findings([*OPERATIONS, early], [*ROWS, row(early)]).fenced == []


def test_a_payment_in_flight_when_the_fault_came_is_no_harm():
    flying = operation(999.97, attempt(999.97, ended=1000.1))
    assert findings([*OPERATIONS, flying], [*ROWS, row(flying)]).sound


def test_an_accepted_payment_must_be_in_the_ledger_too():
    accepted = operation(1045.0, attempt(1045.0, status=202))
    there = findings([*OPERATIONS, accepted], [*ROWS, row(accepted)])
    assert (there.accepted, there.accepted_lost, there.sound) == ([accepted.key], [], True)
    gone = findings([*OPERATIONS, accepted])
    assert (gone.accepted_lost, gone.lost, gone.sound) == ([accepted.key], [], False)


def test_a_row_of_a_later_epoch_than_its_journal_entry_was_reconciled():
    rows = [replace(ROWS[0], epoch=2, region=WEST), *ROWS[1:]]
    found = findings(rows=rows)
    assert (found.reconciled, found.sound) == ([BEFORE.key], True)
