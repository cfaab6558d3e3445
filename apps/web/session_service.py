"""The service of sessions as its clients ask it: by its private name, which leads to several tasks."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_S = 1.0
"""To connect to one task, and for each piece of its answer."""
ATTEMPTS = 2
"""A task that ends under a request is asked no second time: the name leads to others by then."""
MOST_BYTES = 64 * 1024

Document = dict[str, Any]


class SessionsUnavailable(RuntimeError):
    """No task of the service answered."""


class SessionService:
    """The service at *url*. Every request looks its name up and tries the addresses in turn."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80

    def get(self, session: str) -> Document | None:
        """What the session holds; None where there is none. Raises SessionsUnavailable."""
        status, body = self._ask("GET", session)
        if status == http.client.NOT_FOUND:
            return None
        _demand(status, http.client.OK)
        found: Document = json.loads(body)
        return found

    def put(self, session: str, holds: Document) -> None:
        """Let the session hold this. Raises SessionsUnavailable: whether it does is then unknown."""
        _demand(self._ask("PUT", session, json.dumps(holds).encode())[0], http.client.OK)

    def delete(self, session: str) -> None:
        """End the session. Raises SessionsUnavailable: whether it ended is then unknown."""
        _demand(self._ask("DELETE", session, b"")[0], http.client.NO_CONTENT)

    def _ask(self, method: str, session: str, body: bytes | None = None) -> tuple[int, bytes]:
        """Every request of the service may be sent twice: it says what shall be, not what to change."""
        failed: Exception | None = None
        for _ in range(ATTEMPTS):
            connection = http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)
            try:
                connection.request(method, f"/sessions/{session}", body)
                answer = connection.getresponse()
                return answer.status, answer.read(MOST_BYTES)
            except (OSError, http.client.HTTPException) as error:
                failed = error
            finally:
                connection.close()
        raise SessionsUnavailable(f"{self._host} does not answer: {failed!r}") from failed


def _demand(status: int, expected: int) -> None:
    if status != expected:
        raise SessionsUnavailable(f"the service of sessions answered {status}")
