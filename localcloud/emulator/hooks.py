"""Calls from the emulator to the supervisor, which owns the PostgreSQL servers."""

import json
import threading
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

PROMOTION_WITHIN_S = 60.0
"""A promotion replays what is left of the log first; locally that takes about a second."""


class HookFailedError(Exception):
    """The supervisor did not do what it was asked; the message says what it answered."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """The supervisor's hooks. Blocking: for worker threads only."""

    url: str
    token: str

    def call(self, name: str, order: dict[str, Any]) -> None:
        """Post *order* and wait until it is done. Raises HookFailedError."""
        request = urllib.request.Request(
            f"{self.url}/{name}",
            data=json.dumps(order).encode(),
            headers={"Content-Type": "application/json", "X-Localcloud-Token": self.token},
        )
        try:
            urllib.request.urlopen(request, timeout=PROMOTION_WITHIN_S).close()
        except OSError as error:
            raise HookFailedError(f"hook {name} with {sorted(order)}: {error}") from error

    def waking(self, name: str) -> Callable[[], None]:
        """A function that posts an empty order to the hook *name* and waits for nothing."""

        def wake() -> None:
            threading.Thread(target=self._call_if_there, args=(name,), daemon=True).start()

        return wake

    def _call_if_there(self, name: str) -> None:
        with suppress(HookFailedError):  # nobody is there who could be woken
            self.call(name, {})
