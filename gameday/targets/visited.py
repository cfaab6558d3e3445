"""A deployed system that people visit by its public name, as an operator sees it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Self

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
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict, kw_only=True)

    @classmethod
    def deployed(cls, **own: Any) -> Self:
        """What runs now; *own* is all that neither the cloud nor Terraform tells.

        Raises localcloud's NotRunning, or NotDeployed, with what to do about it.
        """
        return cls(outputs=deployed_outputs(), state=CloudState.load(), **own)

    @abstractmethod
    def look(self) -> WebLook:
        """The system now. Raises ObservationFailed."""

    @abstractmethod
    def actions(self, since: float) -> tuple[str, ...]:
        """What the system did by itself since then, and to what. Raises ObservationFailed."""

    @property
    def leaves_after_s(self) -> float:
        """After how many seconds of failing checks the balancer leaves a target."""
        found = self.client("elbv2").describe_target_groups(TargetGroupArns=[self.outputs["target_group"]])
        group = found["TargetGroups"][0]
        return float(group["HealthCheckIntervalSeconds"] * group["UnhealthyThresholdCount"])

    def healthy_targets(self) -> frozenset[str]:
        """Ids of the balancer's targets that are healthy."""
        found = self.client("elbv2").describe_target_health(TargetGroupArn=self.outputs["target_group"])
        told = found["TargetHealthDescriptions"]
        return frozenset(one["Target"]["Id"] for one in told if one["TargetHealth"]["State"] == "healthy")

    def ringing(self) -> tuple[str, ...]:
        """Names of the alarms that ring in the first region."""
        found = self.client("cloudwatch").describe_alarms(StateValue="ALARM")["MetricAlarms"]
        return tuple(sorted(one["AlarmName"] for one in found))

    def serving(self) -> list[str]:
        """Instances or tasks that serve, in order, as a look names them."""
        seen = self.look()
        return sorted({*seen.in_service} & {*seen.healthy})

    def victim(self) -> str:
        """One that serves. Raises FaultRefused without one."""
        found = self.serving()
        if not found:
            raise FaultRefused("nothing serves that could be harmed")
        return found[0]

    @cached_property
    def resolver(self) -> ServiceResolver:
        """Where the public name leads to."""
        return ServiceResolver("127.0.0.1", self.state.dns_port)

    def client(self, service: str, region: str = "") -> Any:
        """A client in the first region, unless in another one; the same one each time."""
        key = service, region or self.region
        if key not in self._clients:
            self._clients[key] = self._made(*key)
        return self._clients[key]

    def _made(self, service: str, region: str) -> Any:
        make: Any = boto3.client
        return make(
            service,
            region_name=region,
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


def whole(looks: Sequence[WebLook]) -> bool:
    """Whether as many serve now as should."""
    return looks[-1].whole


def whole_again(looks: Sequence[WebLook]) -> bool:
    """Whether one was missing and none is now."""
    return any(not look.whole for look in looks) and whole(looks)
