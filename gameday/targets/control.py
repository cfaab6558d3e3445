"""Orders to the local cloud that is broken and healed by drills."""

import json
import urllib.error
import urllib.request
from typing import Any

from gameday.errors import FaultRefused
from gameday.plan.faults import Order
from localcloud.control import TOKEN_HEADER
from localcloud.core.state import CloudState

_WITHIN_S = 60
"""Healing rewinds a database, which takes the longest."""
HEAL = Order(path="/heal", body={})


def order(state: CloudState, given: Order) -> dict[str, Any]:
    """Give an order and return the answer. Raises FaultRefused."""
    request = urllib.request.Request(
        f"{state.control}{given.path}",
        data=json.dumps(given.body).encode(),
        headers={TOKEN_HEADER: state.token, "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=_WITHIN_S) as answer:
            return dict(json.load(answer))
    except (OSError, ValueError) as error:
        raise FaultRefused(f"{given.path} was refused: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    """What the other side says, if it says anything."""
    if isinstance(error, urllib.error.HTTPError):
        return f"{error}: {error.read().decode(errors='replace')[:300]}"
    return str(error)
