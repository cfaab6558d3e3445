"""The order API on a real server, over a world of fakes."""

import http.client
import json
import threading
from types import SimpleNamespace

import pytest
from moto import mock_aws

from apps.serving.passwords import hashed
from apps.trading import __main__
from apps.trading.clerks import Clerks
from apps.trading.composition import compose
from apps.trading.settings import TradingInstance
from apps.trading.surface import MOST_BODY, surface
from durable.lease_view import RecentLease, ServingStatus
from runtime import clients
from runtime.environment import BadEnvironment
from tests.unit import emulated
from tests.unit.apps.web.conftest import served
from tests.unit.trading.conftest import TERMS, Ledger, Region, halt, table  # noqa: F401 - fixtures
from trading.own_api import OrderApi

ENVIRONMENT = {
    "SYSTEM": "trading",
    "AWS_REGION": "us-east-1",
    "PARAMETER_PREFIX": "/trading-test",
    "LEASE_TABLE": "lease",
    "JOURNAL_TABLE": "journal",
    "ARRIVALS_TABLE": "arrivals",
    "SESSIONS_TABLE": "sessions",
    "LEASE_TTL_SECONDS": "20",
    "TICK_SECONDS": "8",
    "CLOCK_SKEW_SECONDS": "2",
    "KEEPER_LIFETIME_SECONDS": "190",
    "TRANSITION_LIMIT_SECONDS": "300",
    "BUNDLE_VERSION": "trading-1",
    "SCHEME": "http",
    "PORT": "8080",
}


WHO = {"Authorization": "Bearer of ada", "X-Test-Principal": "ada"}


class Site(SimpleNamespace):
    """A served instance; *ask* sends one request."""

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, WHO | given)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return SimpleNamespace(status=answer.status, headers=found, text=text)

    def place(self, terms=TERMS, **headers):
        given = {"Content_Type": "application/json", "Idempotency_Key": "order-0001"} | headers
        return self.ask("POST", "/orders", json.dumps(terms), **given)


@pytest.fixture
def site(halt):  # noqa: F811 - a fixture
    world = Ledger()
    region, health = Region(world, halt), Region(world, halt)
    lease = RecentLease(world, world.clock, world.steady_s)
    clerks = Clerks(region="us-east-1", lease=lease, clerks=[region.routes], health=health.routes)
    with served(surface(clerks, secure=True)) as port:
        yield Site(port=port, world=world, health=health)


def test_an_order_travels_there_and_back(site):
    placed = site.place()
    told = json.loads(placed.text)
    assert (placed.status, told["status"], placed.headers["x-region"]) == (201, "open", "us-east-1")
    path = placed.headers["location"]
    assert json.loads(site.ask("GET", path).text) == told
    head = site.ask("HEAD", path)
    assert (head.status, head.text) == (200, b"")
    assert json.loads(site.ask("GET", "/orders?open=true").text) == {"orders": [told]}
    assert json.loads(site.ask("DELETE", path).text)["status"] == "cancelled"
    assert json.loads(site.ask("GET", "/orders?open=true").text) == {"orders": []}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("PUT", "/orders", 404),
        ("GET", "/orders", 400),
        ("GET", "/orders?open=true&open=true", 400),
        ("GET", "/orders/%2e%2e", 400),
        ("DELETE", "/orders/1", 400),
    ],
)
def test_what_is_no_question_is_a_problem(site, method, path, status):
    answer = site.ask(method, path)
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert json.loads(answer.text)["type"].startswith("urn:trading:problem:")


def test_a_body_beyond_the_limit_is_a_problem_and_far_beyond_it_the_end(site):
    assert site.place(TERMS | {"symbol": "A" * 9_000}).headers["content-type"] == "application/problem+json"
    assert site.place(TERMS | {"symbol": "A" * (MOST_BODY + 1)}).status == 413
    assert site.world.entries == {}


