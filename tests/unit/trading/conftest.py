"""The order API of one region over a world of fakes."""

import base64
import json
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from durable.lease_view import RecentLease, ServingStatus
from intake.at_holder import AtHolder
from intake.forwarding import Forwarding
from intake.handover_wait import HandoverWait
from intake.health import Health
from intake.http import Answer, Request
from intake.request_flow import RequestFlow
from intake.whereabouts import Whereabouts
from tests.unit.payments.conftest import World
from trading import synthetic
from trading.api import OrderRoutes
from trading.desk import Desk
from trading.halt import HaltSwitch
from trading.order import Cancel, Order

TERMS = {
    "side": "buy",
    "symbol": "ACME",
    "quantity": 100,
    "limit_minor": 1250,
    "currency": "EUR",
    "time_in_force": "gtc",
}


class Ledger(World):
    """The world of the payments' tests, whose ledger lists open orders as a book of orders makes it."""

    def look(self, idempotency_key: str) -> object:
        self.when_asked()
        return self.entries.get(idempotency_key)

    def live(self, *, principal: str, after: str, most: int) -> dict[str, Order]:
        self.when_found()
        ended = {row.cancels for row in self.rows.values() if isinstance(row, Cancel)}
        found = {
            entry_id: row
            for entry_id, row in sorted(self.rows.items())
            if isinstance(row, Order)
            and entry_id not in ended
            and entry_id > after
            and self.principals[entry_id] == principal
        }
        return dict(list(found.items())[:most])


class Region:
    """What clients reach in a region: `send` answers a request to a route."""

    def __init__(
        self,
        world: Ledger,
        halt: HaltSwitch,
        name: str = "us-east-1",
        peer: Any = None,
        gate: Any = None,
    ) -> None:
        ids = iter(f"7d0a2d3e-35c5-4a0e-9f6e-0a4bd2a2d{number:03x}" for number in range(4_096))
        lease = RecentLease(world, world.clock, world.steady_s)
        flow = RequestFlow(
            region=name,
            ttl_ms=30_000,
            skew_ms=2_000,
            lease=lease,
            journal=world,
            early=world,
            ledger=world,
            clock=world.clock,
            new_id=lambda: next(ids),
        )
        self.readiness = SimpleNamespace(check=lambda: ServingStatus.READY, routable=lambda: True)
        self.world = world
        self.routes = OrderRoutes(
            desk=Desk(
                flow=flow,
                whereabouts=Whereabouts(ledger=world, journal=world),
                ledger=world,
                halt=halt,
                new_id=lambda: next(ids),
            ),
            at_holder=AtHolder(
                flow=flow,
                forwarding=Forwarding(region=name, peer=peer, clock=world.clock),
                handover_wait=HandoverWait(clock=world.clock, sleep=world.sleep),
            ),
            health=Health(region=name, readiness=self.readiness),
            version="trading-1",
            gate=gate or SimpleNamespace(routes={}, who=lambda request: request.headers["x-test-principal"]),
        )

    def send(self, route: str, *, by: str = "", body: bytes = b"", key: str = "order-0001", **more) -> Answer:
        headers = {
            "content-type": "application/json",
            "idempotency-key": key,
            "x-test-principal": by,
            "authorization": f"Bearer of {by}",
        }
        return self.routes.answer(
            Request(
                route=route,
                request_id="request-1",
                arrived_ms=self.world.now_ms,
                headers=headers | more.pop("headers", {}),
                path={"order_id": more["order_id"]} if "order_id" in more else {},
                query=more.get("query", {}),
                authorizer={},
                text=base64.b64encode(body).decode(),
                is_base64=True,
            )
        )

    def place(self, terms: object = TERMS, **more) -> Answer:
        return self.send("POST /orders", body=json.dumps(terms).encode(), **more)

    def prove(self, **more) -> Answer:
        lease = self.world.lease
        key = synthetic.key(lease.system, lease.epoch)
        given = {"body": synthetic.ORDER.canonical().encode(), "key": key} | more
        return self.send("POST /synthetic-orders", **given)

    def find(self, order_id: str, **more) -> Answer:
        return self.send("GET /orders/{order_id}", order_id=order_id, **more)

    def cancel(self, order_id: str, **more) -> Answer:
        return self.send("DELETE /orders/{order_id}", order_id=order_id, **more)

    def open_orders(self, **query: str) -> list[str]:
        answer = self.send("GET /orders", query={"open": "true", **query})
        return [order["order_id"] for order in answer.body["orders"]]


@pytest.fixture
def world() -> Ledger:
    return Ledger()


@pytest.fixture
def table():
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        client.create_table(
            TableName="lease",
            KeySchema=[{"AttributeName": "system", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "system", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


@pytest.fixture
def halt(table) -> HaltSwitch:
    return HaltSwitch(table, "lease", "trading")


@pytest.fixture
def region(world, halt) -> Region:
    return Region(world, halt)
