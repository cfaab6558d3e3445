"""The terms under which everything is played: clocks, schedules and waits. Tests set others."""

SKEW_MS = 2_000
"""By so much clocks are really wrong."""
BELIEVED_SKEW_MS = SKEW_MS
"""What the code is told about that."""
TICK_MS = 10_000
"""A keeper ticks so often."""
RECONCILE_MS = 20_000
"""A reconciler runs so often."""
GRACE_MS = 10_000
"""Short, so that watermarks move; still over a request's patience and twice what clocks differ by."""
