"""What needs both regions."""

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.route53_record import Route53RecordAlias
from constructs import Construct

from lib.facts import aws_facts
from lib.failover.approvals import ApproverPolicy
from lib.failover.automation import AutomationRole
from lib.failover.cross_region_alarms import Dashboards, HealthAlarms, ReplicaAlarms, Watched
from lib.failover.isolation import RegionIsolation
from lib.failover.metrics import RecoveryMetrics
from lib.failover.peer_endpoints import Peers
from lib.failover.switchover_drill import SwitchoverDrill
from lib.messaging.event_global_endpoint import EventEndpoint
from lib.network.failover_record import Answer, FailoverRecord
from lib.network.peering import Peering, PeeringSide
from lib.network.vpc import FunctionNetwork
from lib.observability.topic import AlarmTopic
from lib.pair import Pair
from lib.provider import provider_in
from lib.regions import Region
from lib.settings.two_regions import TwoRegionSettings
from lib.site import Site
from lib.stack import AwsStack
from lib.systems.foundation import FoundationStack


class RegionOfWorld(Protocol):
    """What the world needs of a region's stack."""

    @property
    def network(self) -> FunctionNetwork:
        """The network that is peered."""

    @property
    def alarm_topic(self) -> AlarmTopic:
        """Whom alarms of the region tell."""

    @property
    def metrics(self) -> RecoveryMetrics:
        """What it measures."""

    @property
    def api_host(self) -> str:
        """Where clients are sent while it holds the lease."""

    @property
    def api_endpoint(self) -> str:
        """The same as an address."""


S = TypeVar("S", bound=TwoRegionSettings)
R = TypeVar("R", bound=RegionOfWorld)


@dataclass(frozen=True, slots=True)
class End(Generic[S, R]):
    """One region as the world sees it."""

    site: Site[S]
    stack: R
    provider: TerraformProvider

    def watched(self, health_check_id: str) -> Watched:
        """What alarms need of it."""
        return Watched(
            metrics=RecoveryMetrics(self.site),
            topic_arn=self.stack.alarm_topic.arn,
            host=self.stack.api_host,
            health_check_id=health_check_id,
            provider=self.provider,
        )


class WorldStack(AwsStack[S], Generic[S, R]):
    """The one place that sees both regions, and the last to be deployed.

    *secure*: the regions speak TLS.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        settings: S,
        foundation: FoundationStack,
        regions: Pair[R],
        secure: bool = True,
    ) -> None:
        super().__init__(scope, settings=settings, what="world", region=settings.regions.first)
        self._settings = settings
        self._ends = settings.regions.zip(regions).map(lambda both: self._end(*both))
        record = FailoverRecord(
            self,
            "api",
            settings=settings,
            zone_id=foundation.zone_id,
            answers=Answer.of(
                settings.regions,
                regions.map(lambda region: region.api_host),
                self._aliases(foundation.zone_id),
            ),
            secure=secure,
        )
        self._peer()
        Peers(
            self,
            "peers",
            settings=settings,
            endpoints=regions.map(lambda region: region.api_endpoint),
            providers=self._ends.map(lambda end: end.provider),
        )
        AutomationRole(self, "automation", settings=settings, sites=self._ends.map(lambda end: end.site))
        self._drill()
        ApproverPolicy(self, "approvals", sites=self._ends.map(lambda end: end.site))
        self._watch(record.checks.map(lambda check: check.id))
        endpoint = EventEndpoint(
            self,
            "events",
            site=self.site,
            health_check=record.checks.first.arn,
            second=self._ends.second.provider,
        )
        self.output({"api_name": settings.public_name, "event_endpoint": endpoint.endpoint_id})

    def _end(self, region: Region, stack: R) -> End[S, R]:
        site = Site(self._settings, region, self.site.account)
        return End(site, stack, self._provider(region, region.code))

    def _provider(self, region: Region, alias: str) -> TerraformProvider:
        return provider_in(self, f"aws-{alias}", settings=self._settings, region=region, alias=alias)

    @abstractmethod
    def _body(self) -> str:
        """The dashboard over both regions."""

    def _aliases(self, zone_id: str) -> Pair[Route53RecordAlias | None]:  # noqa: ARG002 - for those that have any
        """The ends of a custom domain of ours, by default none: the regions' hosts answer under the name."""
        return Pair(None, None)

    def _peer(self) -> None:
        sides = self._ends.map(lambda end: PeeringSide(end.site, end.stack.network, end.provider))
        Peering(self, "peering", name=self._settings.name("peering"), sides=sides)

    def _drill(self) -> None:
        sites, providers = self._ends.map(lambda end: end.site), self._ends.map(lambda end: end.provider)
        SwitchoverDrill(self, "drill", settings=self._settings, sites=sites, providers=providers)
        if self._settings.drills.isolation:
            here, there = sorted(self._ends, key=lambda end: end.site.region.role)
            RegionIsolation(
                self,
                "isolation",
                site=here.site,
                subnet_ids=here.stack.network.private_subnet_ids,
                stop_alarm=here.site.arn(
                    "cloudwatch", f"alarm:{here.site.name(f'health-{there.site.region.code}')}"
                ),
                provider=here.provider,
            )

    def _watch(self, health_check_ids: Pair[str]) -> None:
        watched = self._ends.zip(health_check_ids).map(lambda both: both[0].watched(both[1]))
        Dashboards(self, "dashboards", regions=watched, body=self._body())
        ReplicaAlarms(self, "replicas", regions=watched)
        home = replace(self._settings.regions.first, name=aws_facts().health_metrics_region)
        HealthAlarms(
            self,
            "health",
            site=Site(self._settings, home, self.site.account),
            provider=self._provider(home, "health"),
            regions=watched,
        )
