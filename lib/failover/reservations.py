"""Concurrency that is kept for the functions that recover, so that requests never starve them.

All functions of a region share the account's quota of 1,000 concurrent executions. Requests at their rate
limit and their timeout ask for more (500 a second x 10 s), and a keeper that is throttled loses the lease. So
what recovers reserves the few executions that it can have at once; nobody else can take them.
The documents allow low values, 1 to 5, where they are required (P25).
https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""

from lib.settings.recovery import KEEPER_EVERY_S, Protocol

UNRESERVED = 100
"""Executions that AWS wants to stay unreserved; it refuses a reservation that leaves fewer."""
STEPS = 5
"""A takeover runs one step at a time; one that timed out may still run, a drill and an operator may ask."""
RECONCILER = 3
"""One a minute of at most a minute, and what EventBridge repeats."""


def keeper(protocol: Protocol) -> int:
    """One start a minute, as many as live at once, and one that EventBridge repeats."""
    return -(-protocol.keeper_timeout_s // KEEPER_EVERY_S) + 1


def total(protocol: Protocol) -> int:
    """What one environment reserves in a region."""
    return keeper(protocol) + STEPS + RECONCILER
