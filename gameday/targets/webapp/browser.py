"""What a browser does: follow the public name, sign in, send forms."""

import re
import time
from dataclasses import dataclass
from uuid import uuid4

import aiohttp

from gameday.errors import NotSteady
from gameday.targets.webapp.visits import APPLICATION, PAGE, Visit
from localcloud.route53.resolver import CachingResolver, ResolutionError

USER = "ada"
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
_HERE = "x-content-type-options"
"""A header that the application sets on every answer, and a website of S3 does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who has signed in."""

    csrf: str
    cookie: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """Reaches the site *name*; every visit asks once."""

    name: str
    dns: CachingResolver

    async def read(self, http: aiohttp.ClientSession, due: float) -> Visit:
        """Look at the board."""
        return await self._visit(http, due, "GET", "/")

    async def write(self, http: aiohttp.ClientSession, due: float, person: Person, text: str) -> Visit:
        """Write an entry."""
        form = {"csrf": person.csrf, "token": str(uuid4()), "text": text}
        return await self._visit(http, due, "POST", "/entries", form, person.cookie)

    async def sign_in(self, http: aiohttp.ClientSession, password: str) -> Person:
        """Fill in the form. Raises NotSteady when that does not succeed."""
        try:
            first = await self._page(http, "GET", "/sign-in")
            form = {"csrf": first.csrf, "name": USER, "password": password}
            entered = await self._page(http, "POST", "/sign-in", form, first.cookie)
            board = await self._page(http, "GET", "/", None, entered.cookie)
        except (aiohttp.ClientError, ResolutionError, OSError) as error:
            raise NotSteady(f"nobody can sign in: {error}") from error
        if not board.csrf:
            raise NotSteady("nobody can sign in: the form does not come back")
        return Person(csrf=board.csrf, cookie=entered.cookie)

    async def _page(
        self,
        http: aiohttp.ClientSession,
        method: str,
        path: str,
        form: dict[str, str] | None = None,
        cookie: str = "",
    ) -> Person:
        """What a page gives a person to go on with."""
        async with http.request(
            method, await self._url(path), data=form, headers=self._headers(cookie), allow_redirects=False
        ) as answer:
            found = _CSRF.search(await answer.text())
            given = answer.headers.get("Set-Cookie", "").partition(";")[0]
            return Person(csrf=found[1] if found else "", cookie=given or cookie)

    async def _visit(
        self,
        http: aiohttp.ClientSession,
        due: float,
        method: str,
        path: str,
        form: dict[str, str] | None = None,
        cookie: str = "",
    ) -> Visit:
        started, write = time.time(), method == "POST"
        try:
            async with http.request(
                method, await self._url(path), data=form, headers=self._headers(cookie), allow_redirects=False
            ) as answer:
                await answer.read()
                return Visit(
                    due=due,
                    started=started,
                    ended=time.time(),
                    write=write,
                    status=answer.status,
                    by=PAGE if answer.ok and _HERE not in answer.headers else APPLICATION,
                    entry=int(answer.headers["X-Entry"]) if "X-Entry" in answer.headers else None,
                )
        # TimeoutError is an OSError
        except (aiohttp.ClientError, ResolutionError, OSError) as error:
            name = type(error).__name__
            return Visit(due=due, started=started, ended=time.time(), write=write, error=name)

    async def _url(self, path: str) -> str:
        return f"http://{(await self.dns.resolve(self.name)).target}{path}"

    def _headers(self, cookie: str) -> dict[str, str]:
        return {"Host": self.name, **({"Cookie": cookie} if cookie else {})}
