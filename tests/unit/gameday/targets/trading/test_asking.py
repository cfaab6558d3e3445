"""What the game day asks of the order API: a session, and the orders that are open."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from dr.access_token import NoToken
from gameday.errors import LedgerUnread
from gameday.load.credentials import Nothing
from gameday.targets.trading.asking import USER, OrderApis

PAGES = {"": (["a", "b"], "b"), "b": (["c"], None)}
DEAD = "http://127.0.0.1:1"


@asynccontextmanager
async def apis(*, status: int = 200):
    """The first region is dead, the second one answers so."""

    async def sessions(request: web.Request) -> web.Response:
        given = await request.json()
        good = given == {"name": USER, "password": "secret"} and status == 200
        return web.json_response({"token": "t", "expires_at": 9.0} if good else {}, status=status)

    async def orders(request: web.Request) -> web.Response:
        assert request.headers["Host"] == "trade.fake.test"
        ids, after = PAGES[request.query.get("after", "")]
        more = {"after": after} if after else {}
        return web.json_response({"orders": [{"order_id": one} for one in ids], **more}, status=status)

    app = web.Application()
    app.router.add_post("/sessions", sessions)
    app.router.add_get("/orders", orders)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = "http://{}:{}".format(*runner.addresses[0][:2])
    yield OrderApis({"one": DEAD, "other": url}, "trade.fake.test")
    await runner.cleanup()


async def test_a_session_of_any_region_is_good():
    async with apis() as asked:
        token = await asyncio.to_thread(asked.sign_in, "secret")
    assert (token.value, token.expires_at) == ("t", 9.0)


async def test_open_orders_are_listed_page_by_page_by_whoever_answers():
    async with apis() as asked:
        assert await asked.open_orders(Nothing()) == {"a", "b", "c"}


async def test_without_an_answer_there_is_no_session_and_no_verdict():
    async with apis(status=503) as asked:
        with pytest.raises(NoToken, match="drill cannot sign in: HTTP Error 503"):
            await asyncio.to_thread(asked.sign_in, "secret")
        with pytest.raises(LedgerUnread, match="open orders cannot be listed: HTTP Error 503"):
            await asked.open_orders(Nothing())
    with pytest.raises(NoToken, match="no region was asked"):
        OrderApis({}, "trade.fake.test").sign_in("secret")


async def test_a_session_without_a_token_is_none():
    async with apis(status=404) as asked:
        with pytest.raises(NoToken, match="404"):
            await asyncio.to_thread(asked.sign_in, json.dumps("wrong"))
