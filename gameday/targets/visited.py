"""A deployed system that people visit by its public name, as an operator sees it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from dr.outputs import OutputsError, read
from gameday.errors import FaultRefused, NotDeployed
from gameday.load.visits import Entry
from gameday.observe.web import WebLook
from gameday.plan.faults import Order
from gameday.plan.web import WebScenario
from gameday.targets.control import order
from gameday.targets.webapp import asking
from localcloud.core.paths import OUTPUTS
from localcloud.core.state import CloudState
from localcloud.route53.resolver import ServiceResolver
from localcloud.systems.site import Site

_QUICK = Config(connect_timeout=1, read_timeout=5, retries={"total_max_attempts": 1})


@dataclass
class VisitedWorld(ABC):
    """What a drill does to the system and learns of it; calls block."""

    state: CloudState
    name: str
    """The public name."""
    region: str
    other: str
    """The second region, where there is one; else the same again."""
    outputs: Mapping[str, Any]
    undo: list[Callable[[], object]] = field(default_factory=list, kw_only=True)
    """How each change of this drill that Terraform knows nothing of is taken back."""

    @abstractmethod
    def look(self) -> WebLook:
        """The system now. Raises ObservationFailed."""

    @abstractmethod
    def actions(self, since: float) -> tuple[str, ...]:
        """What the system did by itself since then, and to what. Raises ObservationFailed."""

    @property
    @abstractmethod
    def leaves_after_s(self) -> float:
        """After how many seconds of failing checks the balancer leaves a target."""

    @cached_property
    def resolver(self) -> ServiceResolver:
        """Where the public name leads to."""
        return ServiceResolver("127.0.0.1", self.state.dns_port)

    def client(self, service: str, region: str = "") -> Any:
        """A client in the first region, unless in another one."""
        made: Any = boto3.client
        return made(
            service,
            region_name=region or self.region,
            endpoint_url=self.state.operator_endpoint,
            aws_access_key_id=self.state.access_key_id,
            aws_secret_access_key=self.state.secret_access_key,
            config=_QUICK,
        )

    @property
    def site(self) -> Site:
        """The public name as a client of this machine reaches it."""
        return Site.of(self.state, self.name)

    def entries(self) -> set[Entry]:
        """All entries. Raises ObservationFailed."""
        return asking.entries(self.site)

    def trouble(self, name: str, **told: object) -> None:
        """Begin a fault of the local cloud. Raises FaultRefused."""
        order(self.state, Order(path=f"/faults/{name}", body=told))

    def withdraw(self) -> None:
        """Take back what Terraform knows nothing of, the newest first. Raises FaultRefused."""
        try:
            while self.undo:
                self.undo.pop()()
        except (BotoCoreError, ClientError) as error:
            raise FaultRefused(f"a change cannot be taken back: {error}") from error


@dataclass(frozen=True, slots=True)
class Visited:
    """What is one system's own of its drills."""

    name: Literal["webapp", "single-region"]
    """As SYSTEM says it."""
    scenarios: Mapping[str, WebScenario]
    world: Callable[[], VisitedWorld]
    """What is deployed now. Raises NotRunning, or NotDeployed."""
    waits: Callable[[VisitedWorld, float], Mapping[str, float]]
    """What is configured to make everybody wait, in seconds, at a scale of time."""
    mend: Callable[[], None] = lambda: None
    """What is left to do once every fault of the cloud has ended. Raises FaultRefused."""


def deployed_outputs() -> Mapping[str, Any]:
    """What Terraform told of the deployment. Raises NotDeployed with what to do about it."""
    try:
        found: Mapping[str, Any] = read(OUTPUTS)
    except OutputsError as error:
        raise NotDeployed(str(error)) from error
    return found


def target_leaves_after_s(elb: Any, arn: str) -> float:
    """Seconds of failing checks after which a balancer leaves a target of the group *arn*."""
    group = elb.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"][0]
    return float(group["HealthCheckIntervalSeconds"] * group["UnhealthyThresholdCount"])
