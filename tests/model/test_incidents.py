"""Incidents as they happened to others, each a story that once ended badly here, under the calm schedule."""

from collections.abc import Callable

import pytest

from durable import witnesses
from tests.model import mutants_of_clocks
from tests.model.story import Story, clocks, happens, types
from tests.model.subject import SYSTEM
from tests.model.world import EAST, WEST

DAY_MS = 86_400_000


@pytest.mark.parametrize("ahead_ms", [300_000, DAY_MS])
@pytest.mark.parametrize("of", ["", "keeper"])
def test_an_expiry_that_a_fast_clock_wrote_does_not_put_off_a_failover(ahead_ms, of):
    """The holder's clock is ahead for twelve seconds, then right; the region dies at sixty."""
    story = Story(200, {5: clocks(EAST, ahead_ms, of), 17: clocks(EAST, 0, of), 60: happens("kill", EAST)})
    assert story.first(WEST) < 100
    assert story.first_call(WEST) < 40


def test_a_clock_that_is_fast_during_one_run_of_the_reconciler_loses_no_payment():
    fast = {at: clocks(EAST, ms, "reconciler") for at, ms in ((30, 300_000), (55, 0))}
    story = Story(300, {**fast, 150: happens("kill", EAST)})
    assert story.served[EAST]
    assert story.first(WEST, after_s=150) < 240


def test_a_clock_that_is_fast_in_the_whole_region_loses_no_payment():
    fast = {at: clocks(EAST, ms) for at, ms in ((30, 300_000), (90, 0))}
    story = Story(500, {**fast, 400: happens("kill", EAST)})
    assert story.first(WEST, after_s=90) < 200


@pytest.mark.parametrize("ahead_ms", [150_000, 300_000, DAY_MS])
def test_a_region_that_is_lost_while_its_clock_is_fast_loses_no_payment(ahead_ms):
    """What it wrote lies in minutes of the future, and its last rows were not replicated."""
    lost = {29: happens("cut", EAST), 30: clocks(EAST, ahead_ms), 75: happens("kill", EAST)}
    story = Story(300, lost)
    assert story.served[EAST][-1] > 60
    assert story.first(WEST, after_s=75) < 140


def test_a_holder_whose_clock_is_set_back_serves_nobody_and_loses_no_payment():
    story = Story(300, {60: clocks(EAST, -180_000)})
    assert [second for second in story.served[EAST] if second > 61] == []
    assert story.first_call(EAST, after_s=60) < 75
    assert story.first(WEST) < 120


def test_a_fast_clock_in_the_standby_fails_no_healthy_holder_over():
    story = Story(180, {10: clocks(WEST, 40_000), 170: clocks(WEST, 0)})
    assert story.world.watch.takeovers == 0
    assert story.served[WEST] == []
    assert story.first_call(WEST) < 100
    assert len(story.served[EAST]) > 80


@pytest.mark.parametrize("lost_s", [21.4, 22])
def test_a_drain_that_a_fast_clock_wrote_has_a_limit_like_any_other(lost_s):
    """The target's clock is a day ahead as it drains. Then it is lost, with the writer or without."""
    story = Story(120, {19: clocks(WEST, DAY_MS), 20: types("move", WEST), lost_s: happens("kill", WEST)})
    assert story.world.count["drained"] == 1
    if story.world.aurora.writer == EAST:
        assert story.first(EAST, after_s=23) < 40
    else:
        assert story.first_call(EAST) < 40


def test_a_deleted_fence_calls_a_person_and_ends():
    story = Story(200, {20: lambda story: story.trouble.unfence()})
    assert story.first_call(EAST) < 40
    assert story.first(WEST) < 100


def test_a_deleted_fence_is_ended_by_one_command_where_it_was():
    story = Story(120, {20: lambda story: story.trouble.unfence(), 40: types("reset", EAST)})
    assert story.first(EAST, after_s=41) < 60
    assert story.world.watch.takeovers == 0


def test_a_journal_that_is_out_of_reach_in_the_holders_region_alone_costs_a_failover_and_not_an_outage():
    story = Story(200, {20: happens("journal", EAST)})
    assert story.first(WEST) < 100


@pytest.mark.parametrize("table", ["journal", "lease"])
def test_a_service_that_is_lost_for_good_everywhere_calls_a_person(table):
    story = Story(200, {20: happens(table, EAST), 21: happens(table, WEST)})
    assert story.first_call(EAST) < 120
    assert story.first_call(WEST) < 120


def test_two_of_three_places_lost_calls_a_person():
    story = Story(300, {20: happens("kill", EAST), 21: happens("witness", EAST)})
    assert story.first_call(WEST) < 120
    assert story.served[WEST] == []


