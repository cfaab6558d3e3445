"""What needs both regions."""

from dataclasses import replace

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.route53_record import Route53RecordAlias
from constructs import Construct

from lib.config import Settings
from lib.constructs.automation import AutomationRole
from lib.constructs.dns import Answer, FailoverRecord
from lib.constructs.domain import ApiDomain, DomainEnd
from lib.constructs.peering import Peering, Side
from lib.constructs.watch import Dashboards, HealthAlarms, ReplicaAlarms, Watched
from lib.facts import aws_facts
from lib.metrics import RegionMetrics
from lib.pair import Pair
from lib.provider import provider_in
from lib.regions import Region
from lib.site import Site
from lib.stacks.base import AwsStack
from lib.stacks.foundation import FoundationStack
from lib.stacks.regional import RegionalStack


class WorldStack(AwsStack):
    """The one place that sees both regions, and the last to be deployed."""

    def __init__(
        self,
        scope: Construct,
        *,
        settings: Settings,
        foundation: FoundationStack,
        regions: Pair[RegionalStack],
    ) -> None:
        super().__init__(scope, settings=settings, what="world", region=settings.regions.primary)
        self._settings = settings
        self._regions = regions
        self._sites = settings.regions.map(lambda region: Site(settings, region, self.site.account))
        self._providers = settings.regions.map(lambda region: self._provider(region, region.code))
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
        )
        self._peer()
        AutomationRole(self, "automation", settings=settings, sites=self._sites)
        self._watch(record.health_check_ids)
        self.output({"api_name": settings.api_name})

    def _provider(self, region: Region, alias: str) -> TerraformProvider:
        return provider_in(self, f"aws-{alias}", settings=self._settings, region=region, alias=alias)

    def _aliases(self, zone_id: str) -> Pair[Route53RecordAlias | None]:
        if not self._settings.dns.delegated:
            return Pair(None, None)
        ends = self._regions.zip(self._providers).map(
            lambda both: DomainEnd(both[0].site.region.code, both[0].metrics.api_id, both[1])
        )
        return ApiDomain(self, "domain", settings=self._settings, zone_id=zone_id, ends=ends).aliases

    def _peer(self) -> None:
        sides = self._sites.zip(self._regions.zip(self._providers)).map(
            lambda side: Side(side[0], side[1][0].network, side[1][1])
        )
        Peering(self, "peering", name=self._settings.name("peering"), sides=sides)

    def _watch(self, health_check_ids: Pair[str]) -> None:
        placed = self._regions.zip(self._providers).zip(self._sites.zip(health_check_ids))
        watched = placed.map(
            lambda at: Watched(
                metrics=RegionMetrics(at[1][0], at[0][0].metrics.api_id),
                topic_arn=at[0][0].alarm_topic.arn,
                host=at[0][0].api_host,
                health_check_id=at[1][1],
                provider=at[0][1],
            )
        )
        Dashboards(self, "dashboards", regions=watched)
        ReplicaAlarms(self, "replicas", regions=watched)
        home = replace(self._settings.regions.primary, name=aws_facts().health_metrics_region)
        HealthAlarms(
            self,
            "health",
            site=Site(self._settings, home, self.site.account),
            provider=self._provider(home, "health"),
            regions=watched,
        )
