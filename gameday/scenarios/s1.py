"""S1: the primary region is killed, and the standby must take over by itself."""

from gameday.scenario import Expect, FaultKind, Scenario

S1 = Scenario(
    code="S1",
    title="primary region killed",
    fault=FaultKind.KILL_PRIMARY,
    # Lease 30 s + skew 2 s + tick 10 s, or health checks 10 s x 3; then TTL 60 s: 102 s of waits.
    expect=Expect(restored_s=120.0),
)
