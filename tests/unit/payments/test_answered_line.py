"""The line that is logged about every request names what an operator searches for."""

import logging

import pytest

from payments import handler as module
from runtime.database import DatabaseUnavailable
from tests.unit.payments.service import Frontend, event, fail, get, post


@pytest.fixture
def send(world, monkeypatch) -> Frontend:
    monkeypatch.setattr(module, "now_ms", world.clock)
    return Frontend(world)


def answered(caplog) -> logging.LogRecord:
    return [record for record in caplog.records if record.message == "answered"][-1]


@pytest.mark.parametrize(
    ("change", "status"), [({}, 201), ({"when_recorded": fail(DatabaseUnavailable("no answer"))}, 202)]
)
def test_a_payment_is_named_however_far_it_came(send, world, caplog, change, status) -> None:
    vars(world).update(change)
    payment_id = send(post()).body["payment_id"]
    assert (answered(caplog).status, answered(caplog).payment_id) == (status, payment_id)


def test_a_payment_that_is_read_is_named(send, caplog) -> None:
    payment_id = send(post()).body["payment_id"]
    caplog.clear()
    send(get(payment_id))
    assert (answered(caplog).status, answered(caplog).payment_id) == (200, payment_id)


def test_the_time_that_a_request_took_is_told(send, world, caplog) -> None:
    world.when_accepted = lambda: setattr(world, "now_ms", world.now_ms + 120)
    send(post())
    send(event("GET /health/live"))
    told = [record.took_ms for record in caplog.records if record.message == "answered"]
    assert told == [120, 0]
