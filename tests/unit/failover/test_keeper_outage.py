"""SSM and Secrets Manager are away in the holder's region: a keeper that has been here before goes on."""

import json
from types import SimpleNamespace

import pytest
from botocore.exceptions import ConnectTimeoutError

from durable import composition
from failover import observe, region_api
from failover.decision import PATIENCE_MS, Rule
from failover.observation import JournalFact
from payments import functions
from runtime import postgresql
from runtime.environment import Environment

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

    def get_parameter(self, Name: str, **_: bool) -> dict[str, object]:  # noqa: N803 - boto3's
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
    real = composition.client
    monkeypatch.setattr(
        composition,
        "client",
        lambda name, **given: stores if name in {"ssm", "secretsmanager"} else real(name, **given),
    )
    monkeypatch.setattr(postgresql, "Connection", Connection)
    monkeypatch.setattr(postgresql.ssl, "create_default_context", lambda cadata: cadata)
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
    monkeypatch.setattr(composition, "now_ms", lambda: now)
    put(LEASE)
    invoke()
    assert leases.read().expires_at_ms == now + TTL
    stores.away = True
    now += 60_000 + hours * 3_600_000
    invoke()
    assert leases.read().expires_at_ms == now + TTL


def test_a_keeper_that_starts_cold_meanwhile_moves_nothing_and_calls_a_person_before_the_others_end(
    *, stores, leases, put, monkeypatch
):
    """The others, which began up to three minutes ago, renew; nobody is failed over because one is blind."""
    now = LEASE.expires_at_ms
    monkeypatch.setattr(composition, "now_ms", lambda: now)
    put(LEASE)
    environment = Environment.from_env()
    warm = functions.keeper_of(environment)
    assert warm.turn().rule is Rule.HOLDER_FIT
    stores.away = True
    cold, started_s = functions.keeper_of(environment), 1_000.0
    said: list[tuple[Rule, bool]] = []
    for tick in range(7):
        now += environment.tick_s * 1000
        cold._steady_s = lambda tick=tick: started_s + tick * environment.tick_s
        before = leases.read()
        decision = cold.turn()
        assert leases.read() == before
        said.append((decision.rule, decision.calls))
        assert warm.turn().rule is Rule.HOLDER_FIT
        assert leases.read().expires_at_ms == now + TTL
    assert said == [(Rule.HOLDER_UNFIT, tick * environment.tick_s >= 60) for tick in range(7)]
    last_warm_s = environment.keeper_lifetime_s - 60  # one starts every minute
    assert PATIENCE_MS[Rule.HOLDER_UNFIT] / 1000 < last_warm_s


@pytest.mark.parametrize("away", ["ssm", "secretsmanager"])
def test_a_cold_keeper_says_what_it_cannot_read(*, stores, put, monkeypatch, logged, away):
    monkeypatch.setattr(composition, "now_ms", lambda: LEASE.expires_at_ms)
    put(LEASE)
    stores.away = True
    if away == "secretsmanager":
        monkeypatch.setattr(
            stores,
            "get_parameter",
            lambda Name, **_: {"Parameter": {"Value": PARAMETERS[Name.removeprefix("/payments-dev/")]}},  # noqa: N803
        )
    functions.keeper_of(Environment.from_env()).turn()
    [line] = [facts for _level, text, facts in logged if text == "keeper"]
    assert (line["rule"], line["database"]) == (Rule.HOLDER_UNFIT, "unreachable")
    assert line["api"] == ("live" if away == "secretsmanager" else "dead")
