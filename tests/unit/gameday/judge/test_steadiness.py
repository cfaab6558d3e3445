from dataclasses import replace

import pytest

from gameday.judge.steadiness import steadiness
from gameday.observe.history import DnsSeen, ReadySeen, WriterSeen
from tests.unit.gameday.builders import EAST, FAULT, NOBODY_MOVES, WEST, attempt, failed, history, operation

AFTER = [operation(1091.0 + n) for n in range(20)]


def found(operations=AFTER, fault=FAULT, restored_s=91.0, **lists):
    return steadiness(replace(history(), **lists), operations, fault, restored_s, 1200.0)


def test_one_takeover_is_one_epoch_one_move_of_the_writer_and_one_of_dns():
    seen = found()
    assert (seen.epochs_begun, seen.writer_moves, seen.dns_moves, seen.old_holder_ready) == (1, 1, 1, 0)
    assert (seen.refusals, seen.failed_permille) == (0, 0.0)


def test_a_second_takeover_counts():
    later = [replace(history().leases[-1], at=1150.0, epoch=3)]
    assert found(leases=history().leases + later).epochs_begun == 2


def test_what_goes_and_comes_back_moved_twice():
    back = [DnsSeen(at=1100.0, region=EAST)]
    assert found(dns=history().dns + back).dns_moves == 2
    back = [WriterSeen(at=1100.0, region=EAST)]
    assert found(writers=history().writers + back).writer_moves == 2


def test_what_was_handed_over_is_told_from_what_was_taken():
    later = [replace(history().leases[-1], at=1150.0, epoch=3, kind="failback")]
    assert (found().planned, found(leases=history().leases + later).planned) == (0, 1)


def test_the_longest_stall_counts_from_the_arrival_and_only_what_the_fault_could_delay():
    before = operation(900.0, attempt(990.0))
    across = operation(999.0, failed(999.0), attempt(1003.0))
    assert found([before, across, *AFTER]).longest_stall_s == 4.05
    assert found([before]).longest_stall_s == 0.0


def test_a_payment_without_an_acknowledgement_stalls_for_ever():
    assert found([operation(1050.0, failed(1050.0)), *AFTER]).longest_stall_s is None


def test_moves_before_the_fault_do_not_count():
    assert found(dns=[DnsSeen(at=900.0, region=WEST), DnsSeen(at=999.0, region=EAST)]).dns_moves == 0


def test_an_old_holder_that_calls_itself_ready_again_is_counted_from_the_new_epoch_on():
    looks = [ReadySeen(at=at, region=EAST, ready=True) for at in (1010.0, 1035.95, 1036.5, 1100.0)]
    assert found(readiness=history().readiness + looks).old_holder_ready == 2


def test_where_nobody_may_move_readiness_is_no_offence_and_nothing_is_forgiven():
    looks = [ReadySeen(at=1100.0, region=EAST, ready=True)]
    operations = [operation(1000.5, failed(1000.5), attempt(1001.0)), *AFTER]
    seen = found(operations, NOBODY_MOVES, readiness=looks)
    assert seen.old_holder_ready == 0
    assert seen.failed_permille == pytest.approx(1000 / 22, abs=0.01)


def test_what_fails_before_the_service_is_restored_is_the_outage_itself():
    assert found([operation(1050.0, failed(1050.0)), *AFTER]).failed_permille == 0.0
    assert found([operation(1100.5, failed(1100.5)), *AFTER]).failed_permille > 40


def test_a_service_that_never_came_back_has_failed_since_the_fault():
    assert found([operation(1050.0, failed(1050.0))], restored_s=None).failed_permille == 1000.0
    assert found([], restored_s=None).failed_permille == 1000.0


def test_refusals_are_the_old_holders_503_after_the_fault():
    refused = attempt(1010.0, region=EAST, status=503)
    other = attempt(1011.0, region=WEST, status=503)
    before = attempt(990.0, region=EAST, status=503)
    assert found([operation(990.0, before, refused, other)]).refusals == 1
