"""The function behind the API, invoked by the `warm` step of a takeover."""

from types import SimpleNamespace

import pytest

from failover.lease_table import LeaseUnknown
from payments import handler as module
from payments.warming import ENVIRONMENT, LONGEST_MS, hold


class Remembered(SimpleNamespace):
    """The lease as the service remembers it."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__(error=error, reads=0)

    def current(self) -> None:
        self.reads += 1
        if self.error:
            raise self.error


@pytest.mark.parametrize("error", [None, LeaseUnknown("the table is silent")])
def test_an_environment_reads_the_lease_stays_busy_and_says_which_it_is(error) -> None:
    lease, slept = Remembered(error), []
    assert hold({"warm_ms": 250}, SimpleNamespace(lease=lease), slept.append) == {"environment": ENVIRONMENT}
    assert (lease.reads, slept) == (1, [0.25])


def test_nobody_can_hold_an_environment_for_long() -> None:
    slept: list[float] = []
    hold({"warm_ms": 3_600_000}, SimpleNamespace(lease=Remembered()), slept.append)
    assert slept == [LONGEST_MS / 1000]


def test_the_handler_warms_up_when_it_is_invoked_for_that(monkeypatch) -> None:
    monkeypatch.setattr(module, "service", lambda: SimpleNamespace(lease=Remembered()))
    assert module.handler({"warm_ms": 0}, None) == {"environment": ENVIRONMENT}
