"""Calls that an SDK repeats because it missed the answer: they are answered as they were.

Under load a client now and then misses an answer that was given, and asks again some 80 ms later (seen with
AWS's SDK for Go: CreateAlias, CreateArchive). To be told then that the thing exists would end an apply.
"""

import time
from collections.abc import Callable, Sequence

from localcloud.emulator.asgi import Head, Message, Send

INVOCATION = "amz-sdk-invocation-id"
"""The same in all attempts of one call. https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html"""
KEPT_S = 60.0
SUCCESS = range(200, 300)


class Repetitions:
    """Answers of the last minute by the call that they were given to. One event loop's."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[float, list[Message]]] = {}

    def answer_to(self, head: Head) -> Sequence[Message]:
        """What this very call was answered before; nothing when it comes for the first time or failed."""
        _, messages = self._kept.get(head.headers.get(INVOCATION, ""), (0.0, []))
        return messages

    def keeping(self, head: Head, send: Send) -> Send:
        """*send*, and what it sends is kept if the call carries an id and succeeds."""
        invocation = head.headers.get(INVOCATION)
        if invocation is None:
            return send
        now = self._clock()
        self._kept = {key: kept for key, kept in self._kept.items() if now - kept[0] < KEPT_S}
        messages: list[Message] = []

        async def sent(message: Message) -> None:
            messages.append(message)
            ended = message["type"] == "http.response.body" and not message.get("more_body", False)
            if ended and messages[0]["status"] in SUCCESS:
                self._kept[invocation] = (now, messages)
            await send(message)

        return sent
