"""What the functions of trading are put together from: emulated AWS, and a real MySQL."""

import json
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest

from durable.entry import EntryState, JournalEntry
from durable.lease_view import ServingStatus
from durable.replay import replay
from failover.decision import Rule
from failover.lease import LeaseState
from failover.lease_item import to_item
from failover.ports import RecoveryUnavailable, StaleEpoch
from failover.steps.errors import NotYet
from failover.takeover import Takeover
from runtime import mysql
from runtime.database import DatabaseUnavailable
from runtime.environment import Environment
from tests.unit import emulated
from tests.unit.durable.engines import InMySQL, mysql_server
from tests.unit.failover.conftest import dynamodb, environment, lease_store, put  # noqa: F401 - fixtures
from tests.unit.failover.scene import EAST, LEASE, WEST
from trading import functions
from trading.book import BOOK
from trading.halt import Halt, HaltSwitch
from trading.order import Order

ORDER = Order(side="buy", symbol="ACME", quantity=100, limit_minor=1250, currency="EUR", time_in_force="gtc")
CACHES = (functions.kept, functions.step_context, functions.reconciling, functions.trail)


@pytest.fixture(scope="module")
def server() -> Iterator[InMySQL]:
    with mysql_server("mysql") as (running, certificate):
        yield InMySQL(running, certificate, book=BOOK)


@pytest.fixture
def deployed(server, environment, dynamodb, monkeypatch) -> Iterator[InMySQL]:  # noqa: F811
    """A region where everything is deployed, with an empty database."""
    server.empty()
    monkeypatch.setenv("PARAMETER_PREFIX", "/trading-dev")
    monkeypatch.setenv("SYSTEM", "trading")
    parameters = {
        "db/writer": f"127.0.0.1:{server.server.port}",
        "db/name": "trading",
        "db/secret": "trading/database",
        "api/endpoint": "http://127.0.0.1:1",
    }
    store = emulated.client("ssm", EAST)
    for name, value in parameters.items():
        store.put_parameter(Name=f"/trading-dev/{name}", Value=value, Type="String", Overwrite=True)
    secrets = emulated.client("secretsmanager", EAST)
    secret = json.dumps({"username": "app", "password": "right", "ca": server.ca_pem})
    if any(one["Name"] == "trading/database" for one in secrets.list_secrets()["SecretList"]):
        secrets.put_secret_value(SecretId="trading/database", SecretString=secret)
    else:
        secrets.create_secret(Name="trading/database", SecretString=secret)
    for cached in CACHES:
        cached.cache_clear()
    yield server
    for cached in CACHES:
        cached.cache_clear()
    server.close()


def test_T07_keeper_and_steps_of_trading_fence_a_real_mysql(deployed) -> None:
    database = functions.step_context().database
    assert database.writable()
    assert database.version() == deployed.server.programs.version
    assert database.raise_fence(2, now_ms=0) == 2
    assert [database.admits(epoch) for epoch in (1, 2)] == [False, True]
    with pytest.raises(StaleEpoch):
        database.raise_fence(1, now_ms=0)
    deployed.server.query("set global read_only = on")
    try:
        assert not database.writable()
        with pytest.raises(DatabaseUnavailable):
            database.admits(2)
    finally:
        deployed.server.query("set global read_only = off")


def test_T07_orders_of_the_journal_are_replayed_into_mysql_by_their_takeover(deployed) -> None:
    context = functions.step_context()
    context.database.raise_fence(1, now_ms=0)
    entry = JournalEntry(
        idempotency_key="client-0001",
        entry_id="7d0a2d3e-35c5-4a0e-9f6e-0a4bd2a2c001",
        request_hash=ORDER.digest(),
        request=ORDER,
        epoch=1,
        region=WEST,
        state=EntryState.INTENT,
        accepted_at_ms=1_000_000,
    )
    with context.database.ledger() as ledger:
        for _ in range(2):
            done = replay([entry], ledger, epoch=1, region=EAST)
            assert done.has(entry)
            assert not done.aside
        assert list(ledger.newest(9)) == ["client-0001"]
        assert ledger.find(entry.entry_id) == ORDER


def test_a_keeper_without_a_lease_watches_and_a_reconciler_does_nothing(deployed) -> None:
    assert functions.kept(Environment.from_env()).turn().rule is Rule.NO_LEASE
    assert functions.keep({}, SimpleNamespace(get_remaining_time_in_millis=lambda: 21_000)) == {"ticks": 1}
    assert functions.reconcile({}, None)["settled"] == 0


def test_a_step_of_trading_is_one_of_the_takeover(deployed, put) -> None:  # noqa: F811
    takeover = Takeover.of(put(replace(LEASE, system="trading", state=LeaseState.TAKING)))
    with pytest.raises(NotYet):
        functions.step({"step": "guard", "takeover": takeover.payload()}, None)


def test_what_serves_orders_stands_already(deployed) -> None:
    assert functions.step_context().service.warm(calls=4, hold_ms=1) == frozenset()


def test_the_driver_is_that_of_the_book() -> None:
    assert functions.TRADING.driver is mysql


def test_T07_a_takeover_throws_the_kill_switch_or_tries_again(deployed, dynamodb) -> None:  # noqa: F811
    validation = functions.step_context().validation
    assert validation is not None
    validation.halt("2 contradictions")
    switch = HaltSwitch(dynamodb, Environment.from_env().lease_table, "trading")
    halt = switch.read()
    assert (halt.reason, halt.by) == ("2 contradictions", f"a takeover to {EAST}")
    with pytest.raises(RecoveryUnavailable):
        functions._halting(replace(Environment.from_env(), lease_table="nowhere"), dynamodb)("why")


def test_T05_the_holder_writes_the_audit_trail_behind_the_watermark(deployed, dynamodb, monkeypatch) -> None:  # noqa: F811
    s3 = emulated.client("s3", EAST)
    s3.create_bucket(Bucket="trading-audit")
    emulated.client("ssm", EAST).put_parameter(
        Name="/trading-dev/audit/bucket", Value="trading-audit", Type="String", Overwrite=True
    )
    lease = replace(LEASE, system="trading")
    dynamodb.put_item(TableName="lease", Item=to_item(lease))
    HaltSwitch(dynamodb, "lease", "trading").halt(Halt(reason="a fat finger", by="arn:ada", at_ms=1))
    done = {"serving_status": ServingStatus.READY, "watermark": 29_700_001}
    monkeypatch.setattr("durable.composition.reconcile", lambda *_: done)
    monkeypatch.setattr("durable.journal.Journal.arrived", lambda _journal, _minute: iter(()))
    assert functions.reconcile({}, None) == {**done, "pages": 1}
    (key,) = [one["Key"] for one in s3.list_objects_v2(Bucket="trading-audit")["Contents"]]
    page = json.loads(s3.get_object(Bucket="trading-audit", Key=key)["Body"].read())
    assert (page["seen"]["epoch"], page["seen"]["holder"]) == (lease.epoch, lease.holder)
    assert page["seen"]["halt"] == {"reason": "a fat finger", "by": "arn:ada", "at_ms": 1}
    HaltSwitch(dynamodb, "lease", "trading").resume()
    for other in ({"watermark": None}, {"serving_status": ServingStatus.NOT_HOLDER}):
        done = {"serving_status": ServingStatus.READY, "watermark": 29_700_009} | other
        assert functions.reconcile({}, None)["pages"] == 0
