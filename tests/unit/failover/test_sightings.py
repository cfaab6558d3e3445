"""How old a renewal is, and how far two clocks are apart, from having looked before."""

from dataclasses import replace

import pytest

from failover.sightings import SLOW_TICK_MS, Sightings

from .scene import LEASE, NOW, TTL


class Looks:
    """A region that looks; a test moves its clock and the time apart from each other."""

    def __init__(self) -> None:
        self.now_ms, self.passed_s = NOW, 100.0
        self.sightings = Sightings(ttl_ms=TTL, clock=lambda: self.now_ms, steady_s=lambda: self.passed_s)

    def goes_on(self, seconds: float) -> None:
        self.passed_s += seconds
        self.now_ms += int(seconds * 1000)


@pytest.fixture
def looks() -> Looks:
    return Looks()


def test_the_age_of_a_renewal_counts_from_the_first_look_and_by_no_clock_that_is_set(looks):
    assert looks.sightings.of(LEASE).unchanged_ms == 0
    looks.goes_on(10)
    looks.now_ms += 86_400_000
    assert looks.sightings.of(replace(LEASE, attempt=2)).unchanged_ms == 10_000
    assert looks.sightings.of(replace(LEASE, expires_at_ms=LEASE.expires_at_ms + 1)).unchanged_ms == 0
    assert looks.sightings.of(replace(LEASE, epoch=8)).unchanged_ms == 0


@pytest.mark.parametrize(("ahead_ms", "off_ms"), [(300_000, 300_000), (1, 1), (0, 0), (-1, 0)])
def test_a_renewal_from_the_future_was_written_by_a_clock_that_is_ahead(looks, ahead_ms, off_ms):
    lease = replace(LEASE, expires_at_ms=NOW + TTL + ahead_ms)
    assert looks.sightings.of(lease).clock_off_ms == off_ms


@pytest.mark.parametrize(("behind_ms", "off_ms"), [(180_000, 180_000), (1, 1), (0, 0), (-1, 0)])
def test_a_new_renewal_that_is_older_than_the_last_look_was_written_by_a_clock_that_is_behind(
    looks, behind_ms, off_ms
):
    looks.sightings.of(LEASE)
    looks.goes_on(10)
    late = replace(LEASE, epoch=8, expires_at_ms=NOW + TTL - SLOW_TICK_MS - behind_ms)
    assert looks.sightings.of(late).clock_off_ms == off_ms
    looks.goes_on(10)
    assert looks.sightings.of(late).clock_off_ms == 0
