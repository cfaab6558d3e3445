"""What is watched from outside a region: the way between them, and how Route 53 sees them."""

from dataclasses import dataclass

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.cloudwatch_dashboard import CloudwatchDashboard
from constructs import Construct

from lib.failover.alarms import health_alarm, replica_alarm
from lib.failover.metrics import RecoveryMetrics
from lib.observability.alarm_board import AlarmBoard
from lib.observability.topic import AlarmTopic
from lib.pair import Pair
from lib.security.key import EncryptionKey, for_alarms
from lib.site import Site

EVENTUALLY_CONSISTENT = "sessions"


@dataclass(frozen=True, slots=True)
class Watched:
    """One region as the others see it."""

    metrics: RecoveryMetrics
    topic_arn: str
    host: str
    health_check_id: str
    provider: TerraformProvider


class Dashboards(Construct):
    """The same dashboard twice: dashboards are names of the account, each kept through its own region."""

    def __init__(self, scope: Construct, id_: str, *, regions: Pair[Watched], body: str) -> None:
        super().__init__(scope, id_)
        for region in regions:
            site = region.metrics.site
            CloudwatchDashboard(
                self,
                site.region.code,
                dashboard_name=site.own_name("overview"),
                dashboard_body=body,
                provider=region.provider,
            )


class ReplicaAlarms(Construct):
    """In each region one alarm on the way to the other: the region that writes measures it."""

    def __init__(self, scope: Construct, id_: str, *, regions: Pair[Watched]) -> None:
        super().__init__(scope, id_)
        self._board(regions.first, other=regions.second)
        self._board(regions.second, other=regions.first)

    def _board(self, region: Watched, *, other: Watched) -> None:
        site, receiving = region.metrics.site, other.metrics.site.region.name
        AlarmBoard(
            self,
            site.region.code,
            site=site,
            topic_arn=region.topic_arn,
            alarms=[replica_alarm(region.metrics, EVENTUALLY_CONSISTENT, receiving=receiving)],
            provider=region.provider,
        )


class HealthAlarms(Construct):
    """How Route 53 sees both regions. Its metrics exist in one region only, so the topic is there too."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site,
        provider: TerraformProvider,
        regions: Pair[Watched],
    ) -> None:
        super().__init__(scope, id_)
        key = EncryptionKey(
            self, "key", site=site, what="health", users=(for_alarms(site),), provider=provider
        )
        topic = AlarmTopic(self, "topic", site=site, what="health", key=key, provider=provider)
        alarms = [
            health_alarm(region.health_check_id, of=region.metrics.site.region.code, host=region.host)
            for region in regions
        ]
        AlarmBoard(self, "alarms", site=site, topic_arn=topic.arn, alarms=alarms, provider=provider)
