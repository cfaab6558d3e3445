"""Keeper and takeover steps of the trading platform. They wait for a ledger in MySQL (docs/trading.md).

Until then no region can hold a lease or move a writer, so each function fails: nothing is reported that was
not done, and the alarms say that the platform cannot recover.
"""

from typing import Any, NoReturn


class EngineMissing(Exception):
    """The fence, the watermark and the replay of orders are not there for MySQL."""


def keep(_event: dict[str, Any], _context: object) -> NoReturn:
    """Keep no lease. Raises EngineMissing."""
    raise EngineMissing("the keeper has no database that it could fence")


def step(event: dict[str, Any], _context: object) -> NoReturn:
    """Take no step of a takeover. Raises EngineMissing."""
    raise EngineMissing(f"step {event.get('step')}: there is no database that it could fence")
