"""What a browser does: follow the public name, sign in, send forms."""

import re
import time
from dataclasses import dataclass
from uuid import uuid4

import aiohttp

from gameday.load.visits import APPLICATION, PAGE, Visit
from localcloud.route53.resolver import CachingResolver, ResolutionError

USER = "ada"
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
_HERE = "x-content-type-options"
"""A header that the application sets on every answer, and a website of S3 does not."""


class CannotSignIn(Exception):
    """Nobody was let in; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who has signed in."""

    csrf: str
    cookie: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request."""

    method: str = "GET"
    path: str = "/"
    form: dict[str, str] | None = None
    cookie: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """Reaches the site *name*; every visit asks once."""

    name: str
    dns: CachingResolver

    async def read(self, http: aiohttp.ClientSession, due: float) -> Visit:
        """Look at the board."""
        return await self._visit(http, due, Ask())

    async def write(self, http: aiohttp.ClientSession, due: float, person: Person, text: str) -> Visit:
        """Write an entry."""
        form = {"csrf": person.csrf, "token": str(uuid4()), "text": text}
        return await self._visit(
            http, due, Ask(method="POST", path="/entries", form=form, cookie=person.cookie)
        )

    async def sign_in(self, http: aiohttp.ClientSession, password: str) -> Person:
        """Fill in the form. Raises CannotSignIn when that does not succeed."""
        try:
            first = await self._page(http, Ask(path="/sign-in"))
            form = {"csrf": first.csrf, "name": USER, "password": password}
            entered = await self._page(
                http, Ask(method="POST", path="/sign-in", form=form, cookie=first.cookie)
            )
            board = await self._page(http, Ask(cookie=entered.cookie))
        except (aiohttp.ClientError, ResolutionError, OSError) as error:
            raise CannotSignIn(f"nobody can sign in: {error}") from error
        if not board.csrf:
            raise CannotSignIn("nobody can sign in: the form does not come back")
        return Person(csrf=board.csrf, cookie=entered.cookie)

    async def _page(self, http: aiohttp.ClientSession, ask: Ask) -> Person:
        """What a page gives a person to go on with."""
        async with await self._asked(http, ask) as answer:
            found = _CSRF.search(await answer.text())
            given = answer.headers.get("Set-Cookie", "").partition(";")[0]
            return Person(csrf=found[1] if found else "", cookie=given or ask.cookie)

    async def _visit(self, http: aiohttp.ClientSession, due: float, ask: Ask) -> Visit:
        started, write = time.time(), ask.method == "POST"
        try:
            async with await self._asked(http, ask) as answer:
                await answer.read()
                return Visit(
                    due=due,
                    started=started,
                    ended=time.time(),
                    write=write,
                    status=answer.status,
                    by=PAGE if answer.ok and _HERE not in answer.headers else APPLICATION,
                    entry=int(answer.headers["X-Entry"]) if "X-Entry" in answer.headers else None,
                    text=(ask.form or {}).get("text", ""),
                )
        # TimeoutError is an OSError
        except (aiohttp.ClientError, ResolutionError, OSError) as error:
            name = type(error).__name__
            return Visit(due=due, started=started, ended=time.time(), write=write, error=name)

    async def _asked(self, http: aiohttp.ClientSession, ask: Ask) -> aiohttp.ClientResponse:
        where = (await self.dns.resolve(self.name)).target
        headers = {"Host": self.name, **({"Cookie": ask.cookie} if ask.cookie else {})}
        return await http.request(
            ask.method, f"http://{where}{ask.path}", data=ask.form, headers=headers, allow_redirects=False
        )