def test_a_removed_lease_calls_a_person_and_one_command_ends_it():
    def remove(story: Story) -> None:
        story.world.watch.restored()
        story.world.store.tables["lease"].clear()

    story = Story(200, {20: remove, 60: types("reset", EAST)})
    assert story.first_call(EAST) < 40
    assert story.first(EAST, after_s=21) < 90
    assert story.served[WEST] == []


def test_a_lease_restored_to_a_takeover_that_ended_calls_within_a_minute_and_is_retried():
    """The takeover's name is taken: starting it again starts nothing."""

    def restore(story: Story) -> None:
        taking = [one for one in story.world.store.leases_before if one["state"]["S"] == "TAKING"]
        story.world.watch.restored()
        expires = {"expires_at_ms": {"N": str(story.world.now_ms + 20_000)}}
        story.world.store.tables["lease"][SYSTEM] = taking[-1] | expires

    story = Story(300, {20: happens("kill", EAST), 120: restore, 200: types("retry", WEST)})
    assert story.first_call(WEST, after_s=120) < 180
    assert story.first(WEST, after_s=121) in range(200, 230)


def test_a_lease_restored_to_an_older_epoch_is_ended_by_one_command():
    def restore(story: Story) -> None:
        first = next(one for one in story.world.store.leases_before if one["epoch"]["N"] == "1")
        story.world.watch.restored()
        story.world.store.tables["lease"][SYSTEM] = first

    moves = {20: types("move", WEST), 60: types("move", EAST), 100: restore, 160: types("reset", WEST)}
    story = Story(300, moves)
    assert story.first_call(EAST, after_s=100) < 130
    assert story.first_call(WEST, after_s=100) < 150  # it took over, into an epoch that there was before
    assert story.first(WEST, after_s=161) < 200


def test_an_expiry_that_nobody_believes_is_ended_by_one_command_where_it_was():
    fast = {at: clocks(EAST, ms, "keeper") for at, ms in ((5, DAY_MS), (17, 0))}
    story = Story(100, {**fast, 30: types("reset", EAST)})
    assert story.first(EAST, after_s=31) < 60
    assert story.world.watch.takeovers == 0


def owes_when_arrivals_are_emptied(until_s: int) -> Story:
    """A payment is accepted while the ledger is away; then somebody empties the arrivals."""

    def ledger(*, up: bool) -> Callable[[Story], object]:
        return lambda story: setattr(story.world.aurora.clusters[EAST], "up", up)

    def asks(story: Story) -> None:
        story.world.scheduler.spawn(EAST, "request", lambda: story.world.site(EAST).request("owed"))

    return Story(
        until_s,
        {
            100.5: ledger(up=False),
            101: asks,
            101.5: ledger(up=True),
            110: lambda story: (story.world.store.restore_arrivals(0), story.world.watch.arrivals_restored()),
        },
    )


def test_a_holder_whose_arrivals_are_emptied_settles_what_it_owes():
    story = owes_when_arrivals_are_emptied(250)
    assert story.world.watch.acknowledged_keys["owed"]
    assert "owed" in story.world.aurora.clusters[EAST].rows
    assert story.world.watch.takeovers == 0


def test_without_witnesses_a_holder_never_settles_it(monkeypatch):
    monkeypatch.setattr(witnesses, "did_not_come", lambda _rows, _journal: set())
    assert "owed" not in owes_when_arrivals_are_emptied(250).world.aurora.clusters[EAST].rows


def test_the_operator_resets_nothing_that_serves():
    story = Story(40, {20: types("reset", EAST), 21: types("reset", WEST)})
    assert story.world.lease()[0] == 1


def test_the_stories_of_wrong_clocks_end_badly_without_what_mends_them(monkeypatch):
    mutants_of_clocks.a_limit_begins_when_a_clock_says_so(monkeypatch)
    for lost_s in (21.4, 22):
        with pytest.raises(StopIteration):
            test_a_drain_that_a_fast_clock_wrote_has_a_limit_like_any_other(lost_s)
    mutants_of_clocks.taken_by_the_clock_alone(monkeypatch)
    with pytest.raises(AssertionError):
        test_a_fast_clock_in_the_standby_fails_no_healthy_holder_over()
    mutants_of_clocks.every_expiry_believed(monkeypatch)
    with pytest.raises(AssertionError):
        test_a_holder_whose_clock_is_set_back_serves_nobody_and_loses_no_payment()
    with pytest.raises((AssertionError, StopIteration)):
        test_an_expiry_that_a_fast_clock_wrote_does_not_put_off_a_failover(DAY_MS, "")
