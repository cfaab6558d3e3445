import json

import pytest

from payments import composition, handler
from runtime.clients import client
from tests.unit.deployed import ENVIRONMENT
from tests.unit.payments.service import event


@pytest.fixture
def environment(monkeypatch):
    for key, value in ENVIRONMENT.items():
        monkeypatch.setenv(key, value)
    yield
    client.cache_clear()
    composition.service.cache_clear()


def test_the_handler_composes_itself_once_from_its_environment(environment) -> None:
    answer = handler.handler(event("GET /health/live"), object())
    assert json.loads(answer["body"]) == {"region": "us-west-2"}
    assert composition.service() is composition.service()
