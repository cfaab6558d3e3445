import pytest

from gameday.judge.timeline import accepted_s, epoch_before, events, moments, restored_s
from tests.unit.gameday.builders import (
    EAST,
    FAULT,
    FAULT_AT,
    attempt,
    failed,
    history,
    operation,
)


def seconds(outcome: dict[int, tuple[int, int]]):
    """Attempts by second after the fault: how many are settled, how many fail."""
    for second, (settled, failures) in outcome.items():
        for n in range(settled):
            yield attempt(FAULT_AT + second + n / 1000)
        for n in range(failures):
            yield failed(FAULT_AT + second + 0.5 + n / 1000)


def restored(outcome, until=60.0):
    return restored_s(seconds(outcome), FAULT_AT, FAULT_AT + until, 10)


GOOD = (100, 0)


def test_restored_is_the_first_of_ten_good_seconds():
    assert restored({0: (0, 40), 1: (0, 40)} | dict.fromkeys(range(2, 12), GOOD)) == 2


def test_nine_good_seconds_are_not_enough():
    assert restored(dict.fromkeys(range(2, 11), GOOD)) is None


def test_a_service_that_never_failed_is_restored_at_once():
    assert restored(dict.fromkeys(range(12), GOOD)) == 0


@pytest.mark.parametrize(
    ("weakest", "first"),
    [
        ((99, 1), 0),  # exactly 99 %
        ((98, 1), 6),  # 98.99 %
        ((98, 2), 6),
        ((0, 0), 6),  # nothing was tried, so nothing is known
    ],
)
def test_one_weak_second_starts_the_count_again(weakest, first):
    assert restored(dict.fromkeys(range(20), GOOD) | {5: weakest}) == first


def test_a_second_that_is_not_over_does_not_count():
    outcome = dict.fromkeys(range(10), GOOD)
    assert restored(outcome, until=9.99) is None
    assert restored(outcome, until=10.0) == 0


def test_accepted_is_not_settled():
    attempts = [attempt(FAULT_AT + second, status=202) for second in range(20)]
    assert restored_s(attempts, FAULT_AT, FAULT_AT + 30, 10) is None


def test_B11_accepted_or_settled_is_accepted():
    attempts = [attempt(FAULT_AT + n, status=503 if n < 3 else 201 if n % 2 else 202) for n in range(20)]
    assert accepted_s(attempts, FAULT_AT, FAULT_AT + 30, 10) == 3


def test_B11_acceptance_is_told_apart_from_settling():
    early = [operation(1041.0 + n, attempt(1041.0 + n, status=202)) for n in range(20)]
    late = [operation(1061.0 + n) for n in range(20)]
    seen = moments(history(), [*early, *late], FAULT, 1100.0, 10)
    assert (seen.first_accepted_s, seen.accepted_s) == (41.05, 41)
    assert (seen.first_ack_s, seen.restored_s) == (61.05, 61)


def test_attempts_before_the_fault_do_not_count():
    attempts = [attempt(FAULT_AT - second) for second in range(1, 30)]
    assert restored_s(attempts, FAULT_AT, FAULT_AT + 30, 10) is None


def test_each_moment_is_counted_from_the_fault():
    operations = [operation(990.0), operation(1041.0, failed(1001.0), attempt(1041.0))]
    seen = moments(history(), operations, FAULT, 1100.0, 10)
    assert epoch_before(history(), FAULT) == 1
    assert seen.lease_expired_s == 25.0
    assert seen.detected_s == 36.0
    assert seen.writer_promoted_s == 38.0
    assert seen.active_s == 40.0
    assert seen.ready_s == 40.5
    assert seen.dns_moved_s == 30.0
    assert seen.first_ack_s == 41.05
    assert seen.restored_s is None


def test_what_was_seen_before_the_fault_is_no_step_of_the_recovery():
    watched = history()
    watched.leases, watched.dns = watched.leases[:2], watched.dns[:1]
    watched.writers, watched.readiness = watched.writers[:1], watched.readiness[:3]
    seen = moments(watched, [operation(990.0)], FAULT, 1100.0, 10)
    assert [event.name for event in events(seen, FAULT)] == ["fault", "lease expired"]


def test_the_timeline_is_in_the_order_of_time_and_leaves_out_what_never_happened():
    told = events(moments(history(), [operation(1041.0)], FAULT, 1100.0, 10), FAULT)
    assert [event.name for event in told] == [
        "fault",
        "lease expired",
        "dns moved",
        "detected",
        "writer promoted",
        "active",
        "ready",
        "first accepted",
        "first ack",
    ]
    assert EAST in told[0].detail
