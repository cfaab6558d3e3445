"""Clients of the trading platform: what they ask, and how long they stay with an open connection."""

import asyncio
import time
from collections import Counter
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from dr.access_token import AccessToken, NoToken
from gameday.load.arrivals import Load, LoadPlan
from gameday.load.credentials import Nothing, Session
from gameday.load.orders import QUANTITY, Orders
from gameday.load.population import region_of
from gameday.load.records import Kind
from localcloud.route53.resolver import DnsAnswer
from tests.unit.gameday.builders import EAST, WEST

pytestmark = pytest.mark.simulated

NAME = "trade.fake.test"
PLAN = LoadPlan(rate=30.0, ramp_s=0.0, populations=2, request_timeout_s=0.5)


class Desk:
    """An order API in one process for both regions; *served* says who answered."""

    def __init__(self):
        self.orders, self.cancelled = {}, set()
        self.named = EAST
        self.endpoints, self.runners, self.served = {}, {}, []
        self.hosts, self.closes = set(), False

    async def resolve(self, name):
        return DnsAnswer(f"trade-1234.{self.named}.elb.amazonaws.com", 1)

    def application(self, region: str) -> web.Application:
        async def answer(request: web.Request) -> web.Response:
            self.served.append((region, request.method))
            self.hosts.add(request.headers["Host"])
            status, body = self.told(request.method, request.path, await request.read(), request)
            headers = {"Connection": "close"} if self.closes else {}
            return web.json_response(body, status=status, headers=headers)

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", answer)
        return app

    def told(self, method, path, body, request):
        order_id = path.rpartition("/")[2]
        if method == "POST":
            key = request.headers["Idempotency-Key"]
            self.orders[f"id-{key}"] = body
            return 201, {"order_id": f"id-{key}", "status": "open"}
        if path == "/orders":
            return 200, {"orders": []}
        if order_id not in self.orders:
            return 404, {}
        if method == "DELETE":
            self.cancelled.add(order_id)
        return 200, {"order_id": order_id, "status": "cancelled" if order_id in self.cancelled else "open"}


@asynccontextmanager
async def serving(desk: Desk):
    for region in (EAST, WEST):
        runner = web.AppRunner(desk.application(region), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        desk.runners[region] = runner
        desk.endpoints[region] = "http://{}:{}".format(*runner.addresses[0][:2])
    try:
        yield desk
    finally:
        for runner in desk.runners.values():
            await runner.cleanup()


def load(desk: Desk, plan=PLAN, credentials=None) -> Load:
    return Load(
        run="T-x",
        api_name=NAME,
        endpoints=desk.endpoints,
        resolver=desk,
        plan=plan,
        requests=Orders(),
        credentials=credentials or Nothing(),
    )


def test_the_region_is_read_off_the_name_of_a_balancer():
    assert region_of("trading-prod-1234.us-east-2.elb.amazonaws.com") == "us-east-2"


async def test_orders_are_placed_read_cancelled_and_listed_by_the_public_name():
    async with serving(Desk()) as desk:
        orders = load(desk)
        async with orders.arriving():
            await asyncio.sleep(2.0)
            await orders.drain(5.0)
    kinds = Counter(operation.kind for operation in orders.operations)
    assert orders.pending == 0
    assert desk.hosts == {NAME}
    assert kinds[Kind.PLACE] >= 59
    assert kinds[Kind.PLACE] / 4 < kinds[Kind.CANCEL] == len(desk.cancelled) < kinds[Kind.PLACE] / 2
    assert kinds[Kind.READ] > kinds[Kind.CANCEL]  # what was cancelled is read again
    assert kinds[Kind.LIST] >= 2
    assert all(operation.acknowledgements for operation in orders.operations)
    again = [op for op in orders.operations if op.kind is Kind.READ and op.about in desk.cancelled]
    assert any(op.acknowledgements[0].told == "cancelled" for op in again)


def test_what_an_order_amounts_to_is_quantity_times_limit():
    order = Orders().new("T-x", 4, time.time())
    body = Orders().ask(order).body
    assert body["quantity"] * body["limit_minor"] == order.amount_minor
    assert body["quantity"] == QUANTITY != body["limit_minor"] // body["limit_minor"]


def test_the_answer_to_a_cancellation_names_the_order_and_not_what_was_written():
    order = Orders().new("T-x", 3, time.time())
    assert Orders().told(order, {"order_id": "o", "status": "open"}).entry_id == "o"
    order.kind = Kind.CANCEL
    told = Orders().told(order, {"order_id": "o", "status": "cancelled"})
    assert (told.entry_id, told.became) == (None, "cancelled")


def test_an_order_that_was_never_acknowledged_is_followed_by_nothing():
    assert Orders().next(Orders().new("T-x", 0, time.time())) == []


@pytest.mark.parametrize(
    ("kept_open", "closes", "stay"), [(2, False, True), (0, False, False), (2, True, False)]
)
async def test_T11_who_keeps_a_connection_open_stays_with_its_region(kept_open, closes, stay):
    async with serving(Desk()) as desk:
        desk.closes = closes
        orders = load(desk, LoadPlan(rate=30.0, ramp_s=0.0, populations=2, kept_open=kept_open))
        async with orders.arriving():
            await asyncio.sleep(1.0)
            desk.named = WEST
            await asyncio.sleep(4.0)
    assert {region for region, _ in desk.served[-20:]} == {EAST if stay else WEST}


async def test_a_connection_that_broke_is_opened_where_dns_leads_now():
    async with serving(Desk()) as desk:
        orders = load(desk, LoadPlan(rate=30.0, ramp_s=0.0, populations=2, kept_open=2))
        async with orders.arriving():
            await asyncio.sleep(1.0)
            desk.named = WEST
            await desk.runners.pop(EAST).cleanup()
            await asyncio.sleep(4.0)
            await orders.drain(5.0)
    assert {region for region, _ in desk.served[-20:]} == {WEST}
    assert all(operation.acknowledgements for operation in orders.operations)


async def test_clients_that_were_refused_together_sign_in_once():
    times, now = [], [100.0]

    def sign_in():
        times.append(now[0])
        if len(times) == 3:
            raise NoToken("nobody answers")
        return AccessToken(f"t{len(times)}", 10_000.0)

    session = Session(sign_in, clock=lambda: now[0])
    assert await session.header() == {"Authorization": "Bearer t1"}
    for _ in range(3):
        session.refused()
    assert await session.header() == {"Authorization": "Bearer t2"}
    session.refused()
    with pytest.raises(NoToken, match="nobody answers"):
        await session.header()
    session.refused()  # it is asked again after a while, and not by everybody at once
    with pytest.raises(NoToken):
        await session.header()
    assert len(times) == 3
    now[0] += 10.0
    assert await session.header() == {"Authorization": "Bearer t4"}