def test_a_header_that_came_twice_is_none(site):
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    connection.putrequest("POST", "/orders")
    body = json.dumps(TERMS).encode()
    for name, value in (
        *WHO.items(),
        ("Idempotency-Key", "order-0001"),
        ("Idempotency-Key", "order-0002"),
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
    ):
        connection.putheader(name, value)
    connection.endheaders(body)
    assert (connection.getresponse().status, site.world.entries) == (400, {})


def test_health_is_answered_while_every_clerk_is_busy(site):
    stands = threading.Event()
    site.world.when_accepted = lambda: stands.wait(10)
    placing = threading.Thread(target=site.place)
    placing.start()
    try:
        asked = [f"/health{one}" for one in ("", "/live", "/ready", "/routable")]
        assert [site.ask("GET", path).status for path in asked] == [200] * 4
    finally:
        stands.set()
        placing.join()


def test_a_region_that_is_not_ready_still_lives(site):
    site.health.readiness.check = lambda: ServingStatus.NOT_HOLDER
    assert [site.ask("GET", path).status for path in ("/health", "/health/ready")] == [200, 503]


def test_what_nobody_thought_of_is_a_problem_too(site):
    def broken() -> None:
        raise KeyError("ACME")

    site.world.when_accepted = broken
    answer = site.place()
    assert (answer.status, json.loads(answer.text)["type"]) == (500, "urn:trading:problem:internal")
    assert b"ACME" not in answer.text


def test_a_takeover_proves_itself_by_one_order_an_epoch(site):
    api = OrderApi(SimpleNamespace(get=lambda _name: f"http://127.0.0.1:{site.port}"), region="us-east-1")
    system, epoch = site.world.lease.system, site.world.lease.epoch
    answers = [api.prove(system=system, epoch=one) for one in (epoch, epoch, epoch + 1)]
    assert [(one.status, one.headers["x-region"]) for one in answers] == [
        (201, "us-east-1"),
        (201, "us-east-1"),
        (400, "us-east-1"),
    ]
    assert [entry.request.currency for entry in site.world.entries.values()] == ["XTS"]
    assert (api.live(), api.ready()) == (True, True)


def test_the_environment_is_read_whole():
    instance = TradingInstance.from_env(ENVIRONMENT)
    assert (instance.port, instance.version, instance.environment.system) == (8080, "trading-1", "trading")
    with pytest.raises(BadEnvironment, match="SCHEME must be https or http"):
        TradingInstance.from_env(ENVIRONMENT | {"SCHEME": "ftp"})


def own_table(name, key):
    emulated.own_client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def test_an_instance_whose_region_holds_no_lease_lives_signs_people_in_and_takes_no_orders(monkeypatch):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    clients.client.cache_clear()
    with mock_aws():
        own_table("lease", "system")
        own_table("sessions", "session_id")
        secret = json.dumps({"users": {"ada": hashed("correct horse", b"salt")}})
        emulated.own_client("secretsmanager").create_secret(Name="trading/users", SecretString=secret)
        emulated.own_client("ssm").put_parameter(
            Name="/trading-test/users/secret", Value="trading/users", Type="String"
        )
        with served(compose(TradingInstance.from_env(ENVIRONMENT))) as port:
            site = Site(port=port)
            asked = [site.ask("GET", path).status for path in ("/health", "/health/ready", "/version")]
            assert asked == [200, 503, 200]
            assert site.place().status == 401
            given = json.dumps({"name": "ada", "password": "correct horse"})
            token = json.loads(site.ask("POST", "/sessions", given).text)["token"]
            answer = site.place(Authorization=f"Bearer {token}")
            assert (answer.status, "no_lease" in json.loads(answer.text)["detail"]) == (503, True)
    clients.client.cache_clear()


def test_main_serves_where_the_environment_says(monkeypatch):
    seen = {}
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(__main__, "compose", lambda instance: instance.version)
    ran = SimpleNamespace(run=lambda: seen.update(ran=True))
    monkeypatch.setattr(__main__, "server", lambda app, **where: seen.update(where, app=app) or ran)
    __main__.main()
    assert seen == {"app": "trading-1", "host": "0.0.0.0", "port": 8080, "ran": True}  # noqa: S104
