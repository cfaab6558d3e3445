"""A healthy system as `dr` finds it, and a cloud in memory that a test breaks."""

from dataclasses import dataclass, field, replace
from typing import Any

from dr.calls import AwsUnavailable
from dr.deployment import Deployment
from dr.situation import Aurora, Inspection, JournalGap, Situation
from dr.topology import Answer, RegionView, Topology
from failover.lease import Automation, Kind, Lease, LeaseState
from failover.lease_table import LeaseTable
from failover.observation import TakeoverFact
from failover.takeover import Takeover, TakeoverNotStarted
from trading.halt import HaltSwitch

EAST, WEST = "us-east-1", "us-west-2"
NOW = 1_800_000_000_000
OUTPUTS = {
    "system": "payments",
    "lease_table": "payments-lease-test",
    "approvals_table": "payments-approvals-test",
    "api_name": "pay.test.payments.test",
    "global_cluster_id": "payments-ledger-test",
    "home_region": EAST,
    "lease_ttl_s": "30",
    "clock_skew_s": "2",
    "transition_s": "1800",
    "failback_soak_s": "600",
    "profile": "ephemeral",
    **{f"steps_function_{region}": "payments-steps-test" for region in ("us_east_1", "us_west_2")},
    **{f"parameter_prefix_{region}": "/payments-test" for region in ("us_east_1", "us_west_2")},
    "cluster_arn_us_east_1": "arn:aws:rds:us-east-1:1:cluster:payments-ledger-use1-test",
    "cluster_arn_us_west_2": "arn:aws:rds:us-west-2:1:cluster:payments-ledger-usw2-test",
    "event_archive_us_east_1": "arn:aws:events:us-east-1:1:archive/payments-events-test",
    "event_archive_us_west_2": "arn:aws:events:us-west-2:1:archive/payments-events-test",
}
ENDPOINTS = {"api_endpoint_us_east_1": "http://east", "api_endpoint_us_west_2": "http://west"}
LEASE = Lease(
    system="payments",
    epoch=3,
    holder=EAST,
    state=LeaseState.ACTIVE,
    expires_at_ms=NOW + 30_000,
    automation=Automation.RUNNING,
    changed_at_ms=NOW - 600_000,
    previous_holder=WEST,
    kind=Kind.SWITCHOVER,
)
HELD = replace(LEASE, holder=WEST, previous_holder=EAST, state=LeaseState.TAKING, kind=Kind.FAILOVER)
"""A takeover by the west that has not ended."""
STOCK = JournalGap(compared=9, intents=0, missing=0, overdue=0, fence=3)
LOSS = {"done": True, "rule": "L20_journal_complete", "reason": "0 requests are replayed, none is lost"}
INSPECTION = Inspection(
    clock_ms=NOW,
    clock_off_ms=0,
    database="replica",
    gap=STOCK,
    why=None,
    code="sha",
    loss=LOSS,
    engine="16.11",
)
HEALTHY = Situation(
    topology=Topology(
        regions=(
            RegionView(region=EAST, live=Answer.YES, ready=Answer.YES),
            RegionView(region=WEST, live=Answer.YES, ready=Answer.NO),
        ),
        lease=LEASE,
        lease_read_in=EAST,
    ),
    inspections={EAST: replace(INSPECTION, database="writer"), WEST: INSPECTION},
    leases_read={EAST: True, WEST: True},
    aurora=Aurora(writer=EAST, moving=False),
    home=EAST,
    clock_skew_ms=2_000,
    lease_ttl_ms=30_000,
    failback_soak_ms=600_000,
)


def with_lease(situation: Situation = HEALTHY, **changes: Any) -> Situation:
    lease = replace(situation.lease or LEASE, **changes)
    return replace(situation, topology=replace(situation.topology, lease=lease))


def with_target(target: str = WEST, **changes: Any) -> Situation:
    changed = replace(HEALTHY.inspections[target] or INSPECTION, **changes)
    return replace(HEALTHY, inspections={**HEALTHY.inspections, target: changed})


def east_is_lost(**lease: Any) -> Situation:
    """The disaster: nothing of the east answers, and its lease has run out."""
    lost = with_lease(**{"expires_at_ms": NOW - 2_001} | lease)
    views = (
        RegionView(region=EAST, live=Answer.UNREACHABLE, ready=Answer.UNREACHABLE),
        lost.topology.regions[1],
    )
    return replace(
        lost,
        topology=replace(lost.topology, regions=views, lease_read_in=WEST),
        inspections={EAST: None, WEST: INSPECTION},
        leases_read={EAST: False, WEST: True},
    )


@dataclass
class FakeCloud:
    """Executions succeed at once unless `ends` says otherwise; the lease table is a real one, emulated."""

    table: LeaseTable
    found: Situation = HEALTHY
    deployment: Deployment = field(default_factory=lambda: Deployment.of(OUTPUTS | ENDPOINTS))
    ends: TakeoverFact = TakeoverFact.SUCCEEDED
    executions: dict[str, TakeoverFact] = field(default_factory=dict)
    refuses: bool = False
    lost: frozenset[str] = frozenset()
    asked: list[tuple[str, str]] = field(default_factory=list)

    def situation(self) -> Situation:
        return replace(self.found, topology=self.topology())

    def topology(self) -> Topology:
        return replace(self.found.topology, lease=self.table.read())

    def leases(self, region: str) -> LeaseTable:
        self._reach(region, "lease")
        return self.table

    def caller(self, region: str) -> tuple[str, str]:
        self._reach(region, "caller")
        return "AROA:ada", "arn:aws:sts::123456789012:assumed-role/risk/ada"

    def halt_switch(self, region: str) -> HaltSwitch:
        self._reach(region, "halt")
        return HaltSwitch(self.table._client, OUTPUTS["lease_table"], self.deployment.system)

    def inspect(self, region: str) -> Inspection:
        self._reach(region, "inspect")
        inspection = self.found.inspections[region]
        assert inspection
        return inspection

    def aurora(self, region: str) -> Aurora:
        assert self.found.aurora
        return self.found.aurora

    def reconcile(self, takeover: Takeover) -> dict[str, Any]:
        return {"compared": 9, "replayed": 0, "in": takeover.region}

    def takeovers(self, region: str) -> "FakeTakeovers":
        self._reach(region, "states")
        return FakeTakeovers(self)

    def _reach(self, region: str, what: str) -> None:
        self.asked.append((region, what))
        if region in self.lost:
            raise AwsUnavailable(region)


@dataclass
class FakeTakeovers:
    cloud: FakeCloud

    def status(self, takeover: Takeover) -> TakeoverFact:
        return self.cloud.executions.get(takeover.name, TakeoverFact.ABSENT)

    def start(self, takeover: Takeover) -> None:
        if self.cloud.refuses:
            raise TakeoverNotStarted(takeover.name)
        self.cloud.executions[takeover.name] = self.cloud.ends

    def untried(self, takeover: Takeover) -> Takeover:
        while self.status(takeover) is not TakeoverFact.ABSENT:
            takeover = replace(takeover, attempt=takeover.attempt + 1)
        return takeover
