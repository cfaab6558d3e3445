import json

import pytest

from payments import composition, handler
from runtime.clients import client
from tests.unit.payments.service import event


@pytest.fixture
def environment(monkeypatch):
    for key, value in {
        "AWS_REGION": "us-west-2",
        "SYSTEM": "payments",
        "PARAMETER_PREFIX": "/payments-test",
        "LEASE_TABLE": "lease",
        "JOURNAL_TABLE": "journal",
        "ARRIVALS_TABLE": "arrivals",
        "SESSIONS_TABLE": "sessions",
        "LEASE_TTL_SECONDS": "30",
        "TICK_SECONDS": "10",
        "CLOCK_SKEW_SECONDS": "2",
        "KEEPER_LIFETIME_SECONDS": "130",
    }.items():
        monkeypatch.setenv(key, value)
    yield
    client.cache_clear()
    composition.service.cache_clear()


def test_the_handler_composes_itself_once_from_its_environment(environment) -> None:
    answer = handler.handler(event("GET /health/live"), object())
    assert json.loads(answer["body"]) == {"region": "us-west-2"}
    assert composition.service() is composition.service()
