"""What a decision about an Auto Scaling group knows: plain values, moments in seconds of one clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from localcloud.fleet.groups.refresh_facts import Refresh
from localcloud.fleet.groups.seen import Seen


class Lifecycle(StrEnum):
    """State of a member, as DescribeAutoScalingGroups names it.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html
    """

    PENDING = "Pending"
    PENDING_WAIT = "Pending:Wait"
    IN_SERVICE = "InService"
    TERMINATING = "Terminating"
    TERMINATING_WAIT = "Terminating:Wait"
    TERMINATING_PROCEED = "Terminating:Proceed"


class Transition(StrEnum):
    """When a lifecycle hook holds an instance up."""

    LAUNCHING = "autoscaling:EC2_INSTANCE_LAUNCHING"
    TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING"


@dataclass(frozen=True, slots=True)
class Template:
    """What instances are launched from. Two are equal when an instance of one need not be replaced."""

    id: str
    version: str
    instance_type: str = ""
    """Of a mixed instances policy; empty: the template's own."""
    spot: bool = False


@dataclass(frozen=True, slots=True)
class Hook:
    """A lifecycle hook of a group."""

    name: str
    transition: Transition
    heartbeat_s: float = 3600.0
    default: str = "ABANDON"


@dataclass(frozen=True, slots=True)
class Mixed:
    """A mixed instances policy: how many instances are On-Demand, and the types in order of priority."""

    types: tuple[str, ...] = ()
    on_demand_base: int = 0
    on_demand_above_base: int = 100
    """Percent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """An Auto Scaling group as its owner wants it."""

    name: str
    template: Template
    minimum: int
    maximum: int
    desired: int
    zones: tuple[str, ...]
    elb_health: bool = False
    grace_s: float = 0.0
    """The API's default is none; console and Terraform set 300."""
    warmup_s: float | None = None
    """Default instance warm-up; None: the grace period is taken instead."""
    target_groups: tuple[str, ...] = ()
    hooks: tuple[Hook, ...] = ()
    suspended: frozenset[str] = frozenset()
    policies: tuple[str, ...] = ("Default",)
    """Termination policies in their order."""
    protect_new: bool = False
    mixed: Mixed | None = None

    def runs(self, process: str) -> bool:
        """Whether the scaling process of this name is not suspended."""
        return process not in self.suspended

    def hooks_of(self, transition: Transition) -> tuple[Hook, ...]:
        """The hooks that hold an instance up in *transition*."""
        return tuple(hook for hook in self.hooks if hook.transition is transition)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An instance of a group."""

    id: str
    zone: str
    template: Template
    launched_at: float
    lifecycle: Lifecycle = Lifecycle.PENDING
    since: float = 0.0
    """When it came into this lifecycle state."""
    in_service_at: float | None = None
    healthy: bool = True
    """One that was marked unhealthy never recovers."""
    protected: bool = False
    extra: bool = False
    """Launched beyond the desired capacity, until the one that it replaces begins to go."""
    registered: frozenset[str] = frozenset()
    """Target groups that it was registered with."""

    @property
    def alive(self) -> bool:
        """Whether it counts as capacity: it is there or comes, and does not go."""
        return self.lifecycle in (Lifecycle.PENDING, Lifecycle.PENDING_WAIT, Lifecycle.IN_SERVICE)

    @property
    def serves(self) -> bool:
        """Whether it is in service and healthy."""
        return self.lifecycle is Lifecycle.IN_SERVICE and self.healthy


@dataclass(frozen=True, slots=True)
class Refusal:
    """A zone in which EC2 refused to launch."""

    times: int
    until: float
    """No launch is tried there before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that `decide` may know."""

    group: Group
    members: tuple[Member, ...] = ()
    seen: Seen = field(default_factory=Seen)
    refused: Mapping[str, Refusal] = field(default_factory=dict)
    refresh: "Refresh | None" = None
    scaled_at: float | None = None
    """When a policy last changed the desired capacity."""

    @property
    def alive(self) -> tuple[Member, ...]:
        """The members that count as capacity."""
        return tuple(member for member in self.members if member.alive)

    @property
    def template(self) -> Template:
        """What is launched now: during a refresh its target, otherwise what the group says."""
        active = self.refresh is not None and self.refresh.active
        return self.refresh.target if active and self.refresh else self.group.template

    @property
    def ceiling(self) -> int:
        """Most members that may be alive: rebalancing may exceed the maximum by 10 percent or one.

        https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html
        """
        return self.group.maximum + max(1, self.group.maximum // 10)

    @property
    def warmup_s(self) -> float:
        """How long a member that came into service is not yet counted on."""
        refresh, group = self.refresh, self.group
        if refresh and refresh.active and refresh.preferences.warmup_s is not None:
            return refresh.preferences.warmup_s
        return group.grace_s if group.warmup_s is None else group.warmup_s

    def warm(self, member: Member, now: float) -> bool:
        """Whether *member* serves and its warm-up is over."""
        return (
            member.serves and member.in_service_at is not None and now - member.in_service_at >= self.warmup_s
        )
