"""Load balancers, listeners and target groups as values, in the vocabulary of the ELBv2 API."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from localcloud.fleet.balancer.rules import Forward, ListenerRule


@dataclass(frozen=True, slots=True, order=True)
class TargetId:
    """A registered target: an instance id or an address, with the port that requests go to."""

    id: str
    port: int

    def __str__(self) -> str:
        return f"{self.id}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """How a target group asks its targets; times in seconds.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
    """

    enabled: bool = True
    protocol: str = "HTTP"
    path: str = "/"
    port: int | None = None
    """None: the port that the target is registered with ("traffic-port")."""
    interval_s: float = 30.0
    timeout_s: float = 5.0
    healthy_after: int = 5
    unhealthy_after: int = 2
    matcher: tuple[tuple[int, int], ...] = ((200, 200),)
    """Ranges of HTTP codes that pass, both ends included."""

    def passes(self, status: int) -> bool:
        """Whether an answer with this code passes."""
        return any(low <= status <= high for low, high in self.matcher)


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimum:
    """How many healthy targets are enough, by count and by percentage of the registered ones; 0: off."""

    count: int = 1
    percentage: int = 0

    def met(self, healthy: int, registered: int) -> bool:
        """Whether *healthy* of *registered* targets are enough; nobody is enough of nobody."""
        return healthy >= self.count and 100 * healthy >= self.percentage * registered


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetGroup:
    """A target group with its registered targets; times in seconds."""

    arn: str
    name: str
    region: str
    protocol: str = "HTTP"
    type: str = "instance"
    check: HealthCheck = field(default_factory=HealthCheck)
    algorithm: str = "round_robin"
    deregistration_s: float = 300.0
    slow_start_s: float = 0.0
    sticky_s: float | None = None
    """How long a client's cookie binds it to its target; None: not at all."""
    routing: Minimum = field(default_factory=Minimum)
    """Below this, requests go to all targets: the group fails open."""
    dns: Minimum = field(default_factory=Minimum)
    """Below this, the group is unhealthy for Route 53."""
    members: tuple[TargetId, ...] = ()

    @property
    def dimension(self) -> str:
        """Its name as a dimension of metrics."""
        return self.arn.rpartition(":")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """A port of a balancer. *rules* are in the order in which they are tried, the default last."""

    arn: str
    port: int
    protocol: str
    rules: tuple[ListenerRule, ...]
    certificates: tuple[str, ...] = ()
    """ARNs, the default first; the others are chosen by the name that the client asks for."""
    policy: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    """Headers that every answer gets, in place of the target's."""
    server_header: bool = True
    """Whether what the balancer answers itself says so in its Server header."""

    @property
    def secure(self) -> bool:
        """Whether clients come by TLS."""
        return self.protocol == "HTTPS"


@dataclass(frozen=True, slots=True)
class LogPlace:
    """Where access logs go; "" as bucket: nowhere."""

    bucket: str = ""
    prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalancer:
    """An application load balancer; times in seconds."""

    arn: str
    name: str
    dns_name: str
    region: str
    listeners: tuple[Listener, ...] = ()
    idle_s: float = 60.0
    client_keep_alive_s: float = 3600.0
    drop_invalid_headers: bool = False
    forwarded_for: str = "append"
    preserve_host: bool = False
    logs: LogPlace = field(default_factory=LogPlace)

    @property
    def dimension(self) -> str:
        """Its name as a dimension of metrics."""
        return self.arn.partition(":loadbalancer/")[2]

    @property
    def groups(self) -> frozenset[str]:
        """ARNs of the target groups that any of its rules forwards to."""
        actions = [rule.action for listener in self.listeners for rule in listener.rules]
        return frozenset(
            share.group for action in actions if isinstance(action, Forward) for share in action.groups
        )


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate of ACM: imported with chain and key (PEM), or only asked for, by its names."""

    names: tuple[str, ...]
    chain: str = ""
    key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BalancerConfiguration:
    """Everything that the control plane says."""

    balancers: tuple[LoadBalancer, ...] = ()
    groups: Mapping[str, TargetGroup] = field(default_factory=dict)
    certificates: Mapping[str, Certificate] = field(default_factory=dict)
    unsupported: tuple[str, ...] = ()
    """What is configured and will not be served, in words."""

    @property
    def used(self) -> frozenset[str]:
        """ARNs of the target groups that a balancer forwards to."""
        return frozenset[str]().union(*(balancer.groups for balancer in self.balancers))
