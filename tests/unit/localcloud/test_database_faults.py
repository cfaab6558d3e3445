"""W05 S01: a writer that is away comes back from its second copy, that of a cluster as its reader."""

from types import SimpleNamespace

import pytest

from localcloud import database_faults
from localcloud.database_faults import AWAY, LOST, WRITER_LOST, DatabaseFaults

WRITER, REPLICA, HERE = "board-0", "board-1", "us-east-1"


class Parts(list):
    """Servers and records in one: what they were told, in order."""

    writer = WRITER

    def kill(self, server):
        self.append(("kill", server))

    def revive(self, server):
        self.append(("start", server))

    def switchover(self, server):
        self.writer = server
        self.append(("switchover", server))

    def set_database(self, region, name, status):
        self.append(("status", region, name, status))

    def set_writer(self, region, name):
        self.append(("writer", region, name))

    def follow(self, region, *, writer, replica):
        self.append(("follow", region, writer, replica))


class Timer:
    """Rings when the test says so."""

    made = ()

    def __init__(self, seconds, act, given):
        self.seconds, self.act, self.given, self.cancelled = seconds, act, given, False
        Timer.made = (*Timer.made, self)

    def start(self):
        self.begun = True

    def cancel(self):
        self.cancelled = True

    def ring(self):
        self.act(*self.given)


@pytest.fixture
def parts():
    return Parts()


@pytest.fixture
def faults(parts, monkeypatch):
    Timer.made = ()
    monkeypatch.setattr(database_faults.threading, "Timer", Timer)
    return DatabaseFaults(SimpleNamespace(databases={WRITER: HERE, REPLICA: HERE}), parts, parts)


def test_the_second_copy_serves_after_its_time_and_once(faults, parts):
    faults.begin(AWAY, {"standby_s": 30})
    (timer,) = Timer.made
    assert parts == [("kill", WRITER)]
    assert (timer.seconds, timer.begun) == (30.0, True)
    timer.ring()
    faults.end()
    faults.rebuild()
    assert parts == [("kill", WRITER), ("start", WRITER)]


def test_healing_does_not_wait_for_the_second_copy(faults, parts):
    faults.begin(AWAY, {"standby_s": 30})
    faults.end()
    assert Timer.made[0].cancelled
    Timer.made[0].ring()
    assert parts == [("kill", WRITER), ("start", WRITER)]


def test_a_lost_writer_that_nobody_replaced_runs_again_and_is_available(faults, parts):
    faults.begin(LOST, {})
    assert parts == [("kill", WRITER), ("status", HERE, WRITER, "failed")]
    faults.end()
    faults.rebuild()
    assert parts[2:] == [("start", WRITER), ("follow", HERE, WRITER, REPLICA)]
    faults.rebuild()
    assert len(parts) == 4, "what is healed stays as it is"


def test_after_a_promotion_the_pair_is_built_anew_with_its_roles(faults, parts):
    faults.begin(LOST, {})
    parts.writer = REPLICA
    faults.end()
    faults.rebuild()
    assert parts[2:] == [("switchover", WRITER), ("follow", HERE, WRITER, REPLICA)]


@pytest.mark.parametrize("end", [lambda _: Timer.made[0].ring(), lambda faults: faults.end()])
def test_S01_when_the_writer_of_a_cluster_is_lost_the_reader_writes_after_its_time_and_once(
    faults, parts, end
):
    faults.begin(WRITER_LOST, {"failover_s": 20})
    assert (parts, Timer.made[0].seconds) == ([("kill", WRITER)], 20.0)
    end(faults)
    faults.end()
    faults.rebuild()
    assert parts[1:] == [("switchover", REPLICA), ("writer", HERE, REPLICA)]


def test_half_an_order_begins_nothing(faults, parts):
    with pytest.raises(KeyError):
        faults.begin(AWAY, {})
    assert parts == []
