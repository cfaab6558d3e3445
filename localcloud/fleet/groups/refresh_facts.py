"""An instance refresh as a value."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localcloud.fleet.groups.facts import Template


class RefreshStatus(StrEnum):
    """https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstanceRefresh.html."""

    PENDING = "Pending"
    IN_PROGRESS = "InProgress"
    BAKING = "Baking"
    SUCCESSFUL = "Successful"
    FAILED = "Failed"
    CANCELLING = "Cancelling"
    CANCELLED = "Cancelled"
    ROLLBACK_IN_PROGRESS = "RollbackInProgress"
    ROLLBACK_SUCCESSFUL = "RollbackSuccessful"


_ACTIVE = frozenset(
    {
        RefreshStatus.PENDING,
        RefreshStatus.IN_PROGRESS,
        RefreshStatus.BAKING,
        RefreshStatus.CANCELLING,
        RefreshStatus.ROLLBACK_IN_PROGRESS,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """How instances are replaced."""

    min_healthy: int = 90
    """Percent of the desired capacity."""
    max_healthy: int = 100
    warmup_s: float | None = None
    """None: that of the group."""
    checkpoints: tuple[int, ...] = ()
    checkpoint_delay_s: float = 3600.0
    skip_matching: bool = False
    auto_rollback: bool = False
    alarms: frozenset[str] = frozenset()
    bake_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresh:
    """An instance refresh; moments in seconds of one clock."""

    id: str
    target: "Template"
    previous: "Template"
    """What the group had *before the refresh started*, which is what a rollback returns to.

    Terraform updates the group first and starts the refresh afterwards: there it is the new version.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-rollback.html
    """
    started_at: float
    preferences: Preferences = field(default_factory=Preferences)
    status: RefreshStatus = RefreshStatus.PENDING
    reason: str = ""
    passed: int = 0
    """How many checkpoints are behind it."""
    wait_until: float = 0.0
    """End of the wait at a checkpoint, or of the bake time."""
    percentage: int = 0
    left: int = 0
    """Instances that are still to be replaced."""
    ended_at: float | None = None

    @property
    def active(self) -> bool:
        """Whether it still does something."""
        return self.status in _ACTIVE
