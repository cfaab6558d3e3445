"""A site that is a few lines long, with a board whose visitors can be made to fail."""

import os
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from types import SimpleNamespace

from aiohttp import web
from aiohttp.test_utils import TestServer

from gameday.errors import ObservationFailed
from localcloud.route53.resolver import DnsAnswer
from tests.unit.gameday.targets.webapp.web_record import BEFORE

PASSWORD = "let me in"
HERE = {"X-Content-Type-Options": "nosniff"}
FORM = '<input type="hidden" name="csrf" value="{}">'


class SmallSite:
    """A board whose visitors can be made to fail."""

    def __init__(self) -> None:
        self.entries, self.well, self.away = [], True, False

    async def board(self, request):
        if self.away:
            return web.Response(text="<p>away")
        signed_in = request.cookies.get("session") == "in"
        return web.Response(
            text=FORM.format("two") if signed_in else "", status=200 if self.well else 503, headers=HERE
        )

    async def ask(self, _request):
        answer = web.Response(text=FORM.format("one"), headers=HERE)
        answer.set_cookie("session", "new")
        return answer

    async def enter(self, request):
        form = await request.post()
        assert (form["csrf"], request.cookies["session"]) == ("one", "new")
        if (form["name"], form["password"]) != ("ada", PASSWORD):
            return web.Response(status=403, headers=HERE)
        answer = web.Response(status=303, headers={**HERE, "Location": "/"})
        answer.set_cookie("session", "in")
        return answer

    async def write(self, request):
        form = await request.post()
        assert (form["csrf"], request.cookies["session"]) == ("two", "in")
        if not self.well:
            return web.Response(status=503, headers=HERE)
        self.entries.append(form["text"])
        return web.Response(status=303, headers={**HERE, "X-Entry": str(len(self.entries))})

    @asynccontextmanager
    async def served(self):
        app = web.Application()
        app.router.add_get("/", self.board)
        app.router.add_get("/sign-in", self.ask)
        app.router.add_post("/sign-in", self.enter)
        app.router.add_post("/entries", self.write)
        async with TestServer(app, host="127.0.0.1") as server:
            yield server.port


class World:
    """The site's instances are well as long as it is."""

    name, region, other = "www.dev.test", "us-east-1", "us-west-2"

    def __init__(self, site, port, password=PASSWORD):
        self.state = SimpleNamespace(user_password=password, pid=os.getpid())
        self.site, self.blind = site, False
        self.resolver = SimpleNamespace(resolve=self.resolve)
        self.port = port

    async def resolve(self, _name):
        return DnsAnswer(f"127.0.0.1:{self.port}", 1)

    def look(self):
        if self.blind:
            raise ObservationFailed("nobody says")
        healthy = BEFORE.healthy if self.site.well else BEFORE.healthy[1:]
        return replace(BEFORE, at=time.time(), healthy=healthy)

    def entries(self):
        return set(enumerate(self.site.entries, start=1))

    def actions(self, since):
        return ("M32_scale_out group: accepted",) if since > 0 else ()
