"""What the game day asks of the order API besides its load."""

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from dr.access_token import AccessToken, NoToken
from gameday.errors import LedgerUnread
from gameday.load.credentials import Credentials

USER = "drill"
_WITHIN_S = 10.0


@dataclass(frozen=True, slots=True)
class OrderApis:
    """The order API of each region, by the URL that reaches it, and their public name."""

    endpoints: Mapping[str, str]
    name: str

    def sign_in(self, password: str) -> AccessToken:
        """A session, which is good in both regions. Raises NoToken when no region gives one."""
        body = json.dumps({"name": USER, "password": password}).encode()
        try:
            told = self._answer("POST", "/sessions", {"Content-Type": "application/json"}, body)
            return AccessToken(str(told["token"]), float(told["expires_at"]))
        except (OSError, ValueError, KeyError) as error:
            raise NoToken(f"{USER} cannot sign in: {error}") from error

    async def open_orders(self, credentials: Credentials) -> frozenset[str]:
        """The ids of all orders that are listed as open. Raises LedgerUnread."""
        try:
            headers = await credentials.header()
            return await asyncio.to_thread(self._open_orders, headers)
        except (OSError, ValueError, KeyError, NoToken) as error:
            raise LedgerUnread(f"open orders cannot be listed: {error}") from error

    def _open_orders(self, headers: Mapping[str, str]) -> frozenset[str]:
        found: set[str] = set()
        after = ""
        while True:
            page = self._answer("GET", f"/orders?open=true{after}", headers)
            found |= {str(order["order_id"]) for order in page["orders"]}
            if "after" not in page:
                return frozenset(found)
            after = f"&after={page['after']}"

    def _answer(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Mapping[str, Any]:
        """Of the first region that answers well; raises OSError with what the last one said."""
        why: Exception = OSError("no region was asked")
        for endpoint in self.endpoints.values():
            request = urllib.request.Request(
                f"{endpoint}{path}", body, {**headers, "Host": self.name}, method=method
            )
            try:
                with urllib.request.urlopen(request, timeout=_WITHIN_S) as answer:
                    return dict(json.load(answer))
            except OSError as error:
                why = _explained(error)
        raise why


def _explained(error: OSError) -> OSError:
    """With the body of a refusal, which says what is wrong."""
    if isinstance(error, urllib.error.HTTPError) and error.code != HTTPStatus.OK:
        return OSError(f"{error}: {error.read().decode(errors='replace')[:200]}")
    return error
