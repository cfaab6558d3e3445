"""Calls from the emulator to the supervisor, which owns the PostgreSQL servers."""

import json
import urllib.request
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
