"""Access tokens of the load's clients: fetched ahead of time, used to their end while the issuer is down."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Protocol

from dr.access_token import AccessToken, NoToken

_AHEAD_S = 300.0
"""So long before its end a token is replaced, if its issuer answers."""
_AGAIN_S = 5.0


class Credentials(Protocol):
    """What a client shows to the API."""

    async def header(self) -> Mapping[str, str]:
        """The headers of a request. Raises NoToken when there is nothing to show."""

    def refused(self) -> None:
        """What was shown was not good for somebody."""


class Nothing:
    """For an API that asks nobody."""

    async def header(self) -> Mapping[str, str]:
        """No header."""
        return {}

    def refused(self) -> None:
        """Nothing was shown."""


class Tokens:
    """One token that all clients of a drill share, as servers of one payer do."""

    def __init__(self, fetch: Callable[[], AccessToken], clock: Callable[[], float] = time.time) -> None:
        self._fetch = fetch
        self._clock = clock
        self._token = AccessToken("", 0.0)
        self._ask_at = 0.0
        self._why = ""
        self._asking = asyncio.Lock()

    async def header(self) -> Mapping[str, str]:
        """The token as a header. Raises NoToken when it has ended and there is no other."""
        if self._due():
            async with self._asking:
                if self._due():
                    await self._renew()
        if self._clock() >= self._token.expires_at:
            raise NoToken(self._why)
        return self._token.header

    def refused(self) -> None:
        """A token ends when it says so, whoever takes it for bad."""

    def _due(self) -> bool:
        now = self._clock()
        return now >= self._ask_at and now >= self._token.expires_at - _AHEAD_S

    async def _renew(self) -> None:
        try:
            self._token = await asyncio.to_thread(self._fetch)
        except NoToken as error:
            self._why = str(error)
            self._ask_at = self._clock() + _AGAIN_S


class Session(Tokens):
    """One session that all clients of a drill share: whoever finds it refused signs in again."""

    def refused(self) -> None:
        """Forget it; clients that were refused together sign in once."""
        if self._clock() >= self._ask_at:
            self._token = AccessToken("", 0.0)
