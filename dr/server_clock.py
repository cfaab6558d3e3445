"""What time AWS says it is: the Date of its answers beside the clock of this machine."""

import time
from email.utils import parsedate_to_datetime
from typing import Any

RESOLUTION_MS = 1000
"""The Date header has whole seconds."""


class ServerClock:
    """Notes how far this machine's clock is from AWS's, by the answers to its calls."""

    def __init__(self) -> None:
        self.off_ms: int | None = None
        """AWS's time less this machine's; 0 while they may be the same; None before the first answer."""

    def listen(self, client: Any) -> Any:
        """Note the Date of every answer to this client, and give the client back."""
        client.meta.events.register("before-call", self._sent)
        client.meta.events.register("after-call", self._received)
        return client

    def _sent(self, context: dict[str, Any], **_: Any) -> None:
        context["dr_sent_ms"] = _now_ms()

    def _received(self, http_response: Any, context: dict[str, Any], **_: Any) -> None:
        date = http_response.headers.get("date")
        if date and "dr_sent_ms" in context:
            self.off_ms = off_ms(date, sent_ms=context["dr_sent_ms"], received_ms=_now_ms())


def off_ms(date: str, *, sent_ms: int, received_ms: int) -> int | None:
    """How far the server's clock is ahead of ours, at least; 0 when both may be right, None for no date."""
    try:
        server_ms = int(parsedate_to_datetime(date).timestamp() * 1000)
    except ValueError:
        return None
    least, most = server_ms - received_ms, server_ms + RESOLUTION_MS - sent_ms
    if least > 0:
        return least
    return min(most, 0)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
