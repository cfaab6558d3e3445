"""SSM and Secrets Manager are away in the holder's region: a keeper that has been here before goes on."""

import json
from types import SimpleNamespace

import pytest
from botocore.exceptions import ConnectTimeoutError

from failover import observe, region_api
from failover.observation import JournalFact
from payments import functions
from runtime import database

from .scene import LEASE, TTL

PARAMETERS = {
    "api/endpoint": "https://api.example",
    "db/name": "payments",
    "db/secret": "payments/database",
    "db/writer": "ledger.example:5432",
}
SECRET = json.dumps({"username": "u", "password": "p", "ca": "c"})


class Stores:
    """SSM and Secrets Manager of one region."""

    def __init__(self) -> None:
        self.away = False

    def get_parameter(self, Name: str) -> dict[str, object]:  # noqa: N803 - boto3's
        self._answer()
        return {"Parameter": {"Value": PARAMETERS[Name.removeprefix("/payments-dev/")]}}

    def get_secret_value(self, SecretId: str) -> dict[str, object]:  # noqa: N803 - boto3's
        self._answer()
        assert SecretId == PARAMETERS["db/secret"]
        return {"SecretString": SECRET}

    def _answer(self) -> None:
        if self.away:
            raise ConnectTimeoutError(endpoint_url="https://ssm")


class Connection:
    """A connection to a writer whose fence is at the lease's epoch."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def run(self, statement: str, **_: object) -> list[list[object]]:
        return [[True]] if "recovery" in statement else [[LEASE.epoch]]

    def prepare(self, statement: str) -> "Connection":
        return SimpleNamespace(run=lambda **given: self.run(statement, **given), close=lambda: None)

    def close(self) -> None:
        pass


class Live:
    """A connection to an API that is live."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def request(self, *_: object) -> None:
        pass

    def getresponse(self) -> object:
        return SimpleNamespace(status=200, read=lambda: b"", getheaders=list)

    def close(self) -> None:
        pass


@pytest.fixture
def stores(dynamodb, environment, monkeypatch) -> Stores:
    stores = Stores()
    real = functions.client
    monkeypatch.setattr(
        functions,
        "client",
        lambda name, **given: stores if name in {"ssm", "secretsmanager"} else real(name, **given),
    )
    monkeypatch.setattr(database, "Connection", Connection)
    monkeypatch.setattr(database.ssl, "create_default_context", lambda cadata: cadata)
    monkeypatch.setattr(region_api, "HTTPSConnection", Live)
    monkeypatch.setattr(observe, "journal_fact", lambda _journal, _minute: JournalFact.ANSWERS)
    return stores


def invoke() -> None:
    """One start by the schedule, with time for one tick only."""
    functions.keep({}, SimpleNamespace(get_remaining_time_in_millis=lambda: 21_000))


@pytest.mark.parametrize("hours", [0, 12])
def test_a_keeper_renews_although_the_stores_went_away_since_its_last_start(
    *, stores, leases, put, monkeypatch, hours
):
    now = LEASE.expires_at_ms
    monkeypatch.setattr(functions, "now_ms", lambda: now)
    put(LEASE)
    invoke()
    assert leases.read().expires_at_ms == now + TTL
    stores.away = True
    now += 60_000 + hours * 3_600_000
    invoke()
    assert leases.read().expires_at_ms == now + TTL
