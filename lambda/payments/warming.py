"""Execution environments that are started before they are needed: a cold start would add to an outage."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from uuid import uuid4

from failover.lease_table import LeaseUnknown
from payments.composition import PaymentService

WARM_MS = "warm_ms"
"""The member of an event that asks for it, with the milliseconds to hold the environment.

API Gateway's events have no such member, and no client adds one: only who may invoke the function can ask.
"""
LONGEST_MS = 1_000
ENVIRONMENT = uuid4().hex
"""This execution environment, told apart from every other one."""


def asks_to_warm(event: Mapping[str, Any]) -> bool:
    """Whether the event comes from the takeover's `warm` step."""
    return WARM_MS in event


def hold(
    event: Mapping[str, Any], service: PaymentService, sleep: Callable[[float], None] = time.sleep
) -> dict[str, str]:
    """Be ready for payments and stay busy for a moment, so that the next call needs another environment."""
    with suppress(LeaseUnknown):  # whether the table answers is the guard's question
        service.lease.current()
    sleep(min(int(event[WARM_MS]), LONGEST_MS) / 1000)
    return {"environment": ENVIRONMENT}
