"""The platform as its drills reach it, and what its scenarios promise."""

from dataclasses import replace

import pytest

from gameday.errors import LedgerUnread
from gameday.judge.settings import DrillSettings
from gameday.load.records import LedgerRow
from gameday.plan.scenario import Plans
from gameday.targets.cloud import Deployed
from gameday.targets.trading import ledger_reader
from gameday.targets.trading.asking import USER
from gameday.targets.trading.ledger_reader import OrderReader
from gameday.targets.trading.scenarios import SCENARIOS, TAKEN_OVER_S
from gameday.targets.trading.system import NOBODY, TRADING
from gameday.targets.two_regions.world import LocalWorld
from lib.systems.load import load_settings
from localcloud.core.state import DatabaseState
from localcloud.route53 import resolver
from localcloud.route53.resolver import DnsAnswer, NoAnswerError, ServiceResolver

FIRST, SECOND = "us-east-1", "us-east-2"
HOSTS = {name: f"trading-dev-1.{name}.elb.amazonaws.com" for name in (FIRST, SECOND)}
PORTS = {HOSTS[FIRST]: 15001, HOSTS[SECOND]: 15002}


@pytest.fixture
def platform(silent, monkeypatch):
    async def resolve(_, name):
        return DnsAnswer(f"127.0.0.1:{PORTS[name]}", 60)

    monkeypatch.setattr(ServiceResolver, "resolve", resolve)
    regions = {name: next(iter(silent.deployed.state.regions.values())) for name in HOSTS}
    state = silent.deployed.state.model_copy(
        update={"regions": regions, "databases": {name: DatabaseState(port=1, link_port=1) for name in HOSTS}}
    )
    outputs = replace(silent.deployed.outputs, api_name="trade.dev.test", api_hosts=HOSTS)
    return LocalWorld.of(
        Deployed(state=state, outputs=outputs), load_settings({"SYSTEM": "trading"}), TRADING
    )


def test_each_region_is_reached_at_the_port_of_its_balancer(platform):
    assert platform.endpoints == {FIRST: "http://127.0.0.1:15001", SECOND: "http://127.0.0.1:15002"}
    assert (platform.primary, platform.survivor, platform.witness) == (FIRST, SECOND, "us-west-2")
    assert platform.requests is TRADING.requests
    assert platform.reached.owner == f"@{USER}"


def test_a_region_that_is_lost_keeps_nobody_from_looking_at_the_other_one(platform, monkeypatch):
    async def nowhere(_, name):
        raise NoAnswerError(f"{name}: served nowhere here")

    monkeypatch.setattr(ServiceResolver, "resolve", nowhere)
    seen = LocalWorld.of(platform.deployed, load_settings({"SYSTEM": "trading"}), TRADING)
    assert set(seen.endpoints.values()) == {NOBODY}


async def test_a_ledger_that_cannot_be_read_gives_no_verdict(platform):
    with pytest.raises(LedgerUnread, match="the ledger on port 1 could not be read: EndpointConnectionError"):
        await platform.rows("run", SECOND)


class Secrets:
    def get_secret_value(self, SecretId):  # noqa: N803 - boto3's name
        return {"SecretString": '{"username": "u", "password": "p", "ca": ""}'}


class Connection:
    """Gives back what PyMySQL gives: bytes for ids and keys, a decimal for a product."""

    def __init__(self, asked):
        self.asked = asked

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    cursor = __call__ = lambda self: self

    def execute(self, sql, values):
        self.asked.append(values)

    def fetchall(self):
        return [
            (b"o1", b"T-1-000000@drill", 700, "EUR", 3, FIRST, b""),
            (b"c1", b"cancel:o1@drill", 0, "", 4, SECOND, b"o1"),
        ]


def test_orders_and_cancellations_of_a_run_are_read_with_what_they_cancel(monkeypatch):
    asked = []
    monkeypatch.setattr(ledger_reader.ssl, "create_default_context", lambda cadata: cadata)
    monkeypatch.setattr(ledger_reader.pymysql, "connect", lambda **_: Connection(asked))
    reader = OrderReader(secrets=Secrets(), secret="s", database="trading", port=1)
    placed, cancelled = reader.rows("T-1")
    assert asked == [{"prefix": "T-1"}]
    assert placed == LedgerRow(
        entry_id="o1",
        idempotency_key="T-1-000000@drill",
        amount_minor=700,
        currency="EUR",
        epoch=3,
        region=FIRST,
    )
    assert (cancelled.entry_id, cancelled.cancels, cancelled.amount_minor) == ("c1", "o1", 0)


def test_T10_every_takeover_is_promised_within_ten_seconds_of_the_configured_waits():
    settings = load_settings({"SYSTEM": "trading"})
    protocol, dns = settings.protocol, settings.dns
    detected = max(
        protocol.lease_ttl_s + protocol.clock_skew_s + protocol.tick_s,
        dns.health_check_interval_s * dns.health_check_threshold,
    )
    assert detected + dns.ttl_s + 10 == TAKEN_OVER_S
    assert DrillSettings.of(settings, 1.0).noun == "order"


def test_T11_the_demanded_failover_tests_are_drills():
    outage, planned, returns = SCENARIOS["T-1"], SCENARIOS["T-3"], SCENARIOS["T-8"]
    assert (outage.expect.moves, outage.expect.restored_s, outage.plans) == (1, TAKEN_OVER_S, Plans.SURVIVOR)
    assert (planned.expect.failed_permille, planned.expect.stall_s, planned.plans) == (
        0.0,
        5.0,
        Plans.SWAPPED,
    )
    assert planned.load.kept_open
    assert (returns.expect.moves, returns.plans) == (1, Plans.ALL)


async def test_a_name_leads_to_the_aws_name_behind_it(monkeypatch):
    answered = resolver.DNSRecord.parse(
        resolver.DNSRecord.question("_http._tcp.trade.dev.test", "SRV").reply().pack()
    )
    answered.add_answer(*resolver.RR.fromZone(f"_http._tcp.trade.dev.test 60 SRV 0 0 15001 {HOSTS[FIRST]}."))

    async def ask(self, query):
        return answered

    monkeypatch.setattr(resolver.Resolver, "_ask", ask)
    led = await resolver.AwsNameResolver("127.0.0.1", 1).resolve("trade.dev.test")
    assert led == DnsAnswer(HOSTS[FIRST], 60)
